"""The areas that events are known by in, the shapes that a map shades out."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import shapely
from shapely.geometry.base import BaseGeometry

from geo.boundaries import Municipalities, outlines
from geo.exports.marks import AreaCount
from geo.exports.view import projected
from geo.model import Place

_BAND_M: Final = 1_500.0
"""Half the width of the band that stands for "along the line"."""


def shapes(
    counts: Iterable[AreaCount], places: Iterable[Place], municipalities: Municipalities | None = None
) -> dict[str, BaseGeometry]:
    """Return the shape in EPSG:25834 metres of each area that events are known by; an area unknown here has none.

    Parameters
    ----------
    counts : iterable of AreaCount
        The areas that events are known by.
    places : iterable of Place
        The areas of the gazetteer.
    municipalities : Municipalities, optional
        The polygons that an operator imported.
    """
    found = outlines(places, municipalities=municipalities, only={count.area_id for count in counts})
    drawn = {area_id: projected(one.geometry) for area_id, one in found.items()}
    return {area_id: _band(shape) if found[area_id].is_line else shape for area_id, shape in drawn.items()}


@lru_cache(maxsize=8)
def _band(line: BaseGeometry) -> BaseGeometry:
    return shapely.buffer(line, _BAND_M, quad_segs=4)
