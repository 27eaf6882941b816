"""Marks and a wish in, the window of the main map and of its inset out."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from geo.errors import InvalidInput
from geo.exports.basemap import Basemap
from geo.exports.marks import Contents
from geo.exports.symbols import Scale
from geo.exports.view import Frame, Points, View, Window, window_around, window_of
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
_ZOOMS: Final = (3.6, 2.8, 4.6, 2.2, 6.0)
"""Scales of an inset, as multiples of the map's; of those that do equally well the first."""
_SAMPLE: Final = 1_200
"""Of more marks than this, every second, third... is looked at."""
_TRIED: Final = 150


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


def inset_window(view: View, contents: Contents, scale: Scale, frame: Frame) -> Window | None:
    """Return the part of a map that an inset shows best; none where no part is crowded.

    Boxes of the inset's shape, in several sizes, about every mark that touches another are tried. The one wins after
    which the fewest symbols touch: outside it at the scale of the map, inside it at the scale of the inset.
    """
    inside = np.flatnonzero(view.window.holds(contents.positions))
    inside = inside[:: len(inside) // _SAMPLE + 1]
    points = contents.positions[inside]
    radii = np.array([scale.diameter(contents.marks[i].count, contents.marks[i].killed) / 2 for i in inside])
    pairs, reach_m, apart_m = _touching(points, radii / view.points_per_metre)
    crowded = np.unique(pairs)
    if len(crowded) < _CROWD:
        return None
    best, least = None, len(pairs)
    for zoom in _ZOOMS:
        width = frame.width / (view.points_per_metre * zoom)
        for i in crowded[:: len(crowded) // _TRIED + 1]:
            window = _box(points[i], width, frame.aspect)
            both_in = window.holds(points)[pairs].all(axis=1)
            left = int((~both_in).sum()) + int((apart_m[both_in] < reach_m[both_in] / zoom).sum())
            if left < least:
                best, least = window, left
    return best and _drawn_in(best, points, frame)


def _box(middle: Points, width: float, aspect: float) -> Window:
    x, y = float(middle[0]), float(middle[1])
    return Window(x - width / 2, y - width / aspect / 2, x + width / 2, y + width / aspect / 2)


def _drawn_in(window: Window, points: Points, frame: Frame) -> Window:
    """Return a window about the marks in it, no larger than need be."""
    around = window_around(points[window.holds(points)]).padded(0.1, 1_000)
    shape = around.of_aspect(frame.aspect)
    return window if shape.width > window.width else shape.at_least(window.width / 1.6).of_aspect(frame.aspect)


def _touching(points: Points, radii_m: Points) -> tuple[npt.NDArray[np.int_], Points, Points]:
    """Return pairs of discs that cover a good part of one another, how far they reach, and how far apart they are."""
    if len(points) < 2:
        return np.empty((0, 2), dtype=int), np.empty(0), np.empty(0)
    first, second = np.triu_indices(len(points), 1)
    apart = np.hypot(*(points[first] - points[second]).T)
    reach = 0.85 * (radii_m[first] + radii_m[second])
    close = apart < reach
    return np.column_stack([first[close], second[close]]), reach[close], apart[close]
