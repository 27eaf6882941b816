"""The name of a drawing in, GeoJSON of the shipped boundaries, thinned for the screen, out.

What is drawn is never measured: distances come from `geo.border`, over the full line.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Final

import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from geo import boundaries
from geo.errors import NotFound

_DECIMALS: Final = 5
"""Of a degree: about one metre, finer than a pixel at the last zoom."""
_SIMPLIFIED_DEG: Final = {
    "neighbours": 0.003,
    "serbia": 0.002,
    "kosovo": 0.0003,
    "border_line": 0.0,
    "crossings": 0.0,
    "zones": 0.0005,
}
"""Tolerance in degrees, for drawing only."""
_OVERVIEW_DEG: Final = {"neighbours": 0.006, "serbia": 0.004, "kosovo": 0.001, "border_line": 0.001}
"""The same where the map is far: up to OVERVIEW_ZOOM no pixel is smaller than 0.0019 degrees."""
_OVERVIEW_DECIMALS: Final = 4
OVERVIEW_ZOOM: Final = 9.5
"""The last zoom at which the overview is as good as the drawings that it stands for."""
_LABEL_COLUMNS: Final = ("name_en", "name_sq", "name_sr_latn")
_FROM_ZOOM: Final = {
    "city": 7,
    "town": 9,
    "lake": 11,
    "monastery": 12,
    "village": 12,
    "military_base": 12,
    "bridge": 14,
}
"""The kinds of place whose names are drawn, and the zoom from which they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryLabel:
    """Where a country's name is drawn: a choice of layout, not a position of anything."""

    name: str
    """In English: the message id of its translations."""
    lon: float
    lat: float
    mark: str = ""
    """The asterisk of the status note."""


COUNTRY_LABELS: Final = (
    CountryLabel(name="Kosovo", lon=20.92, lat=42.5, mark="*"),
    CountryLabel(name="Serbia", lon=21.68, lat=42.93),
    CountryLabel(name="Montenegro", lon=19.75, lat=42.83),
    CountryLabel(name="Albania", lon=20.13, lat=42.02),
    CountryLabel(name="North Macedonia", lon=21.62, lat=41.9),
)


@cache
def drawing(name: str) -> bytes:
    """Return a drawing as a GeoJSON FeatureCollection in OGC:CRS84, UTF-8.

    Raises
    ------
    NotFound
        There is no drawing of that name.
    """
    if name not in DRAWINGS:
        raise NotFound(f"drawing {name!r}: there are {', '.join(DRAWINGS)}")
    collection = {"type": "FeatureCollection", "features": list(DRAWINGS[name]())}
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode()


@cache
def border_bounds() -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the south-west and the north-east corner around the line, each as latitude and longitude in degrees."""
    west, south, east, north = shapely.total_bounds([line.geometry for line in boundaries.read_layer("border_line")])
    return (round(south, 4), round(west, 4)), (round(north, 4), round(east, 4))


def _layers(*names: str) -> Iterable[dict[str, Any]]:
    for name in names:
        for feature in boundaries.read_layer(name):
            thin = _thinned(feature.geometry, _SIMPLIFIED_DEG[name], _DECIMALS)
            yield {"type": "Feature", "properties": {"layer": name, **feature.properties}, "geometry": thin}


def _thinned(geometry: BaseGeometry, tolerance_deg: float, decimals: int) -> Any:
    return _rounded(mapping(shapely.simplify(geometry, tolerance_deg, preserve_topology=True)), decimals)


def _rounded(value: Any, decimals: int) -> Any:
    """Round every coordinate of a geometry's mapping."""
    if isinstance(value, float):
        return round(value, decimals)
    if isinstance(value, Mapping):
        return {key: _rounded(part, decimals) for key, part in value.items()}
    return [_rounded(part, decimals) for part in value] if isinstance(value, (list, tuple)) else value


def _overview() -> Iterable[dict[str, Any]]:
    """Yield all that a far view shows, thinned for it, so that the first view asks once and for little."""
    for name, tolerance_deg in _OVERVIEW_DEG.items():
        for feature in boundaries.read_layer(name):
            thin = _thinned(feature.geometry, tolerance_deg, _OVERVIEW_DECIMALS)
            yield {"type": "Feature", "properties": {"layer": name}, "geometry": thin}
    yield from _layers("crossings")
    for place in _places():
        if place["properties"]["from_zoom"] <= OVERVIEW_ZOOM:
            yield place


def _places() -> Iterable[dict[str, Any]]:
    """Yield what the shipped gazetteer names as points for labels, the most important first."""
    with boundaries.shipped("places.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] in _FROM_ZOOM]
    for row in sorted(rows, key=lambda row: (_FROM_ZOOM[row["kind"]], -int(row["population"] or 0), row["id"])):
        point = {"type": "Point", "coordinates": [round(float(row["lon"]), 4), round(float(row["lat"]), 4)]}
        names = {column: row[column] for column in _LABEL_COLUMNS}
        properties = {"layer": "places", **names, "from_zoom": _FROM_ZOOM[row["kind"]]}
        yield {"type": "Feature", "properties": properties, "geometry": point}


OVERVIEW: Final = "overview"
DRAWINGS: Final[Mapping[str, Callable[[], Iterable[dict[str, Any]]]]] = {
    OVERVIEW: _overview,
    "land": partial(_layers, "neighbours", "serbia", "kosovo"),
    "border_line": partial(_layers, "border_line"),
    "crossings": partial(_layers, "crossings"),
    "zones": partial(_layers, "zones"),
    "places": _places,
}
"""Every drawing that the map page asks for: the overview first, the others when the map is near."""
