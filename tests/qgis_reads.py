"""The address of the interface in, what QGIS makes of its layers out, as JSON: run by the Python that has QGIS."""

import json
import sys

from qgis.core import QgsApplication, QgsVectorLayer


def read(address, collection, *, subset="", page_size=50, box=""):
    uri = f"url='{address}/api' typename='{collection}' pageSize='{page_size}'"
    if box:
        uri += f" bbox='{box}' restrictToRequestBBOX='1'"
    layer = QgsVectorLayer(uri, collection, "OAPIF")
    accepted = layer.setSubsetString(subset) if subset else True
    features = list(layer.getFeatures())
    return {
        "valid": layer.isValid(),
        "accepted": accepted,
        "ids": sorted(feature["id"] for feature in features),
        "with_geometry": sum(feature.hasGeometry() for feature in features),
        "type": layer.wkbType(),
        "crs": layer.crs().authid(),
        "fields": [field.name() for field in layer.fields()],
        "error": layer.error().message() if not layer.isValid() else "",
    }


def main(address, asked):
    application = QgsApplication([], False)
    application.initQgis()
    print(json.dumps([read(address, **each) for each in asked]))
    application.exitQgis()


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
