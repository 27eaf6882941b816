"""Events in, a map of their numbers by H3 hexagon out: the layout `density`."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from typing import Final

import h3
import numpy as np
import shapely

from geo.exports import basemap, extent, labels, names
from geo.exports.composer import Composer
from geo.exports.layouts.cells import CLASSES, NUMBER_PT, Classes, class_bounds, draw_cell
from geo.exports.legend import Shown
from geo.exports.sheet import DrawnSheet
from geo.exports.symbols import Drawn
from geo.exports.view import Points, View, project

_RESOLUTIONS: Final = (8, 7, 6, 5, 4, 3)
_LEAST_PT: Final = 17.0
"""A hexagon is at least this wide, so that its number can be read."""


def draw(composer: Composer) -> DrawnSheet:
    """Draw the hexagons, each with its number."""
    wish = extent.main_window(composer.sheet.extent, composer.contents, composer.basemap)
    plan = composer.plan(wish, _expected(composer))
    main = plan.main
    obstacles = composer.base(main)
    counts = _counts(composer, main)
    classes = class_bounds(list(counts.values()))
    middles = _draw_cells(composer, main, counts, classes)
    obstacles.add_circles(middles, [NUMBER_PT * 0.9] * len(middles))
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
    return replace(composer.shown([nothing], []), has_crossings=True, classes=((1, 1),) * CLASSES)


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


def _draw_cells(composer: Composer, main: View, counts: dict[str, int], classes: Classes) -> Points:
    """Draw the hexagons and their numbers, and return their middles on the page."""
    middles = np.empty((len(counts), 2))
    for i, (cell, count) in enumerate(counts.items()):
        corners = project(np.array([(lon, lat) for lat, lon in h3.cell_to_boundary(cell)]))
        outline = shapely.Polygon(corners)
        middles[i] = main.on_page(np.array([outline.centroid.coords[0]]))[0]
        draw_cell(composer, main, outline, middles[i], count, classes, f"hexagon-{cell}")
    return middles


def _label(composer: Composer, main: View, obstacles: labels.Obstacles, drawn: Drawn) -> None:
    """Label territories and towns; the numbers stay clear."""
    prefix = f"label-{main.frame.x:.0f}-{main.frame.y:.0f}"
    composer.territories(main, obstacles, prefix)
    wanted = names.towns(main, composer.basemap, drawn, composer.words, skip=None)
    labels.draw(composer.page, labels.place(composer.page, wanted, obstacles), prefix)
