"""What the maps show in, a legend that explains exactly that out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from matplotlib.path import Path

from geo.exports import basemap, symbols
from geo.exports.furniture import wrapped
from geo.exports.marks import AreaCount
from geo.exports.page import INK, MUTED, Font, Page
from geo.exports.symbols import Scale
from geo.exports.view import Frame
from geo.exports.words import Words

_HEADING: Final = Font(size_pt=8.6, face="bold")
_TEXT: Final = Font(size_pt=7.5)
_SMALL: Final = Font(size_pt=7.0, colour=MUTED)
_COUNT: Final = Font(size_pt=7.5, colour=MUTED)
_ROW: Final = 13.0
_KEY: Final = 22.0
"""Width of the column of signs."""
_LEADING: Final = 1.2
_BETWEEN: Final = 8.0
_CLOSEST: Final = 0.75
"""How far rows may close up, where the legend has too little room."""
_CELL: Final = Path([(-1, -0.6), (1, -0.6), (1, 0.6), (-1, 0.6), (-1, -0.6)], closed=True)
_FIRST_SHARE: Final = 0.53
"""Of the width, for the types, whose words are longer."""
Draw = Callable[[float, float], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What there is on the maps to explain."""

    families: tuple[tuple[str, int], ...]
    has_several: bool
    killed: tuple[int, ...]
    """Numbers of people killed at the places shown."""
    has_precision: bool
    areas: tuple[AreaCount, ...]
    line_name: str
    within_km: float | None
    has_crossings: bool
    has_elsewhere: bool
    """Whether the main map has dots for what the inset shows."""
    has_led: bool
    """Whether symbols stand at the end of a line."""
    has_shapes: bool = True
    """Whether areas are shaded."""
    is_single: bool = False
    """Whether one event alone is shown: no numbers then."""
    is_hexagonal: bool = True
    """Whether cells are hexagons; rectangles otherwise."""
    classes: tuple[tuple[int, int], ...] = ()
    """Least and most events of each colour of the ramp; empty where symbols are drawn."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the legend: a sign, words, and a number at the right."""

    words: str
    sign: Draw | None = None
    number: str = ""
    font: Font = _TEXT
    height: float = _ROW


class Legend:
    """The legend, row by row; what is not on the map is not in it."""

    def __init__(self, page: Page, shown: Shown, scale: Scale, words: Words) -> None:
        self._lists_areas, self._squeeze = True, 1.0
        self._page, self._shown, self._scale, self._words, self._ = page, shown, scale, words, words

    def height(self, width: float, columns: int) -> float:
        """Return how high the legend is in columns that are together so wide, in points."""
        return max(sum(self._height(row, part) for row in rows) for rows, _, part in self._columns(width, columns))

    def draw(self, frame: Frame, *, columns: int) -> None:
        """Draw into a frame, in one or two columns; in too little room areas become one number and rows close up."""
        if self.height(frame.width, columns) > frame.height:
            self._lists_areas = False
        high = self.height(frame.width, columns)
        self._squeeze = min(1.0, max(frame.height / high, _CLOSEST)) if high else 1.0
        for rows, x, width in self._columns(frame.width, columns):
            y = frame.top
            for row in rows:
                self._draw_row(frame.x + x, y, width, row)
                y -= self._height(row, width)

    def _columns(self, width: float, columns: int) -> list[tuple[list[Row], float, float]]:
        """Return the rows of each column, how far it is from the left, and how wide."""
        events, killed, signs = self._events() or self._classes(), self._killed(), self._signs()
        if columns == 1:
            return [(_spaced([*events, *killed, *signs]), 0.0, width)]
        first = (width - 2 * _BETWEEN) * _FIRST_SHARE
        second = width - first - 2 * _BETWEEN
        left, right = (sum(self._height(r, w) for r in rows) for rows, w in ((events, first), (signs, second)))
        rows = ([*events, *killed], signs) if left <= right else (events, [*signs, *killed])
        return [(_spaced(list(rows[0])), 0.0, first), (_spaced(list(rows[1])), first + 2 * _BETWEEN, second)]

    def _lines(self, row: Row, width: float) -> list[str]:
        room = width - (_KEY if row.sign else 0.0) - (18 if row.number else 0)
        return wrapped(self._page, row.words, row.font, room, most=4)

    def _height(self, row: Row, width: float) -> float:
        least = row.font.size_pt * _LEADING * len(self._lines(row, width))
        return max(row.height * self._squeeze, least + 3.6 * self._squeeze**3)

    def _draw_row(self, x: float, y: float, width: float, row: Row) -> None:
        lines, leading = self._lines(row, width), row.font.size_pt * _LEADING
        middle = y - self._height(row, width) / 2
        top = middle + leading * (len(lines) - 1) / 2 - row.font.size_pt * 0.36
        for i, line in enumerate(lines):
            self._page.text(x + (_KEY if row.sign else 0.0), top - i * leading, line, row.font)
        if row.number:
            self._page.text(x + width, top, row.number, _COUNT, align="right")
        if row.sign:
            row.sign(x + _KEY / 2 - 3, middle)

    def _events(self) -> list[Row]:
        shown, _ = self._shown, self._
        if shown.is_single:
            return [Row(_(symbols.FAMILY[name].label), self._mark(((name, 1),), 11.0)) for name, _n in shown.families]
        pinned = self._words.number(sum(count for _name, count in shown.families))
        rows = [Row(_("Pinned events by type"), number=pinned, font=_HEADING)] if shown.families else []
        for name, count in shown.families:
            rows.append(Row(_(symbols.FAMILY[name].label), self._mark(((name, 1),), 9.0), self._words.number(count)))
        if shown.has_several:
            has_types = self._page.theme.rings == "types"
            words = _("Several events at one place: their number and types")
            rows.append(Row(words if has_types else _("Several events at one place: their number"), self._several()))
        return rows

    def _killed(self) -> list[Row]:
        if not any(self._shown.killed) or self._shown.is_single:
            return []
        return [Row(self._("People killed"), font=_HEADING), *self._sizes()]

    def _classes(self) -> list[Row]:
        shown, words = self._shown, self._words
        rows = (
            [Row(self._("Events in a hexagon") if shown.is_hexagonal else self._("Events in a cell"), font=_HEADING)]
            if shown.classes
            else []
        )
        for (least, most), colour in zip(shown.classes, ramp(self._page, len(shown.classes)), strict=True):
            said = words.number(least) if least == most else f"{words.number(least)}–{words.number(most)}"
            rows.append(Row(said, self._hexagon(colour)))
        return rows

    def _hexagon(self, colour: str) -> Draw:
        def sign(x: float, y: float) -> None:
            self._page.symbols(
                [Path.unit_regular_polygon(6) if self._shown.is_hexagonal else _CELL],
                np.array([(x, y)]),
                [12.0],
                facecolors=colour,
                edgecolors="boundary",
                linewidths=0.5,
                zorder=20,
            )

        return sign

    def _several(self) -> Draw:
        names = [name for name, _ in self._shown.families[:3]]
        families = tuple((name, 1) for name in names) if len(names) > 1 else ((names[0], 2),)
        return self._mark(families, symbols.RING_PT)

    def _mark(self, families: tuple[tuple[str, int], ...], diameter: float) -> Draw:
        return lambda x, y: symbols.draw_mark(self._page, families, (x, y), diameter)

    def _sizes(self) -> list[Row]:
        """Return a row with circles for no, few and the most people killed at one place."""
        steps = _steps(max(self._shown.killed))
        height = max(self._scale.diameter(1, steps[-1]), 12) + 4

        def sign(x: float, y: float) -> None:
            left = x - _KEY / 2 + 6
            for step in steps:
                diameter = self._scale.diameter(1, step)
                self._page.symbols(
                    [Path.unit_circle()],
                    np.array([(left + diameter / 2, y)]),
                    [diameter],
                    facecolors="none",
                    edgecolors=INK,
                    linewidths=0.8,
                    zorder=20,
                )
                self._page.text(left + diameter + 3, y - 2.6, self._words.number(step), _TEXT)
                left += diameter + 22

        return [Row("", sign, height=height)]

    def _signs(self) -> list[Row]:
        shown, _ = self._shown, self._
        rows = [Row(_("On the map"), font=_HEADING)] if not shown.is_single else []
        rows.append(Row(shown.line_name[:1].upper() + shown.line_name[1:], self._line))
        if shown.has_crossings:
            rows.append(Row(_("Crossing"), self._crossing))
        if shown.within_km is not None:
            rows.append(Row(_("Within {km} km of it").format(km=self._words.decimal(shown.within_km)), self._strip))
        if shown.has_precision:
            rows.append(Row(_("The event lies somewhere within"), self._precision))
        if shown.has_led:
            rows.append(Row(_("Symbol set aside: the dot is the place"), self._led))
        if shown.has_elsewhere:
            rows.append(Row(_("Events that the inset shows"), self._dots))
        if shown.areas:
            sign = self._patch("area", 0.28) if shown.has_shapes else self._nothing
            total = self._words.number(sum(area.count for area in shown.areas))
            rows.append(Row(_("Known only by area, not pinned"), sign, total))
        if self._lists_areas:
            rows += [
                Row(self._words.names(area.names)[0], self._nothing, self._words.number(area.count), _SMALL, 10.5)
                for area in shown.areas[:6]
            ]
        return rows

    def _nothing(self, x: float, y: float) -> None:
        """Leave the place of a sign empty, so that the words line up."""

    def _line(self, x: float, y: float) -> None:
        self._page.line([(x - 8, y), (x + 9, y)], edgecolor="line", linewidth=basemap.LINE_PT, linestyle=basemap.DASHES)

    def _crossing(self, x: float, y: float) -> None:
        basemap.draw_crossings(self._page, np.array([(x, y)]))

    def _precision(self, x: float, y: float) -> None:
        symbols.draw_circles(self._page, np.array([(x, y)]), [12.0])

    def _led(self, x: float, y: float) -> None:
        place, symbol = np.array([x - 8, y - 2.5]), np.array([x + 4, y + 1])
        symbols.draw_lead(self._page, place, symbol)
        symbols.draw_mark(self._page, ((self._shown.families[0][0], 1),), symbol, 8.0)

    def _dots(self, x: float, y: float) -> None:
        symbols.draw_dots(self._page, np.array([(x - 4, y + 1.5), (x + 3, y - 2)]))

    def _strip(self, x: float, y: float) -> None:
        self._page.rectangle(Frame(x - 8, y - 4, 16, 8), **basemap.strip_style(self._page, 0.55))

    def _patch(self, colour: str, alpha: float) -> Draw:
        def sign(x: float, y: float) -> None:
            self._page.rectangle(Frame(x - 8, y - 4, 16, 8), facecolor=colour, edgecolor="none", alpha=alpha)

        return sign


def _spaced(rows: list[Row]) -> list[Row]:
    """Return rows with room above every heading but the first."""
    return [replace(row, height=20.0) if row.font is _HEADING and i else row for i, row in enumerate(rows)]


def ramp(page: Page, classes: int) -> list[str]:
    """Return the theme's colours for so many classes, from few events to many."""
    colours = page.theme.ramp
    return [colours[round(i * (len(colours) - 1) / max(classes - 1, 1))] for i in range(classes)]


def _steps(most: int) -> list[int]:
    """Return zero, a middle and a greatest number of people killed."""
    if most <= 2:
        return list(range(most + 1))
    return [0, max(1, round(most / 4)), most]
