"""Ready events and criteria for tests, and hypothesis strategies for arbitrary ones.

Events are put together here directly, so that the store is tested by itself; in the program only `locate` makes them.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from geo.model import (
    CERTAINTIES,
    DEPLOYMENT_TYPES,
    INCIDENT_TYPES,
    STAGES,
    STATUSES,
    SUPPORTS,
    BBox,
    BorderMeasure,
    Candidate,
    Criteria,
    Deployment,
    Event,
    Evidence,
    Facts,
    Incident,
    Location,
    LonLat,
    Place,
    Source,
    When,
)

WORDS = (
    "Zvečan",
    "Звечан",
    "Banjska",
    "Jarinje",
    "patrol",
    "Patrolling",
    "KFOR",
    "Ćuprija",
    "shots",
    "4",
    "a|b",
    "O'Neil",
)
MUNICIPALITIES = ("", "Zvečan", "Leposavić", "Zubin Potok", "Vushtrri")
AREAS = ("north", "mun:zvecan", "country:XK")


def measure(
    distance_m: float = 1_000.0, *, spread_m: float = 200.0, km: float = 100.0, side: str = "XK"
) -> BorderMeasure:
    return BorderMeasure(
        distance_m=distance_m,
        km=km,
        side=side,
        side_certain=distance_m > spread_m,
        min_m=max(0.0, distance_m - spread_m),
        likely_m=distance_m,
        max_m=distance_m + spread_m,
    )


ZVECAN, BONDSTEEL = LonLat(20.8, 42.97), LonLat(21.25, 42.37)


def incident(event_id: str = "e1", *, at: LonLat | None = ZVECAN, **given: Any) -> Incident:
    """A published incident at Zvečan on 1 March 2023; `given` replaces fields of event, facts, location or When."""
    return _event(Incident, event_id, at, {"event_type": "shooting", **given})


def deployment(event_id: str = "d1", *, at: LonLat | None = BONDSTEEL, **given: Any) -> Deployment:
    return _event(Deployment, event_id, at, {"event_type": "base", "stage": "stationed", **given})


def _event(made: Any, event_id: str, at: LonLat | None, given: dict[str, Any]) -> Any:
    given = {"start": date(2023, 3, 1), "border": measure() if at else None, "status": "published", **given}
    when = {name: given.pop(name) for name in ("start", "end", "date_prec", "time_precision") if name in given}
    of_facts = {name: given.pop(name) for name in tuple(given) if name in Facts.__dataclass_fields__}
    of_place = {name: given.pop(name) for name in tuple(given) if name in Location.__dataclass_fields__}
    sources = of_facts.pop("sources", (Source(name="Gazeta", url="https://example.org/1", date="2023-03-02"),))
    return made(
        id=event_id,
        facts=Facts(**of_facts, when=When(**when), sources=sources),
        location=Location(position=at, **of_place),
        **given,
    )


def positions() -> st.SearchStrategy[LonLat]:
    """Positions near the border, few enough to coincide, and anywhere on Earth with its poles and antimeridian."""
    near = st.builds(LonLat, st.integers(200, 216).map(lambda n: n / 10), st.integers(418, 433).map(lambda n: n / 10))
    edges = st.sampled_from([LonLat(180, 0), LonLat(-180, 0), LonLat(179.9, 10), LonLat(-179.9, 10), LonLat(0, 90)])
    lons = st.floats(-180, 180, allow_nan=False).map(lambda x: round(x, 6))
    lats = st.floats(-90, 90, allow_nan=False).map(lambda x: round(x, 6))
    return st.one_of(near, near, near, edges, st.builds(LonLat, lons, lats))


def texts() -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join)


def dates() -> st.SearchStrategy[date]:
    return st.one_of(st.dates(date(2022, 12, 1), date(2023, 2, 28)), st.dates(date(1999, 1, 1), date(2025, 12, 31)))


@st.composite
def whens(draw: st.DrawFn) -> When:
    start = draw(st.none() | dates())
    if start is None:
        return When()
    days = draw(st.sampled_from([None, None, 0, 1, 6, 30, 31, 32, 400, 9_000]))
    end = None if days is None else start + timedelta(days=days)
    return When(start=start, end=end, date_prec=draw(st.integers(1, 5)), time_precision=draw(st.none() | st.just(2)))


@st.composite
def measures(draw: st.DrawFn) -> BorderMeasure:
    numbers = st.sampled_from([0.0, 999.9, 1_000.0, 5_000.0, 5_000.1, 25_000.0]) | st.floats(0, 60_000)
    low, likely, high = sorted(draw(st.tuples(numbers, numbers, numbers)))
    return BorderMeasure(
        distance_m=draw(numbers),
        km=draw(st.floats(0, 363)),
        side=draw(st.sampled_from(["XK", "RS", "line", "ME"])),
        side_certain=draw(st.booleans()),
        min_m=low,
        likely_m=likely,
        max_m=high,
    )


@st.composite
def locations(draw: st.DrawFn) -> Location:
    how = draw(st.sampled_from(["position", "position", "position", "area", "nothing"]))
    return Location(
        position=draw(positions()) if how == "position" else None,
        area_id=draw(st.sampled_from(AREAS)) if how == "area" else None,
        border=None if how == "nothing" else draw(measures()),
        place_name=draw(texts()),
        place_name_sr=draw(texts()),
        toponym=draw(texts()),
        municipality="" if how == "nothing" else draw(st.sampled_from(MUNICIPALITIES)),
        uncertainty_m=draw(st.none() | st.floats(0, 50_000)),
        alternatives=draw(st.lists(candidates(), max_size=1).map(tuple)),
    )


def candidates() -> st.SearchStrategy[Candidate]:
    place = st.builds(
        Place,
        id=st.sampled_from(["GN:1", "GN:2"]),
        name_en=st.text(max_size=5),
        name_sq=st.just("Banjskë"),
        name_sr_latn=st.just("Banjska"),
        name_sr_cyrl=st.just("Бањска"),
        kind=st.just("settlement"),
        municipality=st.sampled_from(MUNICIPALITIES),
        country=st.just("XK"),
        position=positions(),
        radius_m=st.floats(0, 5_000),
        record=st.just("GN:1"),
        aliases=st.sampled_from([(), ("Banjica",)]),
    )
    return st.builds(Candidate, place=place, score=st.floats(0, 1), reasons=st.sampled_from([(), ("near Zvečan",)]))


@st.composite
def facts(draw: st.DrawFn, types: tuple[str, ...]) -> Facts:
    count = st.none() | st.integers(0, 30)
    sources = st.builds(Source, name=texts(), url=st.none() | st.just("https://example.org/?a=1&b=2"))
    spans = st.builds(Evidence, document_id=st.just("doc"), start=st.just(3), end=st.just(9), text=st.text(max_size=9))
    return Facts(
        event_type=draw(st.sampled_from(types)),
        title=draw(texts() | st.text(max_size=12)),
        summary=draw(texts()),
        when=draw(whens()),
        fatalities=draw(count),
        injured=draw(count),
        actors=draw(st.lists(st.sampled_from(WORDS), max_size=2).map(tuple)),
        unit=draw(texts()),
        stage=draw(st.sampled_from(("", *STAGES))),
        sources=draw(st.lists(sources, max_size=2).map(tuple)),
        support=draw(st.sampled_from(SUPPORTS)),
        confidence=draw(st.floats(0, 1)),
        evidence=draw(st.lists(spans, max_size=2).map(tuple)),
    )


@st.composite
def events(draw: st.DrawFn) -> Event:
    """Any event that the program could hold."""
    made, types = draw(st.sampled_from([(Incident, INCIDENT_TYPES), (Deployment, DEPLOYMENT_TYPES)]))
    return made(
        id=draw(st.text("abcdeŽ-_:.0123", min_size=1, max_size=6)),
        facts=draw(facts(types[:4])),
        location=draw(locations()),
        status=draw(st.sampled_from(("published", "published", "published", *STATUSES))),
    )


def event_lists(*, max_size: int = 25) -> st.SearchStrategy[list[Event]]:
    """Lists of any length up to the largest, long ones as often as short ones."""
    sizes = st.sampled_from(sorted({0, 1, max_size // 2, max_size}))
    return sizes.flatmap(lambda n: st.lists(events(), min_size=n, max_size=n, unique_by=lambda event: event.id))


@st.composite
def bboxes(draw: st.DrawFn) -> BBox:
    one, other = draw(positions()), draw(positions())
    return BBox(one.lon, min(one.lat, other.lat), other.lon, max(one.lat, other.lat))


def polygons() -> st.SearchStrategy[str]:
    return st.sampled_from(
        [
            "POLYGON ((20 42, 21 42, 21 43, 20 43, 20 42))",
            "POLYGON ((20 41.8, 21.6 41.8, 20 43.3, 20 41.8))",
            "POLYGON ((20 42, 22 42, 22 44, 20 44, 20 42), (20.4 42.4, 20.4 43, 21 43, 21 42.4, 20.4 42.4))",
            "MULTIPOLYGON (((179 -20, 180 -20, 180 20, 179 20, 179 -20)), ((-180 -20, -179 -20, -179 20, -180 -20)))",
        ]
    )


@st.composite
def criteria(draw: st.DrawFn) -> Criteria:
    """Any filter of up to three parts, so that most find something, whose events may have any status."""
    first, last = sorted(draw(st.tuples(dates(), dates())))
    low, high = sorted(draw(st.tuples(st.floats(0, 363), st.floats(0, 363))))
    parts: dict[str, st.SearchStrategy[dict[str, Any]]] = {
        "kind": _one("kinds", st.sampled_from([("incident",), ("deployment",)])),
        "type": _one("event_types", _some((*INCIDENT_TYPES[:4], *DEPLOYMENT_TYPES[:4]))),
        "box": _one("bbox", bboxes()),
        "polygon": _one("polygon", polygons()),
        "radius": st.fixed_dictionaries({"near": positions(), "radius_m": st.sampled_from(RADII_M)}),
        "border": st.fixed_dictionaries(
            {"within_m": st.sampled_from([0.0, 1e3, 5e3, 2e4, 6e4]), "certainty": st.sampled_from(CERTAINTIES)}
        ),
        "side": _one("sides", _some(("XK", "RS", "line"))),
        "stretch": st.fixed_dictionaries({"km_from": _perhaps(round(low, 2)), "km_to": _perhaps(round(high, 2))}),
        "dates": st.fixed_dictionaries({"start": _perhaps(first), "end": _perhaps(last)}),
        "words": _one("text", st.sampled_from(WORDS)),
        "municipality": _one("municipalities", _some(MUNICIPALITIES)),
        "area": _one("areas", _some(AREAS)),
    }
    asked: dict[str, Any] = {"unlocated_match": draw(st.booleans())}
    for name in draw(st.lists(st.sampled_from(sorted(parts)), max_size=3, unique=True)):
        asked |= draw(parts[name])
    return Criteria(statuses=draw(st.sampled_from([("published",), ("published",), STATUSES, ("draft",)])), **asked)


RADII_M = (0.0, 11_000.0, 120_000.0, 2_000_000.0, 15_000_000.0)


def _one(name: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({name: values})


def _perhaps(value: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from([None, value, value])


def _some(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=4, unique=True).map(tuple)
