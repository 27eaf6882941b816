"""An event just read in, the stored event that it may repeat out: a mark for a reviewer; nothing is ever merged.

Two events are alike where they are of one kind and family, their places can be the same within their uncertainties, and

- their days are less than three apart, or
- their days are up to 120 apart, or unknown, and they tell of the same number of dead: an article that looks back may
  have led to a wrong date. The date is left as it was read; both are shown.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from geo.crs import geod
from geo.extract.lexicon import FAMILIES
from geo.geojson import feature
from geo.model import EVENT_TYPES, Criteria, Event, LonLat
from geo.store.interface import Store

NEAR_DAYS: Final = 2
FAR_DAYS: Final = 120
_SEEN: Final = ("published", "draft")
"""What an event may repeat; of two that are equally alike, the published one is named."""


@dataclass(frozen=True, slots=True)
class Outline:
    """What likeness rests on."""

    id: str
    family: tuple[str, str]
    """Kind, and family of types."""
    first: date | None
    last: date | None
    position: LonLat | None
    uncertainty_m: float
    area_id: str | None
    deaths: tuple[int, int] | None
    """Fewest and most dead; null where nobody died or it is not said."""
    party: tuple[str, str]
    """Force and contributor of a deployment."""
    is_published: bool


@dataclass(frozen=True, slots=True, order=True)
class Likeness:
    """How alike two events are; the less, the more."""

    days: int
    """Between them; one more than `FAR_DAYS` where a day is unknown."""
    metres: float


def outline(given: Mapping[str, Any]) -> Outline:
    """Return what counts of a GeoJSON feature."""
    of, at = given["properties"], given["geometry"]
    first = of["date_start"] and date.fromisoformat(of["date_start"])
    fewest = of["fatalities_low"] if of["fatalities_low"] is not None else of["fatalities"]
    most = of["fatalities_high"] if of["fatalities_high"] is not None else of["fatalities"]
    return Outline(
        id=given["id"],
        family=(of["kind"], FAMILIES.get(of["event_type"], of["event_type"])),
        first=first,
        last=date.fromisoformat(of["date_end"]) if of["date_end"] else first,
        position=at and LonLat(*at["coordinates"]),
        uncertainty_m=of["uncertainty_m"] or 0.0,
        area_id=of["area_id"],
        deaths=(fewest if fewest is not None else 0, most) if most else None,
        party=(of["force"] or "", of["contributor"] or ""),
        is_published=of["status"] == "published",
    )


def likeness(one: Outline, other: Outline) -> Likeness | None:
    """Return how alike two events are, or null where they cannot be the same; it does not matter which is which."""
    if one.id == other.id or one.family != other.family or not _may_be_one_party(one, other):
        return None
    metres = _apart_m(one, other)
    if metres is None:
        return None
    days = _apart_days(one, other)
    if days is not None and days <= NEAR_DAYS:
        return Likeness(days, metres)
    if not _is_same_toll(one, other) or (days is not None and days > FAR_DAYS):
        return None
    return Likeness(FAR_DAYS + 1 if days is None else days, metres)


def marked(documents: Iterable[Sequence[Event]], store: Store) -> Iterator[Event]:
    """Yield the events of documents, each with the event of the store or of a document before that it may repeat.

    Events of one document are never held to repeat each other: whoever read it has told them apart.
    """
    before: list[Outline] = []
    for events in documents:
        own = {event.id for event in events}
        yield from (_marked(event, store, before, own) for event in events)
        before += [outline(feature(event)) for event in events]


def repeating(rows: Iterable[Event], store: Store) -> Iterator[Event]:
    """Yield the events of a table, however long, each with the event of the store that it may repeat."""
    return (_marked(event, store, (), ()) for event in rows)


def _marked(event: Event, store: Store, before: Iterable[Outline], own: Container[str]) -> Event:
    mine = outline(feature(event))
    others = (other for other in (*_stored(mine, store), *before) if other.id not in own)
    found = [(alike, other) for other in others if (alike := likeness(mine, other))]
    if not found:
        return event
    best = min(found, key=lambda pair: (pair[0].days, not pair[1].is_published, pair[0].metres, pair[1].id))
    return replace(event, possible_duplicate_of=best[1].id)


def _stored(mine: Outline, store: Store) -> Iterator[Outline]:
    is_nowhere = mine.position is None and mine.area_id is None
    if is_nowhere or (mine.first is None and mine.deaths is None):
        return
    kind, family = mine.family
    types = tuple(t for t in EVENT_TYPES[kind] if FAMILIES.get(t, t) == family)
    days = FAR_DAYS if mine.deaths else NEAR_DAYS
    for status in _SEEN:
        criteria = Criteria(
            statuses=(status,),
            event_types=types,
            start=mine.first and _shifted(mine.first, -days),
            end=mine.last and _shifted(mine.last, days),
            unlocated_match=mine.deaths is not None,  # one without a date may be the same as well
        )
        yield from (outline(json.loads(found)) for found in store.iterate(criteria))


def _shifted(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.min if days < 0 else date.max


def _may_be_one_party(one: Outline, other: Outline) -> bool:
    return all(not a or not b or a.casefold() == b.casefold() for a, b in zip(one.party, other.party, strict=True))


def _apart_m(one: Outline, other: Outline) -> float | None:
    """Return how far apart two places are, or null where they cannot be the same."""
    if one.position is None or other.position is None:
        return 0.0 if one.area_id is not None and one.area_id == other.area_id else None
    metres = float(geod().inv(*one.position, *other.position)[2])
    return metres if metres <= one.uncertainty_m + other.uncertainty_m else None


def _apart_days(one: Outline, other: Outline) -> int | None:
    if one.first is None or one.last is None or other.first is None or other.last is None:
        return None
    return max(0, (other.first - one.last).days, (one.first - other.last).days)


def _is_same_toll(one: Outline, other: Outline) -> bool:
    if one.deaths is None or other.deaths is None:
        return False
    return one.deaths[0] <= other.deaths[1] and other.deaths[0] <= one.deaths[1]
