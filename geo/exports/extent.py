"""Marks and a wish in, the window of the main map and of its inset out."""

from __future__ import annotations

from typing import Final

import numpy as np

from geo.errors import InvalidInput
from geo.exports.basemap import Basemap
from geo.exports.marks import Contents
from geo.exports.symbols import Scale
from geo.exports.view import View, Window, window_around, window_of
from geo.model import BBox

NAMED: Final = ("data", "kosovo", "border", "north")
"""Extents that have a name; `data` follows the events."""
NORTH: Final = BBox(20.52, 42.83, 21.02, 43.28)
"""The four municipalities in the north, with their surroundings."""
LEAST_M: Final = 12_000.0
"""A map is never narrower than this: nobody would know where it is."""
_WIDE_SHARE: Final = 0.22
_CROWD: Final = 3
"""How many symbols must touch before a part of the map gets an inset."""
_LEAST_ZOOM: Final = 3.4
_MOST_ZOOM: Final = 7.0


def main_window(wish: str | BBox, contents: Contents, basemap: Basemap) -> Window:
    """Return what the main map must show, before it takes its frame's shape.

    Parameters
    ----------
    wish : str or BBox
        One of `NAMED`, or a box in degrees.

    Raises
    ------
    InvalidInput
        There is no extent of that name, or the box lies off the map.
    """
    if isinstance(wish, BBox):
        return _checked(window_of(wish), basemap)
    if wish == "data":
        return _of_data(contents, basemap)
    if wish == "north":
        return window_of(NORTH)
    if wish == "border":
        return Window(*basemap.line.bounds).padded(0.06)
    if wish == "kosovo":
        return basemap.kosovo.padded(0.05)
    raise InvalidInput(f"extent {wish!r}: write west,south,east,north in degrees, or one of {', '.join(NAMED)}")


def _checked(window: Window, basemap: Basemap) -> Window:
    if not window.shape.intersects(basemap.land.shape):
        raise InvalidInput("extent: the box lies outside the map, which covers Kosovo and its neighbours")
    return _within(window.at_least(LEAST_M), basemap)


def _of_data(contents: Contents, basemap: Basemap) -> Window:
    """Return Kosovo with the events around it, or less than Kosovo where the events keep to a part of it."""
    inside = contents.positions[basemap.land.holds(contents.positions)]
    if not len(inside):
        return basemap.kosovo.padded(0.05)
    data = window_around(inside)
    kosovo = basemap.kosovo
    if data.width * data.height > _WIDE_SHARE * kosovo.width * kosovo.height or len(inside) > 400:
        data = window_around(np.array([*_corners(data), *_corners(kosovo)])).padded(0.04)
        return _within(data, basemap)
    return _within(data.padded(0.18, 4_000).at_least(LEAST_M), basemap)


def _corners(window: Window) -> tuple[tuple[float, float], tuple[float, float]]:
    return (window.west, window.south), (window.east, window.north)


def _within(window: Window, basemap: Basemap) -> Window:
    land = basemap.land
    return Window(
        max(window.west, land.west),
        max(window.south, land.south),
        min(window.east, land.east),
        min(window.north, land.north),
    )


def inset_window(view: View, contents: Contents, scale: Scale, aspect: float) -> Window | None:
    """Return the part of a map where most symbols touch, for an inset; none where no part is crowded.

    Every mark in turn is the middle of a box of the inset's shape, `_LEAST_ZOOM` times as large as in the main map; the
    box that holds the most symbols that touch another wins, and is then drawn in to them.
    """
    inside = view.window.holds(contents.positions)
    points = contents.positions[inside]
    marks = [mark for mark, is_in in zip(contents.marks, inside, strict=True) if is_in]
    if not len(points):
        return None
    radii_m = np.array([scale.diameter(m.count, m.killed) / 2 for m in marks]) / view.points_per_metre
    crowded = points[_touching(points, radii_m)]
    if len(crowded) < _CROWD:
        return None
    width = view.window.width / _LEAST_ZOOM * min(1.0, aspect / view.frame.aspect)
    height = width / aspect
    near = (np.abs(crowded[:, None, 0] - crowded[None, :, 0]) < width / 2) & (
        np.abs(crowded[:, None, 1] - crowded[None, :, 1]) < height / 2
    )
    busiest = int(near.sum(axis=1).argmax())
    if near[busiest].sum() < _CROWD:
        return None
    least = view.window.width / _MOST_ZOOM
    return window_around(crowded[near[busiest]]).padded(0.14, 1_500).at_least(least).of_aspect(aspect)


def _touching(points: np.ndarray, radii: np.ndarray) -> np.ndarray:
    """Return the indices of discs that cover a good part of another; of very many, a sample is looked at."""
    if len(points) > _SAMPLE:
        points, radii = points[:: len(points) // _SAMPLE + 1], radii[:: len(radii) // _SAMPLE + 1]
    apart = np.hypot(points[:, None, 0] - points[None, :, 0], points[:, None, 1] - points[None, :, 1])
    close = apart < 0.8 * (radii[:, None] + radii[None, :])
    np.fill_diagonal(close, val=False)
    return np.flatnonzero(close.any(axis=1))


_SAMPLE: Final = 1_500
