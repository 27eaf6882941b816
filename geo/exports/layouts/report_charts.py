"""Events in, a page of charts out: how many by time, by type, and by kilometre of the line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from geo import style
from geo.exports import symbols
from geo.exports.composer import Composer
from geo.exports.furniture import wrapped
from geo.exports.page import INK, MUTED, Font, Page
from geo.exports.view import Frame

HEADING: Final = Font(size_pt=13, face="bold")
SMALL: Final = Font(size_pt=7.0, colour=MUTED)
_TEXT: Final = Font(size_pt=8.0)
_MOST_MONTHS: Final = 36
_STRIP_KM: Final = 10
_CHART_PT: Final = 128.0
_NAMES_PT: Final = 190.0
"""Least width of the names of types."""
_ROW_PT: Final = 17.0
_BAR: Final = "accent"
_SPACE: Final = 34.0
_GRID: Final = "boundary@0.35"


def pages(composer: Composer) -> list[Page]:
    """Return the page of charts; none where there is no event."""
    if not composer.features:
        return []
    return [_Charts(composer).draw()]


class _Charts:
    """The page at work, from the top downwards."""

    def __init__(self, composer: Composer) -> None:
        self.composer, self.words = composer, composer.words
        self.records = [feature["properties"] for feature in composer.features]
        self.page = composer.new_page()
        self.left = composer.size.margin
        self.y = self.page.frame.top - composer.size.margin - 6
        self.names_pt = _NAMES_PT

    def draw(self) -> Page:
        """Draw the three charts."""
        self._by_time()
        self._by_type()
        self._by_kilometre()
        return self.page

    def _heading(self, text: str, note: str = "") -> None:
        self.y -= HEADING.size_pt
        self.page.text(self.left, self.y, text, HEADING)
        self.page.alt = f"{self.page.alt} {text}.".strip()
        for line in wrapped(self.page, note, SMALL, self.composer.size.inner):
            self.y -= SMALL.size_pt * 1.5
            self.page.text(self.left, self.y, line, SMALL)
        self.y -= 12

    def _by_time(self) -> None:
        days = [str(record.get("date_start") or "") for record in self.records]
        counts, is_monthly = periods([day for day in days if day])
        undated = sum(not day for day in days)
        translate = self.words.translate
        note = translate("By the first day on which an event may have been.")
        if undated:
            note += " " + translate("{n} without a date.").format(n=self.words.number(undated))
        self._heading(translate("Events by month") if is_monthly else translate("Events by year"), note)
        names = [self._period(key) for key in counts]
        self._columns(names, list(counts.values()))

    def _period(self, key: str) -> str:
        """Return the words below a column: a year, or a month with its year."""
        return key if len(key) == 4 else self.words.formats.month(date.fromisoformat(f"{key}-01"))

    def _by_kilometre(self) -> None:
        kms = [record.get("border_km") for record in self.records if record.get("border_distance_m") is not None]
        bins = Counter(int(km // _STRIP_KM) for km in kms if km is not None)
        if not bins:
            return
        translate = self.words.translate
        note = translate("By the nearest kilometre of the line, counted from the north-west tripoint; bars of 10 km.")
        self._heading(translate("Events along the line"), note)
        last = max(max(bins), int(_length_km() // _STRIP_KM))
        names = [self.words.number(i * _STRIP_KM) if i % 5 == 0 else "" for i in range(last + 1)]
        self._columns(names, [bins[i] for i in range(last + 1)])

    def _columns(self, names: Sequence[str], counts: Sequence[int]) -> None:
        """Draw a chart of columns with a scale of three steps."""
        width, most = self.composer.size.inner - 24, max(counts, default=0)
        base, x0 = self.y - _CHART_PT, self.left + 24
        step = _nice(most)
        top = max(step * -(-most // step), 1)
        for value in range(0, top + 1, step):
            y = base + _CHART_PT * value / top
            self.page.line([(x0, y), (x0 + width, y)], edgecolor=_GRID, linewidth=0.5, zorder=2)
            self.page.text(x0 - 5, y - 2.4, self.words.number(value), SMALL, align="right")
        wide, last_end = width / max(len(counts), 1), -1.0
        for i, (name, count) in enumerate(zip(names, counts, strict=True)):
            x = x0 + i * wide
            if count:
                bar = Frame(x + wide * 0.12, base, min(wide * 0.76, 40), _CHART_PT * count / top)
                self.page.rectangle(bar, facecolor=_BAR, edgecolor="none", zorder=5)
            half = self.page.width(name, SMALL) / 2
            middle = x + wide * 0.12 + min(wide * 0.76, 40) / 2
            if name and middle - half > last_end:
                self.page.text(middle, base - 10, name, SMALL, align="center")
                last_end = middle + half + 4
        self.page.line([(x0, base), (x0 + width, base)], edgecolor=INK, linewidth=0.8, zorder=6)
        self.y = base - 10 - _SPACE

    def _by_type(self) -> None:
        counts = Counter(style.family(record["event_type"]).name for record in self.records)
        killed: Counter[str] = Counter()
        for record in self.records:
            killed[style.family(record["event_type"]).name] += record.get("fatalities") or 0
        translate = self.words.translate
        self._heading(translate("Events by type"), translate("With the number of people killed, by best estimates."))
        most = max(counts.values())
        labels = [translate(symbols.FAMILY[name].label) for name in counts]
        self.names_pt = max(_NAMES_PT, *(self.page.width(label, _TEXT) + 32 for label in labels))
        for name, family in symbols.FAMILY.items():
            if name in counts:
                self._bar(name, translate(family.label), counts[name], killed[name], most)
        self.y -= _SPACE - 10

    def _bar(self, name: str, label: str, count: int, killed: int, most: int) -> None:
        x, wide = self.left + self.names_pt, self.composer.size.inner - self.names_pt - 110
        self.y -= _ROW_PT
        symbols.draw_mark(self.page, ((name, 1),), (self.left + 8, self.y + 3), 9.0)
        self.page.text(self.left + 20, self.y, label, _TEXT)
        length = max(wide * count / most, 1.0)
        self.page.rectangle(Frame(x, self.y - 2.5, length, 11), facecolor=_BAR, edgecolor="none", zorder=5)
        said = self.words.number(count)
        if killed:
            said += " · " + self.words.translate("{n} killed").format(n=self.words.number(killed))
        self.page.text(x + length + 5, self.y, said, _TEXT)
        self.page.alt += f" {label}: {said}."


def periods(days: Sequence[str]) -> tuple[Mapping[str, int], bool]:
    """Return how many days fall into each month or, over more than three years, each year, and whether by month."""
    months = [int(day[:4]) * 12 + int(day[5:7]) - 1 for day in days if len(day) >= 7]
    if len(months) == len(days) and months and max(months) - min(months) < _MOST_MONTHS:
        found = Counter(months)
        return {f"{m // 12:04}-{m % 12 + 1:02}": found[m] for m in range(min(months), max(months) + 1)}, True
    years = Counter(int(day[:4]) for day in days)
    return {f"{year:04}": years[year] for year in range(min(years), max(years) + 1)} if years else {}, False


def _nice(most: int) -> int:
    """Return a round step of which three to five reach the greatest number."""
    steps: Any = (factor * 10**power for power in range(8) for factor in (1, 2, 5))
    return int(next(step for step in steps if step * 4 >= most))


def _length_km() -> float:
    from geo.border import Border

    return Border.load().length_m / 1000
