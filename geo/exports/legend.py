"""What the maps show in, a legend that explains exactly that out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from matplotlib.path import Path

from geo import style
from geo.exports import basemap, symbols
from geo.exports.marks import AreaCount
from geo.exports.page import INK, MUTED, Font, Page
from geo.exports.symbols import Scale
from geo.exports.view import Frame

_HEADING: Final = Font(size_pt=8.6, face="bold")
_TEXT: Final = Font(size_pt=7.8)
_SMALL: Final = Font(size_pt=7.0, colour=MUTED)
_COUNT: Final = Font(size_pt=7.8, colour=MUTED)
_ROW: Final = 13.6
_KEY: Final = 22.0
"""Width of the column of signs."""
Draw = Callable[[float, float], None]


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

    def __init__(self, page: Page, shown: Shown, scale: Scale, translate: Callable[[str], str]) -> None:
        self._page, self._shown, self._scale, self._ = page, shown, scale, translate

    def draw(self, frame: Frame, *, columns: int) -> None:
        """Draw into a frame, in one or two columns."""
        events, signs = self._events(), [*self._signs(), *self._killed()]
        width = (frame.width - 12 * (columns - 1)) / columns
        y = self._rows(frame.x, frame.top, width, events)
        if columns == 2:
            self._rows(frame.x + width + 12, frame.top, width, signs)
        else:
            self._rows(frame.x, y - 8, width, signs)

    def _rows(self, x: float, y: float, width: float, rows: list[Row]) -> float:
        for row in rows:
            y = self._row(x, y, width, row)
        return y

    def _row(self, x: float, y: float, width: float, row: Row) -> float:
        from geo.exports.furniture import wrapped

        indent = _KEY if row.sign else 0.0
        room = width - indent - (18 if row.number else 0)
        lines = wrapped(self._page, row.words, row.font, room, most=3)
        leading = row.font.size_pt * 1.2
        height = max(row.height, leading * len(lines) + 4)
        middle = y - height / 2
        top = middle + leading * (len(lines) - 1) / 2 - row.font.size_pt * 0.36
        for i, line in enumerate(lines):
            self._page.text(x + indent, top - i * leading, line, row.font)
        if row.number:
            self._page.text(x + width, top, row.number, _COUNT, align="right")
        if row.sign:
            row.sign(x + _KEY / 2 - 3, middle)
        return y - height

    def _events(self) -> list[Row]:
        shown, _ = self._shown, self._
        families = {family.name: family for family in style.FAMILIES}
        rows = [Row(_("Events by type"), font=_HEADING)] if shown.families else []
        for name, count in shown.families:
            rows.append(Row(_(families[name].label), self._family(name), str(count)))
        if shown.has_several:
            rows.append(Row(_("Several events at one place: their number and types"), self._several()))
        return rows

    def _killed(self) -> list[Row]:
        if not any(self._shown.killed):
            return []
        return [Row(self._("People killed"), font=_HEADING, height=20), *self._sizes()]

    def _family(self, name: str) -> Draw:
        def sign(x: float, y: float) -> None:
            symbols.draw_singles(self._page, [name], np.array([(x, y)]), [9.0], prefix=f"legend-{name}")

        return sign

    def _several(self) -> Draw:
        shares = tuple((name, 1) for name, _ in self._shown.families[:3]) or (("unrest", 1),)
        shares = shares if len(shares) > 1 else ((shares[0][0], 2),)

        def sign(x: float, y: float) -> None:
            symbols.draw_rings(self._page, [shares], np.array([(x, y)]), [symbols.RING_PT])

        return sign

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
                self._page.text(left + diameter + 3, y - 2.6, str(step), _TEXT)
                left += diameter + 22

        return [Row("", sign, height=height)]

    def _signs(self) -> list[Row]:
        shown, _ = self._shown, self._
        rows = [Row(_("On the map"), font=_HEADING), Row(shown.line_name, self._line)]
        if shown.has_crossings:
            rows.append(Row(_("Crossing"), self._crossing))
        if shown.within_km is not None:
            rows.append(
                Row(_("Within {km} km of it").format(km=f"{shown.within_km:g}"), self._patch(basemap.STRIP, 0.55))
            )
        if shown.has_precision:
            rows.append(Row(_("The event lies somewhere within"), self._precision))
        if shown.areas:
            rows.append(Row(_("Known only by area, not pinned"), self._patch(style.AREA_SHADE, 0.28)))
            rows += [Row(area.name, self._nothing, str(area.count), _SMALL, 10.5) for area in shown.areas[:6]]
        return rows

    def _nothing(self, x: float, y: float) -> None:
        """Leave the place of a sign empty, so that the words line up."""

    def _line(self, x: float, y: float) -> None:
        self._page.line(
            [(x - 8, y), (x + 9, y)], edgecolor=style.LINE, linewidth=basemap.LINE_PT, linestyle=basemap.DASHES
        )

    def _crossing(self, x: float, y: float) -> None:
        basemap.draw_crossings(self._page, np.array([(x, y)]))

    def _precision(self, x: float, y: float) -> None:
        symbols.draw_circles(self._page, np.array([(x, y)]), [12.0])

    def _patch(self, colour: str, alpha: float) -> Draw:
        def sign(x: float, y: float) -> None:
            self._page.rectangle(Frame(x - 8, y - 4, 16, 8), facecolor=colour, edgecolor="none", alpha=alpha)

        return sign


def _steps(most: int) -> list[int]:
    """Return zero, a middle and a greatest number of people killed."""
    if most <= 2:
        return list(range(most + 1))
    return [0, max(1, round(most / 4)), most]
