"""The shipped outlines of Europe in, a small map of where in it the large one lies out."""

from __future__ import annotations

from functools import cache
from typing import Final

import shapely
from matplotlib.path import Path
from matplotlib.transforms import Affine2D
from shapely.geometry.base import BaseGeometry

from geo import boundaries
from geo.exports.labels import Obstacles
from geo.exports.names import roomiest
from geo.exports.page import MUTED, Font, Page, path_of
from geo.exports.view import Frame, Window, projected
from geo.exports.words import Words

_EPSG: Final = 3035
"""Lambert azimuthal equal-area projection of Europe."""
_HALF_M: Final = 640_000.0
"""From the middle of the map to its edge."""
_LAND: Final = "europe_land"
_SEA: Final = "europe_sea"
_KOSOVO: Final = "accent"
_NAME: Final = Font(size_pt=4.6, colour=MUTED)
_KOSOVO_NAME: Final = Font(size_pt=5.2, face="bold", colour=_KOSOVO, halo="halo", halo_pt=1.4)


@cache
def _shapes() -> tuple[tuple[str, str, BaseGeometry, Path], ...]:
    found = []
    for feature in boundaries.read_layer("locator"):
        shape = projected(feature.geometry, _EPSG)
        found.append((str(feature.properties["iso"]), str(feature.properties["name_en"]), shape, path_of(shape)))
    return tuple(found)


def draw(page: Page, frame: Frame, window: Window, *, words: Words) -> None:
    """Draw the locator map into a frame, with the outline of the main map's window on it."""
    kosovo = next(shape for code, _, shape, _ in _shapes() if code == "XK")
    x, y = kosovo.centroid.coords[0]
    half_h = _HALF_M * frame.height / frame.width
    scale = frame.width / (2 * _HALF_M)
    transform = Affine2D().translate(_HALF_M - x, half_h - y).scale(scale).translate(frame.x, frame.y)
    page.rectangle(frame, facecolor=_SEA, edgecolor="none", zorder=14, gid="locator")
    for code, _, _, path in _shapes():
        is_kosovo = code == "XK"
        page.path(
            path,
            transform=transform,
            clip=frame,
            facecolor=_KOSOVO if is_kosovo else _LAND,
            edgecolor="europe_sea",
            linewidth=0.45,
            zorder=15 + is_kosovo,
        )
    page.rectangle(frame, facecolor="none", edgecolor="frame", linewidth=0.8, zorder=18)
    _draw_names(page, frame, transform, words)


def _draw_names(page: Page, frame: Frame, transform: Affine2D, words: Words) -> None:
    """Name Kosovo, and the other countries where a name has room within them."""
    obstacles = Obstacles(frame)
    by_size = sorted(_shapes(), key=lambda found: (found[0] != "XK", -found[2].area))
    for code, name, shape, _ in by_size:
        seen = shapely.intersection(shapely.transform(shape, transform.transform), shapely.box(*frame.box))
        said, font = (
            (words.country(code, name) if code != "XK" else words.translate(name)).upper(),
            _NAME if code != "XK" else _KOSOVO_NAME,
        )
        half_w, half_h = page.width(said, font) / 2 + 1, font.size_pt * 0.42
        if code == "XK":
            middle: tuple[float, float] | None = (seen.centroid.x, seen.bounds[1] - font.size_pt * 0.62)
        else:
            middle = roomiest(seen, half_w, half_h, obstacles, step=2.0)
        if middle:
            x, y = middle
            obstacles.boxes.append((x - half_w, y - half_h, x + half_w, y + half_h))
            page.text(x, y - font.size_pt * 0.36, said, font, align="center", zorder=17)
