"""Events read in and a store in; marks for the reviewer out, and nothing merged, moved or told to the public."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from app.config import Settings
from geo.crs import geod
from geo.duplicates import FAR_DAYS, NEAR_DAYS, likeness, marked, outline, repeating
from geo.extract.lexicon import FAMILIES
from geo.geojson import feature
from geo.model import INCIDENT_TYPES, STATUSES, Event, LonLat, When
from geo.store import Store, open_store
from tests.factories import deployment, events, incident
from tests.made_files import item, rss

Ibar = Callable[..., Result]
HERE = LonLat(20.78, 42.97)
DAY = date(2023, 9, 24)


def made(event_id: str, *, at: LonLat | None = HERE, day: date | None = DAY, **facts: Any) -> Event:
    basis = {"event_type": "armed_clash", "when": When(start=day, date_prec=1), "fatalities": None}
    wide = facts.pop("uncertainty_m", 1_000.0)
    event = incident(event_id, at=at)
    toll = {"fatalities_low": facts.get("fatalities"), "fatalities_high": facts.get("fatalities")}
    location = replace(event.location, position=at, uncertainty_m=wide, area_id=facts.pop("area_id", None))
    return replace(event, facts=replace(event.facts, **{**basis, **toll, **facts}), location=location)


def alike(one: Event, other: Event) -> bool:
    return likeness(outline(feature(one)), outline(feature(other))) is not None


@pytest.mark.parametrize(
    ("other", "is_alike"),
    [
        ({}, True),
        ({"event_type": "shooting"}, True),
        ({"event_type": "protest"}, False),
        ({"day": DAY + timedelta(days=NEAR_DAYS)}, True),
        ({"day": DAY - timedelta(days=NEAR_DAYS + 1)}, False),
        ({"when": When(start=date(2023, 9, 1), end=date(2023, 9, 30), date_prec=4)}, True),
        ({"day": None}, False),
        ({"at": None, "area_id": None}, False),
        ({"at": None, "area_id": "mun:zvecan"}, False),
        ({"at": LonLat(20.80, 42.97)}, True),
        ({"at": LonLat(20.81, 42.97)}, False),
        ({"at": LonLat(20.81, 42.97), "uncertainty_m": 5_000.0}, True),
    ],
)
def test_alike_without_dead(other: dict[str, Any], is_alike: bool) -> None:
    assert alike(made("a"), made("b", **other)) is is_alike


@pytest.mark.parametrize(
    ("other", "is_alike"),
    [
        ({"fatalities": 4, "day": DAY + timedelta(days=NEAR_DAYS + 1)}, True),
        ({"fatalities": 4, "day": DAY - timedelta(days=FAR_DAYS)}, True),
        ({"fatalities": 4, "day": DAY + timedelta(days=FAR_DAYS + 1)}, False),
        ({"fatalities": 4, "day": None}, True),
        ({"fatalities": 3, "day": DAY + timedelta(days=30)}, False),
        ({"fatalities_low": 3, "fatalities_high": 5, "day": DAY + timedelta(days=30)}, True),
        ({"fatalities": None, "day": DAY + timedelta(days=30)}, False),
        ({"fatalities": 3}, True),
    ],
)
def test_the_same_number_of_dead_reaches_farther(other: dict[str, Any], is_alike: bool) -> None:
    assert alike(made("a", fatalities=4), made("b", **other)) is is_alike


def test_an_area_is_only_like_itself() -> None:
    one = made("a", at=None, area_id="mun:zvecan")
    assert alike(one, made("b", at=None, area_id="mun:zvecan"))
    assert not alike(one, made("b", at=None, area_id="north"))


def test_deployments_of_different_forces_are_different() -> None:
    one = deployment("a")
    one = replace(one, facts=replace(one.facts, force="KFOR"))
    for fields, is_alike in (({}, True), ({"force": "Kosovo Police"}, False), ({"force": ""}, True)):
        assert alike(one, replace(one, id="b", facts=replace(one.facts, **fields))) is is_alike


@given(one=events(), other=events())
def test_likeness_does_not_depend_on_which_is_which(one: Event, other: Event) -> None:
    first, second = outline(feature(one)), outline(feature(other))
    assert likeness(first, second) == likeness(second, first)


@given(one=events())
def test_an_event_is_like_its_copy_and_never_itself(one: Event) -> None:
    mine = outline(feature(one))
    assert likeness(mine, mine) is None
    is_comparable = mine.first is not None and (mine.position is not None or mine.area_id is not None)
    assert (likeness(mine, replace(mine, id="another")) is not None) >= is_comparable


@given(
    days=st.integers(-200, 200),
    metres=st.floats(0, 20_000),
    bearing=st.floats(0, 360),
    first=st.sampled_from(INCIDENT_TYPES),
    second=st.sampled_from(INCIDENT_TYPES),
    tolls=st.tuples(st.none() | st.integers(0, 3), st.none() | st.integers(0, 3)),
    widths=st.tuples(st.floats(0, 9_000), st.floats(0, 9_000)),
)
def test_whatever_is_marked_fits_in_family_place_day_and_toll(
    days: int, metres: float, bearing: float, first: str, second: str, tolls: Any, widths: Any
) -> None:
    lon, lat, _ = geod().fwd(HERE.lon, HERE.lat, bearing, metres)
    one = made("a", event_type=first, fatalities=tolls[0], uncertainty_m=widths[0])
    day = DAY + timedelta(days=days)
    at = LonLat(lon, lat)
    other = made("b", at=at, day=day, event_type=second, fatalities=tolls[1], uncertainty_m=widths[1])
    is_near = abs(days) <= NEAR_DAYS or (abs(days) <= FAR_DAYS and bool(tolls[0]) and tolls[0] == tolls[1])
    is_family = FAMILIES[first] == FAMILIES[second]
    if abs(metres - sum(widths)) > 1:  # positions are written to a tenth of a metre
        assert alike(one, other) is (is_near and is_family and metres <= sum(widths))


# Against a store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "store.gpkg")
    yield opened
    opened.close()


def marks(documents: list[list[Event]], store: Store) -> list[str | None]:
    return [event.possible_duplicate_of for event in marked(documents, store)]


def test_the_nearest_in_time_is_named_and_of_equals_the_published_one(store: Store) -> None:
    kept = [
        replace(made("draft"), status="draft"),
        replace(made("public"), status="published"),
        replace(made("day-after", day=DAY + timedelta(days=1)), status="published"),
        replace(made("withdrawn"), status="withdrawn"),
    ]
    store.put(kept, who="a", why="b", action="edit")
    assert marks([[made("new")]], store) == ["public"]
    assert marks([[made("new", day=DAY + timedelta(days=2))]], store) == ["day-after"]
    assert marks([[made("new", day=DAY + timedelta(days=9))]], store) == [None]
    assert [event.possible_duplicate_of for event in repeating([made("new"), made("public")], store)] == [
        "public",
        "draft",
    ]


def test_events_of_one_document_never_repeat_each_other_and_those_of_two_may(store: Store) -> None:
    store.put([made("first")], who="a", why="b", action="edit")
    assert marks([[made("first"), made("second")]], store) == [None, None]
    assert marks([[made("x", at=LonLat(20.9, 42.9))], [made("y", at=LonLat(20.9, 42.9))]], store) == [None, "x"]


@given(found=st.lists(events(), max_size=4, unique_by=lambda e: e.id), edge=st.sampled_from((date.min, date.max)))
def test_only_the_mark_changes(found: list[Event], edge: date) -> None:
    class Empty:
        def iterate(self, _criteria: object) -> tuple[bytes, ...]:
            return ()

    given_events = [*found, made("edge", day=edge, fatalities=1)]
    out = list(marked([given_events], Empty()))  # type: ignore[arg-type]
    assert [replace(e, possible_duplicate_of=None) for e in out] == [
        replace(e, possible_duplicate_of=None) for e in given_events
    ]


LOOKING_BACK = (
    "A police officer and three attackers were killed in a shoot-out in the village of Banjska on 2 November 2023,"
    " police said."
)


def test_article_that_dates_the_event_otherwise_goes_to_review_with_both_dates(
    ibar: Ibar, settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_text(LOOKING_BACK, encoding="utf-8")
    done = ibar("ingest", str(path), "--published", "2023-11-07")
    assert "1 event stored as drafts (1 may repeat another)" in done.stdout
    listed = ibar("review", "list").stdout
    assert "may repeat" in listed
    event_id = listed.splitlines()[1].split()[0]
    shown = ibar("review", "show", event_id).stdout
    assert "xk-20230924-01 (published)" in shown
    assert "2023-09-24; this one: 2023-11-02" in shown
    assert ibar("review", "accept", event_id, "--why", "looked at both").exit_code == 0
    kept = open_store(settings.store)
    stored = kept.get(event_id, statuses=STATUSES).event
    kept.close()
    assert (stored.facts.when.start, stored.possible_duplicate_of) == (date(2023, 11, 2), "xk-20230924-01")


def test_a_mark_is_not_public(client: FlaskClient, app: Any) -> None:
    store = app.extensions["ibar"].store
    event = replace(store.get("clash").event, id="again", possible_duplicate_of="draft-secret")
    store.put([event], who="a", why="b", action="edit")
    for address in ("/api/events/again", "/events/again", "/api/events", "/api/events?f=csv"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert b"draft-secret" not in answer.data


def test_two_items_of_a_feed_may_tell_of_one_event(ibar: Ibar, tmp_path: Path) -> None:
    path = tmp_path / "news.rss"
    told = "Unknown persons threw a hand grenade at a house in Leposavić on 3 May 2027"
    path.write_bytes(
        rss(item("One", f"{told}. Nobody was hurt."), item("Two", f"Police: {told}, late in the evening."))
    )
    assert "2 events stored as drafts (1 may repeat another)" in ibar("ingest", str(path)).stdout
    assert "nothing changed" in ibar("ingest", str(path)).stdout


def test_rows_of_a_table_are_marked_too(ibar: Ibar, tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "events.csv"
    path.write_text(
        "id,kind,event_type,date_start,place_name,municipality,fatalities\n"
        "mine,incident,armed_clash,2023-09-25,Banjska,Zvečan,4\nother,incident,arson,2023-09-25,Banjska,Zvečan,\n",
        encoding="utf-8",
    )
    assert "(1 may repeat another)" in ibar("ingest", str(path)).stdout
    kept = open_store(settings.store)
    assert kept.get("mine", statuses=STATUSES).event.possible_duplicate_of == "xk-20230924-01"
    assert kept.get("other", statuses=STATUSES).event.possible_duplicate_of is None
    kept.close()


def test_every_incident_type_has_a_family() -> None:
    assert set(INCIDENT_TYPES) <= FAMILIES.keys()


@pytest.mark.evaluation
@pytest.mark.skipif("IBAR_EVAL_DIR" not in os.environ, reason="IBAR_EVAL_DIR is not set")
def test_the_article_that_looks_back_at_banjska_goes_to_review(ibar: Ibar) -> None:
    """It was written in November of an event of 24 September, which it dates otherwise."""
    article = Path(os.environ["IBAR_EVAL_DIR"]) / "article-2023-11-07.txt"
    assert "(1 may repeat another)" in ibar("ingest", str(article), "--published", "2023-11-07").stdout
    marked_rows = [row for row in ibar("review", "list").stdout.splitlines() if row.endswith("xk-20230924-01")]
    assert len(marked_rows) == 1
    assert "2023-11-04" in marked_rows[0]
