"""Events in, a map of their numbers by H3 hexagon out: the layout `density`."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import h3
import numpy as np
import shapely

from geo.exports import basemap, extent, labels, names
from geo.exports.composer import Composer
from geo.exports.legend import Shown, ramp
from geo.exports.page import Font, path_of
from geo.exports.sheet import DrawnSheet
from geo.exports.symbols import Drawn
from geo.exports.view import Points, View, project

_RESOLUTIONS: Final = (8, 7, 6, 5, 4, 3)
_LEAST_PT: Final = 17.0
"""A hexagon is at least this wide, so that its number can be read."""
_CLASSES: Final = 5
_EDGE_PT: Final = 0.5
_NUMBER_PT: Final = 6.6


def draw(composer: Composer) -> DrawnSheet:
    """Draw the hexagons, each with its number."""
    wish = extent.main_window(composer.sheet.extent, composer.contents, composer.basemap)
    plan = composer.plan(wish, _expected(composer))
    main = plan.main
    obstacles = composer.base(main)
    counts = _counts(composer, main)
    classes = class_bounds(list(counts.values()))
    middles = _draw_cells(composer, main, counts, classes)
    obstacles.add_circles(middles, [_NUMBER_PT * 0.9] * len(middles))
    composer.corners(main, obstacles, middles)
    if not counts:
        composer.say_empty(main, obstacles)
    drawn = Drawn((), np.empty((0, 2)), np.empty((0, 2)), (), False, np.empty((0, 2)))
    _label(composer, main, obstacles, drawn)
    basemap.draw_frame(composer.page, main)
    shown = replace(composer.shown([drawn], [main]), classes=classes)
    return composer.finish(plan, [drawn], shown)


def _expected(composer: Composer) -> Shown:
    nothing = Drawn((), np.empty((0, 2)), np.empty((0, 2)), (), False, np.empty((0, 2)))
    return replace(composer.shown([nothing], []), has_crossings=True, classes=((1, 1),) * _CLASSES)


def _counts(composer: Composer, main: View) -> dict[str, int]:
    """Return the number of events of each hexagon that has any in the view."""
    resolution = next((r for r in _RESOLUTIONS if _width_pt(main, r) >= _LEAST_PT), _RESOLUTIONS[-1])
    inside = main.window.holds(composer.contents.positions)
    counts: Counter[str] = Counter()
    for mark, is_inside in zip(composer.contents.marks, inside, strict=True):
        if is_inside:
            counts[h3.latlng_to_cell(mark.lat, mark.lon, resolution)] += mark.count
    return dict(sorted(counts.items()))


def _width_pt(main: View, resolution: int) -> float:
    """Return how wide a hexagon of a resolution is on the page, from side to side."""
    side_m = h3.average_hexagon_edge_length(resolution, unit="m")
    return float(side_m * math.sqrt(3) * main.points_per_metre)


def class_bounds(counts: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Return least and most of at most five classes, which grow by a like factor and leave no number out."""
    if not counts:
        return ()
    most = max(counts)
    tops = sorted({math.floor(most ** (i / _CLASSES) + 1e-9) for i in range(1, _CLASSES)} | {1, most})
    tops = tops if len(tops) <= _CLASSES else tops[1:]
    return tuple((1 if i == 0 else tops[i - 1] + 1, top) for i, top in enumerate(tops))


def _draw_cells(composer: Composer, main: View, counts: dict[str, int], classes: tuple[tuple[int, int], ...]) -> Points:
    """Draw the hexagons and their numbers, and return their middles on the page."""
    middles = np.empty((len(counts), 2))
    colours = ramp(composer.page, len(classes))
    for i, (cell, count) in enumerate(counts.items()):
        corners = project(np.array([(lon, lat) for lat, lon in h3.cell_to_boundary(cell)]))
        outline = shapely.Polygon(corners)
        colour = colours[next(k for k, (_, most) in enumerate(classes) if count <= most)]
        composer.page.path(
            path_of(outline),
            transform=main.transform,
            clip=main.frame,
            facecolor=colour,
            edgecolor="casing",
            linewidth=_EDGE_PT,
            zorder=3.0,
            alpha=0.92,
            gid=f"hexagon-{cell}",
        )
        middles[i] = main.on_page(np.array([outline.centroid.coords[0]]))[0]
        _draw_number(composer, middles[i], count, colour, main)
    return middles


def _draw_number(composer: Composer, at: Points, count: int, colour: str, main: View) -> None:
    frame, page = main.frame, composer.page
    words = composer.words.number(count)
    font = Font(size_pt=_NUMBER_PT, face="semibold", colour=_readable(colour), halo=colour, halo_pt=2.4)
    half = page.width(words, font) / 2
    x, y = float(at[0]), float(at[1])
    if frame.x + half < x < frame.right - half and frame.y + 4 < y < frame.top - 4:
        page.text(x, y - _NUMBER_PT * 0.36, words, font, align="center", zorder=7, gid=f"number-{x:.0f}-{y:.0f}")


def _readable(colour: str) -> str:
    """Return black or white, whichever stands out more from a colour."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return "#000000" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 else "#ffffff"


def _label(composer: Composer, main: View, obstacles: labels.Obstacles, drawn: Drawn) -> None:
    """Label territories and towns; the numbers stay clear."""
    prefix = f"label-{main.frame.x:.0f}-{main.frame.y:.0f}"
    composer.territories(main, obstacles, prefix)
    wanted = names.towns(main, composer.basemap, drawn, composer.words, skip=None)
    labels.draw(composer.page, labels.place(composer.page, wanted, obstacles), prefix)
