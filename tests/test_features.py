"""OGC API - Features where servers break it: nulls and boxes, pages under writes, headers, pages for people."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from axe_core_python.sync_playwright import Axe
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from geo.model import Decision, Event
from geo.store.interface import Store
from tests.browsing import follow, visit
from tests.conftest import SMALL
from tests.ogc import EVENT_IDS, GEOJSON, IDS, LAYER_IDS, asked, every, got, ids, items, links, local, pages, refused

INCIDENTS = {"clash", "block", "raids", "nowhere"}
UNPLACED = {"raids", "nowhere"}
BOX = "20.7,42.9,20.9,43.0"
WRITER: dict[str, Any] = {"who": "writer", "why": "test", "action": "ingest"}
every_collection = pytest.mark.parametrize("collection", IDS)


def withdraw(store: Store, event_id: str) -> None:
    decision = Decision(event_id=event_id, action="reject", who="a", why="b", at="2024-01-01T00:00:00.000Z")
    store.decide(event_id, decision, "withdrawn")


def test_a_feature_without_geometry_matches_every_box_of_a_collection(client: FlaskClient) -> None:
    page = items(client, "incidents", bbox=BOX)
    assert ids(page) == {"clash"} | UNPLACED
    assert page["numberMatched"] == 3
    projected = {"bbox": "474000,4749000,492000,4761500", "bbox-crs": "http://www.opengis.net/def/crs/EPSG/0/25834"}
    assert ids(items(client, "incidents", **projected)) == {"clash"} | UNPLACED
    assert ids(items(client, "incidents", bbox="-180,-90,180,90")) == INCIDENTS


def test_a_filter_is_neither_true_nor_false_of_a_feature_without_geometry(client: FlaskClient) -> None:
    inside = f"S_INTERSECTS(geometry, BBOX({BOX}))"
    assert ids(items(client, "incidents", filter=inside)) == {"clash"}
    assert ids(items(client, "incidents", filter=f"NOT {inside}")) == {"block"}
    assert ids(items(client, "incidents", filter=inside, bbox=BOX)) == {"clash"}


def test_no_other_surface_puts_an_event_without_position_into_a_box(
    client: FlaskClient, ibar: Callable[..., Result], small_settings: Any
) -> None:
    for path in ("/events", "/near-border", "/along"):
        page = got(
            client, path, bbox=BOX, **{"/near-border": {"within_m": 50_000}, "/along": {"from_km": 0}}.get(path, {})
        )
        assert ids(page) == {"clash"}, path
    found = got(client, "/events", bbox=BOX)
    assert (found["numberMatched"], found["notPlaced"]) == (1, 2)
    assert got(client, "/counts", bbox=BOX, by="kind")["counts"] == [{"value": "incident", "count": 1}]
    done = ibar("query", "--bbox", BOX)
    assert "clash" in done.output or "Exchange of fire" in done.output
    assert "Searches in the north" not in done.output
    assert "Searches in the north" not in client.get(f"/?bbox={BOX}").text.split('id="results"')[1]


def test_radius_and_polygon_leave_out_what_has_no_position(client: FlaskClient) -> None:
    assert ids(items(client, "incidents", near="20.7813,42.9728", radius_m=100)) == {"clash"}
    polygon = "POLYGON((20.7 42.9,20.9 42.9,20.9 43,20.7 43,20.7 42.9))"
    assert ids(items(client, "incidents", polygon=polygon)) == {"clash"}


def test_kinds_do_not_mix(client: FlaskClient) -> None:
    assert ids(items(client, "incidents")) == INCIDENTS
    assert ids(items(client, "deployments")) == {"battalion"}
    asked(client, "/collections/incidents/items/battalion", answers=404)
    assert ids(items(client, "incidents", type="base")) == set()


def test_what_is_not_published_is_not_there(client: FlaskClient) -> None:
    for secret in ("draft-secret", "withdrawn-secret"):
        asked(client, f"/collections/incidents/items/{secret}", answers=404)
        assert ids(items(client, "incidents", filter=f"id = '{secret}'")) == set()
    for text in ("status = 'draft'", "status <> 'published'", "title LIKE '%zebrafinch%'"):
        assert items(client, "incidents", filter=text)["numberMatched"] == 0


@pytest.mark.parametrize(("name", "nearest"), [("bboxx", "bbox"), ("datetimes", "datetime"), ("Limit", "limit")])
@every_collection
def test_an_unknown_parameter_leads_to_the_nearest(
    service: FlaskClient, collection: str, name: str, nearest: str
) -> None:
    assert f"did you mean {nearest}?" in refused(service, f"/collections/{collection}/items", name, **{name: "1"})


def test_the_nearest_come_with_their_distance(client: FlaskClient) -> None:
    page = items(client, "incidents", near="20.7813,42.9728", k=2)
    assert [f["id"] for f in page["features"]] == ["clash", "block"]
    assert page["features"][0]["properties"]["distance_m"] == 0
    refused(client, "/collections/incidents/items", "k", k=2)
    refused(client, "/collections/incidents/items", "k", k=2, near="20,43", radius_m=5)


@pytest.mark.parametrize("collection", IDS)
@pytest.mark.parametrize("descending", [False, True])
def test_pages_give_each_feature_once(service: FlaskClient, collection: str, descending: bool) -> None:
    total = items(service, collection)["numberMatched"]
    step = max(1, total // 5)
    seen: list[str] = []
    for page in pages(service, f"/collections/{collection}/items", limit=step, sortby="-id" if descending else "id"):
        assert page["numberMatched"] == total
        seen += [feature["id"] for feature in page["features"]]
    assert seen == sorted(set(seen), reverse=descending)
    assert len(seen) == total


def test_pages_neither_skip_nor_repeat_while_others_write(app: Flask, make_event: Callable[..., Event]) -> None:
    store = app.extensions["ibar"].store
    at = {"lon": "20.9", "lat": "42.9", "uncertainty_m": "500", "event_type": "protest"}
    standing = [make_event(id=f"stay-{n:03}", date_start=f"2021-{n % 12 + 1:02}-05", **at) for n in range(150)]
    store.put(standing, **WRITER)
    stop, written = threading.Event(), []

    def write() -> None:
        number = 0
        while not stop.is_set():
            name = f"new-{number:04}"
            store.put([make_event(id=name, date_start=f"2021-{number % 12 + 1:02}-07", **at)], **WRITER)
            if number % 3 == 0:
                withdraw(store, name)
            written.append(number)
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        client = app.test_client()
        for _ in range(3):
            seen: list[str] = []
            for page in pages(client, "/collections/incidents/items", limit=7, filter="event_type = 'protest'"):
                seen += [feature["id"] for feature in page["features"]]
            assert len(seen) == len(set(seen))
            assert {event.id for event in standing} <= set(seen)
    finally:
        stop.set()
        writer.join()
    assert len(written) > 3


def test_links_are_typed_and_stand_in_the_header_as_well(service: FlaskClient) -> None:
    answer = asked(service, "/collections/places/items", limit=5, filter="kind = 'village'", sortby="-id")
    page = answer.get_json(force=True)
    header = answer.headers.getlist("Link")
    assert len(header) == len(page["links"]) >= 4
    for link, text in zip(page["links"], header, strict=True):
        assert text == f'<{link["href"]}>; rel="{link["rel"]}"; type="{link["type"]}"'
        assert asked(service, local(link["href"])).mimetype == link["type"]
    (following,) = links(page, "next")
    assert {"limit=5", "sortby=-id"} <= set(following["href"].partition("?")[2].split("&"))
    assert all(f["properties"]["kind"] == "village" for f in got(service, local(following["href"]))["features"])


ADDRESSES = (
    "/api/",
    "/api/conformance",
    "/api/functions",
    "/api/collections",
    "/api/collections/places",
    "/api/collections/places/queryables",
    "/api/collections/places/items?limit=2",
    "/api/collections/incidents/items?limit=2",
    "/api/collections/places/items/banjska",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_caches_head_and_other_sites(service: FlaskClient, address: str) -> None:
    first = service.get(address)
    assert first.headers["Cache-Control"] == "public, no-cache"
    assert {"Accept", "Accept-Language"} <= set(first.headers["Vary"].split(", "))
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert {"Content-Crs", "ETag", "Link"} <= set(first.headers["Access-Control-Expose-Headers"].split(", "))
    tag, day = first.headers["ETag"], first.headers["Last-Modified"]
    known = service.get(address, headers={"If-None-Match": tag})
    assert (known.status_code, known.data, known.headers["ETag"]) == (304, b"", tag)
    assert service.get(address, headers={"If-None-Match": 'W/"x"', "If-Modified-Since": day}).status_code == 200
    head = service.head(address)
    assert (head.status_code, head.data) == (200, b"")
    for name in ("Content-Type", "ETag", "Last-Modified", "Link", "Content-Crs"):
        assert head.headers.getlist(name) == first.headers.getlist(name)
    options = service.options(address)
    assert options.status_code in (200, 204)
    assert options.headers["Access-Control-Allow-Origin"] == "*"
    assert "GET" in options.headers["Access-Control-Allow-Methods"]
    for method in (service.post, service.put, service.delete, service.patch):
        assert method(address).status_code == 405


def test_each_format_and_query_has_its_own_validator_by_vary_or_tag(service: FlaskClient) -> None:
    path = "/collections/places"
    as_json, as_page = asked(service, path), asked(service, path, f="html")
    assert as_page.headers["Cache-Control"] == "no-store"
    assert "ETag" not in as_page.headers
    assert "ETag" in as_json.headers


def test_a_write_makes_copies_stale(app: Flask) -> None:
    client, store = app.test_client(), app.extensions["ibar"].store
    path = "/api/collections/incidents/items"
    before = client.get(path).headers["ETag"]
    assert got(client, "/collections/incidents")["extent"]["spatial"]["bbox"] == [[20.6, 42.9, 20.8, 43.3]]
    store.decide(
        "clash",
        Decision(event_id="clash", action="reject", who="a", why="b", at="2024-01-01T00:00:00.000Z"),
        "withdrawn",
    )
    after = client.get(path, headers={"If-None-Match": before})
    assert after.status_code == 200
    assert "clash" not in ids(after.get_json(force=True))
    extent = got(client, "/collections/incidents")["extent"]
    assert extent["spatial"]["bbox"] == [[20.6, 43.2, 20.7, 43.3]]


def test_answers_are_packed(service: FlaskClient) -> None:
    plain = service.get("/api/collections/places/items?limit=100")
    packed = service.get("/api/collections/places/items?limit=100", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) * 3 < len(plain.data)
    assert json.loads(gzip.decompress(packed.data))["features"] == plain.get_json(force=True)["features"]
    assert "Accept-Encoding" in packed.headers["Vary"]


@every_collection
def test_formats_by_accept_and_by_f(service: FlaskClient, collection: str) -> None:
    path = f"/collections/{collection}/items"
    for accept, media in (
        (GEOJSON, GEOJSON),
        ("application/json", GEOJSON),
        ("text/html", "text/html"),
        ("text/html;q=0.5, application/geo+json", GEOJSON),
        ("image/png", GEOJSON),
        ("*/*", GEOJSON),
    ):
        assert asked(service, path, accept=accept, limit=1).mimetype == media, accept
    assert asked(service, path, accept="text/html", f="geojson", limit=1).mimetype == GEOJSON
    assert asked(service, path, accept="text/html", f="json", limit=1).mimetype == GEOJSON
    assert asked(service, path, accept=GEOJSON, f="html", limit=1).mimetype == "text/html"


@pytest.mark.parametrize("collection", EVENT_IDS)
def test_an_event_has_one_page_only(service: FlaskClient, collection: str) -> None:
    name = items(service, collection, limit=1)["features"][0]["id"]
    path = f"/api/collections/{collection}/items/{name}"
    for answer in (service.get(f"{path}?f=html"), service.get(path, headers={"Accept": "text/html"})):
        assert (answer.status_code, answer.location) == (303, f"/events/{name}")
        assert service.get(answer.location).status_code == 200
    assert service.get(f"/api/collections/{collection}/items/no-such?f=html").status_code == 404


@pytest.mark.parametrize("collection", LAYER_IDS)
def test_a_feature_of_a_layer_has_a_page(service: FlaskClient, collection: str) -> None:
    feature = items(service, collection, limit=1)["features"][0]
    text = asked(service, f"/collections/{collection}/items/{feature['id']}", f="html").text
    assert "<h1>" in text
    assert feature["geometry"]["type"] in text


def test_numbers_are_exact_whatever_the_filter(client: FlaskClient) -> None:
    published = [fields for fields in SMALL if fields["status"] == "published" and fields["kind"] == "incident"]
    for query, wanted in (
        ({}, len(published)),
        ({"filter": "fatalities > 0"}, 1),
        ({"event_type": "raid"}, 1),
        ({"q": "zebrafinch"}, 0),
        ({"within_m": 15_000}, 3),
        ({"datetime": "2022-12-20"}, 1),
    ):
        page = items(client, "incidents", limit=1, **query)
        assert page["numberMatched"] == wanted == len(every(client, "incidents", **query)), query
        assert page["numberReturned"] == min(1, wanted)


PAGES = (
    "/api/?f=html",
    "/api/collections?f=html",
    "/api/collections/incidents?f=html",
    "/api/collections/incidents/items?f=html&limit=20",
    "/api/collections/incidents/items?f=html&q=zebrafinch",
    "/api/collections/places/items/banjska?f=html",
    "/api/collections/zones/queryables?f=html",
    "/api/conformance?f=html",
    "/api/functions?f=html",
    "/api/docs",
)


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (320, "dark"), (320, "light")])
def test_pages_are_accessible_and_fit(browser: Browser, live_server: str, width: int, scheme: Any) -> None:
    with visit(browser, width=width, color_scheme=scheme) as seen:
        for path in PAGES:
            seen.page.goto(live_server + path)
            found = Axe().run(seen.page)["violations"]
            assert [(fault["id"], fault["nodes"][0]["target"]) for fault in found] == [], path
            assert seen.page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert seen.errors == []


@pytest.mark.browser
def test_a_reader_walks_from_the_entrance_to_an_event(browser: Browser, live_server: str) -> None:
    with visit(browser) as seen:
        page = seen.page
        page.goto(live_server)
        follow(page.get_by_role("link", name="Data", exact=True))
        follow(page.get_by_role("link", name="Browse the collections"))
        follow(page.get_by_role("link", name="Incidents as a table"))
        assert page.locator("tbody tr").count() == 100
        follow(page.get_by_role("link", name="Next page"))
        assert page.locator("tbody tr").count() > 50
        follow(page.locator("tbody a").first)
        assert "/events/" in page.url
        assert seen.errors == []
