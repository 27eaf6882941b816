"""The HTTP interface, asked as its users ask it."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from app.openapi import document
from app.operations import operations
from geo.geojson import CITATION, LICENCE
from geo.model import Decision
from geo.record import FIELD

PUBLIC = {"clash", "block", "raids", "nowhere", "battalion"}


def got(client: FlaskClient, address: str, status: int = 200, **headers: str) -> Any:
    response = client.get(address, headers=headers)
    assert response.status_code == status, response.text
    return response.get_json(force=True)


def ids(collection: dict[str, Any]) -> list[str]:
    return [feature["id"] for feature in collection["features"]]


def next_page(collection: dict[str, Any]) -> str | None:
    links = [link["href"] for link in collection["links"] if link["rel"] == "next"]
    if not links:
        return None
    parts = urlsplit(links[0])
    return f"{parts.path}?{parts.query}"


def test_near_border_answers_what_the_issue_asks(client: FlaskClient) -> None:
    found = got(client, "/api/near-border?within_m=15000&datetime=2023-01-01/..&limit=100")
    assert found["type"] == "FeatureCollection"
    assert set(ids(found)) >= {"clash", "raids"}
    assert "block" not in ids(found)
    clash = next(feature for feature in found["features"] if feature["id"] == "clash")
    assert clash["geometry"] == {"type": "Point", "coordinates": [20.7813, 42.9728]}
    assert clash["properties"]["border_distance_m"] == pytest.approx(11_150, abs=150)
    assert clash["properties"]["border_side"] == "XK"
    assert clash["properties"]["certainty"] == "certain"
    assert found["numberMatched"] == found["numberReturned"] == len(found["features"])
    assert found["notPlaced"] == 1
    assert found["licence"] == LICENCE
    assert found["citation"] == CITATION
    assert "UNSCR 1244" in found["status_note"]
    assert datetime.now(UTC) - datetime.fromisoformat(found["timeStamp"]) < timedelta(minutes=1)


def test_an_area_is_never_pinned_and_says_what_is_possible(client: FlaskClient) -> None:
    found = got(client, "/api/near-border?within_m=1000&type=raid")
    assert found["areaOnly"] == 1
    assert found["features"][0]["geometry"] is None
    assert found["features"][0]["properties"]["area_id"]
    assert found["features"][0]["properties"]["certainty"] == "possible"
    assert ids(got(client, "/api/near-border?within_m=1000&type=raid&certainty=certain")) == []


def test_each_certainty_contains_the_ones_before(client: FlaskClient) -> None:
    for metres in (100, 5_000, 11_000, 12_000, 40_000):
        sets = [
            set(ids(got(client, f"/api/near-border?within_m={metres}&certainty={certainty}")))
            for certainty in ("certain", "likely", "possible")
        ]
        assert sets[0] <= sets[1] <= sets[2]


def test_near_border_means_five_kilometres_where_nothing_is_said(client: FlaskClient) -> None:
    assert ids(got(client, "/api/near-border")) == ids(got(client, "/api/near-border?within_m=5000"))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", PUBLIC),
        ("kind=deployment", {"battalion"}),
        ("type=raid,threat", {"raids", "nowhere"}),
        ("type=raid&type=threat", {"raids", "nowhere"}),
        ("datetime=2022", {"block"}),
        ("datetime=../2023-05-02", {"block", "nowhere"}),
        ("datetime=2022-12-20", {"block"}),
        ("bbox=20.7,42.9,20.9,43.0", {"clash"}),
        ("polygon=POLYGON((20.7 42.9,20.9 42.9,20.9 43,20.7 43,20.7 42.9))", {"clash"}),
        ("near=20.7813,42.9728&radius_m=100", {"clash"}),
        ("municipality=Zvečan", {"clash"}),
        ("q=exchange fire", {"clash"}),
        ("q=ZVECAN", {"clash"}),
        ("q=zebrafinch", set()),
    ],
)
def test_filters(client: FlaskClient, query: str, expected: set[str]) -> None:
    assert set(ids(got(client, f"/api/events?{query}"))) == expected


def test_what_a_box_cannot_be_tried_on_is_counted_apart(client: FlaskClient) -> None:
    found = got(client, "/api/events?bbox=20.7,42.9,20.9,43.0")
    assert (found["numberMatched"], found["notPlaced"]) == (1, 2)


def test_pages_neither_skip_nor_repeat(client: FlaskClient) -> None:
    seen: list[str] = []
    address: str | None = "/api/events?limit=2&sort=border_distance_m"
    while address:
        page = got(client, address)
        assert page["numberMatched"] == len(PUBLIC)
        assert page["numberReturned"] == len(page["features"]) <= 2
        seen += ids(page)
        address = next_page(page)
    assert sorted(seen) == sorted(PUBLIC)


def test_every_link_of_a_page_has_rel_and_type_and_leads_somewhere(client: FlaskClient) -> None:
    pages = [got(client, address) for address in ("/api/", "/api/events?limit=1&q=the OR a", "/api/events/clash")]
    for page in pages:
        for link in page["links"]:
            assert link["rel"]
            parts = urlsplit(link["href"])
            with client.get(f"{parts.path}?{parts.query}") as answer:
                assert answer.status_code == 200, link
                assert answer.content_type.startswith(link["type"].split(";")[0])


def test_limit_is_clamped(client: FlaskClient) -> None:
    assert len(got(client, "/api/events?limit=100000")["features"]) == len(PUBLIC)


def test_one_event_has_all_that_is_known_of_it(client: FlaskClient) -> None:
    event = got(client, "/api/events/clash")
    assert FIELD.keys() <= event["properties"].keys()
    assert event["sources"] == [{"name": "Example Gazette", "url": "https://example.org/1", "date": "2023-09-25"}]
    assert {"evidence", "alternatives"} <= event.keys()
    assert [step["action"] for step in event["history"]] == ["import"]


def test_history_keeps_reviewers_and_earlier_drafts_inside(app: Flask) -> None:
    store = app.extensions["ibar"].store
    decision = Decision(
        event_id="draft-secret", action="accept", who="Reviewer R", why="phoned a source", at="2024-01-01T00:00:00.000Z"
    )
    store.decide("draft-secret", decision, "published")
    response = app.test_client().get("/api/events/draft-secret")
    assert [step["action"] for step in response.get_json(force=True)["history"]] == ["accept"]
    assert "Reviewer R" not in response.text
    assert "phoned" not in response.text


def test_nearest_is_ordered_and_measured(client: FlaskClient) -> None:
    found = got(client, "/api/nearest?near=20.7813,42.9728&k=3")
    assert ids(found)[0] == "clash"
    distances = [feature["properties"]["distance_m"] for feature in found["features"]]
    assert distances == sorted(distances)
    assert distances[0] == 0
    assert "raids" not in ids(found)


@pytest.mark.parametrize("by", ["year", "month", "type", "kind", "municipality", "side"])
def test_counts_add_up(client: FlaskClient, by: str) -> None:
    found = got(client, f"/api/counts?by={by}")
    assert sum(row["count"] for row in found["counts"]) == found["numberMatched"] == len(PUBLIC)


def test_counts_by_month(client: FlaskClient) -> None:
    rows = {row["value"]: row["count"] for row in got(client, "/api/counts?by=month&kind=incident")["counts"]}
    assert rows == {"2022-12": 1, "2023-05": 1, "2023-09": 1, "2023-10": 1}


def test_along_a_stretch_of_the_line(client: FlaskClient) -> None:
    km = got(client, "/api/events/clash")["properties"]["border_km"]
    assert "clash" in ids(got(client, f"/api/along?from_km={km - 1:.1f}&to_km={km + 1:.1f}"))
    assert "clash" not in ids(got(client, f"/api/along?from_km={km + 1:.1f}"))


@pytest.mark.parametrize("name", ["Banjska", "Banjskë", "banjske", "Бањска"])
def test_geocode_in_four_spellings(client: FlaskClient, name: str) -> None:
    places = got(client, f"/api/geocode?q={name}")["places"]
    found = {place["municipality"]: place for place in places if place["name_sr_latn"] == "Banjska"}
    assert found.keys() >= {"Zvečan", "Vushtrri"}
    assert found["Zvečan"]["border_distance_m"] == pytest.approx(11_200, abs=300)


def test_csv_is_the_record_and_neutralises_formulas(client: FlaskClient, app: Flask) -> None:
    response = client.get("/api/events?f=csv&within_m=50000")
    assert response.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(response.text)))
    assert {row["id"] for row in rows} == PUBLIC - {"nowhere"}
    assert list(rows[0]) == [*FIELD, "lon", "lat", "certainty"]
    clash = next(row for row in rows if row["id"] == "clash")
    assert (clash["lon"], clash["lat"], clash["fatalities"]) == ("20.7813", "42.9728", "4")
    assert 'rel="self"' in response.headers["Link"]


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("text/csv", "text/csv"),
        ("application/geo+json", "application/geo+json"),
        ("*/*", "application/geo+json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "application/geo+json"),
        ("text/csv;q=0.5, application/geo+json", "application/geo+json"),
        ("image/png", "application/geo+json"),
    ],
)
def test_accept_chooses_the_format(client: FlaskClient, accept: str, media: str) -> None:
    assert client.get("/api/events", headers={"Accept": accept}).mimetype == media


def test_f_goes_before_accept(client: FlaskClient) -> None:
    assert client.get("/api/events?f=csv", headers={"Accept": "application/geo+json"}).mimetype == "text/csv"


CACHED = (
    "/api/",
    "/api/events",
    "/api/near-border?f=csv",
    "/api/events/clash",
    "/api/counts",
    "/api/nearest?near=21,43",
)


@pytest.mark.parametrize("address", CACHED)
def test_a_reader_with_the_present_copy_is_told_so(client: FlaskClient, address: str) -> None:
    first = client.get(address)
    assert first.headers["Cache-Control"] == "public, no-cache"
    assert first.last_modified is not None
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert client.get(address, headers={"If-None-Match": 'W/"other"'}).status_code == 200


def test_a_write_changes_the_validator(app: Flask) -> None:
    client, store = app.test_client(), app.extensions["ibar"].store
    before = client.get("/api/events").headers["ETag"]
    decision = Decision(event_id="clash", action="reject", who="a", why="b", at="2024-01-01T00:00:00.000Z")
    store.decide("clash", decision, "withdrawn")
    after = client.get("/api/events", headers={"If-None-Match": before})
    assert after.status_code == 200
    assert "clash" not in ids(after.get_json(force=True))


@pytest.mark.parametrize("address", [*CACHED, "/api/geocode?q=Banjska", "/api/openapi.json", "/healthz", "/"])
def test_head_is_get_without_its_body(client: FlaskClient, address: str) -> None:
    head, get = client.head(address), client.get(address)
    assert head.status_code == get.status_code == 200
    assert head.data == b""
    assert head.content_type == get.content_type
    if "ETag" in get.headers:
        assert head.headers["ETag"] == get.headers["ETag"]


def test_any_site_may_read_the_interface(client: FlaskClient) -> None:
    for response in (client.get("/api/events"), client.get("/api/events?x=1"), client.options("/api/events")):
        assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in client.get("/").headers


def test_document_describes_every_address_of_the_interface(app: Flask) -> None:
    rules = {rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api")}
    assert rules == operations(app).keys()


def test_answers_fit_the_schemas_of_the_document(app: Flask, client: FlaskClient) -> None:
    described = got(client, "/api/openapi.json")
    assert described == json.loads(json.dumps(document(app, server="http://localhost/api")))
    asked = {
        "Landing": "/api/",
        "Events": "/api/near-border?within_m=50000",
        "Event": "/api/events/clash",
        "Neighbours": "/api/nearest?near=21,43",
        "Counts": "/api/counts?by=municipality",
        "Places": "/api/geocode?q=Banjska",
        "Problem": "/api/events?x=1",
    }
    components = _as_json_schema(described["components"])
    for name, address in asked.items():
        schema = {"$ref": f"#/components/schemas/{name}", "components": components}
        Draft202012Validator(schema).validate(client.get(address).get_json(force=True))


def _as_json_schema(value: Any) -> Any:
    """Return a schema of OpenAPI 3.0, which has `nullable`, as JSON Schema has it."""
    if isinstance(value, list):
        return [_as_json_schema(item) for item in value]
    if not isinstance(value, dict):
        return value
    made = {name: _as_json_schema(item) for name, item in value.items() if name != "nullable"}
    if value.get("nullable") is True and isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
    return made


def test_document_refers_to_nothing_outside_itself(client: FlaskClient) -> None:
    text = client.get("/api/openapi.json").text
    assert all(part.startswith("#/") for part in text.split('"$ref": "')[1:])


@pytest.mark.parametrize("wording", ["border", "abl", "neutral"])
def test_wording_of_the_operator(client: FlaskClient, app: Flask, wording: str) -> None:
    from dataclasses import replace

    from geo.wording import SHORT_NAMES, WORDINGS
    from tests.conftest import running

    assert wording in WORDINGS
    with running(replace(app.extensions["ibar"].settings, wording=wording)) as other:  # type: ignore[arg-type]
        described = got(other.test_client(), "/api/near-border?within_m=5000")["description"]
    assert f"within 5 km of the {SHORT_NAMES[wording]}" in described  # type: ignore[index]


def test_data_page_begins_with_files_that_can_be_had(client: FlaskClient) -> None:
    page = client.get("/api/?f=html").text
    assert "<h1>Data</h1>" in page
    files = re.findall(r'<a href="([^"]*)" download>(\w+)</a>', page)
    assert [name for _address, name in files] == ["CSV", "GeoJSON", "GeoPackage", "KML", "GeoParquet"]
    for address, _name in files:
        with client.get(unescape(address)) as answer:
            assert answer.status_code == 200
            assert answer.headers["Content-Disposition"].startswith('attachment; filename="ibar-events.')
