"""Events in, pages with a table of them out: day, type, place with its precision, people killed, sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from geo import style
from geo.exports import names, symbols
from geo.exports.composer import Composer
from geo.exports.furniture import wrapped
from geo.exports.layouts.report_charts import HEADING, SMALL
from geo.exports.page import MUTED, Font, Page

MOST_ROWS: Final = 600
"""A document of more is no longer read; the rest is in the data files."""
_HEAD: Final = Font(size_pt=6.6, face="bold", colour=MUTED)
_CELL: Final = Font(size_pt=6.8)
_STRONG: Final = Font(size_pt=6.8, face="semibold")
_FAINT: Final = Font(size_pt=6.4, colour=MUTED)
_LEADING: Final = 1.3
_PAD: Final = 3.2
_GAP: Final = 8.0
_MOST_SOURCES: Final = 4
_KEY_PT: Final = 12.0


@dataclass(frozen=True, slots=True)
class _Cell:
    lines: tuple[tuple[str, Font], ...]
    width: float
    """Of the column, in points."""
    is_number: bool = False


def pages(composer: Composer) -> list[Page]:
    """Return the pages of the table; none where there is no event."""
    return _Table(composer).draw() if composer.features else []


class _Table:
    """The table at work, row by row."""

    def __init__(self, composer: Composer) -> None:
        self.composer, self.words = composer, composer.words
        inner = composer.size.inner - 4 * _GAP
        self.widths = [share * inner for share in (0.13, 0.36, 0.24, 0.06, 0.21)]
        self.finished: list[Page] = []
        self.page, self.y, self.rows = composer.new_page(), 0.0, 0

    def draw(self) -> list[Page]:
        """Draw every row, on as many pages as it takes."""
        self._begin()
        records = sorted(self.composer.features, key=_newest)
        for feature in records[:MOST_ROWS]:
            self._row(feature)
        self._end()
        return self.finished

    def _begin(self) -> None:
        composer, translate = self.composer, self.words.translate
        self.page, self.rows = (composer.new_page() if self.finished else self.page), 0
        self.y = self.page.frame.top - composer.size.margin - 6
        if not self.finished:
            self._heading()
        heads = ("When", "What", "Where, and how precisely known", "Killed", "Sources")
        said = dict(
            zip(
                heads,
                (
                    translate("When"),
                    translate("What"),
                    translate("Where, and how precisely known"),
                    translate("Killed"),
                    translate("Sources"),
                ),
                strict=True,
            )
        )
        cells = [
            _Cell(((said[head], _HEAD),), width, head == "Killed")
            for head, width in zip(heads, self.widths, strict=True)
        ]
        self._cells(cells)
        self._rule(0.9)

    def _heading(self) -> None:
        words, total = self.words, len(self.composer.features)
        self.y -= HEADING.size_pt
        self.page.text(self.composer.size.margin, self.y, words.translate("The events"), HEADING)
        note = words.translate("The newest first.")
        if total > MOST_ROWS:
            said = words.translate("The newest {n} of {total}; all are in the data files of this filter.")
            note = said.format(n=words.number(MOST_ROWS), total=words.number(total))
        self.y -= SMALL.size_pt * 1.5
        self.page.text(self.composer.size.margin, self.y, note, SMALL)
        self.y -= 10

    def _end(self) -> None:
        self.page.is_text = True
        said = self.words.translate("Table of events, {n} rows on this page.")
        self.page.alt = said.format(n=self.words.number(self.rows))
        self.finished.append(self.page)

    def _row(self, feature: Mapping[str, Any]) -> None:
        cells = list(self._contents(feature))
        if self.y - self._height(cells) < self.composer.size.margin + 6:
            self._end()
            self._begin()
        family = style.family(feature["properties"]["event_type"]).name
        x = self.composer.size.margin + self.widths[0] + _GAP + 4
        symbols.draw_mark(self.page, ((family, 1),), (x, self.y - _PAD - 3.4), 6.6)
        self._cells(cells)
        self._rule(0.3)
        self.rows += 1

    def _contents(self, feature: Mapping[str, Any]) -> Iterator[_Cell]:
        record, words = feature["properties"], self.words
        day = words.when(record.get("date_start") or "", int(record.get("date_prec") or 1))
        yield self._cell(0, [(day, _CELL)])
        kind = style.label(record["event_type"], translate=words.translate)
        yield self._cell(1, [(kind, _STRONG), (str(record.get("title") or ""), _CELL)], less=_KEY_PT)
        yield self._cell(2, [(self._place(record), _CELL), (self._precision(record), _FAINT)])
        killed = record.get("fatalities")
        yield self._cell(3, [("" if killed is None else words.number(killed), _CELL)], is_number=True)
        yield self._cell(4, [(self._sources(feature), _FAINT)])

    def _cell(self, column: int, parts: list[tuple[str, Font]], *, less: float = 0.0, is_number: bool = False) -> _Cell:
        width = self.widths[column]
        lines = [(line, font) for text, font in parts for line in wrapped(self.page, text, font, width - less, most=4)]
        return _Cell(tuple(lines), width, is_number)

    def _place(self, record: Mapping[str, Any]) -> str:
        name = record.get("place_name") or record.get("toponym") or ""
        three = (name, record.get("place_name_sq") or name, record.get("place_name_sr") or name)
        if not name:
            return self.words.translate("place unknown")
        is_described = bool(record.get("area_id")) and self.words.is_english
        return name if is_described else names.both(three, self.words)

    def _precision(self, record: Mapping[str, Any]) -> str:
        words = self.words
        if record.get("area_id"):
            return words.translate("known only by area")
        parts = []
        if record.get("uncertainty_m") is not None:
            within = words.formats.distance(float(record["uncertainty_m"]))
            parts.append(words.translate("somewhere within {distance}").format(distance=within))
        if record.get("border_distance_m") is not None:
            far = words.formats.distance(round(float(record["border_distance_m"]), -2))
            parts.append(words.translate("{distance} from the line").format(distance=far))
        return ", ".join(parts) or words.translate("not placed")

    def _sources(self, feature: Mapping[str, Any]) -> str:
        listed = [source.get("name") for source in feature.get("sources") or ()]
        found = list(dict.fromkeys(name for name in listed or [feature["properties"].get("source_name")] if name))
        rest = len(found) - _MOST_SOURCES
        more = " " + self.words.translate("and {n} more").format(n=self.words.number(rest)) if rest > 0 else ""
        return "; ".join(found[:_MOST_SOURCES]) + more

    def _height(self, cells: list[_Cell]) -> float:
        return 2 * _PAD + max(sum(font.size_pt * _LEADING for _, font in cell.lines) for cell in cells)

    def _cells(self, cells: list[_Cell]) -> None:
        x = self.composer.size.margin
        for column, cell in enumerate(cells):
            y = self.y - _PAD
            shift = _KEY_PT if column == 1 and cell.lines and cell.lines[0][1] is not _HEAD else 0.0
            for line, font in cell.lines:
                y -= font.size_pt * _LEADING
                at = x + cell.width if cell.is_number else x + shift
                self.page.text(at, y + 1.6, line, font, align="right" if cell.is_number else "left")
            x += cell.width + _GAP
        self.y -= self._height(cells)

    def _rule(self, width: float) -> None:
        left = self.composer.size.margin
        right = left + self.composer.size.inner
        self.page.line([(left, self.y), (right, self.y)], edgecolor="boundary", linewidth=width, zorder=2)


def _newest(feature: Mapping[str, Any]) -> tuple[int, str]:
    """Return a key that sorts by day, the newest first, and those without one last."""
    day = str(feature["properties"].get("date_start") or "")[:10].replace("-", "")
    return -int(day.ljust(8, "0")) if day.isdigit() else 0, str(feature["properties"].get("id") or "")
