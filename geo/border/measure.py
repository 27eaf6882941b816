"""The border line, ready to be measured against: positions and areas in, `BorderMeasure` out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from typing import Final

import numpy as np
import shapely
from numpy.typing import ArrayLike
from shapely.geometry.base import BaseGeometry

from geo.border.area import area_distances
from geo.border.certainty import thresholds
from geo.border.line import GeodesicLine
from geo.border.sides import Sides, Texts
from geo.boundaries import read_layer
from geo.crs import Floats
from geo.errors import InvalidInput
from geo.model import BorderMeasure, LonLat

CROSSING_SIDE: Final = "line"
LINE_ACCURACY_M: Final = 1.0
"""The source simplified its outlines to this; nearer to the line no side is certain."""
GREATEST_GAP_M: Final = 1_300.0
"""So far apart lie the two outlines of the line at most."""
_REMEMBERED: Final = 20_000
"""Positions whose measures are kept: the same villages come up again and again."""


@dataclass(frozen=True, slots=True)
class Measures:
    """What `Border.measure_many` found, as arrays of shape (n,) in the order of the positions."""

    distance_m: Floats
    """Geodesic metres."""
    km: Floats
    """Position of the nearest point along the line, in kilometres from the north-west tripoint."""
    side: Texts
    """XK, RS, another ISO 3166 code, or empty beyond the layers that ship (some 1,000 km away)."""


class Border:
    """The line that Kosovo and Serbia share, in full detail, and the countries about.

    Two outlines of one source disagree on the line. Kosovo's is the one that is measured to; Serbia's own passes
    within 756 m of every point of it, and strays up to 1.3 km. The side is certain only where both say the same.
    """

    def __init__(self, line: GeodesicLine, serbian: GeodesicLine, sides: Sides) -> None:
        self.line = line
        self.serbian = serbian
        self.sides = sides
        self._measured = lru_cache(maxsize=_REMEMBERED)(self._measure)
        self._distance_m = lru_cache(maxsize=_REMEMBERED)(self._nearest_m)

    @classmethod
    def load(cls) -> Border:
        """Return the border of the shipped layers, the same object at every call.

        Raises
        ------
        MissingData
            A layer is absent or damaged.
        """
        return _load()

    @property
    def length_m(self) -> float:
        """Geodesic length of the line in metres."""
        return self.line.length_m

    def position_at(self, km: float) -> LonLat:
        """Return the position that many kilometres along the line from its north-west end.

        Raises
        ------
        InvalidInput
            The line is not that long.
        """
        if not 0 <= km <= self.length_m / 1000 + 0.001:
            raise InvalidInput(f"kilometre {km:g}: the border line runs from 0 to {self.length_m / 1000:.2f}")
        return LonLat(*self.line.at(km * 1000))

    def measure_many(self, lons: ArrayLike, lats: ArrayLike) -> Measures:
        """Measure many positions at once.

        Parameters
        ----------
        lons, lats : array_like, shape (n,)
            Degrees, OGC:CRS84.

        Raises
        ------
        InvalidInput
            A position is not finite or not on Earth.
        """
        lonlat = _checked(lons, lats)
        nearest = self.line.nearest(*lonlat.T)
        return Measures(nearest.distance_m, nearest.km, self.sides.of(lonlat))

    def distance_m(self, position: LonLat) -> float:
        """Return the geodesic distance of one position to the line, in metres."""
        return self._distance_m(position)

    def _nearest_m(self, position: LonLat) -> float:
        return float(self.line.nearest([position.lon], [position.lat]).distance_m[0])

    def measure(self, position: LonLat, *, uncertainty_m: float = 0.0, is_crossing: bool = False) -> BorderMeasure:
        """Measure one position.

        Parameters
        ----------
        position : LonLat
            Where it is, as published; it is never moved to the line.
        uncertainty_m : float
            Radius of the disc that the truth lies in.
        is_crossing : bool
            A crossing has the side `line`, which is never "certain".
        """
        return self._measured(position, uncertainty_m, is_crossing)

    def _measure(self, position: LonLat, uncertainty_m: float, is_crossing: bool) -> BorderMeasure:
        lonlat = np.array([[position.lon, position.lat]])
        nearest = self.line.nearest(*lonlat.T)
        distance_m = float(nearest.distance_m[0])
        min_m, likely_m, max_m = (float(x) for x in thresholds(distance_m, uncertainty_m))
        side = CROSSING_SIDE if is_crossing else str(self.sides.of(lonlat)[0])
        side_certain = (
            not is_crossing
            and distance_m > uncertainty_m + self.gap_m(position)
            and not self._is_between(shapely.Point(position.lon, position.lat))
            and self.sides.surrounds(side, position, uncertainty_m)
        )
        return BorderMeasure(
            distance_m=distance_m,
            km=float(nearest.km[0]),
            side=side,
            side_certain=side_certain,
            min_m=min_m,
            likely_m=likely_m,
            max_m=max_m,
        )

    def measure_area(self, *, polygon: BaseGeometry | None = None, interior: LonLat, radius_m: float) -> BorderMeasure:
        """Measure an area: distance, kilometre and side of its interior point, thresholds of the whole.

        Parameters
        ----------
        polygon : Polygon or MultiPolygon, optional
            Its outline in degrees (OGC:CRS84). With it `min_m` and `max_m` are the distances of its nearest and
            farthest points (0 where the line runs through it) and half of the area lies within `likely_m`; without it
            they are those of a disc of `radius_m` about the interior point.
        interior : LonLat
            A point inside.
        radius_m : float
            How far the area reaches from there; unused with a polygon.
        """
        if polygon is None:
            return self.measure(interior, uncertainty_m=radius_m)
        at = self.measure(interior)
        whole = area_distances(polygon, self.line)
        side_certain = (
            whole.min_m > self.gap_m(interior)
            and not self._is_between(polygon)
            and self.sides.contains(at.side, polygon)
        )
        return replace(at, side_certain=side_certain, min_m=whole.min_m, likely_m=whole.median_m, max_m=whole.max_m)

    def gap_m(self, position: LonLat) -> float:
        """Return how far the two sources' lines lie apart where a position is nearest to them.

        The greater of two: from the foot point on the border line to Serbia's own line, and from the foot point on
        that to the border line. A position farther than this from the one is clear of the other. At least
        `LINE_ACCURACY_M`.
        """
        on_border = self.line.nearest([position.lon], [position.lat]).feet
        on_serbian = self.serbian.nearest([position.lon], [position.lat]).feet
        one, two = self.serbian.nearest(*on_border.T), self.line.nearest(*on_serbian.T)
        return float(max(one.distance_m[0], two.distance_m[0], LINE_ACCURACY_M))

    def _is_between(self, geometry: BaseGeometry) -> bool:
        return bool(shapely.intersects(self._disputed, geometry))

    @cached_property
    def _disputed(self) -> BaseGeometry:
        """What lies between the two lines: the gaps and the overlaps of the two outlines, in degrees."""
        lines = [shapely.LineString(line.lonlat) for line in (self.line, self.serbian)]
        faces = shapely.union_all(shapely.get_parts(shapely.polygonize([shapely.union_all(lines)])))
        shapely.prepare(faces)
        return faces


@cache
def _load() -> Border:
    line, serbian = (
        GeodesicLine(shapely.get_coordinates(read_layer(name)[0].geometry)) for name in ("border_line", "serbia_line")
    )
    return Border(line, serbian, Sides())


def _checked(lons: ArrayLike, lats: ArrayLike) -> Floats:
    lonlat = np.column_stack([np.asarray(lons, dtype=float).ravel(), np.asarray(lats, dtype=float).ravel()])
    is_wrong = ~(np.abs(lonlat) <= [180.0, 90.0]).all(axis=1)
    if is_wrong.any():
        first = int(np.flatnonzero(is_wrong)[0])
        LonLat(*map(float, lonlat[first]))  # says what is wrong with it
        raise InvalidInput(f"position {first}: not on Earth")
    return lonlat
