"""Positions in, cells of the Web Mercator quadtree out: each cell is one number, and its parts follow each other.

A cell of level n is one of 2**n by 2**n squares, x from the west, y from the north. Its number interleaves the bits of
both (Morton order), so that whatever lies in a cell is one run of a list sorted by the numbers of a deeper level.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.model import BBox

Array = NDArray[Any]

DEEPEST: Final = 24
"""The level by whose numbers events are sorted: cells of 2.4 m at the equator."""
FINER: Final = 2
"""Levels by which cells are finer than the tiles of a zoom: squares of 64 pixels."""
MOST_CELLS: Final = 4096
"""A view that would hold more gets coarser ones."""
_MAX_LATITUDE: Final = 85.0511287798066
_SPREAD: Final = (
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
)


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells of one level."""

    level: int
    xs: Array
    ys: Array

    @property
    def runs(self) -> tuple[Array, Array]:
        """The first number of `DEEPEST` in each cell, and the one after its last."""
        shift = np.uint64(2 * (DEEPEST - self.level))
        numbers = morton(self.xs, self.ys)
        return numbers << shift, (numbers + np.uint64(1)) << shift


def numbers_of(lons: Array, lats: Array) -> Array:
    """Return the number of the cell of `DEEPEST` in which each position (degrees, OGC:CRS84) lies."""
    xs, ys = _projected(lons, lats, DEEPEST)
    return morton(xs, ys)


def cells_in(view: BBox, zoom: int) -> Cells:
    """Return the cells that a view touches at a zoom: of level `zoom + FINER`, or coarser for a view that is too wide.

    A view that crosses the antimeridian is taken as the two parts that it is.
    """
    parts = (
        [view]
        if view.west <= view.east
        else [
            BBox(view.west, view.south, 180.0, view.north),
            BBox(-180.0, view.south, view.east, view.north),
        ]
    )
    level = zoom + FINER
    spans = [_span(part, level) for part in parts]
    while sum((x1 - x0 + 1) * (y1 - y0 + 1) for x0, x1, y0, y1 in spans) > MOST_CELLS:
        level -= 1
        spans = [_span(part, level) for part in parts]
    grids = [np.meshgrid(np.arange(x0, x1 + 1), np.arange(y0, y1 + 1)) for x0, x1, y0, y1 in spans]
    both = np.concatenate([np.stack([xs.ravel(), ys.ravel()]) for xs, ys in grids], axis=1)
    both = np.unique(both, axis=1)
    return Cells(level, both[0], both[1])


def morton(xs: Array, ys: Array) -> Array:
    """Return the numbers that interleave the bits of x (lower) and y."""
    numbers: Array = _spread(xs) | (_spread(ys) << np.uint64(1))
    return numbers


def _span(box: BBox, level: int) -> tuple[int, int, int, int]:
    xs, ys = _projected(np.array([box.west, box.east]), np.array([box.north, box.south]), level)
    return int(xs[0]), int(xs[1]), int(ys[0]), int(ys[1])


def mercator(lons: Array, lats: Array, level: int) -> tuple[Array, Array]:
    """Return positions (degrees, OGC:CRS84) in cells of a level from the north-west corner of the world."""
    number = 2**level
    angles = np.radians(np.clip(lats, -_MAX_LATITUDE, _MAX_LATITUDE))
    xs = (lons + 180.0) / 360.0 * number
    ys = (1.0 - np.arcsinh(np.tan(angles)) / np.pi) / 2.0 * number
    return xs, ys


def _projected(lons: Array, lats: Array, level: int) -> tuple[Array, Array]:
    xs, ys = (np.clip(np.floor(part), 0, 2**level - 1).astype(np.int64) for part in mercator(lons, lats, level))
    return xs, ys


def _spread(values: Array) -> Array:
    spread = values.astype(np.uint64)
    for shift, mask in _SPREAD:
        spread = (spread | (spread << np.uint64(shift))) & np.uint64(mask)
    return spread
