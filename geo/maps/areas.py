"""Areas of the gazetteer and a layer of municipalities in, GeoJSON of what the map shades out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from geo import boundaries
from geo.boundaries import Feature, Municipalities
from geo.crs import LocalProjection
from geo.model import Place

_DECIMALS: Final = 4
"""Of a degree: about ten metres, for areas are kilometres wide."""
_TOLERANCE_DEG: Final = 0.002
_COUNTRIES: Final = {"XK": "kosovo", "RS": "serbia"}
_LINES: Final = {"border_line": "border_line"}
"""Areas that are the line itself, and the layer that draws it."""
_NORTH: Final = ("mun_leposavic", "mun_zvecan", "mun_zubin_potok", "mun_north_mitrovica")
"""The municipalities that sources call the north of Kosovo."""
_PARTS: Final[Mapping[str, tuple[str, ...]]] = {"north_kosovo": _NORTH}


def areas_drawing(areas: Iterable[Place], *, municipalities: Municipalities | None = None) -> dict[str, Any]:
    """Return a FeatureCollection with one feature for each area, its id that of the place.

    The geometry is the area's outline where one is known: Kosovo's, Serbia's, the line's, and those of municipalities
    that an operator imported. Else it is the disc of the area's radius, within its country where that is Kosovo or
    Serbia, and `is_approximate` is true. `interior` is where the area's name is written.
    """
    places = {place.id: place for place in areas}
    features = [
        _feature(place, _outline(place, places, municipalities or Municipalities())) for place in places.values()
    ]
    return {"type": "FeatureCollection", "features": features}


def _outline(place: Place, places: Mapping[str, Place], municipalities: Municipalities) -> BaseGeometry | None:
    if place.id in _LINES:
        return boundaries.read_layer(_LINES[place.id])[0].geometry
    if place.kind == "country" and place.country in _COUNTRIES:
        return _country(place.country)
    parts = [places[part] for part in _PARTS.get(place.id, ()) if part in places]
    found = [municipalities.containing(part.position) for part in parts or [place] if part.kind == "municipality"]
    known = [feature for feature in found if isinstance(feature, Feature)]
    if not known or len(known) < len(parts):
        return None
    return shapely.union_all([feature.geometry for feature in known])


def _country(code: str) -> BaseGeometry:
    return boundaries.read_layer(_COUNTRIES[code])[0].geometry


def _disc(place: Place) -> BaseGeometry:
    """Return the disc of an area's radius, less what lies outside its country where that is one of the two."""
    projection = LocalProjection(place.position.lon, place.position.lat)
    disc = projection.unproject(shapely.Point(0, 0).buffer(place.radius_m, quad_segs=12))
    return shapely.intersection(disc, _country(place.country)) if place.country in _COUNTRIES else disc


def _feature(place: Place, outline: BaseGeometry | None) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": place.id,
        "geometry": _thinned(_disc(place) if outline is None else outline),
        "properties": {
            "name_en": place.name_en,
            "name_sq": place.name_sq,
            "name_sr_latn": place.name_sr_latn,
            "kind": "line" if place.id in _LINES else place.kind,
            "radius_m": place.radius_m,
            "is_approximate": outline is None,
            "interior": [round(place.position.lon, _DECIMALS), round(place.position.lat, _DECIMALS)],
        },
    }


def _thinned(outline: BaseGeometry) -> dict[str, Any]:
    thin = shapely.set_precision(shapely.simplify(outline, _TOLERANCE_DEG), 10.0**-_DECIMALS)
    return dict(mapping(thin))
