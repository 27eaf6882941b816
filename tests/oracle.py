"""The queries of a store, done by looking at every event: slow, plain, and right by inspection."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import shapely
from pyproj import Geod

from geo.model import Criteria, Event
from geo.record import record
from geo.text import key

GEOD = Geod(ellps="WGS84")


def verdict(event: Event, criteria: Criteria) -> bool | None:
    """True: it matches; None: it cannot be tried on the place that is asked for; False: it does not match."""
    if not (_plain(event, criteria) and _dates(event, criteria) and _words(event, criteria)):
        return False
    places = [_within(event, criteria), _boxed(event, criteria)]
    if False in places:
        return False
    return None if None in places else True


def _plain(event: Event, criteria: Criteria) -> bool:
    row = record(event)
    lists = {
        "status": criteria.statuses,
        "kind": criteria.kinds,
        "event_type": criteria.event_types,
        "id": criteria.ids,
        "border_side": criteria.sides,
        "municipality": criteria.municipalities,
        "area_id": criteria.areas,
    }
    if any(wanted and row[name] not in wanted for name, wanted in lists.items()):
        return False
    km = row["border_km"]
    if criteria.km_from is not None and (km is None or km < criteria.km_from):
        return False
    return criteria.km_to is None or (km is not None and km <= criteria.km_to)


def _dates(event: Event, criteria: Criteria) -> bool:
    if criteria.start is None and criteria.end is None:
        return True
    when = event.facts.when
    if when.start is None:
        return criteria.unlocated_match
    if criteria.end is not None and when.start > criteria.end:
        return False
    return criteria.start is None or (when.end or when.start) >= criteria.start


def _words(event: Event, criteria: Criteria) -> bool:
    if not criteria.text:
        return True
    facts, place = event.facts, event.location
    said = [facts.title, facts.summary, *facts.actors, facts.unit, *(s.name for s in facts.sources)]
    said += [place.place_name, place.place_name_sr, place.toponym, place.municipality]
    words = [word for text in said for word in key(text).split()]
    return all(any(word.startswith(asked) for word in words) for asked in key(criteria.text).split())


def _within(event: Event, criteria: Criteria) -> bool | None:
    if criteria.within_m is None:
        return True
    border = event.location.border
    if border is None:
        return None
    least = {"possible": border.min_m, "likely": border.likely_m, "certain": border.max_m}
    return least[criteria.certainty] <= criteria.within_m


def _boxed(event: Event, criteria: Criteria) -> bool | None:
    if criteria.bbox is None and criteria.polygon is None and criteria.near is None:
        return True
    at = event.location.position
    if at is None:
        return True if criteria.unlocated_match else None
    inside = True
    if criteria.bbox is not None:
        west, south, east, north = criteria.bbox
        spans = west <= at.lon <= east if west <= east else (at.lon >= west or at.lon <= east)
        inside = inside and spans and south <= at.lat <= north
    if criteria.polygon is not None:
        inside = inside and shapely.from_wkt(criteria.polygon).intersects(shapely.Point(at.lon, at.lat))
    if criteria.near is not None and criteria.radius_m is not None:
        inside = inside and GEOD.inv(*criteria.near, *at)[2] <= criteria.radius_m
    return inside


def matching(events: Iterable[Event], criteria: Criteria) -> list[Event]:
    return [event for event in events if verdict(event, criteria) is True]


def in_order(events: Iterable[Event], value: Callable[[Event], Any], *, is_descending: bool) -> list[str]:
    """Ids: those with a value first, in the order asked for, then those without; ties by id in the same direction."""
    rows = [(value(event), event.id) for event in events]
    known = sorted((row for row in rows if row[0] is not None), reverse=is_descending)
    unknown = sorted((row for row in rows if row[0] is None), key=lambda row: row[1], reverse=is_descending)
    return [event_id for _, event_id in known + unknown]


def ids(features: Iterable[bytes]) -> list[str]:
    return [json.loads(feature)["id"] for feature in features]
