"""Areas of the gazetteer and an operator's municipalities in, the outline of each area out."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import shapely
from shapely.geometry.base import BaseGeometry

from geo.boundaries.layers import Feature, read_layer
from geo.boundaries.municipalities import Municipalities
from geo.crs import LocalProjection
from geo.model import Place

_COUNTRIES: Final = {"XK": "kosovo", "RS": "serbia"}
_LINES: Final = {"border_line": "border_line"}
"""Areas that are the line itself, and the layer that draws it."""
_NORTH: Final = ("mun_leposavic", "mun_zvecan", "mun_zubin_potok", "mun_north_mitrovica")
"""The municipalities that sources call the north of Kosovo."""
_PARTS: Final[Mapping[str, tuple[str, ...]]] = {"north_kosovo": _NORTH}


@dataclass(frozen=True, slots=True)
class Outline:
    """Where an area is drawn."""

    geometry: BaseGeometry
    """In OGC:CRS84 degrees: polygons, or the border line."""
    is_approximate: bool
    """Whether it is only the disc of the area's radius."""
    is_line: bool = False


def outlines(
    areas: Iterable[Place], *, municipalities: Municipalities | None = None, only: Container[str] | None = None
) -> dict[str, Outline]:
    """Return the outline of each area, or of those whose ids are in `only`, by its id.

    It is Kosovo's, Serbia's or the line's own, or that of municipalities that an operator imported. Else it is the disc
    of the area's radius, within its country where that is Kosovo or Serbia, and approximate.
    """
    places = {place.id: place for place in areas}
    wanted = [place for place in places.values() if only is None or place.id in only]
    return {place.id: _outline(place, places, municipalities or Municipalities()) for place in wanted}


def _outline(place: Place, places: Mapping[str, Place], municipalities: Municipalities) -> Outline:
    if place.id in _LINES:
        return Outline(read_layer(_LINES[place.id])[0].geometry, is_approximate=False, is_line=True)
    if place.kind == "country" and place.country in _COUNTRIES:
        return Outline(_country(place.country), is_approximate=False)
    parts = [places[part] for part in _PARTS.get(place.id, ()) if part in places]
    found = [municipalities.containing(part.position) for part in parts or [place] if part.kind == "municipality"]
    known = [feature for feature in found if isinstance(feature, Feature)]
    if not known or len(known) < len(parts):
        return Outline(_disc(place), is_approximate=True)
    return Outline(shapely.union_all([feature.geometry for feature in known]), is_approximate=False)


def _country(code: str) -> BaseGeometry:
    return read_layer(_COUNTRIES[code])[0].geometry


def _disc(place: Place) -> BaseGeometry:
    """Return the disc of an area's radius, less what lies outside its country where that is one of the two."""
    projection = LocalProjection(place.position.lon, place.position.lat)
    disc = projection.unproject(shapely.Point(0, 0).buffer(place.radius_m, quad_segs=12))
    return shapely.intersection(disc, _country(place.country)) if place.country in _COUNTRIES else disc
