"""An area's polygon and a line in, its least, median and greatest distance out.

Points are looked for in a local projection, and each distance that is returned is geodesic.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.border.line import GeodesicLine
from geo.crs import Floats

TOLERANCE_M: Final = 1.0
SAMPLES: Final = 4_000
QUARTERS: Final = np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]])


@dataclass(frozen=True, slots=True)
class AreaDistances:
    """Distances of an area to a line, in metres: those within which it is possibly, likely and certainly."""

    min_m: float
    """Of its nearest point; 0 where the line runs through it."""
    median_m: float
    """Half of the area lies nearer."""
    max_m: float
    """Of its farthest point, within `TOLERANCE_M` and never less."""


def area_distances(polygon: BaseGeometry, line: GeodesicLine) -> AreaDistances:
    """Return how far an area lies from a line.

    Parameters
    ----------
    polygon : Polygon or MultiPolygon
        In degrees (OGC:CRS84), valid.
    line : GeodesicLine
        The line.
    """
    area = line.projection.project(polygon)
    shapely.prepare(area)
    path = line.projection.project(shapely.LineString(line.lonlat))
    nearest = shapely.get_coordinates(shapely.shortest_line(area, path))[:1]
    least = 0.0 if shapely.intersects(area, path) else _distances(line, nearest)[0]
    farthest = _farthest(area, line) + TOLERANCE_M
    median = float(np.median(_distances(line, _samples(area))))
    return AreaDistances(float(least), min(max(median, float(least)), farthest), farthest)


def _distances(line: GeodesicLine, xy: Floats) -> Floats:
    return line.nearest(*line.projection.inverse(xy).T).distance_m


def _samples(area: BaseGeometry) -> Floats:
    """Return a regular grid of points inside an area, some `SAMPLES` of them; its representative point if too thin."""
    step = float(np.sqrt(area.area / SAMPLES))
    west, south, east, north = area.bounds
    x, y = np.meshgrid(np.arange(west + step / 2, east, step), np.arange(south + step / 2, north, step))
    inside = shapely.contains_xy(area, x, y)
    xy = np.column_stack([x[inside], y[inside]])
    return xy if len(xy) else shapely.get_coordinates(area.representative_point())


def _farthest(area: BaseGeometry, line: GeodesicLine) -> float:
    """Return the greatest distance by halving squares: one is given up when even its corners cannot be farther.

    The distance changes by at most the way gone, so a square of half-width h about c holds nothing farther than the
    distance of c plus h √2 (and a thousandth, for the scale of the projection).
    """
    corners = shapely.get_coordinates(area)
    farthest = float(_distances(line, corners).max())
    west, south, east, north = area.bounds
    half = max(east - west, north - south) / 2
    centres = np.array([[(west + east) / 2, (south + north) / 2]])
    while len(centres):
        distances = _distances(line, centres)
        inside = shapely.intersects_xy(area, *centres.T)
        farthest = max(farthest, float(distances[inside].max(initial=0.0)))
        open_ = distances + half * np.sqrt(2) * 1.001 > farthest + TOLERANCE_M
        half /= 2
        centres = (centres[open_][:, None, :] + QUARTERS * half).reshape(-1, 2)
        squares = shapely.box(*(centres - half).T, *(centres + half).T)
        centres = centres[shapely.intersects(area, squares)]
    return farthest
