"""The name of a format in, an empty file of it to fill in out."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from geo.errors import InvalidInput
from geo.record import GIVEN


def template(format_name: str) -> str:
    """Return a file that `ibar ingest` reads once it is filled in.

    Parameters
    ----------
    format_name : {"csv", "geojson"}
        CSV is the header alone; GeoJSON has one feature whose values are all null.

    Raises
    ------
    InvalidInput
        There is no template for such a format.
    """
    make = TEMPLATES.get(format_name)
    if make is None:
        raise InvalidInput(f"template: {format_name!r} is not one of {', '.join(TEMPLATES)}")
    return make()


def _csv() -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(GIVEN)
    return out.getvalue()


def _geojson() -> str:
    properties: dict[str, None] = {name: None for name in GIVEN if name not in ("lon", "lat")}
    feature: dict[str, Any] = {"type": "Feature", "geometry": None, "properties": properties, "sources": []}
    return json.dumps({"type": "FeatureCollection", "features": [feature]}, indent=2) + "\n"


TEMPLATES: Final[Mapping[str, Callable[[], str]]] = {"csv": _csv, "geojson": _geojson}
