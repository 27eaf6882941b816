"""The words of the project as values: documents, claims, places, locations, events and criteria.

Positions are OGC:CRS84 degrees (longitude first). Distances are metres on the WGS 84 ellipsoid unless a name says
otherwise. Every value is frozen; a list is a tuple.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from geo.errors import InvalidInput

Kind = Literal["incident", "deployment"]
Status = Literal["draft", "published", "withdrawn"]
Certainty = Literal["certain", "likely", "possible"]
Assertion = Literal["happened", "ongoing", "alleged", "planned", "denied", "background", "anniversary"]

KINDS: Final = ("incident", "deployment")
STATUSES: Final = ("draft", "published", "withdrawn")
CERTAINTIES: Final = ("certain", "likely", "possible")
STAGES: Final = ("announced", "authorised", "under_way", "arrived", "stationed", "in_reserve", "withdrawn")
SUPPORTS: Final = ("official", "several_sources", "one_source", "claimed")
INCIDENT_TYPES: Final = (
    "armed_clash",
    "shooting",
    "attack",
    "killing",
    "explosion",
    "grenade_attack",
    "landmine",
    "abduction_or_detention",
    "arrest",
    "raid",
    "weapons_seizure",
    "road_block",
    "border_closure",
    "protest",
    "riot",
    "stone_throwing",
    "arson",
    "property_destruction",
    "threat",
    "other",
)
DEPLOYMENT_TYPES: Final = (
    "reinforcement",
    "rotation",
    "transfer_of_authority",
    "unit_deployment",
    "base",
    "force_strength",
    "patrol",
    "exercise",
    "withdrawal",
)
EVENT_TYPES: Final = {"incident": INCIDENT_TYPES, "deployment": DEPLOYMENT_TYPES}
AREA_KINDS: Final = frozenset({"region", "municipality", "country"})


@dataclass(frozen=True, slots=True)
class LonLat:
    """A position in OGC:CRS84: longitude then latitude, in degrees."""

    lon: float
    lat: float

    def __post_init__(self) -> None:
        """Refuse what is not a position on Earth."""
        if not (math.isfinite(self.lon) and math.isfinite(self.lat)):
            raise InvalidInput(f"position {self.lon!r},{self.lat!r}: longitude and latitude must be finite numbers")
        if not (-180 <= self.lon <= 180 and -90 <= self.lat <= 90):
            raise InvalidInput(
                f"position {self.lon!r},{self.lat!r}: longitude (which comes first) must be within -180 to 180"
                " and latitude within -90 to 90"
            )

    def __iter__(self) -> Iterator[float]:
        """Unpack as longitude, latitude."""
        return iter((self.lon, self.lat))


@dataclass(frozen=True, slots=True)
class BBox:
    """A box in OGC:CRS84 degrees; `west` greater than `east` means that it crosses the antimeridian."""

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        """Refuse corners that are not positions, and a south above the north."""
        LonLat(self.west, self.south), LonLat(self.east, self.north)
        if self.south > self.north:
            raise InvalidInput(f"box: south {self.south} is greater than north {self.north}")

    def __iter__(self) -> Iterator[float]:
        """Unpack as west, south, east, north."""
        return iter((self.west, self.south, self.east, self.north))


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A publisher or data set that an event rests on."""

    name: str
    url: str | None = None
    date: str | None = None
    """Publication date as far as it is known: YYYY, YYYY-MM or YYYY-MM-DD."""
    licence: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One text from a source."""

    id: str
    text: str
    title: str = ""
    source: Source | None = None
    published: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A quoted span of a document: `text == document.text[start:end]`."""

    document_id: str
    start: int
    end: int
    text: str
    supports: str = "event"
    """The value that it is evidence for: event, place, date, fatalities, injured, personnel, actors, unit, stage..."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A gazetteer entry."""

    id: str
    name_en: str
    name_sq: str
    name_sr_latn: str
    name_sr_cyrl: str
    kind: str
    """settlement, town, crossing, bridge, lake, dam, monastery, camp, ..., or region, municipality, country."""
    municipality: str
    """English name of the municipality, empty where there is none."""
    country: str
    """ISO 3166 code; XK for Kosovo."""
    position: LonLat
    radius_m: float
    """Radius within which what the name means lies."""
    record: str
    """The record that the position rests on, such as `GNS:123` or `GN:792910`."""
    aliases: tuple[str, ...] = ()
    population: int | None = None
    rank: int = 0
    """0 for the project's own places, 1 for an imported gazetteer, 2 for towns elsewhere."""

    @property
    def is_area(self) -> bool:
        """Whether it is a region, municipality or country, which is never pinned."""
        return self.kind in AREA_KINDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Toponym:
    """A place name as written in a document, with what the text says about where it lies."""

    text: str
    start: int
    end: int
    place_ids: tuple[str, ...] = ()
    """Every place that the name may mean, unresolved."""
    within: str | None = None
    """The qualifier: the name that the text gives as containing it or as next to it."""
    kind_hint: str | None = None
    """What the words around it call it: village, crossing, municipality, ..."""
    relation: Literal["at", "near", "in_part_of", "between"] = "at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One place that a toponym may mean, with the score that it got and why."""

    place: Place
    score: float
    """0 to 1, comparable within one toponym."""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """The time of an event, as far as it is known."""

    start: date | None = None
    end: date | None = None
    """The last day on which it may have happened or did go on; null for a single known day."""
    date_prec: int = 5
    """UCDP: 1 exact day, 2 within 2–6 days, 3 the week, 4 the month, 5 the year or unknown."""
    time_precision: int | None = None
    """ACLED: 1 day, 2 week, 3 month; null where ACLED has no code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a source says of an event apart from where it was: shared by a claim and by the event made of it."""

    event_type: str
    title: str = ""
    summary: str = ""
    disputed: str = ""
    when: When = field(default_factory=When)
    fatalities: int | None = None
    fatalities_low: int | None = None
    fatalities_high: int | None = None
    injured: int | None = None
    actors: tuple[str, ...] = ()
    force: str = ""
    unit: str = ""
    contributor: str = ""
    personnel: int | None = None
    stage: str = ""
    from_place: str = ""
    to_place: str = ""
    sources: tuple[Source, ...] = ()
    source_event_type: str = ""
    support: str = "one_source"
    confidence: float = 0.5
    """0 to 1: how likely the event is to be right as recorded."""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a source asserts, not yet located; it has a position only where the source gave one."""

    kind: Kind
    facts: Facts
    assertion: Assertion = "happened"
    toponym: Toponym | None = None
    context: tuple[str, ...] = ()
    """Ids of the places that the rest of the document names: they decide between homonyms."""
    id: str | None = None
    status: Status = "draft"
    position: LonLat | None = None
    uncertainty_m: float | None = None
    place_id: str | None = None
    """A gazetteer place that the source names by its id."""
    place_name: str = ""
    place_name_sq: str = ""
    place_name_sr: str = ""
    municipality: str = ""
    area_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BorderMeasure:
    """Where a position lies with respect to the border line.

    `distance_m` is geodesic; `km` is the position of the foot point along the line from the north-west tripoint; `side`
    is XK, RS, another ISO code, or `line` for a crossing. `min_m`, `likely_m`, `max_m` are the smallest distances D for
    which "within D of the border" is possible, likely (probability at least 0.5) and certain.
    """

    distance_m: float
    km: float
    side: str
    side_certain: bool
    min_m: float
    likely_m: float
    max_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A position or an area, how precise it is, and where it lies with respect to the border line."""

    position: LonLat | None = None
    place_id: str | None = None
    area_id: str | None = None
    place_name: str = ""
    place_name_sq: str = ""
    place_name_sr: str = ""
    toponym: str = ""
    municipality: str = ""
    geo_precision: int | None = None
    """ACLED: 1 the named place, 2 near it or a small area, 3 a larger region."""
    where_prec: int = 7
    """UCDP: 1 exact, 2 within about 25 km, 3 municipality, 4 region, 5 a line or fuzzy, 6 country, 7 beyond."""
    uncertainty_m: float | None = None
    border: BorderMeasure | None = None
    """Of the position, or of the whole area (least and greatest distance); null for an event that is not placed."""
    alternatives: tuple[Candidate, ...] = ()

    @property
    def is_placed(self) -> bool:
        """Whether it has a position or an area."""
        return self.position is not None or self.area_id is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A located claim. `geo.geocode.locate` is the only maker of events."""

    id: str
    kind: Kind
    facts: Facts
    location: Location
    assertion: Assertion = "happened"
    status: Status = "draft"
    possible_duplicate_of: str | None = None
    revision: int | None = None
    created_at: str | None = None
    updated_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident(Event):
    """Something that happened: a clash, a raid, a closure."""

    kind: Kind = "incident"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment(Event):
    """A force that is somewhere or on its way there."""

    kind: Kind = "deployment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One review act: who, when, what, why."""

    event_id: str
    action: Literal["accept", "reject", "edit", "ingest", "import"]
    who: str
    why: str
    at: str


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition in CQL2: as it was written, and as the checked tree that each back end compiles."""

    text: str
    tree: object
    """A `geo.cql2.Node`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """The filters that a store understands; all that are set must hold.

    The default sees published events only. `app` never passes another `statuses`: this is the one place that decides
    who sees what.
    """

    statuses: tuple[Status, ...] = ("published",)
    kinds: tuple[Kind, ...] = ()
    event_types: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    bbox: BBox | None = None
    polygon: str | None = None
    """WKT of a polygon or multipolygon in OGC:CRS84."""
    near: LonLat | None = None
    radius_m: float | None = None
    within_m: float | None = None
    """At most this far from the border line."""
    certainty: Certainty = "possible"
    """How sure "within `within_m`" must be; each certainty contains the ones before it."""
    sides: tuple[str, ...] = ()
    km_from: float | None = None
    km_to: float | None = None
    """A stretch of the line, in kilometres from the north-west tripoint."""
    start: date | None = None
    end: date | None = None
    """Both inclusive; an event matches when its own interval overlaps."""
    text: str | None = None
    """Words that must all occur in title, summary, place names, actors or sources; case and diacritics are folded."""
    municipalities: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    filter: Filter | None = None
    unlocated_match: bool = False
    """OGC item pages: a feature without geometry matches every box, and one without a date every date range."""

    @property
    def is_spatial(self) -> bool:
        """Whether a box, polygon, radius or distance to the border is asked for."""
        return any(x is not None for x in (self.bbox, self.polygon, self.near, self.within_m))
