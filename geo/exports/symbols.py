"""Marks and areas in, symbols, precision circles and shaded areas on the page out.

One event is drawn in the shape of its family; several at one place as a ring whose colours are their families and whose
number is their count. Both grow in area by the people killed. Nothing is moved off its place.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from matplotlib.path import Path
from shapely.geometry.base import BaseGeometry

from geo import style
from geo.exports.marks import Contents, Mark
from geo.exports.page import Font, Page, path_of
from geo.exports.view import Frame, Points, View

SINGLE_PT: Final = 7.6
"""Width of the symbol of one event in which nobody was killed."""
RING_PT: Final = 14.0
_LARGEST_PT: Final = 27.0
_PER_DEATH_PT2: Final = 34.0
"""Growth of the square of the width for each person killed, unless the largest would be too large."""
_HOLE: Final = 0.66
NUMBER: Final = Font(size_pt=7.0, face="bold")
PRECISION: Final = "#5d646b"
FAMILIES: Final = style.FAMILIES
_FAMILIES: Final = {family.name: family for family in FAMILIES}


@dataclass(frozen=True, slots=True)
class Scale:
    """How large a symbol is."""

    per_death_pt2: float

    def diameter(self, count: int, killed: int) -> float:
        """Return the width in points of the symbol of `count` events at one place in which `killed` people died."""
        least = SINGLE_PT if count == 1 else RING_PT
        return math.sqrt(least**2 + self.per_death_pt2 * killed)


def scale(contents: Contents) -> Scale:
    """Return the scale at which the deadliest place does not cover too much of the map."""
    most = max((mark.killed for mark in contents.marks), default=0)
    return Scale(min(_PER_DEATH_PT2, (_LARGEST_PT**2 - RING_PT**2) / max(most, 1)))


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a view shows of the marks: the legend explains these and no others."""

    marks: tuple[Mark, ...]
    at: Points
    """Points of the page, shape (n, 2)."""
    radii: tuple[float, ...]
    has_precision: bool

    @property
    def families(self) -> Counter[str]:
        """Number of events by family."""
        counts: Counter[str] = Counter()
        for mark in self.marks:
            counts.update(dict(mark.families))
        return counts


def draw(page: Page, view: View, contents: Contents, scale: Scale) -> Drawn:
    """Draw the marks that lie in a view, the largest first so that none hides another."""
    inside = np.flatnonzero(view.window.holds(contents.positions))
    sized = sorted(inside, key=lambda i: (-_diameter(contents.marks[i], scale), i))
    marks = tuple(contents.marks[i] for i in sized)
    at = view.on_page(contents.positions[sized]) if sized else np.empty((0, 2))
    diameters = [_diameter(mark, scale) for mark in marks]
    has_precision = _draw_precision(page, view, marks, at, diameters)
    single = [i for i, mark in enumerate(marks) if mark.count == 1]
    several = [i for i, mark in enumerate(marks) if mark.count > 1]
    if single:
        names = [marks[i].families[0][0] for i in single]
        draw_singles(page, names, at[single], [diameters[i] for i in single], clip=view.frame, prefix=_prefix(view))
    if several:
        draw_rings(page, [marks[i].families for i in several], at[several], [diameters[i] for i in several], view=view)
    return Drawn(marks, at, tuple(d / 2 for d in diameters), has_precision)


def _prefix(view: View) -> str:
    return f"events-{view.frame.x:.0f}"


def _diameter(mark: Mark, scale: Scale) -> float:
    return scale.diameter(mark.count, mark.killed)


def draw_singles(
    page: Page,
    families: Sequence[str],
    at: Points,
    diameters: Sequence[float],
    *,
    clip: Frame | None = None,
    prefix: str = "",
) -> None:
    """Draw symbols of one event each."""
    page.symbols(
        [_outline(name) for name in families],
        at,
        diameters,
        clip=clip,
        facecolors=[_FAMILIES[name].colour for name in families],
        edgecolors=style.OUTLINE,
        linewidths=0.7,
        zorder=8,
        gid=prefix and f"{prefix}-single",
    )


def _outline(family: str) -> Path:
    vertices = _FAMILIES[family].vertices
    return Path([*vertices, vertices[0]], closed=True)


def draw_rings(
    page: Page,
    families: Sequence[Sequence[tuple[str, int]]],
    at: Points,
    diameters: Sequence[float],
    *,
    view: View | None = None,
) -> None:
    """Draw rings of several events at one place each, with their numbers."""
    clip, prefix = (view.frame, _prefix(view)) if view else (None, "")
    sizes = np.asarray(diameters)
    disc = [Path.unit_circle()]
    page.symbols(disc, at, sizes + 2.0, clip=clip, facecolors=style.OUTLINE, edgecolors="none", zorder=7)
    parts = [(i, wedge, name) for i, shares in enumerate(families) for wedge, name in _wedges(shares)]
    page.symbols(
        [wedge for _, wedge, _ in parts],
        at[[i for i, _, _ in parts]],
        sizes[[i for i, _, _ in parts]],
        clip=clip,
        facecolors=[_FAMILIES[name].colour for _, _, name in parts],
        edgecolors="none",
        zorder=7.1,
        gid=prefix and f"{prefix}-several",
    )
    page.symbols(disc, at, sizes * _HOLE, clip=clip, facecolors="#ffffff", edgecolors="none", zorder=7.2)
    for shares, (x, y), diameter in zip(families, at, diameters, strict=True):
        _draw_number(page, float(x), float(y), sum(n for _, n in shares), diameter, clip)


def _wedges(shares: Sequence[tuple[str, int]]) -> list[tuple[Path, str]]:
    """Return the sectors of a ring, clockwise from the top, with the names of their families."""
    total, passed, wedges = sum(n for _, n in shares), 0, []
    for name, n in shares:
        start, stop = 90 - 360 * (passed + n) / total, 90 - 360 * passed / total
        wedges.append((Path.unit_circle() if n == total else Path.wedge(start, stop), name))
        passed += n
    return wedges


def _draw_number(page: Page, x: float, y: float, number: int, diameter: float, clip: Frame | None) -> None:
    size = NUMBER.size_pt if number < 100 else NUMBER.size_pt - 1.6
    font = Font(size_pt=min(size + (diameter - RING_PT) / 6, 10), face="bold", halo="#ffffff", halo_pt=1.2)
    if clip is None or (clip.x < x < clip.right and clip.y < y < clip.top):
        page.text(x, y - font.size_pt * 0.36, str(number), font, align="center", zorder=9, gid="")


def _draw_precision(page: Page, view: View, marks: Sequence[Mark], at: Points, diameters: Sequence[float]) -> bool:
    """Draw the circle within which the truth lies, where it is wider than the symbol."""
    radii = [mark.uncertainty_m * view.points_per_metre for mark in marks]
    wide = [i for i, radius in enumerate(radii) if radius > diameters[i] / 2 + 1]
    if wide:
        draw_circles(page, at[wide], [2 * radii[i] for i in wide], clip=view.frame, gid=f"precision-{view.frame.x:.0f}")
    return bool(wide)


def draw_circles(
    page: Page, at: Points, diameters: Sequence[float], *, clip: Frame | None = None, gid: str = ""
) -> None:
    """Draw precision circles."""
    page.symbols(
        [Path.unit_circle()],
        at,
        diameters,
        clip=clip,
        facecolors="#5d646b0f",
        edgecolors="#5d646b8c",
        linewidths=0.5,
        linestyles=[(0, (2.5, 1.8))],
        zorder=3.5,
        gid=gid,
    )


def draw_areas(page: Page, view: View, shapes: Mapping[str, BaseGeometry]) -> None:
    """Shade areas, given in EPSG:25834 metres by id: a light tint with a band inside the edge."""
    for area_id, shape in sorted(shapes.items()):
        band_m = 5.0 / view.points_per_metre
        near = view.window.padded(0, band_m).shape
        band = shapely.difference(shape, shapely.buffer(shape, -band_m))
        for part, alpha, name in ((shape, 0.10, "area"), (band, 0.16, "area-edge")):
            thin = shapely.simplify(shapely.intersection(part, near), 0.15 / view.points_per_metre)
            page.path(
                path_of(thin),
                transform=view.transform,
                clip=view.frame,
                facecolor=style.AREA_SHADE,
                edgecolor="none",
                alpha=alpha,
                zorder=2.5,
                gid=f"{name}-{area_id}-{view.frame.x:.0f}",
            )
