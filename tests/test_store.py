"""The contract of a store, over every back end; `test_sqlite.py` holds what only the embedded one promises."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.errors import InvalidInput, NotFound
from geo.model import STATUSES, BBox, Criteria, Event, LonLat
from geo.record import record
from geo.store import Store
from geo.store.interface import DIMENSIONS, SORTS
from tests.back_ends import ANY, BACK_ENDS, SLOW, each_back_end, put
from tests.factories import criteria, event_lists, events, incident, measure, positions
from tests.oracle import GEOD, ids, in_order, matching, verdict


@pytest.fixture(params=BACK_ENDS)
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    with BACK_ENDS[request.param]() as opened:
        yield opened


# Queries against the truth


@each_back_end
@SLOW
@given(events=event_lists(), asked=criteria())
def test_what_a_page_and_a_count_say_is_what_looking_at_every_event_says(back_end, events, asked):
    with BACK_ENDS[back_end]() as store:
        put(store, *events)
        verdicts = [verdict(event, asked) for event in events]
        right = matching(events, asked)
        page = store.page(asked, limit=1000)
        assert ids(page.features) == in_order(right, lambda e: e.facts.when.start, is_descending=True)
        assert page.number_matched == len(right)
        assert page.not_placed == verdicts.count(None)
        areas = [e for e in right if e.location.position is None and e.location.area_id is not None]
        assert page.area_only == len(areas)
        counted = store.count(asked)
        assert (counted.number_matched, counted.area_only, counted.not_placed) == (
            page.number_matched,
            page.area_only,
            page.not_placed,
        )
        assert sorted(ids(store.iterate(asked))) == sorted(e.id for e in right)


@each_back_end
@SLOW
@given(data=st.data(), asked=criteria())
def test_counts_stay_right_while_events_change(back_end, data, asked):
    asked = replace(asked, statuses=("published",), text=None, polygon=None, near=None, radius_m=None)
    now: dict[str, Event] = {}
    with BACK_ENDS[back_end]() as store:
        for _ in range(data.draw(st.integers(2, 5))):
            changed = {event.id: event for event in data.draw(event_lists(max_size=8))}
            again = data.draw(st.lists(st.sampled_from(sorted(now)), max_size=3, unique=True)) if now else []
            changed |= {i: replace(data.draw(events()), id=i) for i in again}
            store.put(changed.values(), who="x", why="x", action="edit")
            now |= changed
            for what in (Criteria(), Criteria(within_m=5_000), Criteria(bbox=BBox(20, 42, 21, 43)), asked):
                verdicts = [verdict(event, what) for event in now.values()]
                counted = store.count(what)
                assert (counted.number_matched, counted.not_placed) == (verdicts.count(True), verdicts.count(None))


@each_back_end
@SLOW
@given(events=event_lists(), asked=criteria(), sort=st.sampled_from(SORTS), limit=st.integers(1, 7))
def test_pages_neither_skip_nor_repeat_whatever_the_sort(back_end, events, asked, sort, limit):
    with BACK_ENDS[back_end]() as store:
        put(store, *events)
        stamps = {e.id: store.get(e.id, statuses=STATUSES).event.updated_at for e in events}
        values = {
            "date_start": lambda e: record(e)["date_start"],
            "border_distance_m": lambda e: record(e)["border_distance_m"],
            "fatalities": lambda e: e.facts.fatalities,
            "updated_at": lambda e: stamps[e.id],
            "id": lambda e: e.id,
        }
        found, cursor, numbers = [], None, set()
        while True:
            page = store.page(asked, sort=sort, limit=limit, cursor=cursor)
            assert len(page.features) <= limit
            found += ids(page.features)
            numbers.add(page.number_matched)
            cursor = page.next_cursor
            if cursor is None:
                break
        right = in_order(matching(events, asked), values[sort.removeprefix("-")], is_descending=sort.startswith("-"))
        assert found == right
        assert numbers == {len(right)}
        assert ids(store.iterate(asked, sort=sort)) == right


@each_back_end
@SLOW
@given(events=event_lists(), asked=criteria(), by=st.sampled_from(DIMENSIONS))
def test_counts_add_up_to_the_groups_of_what_matches(back_end, events, asked, by):
    names = {
        "month": lambda r: (r["date_start"] or "")[:7],
        "year": lambda r: (r["date_start"] or "")[:4],
        "type": lambda r: r["event_type"],
        "kind": lambda r: r["kind"],
        "municipality": lambda r: r["municipality"] or "",
        "side": lambda r: r["border_side"] or "",
    }
    with BACK_ENDS[back_end]() as store:
        put(store, *events)
        right = Counter(names[by](record(e)) for e in matching(events, asked))
        assert dict(store.counts(asked, by)) == dict(right)


@each_back_end
@SLOW
@given(events=event_lists(), asked=criteria(), at=positions(), k=st.integers(1, 6))
def test_the_nearest_are_those_that_a_geodesic_to_every_event_finds(back_end, events, asked, at, k):
    with BACK_ENDS[back_end]() as store:
        put(store, *events)
        right = sorted(
            (GEOD.inv(*at, *e.location.position)[2], e.id)
            for e in matching(events, asked)
            if e.location.position is not None
        )[:k]
        found = store.nearest(at, k, asked)
        assert ids(n.feature for n in found) == [event_id for _, event_id in right]
        assert [n.distance_m for n in found] == pytest.approx([metres for metres, _ in right], abs=1e-6)


def test_every_feature_says_how_certainly_it_is_within_the_distance(store):
    for event_id, distance_m in (("a", 500.0), ("b", 950.0), ("c", 1_100.0)):
        put(store, incident(event_id, border=measure(distance_m, spread_m=200)))
    asked = Criteria(within_m=1_000)
    said = {"a": "certain", "b": "likely", "c": "possible"}
    for features in (
        store.page(asked).features,
        tuple(store.iterate(asked)),
        tuple(n.feature for n in store.nearest(LonLat(20.8, 42.97), 3, asked)),
    ):
        found = {json.loads(f)["id"]: json.loads(f)["properties"]["certainty"] for f in features}
        assert found == said
    assert b'"certainty"' not in store.page(Criteria()).features[0]


def test_an_event_known_by_an_area_is_near_the_border_but_in_no_box(store):
    put(
        store,
        incident("area", at=None, area_id="north", border=measure(15_000, spread_m=15_000)),
        incident("nowhere", at=None),
        incident("pin"),
    )
    near = store.page(Criteria(within_m=5_000))
    assert set(ids(near.features)) == {"area", "pin"}
    assert (near.area_only, near.not_placed) == (1, 1)
    box = store.page(Criteria(bbox=BBox(20, 42, 21, 43)))
    assert ids(box.features) == ["pin"]
    assert (box.number_matched, box.not_placed) == (1, 2)
    ogc = store.page(Criteria(bbox=BBox(0, 0, 1, 1), unlocated_match=True))
    assert set(ids(ogc.features)) == {"area", "nowhere"}
    assert ogc.not_placed == 0


def test_an_event_without_a_date_matches_every_date_range_only_where_the_standard_asks_for_it(store):
    put(store, incident("dated"), incident("undated", start=None), incident("nowhere", at=None, start=None))
    asked = Criteria(start=date(2023, 3, 1), end=date(2023, 3, 1))
    ogc = replace(asked, unlocated_match=True)
    for _ in range(3):
        assert store.count(asked).number_matched == store.page(asked).number_matched == 1
        assert store.count(ogc).number_matched == store.page(ogc).number_matched == 3
    assert ids(store.page(ogc).features) == ["dated", "undated", "nowhere"]
    assert ids(store.page(ogc, sort="date_start").features) == ["dated", "nowhere", "undated"]


def test_words_are_found_in_either_script_with_and_without_accents(store):
    put(store, incident("e1", title="Pucnjava u Zvečanu", summary="Në Zveçan pati të shtëna"), incident("e2"))
    for words in ("zvecan", "ЗВЕЧАН", "Zveçan shtena", "pucnj"):
        assert ids(store.page(Criteria(text=words)).features) == ["e1"], words
    assert store.count(Criteria(text="zvecan AND")).number_matched == 0
    assert store.count(Criteria(text='" OR 1=1 --')).number_matched == 0


def test_the_default_sees_published_events_and_nothing_else(store):
    put(store, incident("p"), incident("d", status="draft"), incident("w", status="withdrawn"))
    assert ids(store.page(Criteria()).features) == ["p"]
    assert store.count(Criteria()).number_matched == 1
    assert sum(store.counts(Criteria(), "kind").values()) == 1
    assert ids(n.feature for n in store.nearest(LonLat(20, 42), 9, Criteria())) == ["p"]
    assert ids(store.iterate(Criteria())) == ["p"]
    assert [c.id for c in store.changes(0)] == ["p"]
    for hidden in ("d", "w"):
        with pytest.raises(NotFound):
            store.get(hidden)
        assert store.get(hidden, statuses=STATUSES).event.id == hidden
    assert store.count(ANY).number_matched == 3


@pytest.mark.parametrize(
    "asked",
    [
        Criteria(within_m=math.nan),
        Criteria(within_m=-1),
        Criteria(within_m=math.inf),
        Criteria(near=LonLat(20, 42)),
        Criteria(radius_m=5),
        Criteria(near=LonLat(20, 42), radius_m=math.nan),
        Criteria(km_from=math.nan),
        Criteria(km_from=3, km_to=2),
        Criteria(start=date(2023, 2, 1), end=date(2023, 1, 1)),
        Criteria(polygon="POLYGON ((20 42, 21 42"),
        Criteria(polygon="POINT (20 42)"),
        Criteria(polygon="POLYGON EMPTY"),
        Criteria(polygon="POLYGON ((0 0, 1 1, 1 0, 0 1, 0 0))"),
        Criteria(polygon="POLYGON ((0 0, 900 0, 900 900, 0 0))"),
        Criteria(polygon="POLYGON ((0 0, nan 0, 1 1, 0 0))"),
        Criteria(text="!!!"),
        Criteria(text="\ud800"),
        Criteria(ids=("\ud800",)),
        Criteria(statuses=()),
        Criteria(statuses=("secret",)),  # type: ignore[arg-type]
        Criteria(within_m=1, certainty="maybe"),  # type: ignore[arg-type]
    ],
    ids=repr,
)
def test_criteria_that_cannot_be_used_are_refused(store, asked):
    put(store, incident())
    for ask in (store.page, store.count):
        with pytest.raises(InvalidInput):
            ask(asked)


def test_a_cursor_that_this_store_did_not_give_out_is_refused(store):
    put(store, *(incident(f"e{n}") for n in range(3)))
    good = store.page(Criteria(), limit=1).next_cursor
    bad = ["x", "AAAA", "W10", "é", "a" * 5_000, good[:-3], "WyItZGF0ZV9zdGFydCIsW10sImUiXQ", "bnVsbA", "[" * 1_500]
    for cursor in bad:
        with pytest.raises(InvalidInput, match="cursor"):
            store.page(Criteria(), limit=1, cursor=cursor)
    with pytest.raises(InvalidInput, match="another sort"):
        store.page(Criteria(), limit=1, cursor=good, sort="date_start")


@given(cursor=st.text(max_size=60))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_cursor_breaks_the_store(store, cursor):
    try:
        store.page(Criteria(), cursor=cursor)
    except InvalidInput as error:
        assert "cursor" in str(error)


@pytest.mark.parametrize("wrong", [{"sort": "title"}, {"sort": "id; DROP TABLE events"}, {"limit": 0}, {"limit": -1}])
def test_a_sort_or_limit_that_cannot_be_used_is_refused(store, wrong):
    with pytest.raises(InvalidInput):
        store.page(Criteria(), **wrong)


def test_counts_and_nearest_refuse_what_they_do_not_know(store):
    with pytest.raises(InvalidInput):
        store.counts(Criteria(), "colour")
    with pytest.raises(InvalidInput):
        store.nearest(LonLat(20, 42), 0, Criteria())
