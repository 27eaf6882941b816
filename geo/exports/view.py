"""Degrees in, points on the printed page out: the projection of the maps, and the part of it that a frame shows.

The projection is UTM zone 34 north (EPSG:25834): its central meridian, 21° E, runs through the middle of the line that
Kosovo and Serbia share, so that lengths on the map are true to four parts in ten thousand and north is up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely
from matplotlib.transforms import Affine2D
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

from geo.crs import CRS84, geod, several
from geo.model import BBox

EPSG: Final = 25834
PROJECTION_NAME: Final = "UTM 34N (EPSG:25834)"
Points = npt.NDArray[np.float64]
"""Shape (n, 2)."""


@cache
def _transformer(epsg: int) -> Transformer:
    return Transformer.from_crs(CRS84, f"EPSG:{epsg}", always_xy=True)


def project(degrees: Points, epsg: int = EPSG) -> Points:
    """Return positions in OGC:CRS84 degrees, shape (n, 2), in metres of a projection, x then y."""
    if not len(degrees):
        return np.empty((0, 2))
    return np.column_stack(_transformer(epsg).transform(several(degrees[:, 0]), several(degrees[:, 1])))


def projected(geometry: BaseGeometry, epsg: int = EPSG) -> BaseGeometry:
    """Return a geometry in OGC:CRS84 degrees in metres of a projection."""
    return shapely.transform(geometry, lambda degrees: project(degrees, epsg))


@dataclass(frozen=True, slots=True)
class Window:
    """A box in EPSG:25834 metres."""

    west: float
    south: float
    east: float
    north: float

    @property
    def width(self) -> float:
        """From west to east, in metres of the projection."""
        return self.east - self.west

    @property
    def height(self) -> float:
        """From south to north, in metres of the projection."""
        return self.north - self.south

    @property
    def centre(self) -> tuple[float, float]:
        """The middle, x then y."""
        return (self.west + self.east) / 2, (self.south + self.north) / 2

    @property
    def shape(self) -> shapely.Polygon:
        """The box as a polygon."""
        return shapely.box(self.west, self.south, self.east, self.north)

    def holds(self, points: Points) -> npt.NDArray[np.bool_]:
        """Return which points, shape (n, 2), lie in the box."""
        x, y = points[:, 0], points[:, 1]
        return (self.west <= x) & (x <= self.east) & (self.south <= y) & (y <= self.north)

    def padded(self, share: float, least_m: float = 0.0) -> Window:
        """Return the box with a margin: a share of its longer side, at least so many metres; without a share, these."""
        margin = max(share * max(self.width, self.height), least_m) if share else least_m
        return Window(self.west - margin, self.south - margin, self.east + margin, self.north + margin)

    def of_aspect(self, aspect: float) -> Window:
        """Return the smallest box around this one, with the same middle, whose width is `aspect` times its height."""
        height = max(self.height, self.width / aspect)
        x, y = self.centre
        return Window(x - height * aspect / 2, y - height / 2, x + height * aspect / 2, y + height / 2)

    def at_least(self, side_m: float) -> Window:
        """Return the box grown about its middle until both sides have at least this length."""
        x, y = self.centre
        half_w, half_h = max(self.width, side_m) / 2, max(self.height, side_m) / 2
        return Window(x - half_w, y - half_h, x + half_w, y + half_h)


def window_around(points: Points) -> Window:
    """Return the smallest box around points in EPSG:25834 metres, shape (n, 2), n at least 1."""
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    return Window(float(west), float(south), float(east), float(north))


def window_of(box: BBox) -> Window:
    """Return the box that holds a box of degrees, whose edges are curves in the projection."""
    edge = np.array(shapely.segmentize(shapely.box(*box), 0.05).exterior.coords)
    return window_around(project(edge))


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle on the page, in points from its lower left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width

    @property
    def top(self) -> float:
        """The upper edge."""
        return self.y + self.height

    @property
    def aspect(self) -> float:
        """Width by height."""
        return self.width / self.height

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, lower, right and upper edge."""
        return self.x, self.y, self.right, self.top


@dataclass(frozen=True, slots=True)
class View:
    """What a frame of the page shows: a window of the frame's own aspect."""

    frame: Frame
    window: Window

    @property
    def points_per_metre(self) -> float:
        """Points on the page for a metre of the projection."""
        return self.frame.width / self.window.width

    @property
    def transform(self) -> Affine2D:
        """From EPSG:25834 metres to points on the page."""
        scale = self.points_per_metre
        moved = Affine2D().translate(-self.window.west, -self.window.south).scale(scale)
        return moved.translate(self.frame.x, self.frame.y)

    def on_page(self, points: Points | Iterable[Any]) -> Points:
        """Return points in EPSG:25834 metres, shape (n, 2), as points on the page."""
        array = np.asarray(points, dtype=float).reshape(-1, 2)
        corner = np.array([self.window.west, self.window.south])
        placed: Points = (array - corner) * self.points_per_metre + np.array([self.frame.x, self.frame.y])
        return placed

    @property
    def metres_per_point(self) -> float:
        """True metres on the ellipsoid for a point of the page, going east through the middle of the window."""
        x, y = self.window.centre
        quarter = self.window.width / 4
        ends = _transformer(EPSG).transform([x - quarter, x + quarter], [y, y], direction="INVERSE")
        (west, east), (south, north) = ends
        length_m = geod().inv(west, south, east, north)[2]
        return float(length_m) / (2 * quarter * self.points_per_metre)


def view(frame: Frame, window: Window) -> View:
    """Return the view of a window, widened or heightened to the frame's aspect."""
    return View(frame, window.of_aspect(frame.aspect))
