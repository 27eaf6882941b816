"""Areas of the gazetteer and a layer of municipalities in, GeoJSON of what the map shades out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from geo.boundaries import Municipalities, Outline, outlines
from geo.model import Place

_DECIMALS: Final = 4
"""Of a degree: about ten metres, for areas are kilometres wide."""
_TOLERANCE_DEG: Final = 0.002


def areas_drawing(areas: Iterable[Place], *, municipalities: Municipalities | None = None) -> dict[str, Any]:
    """Return a FeatureCollection with one feature for each area, its id that of the place.

    `is_approximate` is true where the geometry is only the disc of the area's radius; `interior` is where the area's
    name is written.
    """
    places = tuple(areas)
    known = outlines(places, municipalities=municipalities)
    return {"type": "FeatureCollection", "features": [_feature(place, known[place.id]) for place in places]}


def _feature(place: Place, outline: Outline) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": place.id,
        "geometry": _thinned(outline.geometry),
        "properties": {
            "name_en": place.name_en,
            "name_sq": place.name_sq,
            "name_sr_latn": place.name_sr_latn,
            "kind": "line" if outline.is_line else place.kind,
            "radius_m": place.radius_m,
            "is_approximate": outline.is_approximate,
            "interior": [round(place.position.lon, _DECIMALS), round(place.position.lat, _DECIMALS)],
        },
    }


def _thinned(outline: BaseGeometry) -> dict[str, Any]:
    thin = shapely.set_precision(shapely.simplify(outline, _TOLERANCE_DEG), 10.0**-_DECIMALS)
    return dict(mapping(thin))
