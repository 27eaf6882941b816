"""Criteria in, matching events out, and the filter in words: what the command line, the web and the maps call.

Every answer comes from one state of the store. Where a distance to the border is asked for, each feature says among its
properties how certain it is to be within it (`certain`, `likely`, `possible`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from geo.model import BBox, Certainty, Criteria, LonLat
from geo.store.interface import PUBLIC, Count, Dimension, Neighbour, Page, Sort, Store
from geo.style import label
from geo.wording import Wording, line_name

MAX_LIMIT: Final = 10_000
"""The largest page, and the most neighbours; a larger wish is cut to it."""
_EVERYTHING: Final = Criteria()
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NOUNS: Final = {
    ("incident",): ("{count} incident", "{count} incidents"),
    ("deployment",): ("{count} deployment", "{count} deployments"),
    (): ("{count} event", "{count} events"),
}
_WITHIN: Final = {
    "certain": "certainly within {distance} of the {line}",
    "likely": "likely within {distance} of the {line}",
    "possible": "possibly within {distance} of the {line}",
    "parted": "certainly or likely within {distance} of the {line}",
}
_SIDES: Final = {"XK": "on the Kosovo side", "RS": "on the Serbian side", "line": "at the line"}

Translate = Callable[[str], str]


def _day_in_english(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _month_in_english(day: date) -> str:
    return f"{_MONTHS[day.month - 1]} {day.year}"


def _distance_in_english(metres: float) -> str:
    return f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"


@dataclass(frozen=True, slots=True, kw_only=True)
class Formats:
    """How a language writes numbers, days and distances; by default as English does."""

    number: Callable[[int], str] = "{:,}".format
    day: Callable[[date], str] = _day_in_english
    month: Callable[[date], str] = _month_in_english
    """Of any day in it."""
    distance: Callable[[float], str] = _distance_in_english
    """Of metres."""


_ENGLISH: Final = Formats()


def find(
    store: Store, criteria: Criteria, *, sort: Sort = "-date_start", limit: int = 100, cursor: str | None = None
) -> Page:
    """Return one page of the events that match.

    Parameters
    ----------
    store : Store
    criteria : Criteria
    sort : str
        A column to sort by, `-` before it for falling order; ties by id, nulls last.
    limit : int
        Most events on the page; more than `MAX_LIMIT` is cut to that.
    cursor : str, optional
        `next_cursor` of the page before.

    Raises
    ------
    InvalidInput
        Criteria, sort, limit or cursor cannot be used.
    """
    return store.page(criteria, sort=sort, limit=min(limit, MAX_LIMIT), cursor=cursor)


def near_border(
    store: Store,
    within_m: float,
    *,
    certainty: Certainty = "possible",
    criteria: Criteria = _EVERYTHING,
    sort: Sort = "-date_start",
    limit: int = 100,
    cursor: str | None = None,
) -> Page:
    """Return one page of the events within so many metres of the border line, as sure as asked.

    Each certainty contains the ones before it: `possible` events are those whose disc of uncertainty (or whose area)
    reaches within the distance.
    """
    asked = replace(criteria, within_m=within_m, certainty=certainty)
    return find(store, asked, sort=sort, limit=limit, cursor=cursor)


def along(
    store: Store,
    km_from: float | None,
    km_to: float | None,
    *,
    criteria: Criteria = _EVERYTHING,
    sort: Sort = "-date_start",
    limit: int = 100,
    cursor: str | None = None,
) -> Page:
    """Return one page of the events whose nearest point of the line lies between two kilometres of it.

    Kilometres count from the north-west tripoint.
    """
    return find(store, replace(criteria, km_from=km_from, km_to=km_to), sort=sort, limit=limit, cursor=cursor)


def nearest(store: Store, position: LonLat, k: int, criteria: Criteria = _EVERYTHING) -> tuple[Neighbour, ...]:
    """Return the `k` matching events nearest to a position, with geodesic distances in metres, nearest first.

    Events without a position are never among them.
    """
    return store.nearest(position, min(k, MAX_LIMIT), criteria)


def counts(store: Store, criteria: Criteria, by: Dimension) -> Mapping[str, int]:
    """Return how many events match, by month, year, type, kind, municipality or side; unknown under ""."""
    return store.counts(criteria, by)


def every(store: Store, criteria: Criteria, *, sort: Sort = "-date_start") -> Iterator[bytes]:
    """Yield every matching feature, encoded, in constant memory."""
    return store.iterate(criteria, sort=sort)


@dataclass(frozen=True, slots=True)
class Sureness:
    """How many of the events that may be within a distance of the line have a position, parted by how sure it is."""

    likely: int
    """Certainly within, or likely."""
    possible: int
    """Possibly within, and no more than that."""


def sureness(store: Store, criteria: Criteria, count: Count | Page) -> Sureness | None:
    """Return the parts of a count of what is possibly within a distance; null where that was not asked.

    Events known only by an area are in neither part: `count.area_only` has them.
    """
    if criteria.within_m is None or criteria.certainty != "possible":
        return None
    likely = store.count(replace(criteria, certainty="likely"))
    pinned = likely.number_matched - likely.area_only
    return Sureness(pinned, max(0, count.number_matched - count.area_only - pinned))


def describe(
    criteria: Criteria,
    count: Count | Page | int,
    *,
    parts: Sureness | None = None,
    translate: Translate = str,
    wording: Wording = "border",
    formats: Formats = _ENGLISH,
) -> str:
    """Return a filter and what it found in words, for titles, tables and alternative texts.

    For example "87 incidents, 1 Jan–31 Dec 2023, likely within 15 km of the border; 9 known only by area". With `parts`
    the number that a reader would quote comes first: "61 incidents, 1 Jan–31 Dec 2023, certainly or likely within 15 km
    of the border; 17 more possibly within, 9 more known only by area; 87 in all, 2 not placed".

    Parameters
    ----------
    criteria : Criteria
    count : Count, Page or int
        What was found.
    parts : Sureness, optional
        The parts of the count, where what is possibly within a distance was asked for.
    translate : callable
        Translates each phrase; values are put in afterwards.
    wording : Wording
        How the line is called.
    formats : Formats
        How numbers, days and distances are written.
    """
    words = _Words(translate, formats, line_name(wording, is_short=True, translate=translate))
    number = parts.likely if parts else count if isinstance(count, int) else count.number_matched
    one, many = _NOUNS.get(criteria.kinds, _NOUNS[()])
    asked = words.asked(criteria, "parted" if parts else criteria.certainty)
    said = ", ".join((translate(one if number == 1 else many).format(count=formats.number(number)), *asked))
    more = words.more(count, parts) if parts else []
    apart = [] if isinstance(count, int) else words.apart(count, parts)
    return "; ".join((said, *(", ".join(each) for each in (more, apart) if each)))


@dataclass(frozen=True, slots=True)
class _Words:
    """The parts of a description, in one language."""

    translate: Translate
    formats: Formats
    line: str

    def apart(self, count: Count | Page, parts: Sureness | None) -> list[str]:
        translate = self.translate
        total = count.number_matched if parts and count.number_matched > parts.likely else 0
        by_area = 0 if parts else count.area_only
        return self.counted(
            (translate("{count} in all"), total),
            (translate("{count} known only by area"), by_area),
            (translate("{count} not placed"), count.not_placed),
        )

    def more(self, count: Count | Page | int, parts: Sureness) -> list[str]:
        return self.counted(
            (self.translate("{count} more possibly within"), parts.possible),
            (self.translate("{count} more known only by area"), 0 if isinstance(count, int) else count.area_only),
        )

    def counted(self, *texts: tuple[str, int]) -> list[str]:
        return [text.format(count=self.formats.number(number)) for text, number in texts if number]

    def asked(self, criteria: Criteria, sure: str) -> Iterator[str]:
        yield from self.what(criteria)
        yield from self.when(criteria)
        yield from self.border(criteria, sure)
        yield from self.where(criteria)

    def what(self, criteria: Criteria) -> Iterator[str]:
        translate = self.translate
        if criteria.statuses != PUBLIC:
            yield ", ".join(translate(status) for status in criteria.statuses)
        if criteria.ids:
            yield translate("of the ids given")
        if criteria.event_types:
            yield ", ".join(label(t, translate=translate) for t in criteria.event_types)
        if criteria.text and criteria.text.strip():
            yield translate("with the words “{words}”").format(words=criteria.text.strip())
        if criteria.filter is not None:
            yield translate("where {condition}").format(condition=" ".join(criteria.filter.text.split()))

    def when(self, criteria: Criteria) -> Iterator[str]:
        start, end, day = criteria.start, criteria.end, self.formats.day
        if start and end:
            yield day(end) if start == end else self.span(start, end)
        elif start:
            yield self.translate("from {day}").format(day=day(start))
        elif end:
            yield self.translate("until {day}").format(day=day(end))

    def span(self, start: date, end: date) -> str:
        day = self.formats.day
        if day is not _day_in_english:
            return f"{day(start)} – {day(end)}"
        if start.year != end.year:
            return f"{day(start)}–{day(end)}"
        if start.month != end.month:
            return f"{start.day} {_MONTHS[start.month - 1]}–{day(end)}"
        return f"{start.day}–{day(end)}"

    def border(self, criteria: Criteria, sure: str) -> Iterator[str]:
        translate, line = self.translate, self.line
        if criteria.within_m is not None:
            within = translate(_WITHIN[sure])
            yield within.format(distance=self.formats.distance(criteria.within_m), line=line)
        for side in criteria.sides:
            text = _SIDES.get(side)
            yield translate(text) if text else translate("on the side of {country}").format(country=side)
        start, end = criteria.km_from, criteria.km_to
        if start is not None or end is not None:
            first, last = f"{start or 0:g}", translate("its end") if end is None else f"{end:g}"
            yield translate("along the {line} from km {first} to {last}").format(line=line, first=first, last=last)

    def where(self, criteria: Criteria) -> Iterator[str]:
        if criteria.municipalities:
            yield self.translate("in {places}").format(
                places=" / ".join(m or self.translate("no municipality") for m in criteria.municipalities)
            )
        if criteria.areas:
            yield self.translate("in the areas {areas}").format(areas=", ".join(criteria.areas))
        if criteria.bbox is not None:
            yield self.translate("in the box {box}").format(box=_corners(criteria.bbox))
        if criteria.polygon is not None:
            yield self.translate("in the polygon given")
        if criteria.near is not None and criteria.radius_m is not None:
            at = f"{criteria.near.lon:g}, {criteria.near.lat:g}"
            yield self.translate("within {distance} of {position}").format(
                distance=self.formats.distance(criteria.radius_m), position=at
            )


def _corners(bbox: BBox) -> str:
    return ", ".join(f"{degrees:g}" for degrees in bbox)
