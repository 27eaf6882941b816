"""Marks and areas in, symbols, precision circles and shaded areas on the page out.

One event is drawn in the shape of its family; several at one place as a ring whose colours are their families and whose
number is their count. Both grow in area by the people killed. A symbol that would hide another stands aside, at the end
of a line from a dot at its place: nothing is moved without that being seen.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import shapely
from matplotlib.path import Path
from matplotlib.transforms import Affine2D
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo import style
from geo.exports.marks import Contents, Mark
from geo.exports.page import INK, Font, Page, path_of
from geo.exports.view import Frame, Points, View, Window

SINGLE_PT: Final = 7.6
"""Width of the symbol of one event in which nobody was killed."""
RING_PT: Final = 14.0
_LARGEST_PT: Final = 27.0
_PER_DEATH_PT2: Final = 34.0
"""Growth of the square of the width for each person killed, unless the largest would be too large."""
_HOLE: Final = 0.66
DOT_PT: Final = 4.4
DOT: Final = "dot"
LEAD_DOT_PT: Final = 1.5
_OVERLAP: Final = 0.33
"""The share of the smaller symbol's width that may be hidden."""
_APART_PT: Final = 1.4
_DIRECTIONS: Final = 24
_FARTHEST_PT: Final = 46.0
_MOST_SPREAD: Final = 400
FAMILY: Final = {family.name: family for family in style.FAMILIES}
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scale:
    """How large a symbol is."""

    per_death_pt2: float
    single_pt: float = SINGLE_PT
    """Width of the symbol of one event in which nobody was killed."""

    def diameter(self, count: int, killed: int) -> float:
        """Return the width in points of the symbol of `count` events at one place in which `killed` people died."""
        least = self.single_pt if count == 1 else RING_PT
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
    """Where the events are, in points of the page, shape (n, 2)."""
    symbols_at: Points
    """Where their symbols are: there too, or at the end of a line from a dot there."""
    radii: tuple[float, ...]
    has_precision: bool
    elsewhere: Points
    """Points of the page where the inset shows what there is, shape (m, 2)."""

    @property
    def is_led(self) -> NDArray[np.bool_]:
        """Which symbols stand at the end of a line."""
        led: NDArray[np.bool_] = (self.at != self.symbols_at).any(axis=1)
        return led

    @property
    def families(self) -> Counter[str]:
        """Number of events by family."""
        counts: Counter[str] = Counter()
        for mark in self.marks:
            counts.update(dict(mark.families))
        return counts


def draw(
    page: Page,
    view: View,
    contents: Contents,
    scale: Scale,
    *,
    inset: Window | None = None,
    only: Window | None = None,
) -> Drawn:
    """Draw the marks that lie in a view, or `only` in a part of it, the largest first so that none hides another.

    In the window of an inset, which shows them larger, they are mere dots.
    """
    inside = (only or view.window).holds(contents.positions)
    in_inset = inside & inset.holds(contents.positions) if inset else np.zeros_like(inside)
    sized = sorted(np.flatnonzero(inside & ~in_inset), key=lambda i: (-_diameter(contents.marks[i], scale), i))
    marks = tuple(contents.marks[i] for i in sized)
    at = view.on_page(contents.positions[sized]) if sized else np.empty((0, 2))
    diameters = [_diameter(mark, scale) for mark in marks]
    elsewhere = view.on_page(contents.positions[in_inset])
    draw_dots(page, elsewhere, clip=view.frame)
    has_precision = _draw_precision(page, view, marks, at, diameters)
    symbols_at = spread(at, np.asarray(diameters) / 2, view.frame)
    if len(marks) > _MOST_SPREAD:
        _draw_many(page, marks, at, diameters, view.frame)
    else:
        _draw_each(page, marks, at, symbols_at, diameters, view.frame)
    return Drawn(marks, at, symbols_at, tuple(d / 2 for d in diameters), has_precision, elsewhere)


def _draw_each(
    page: Page, marks: Sequence[Mark], at: Points, symbols_at: Points, diameters: Sequence[float], clip: Frame
) -> None:
    for i, mark in enumerate(marks):
        zorder = 8 + i * 1e-4
        if (symbols_at[i] != at[i]).any():
            draw_lead(page, at[i], symbols_at[i], zorder=zorder)
        draw_mark(page, mark.families, symbols_at[i], diameters[i], zorder=zorder, clip=clip)


def _draw_many(page: Page, marks: Sequence[Mark], at: Points, diameters: Sequence[float], clip: Frame) -> None:
    """Draw very many symbols as one artist, and the numbers of those that no later symbol covers."""
    parts = [_parts(page, mark.families, diameter) for mark, diameter in zip(marks, diameters, strict=True)]
    index = np.repeat(np.arange(len(marks)), [len(one) for one in parts])
    page.symbols(
        [path for one in parts for path, _ in one],
        at[index],
        np.asarray(diameters)[index],
        clip=clip,
        facecolors=[colour for one in parts for _, colour in one],
        edgecolors=["none" if marks[int(i)].count > 1 else "outline" for i in index],
        linewidths=0.7,
        zorder=8,
        gid=f"events-{clip.x:.0f}",
    )
    tree = shapely.STRtree([shapely.Point(place) for place in at])
    for i, mark in enumerate(marks):
        near = tree.query(shapely.Point(at[i]), "dwithin", diameters[i]) if mark.count > 1 else ()
        if mark.count > 1 and max(near) == i:
            _draw_number(page, float(at[i][0]), float(at[i][1]), mark.count, diameters[i], 9, clip)


def _diameter(mark: Mark, scale: Scale) -> float:
    return scale.diameter(mark.count, mark.killed)


def spread(at: Points, radii: Floats, frame: Frame) -> Points:
    """Return where symbols can stand without hiding one another, the first of them at their places.

    A symbol that would cover another's place, or more than a third of another, stands at the nearest free point around
    its own place. Of very many nothing is spread: lines would hide more than symbols do.

    Parameters
    ----------
    at : ndarray, shape (n, 2)
        The places, in points of the page.
    radii : ndarray, shape (n,)
        Of the symbols, in points.
    frame : Frame
        What the symbols must stay in.
    """
    found = at.copy()
    if len(at) > _MOST_SPREAD:
        return found
    for i, place in enumerate(at):
        reach = radii[:i] + radii[i] - 2 * _OVERLAP * np.minimum(radii[:i], radii[i])
        others = np.delete(at, i, axis=0)
        covers = np.hypot(*(others - place).T) < radii[i] + LEAD_DOT_PT
        if not covers.any() and (np.hypot(*(found[:i] - place).T) >= reach).all():
            continue
        spots = _spots(place, float(radii[i]), frame)
        apart = np.hypot(*np.moveaxis(spots[:, None] - found[None, :i], -1, 0)) - radii[:i] - radii[i]
        clear = np.hypot(*np.moveaxis(spots[:, None] - at[None], -1, 0)) - radii[i]
        free = (apart > _APART_PT).all(axis=1) & (clear > _APART_PT).all(axis=1)
        if free.any():
            found[i] = spots[int(free.argmax())]
    return found


def _spots(place: Points, radius: float, frame: Frame) -> Points:
    """Return points around a place, the nearest first, at which a symbol lies in the frame."""
    away = radius + np.repeat(np.arange(5.0, _FARTHEST_PT, 4.0), _DIRECTIONS)
    angle = np.tile(np.arange(_DIRECTIONS) * (2 * math.pi / _DIRECTIONS) + 0.6, len(away) // _DIRECTIONS)
    spots = place + np.column_stack([away * np.cos(angle), away * np.sin(angle)])
    left, lower, right, upper = frame.box
    room = radius + 2
    x, y = spots.T
    inside: Points = spots[(x > left + room) & (x < right - room) & (y > lower + room) & (y < upper - room)]
    return inside


def draw_lead(page: Page, place: Points, symbol: Points, *, zorder: float = 20) -> None:
    """Draw the dot at a place and the line from it to its symbol."""
    page.line([tuple(place), tuple(symbol)], edgecolor="outline", linewidth=1.9, zorder=7.8)
    page.line([tuple(place), tuple(symbol)], edgecolor=INK, linewidth=0.7, zorder=7.9)
    page.symbols(
        [Path.unit_circle()],
        np.array([place]),
        [2 * LEAD_DOT_PT],
        facecolors=INK,
        edgecolors="outline",
        linewidths=0.5,
        zorder=max(zorder, 8.9),
    )


def draw_mark(
    page: Page,
    families: Sequence[tuple[str, int]],
    at: Sequence[float] | Points,
    diameter: float,
    *,
    zorder: float = 20,
    clip: Frame | None = None,
) -> None:
    """Draw the symbol of one event, or the ring and the number of several."""
    number = sum(n for _, n in families)
    parts = _parts(page, families, diameter)
    page.symbols(
        [path for path, _ in parts],
        np.array([at] * len(parts)),
        [diameter] * len(parts),
        clip=clip,
        facecolors=[colour for _, colour in parts],
        edgecolors="outline" if number == 1 else "none",
        linewidths=0.7,
        zorder=zorder,
        gid=f"{'event' if clip else 'legend'}-{families[0][0]}-{at[0]:.0f}-{at[1]:.0f}",
    )
    if number > 1:
        _draw_number(page, float(at[0]), float(at[1]), number, diameter, zorder + 5e-5, clip)


def _parts(page: Page, families: Sequence[tuple[str, int]], diameter: float) -> list[tuple[Path, str]]:
    is_one = sum(n for _, n in families) == 1
    if is_one:
        return _single(families[0][0])
    shares = families if page.theme.rings == "types" else [("ink", sum(n for _, n in families))]
    return _ring(shares, (diameter + 2.2) / diameter)


def _single(name: str) -> list[tuple[Path, str]]:
    vertices = FAMILY[name].vertices
    return [(Path([*vertices, vertices[0]], closed=True), name)]


def _ring(shares: Sequence[tuple[str, int]], casing: float) -> list[tuple[Path, str]]:
    """Return a white disc, the sectors of a ring clockwise from the top, and its hole."""
    total, passed = sum(n for _, n in shares), 0
    disc = Path.unit_circle()
    parts = [(disc.transformed(Affine2D().scale(casing)), "outline")]
    for name, n in shares:
        start, stop = 90 - 360 * (passed + n) / total, 90 - 360 * passed / total
        parts.append((disc if n == total else Path.wedge(start, stop), name))
        passed += n
    return [*parts, (disc.transformed(Affine2D().scale(_HOLE)), "paper")]


def _draw_number(
    page: Page, x: float, y: float, number: int, diameter: float, zorder: float, clip: Frame | None
) -> None:
    if clip and not (clip.x + 4 < x < clip.right - 4 and clip.y + 4 < y < clip.top - 4):
        return
    size = min(7.2 + (diameter - RING_PT) / 6, 10.0)
    size *= min(1.0, diameter * _HOLE * 0.9 / page.width(str(number), Font(size_pt=size, face="bold")))
    page.text(x, y - size * 0.36, str(number), Font(size_pt=size, face="bold"), align="center", zorder=zorder)


def draw_dots(page: Page, at: Points, *, clip: Frame | None = None) -> None:
    """Draw dots where the inset shows events."""
    if len(at):
        page.symbols(
            [Path.unit_circle()],
            at,
            [DOT_PT] * len(at),
            clip=clip,
            facecolors=DOT,
            edgecolors="outline",
            linewidths=0.5,
            zorder=7,
            gid="events-in-inset" if clip else "",
        )


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
        facecolors="muted@0.035",
        edgecolors="muted@0.55",
        linewidths=0.5,
        linestyles=[(0, (2.5, 1.8))],
        zorder=3.5,
        gid=gid,
    )


def draw_areas(page: Page, view: View, shapes: Mapping[str, BaseGeometry]) -> None:
    """Shade areas, given in EPSG:25834 metres by id: a tint that is strongest along the inside of the edge.

    What is as large as a view, such as a country, has the edge alone: a tint over everything says nothing.
    """
    for area_id, shape in sorted(shapes.items()):
        is_large = shape.area > _LARGE * view.window.shape.area
        for inside_pt, alpha in _TINTS[is_large:]:
            page.path(
                _tinted(shape, view.window, view.points_per_metre, inside_pt),
                transform=view.transform,
                clip=view.frame,
                facecolor="area",
                edgecolor="none",
                alpha=alpha,
                zorder=2.5,
                gid=f"area-{area_id}-{inside_pt:.0f}-{view.frame.x:.0f}",
            )


@lru_cache(maxsize=64)
def _tinted(shape: BaseGeometry, window: Window, points_per_metre: float, inside_pt: float) -> Path:
    """Return what a tint covers: everything within the edge, or a band along its inside. It is prepared once."""
    thin = shapely.simplify(shape, 0.4 / points_per_metre)
    seen = shapely.intersection(thin, window.padded(0.1).shape)
    if not inside_pt:
        return path_of(seen)
    return path_of(shapely.difference(seen, shapely.buffer(thin, -inside_pt / points_per_metre, quad_segs=3)))


_TINTS: Final = ((0.0, 0.09), (6.0, 0.07), (3.0, 0.09))
"""How far inside the edge a tint reaches, in points (0 for everywhere), and how strong it is."""
_LARGE: Final = 0.3
"""Of the view's own area."""
