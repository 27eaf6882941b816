"""Positions in, the nearest points of a geodesic line out: distance, position along the line, foot point.

The line runs along the geodesic between its vertices. Candidates are found by chords through the earth, which order
points of the line as geodesics do but for the change of curvature with direction, and that is bounded; a geodesic to
the foot point measures. Where the chords of two distant parts of the line are too alike to tell which is nearer, every
segment that could be is measured by geodesics. So no part of the line that could be nearest is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.crs import EARTH_RADIUS_M, Floats, LocalProjection, distances_m, geocentric, geod, lonlat_of, several

if TYPE_CHECKING:
    from scipy.spatial import cKDTree  # type: ignore[import-untyped]

Ints = NDArray[np.intp]
Booleans = NDArray[np.bool_]

CHUNK: Final = 4_096
THOROUGH_CHUNK: Final = 512
FEW: Final = 256
"""So many positions are measured thoroughly: sooner done than the tree is built."""
PIECE_M: Final = 200.0
NEIGHBOURS: Final = 4


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
        along_m, feet = np.empty(len(lonlat)), np.empty((len(lonlat), 2))
        doubtful = np.ones(len(lonlat), dtype=bool)
        if len(lonlat) > FEW:
            for part in _slices(len(lonlat), CHUNK):
                along_m[part], feet[part], doubtful[part] = self._pieces.feet(lonlat[part])
        rest = np.flatnonzero(doubtful)
        for part in _slices(len(rest), THOROUGH_CHUNK):
            along_m[rest[part]], feet[rest[part]] = self._thorough(lonlat[rest[part]])
        return Nearest(distances_m(*lonlat.T, *feet.T), along_m / 1000, feet)

    @cached_property
    def _pieces(self) -> _Pieces:
        counts = np.maximum(1, np.ceil(self.lengths_m / PIECE_M)).astype(int)
        segments = np.repeat(np.arange(len(counts)), counts)
        fractions = np.concatenate([np.arange(count) / count for count in counts])
        ends = np.vstack([self._along(segments, fractions), self.lonlat[-1:]])
        along_m = self.starts_m[segments] + fractions * self.lengths_m[segments]
        return _Pieces(geocentric(ends), np.concatenate([along_m, self.starts_m[-1:]]))

    # Thoroughly: a parabola through three geodesics finds the foot on each candidate, a fourth measures it.

    def _thorough(self, lonlat: Floats) -> tuple[Floats, Floats]:
        at, segments = self._candidates(lonlat)
        fractions = self._fractions(lonlat[at], segments)
        feet = self._along(segments, fractions)
        best = _least(at, distances_m(*lonlat[at].T, *feet.T), len(lonlat))
        along_m = self.starts_m[segments[best]] + fractions[best] * self.lengths_m[segments[best]]
        return along_m, feet[best]

    @cached_property
    def _vertices(self) -> Floats:
        return geocentric(self.lonlat)

    def _candidates(self, lonlat: Floats) -> tuple[Ints, Ints]:
        """Return pairs of a position and a segment that may be its nearest.

        No point of a chord of length l is nearer, in squares, than the nearer of its ends by more than l² / 4.
        """
        origin = self._vertices.mean(axis=0)  # keeps the squares of near positions small, and so exact
        here, there = geocentric(lonlat) - origin, self._vertices - origin
        squares = (here**2).sum(axis=1)[:, None] + (there**2).sum(axis=1) - 2 * here @ there.T
        least = np.sqrt(np.maximum(squares.min(axis=1), 0.0))
        bounds = np.minimum(squares[:, :-1], squares[:, 1:]) - self.lengths_m**2 / 4
        return np.nonzero(bounds <= ((least + _margin(least)) ** 2)[:, None])  # type: ignore[return-value]

    def _fractions(self, lonlat: Floats, segments: Ints) -> Floats:
        """Return where on its segment each foot lies, 0 to 1: along it the squared distance is close to a parabola."""
        s0, s1, s2 = (
            distances_m(*lonlat.T, *self._along(segments, np.full(len(segments), t)).T) ** 2 for t in (0.0, 0.5, 1.0)
        )
        bend = s0 - 2 * s1 + s2
        has_foot = bend > 0
        lowest = 0.5 + (s0 - s2) / (4 * np.where(has_foot, bend, 1.0))
        return np.where(has_foot, np.clip(lowest, 0.0, 1.0), np.where(s0 <= s2, 0.0, 1.0))

    def _along(self, segments: Ints, fractions: Floats) -> Floats:
        starts, lengths_m = self.lonlat[segments], fractions * self.lengths_m[segments]
        lons, lats, _ = geod().fwd(
            several(starts[:, 0]), several(starts[:, 1]), several(self.azimuths[segments]), several(lengths_m)
        )
        return np.column_stack([lons, lats])


class _Pieces:
    """The line as chords of at most `PIECE_M`, in a tree of their ends: quick, and it says where it is in doubt."""

    def __init__(self, ends: Floats, along_m: Floats) -> None:
        self.ends = ends
        self.along_m = along_m
        self.steps = np.diff(ends, axis=0)
        self.squares = (self.steps**2).sum(axis=1)

    @cached_property
    def _tree(self) -> cKDTree:
        from scipy.spatial import cKDTree  # slow to import, and needed for many positions only

        return cKDTree(self.ends, leafsize=32)

    def feet(self, lonlat: Floats) -> tuple[Floats, Floats, Booleans]:
        """Return metres along the line and degrees of each foot, and whether another part may be as near.

        The pieces that meet at the nearest few ends are tried. Every other piece has ends at least as far as the last
        of those, and so, in squares, no point nearer than that by more than a quarter of the square of its length.
        """
        here = geocentric(lonlat)
        reach, ends = self._tree.query(here, k=NEIGHBOURS)
        pieces = np.concatenate([np.maximum(ends - 1, 0), np.minimum(ends, len(self.steps) - 1)], axis=1)
        steps, away = self.steps[pieces], here[:, None, :] - self.ends[pieces]
        fractions = np.clip(np.einsum("nkc,nkc->nk", away, steps) / self.squares[pieces], 0.0, 1.0)
        away -= fractions[..., None] * steps
        squares = np.einsum("nkc,nkc->nk", away, away)
        rows, best = np.arange(len(lonlat)), squares.argmin(axis=1)
        piece, fraction = pieces[rows, best], fractions[rows, best]
        least = np.sqrt(squares[rows, best])
        limits = (least + _margin(least)) ** 2
        is_rivalled = (squares <= limits[:, None]) & (np.abs(pieces - piece[:, None]) > 2 * NEIGHBOURS)
        doubtful = is_rivalled.any(axis=1) | (reach[:, -1] ** 2 - PIECE_M**2 / 4 <= limits)
        along_m = self.along_m[piece] + fraction * (self.along_m[piece + 1] - self.along_m[piece])
        return along_m, lonlat_of(self.ends[piece] + fraction[:, None] * self.steps[piece]), doubtful


def _margin(chords_m: Floats) -> Floats:
    """Return by how much a chord may be longer than the least one and its geodesic still the shorter.

    A geodesic is longer than its chord c by about c³ / 24R². R differs by 1 % over the ellipsoid, so two geodesics of
    one chord differ by c³ / 1200R²: three times that, at most 50 km, and a millimetre for rounding.
    """
    return np.minimum(chords_m**3 / (400 * EARTH_RADIUS_M**2), 50_000.0) + 0.001


def _least(at: Ints, measured_m: Floats, count: int) -> Ints:
    """Return, for each of `count` positions, the index of its least measure; `at` says whose each measure is."""
    order = np.lexsort((measured_m, at))
    return order[np.searchsorted(at[order], np.arange(count))]


def _slices(count: int, size: int) -> list[slice]:
    return [slice(start, start + size) for start in range(0, count, size)]
