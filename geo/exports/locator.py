"""The shipped outlines of Europe in, a small map of where in it the large one lies out."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Final

from matplotlib.path import Path
from matplotlib.transforms import Affine2D
from shapely.geometry.base import BaseGeometry

from geo import boundaries
from geo.exports.page import Page, path_of
from geo.exports.view import Frame, Window, projected

_EPSG: Final = 3035
"""Lambert azimuthal equal-area projection of Europe."""
_HALF_M: Final = 640_000.0
"""From the middle of the map to its edge."""
_LAND: Final = "#dedbd3"
_SEA: Final = "#f4f7f9"
_KOSOVO: Final = "#8c1c3c"


@cache
def _shapes() -> tuple[tuple[str, BaseGeometry, Path], ...]:
    found = []
    for feature in boundaries.read_layer("locator"):
        shape = projected(feature.geometry, _EPSG)
        code = str(feature.properties.get("iso") or feature.properties.get("country") or "")
        found.append((code, shape, path_of(shape)))
    return tuple(found)


def draw(page: Page, frame: Frame, window: Window, *, translate: Callable[[str], str]) -> None:
    """Draw the locator map into a frame, with the outline of the main map's window on it."""
    kosovo = next(shape for code, shape, _ in _shapes() if code in _KOSOVO_CODES)
    x, y = kosovo.centroid.coords[0]
    half_h = _HALF_M * frame.height / frame.width
    scale = frame.width / (2 * _HALF_M)
    transform = Affine2D().translate(_HALF_M - x, half_h - y).scale(scale).translate(frame.x, frame.y)
    page.rectangle(frame, facecolor=_SEA, edgecolor="none", zorder=14, gid="locator")
    for code, _, path in _shapes():
        is_kosovo = code in _KOSOVO_CODES
        page.path(
            path,
            transform=transform,
            clip=frame,
            facecolor=_KOSOVO if is_kosovo else _LAND,
            edgecolor="#ffffff",
            linewidth=0.45,
            zorder=15 + is_kosovo,
        )
    page.rectangle(frame, facecolor="none", edgecolor="#8b8f94", linewidth=0.8, zorder=18)


_KOSOVO_CODES: Final = frozenset({"XK", "XKX"})
