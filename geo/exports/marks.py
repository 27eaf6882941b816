"""GeoJSON features in, what a map shows of them out: one mark for each place, a count for each area, and the rest.

Events at one place make one mark with a count; none is moved. An event known only by an area is never pinned.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np

from geo import style
from geo.exports.view import Points, project

_DECIMALS: Final = 5
"""Of a degree, about a metre: positions that agree to it are one place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A place with the events that are known to have been there."""

    lon: float
    lat: float
    families: tuple[tuple[str, int], ...]
    """Name of each family of event types with its number of events, the commonest first."""
    killed: int
    uncertainty_m: float
    """The largest of its events."""
    names: tuple[str, str, str]
    """English, Albanian, Serbian."""
    headline: str
    """Date and title of its deadliest event; empty where nobody was killed."""

    @property
    def count(self) -> int:
        """How many events."""
        return sum(number for _, number in self.families)


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaCount:
    """An area with the number of events of which no more than the area is known."""

    area_id: str
    names: tuple[str, str, str]
    """English, Albanian, Serbian."""
    count: int


@dataclass(frozen=True)
class Contents:
    """All that the events say to a map."""

    marks: tuple[Mark, ...]
    areas: tuple[AreaCount, ...]
    not_placed: int
    sources: tuple[str, ...]
    """Names of the sources, the commonest first."""
    data_date: str
    """Day of the last change (ISO 8601), or of the last event; empty where neither is known."""

    @cached_property
    def positions(self) -> Points:
        """Where the marks are, in EPSG:25834 metres, shape (n, 2)."""
        return project(np.array([(mark.lon, mark.lat) for mark in self.marks], dtype=float).reshape(-1, 2))


def read(features: Iterable[Mapping[str, Any]]) -> Contents:
    """Return what a map shows of GeoJSON features whose properties are the flat record.

    Parameters
    ----------
    features : iterable of mapping
        Features with a Point in OGC:CRS84, or with a null geometry; `sources` is a foreign member, a list of objects
        with a `name`.
    """
    places: dict[tuple[float, float], list[Mapping[str, Any]]] = {}
    areas: dict[str, list[Mapping[str, Any]]] = {}
    sources: Counter[str] = Counter()
    not_placed, dates = 0, {"updated_at": "", "date_start": ""}
    for feature in features:
        record = feature["properties"]
        sources.update(_sources(feature))
        dates = {field: max(day, str(record.get(field) or "")[:10]) for field, day in dates.items()}
        if feature.get("geometry"):
            lon, lat = feature["geometry"]["coordinates"][:2]
            places.setdefault((round(lon, _DECIMALS), round(lat, _DECIMALS)), []).append(record)
        elif record.get("area_id"):
            areas.setdefault(record["area_id"], []).append(record)
        else:
            not_placed += 1
    return Contents(
        marks=tuple(_mark(lon, lat, records) for (lon, lat), records in sorted(places.items())),
        areas=tuple(_area(area_id, records) for area_id, records in sorted(areas.items())),
        not_placed=not_placed,
        sources=tuple(sorted(sources, key=lambda name: (-sources[name], name))),
        data_date=dates["updated_at"] or dates["date_start"],
    )


def _sources(feature: Mapping[str, Any]) -> set[str]:
    listed = {source.get("name") for source in feature.get("sources") or ()}
    return {name for name in listed | {feature["properties"].get("source_name")} if name}


def _mark(lon: float, lat: float, records: list[Mapping[str, Any]]) -> Mark:
    families = Counter(style.family(record["event_type"]).name for record in records)
    deadliest = max(records, key=lambda r: (r.get("fatalities") or 0, r.get("date_start") or "", r.get("id") or ""))
    names = Counter(_names(record) for record in records)
    return Mark(
        lon=lon,
        lat=lat,
        families=tuple(sorted(families.items(), key=lambda item: (-item[1], item[0]))),
        killed=sum(record.get("fatalities") or 0 for record in records),
        uncertainty_m=max(float(record.get("uncertainty_m") or 0) for record in records),
        names=min(names, key=lambda found: (-names[found], found)),
        headline=_headline(deadliest),
    )


def _headline(record: Mapping[str, Any]) -> str:
    if not record.get("fatalities"):
        return ""
    return ": ".join(part for part in (record.get("date_start"), record.get("title")) if part)


def _names(record: Mapping[str, Any]) -> tuple[str, str, str]:
    name = record.get("place_name") or record.get("toponym") or ""
    return name, record.get("place_name_sq") or name, record.get("place_name_sr") or name


def _area(area_id: str, records: list[Mapping[str, Any]]) -> AreaCount:
    names = Counter(_names(record) for record in records)
    chosen = min(names, key=lambda found: (-names[found], found))
    return AreaCount(area_id=area_id, names=chosen if chosen[0] else (area_id,) * 3, count=len(records))
