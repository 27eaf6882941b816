"""The words of a sentence and the day of publication in, the dates that they say out."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

from geo.extract.lexicon import Lexicon
from geo.extract.numbers import Number
from geo.extract.patterns import Found
from geo.extract.tokens import Token
from geo.model import When

_FIRST_YEAR: Final = 1900
"""Before this year of publication nothing is reckoned from it; nor after `_LAST_YEAR`."""
_LAST_YEAR: Final = 9990
_SOON_DAYS: Final = 60
_DAY: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?$")
_YEAR: Final = re.compile(r"(?:19|20)\d\d$")
_DOTTED: Final = re.compile(r"(\d{1,2})[.](\d{1,2})[.]((?:19|20)\d\d)$")


class DateSpan(NamedTuple):
    """A date that the words `start` to `end` (exclusive) say; `when.start` is null where it cannot be worked out."""

    start: int
    end: int
    when: When
    explicit: bool
    """Whether it names day and month, or more."""


@dataclass(frozen=True, slots=True)
class _Calendar:
    """What reading a date takes."""

    words: Sequence[Token]
    lexicon: Lexicon
    published: date | None
    anchor: date | None = None
    """The day that was told last, from which "two days later" counts."""
    is_ahead: bool = False
    """Whether the sentence speaks of what is to come."""

    def norm(self, at: int) -> str:
        return self.words[at].norm if 0 <= at < len(self.words) else ""

    def links(self, at: int, name: str) -> bool:
        """Whether a word joins what `lexicon.links` says: the ends of a range, the parts of a date."""
        return self.norm(at) in self.lexicon.links[name]


def dates(
    words: Sequence[Token],
    *,
    lexicon: Lexicon,
    published: date | None,
    cues: Sequence[Found],
    numbers: Sequence[Number],
    anchor: date | None = None,
) -> list[DateSpan]:
    """Return the dates of a sentence in order; where two overlap, the longer one.

    `anchor` is the day that the text told last: "two days later" counts from it, or from a day told before it.
    """
    about = _Calendar(words, lexicon, published, anchor, any(cue.label == "planned" for cue in cues))
    absolute = [*_named(about), *_weekdays(about)]
    found = [*absolute, *_relative(about, cues, numbers, absolute)]
    kept: list[DateSpan] = []
    for span in sorted(found, key=lambda s: (s.start - s.end, s.start)):
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return sorted(kept)


def _named(about: _Calendar) -> Iterator[DateSpan]:
    at = 0
    while at < len(about.words):
        norm = about.words[at].norm
        if not norm[0].isdecimal() and norm not in about.lexicon.months:
            at += 1
            continue
        span = _numeric(about, at) or _day_month(about, at) or _month_day(about, at) or _month_year(about, at)
        if span is None:
            at += 1
        else:
            yield span
            at = span.end


def _numeric(about: _Calendar, at: int) -> DateSpan | None:
    dotted = _DOTTED.match(about.norm(at))
    if dotted:
        day, month, year = (int(part) for part in dotted.groups())
        return _span(at, at + 1, _safe(year, month, day))
    if not about.norm(at)[:1].isdecimal():
        return None
    parts = [about.norm(at + k) for k in range(5)]
    if _YEAR.match(parts[0]) and _DAY.match(parts[1]) and _DAY.match(parts[2]):  # 2023-11-07
        joined = about.words[at + 2].end - about.words[at].start == 10
        return _span(at, at + 3, _safe(int(parts[0]), int(parts[1]), int(parts[2]))) if joined else None
    short = all(parts[k].isdecimal() and len(parts[k]) <= 2 for k in (0, 2))
    if short and parts[1] == parts[3] and parts[1] in ("/", ".") and _YEAR.match(parts[4]):  # 25/07/2011, 25. 7. 2011
        return _span(at, at + 5, _safe(int(parts[4]), int(parts[2]), int(parts[0])))
    return None


def _day_month(about: _Calendar, at: int) -> DateSpan | None:
    """24 September 2023; 24 and 25 September; 24. septembra 2023."""
    first = _day_at(about, at)
    if first is None:
        return None
    end, last = _after_dot(about, at + 1), first
    if about.links(end, "range") and (second := _day_at(about, end + 1)) is not None:
        end, last = _after_dot(about, end + 2), second
    while about.links(end, "date"):
        end += 1
    month = about.lexicon.months.get(about.norm(end))
    if month is None:
        return None
    year, end = _year_after(about, end + 1)
    return _dated(about, (at, end), year, month, (first, last))


def _month_day(about: _Calendar, at: int) -> DateSpan | None:
    """September 24, 2023; September 24 and 25."""
    month = about.lexicon.months.get(about.norm(at)) if about.lexicon.month_first else None
    first = _day_at(about, at + 1) if month else None
    if month is None or first is None:
        return None
    end, last = at + 2, first
    if about.links(end, "range") and (second := _day_at(about, end + 1)) is not None:
        following = about.norm(end + 2)
        if following not in about.lexicon.months and second > first and not following.isalpha():
            end, last = end + 2, second
    year, end = _year_after(about, end)
    return _dated(about, (at, end), year, month, (first, last))


def _month_year(about: _Calendar, at: int) -> DateSpan | None:
    month = about.lexicon.months.get(about.norm(at))
    if month is None:
        return None
    year, end = _year_after(about, at + 1)
    if year is None:
        return None
    last = calendar.monthrange(year, month)[1]
    when = When(start=date(year, month, 1), end=date(year, month, last), date_prec=4, time_precision=3)
    return DateSpan(at, end, when, False)


def _day_at(about: _Calendar, at: int) -> int | None:
    match = _DAY.match(about.norm(at))
    return int(match[1]) if match and 1 <= int(match[1]) <= 31 else None


def _after_dot(about: _Calendar, at: int) -> int:
    return at + 1 if about.norm(at) == "." else at


def _year_after(about: _Calendar, at: int) -> tuple[int | None, int]:
    end = at
    while about.links(end, "date") and end - at < 2:
        end += 1
    written = about.norm(end)
    if about.links(end, "year"):
        written, end = about.norm(end + 1), end + 1
    if _YEAR.match(written):
        return int(written), end + 1
    return None, at


def _dated(about: _Calendar, place: tuple[int, int], year: int | None, month: int, days: tuple[int, int]) -> DateSpan:
    start, end = place
    first, last = days
    if year is None:
        return _yearless(about, place, month, days)
    return _span(start, end, _safe(year, month, first), _safe(year, month, last))


def _yearless(about: _Calendar, place: tuple[int, int], month: int, days: tuple[int, int]) -> DateSpan:
    """Take the most recent such day on or before the publication, or one soon after it that is planned."""
    if about.published is None:
        return DateSpan(*place, When(), True)
    for year in range(about.published.year, max(about.published.year - 5, 0), -1):
        first, last = (_safe(year, month, day) for day in days)
        if first is not None and (first <= about.published or _is_soon(about, first)):
            return _span(*place, first, last)
    return DateSpan(*place, When(), True)


def _is_soon(about: _Calendar, day: date) -> bool:
    """Whether a day after the publication is meant: the sentence speaks of what is to come, and it is near."""
    return about.is_ahead and about.published is not None and (day - about.published).days <= _SOON_DAYS


def _safe(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _span(start: int, end: int, first: date | None, last: date | None = None) -> DateSpan:
    return DateSpan(start, end, interval(first, last), True)


def interval(first: date | None, last: date | None = None) -> When:
    """Return the time between two days with its UCDP and ACLED codes; a single day if they are one."""
    if first is None:
        return When()
    if last is None or last <= first:
        return When(start=first, date_prec=1, time_precision=1)
    days = (last - first).days + 1
    for most, codes in ((6, (2, 2)), (7, (3, 2)), (31, (4, 3))):
        if days <= most:
            return When(start=first, end=last, date_prec=codes[0], time_precision=codes[1])
    return When(start=first, end=last, date_prec=5)


def _weekdays(about: _Calendar) -> Iterator[DateSpan]:
    at = 0
    while at < len(about.words):
        day = about.lexicon.weekdays.get(about.norm(at))
        if day is None:
            at += 1
            continue
        end, last = at + 1, day
        other = about.lexicon.weekdays.get(about.norm(at + 2)) if about.links(at + 1, "range") else None
        if other is not None:
            end, last = at + 3, other
        yield DateSpan(at, end, _weekday(about, at, day, last), False)
        at = end


def _weekday(about: _Calendar, at: int, first: int, last: int) -> When:
    if about.published is None or not _FIRST_YEAR <= about.published.year < _LAST_YEAR:
        return When()
    today = about.published
    if any(about.links(at - k, "next") for k in (1, 2)):
        start = today + timedelta(days=(first - today.weekday()) % 7)
    else:
        start = today - timedelta(days=(today.weekday() - first) % 7)
    return interval(start, start + timedelta(days=(last - first) % 7))


def _relative(
    about: _Calendar, cues: Sequence[Found], numbers: Sequence[Number], absolute: Sequence[DateSpan]
) -> Iterator[DateSpan]:
    for cue in cues:
        if cue.label in about.lexicon.days:
            unit, first, last = about.lexicon.days[cue.label]
            count = next((n.value for n in numbers if cue.start <= n.start < cue.end), 1)
            if unit == "told":
                when = _counted(_told_before(about, cue, absolute), first, last, count)
            else:
                when = _reckoned(about.published, unit, first, last, count)
            yield DateSpan(cue.start, cue.end, when, False)


def _told_before(about: _Calendar, cue: Found, absolute: Sequence[DateSpan]) -> date | None:
    """Return the day that was told last before a phrase."""
    own = [span for span in absolute if span.end <= cue.start and span.when.start and span.when.end is None]
    return max(own).when.start if own else about.anchor


def _counted(told: date | None, first: int, last: int, count: int) -> When:
    """Count days from one that was told: `first` times the number in the phrase, and `last` days more."""
    if told is None or not _FIRST_YEAR <= told.year < _LAST_YEAR:
        return When()
    return interval(told + timedelta(days=first * min(count, 3650) + last))


def _reckoned(published: date | None, unit: str, first: int, last: int, count: int) -> When:
    """Count days, weeks, months or years from the publication; `ago` units multiply by a number in the phrase."""
    if published is None or not _FIRST_YEAR <= published.year < _LAST_YEAR:
        return When()
    if unit == "day":
        return interval(published + timedelta(days=first), published + timedelta(days=last))
    if unit == "days_ago":
        return interval(published - timedelta(days=min(count, 3650)) + timedelta(days=first))
    return _LONGER[unit](published, first)


def _weekend(published: date, first: int) -> When:
    saturday = published - timedelta(days=(published.weekday() - 5) % 7) + timedelta(weeks=first)
    return interval(saturday, saturday + timedelta(days=1))


def _week(published: date, first: int) -> When:
    monday = published - timedelta(days=published.weekday()) + timedelta(weeks=first)
    return interval(monday, min(monday + timedelta(days=6), published))


def _month(published: date, first: int) -> When:
    months = published.year * 12 + published.month - 1 + first
    start = date(months // 12, months % 12 + 1, 1)
    end = start.replace(day=calendar.monthrange(start.year, start.month)[1])
    return interval(start, min(end, published))


def _year(published: date, first: int) -> When:
    year = published.year + first
    return interval(date(year, 1, 1), min(date(year, 12, 31), published))


_LONGER: Final = {"weekend": _weekend, "week": _week, "month": _month, "year": _year}
