"""Clusters and bins against a direct count of the store: for any filter and view, also while rows are written."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import h3
import numpy as np
import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from geo.model import BBox, Criteria, Event, LonLat
from geo.store import Store, open_store
from geo.tiles import Clusters, Keeper, cells_in, hexagons, histogram, kinds_by_month, strip, types
from tests.back_ends import SLOW, decision, embedded, put
from tests.factories import criteria, event_lists, incident

WORLD = BBox(-180, -90, 180, 90)
KOSOVO = BBox(19.9, 41.8, 21.9, 43.4)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store(tmp_path / "ibar.gpkg")) as opened:
        yield opened


def public(asked: Criteria) -> Criteria:
    """What clusters are asked for: published events, and the view apart."""
    return replace(asked, statuses=("published",), bbox=None, unlocated_match=False)


def cell_box(found: Clusters, row: int) -> BBox:
    """The box of a cell, worked out from the definition of the grid; its east and south edges belong to the next."""
    number = 2**found.level
    x, y = int(found.xs[row]), int(found.ys[row])
    south, north = (math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * edge / number)))) for edge in (y + 1, y))
    tiny = 1e-11
    return BBox(
        x / number * 360 - 180,
        -90 if y == number - 1 else south + tiny,
        (x + 1) / number * 360 - 180 - tiny,
        90 if y == 0 else north,
    )


@SLOW
@given(events=event_lists(), more=event_lists(max_size=8), asked=criteria(), zoom=st.integers(0, 17))
def test_every_filter_counts_what_the_store_counts_before_and_after_a_write(
    events: list[Event], more: list[Event], asked: Criteria, zoom: int
) -> None:
    asked = public(asked)
    with embedded() as store:
        keeper = Keeper(store)
        for batch in (events, [e for e in more if e.id not in {known.id for known in events}]):
            put(store, *batch)
            pyramid, selection = keeper.select(asked)
            count = store.count(asked)
            assert pyramid.revision == store.revision()
            assert len(selection) == count.number_matched
            located = store.count(replace(asked, bbox=WORLD)).number_matched
            assert len(selection.located) == located
            assert int(pyramid.clusters(selection, WORLD, zoom).counts.sum()) == located
            assert types(pyramid, selection) == store.counts(asked, "type")
            bins = histogram(pyramid, selection)
            assert sum(bins.counts) + bins.undated == count.number_matched


@SLOW
@given(events=event_lists(), asked=criteria(), zoom=st.integers(3, 12))
def test_each_cluster_counts_the_events_of_its_cell(events: list[Event], asked: Criteria, zoom: int) -> None:
    asked = public(asked)
    with embedded() as store:
        put(store, *events)
        pyramid, selection = Keeper(store).select(asked)
        found = pyramid.clusters(selection, KOSOVO, zoom, within_m=asked.within_m)
        assert found.shares.counts.sum(axis=1).tolist() == found.counts.tolist()
        for row, number in enumerate(found.counts.tolist()):
            here = replace(asked, bbox=cell_box(found, row))
            assert store.count(here).number_matched == number
            shares = dict(zip(found.shares.names, found.shares.counts[row].tolist(), strict=True))
            assert {name: n for name, n in shares.items() if n} == store.counts(here, "type")
            if found.certainties is not None:
                surely = dict(zip(found.certainties.names, found.certainties.counts[row].tolist(), strict=True))
                certain, likely = (
                    store.count(replace(here, certainty=sure)).number_matched for sure in ("certain", "likely")
                )
                if asked.certainty == "possible":
                    assert surely.get("certain", 0) == certain
                    assert surely.get("likely", 0) == likely - certain
                assert sum(surely.values()) == number


@SLOW
@given(events=event_lists(), asked=criteria())
def test_areas_are_counted_as_the_store_counts_them(events: list[Event], asked: Criteria) -> None:
    asked = public(asked)
    with embedded() as store:
        put(store, *events)
        pyramid, selection = Keeper(store).select(asked)
        found = pyramid.areas(selection)
        assert sum(found.values()) == store.count(asked).area_only
        for area, number in found.items():
            both = replace(asked, areas=(area,)) if not asked.areas else asked
            assert number <= store.count(both).number_matched


@given(
    lon=st.floats(-180, 180),
    lat=st.floats(-89, 89),
    width=st.floats(0, 5),
    height=st.floats(0, 3),
    zoom=st.integers(3, 17),
)
def test_cells_cover_the_view_and_are_never_too_many(
    lon: float, lat: float, width: float, height: float, zoom: int
) -> None:
    view = BBox(lon, lat, min(180, lon + width), min(89, lat + height))
    cells = cells_in(view, zoom)
    assert 1 <= len(cells.xs) <= 4096
    assert len({*zip(cells.xs.tolist(), cells.ys.tolist(), strict=True)}) == len(cells.xs)


def test_a_cluster_stands_on_an_event(store: Store) -> None:
    at = [LonLat(20.8, 42.9), LonLat(20.801, 42.901), LonLat(20.802, 42.902)]
    put(store, *(incident(f"e{n}", at=place) for n, place in enumerate(at)))
    pyramid, selection = Keeper(store).select(Criteria())
    found = pyramid.clusters(selection, KOSOVO, 8)
    assert found.counts.tolist() == [3]
    assert LonLat(float(found.lons[0]), float(found.lats[0])) in at


def test_withdrawn_and_draft_events_are_in_nothing(store: Store) -> None:
    put(store, incident("seen"), incident("draft", status="draft"), incident("gone"))
    keeper = Keeper(store)
    assert len(keeper.select(Criteria())[1]) == 2
    store.decide("gone", decision("gone", "reject"), "withdrawn")
    pyramid, selection = keeper.select(Criteria())
    assert len(selection) == 1
    assert pyramid.clusters(selection, WORLD, 5).counts.sum() == 1
    assert sum(cell.count for cell in hexagons(pyramid, selection, KOSOVO, 9)) == 1
    store.decide("draft", decision("draft"), "published")
    assert len(keeper.select(Criteria())[1]) == 2
    assert len(keeper.select(Criteria(text="nowhere"))[1]) == 0


def test_no_count_is_stale_while_rows_are_written(store: Store) -> None:
    """What a reader gets is never less than what was written before it asked, nor more than after."""
    keeper, failures = Keeper(store), []
    written = [0]
    asked = Criteria(start=date(2023, 1, 1), end=date(2023, 12, 31))

    def write() -> None:
        for n in range(40):
            put(store, *(incident(f"e{n}-{i}", start=date(2023, 1, 1) + timedelta(days=i)) for i in range(5)))
            written[0] = 5 * (n + 1)

    def read() -> None:
        while writer.is_alive():
            before = written[0]
            pyramid, selection = keeper.select(asked)
            drawn = int(pyramid.clusters(selection, WORLD, 8).counts.sum())
            after = store.count(asked).number_matched
            if not before <= len(selection) == drawn <= after or drawn % 5:
                failures.append((before, len(selection), drawn, after))

    writer = threading.Thread(target=write)
    readers = [threading.Thread(target=read) for _ in range(3)]
    writer.start()
    for reader in readers:
        reader.start()
    for thread in (writer, *readers):
        thread.join()
    assert failures == []
    assert len(keeper.select(asked)[1]) == 200


def test_hexagons_are_the_cells_of_the_events(store: Store) -> None:
    places = [LonLat(20.0 + n / 37, 42.0 + n / 53) for n in range(30)]
    put(store, *(incident(f"e{n}", at=place) for n, place in enumerate(places)))
    pyramid, selection = Keeper(store).select(Criteria())
    for zoom, resolution in ((7, 4), (9, 5), (11, 6), (17, 9)):
        found = {cell.id: cell.count for cell in hexagons(pyramid, selection, WORLD, zoom)}
        names = [h3.latlng_to_cell(place.lat, place.lon, resolution) for place in places]
        assert set(found) == set(names)
        assert sum(found.values()) == len(places)


def test_strip_and_months_count_each_event_once(store: Store) -> None:
    days = (date(2022, 5, 1), date(2023, 3, 1), date(2023, 3, 9))
    put(store, *(incident(f"e{n}", start=day) for n, day in enumerate(days)), incident("far", at=LonLat(19.0, 44.0)))
    pyramid, selection = Keeper(store).select(Criteria())
    stretch_km, counts = strip(pyramid, selection)
    assert stretch_km == 10
    assert counts == [(10, "2022", 1), (10, "2023", 3)]
    assert kinds_by_month(pyramid, selection, KOSOVO) == {"shooting": {"2022-05": 1, "2023-03": 2}}


def test_a_long_time_is_counted_by_year(store: Store) -> None:
    put(store, incident("old", start=date(1950, 6, 1)), incident("new"), incident("undated", start=None))
    bins = histogram(*Keeper(store).select(Criteria()))
    assert (bins.step, bins.starts[0], bins.starts[-1], bins.undated) == ("year", "1950", "2023", 1)
    assert np.sum(bins.counts) == 2


@pytest.mark.parametrize("asked", [Criteria(kinds=("deployment",)), Criteria(text="nothing")], ids=["arrays", "words"])
def test_periods_are_the_same_whatever_is_asked_for(store: Store, asked: Criteria) -> None:
    put(store, incident("a", start=date(2020, 3, 1)), incident("b", start=date(2023, 5, 1)))
    keeper = Keeper(store)
    every, _all = keeper.select(Criteria())
    bins = histogram(*keeper.select(asked), beside=every)
    assert (bins.starts[0], bins.starts[-1], sum(bins.counts)) == ("2020-03", "2023-05", 0)


@pytest.mark.parametrize("name", ["clusters", "hexagons", "histogram", "strip", "types-by-month"])
def test_answers_are_checked_and_cached(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/api/{name}?kind=incident")
    assert answer.status_code == 200
    told = answer.get_json()
    count = client.get("/api/events?kind=incident&limit=1").get_json()["numberMatched"]
    assert told["numberMatched"] == count
    again = client.get(f"/api/{name}?kind=incident", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert client.get(f"/api/{name}?kinds=incident").status_code == 400
    assert client.get(f"/api/{name}?bbox=1,2,3").status_code == 400


def test_clusters_of_a_view_leave_out_what_is_elsewhere(client: FlaskClient) -> None:
    told = client.get("/api/clusters?bbox=0,0,1,1&zoom=9").get_json()
    assert told["clusters"] == []
    assert told["located"] > 0
    assert client.get("/api/clusters?zoom=nine").status_code == 400
