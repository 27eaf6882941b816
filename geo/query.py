"""Criteria in, matching events out, and the filter in words: what the command line, the web and the maps call.

Every answer comes from one state of the store. Where a distance to the border is asked for, each feature says among its
properties how certain it is to be within it (`certain`, `likely`, `possible`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
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
}
_SIDES: Final = {"XK": "on the Kosovo side", "RS": "on the Serbian side", "line": "at the line"}

Translate = Callable[[str], str]


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


def describe(
    criteria: Criteria, count: Count | Page | int, *, translate: Translate = str, wording: Wording = "border"
) -> str:
    """Return a filter and what it found in words, for titles, tables and alternative texts.

    For example "87 incidents, 1 Jan–31 Dec 2023, possibly within 15 km of the border; 9 known only by area, 2 not
    placed".

    Parameters
    ----------
    criteria : Criteria
    count : Count, Page or int
        What was found.
    translate : callable
        Translates each phrase; values are put in afterwards.
    wording : Wording
        How the line is called.
    """
    number = count if isinstance(count, int) else count.number_matched
    one, many = _NOUNS.get(criteria.kinds, _NOUNS[()])
    asked = _asked(criteria, translate, line_name(wording, is_short=True, translate=translate))
    said = ", ".join((translate(one if number == 1 else many).format(count=f"{number:,}"), *asked))
    apart = [] if isinstance(count, int) else _apart(count, translate)
    return "; ".join((said, ", ".join(apart))) if apart else said


def _apart(count: Count | Page, translate: Translate) -> list[str]:
    parts = (("{count} known only by area", count.area_only), ("{count} not placed", count.not_placed))
    return [translate(text).format(count=f"{number:,}") for text, number in parts if number]


def _asked(criteria: Criteria, translate: Translate, line: str) -> Iterator[str]:
    yield from _what(criteria, translate)
    yield from _when(criteria, translate)
    yield from _border(criteria, translate, line)
    yield from _where(criteria, translate)


def _what(criteria: Criteria, translate: Translate) -> Iterator[str]:
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


def _when(criteria: Criteria, translate: Translate) -> Iterator[str]:
    start, end = criteria.start, criteria.end
    if start and end:
        yield _day(end, translate) if start == end else _span(start, end, translate)
    elif start:
        yield translate("from {day}").format(day=_day(start, translate))
    elif end:
        yield translate("until {day}").format(day=_day(end, translate))


def _span(start: date, end: date, translate: Translate) -> str:
    if start.year != end.year:
        return f"{_day(start, translate)}–{_day(end, translate)}"
    if start.month != end.month:
        return f"{start.day} {translate(_MONTHS[start.month - 1])}–{_day(end, translate)}"
    return f"{start.day}–{_day(end, translate)}"


def _day(day: date, translate: Translate) -> str:
    return f"{day.day} {translate(_MONTHS[day.month - 1])} {day.year}"


def _border(criteria: Criteria, translate: Translate, line: str) -> Iterator[str]:
    if criteria.within_m is not None:
        within = translate(_WITHIN.get(criteria.certainty, _WITHIN["possible"]))
        yield within.format(distance=_distance(criteria.within_m), line=line)
    for side in criteria.sides:
        text = _SIDES.get(side)
        yield translate(text) if text else translate("on the side of {country}").format(country=side)
    start, end = criteria.km_from, criteria.km_to
    if start is not None or end is not None:
        first, last = f"{start or 0:g}", translate("its end") if end is None else f"{end:g}"
        yield translate("along the {line} from km {first} to {last}").format(line=line, first=first, last=last)


def _where(criteria: Criteria, translate: Translate) -> Iterator[str]:
    if criteria.municipalities:
        yield translate("in {places}").format(
            places=" / ".join(m or translate("no municipality") for m in criteria.municipalities)
        )
    if criteria.areas:
        yield translate("in the areas {areas}").format(areas=", ".join(criteria.areas))
    if criteria.bbox is not None:
        yield translate("in the box {box}").format(box=_corners(criteria.bbox))
    if criteria.polygon is not None:
        yield translate("in the polygon given")
    if criteria.near is not None and criteria.radius_m is not None:
        at = f"{criteria.near.lon:g}, {criteria.near.lat:g}"
        yield translate("within {distance} of {position}").format(distance=_distance(criteria.radius_m), position=at)


def _corners(bbox: BBox) -> str:
    return ", ".join(f"{degrees:g}" for degrees in bbox)


def _distance(metres: float) -> str:
    return f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
