"""Areas of the gazetteer in, the shapes that a map shades out.

A country has its polygon, an area that an operator's layer holds has that, and any other is the circle around its
interior point within which it lies.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import numpy as np
import shapely

from geo.exports.basemap import Basemap
from geo.exports.marks import AreaCount
from geo.exports.view import project, projected
from geo.model import Place

NO_POLYGONS: Mapping[str, shapely.Geometry] = MappingProxyType({})


def shapes(
    counts: Iterable[AreaCount],
    places: Iterable[Place],
    basemap: Basemap,
    polygons: Mapping[str, shapely.Geometry] = NO_POLYGONS,
) -> dict[str, shapely.Geometry]:
    """Return the shape in EPSG:25834 metres of each area that events are known by; an area unknown here has none.

    Parameters
    ----------
    counts : iterable of AreaCount
        The areas that events are known by.
    places : iterable of Place
        The areas of the gazetteer.
    basemap : Basemap
        Has the countries.
    polygons : mapping of str to Geometry
        Polygons in OGC:CRS84 degrees, by area id.
    """
    known = {place.id: place for place in places}
    wanted = [count.area_id for count in counts if count.area_id in known]
    return {area_id: _shape(known[area_id], basemap, polygons) for area_id in wanted}


def _shape(place: Place, basemap: Basemap, polygons: Mapping[str, shapely.Geometry]) -> shapely.Geometry:
    if place.id in polygons:
        return projected(polygons[place.id])
    if place.kind == "country":
        for territory in basemap.territories:
            if territory.code == place.country:
                return territory.shape
    middle = project(np.array([tuple(place.position)]))[0]
    return shapely.buffer(shapely.Point(middle), place.radius_m, quad_segs=24)
