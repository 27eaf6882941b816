"""Features in, a GeoPackage for others out: published events as one layer, with licence and citation."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from geo.geojson import CITATION, LICENCE
from geo.record import FIELDS
from geo.wording import status_note

LAYER: Final = "events"


def write_geopackage(features: Iterable[bytes], path: Path) -> int:
    """Write encoded features as a GeoPackage, and return how many.

    The layer `events` has a Point geometry in OGC:CRS84 (null for events known only by area) and the columns of the
    record.
    """
    import geopandas
    import pyogrio
    from shapely.geometry import shape

    rows: list[dict[str, Any]] = []
    shapes: list[Any] = []
    for encoded in features:
        one = json.loads(encoded)
        rows.append(one["properties"])
        shapes.append(shape(one["geometry"]) if one["geometry"] else None)
    columns = {field.name: [row.get(field.name) for row in rows] for field in FIELDS}
    frame = geopandas.GeoDataFrame(columns, geometry=shapes, crs="OGC:CRS84")
    for field in FIELDS:
        if field.type == "integer":
            frame[field.name] = frame[field.name].astype("Int64")
        elif field.type == "real":
            frame[field.name] = frame[field.name].astype("Float64")
        elif field.type == "text":
            frame[field.name] = frame[field.name].astype("string")
    pyogrio.write_dataframe(
        frame,
        path,
        layer=LAYER,
        driver="GPKG",
        geometry_type="Point",
        layer_metadata={"LICENCE": LICENCE, "CITATION": CITATION, "NOTE": status_note()},
    )
    return len(rows)
