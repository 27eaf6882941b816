"""The page of one event: what it says of the record, of what lies around it, and to machines."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from app.config import Settings
from geo import boundaries
from geo.crs import geod
from geo.model import Event, LonLat
from geo.nearby import nearest_crossing, surroundings
from geo.store import open_store
from tests.conftest import running


def linked_data(page: str) -> dict:
    found = re.search(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def test_page_names_crossing_history_citation_and_that_nothing_is_disputed(client: FlaskClient) -> None:
    page = client.get("/events/clash").text
    assert re.search(
        r"Nearest crossing point</dt><dd>.*?(Banjskë|Banjska|Jarinjë|Tabavije|Bërnjak|Brnjak)", page, re.DOTALL
    )
    assert "History of this record" in page
    assert "taken over from the shipped data set" in page
    assert "event clash, revision 1." in page
    assert "http://localhost/events/clash" in page
    assert "Nothing is recorded as disputed." in page
    assert "CC BY 4.0" in page


def back_of(client: FlaskClient, referrer: str | None, path: str = "/events/clash") -> str:
    given = {"Referer": referrer} if referrer else {}
    found = re.search(r'<p class="back"><a href="([^"]*)">', client.get(path, headers=given).text)
    assert found is not None
    return unescape(found[1])


def test_way_back_leads_to_the_map_at_the_event_with_the_filter_that_the_reader_had(client: FlaskClient) -> None:
    fresh = "http://localhost/?map=12/42.9728/20.7813&event=clash"
    assert back_of(client, None) == fresh
    assert back_of(client, "https://elsewhere.example/?q=x") == fresh
    assert back_of(client, "http://localhost/about?q=x") == fresh
    kept = back_of(client, "http://localhost/?q=fire&map=10/43/20.8&event=block&cursor=abc&lang=sq")
    assert kept == "http://localhost/?map=10/43/20.8&q=fire&lang=sq&event=clash"
    assert back_of(client, "http://localhost/?" + "&".join(f"a{n}=1" for n in range(99))) == fresh
    assert client.get(kept).status_code == 200
    assert back_of(client, None, "/events/raids") == "http://localhost/?event=raids"


@pytest.mark.parametrize(
    "query", ['q="><script>alert(1)</script>', "q=%22%3E%3Cb%3E&javascript:alert(1)", "q=%zz&&=&%"]
)
def test_way_back_is_an_address_of_this_site_whatever_is_sent(client: FlaskClient, query: str) -> None:
    page = client.get("/events/clash", headers={"Referer": f"http://localhost/?{query}"}).text
    found = re.search(r'<p class="back"><a href="([^"<>]*)">', page)
    assert found is not None
    assert found[1].startswith("http://localhost/?")
    assert "<script>alert" not in page


def test_page_shows_what_is_disputed(small_settings: Settings, make_event: Callable[..., Event]) -> None:
    store = open_store(small_settings.store)
    event = make_event(id="quarrel", disputed="Who fired first.", lon="20.8", lat="43.0", date_start="2023-09-01")
    store.put((event,), who="t", why="t", action="edit")
    store.close()
    with running(small_settings) as app:
        page = app.test_client().get("/events/quarrel").text
    assert "What is disputed" in page
    assert "Who fired first." in page
    assert "Nothing is recorded as disputed." not in page


def test_json_ld_says_where_when_and_on_what_it_rests(client: FlaskClient) -> None:
    told = linked_data(client.get("/events/clash").text)
    assert told["@context"] == "https://schema.org"
    assert told["@type"] == "Event"
    assert told["startDate"] == "2023-09-24"
    assert told["location"]["geo"]["geoMidpoint"] == {
        "@type": "GeoCoordinates",
        "longitude": 20.7813,
        "latitude": 42.9728,
    }
    assert float(told["location"]["geo"]["geoRadius"]) == 1000
    assert told["subjectOf"]["license"].startswith("https://creativecommons.org/licenses/by/4.0")


def test_json_ld_pins_no_area_and_gives_no_finer_date_than_is_known(client: FlaskClient) -> None:
    told = linked_data(client.get("/events/raids").text)
    assert "geo" not in told["location"]
    assert told["startDate"] == "2023-10"
    assert "endDate" not in told


def test_area_and_unplaced_events_say_that_nothing_around_them_is_known(client: FlaskClient) -> None:
    for event_id in ("raids", "nowhere"):
        page = client.get(f"/events/{event_id}").text
        assert "not known well enough to say what else happened around it" in page
        assert "Nearest crossing point" not in page


def test_what_is_not_published_has_no_page_and_no_picture(client: FlaskClient) -> None:
    for event_id in ("draft-secret", "withdrawn-secret", "no-such"):
        for path in (f"/events/{event_id}", f"/events/{event_id}/preview.png"):
            answer = client.get(path)
            assert answer.status_code == 404
            assert "zebrafinch" not in answer.text


@given(st.floats(19.9, 21.9), st.floats(41.9, 43.3))
def test_nearest_crossing_is_the_nearest(lon: float, lat: float) -> None:
    found = nearest_crossing(LonLat(lon, lat))
    every = [
        geod().inv(lon, lat, *crossing.geometry.coords[0][:2])[2] for crossing in boundaries.read_layer("crossings")
    ]
    assert found.distance_m == pytest.approx(min(every))


def test_surroundings_keep_to_distance_and_days_and_leave_the_event_out(
    tmp_path: Path, make_event: Callable[..., Event]
) -> None:
    def near(event_id: str, lat: float, day: str, **more: str) -> Event:
        return make_event(id=event_id, lon="20.80", lat=str(lat), date_start=day, uncertainty_m="100", **more)

    middle = near("middle", 43.00, "2023-06-15")
    store = open_store(tmp_path / "ibar.gpkg")
    store.seed(
        (
            middle,
            near("far", 43.10, "2023-06-15"),
            near("late", 43.01, "2023-07-16"),
            near("edge-of-time", 43.02, "2023-07-15"),
            near("close", 43.01, "2023-06-01"),
            near("secret", 43.01, "2023-06-01", status="draft"),
        )
    )
    found = surroundings(store, middle)
    assert found is not None
    assert [json.loads(each.feature)["id"] for each in found.neighbours] == ["close", "edge-of-time"]
    assert found.number == 2
    crowded = surroundings(store, middle, limit=1)
    assert crowded is not None
    assert (len(crowded.neighbours), crowded.number) == (1, 2)
    timeless = replace(middle, facts=replace(middle.facts, when=replace(middle.facts.when, start=None)))
    assert surroundings(store, timeless) is None
    oldest = replace(middle, facts=replace(middle.facts, when=replace(middle.facts.when, start=date.min, end=date.max)))
    assert surroundings(store, oldest) is not None
    store.close()


def test_event_card_has_a_picture_of_the_place(client: FlaskClient) -> None:
    page = client.get("/events/clash").text
    image = re.search(r'property="og:image" content="http://localhost([^"]*)"', page)
    assert image is not None
    answer = client.get(image[1])
    assert answer.content_type == "image/png"
    assert answer.data.startswith(b"\x89PNG")
    assert 'property="og:title" content="Exchange of fire"' in page
