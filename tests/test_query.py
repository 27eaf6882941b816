import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import query
from geo.errors import InvalidInput
from geo.model import BBox, Criteria, LonLat
from geo.store import Count, Store, open_store
from tests.factories import criteria, deployment, incident, measure
from tests.oracle import ids

POSSIBLE, LIKELY, CERTAIN = measure(1_100), measure(900), measure(700)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "store.gpkg")
    events = [
        incident("certain", border=CERTAIN, at=LonLat(20.80, 42.9)),
        incident("likely", border=LIKELY, at=LonLat(20.81, 42.9), start=date(2022, 5, 1)),
        incident("possible", border=POSSIBLE, at=LonLat(20.82, 42.9)),
        incident("area", at=None, area_id="north", border=measure(2_000, spread_m=2_000)),
        deployment("far", border=measure(40_000, km=300.0)),
        incident("draft", status="draft", border=CERTAIN),
    ]
    opened.put(events, who="x", why="x", action="ingest")
    yield opened
    opened.close()


def near(store: Store, certainty: str) -> dict[str, str]:
    page = query.near_border(store, 1_000, certainty=certainty)  # type: ignore[arg-type]
    features = [json.loads(feature) for feature in page.features]
    assert page.number_matched == len(features)
    return {f["id"]: f["properties"]["certainty"] for f in features}


def test_near_the_border_each_certainty_contains_the_ones_before(store):
    assert near(store, "certain") == {"certain": "certain"}
    assert near(store, "likely") == {"certain": "certain", "likely": "likely"}
    everything = {"certain": "certain", "likely": "likely", "possible": "possible", "area": "possible"}
    assert near(store, "possible") == everything


def test_along_a_stretch_of_the_line(store):
    assert ids(query.along(store, 290, 310).features) == ["far"]
    assert set(ids(query.along(store, None, 290).features)) == {"certain", "likely", "possible", "area"}
    with pytest.raises(InvalidInput, match="stretch"):
        query.along(store, 310, 290)


def test_the_nearest_come_first_with_their_distance(store):
    found = query.nearest(store, LonLat(20.80, 42.9), 2)
    assert ids(n.feature for n in found) == ["certain", "likely"]
    assert [n.distance_m for n in found] == pytest.approx([0, 816.7], abs=0.1)


def test_a_page_larger_than_the_limit_is_cut(store, monkeypatch):
    monkeypatch.setattr(query, "MAX_LIMIT", 2)
    page = query.find(store, Criteria(), limit=1_000_000)
    assert (len(page.features), page.number_matched, page.next_cursor is not None) == (2, 5, True)
    assert len(query.nearest(store, LonLat(20, 42), 1_000_000)) == 2


def test_counts(store):
    assert query.counts(store, Criteria(), "year") == {"2022": 1, "2023": 4}
    assert query.counts(store, Criteria(), "municipality") == {"": 5}


def test_every_event_is_streamed_in_order(store):
    assert ids(query.every(store, Criteria(), sort="date_start"))[0] == "likely"
    assert len(list(query.every(store, Criteria(statuses=("draft",))))) == 1


@pytest.mark.parametrize(
    ("asked", "count", "words"),
    [
        (
            Criteria(kinds=("incident",), start=date(2023, 1, 1), end=date(2023, 12, 31), within_m=15_000),
            Count(87, 9, 2),
            "87 incidents, 1 Jan–31 Dec 2023, possibly within 15 km of the border; 9 known only by area, 2 not placed",
        ),
        (Criteria(), 1, "1 event"),
        (Criteria(), 12_345, "12,345 events"),
        (Criteria(kinds=("deployment",)), 0, "0 deployments"),
        (Criteria(within_m=800, certainty="certain", sides=("XK",)), 2,
         "2 events, certainly within 800 m of the border, on the Kosovo side"),
        (Criteria(start=date(2023, 9, 24), end=date(2023, 9, 24)), 3, "3 events, 24 Sep 2023"),
        (Criteria(start=date(2023, 9, 24), end=date(2023, 9, 30)), 3, "3 events, 24–30 Sep 2023"),
        (Criteria(start=date(2022, 12, 1), end=date(2023, 1, 2)), 3, "3 events, 1 Dec 2022–2 Jan 2023"),
        (Criteria(start=date(2022, 12, 1)), 3, "3 events, from 1 Dec 2022"),
        (Criteria(end=date(2022, 12, 1)), 3, "3 events, until 1 Dec 2022"),
        (Criteria(text="{0} {x}"), 3, "3 events, with the words “{0} {x}”"),
        (Criteria(km_from=10, km_to=20.5), 3, "3 events, along the border from km 10 to 20.5"),
        (Criteria(bbox=BBox(20, 42, 21, 43)), Count(3, 0, 1), "3 events, in the box 20, 42, 21, 43; 1 not placed"),
        (Criteria(near=LonLat(20.5, 42), radius_m=5_000), 3, "3 events, within 5 km of 20.5, 42"),
        (Criteria(statuses=("draft",), municipalities=("Zvečan",)), 1, "1 event, draft, in Zvečan"),
    ],
)  # fmt: skip
def test_a_filter_in_words(asked, count, words):
    assert query.describe(asked, count) == words


def test_the_words_are_translated_and_the_line_is_called_as_the_operator_says():
    asked = Criteria(start=date(2023, 3, 1), within_m=1_000)
    german = {"{count} events": "{count} Ereignisse", "from {day}": "ab {day}"}
    formats = query.Formats(day=lambda day: f"{day.day}. März {day.year}")
    said = query.describe(asked, 2, translate=lambda text: german.get(text, text), wording="abl", formats=formats)
    assert said == "2 Ereignisse, ab 1. März 2023, possibly within 1 km of the boundary line"


def test_what_is_surely_within_comes_first_and_the_parts_add_up(store):
    asked = Criteria(within_m=1_000)
    count = store.count(asked)
    parts = query.sureness(store, asked, count)
    assert parts == query.Sureness(likely=2, possible=1)
    assert query.describe(asked, count, parts=parts) == (
        "2 events, certainly or likely within 1 km of the border;"
        " 1 more possibly within, 1 more known only by area; 4 in all"
    )
    nothing_more = Criteria(within_m=1_000, text="absent")
    count = store.count(nothing_more)
    said = query.describe(nothing_more, count, parts=query.sureness(store, nothing_more, count))
    assert said == "0 events, with the words “absent”, certainly or likely within 1 km of the border"


@pytest.mark.parametrize("asked", [Criteria(), Criteria(within_m=1_000, certainty="likely")])
def test_only_what_is_possibly_within_is_parted(store, asked):
    assert query.sureness(store, asked, store.count(asked)) is None


@given(asked=criteria(), number=st.integers(0, 10**9))
def test_any_filter_has_words(asked, number):
    said = query.describe(asked, Count(number, 0, 0))
    assert said.startswith(f"{number:,} ")
    has_filter = asked != Criteria(kinds=asked.kinds, certainty=asked.certainty, unlocated_match=asked.unlocated_match)
    assert ("," in said.removeprefix(f"{number:,}")) == has_filter
