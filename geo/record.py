"""An event in, its flat record out, and back: one table of fields for the store, GeoJSON, CSV and the documentation.

The record is flat so that QGIS, pandas and a spreadsheet read it. `FIELDS` is the only list of its columns.
"""

from __future__ import annotations

import calendar
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from geo.errors import InvalidInput
from geo.model import (
    EVENT_TYPES,
    KINDS,
    STAGES,
    STATUSES,
    SUPPORTS,
    Claim,
    Event,
    Facts,
    LonLat,
    Source,
    Toponym,
    When,
)

FieldType = Literal["text", "integer", "real", "boolean", "date", "datetime"]


@dataclass(frozen=True, slots=True)
class Field:
    """One column of the record."""

    name: str
    type: FieldType
    meaning: str
    values: tuple[str, ...] = ()
    """The closed list of values, where there is one."""
    given: bool = True
    """Whether a row that a person writes may carry it (`ibar template csv`); the rest is computed or kept."""


FIELDS: Final = (
    Field("id", "text", "Stable identifier"),
    Field("kind", "text", "What it is", KINDS),
    Field("event_type", "text", "Type within the kind", EVENT_TYPES["incident"] + EVENT_TYPES["deployment"]),
    Field("title", "text", "One line"),
    Field("summary", "text", "What happened, in a sentence or two"),
    Field("disputed", "text", "What the sources or parties disagree on; empty where nothing is known to be disputed"),
    Field("date_start", "date", "First day, or the only one; null where unknown"),
    Field("date_end", "date", "Last day on which it went on or may have happened; null for one known day"),
    Field("date_prec", "integer", "UCDP: 1 exact day, 2 within 2-6 days, 3 week, 4 month, 5 year or unknown"),
    Field("time_precision", "integer", "ACLED: 1 day, 2 week, 3 month; null where ACLED has no code"),
    Field("place_name", "text", "Place as displayed"),
    Field("place_name_sq", "text", "Albanian name of the place"),
    Field("place_name_sr", "text", "Serbian name of the place, in Latin script"),
    Field("toponym", "text", "Place name as the source wrote it"),
    Field("area_id", "text", "Area (region, municipality, country) of an event that has no position"),
    Field("municipality", "text", "Municipality, English name"),
    Field("geo_precision", "integer", "ACLED: 1 the named place, 2 near it or a small area, 3 a larger region"),
    Field("where_prec", "integer", "UCDP: 1 exact to 7 beyond a country", given=False),
    Field("uncertainty_m", "real", "Radius in metres within which the truth lies"),
    Field("border_distance_m", "real", "Geodesic distance to the border line in metres", given=False),
    Field("border_km", "real", "Kilometres along the border line from the north-west tripoint", given=False),
    Field("border_side", "text", "XK, RS, another ISO code, or line for a crossing", given=False),
    Field("border_side_certain", "boolean", "False where the event may lie on the other side", given=False),
    Field("fatalities", "integer", "People killed, best estimate; null where no source says"),
    Field("fatalities_low", "integer", "Lowest count"),
    Field("fatalities_high", "integer", "Highest count"),
    Field("injured", "integer", "People injured, best estimate; null where no source says"),
    Field("actors", "text", "Those involved, joined by '; '"),
    Field("force", "text", "Deployments: the force, such as KFOR"),
    Field("unit", "text", "Deployments: the unit"),
    Field("contributor", "text", "Deployments: the sending country or countries, joined by '; '"),
    Field("personnel", "integer", "Deployments: number of people"),
    Field("stage", "text", "Deployments: how far it has come", STAGES),
    Field("from_place", "text", "Deployments: where from"),
    Field("to_place", "text", "Deployments: where to"),
    Field("source_name", "text", "Publisher of the first source"),
    Field("source_url", "text", "Where it was read"),
    Field("source_date", "text", "When it was published: YYYY, YYYY-MM or YYYY-MM-DD"),
    Field("source_event_type", "text", "Type as the source names it"),
    Field("support", "text", "What the event rests on", SUPPORTS),
    Field("confidence", "real", "0 to 1: how likely it is right as recorded"),
    Field("status", "text", "Workflow state", STATUSES, given=False),
    Field("revision", "integer", "Revision of the store that wrote it", given=False),
    Field("created_at", "datetime", "When it was first stored (UTC)", given=False),
    Field("updated_at", "datetime", "When it was last changed (UTC)", given=False),
)
FIELD: Final[Mapping[str, Field]] = {f.name: f for f in FIELDS}
GIVEN: Final = (*(f.name for f in FIELDS if f.given), "lon", "lat")
"""The columns of a table that `ibar ingest` reads: the record less what is computed, and the position."""


def record(event: Event) -> dict[str, Any]:
    """Return the flat record of an event, every field of `FIELDS` in order; dates are ISO 8601 text."""
    return {**_about(event), **_where(event), **_what(event.facts)}


def _about(event: Event) -> dict[str, Any]:
    facts, when = event.facts, event.facts.when
    first = facts.sources[0] if facts.sources else Source(name="")
    values: dict[str, Any] = dict.fromkeys(FIELD)
    values.update(
        id=event.id,
        kind=event.kind,
        status=event.status,
        revision=event.revision,
        created_at=event.created_at,
        updated_at=event.updated_at,
        date_start=when.start and when.start.isoformat(),
        date_end=when.end and when.end.isoformat(),
        date_prec=when.date_prec,
        time_precision=when.time_precision,
        source_name=first.name,
        source_url=first.url,
        source_date=first.date,
        actors="; ".join(facts.actors),
    )
    return values


def _where(event: Event) -> dict[str, Any]:
    location, border = event.location, event.location.border
    own = ("place_name", "place_name_sq", "place_name_sr", "toponym", "area_id", "municipality", "geo_precision")
    values = {name: getattr(location, name) for name in (*own, "where_prec", "uncertainty_m")}
    values.update(
        border_distance_m=border and round(border.distance_m, 1),
        border_km=border and round(border.km, 2),
        border_side=border and border.side,
        border_side_certain=border and border.side_certain,
    )
    return values


def _what(facts: Facts) -> dict[str, Any]:
    names = ("event_type", "title", "summary", "disputed", "fatalities", "fatalities_low", "fatalities_high", "injured")
    deployment = ("force", "unit", "contributor", "personnel", "stage", "from_place", "to_place")
    rest = ("source_event_type", "support", "confidence")
    return {name: getattr(facts, name) for name in (*names, *deployment, *rest)}


def claim_from_record(row: Mapping[str, Any], *, sources: tuple[Source, ...] = ()) -> Claim:
    """Return the claim that a record makes; computed fields are ignored, for `locate` works them out anew.

    Parameters
    ----------
    row : mapping of str to value
        Fields of the record, as text or as values; `lon` and `lat` in degrees (OGC:CRS84). Absent and empty are alike.
    sources : tuple of Source
        All sources, where the caller knows more than the record's first one.

    Raises
    ------
    InvalidInput
        A value cannot be used; the message begins with the name of the field, and a colon.
    """
    given = _Row(row)
    kind = given.choice("kind", KINDS)
    position = given.position()
    return Claim(
        kind=kind,  # type: ignore[arg-type]  # checked against KINDS
        id=given.text("id") or None,
        status=given.choice("status", STATUSES, default="draft"),  # type: ignore[arg-type]
        facts=_facts(given, kind, sources),
        position=position,
        uncertainty_m=given.number("uncertainty_m", least=0),
        place_name=given.text("place_name") or given.text("toponym"),
        place_name_sq=given.text("place_name_sq"),
        place_name_sr=given.text("place_name_sr"),
        municipality=given.text("municipality"),
        area_id=given.text("area_id") or None,
        toponym=_toponym(given.text("toponym")),
    )


def _toponym(written: str) -> Toponym | None:
    return Toponym(text=written, start=0, end=len(written)) if written else None


def _facts(given: _Row, kind: str, sources: tuple[Source, ...]) -> Facts:
    low, best, high = (given.count(name) for name in ("fatalities_low", "fatalities", "fatalities_high"))
    _ordered(low, best, high)
    return Facts(
        event_type=given.choice("event_type", EVENT_TYPES[kind]),
        when=_when(given),
        fatalities=best,
        fatalities_low=low,
        fatalities_high=high,
        injured=given.count("injured"),
        personnel=given.count("personnel"),
        actors=tuple(a.strip() for a in given.text("actors").split(";") if a.strip()),
        stage=given.choice("stage", STAGES, default=""),
        support=given.choice("support", SUPPORTS, default="one_source"),
        confidence=_confidence(given),
        sources=sources or _first_source(given),
        title=given.text("title"),
        summary=given.text("summary"),
        disputed=given.text("disputed"),
        force=given.text("force"),
        unit=given.text("unit"),
        contributor=given.text("contributor"),
        from_place=given.text("from_place"),
        to_place=given.text("to_place"),
        source_event_type=given.text("source_event_type"),
    )


def _first_source(given: _Row) -> tuple[Source, ...]:
    name = given.text("source_name")
    if not name:
        return ()
    return (Source(name=name, url=given.link("source_url"), date=given.text("source_date") or None),)


def _confidence(given: _Row) -> float:
    value = given.number("confidence", least=0)
    if value is not None and value > 1:
        raise InvalidInput(f"confidence: {value} is greater than 1")
    return 0.5 if value is None else value


def _ordered(low: int | None, best: int | None, high: int | None) -> None:
    known = [n for n in (low, best, high) if n is not None]
    if known != sorted(known):
        raise InvalidInput(f"fatalities: low {low}, best {best}, high {high} are not in rising order")


def _when(given: _Row) -> When:
    written = given.text("date_start")
    partial = len(written) in (4, 7)
    start = given.date("date_start")
    end = given.date("date_end", last=True) or (given.date("date_start", last=True) if partial else None)
    if start is None and end is not None:
        raise InvalidInput("date_start: empty, though date_end is given")
    if start and end and end < start:
        raise InvalidInput(f"date_end: {end} is before date_start {start}")
    implied = {4: 5, 7: 4}.get(len(written), 5 if start is None else 1 if end is None else 2)
    return When(
        start=start,
        end=end,
        date_prec=given.code("date_prec", 1, 5) or implied,
        time_precision=given.code("time_precision", 1, 3),
    )


class _Row:
    """Typed reading of one row; every error begins with the field's name."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        self.row = row

    def text(self, name: str) -> str:
        value = self.row.get(name)
        return "" if value is None or value != value else str(value).strip()

    def choice(self, name: str, values: tuple[str, ...], *, default: str | None = None) -> str:
        value = self.text(name)
        if not value and default is not None:
            return default
        if value not in values:
            raise InvalidInput(f"{name}: {value!r} is not one of {', '.join(values)}")
        return value

    def number(self, name: str, *, least: float = -math.inf) -> float | None:
        value = self.text(name)
        return None if not value else _converted(name, value, _finite, "a finite number", least)

    def count(self, name: str) -> int | None:
        value = self.text(name)
        return None if not value else int(_converted(name, value, _whole, "a whole number", 0))

    def code(self, name: str, least: int, greatest: int) -> int | None:
        value = self.count(name)
        if value is not None and not least <= value <= greatest:
            raise InvalidInput(f"{name}: {value} is not one of {least} to {greatest}")
        return value

    def date(self, name: str, *, last: bool = False) -> date | None:
        """Read YYYY-MM-DD, or YYYY-MM or YYYY, of which the first (or last) day is taken."""
        value = self.text(name)
        if not value:
            return None
        try:
            return _day(value, last=last)
        except ValueError as error:
            raise InvalidInput(f"{name}: {value!r} is not a date (write YYYY-MM-DD)") from error

    def link(self, name: str) -> str | None:
        value = self.text(name)
        if value and not value.lower().startswith(("http://", "https://")):
            raise InvalidInput(f"{name}: {value!r} is not an http or https address")
        return value or None

    def position(self) -> LonLat | None:
        lon, lat = self.number("lon"), self.number("lat")
        if (lon is None) != (lat is None):
            raise InvalidInput(f"{'lat' if lat is None else 'lon'}: empty, though the other coordinate is given")
        try:
            return None if lon is None or lat is None else LonLat(lon, lat)
        except InvalidInput as error:
            raise InvalidInput(f"lon: {error}") from error


def _day(value: str, *, last: bool) -> date:
    if len(value) == 4:
        return date(int(value), 12, 31) if last else date(int(value), 1, 1)
    if len(value) == 7:
        year, month = int(value[:4]), int(value[5:])
        return date(year, month, calendar.monthrange(year, month)[1] if last else 1)
    return date.fromisoformat(value)


def _finite(value: str) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(value)
    return number


def _whole(value: str) -> float:
    number = _finite(value)
    if number != int(number):
        raise ValueError(value)
    return number


def _converted(name: str, value: str, convert: Callable[[str], float], what: str, least: float) -> float:
    try:
        number = convert(value)
    except ValueError as error:
        raise InvalidInput(f"{name}: {value!r} is not {what}") from error
    if number < least:
        raise InvalidInput(f"{name}: {number:g} is less than {least:g}")
    return number
