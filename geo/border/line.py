"""Positions in, the nearest points of a geodesic line out: distance, position along the line, foot point.

The line runs along the geodesic between its vertices. Near it (`NEAR_M`), a tree of its segments in a local transverse
Mercator gives the candidates: the nearest segment of the plane, and every other that the change of scale over the
plane could have hidden; a geodesic to each foot point decides. Farther out, chords through the earth to every vertex
give the candidates. No candidate that could be nearest is left out, so the distance is that of the whole line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.crs import EARTH_RADIUS_M, Floats, LocalProjection, distances_m, geocentric, geod

NEAR_M: Final = 100_000.0
CHUNK: Final = 32_768
FAR_CHUNK: Final = 1_024
Ints = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Nearest:
    """The nearest point of the line for each position: arrays of shape (n,), feet of shape (n, 2) in degrees."""

    distance_m: Floats
    km: Floats
    feet: Floats


class GeodesicLine:
    """A line through vertices in degrees (OGC:CRS84), ready to be measured against.

    Parameters
    ----------
    lonlat : array_like, shape (n, 2)
        Vertices, at least two, none repeated in a row.
    """

    def __init__(self, lonlat: ArrayLike) -> None:
        self.lonlat: Floats = np.asarray(lonlat, dtype=float)
        ahead, _, lengths = geod().inv(*self.lonlat[:-1].T, *self.lonlat[1:].T)
        self.azimuths: Floats = np.asarray(ahead)
        self.lengths_m: Floats = np.asarray(lengths)
        self.starts_m: Floats = np.concatenate([[0.0], np.cumsum(self.lengths_m)])
        self.projection = LocalProjection(*(self.lonlat.min(axis=0) + self.lonlat.max(axis=0)) / 2)
        self.xy = self.projection.forward(self.lonlat)
        self._reach = np.abs(self.xy).max(axis=0)
        pairs = [shapely.LineString(pair) for pair in np.stack([self.xy[:-1], self.xy[1:]], axis=1)]
        # Four to a node: a third faster than the default of ten, and as exact.
        self._tree = shapely.STRtree(pairs, node_capacity=4)
        self._chords = geocentric(self.lonlat)

    @property
    def length_m(self) -> float:
        """Geodesic length in metres."""
        return float(self.starts_m[-1])

    def at(self, along_m: float) -> tuple[float, float]:
        """Return the longitude and latitude of the point that many metres along the line, clipped to its ends."""
        along_m = min(max(along_m, 0.0), self.length_m)
        i = min(int(np.searchsorted(self.starts_m, along_m, side="right")) - 1, len(self.lengths_m) - 1)
        lon, lat, _ = geod().fwd(self.lonlat[i, 0], self.lonlat[i, 1], self.azimuths[i], along_m - self.starts_m[i])
        return float(lon), float(lat)

    def nearest(self, lons: ArrayLike, lats: ArrayLike) -> Nearest:
        """Return the nearest point of the line for every position.

        Parameters
        ----------
        lons, lats : array_like, shape (n,)
            Degrees, OGC:CRS84, finite.

        Returns
        -------
        Nearest
            In the order given. Of two points of the line equally near, either.
        """
        lonlat = np.column_stack([np.asarray(lons, dtype=float), np.asarray(lats, dtype=float)])
        distance_m, km, feet = np.empty(len(lonlat)), np.empty(len(lonlat)), np.empty((len(lonlat), 2))
        for start in range(0, len(lonlat), CHUNK):
            part = slice(start, start + CHUNK)
            distance_m[part], km[part], feet[part] = self._nearest(lonlat[part])
        return Nearest(distance_m, km, feet)

    def _nearest(self, lonlat: Floats) -> tuple[Floats, Floats, Floats]:
        is_near = self._is_near(lonlat)
        distance_m, along_m, feet = np.empty(len(lonlat)), np.empty(len(lonlat)), np.empty((len(lonlat), 2))
        near, far = np.flatnonzero(is_near), np.flatnonzero(~is_near)
        parts = [(near, self._near)] if len(near) else []
        parts += [(far[i : i + FAR_CHUNK], self._far) for i in range(0, len(far), FAR_CHUNK)]
        for part, measure in parts:
            distance_m[part], along_m[part], feet[part] = measure(lonlat[part])
        return distance_m, along_m / 1000, feet

    def _is_near(self, lonlat: Floats) -> NDArray[np.bool_]:
        """Whether a position is within `NEAR_M` of the line's box in the plane (which is asked near that box only)."""
        margin_deg = np.array([2.2, 1.6])
        low, high = self.lonlat.min(axis=0) - margin_deg, self.lonlat.max(axis=0) + margin_deg
        inside: NDArray[np.bool_] = ((lonlat >= low) & (lonlat <= high)).all(axis=1)
        xy = self.projection.forward(lonlat[inside])
        inside[inside] = (np.abs(xy) <= self._reach + NEAR_M).all(axis=1)
        return inside

    # Near: the plane proposes, the geodesic decides.

    def _near(self, lonlat: Floats) -> tuple[Floats, Floats, Floats]:
        xy = self.projection.forward(lonlat)
        points = shapely.points(xy)
        _, plane_m = self._tree.query_nearest(points, return_distance=True, all_matches=False)
        at, segments = self._tree.query(points, predicate="dwithin", distance=plane_m * (1 + self._doubt(xy, plane_m)))
        fractions, feet_xy = self._feet(xy[at], segments)
        feet = self.projection.inverse(feet_xy)
        measured_m = distances_m(*lonlat[at].T, *feet.T)
        best = _least(at, measured_m, len(lonlat))
        along_m = self.starts_m[segments[best]] + fractions[best] * self.lengths_m[segments[best]]
        return measured_m[best], along_m, feet[best]

    def _doubt(self, xy: Floats, plane_m: Floats) -> Floats:
        """Return by how much, relatively, the mean scale of the plane can differ between two equally near foot points.

        The mean scale from x₀ to x₁ is 1 + (x₀² + x₀x₁ + x₁²) / 6R²; two feet lie at most twice the distance and at
        most the line's width apart. A tenth more, and a nanometre's worth for rounding.
        """
        apart = np.minimum(2 * plane_m, 2 * self._reach[0])
        doubt: Floats = 1.1 * apart * (np.abs(xy[:, 0]) + 2 * self._reach[0]) / (6 * EARTH_RADIUS_M**2) + 1e-9
        return doubt

    def _feet(self, xy: Floats, segments: Ints) -> tuple[Floats, Floats]:
        start, along = self.xy[segments], self.xy[segments + 1] - self.xy[segments]
        fractions = np.einsum("ij,ij->i", xy - start, along) / np.einsum("ij,ij->i", along, along)
        fractions = np.clip(fractions, 0.0, 1.0)
        return fractions, start + along * fractions[:, None]

    # Far: chords propose, a parabola through three geodesics finds the foot, a fourth decides.

    def _far(self, lonlat: Floats) -> tuple[Floats, Floats, Floats]:
        at, segments = self._far_candidates(lonlat)
        fractions = self._far_feet(lonlat[at], segments)
        feet = self._along(segments, fractions)
        measured_m = distances_m(*lonlat[at].T, *feet.T)
        best = _least(at, measured_m, len(lonlat))
        along_m = self.starts_m[segments[best]] + fractions[best] * self.lengths_m[segments[best]]
        return measured_m[best], along_m, feet[best]

    def _far_candidates(self, lonlat: Floats) -> tuple[Ints, Ints]:
        """Return pairs of position and segment: the segments of vertices that may be nearest, and their neighbours.

        A geodesic is longer than its chord c by about c³ / 24R²; R differs by 1 % over the ellipsoid, so two of one
        chord differ by c³ / 1200R² (three times that is allowed for, 50 km at most). A foot inside a segment of length
        l is nearer than the segment's ends by at most about l² / 8c (twice that is allowed for).
        """
        here = geocentric(lonlat)
        squares = (here**2).sum(axis=1)[:, None] + (self._chords**2).sum(axis=1) - 2 * here @ self._chords.T
        chords = np.sqrt(np.maximum(squares, 0.0))
        least = chords.min(axis=1, keepdims=True)
        spread = np.minimum(least**3 / (400 * EARTH_RADIUS_M**2), 50_000.0)
        margin = spread + self.lengths_m.max() ** 2 / (4 * least) + 0.01
        is_candidate = chords <= least + margin
        at, segments = np.nonzero(is_candidate[:, :-1] | is_candidate[:, 1:])
        return at, segments

    def _far_feet(self, lonlat: Floats, segments: Ints) -> Floats:
        """Return where on its segment each foot lies, 0 to 1: along it the squared distance is close to a parabola."""
        s0, s1, s2 = (
            distances_m(*lonlat.T, *self._along(segments, np.full(len(segments), t)).T) ** 2 for t in (0.0, 0.5, 1.0)
        )
        bend = s0 - 2 * s1 + s2
        with np.errstate(divide="ignore", invalid="ignore"):
            lowest = 0.5 + (s0 - s2) / (4 * bend)
        return np.where(bend > 0, np.clip(lowest, 0.0, 1.0), np.where(s0 <= s2, 0.0, 1.0))

    def _along(self, segments: Ints, fractions: Floats) -> Floats:
        starts, lengths_m = self.lonlat[segments], fractions * self.lengths_m[segments]
        lons, lats, _ = geod().fwd(starts[:, 0], starts[:, 1], self.azimuths[segments], lengths_m)
        return np.column_stack([lons, lats])


def _least(at: Ints, measured_m: Floats, count: int) -> Ints:
    """Return, for each of `count` positions, the index of its least measure; `at` says whose each measure is."""
    order = np.lexsort((measured_m, at))
    return order[np.searchsorted(at[order], np.arange(count))]
