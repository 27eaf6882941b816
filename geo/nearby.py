"""An event in, what lies around it out: the nearest crossing point, and other events close in space and time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from geo import boundaries
from geo.crs import distances_m
from geo.model import Criteria, Event, LonLat
from geo.store.interface import Neighbour, Store

RADIUS_M: Final = 10_000.0
DAYS: Final = 30
MOST: Final = 20


@dataclass(frozen=True, slots=True)
class NearestCrossing:
    """A crossing point of the line, and its geodesic distance from a position."""

    names: Mapping[str, Any]
    """`name_en`, `name_sq`, `name_sr_latn` and `name_sr_cyrl`, among other properties of the layer."""
    distance_m: float


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Other published events within a radius and a number of days, nearest first, and how many there are in all."""

    neighbours: tuple[Neighbour, ...]
    number: int


def nearest_crossing(position: LonLat) -> NearestCrossing:
    """Return the crossing point of the shipped layer that is nearest to a position."""
    crossings = boundaries.read_layer("crossings")
    lons, lats = np.array([crossing.geometry.coords[0][:2] for crossing in crossings]).T
    distances = distances_m(np.full(len(lons), position.lon), np.full(len(lons), position.lat), lons, lats)
    nearest = int(distances.argmin())
    return NearestCrossing(names=crossings[nearest].properties, distance_m=float(distances[nearest]))


def surroundings(
    store: Store, event: Event, *, radius_m: float = RADIUS_M, days: int = DAYS, limit: int = MOST
) -> Surroundings | None:
    """Return the published events around one; null where its position or its date is not known.

    Parameters
    ----------
    store : Store
    event : Event
        A published one; itself is never among them.
    radius_m : float
        Geodesic metres from its position.
    days : int
        Before its first day and after its last one.
    limit : int
        Most neighbours.
    """
    position, when = event.location.position, event.facts.when
    if position is None or when.start is None:
        return None
    around = Criteria(
        near=position,
        radius_m=radius_m,
        start=_shifted(when.start, -days),
        end=_shifted(when.end or when.start, days),
    )
    found = store.nearest(position, limit + 1, around)
    others = tuple(neighbour for neighbour in found if not _is(neighbour, event.id))
    return Surroundings(neighbours=others[:limit], number=store.count(around).number_matched - 1)


def _is(neighbour: Neighbour, event_id: str) -> bool:
    return bool(json.loads(neighbour.feature)["id"] == event_id)


def _shifted(day: date, days: int) -> date:
    """Return another day, as near to it as the calendar goes."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min
