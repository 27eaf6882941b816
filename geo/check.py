"""A published data set in, every problem in it out: schema, sources, places, border distances, dates, ids.

To check something else, write a rule and name it in `RULES`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from geo.border import Border
from geo.crs import distances_m
from geo.errors import InvalidInput, NotFound
from geo.gazetteer import Gazetteer
from geo.geocode import locate
from geo.model import Claim, LonLat, Place
from geo.record import FIELD, FIELDS, Field, claim_from_record, record
from geo.sources import geojson
from geo.sources.rows import check_names

TOLERANCE_M: Final = 1.0
"""How far a written distance may be from the one computed anew."""
_TOLERANCES: Final = {"border_distance_m": TOLERANCE_M, "border_km": 0.02}
_COMPUTED: Final = (
    "border_distance_m",
    "border_km",
    "border_side",
    "border_side_certain",
    "geo_precision",
    "where_prec",
)
_WORKFLOW: Final = frozenset({"status", "revision", "created_at", "updated_at"})
_DAY: Final = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
Finding = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field of one feature."""

    feature: str
    """Its id, or its number where it has none."""
    field: str
    message: str


@dataclass(frozen=True)
class Given:
    """One feature as the file has it, and what the rules look things up in."""

    feature: Mapping[str, Any]
    gazetteer: Gazetteer
    border: Border

    @property
    def properties(self) -> Mapping[str, Any]:
        """The record, unchecked."""
        found = self.feature.get("properties")
        return found if isinstance(found, dict) else {}

    @cached_property
    def claim(self) -> Claim:
        """The claim that the feature makes; raises `InvalidInput` where a value cannot be used."""
        return claim_from_record(geojson.values(self.feature), sources=geojson.sources(self.feature))

    @property
    def is_readable(self) -> bool:
        """Whether it makes a claim, so that the rules on its meaning can be tried."""
        try:
            return self.claim is not None
        except InvalidInput:
            return False


def check(path: Path | str, gazetteer: Gazetteer, border: Border) -> tuple[int, tuple[Problem, ...]]:
    """Check a GeoJSON file of events.

    Parameters
    ----------
    path : path
        A FeatureCollection as `geo.geojson` writes it.

    Returns
    -------
    count : int
        Features in the file.
    problems : tuple of Problem
        In file order; empty where all is well.

    Raises
    ------
    UnreadableFile
        It is not a GeoJSON FeatureCollection at all.
    """
    features = geojson.features(Path(path))
    return len(features), tuple(_problems(features, gazetteer, border))


def _problems(features: list[Any], gazetteer: Gazetteer, border: Border) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for number, feature in enumerate(features, 1):
        given = Given(feature if isinstance(feature, dict) else {}, gazetteer, border)
        name = str(given.feature.get("id") or f"feature {number}")
        if seen.setdefault(name, number) != number:
            yield Problem(name, "id", f"feature {seen[name]} has it too")
        for field, message in (finding for rule in RULES for finding in rule(given)):
            yield Problem(name, field, message)


def _schema(given: Given) -> Iterator[Finding]:
    """Every field of the record is there, of its type and among its values; there is no other."""
    for field in FIELDS:
        if field.name in given.properties:
            yield from _typed(field, given.properties[field.name])
        elif field.name not in _WORKFLOW:
            yield field.name, "is missing (write null where it is not known)"
    for name in given.properties.keys() - FIELD.keys():
        try:
            check_names((name,), where="properties")
        except InvalidInput as error:
            yield name, str(error).removeprefix("properties: ")


def _typed(field: Field, value: Any) -> Iterator[Finding]:
    if value is None or value == "":
        return
    kinds: Mapping[str, tuple[type, ...]] = {"integer": (int,), "real": (int, float), "boolean": (bool,)}
    if type(value) not in kinds.get(field.type, (str,)):
        yield field.name, f"{value!r} is not of type {field.type}"
    elif field.values and value not in field.values:
        yield field.name, f"{value!r} is not one of {', '.join(field.values)}"


def _identity(given: Given) -> Iterator[Finding]:
    if not isinstance(given.feature.get("id"), str) or not given.feature["id"].strip():
        yield "id", "is missing, or not text"


def _values(given: Given) -> Iterator[Finding]:
    """Every value can be used: numbers are finite and in order, dates exist, the geometry is a Point or null."""
    try:
        _ = given.claim
    except InvalidInput as error:
        field, _, message = str(error).partition(": ")
        yield field, message


def _text(given: Given) -> Iterator[Finding]:
    for name in ("title", "summary"):
        if not str(given.properties.get(name) or "").strip():
            yield name, "is empty"


def _sources(given: Given) -> Iterator[Finding]:
    """Every event has a source with an address, and the record names the first."""
    listed = given.feature.get("sources")
    if not isinstance(listed, list) or not listed:
        yield "sources", "is empty; every event has at least one source"
        return
    for number, source in enumerate(listed):
        if not isinstance(source, dict) or not source.get("url"):
            yield f"sources[{number}].url", "is missing; a source says where it can be read (http or https)"
        elif source.get("date") and not _DAY.fullmatch(str(source["date"])):
            yield f"sources[{number}].date", f"{source['date']!r} is not YYYY, YYYY-MM or YYYY-MM-DD"
    first = listed[0] if isinstance(listed[0], dict) else {}
    for name in ("name", "url", "date"):
        if given.properties.get(f"source_{name}") != first.get(name):
            yield f"source_{name}", f"is not the {name} of the first of `sources`"


def _dates(given: Given) -> Iterator[Finding]:
    if not given.is_readable:
        return
    when = given.claim.facts.when
    if when.start is None and when.date_prec != 5:
        yield "date_prec", f"is {when.date_prec}, though no date is known (5)"
    if when.start and when.start > date.today():  # noqa: DTZ011 - a day too many or too few does not matter here
        yield "date_start", f"{when.start} is in the future"


def _kind(given: Given) -> Iterator[Finding]:
    """Deployments say how far they have come; incidents have none of their fields."""
    if given.properties.get("kind") == "deployment":
        for name in ("stage", "force"):
            if not given.properties.get(name):
                yield name, "is empty; a deployment has one"
    elif given.properties.get("kind") == "incident":
        for name in ("stage", "force", "unit", "contributor", "personnel"):
            if given.properties.get(name):
                yield name, "belongs to deployments only"


def _place(given: Given) -> Iterator[Finding]:
    """The place is in the gazetteer, and a position lies within its radius, or within the stated uncertainty of it."""
    if not given.is_readable:
        return
    claim = given.claim
    if claim.area_id:
        yield from _area(given)
    elif claim.position is None:
        if given.gazetteer.named(claim.place_name):
            yield "area_id", f"is missing: {claim.place_name!r} is in the gazetteer, and has neither position nor area"
    elif not (named := given.gazetteer.named(claim.place_name)):
        yield "place_name", f"{claim.place_name!r} is not in the gazetteer"
    elif not any(_is_within(place, claim) for place in named):
        away = min(_apart_m(place.position, claim.position) for place in named)
        yield "geometry", f"lies {away:,.0f} m from {claim.place_name!r}, more than its radius or uncertainty_m"


def _is_within(place: Place, claim: Claim) -> bool:
    assert claim.position is not None  # noqa: S101 - for mypy: the rule asked
    return _apart_m(place.position, claim.position) <= max(place.radius_m, claim.uncertainty_m or 0.0) + TOLERANCE_M


def _apart_m(one: LonLat, other: LonLat) -> float:
    return float(distances_m(*one, *other))


def _area(given: Given) -> Iterator[Finding]:
    claim = given.claim
    try:
        area = given.gazetteer.get(claim.area_id or "")
    except NotFound:
        yield "area_id", f"{claim.area_id!r} is not in the gazetteer"
        return
    if not area.is_area:
        yield "area_id", f"{claim.area_id!r} is a {area.kind}, not an area"
    if claim.position is not None:
        yield "geometry", "must be null where the event is known by an area"
    if area not in given.gazetteer.named(claim.place_name):
        yield "place_name", f"{claim.place_name!r} is not a name of the area {claim.area_id!r}"


def _border(given: Given) -> Iterator[Finding]:
    """Distance, side and precision codes are those that `locate` works out."""
    if not given.is_readable:
        return
    try:
        expected = record(locate(given.claim, given.gazetteer, given.border))
    except NotFound:
        return  # `_area` says so
    for name in _COMPUTED:
        written, computed = given.properties.get(name), expected[name]
        if not _agree(written, computed, _TOLERANCES.get(name, 0.0)):
            yield name, f"is {written!r}; computed anew it is {computed!r}"


def _agree(written: Any, computed: Any, tolerance: float) -> bool:
    if tolerance and isinstance(written, int | float) and isinstance(computed, int | float):
        return abs(written - computed) <= tolerance
    return bool(written == computed)


RULES: Final[tuple[Callable[[Given], Iterator[Finding]], ...]] = (
    _schema,
    _identity,
    _values,
    _text,
    _sources,
    _dates,
    _kind,
    _place,
    _border,
)
"""Each yields a field and what is wrong with it."""
