"""The classes of the OGC's standards that this service passes, by the abstract tests of each.

`tests/test_conformance_*.py` run those tests; a class that they do not cover is not declared.
"""

from __future__ import annotations

from typing import Final

_FEATURES: Final = "http://www.opengis.net/spec/ogcapi-features"
_SCHEMAS: Final = "http://www.opengis.net/spec/ogcapi-common-3/1.0/conf"
"""Features - Part 5 was published as Common - Part 3 (OGC 23-058r2)."""
_CQL2: Final = "http://www.opengis.net/spec/cql2/1.0/conf"

CLASSES: Final = (
    *(f"{_FEATURES}-1/1.0/conf/{name}" for name in ("core", "geojson", "html", "oas30")),
    f"{_FEATURES}-2/1.0/conf/crs",
    *(
        f"{_FEATURES}-3/1.0/conf/{name}"
        for name in ("queryables", "queryables-query-parameters", "filter", "features-filter")
    ),
    *(
        f"{_SCHEMAS}/{name}"
        for name in ("schemas", "advanced-property-roles", "returnables-and-receivables", "queryables", "sortables")
    ),
    f"{_FEATURES}-5/1.0/conf/schemas",  # the same by its name in the draft, which QGIS asks for
    *(
        f"{_CQL2}/{name}"
        for name in (
            "cql2-text",
            "cql2-json",
            "basic-cql2",
            "advanced-comparison-operators",
            "case-insensitive-comparison",
            "accent-insensitive-comparison",
            "basic-spatial-functions",
            "basic-spatial-functions-plus",
            "spatial-functions",
            "temporal-functions",
            "property-property",
            "functions",
            "arithmetic",
        )
    ),
)
"""What `/conformance` declares."""
