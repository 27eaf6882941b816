"""Positions in, their geodesic distance to the border line out, the slow and plain way."""

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod

from geo.boundaries import read_layer

Floats = NDArray[np.float64]
GEOD = Geod(ellps="WGS84")
LINE = shapely.get_coordinates(read_layer("border_line")[0].geometry)


def truth_m(lons: Floats, lats: Floats) -> Floats:
    """Geodesic distance to the line: every vertex, then a ternary search along each segment that may be nearer."""
    ahead, _, lengths = (np.asarray(x) for x in GEOD.inv(*LINE[:-1].T, *LINE[1:].T))
    n, m = len(lons), len(LINE)
    to_vertices = np.asarray(GEOD.inv(np.repeat(lons, m), np.repeat(lats, m), *np.tile(LINE, (n, 1)).T)[2])
    to_vertices = to_vertices.reshape(n, m)
    best = to_vertices.min(axis=1)
    nearest_possible = (to_vertices[:, :-1] + to_vertices[:, 1:] - lengths) / 2
    at, segment = np.nonzero(nearest_possible < best[:, None])

    def measured(fraction: Floats) -> Floats:
        along = fraction * lengths[segment]
        foot = GEOD.fwd(LINE[segment, 0], LINE[segment, 1], ahead[segment], along)[:2]
        return np.asarray(GEOD.inv(lons[at], lats[at], *foot)[2])

    low, high = np.zeros(len(at)), np.ones(len(at))
    for _ in range(40):
        one, two = low + (high - low) / 3, high - (high - low) / 3
        is_left = measured(one) < measured(two)
        low, high = np.where(is_left, low, one), np.where(is_left, two, high)
    np.minimum.at(best, at, measured((low + high) / 2))
    return best


def scattered(count: int, least_m: float, most_m: float, seed: int) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    start = LINE[rng.integers(0, len(LINE), count)]
    lons, lats, _ = GEOD.fwd(*start.T, rng.uniform(0, 360, count), rng.uniform(least_m, most_m, count))
    return np.asarray(lons), np.asarray(lats)
