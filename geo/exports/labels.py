"""Labels wanted and what is in their way in, labels with a free place each out.

Greedy, by priority: each label takes the best of some positions around its point at which it covers no other label, no
symbol and no part of the frame; those that find none are left out. The order of positions is Imhof's (right of the
point, then left, above, below); a label farther off gets a leader line. Lines of the map may be covered, at a cost.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
from matplotlib.path import Path

from geo.exports.page import INK, Align, Font, Page
from geo.exports.view import Frame, Points

Box = tuple[float, float, float, float]
"""Left, lower, right and upper edge, in points of the page."""
ASCENT: Final = 0.80
DESCENT: Final = 0.24
LEADING: Final = 1.22
_GAP_PT: Final = 2.2
_MARGIN_PT: Final = 1.2
_POSITIONS_DEG: Final = (0, 180, 35, -35, 145, -145, 90, -90)
_LEADS_PT: Final = (8.0, 15.0, 24.0, 36.0, 50.0)
_LEAD_COST: Final = 7.0
_SYMBOL_PT: Final = 3.6
"""Radius of the smallest symbol of an event; what is smaller is a dot, or a crossing."""
_DOUBT_PT: Final = 4.0
"""So much farther than its own must another symbol be, for a label not to be taken for the other's."""
_DOUBT_COST: Final = 0.8
"""For each point of the other's radius: the larger it is, the sooner it draws a label to itself."""
_LINE_COST: Final = 0.9
"""For each point of a line of the map that the label covers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Words that belong to a point of the page."""

    lines: tuple[str, ...]
    font: Font
    at: tuple[float, float]
    clearance: float
    """Radius of the symbol at the point."""
    priority: float
    """The greatest is placed first."""
    may_lead: bool = False
    dot_pt: float = 0.0
    """Diameter of the dot to draw at the point, if the label is placed."""
    most_cost: float = 9.0
    first_font: Font | None = None
    """How the first line is set, where it differs."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A label and where it goes."""

    label: Label
    box: Box
    lead: tuple[tuple[float, float], tuple[float, float]] | None
    """From the edge of the symbol to the label."""


@dataclass
class Obstacles:
    """What labels must not cover, and what they would rather not."""

    frame: Frame
    boxes: list[Box] = field(default_factory=list)
    circles: npt.NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 3)))
    """x, y, radius."""
    lines: Points = field(default_factory=lambda: np.empty((0, 2)))

    def add_circles(self, at: Points, radii: Iterable[float]) -> None:
        """Add symbols."""
        radii_ = np.asarray(list(radii), dtype=float).reshape(-1, 1)
        self.circles = np.vstack([self.circles, np.hstack([np.asarray(at).reshape(-1, 2), radii_])])

    def is_free(self, box: Box, *, own: tuple[float, float] | None = None) -> bool:
        """Return whether a box lies in the frame and touches no label and no symbol."""
        if not self._within_frame(box) or self._touches_box(box):
            return False
        x, y, r = self.circles.T
        dx = np.maximum(np.maximum(box[0] - x, x - box[2]), 0)
        dy = np.maximum(np.maximum(box[1] - y, y - box[3]), 0)
        hit = dx * dx + dy * dy < (r + 0.8) ** 2
        return not bool(hit.any())

    def _within_frame(self, box: Box) -> bool:
        left, lower, right, upper = self.frame.box
        return (
            box[0] >= left + _MARGIN_PT * 2
            and box[1] >= lower + _MARGIN_PT * 2
            and box[2] <= right - _MARGIN_PT * 2
            and box[3] <= upper - _MARGIN_PT * 2
        )

    def _touches_box(self, box: Box) -> bool:
        m = _MARGIN_PT
        return any(
            box[0] < other[2] + m and other[0] < box[2] + m and box[1] < other[3] + m and other[1] < box[3] + m
            for other in self.boxes
        )

    def is_clear(self, start: tuple[float, float], end: tuple[float, float], own: tuple[float, float]) -> bool:
        """Return whether a leader line crosses no label and no symbol but its own."""
        steps = np.linspace(0, 1, 12)[:, None]
        points = np.asarray(start) + steps * (np.asarray(end) - np.asarray(start))
        for left, lower, right, upper in self.boxes:
            inside = (points[:, 0] > left - 1) & (points[:, 0] < right + 1)
            if bool((inside & (points[:, 1] > lower - 1) & (points[:, 1] < upper + 1)).any()):
                return False
        length = math.hypot(end[0] - start[0], end[1] - start[1])
        apart = np.hypot(self.circles[:, 0] - start[0], self.circles[:, 1] - start[1])
        is_own = np.hypot(self.circles[:, 0] - own[0], self.circles[:, 1] - own[1]) <= 0.1
        others = self.circles[(apart < length + self.circles[:, 2]) & ~is_own]
        away = np.hypot(points[:, None, 0] - others[None, :, 0], points[:, None, 1] - others[None, :, 1])
        return not bool((away < others[None, :, 2]).any())

    def doubt_cost(self, box: Box, own: tuple[float, float], gap: float) -> float:
        """Return the cost of other symbols that are hardly farther from a box than its own, which is `gap` away."""
        x, y, r = self.circles.T
        dx = np.maximum(np.maximum(box[0] - x, x - box[2]), 0)
        dy = np.maximum(np.maximum(box[1] - y, y - box[3]), 0)
        is_other = np.hypot(x - own[0], y - own[1]) > 0.1
        nearness = np.clip(1 - (np.hypot(dx, dy) - r - gap) / _DOUBT_PT, 0, 1)
        return float((nearness * r)[is_other & (r >= _SYMBOL_PT)].sum()) * _DOUBT_COST

    def line_cost(self, box: Box) -> float:
        """Return the cost of the lines of the map that a box covers."""
        x, y = self.lines.T
        inside = (x > box[0] - 1) & (x < box[2] + 1) & (y > box[1] - 1) & (y < box[3] + 1)
        return float(inside.sum()) * _LINE_COST


def place(page: Page, labels: Sequence[Label], obstacles: Obstacles) -> tuple[Placed, ...]:
    """Return the labels that find a place; `obstacles` then holds them too."""
    placed = []
    for label in sorted(labels, key=lambda wanted: (-wanted.priority, wanted.lines)):
        best = _best(page, label, obstacles)
        if best is None:
            continue
        placed.append(best)
        obstacles.boxes.append(best.box)
        if best.lead:
            obstacles.boxes.extend(along(*best.lead))
        if label.dot_pt:
            obstacles.add_circles(np.array([label.at]), [label.dot_pt / 2])
    return tuple(placed)


def _best(page: Page, label: Label, obstacles: Obstacles) -> Placed | None:
    best, best_cost = None, label.most_cost
    if label.dot_pt and not obstacles.is_free(_around(label.at, label.dot_pt / 2)):
        return None
    for box, lead, cost in _candidates(label, *size(page, label)):
        if cost >= best_cost or not obstacles.is_free(box, own=label.at):
            continue
        cost += obstacles.line_cost(box) + obstacles.doubt_cost(box, label.at, _GAP_PT)
        if cost < best_cost and (lead is None or obstacles.is_clear(*lead, own=label.at)):
            best, best_cost = Placed(label, box, lead), cost
    return best


def _around(at: tuple[float, float], radius: float) -> Box:
    return at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius


def size(page: Page, label: Label) -> tuple[float, float]:
    """Return width and height of a label in points."""
    fonts = _fonts(label)
    width = max(page.width(line, font) for line, font in zip(label.lines, fonts, strict=True))
    height = label.font.size_pt * (ASCENT + DESCENT + LEADING * (len(label.lines) - 1))
    return width + 1.0, height


def _fonts(label: Label) -> list[Font]:
    return [label.first_font or label.font, *[label.font] * (len(label.lines) - 1)]


def _candidates(
    label: Label, width: float, height: float
) -> Iterator[tuple[Box, tuple[tuple[float, float], tuple[float, float]] | None, float]]:
    x, y = label.at
    for rank, angle in enumerate(_POSITIONS_DEG):
        yield _box(x, y, label.clearance + _GAP_PT, angle, width, height), None, float(rank) * 0.5
    if not label.may_lead:
        return
    for distance in _LEADS_PT:
        for angle in range(0, 360, 15):
            reach = label.clearance + distance
            box = _box(x, y, reach, angle, width, height)
            radians = math.radians(angle)
            start = (x + label.clearance * math.cos(radians), y + label.clearance * math.sin(radians))
            end = (x + (reach - 1) * math.cos(radians), y + (reach - 1) * math.sin(radians))
            yield box, (start, end), _LEAD_COST + distance / 6 + abs(math.sin(radians)) / 2


def _box(x: float, y: float, reach: float, angle_deg: float, width: float, height: float) -> Box:
    """Return the box that touches the end of a ray from x, y."""
    cos, sin = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
    middle_x = x + reach * cos + width / 2 * max(-1.0, min(1.0, cos * 2.5))
    middle_y = y + reach * sin + height / 2 * max(-1.0, min(1.0, sin * 1.6))
    return middle_x - width / 2, middle_y - height / 2, middle_x + width / 2, middle_y + height / 2


def along(start: tuple[float, float], end: tuple[float, float]) -> Iterator[Box]:
    """Yield small boxes along a line, so that no later label covers it."""
    (x0, y0), (x1, y1) = start, end
    count = max(2, int(math.hypot(x1 - x0, y1 - y0) / 4))
    for i in range(count):
        x, y = x0 + (x1 - x0) * i / (count - 1), y0 + (y1 - y0) * i / (count - 1)
        yield x - 0.3, y - 0.3, x + 0.3, y + 0.3


def draw(page: Page, placed: Sequence[Placed], prefix: str) -> None:
    """Draw labels, their leader lines and dots."""
    for i, one in enumerate(placed):
        label, (left, _, right, upper) = one.label, one.box
        if one.lead:
            page.line(one.lead, edgecolor=INK, linewidth=0.5, zorder=9.5)
        if label.dot_pt:
            _draw_dot(page, label)
        align, x = _alignment(label, left, right)
        for line, (text, font) in enumerate(zip(label.lines, _fonts(label), strict=True)):
            y = upper - label.font.size_pt * (ASCENT + LEADING * line)
            page.text(x, y, text, font, align=align, zorder=12, gid=f"{prefix}-{i}-{line}")


def _alignment(label: Label, left: float, right: float) -> tuple[Align, float]:
    """Return how lines are aligned, and the x to which: towards the point."""
    if right <= label.at[0]:
        return "right", right - 0.5
    if left >= label.at[0] or len(label.lines) == 1:
        return "left", left + 0.5
    return "center", (left + right) / 2


def _draw_dot(page: Page, label: Label) -> None:
    page.symbols(
        [Path.unit_circle()],
        np.array([label.at]),
        [label.dot_pt],
        facecolors="casing",
        edgecolors=INK,
        linewidths=0.8,
        zorder=6,
    )
