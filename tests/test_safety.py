"""Who sees what, and what hostile or mistaken requests come to: one clear error each, and nothing written."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient

from app.config import Settings
from app.security import MAX_QUERY_BYTES, Turns
from geo.errors import InvalidInput, TooBusy
from geo.store import open_store
from tests.conftest import running, snapshot

HIDDEN = ("draft-secret", "withdrawn-secret")
"""Ids of the events that nobody outside may know of."""
SECRETS = (*HIDDEN, "Unreviewed", "Retracted", "43.1003", "42.9075")
"""Their ids, a word of each title, a coordinate of each: in no answer, unless the asker said it."""
NOT_OURS = ("/static/",)
TRIED = (
    "",
    "?status=any",
    "?statuses=draft",
    "?q=zebrafinch",
    "?ids=draft-secret",
    "?within_m=500000",
    "?within_m=500000&certainty=certain",
    "?bbox=-180,-90,180,90",
    "?near=20.8022,43.1003&radius_m=100",
    "?near=20.8022,43.1003&k=100",
    "?datetime=2023-11-01/2023-11-02",
    "?type=shooting,explosion",
    "?municipality=Leposavić",
    "?limit=1000&sort=-updated_at",
    "?limit=1&cursor=WyItZGF0ZV9zdGFydCIsbnVsbCwiIl0",
    "?f=csv",
    "?f=geojson",
    "?by=month",
    "?by=municipality",
    "?by=type",
    "?event=draft-secret",
    "?from_km=0&to_km=400",
)


def addresses(app: Flask) -> Iterator[str]:
    """Every address of the application, with hidden ids in the place of a variable, and everything one may ask."""
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.rule.startswith(NOT_OURS):
            continue
        if rule.rule.startswith("/export/"):  # drawing is slow: the SVG, whose text is text, stands for all
            yield from (re.sub(r"<[^>]+>", "svg", rule.rule) + query for query in ("", "?q=zebrafinch", "?status=any"))
            continue
        for value in (*HIDDEN, "clash", "areas") if rule.arguments else ("",):
            yield from (re.sub(r"<[^>]+>", value, rule.rule) + query for query in TRIED)


def test_no_address_tells_of_a_draft_or_of_a_withdrawn_event(app: Flask) -> None:
    client, answered = app.test_client(), 0
    for address in addresses(app):
        with client.get(address) as response:
            unsaid = [secret for secret in SECRETS if secret not in address]
            assert [secret for secret in unsaid if secret.encode() in response.data] == [], address
            answered += response.status_code == 200
    assert answered > 60


@pytest.mark.parametrize("event_id", HIDDEN)
def test_a_hidden_event_is_answered_like_one_that_never_was(client: FlaskClient, event_id: str) -> None:
    for path in ("/api/events/", "/events/"):
        hidden, unknown = client.get(path + event_id), client.get(path + "never-was")
        assert hidden.status_code == unknown.status_code == 404
        mask = re.compile(r"nonce[=-][\"']?[\w-]+")
        assert mask.sub("", hidden.text.replace(event_id, "never-was")) == mask.sub("", unknown.text)


def test_hidden_events_are_in_no_count(client: FlaskClient) -> None:
    assert client.get("/api/events").get_json(force=True)["numberMatched"] == 5
    for by in ("month", "type", "municipality", "side"):
        assert client.get(f"/api/counts?by={by}").get_json(force=True)["numberMatched"] == 5
    assert client.get("/api/counts?by=municipality&municipality=Leposavić").get_json(force=True)["numberMatched"] == 1


def test_the_command_line_sees_all(ibar: Callable[..., Result], small_settings: Settings) -> None:
    for status, number in (("published", 5), ("draft", 1), ("withdrawn", 1), ("draft,withdrawn", 2), ("any", 7)):
        found = json.loads(ibar("query", "--format", "geojson", "--status", status).stdout)
        assert found["numberMatched"] == number


def test_accepting_publishes_and_rejecting_hides(
    ibar: Callable[..., Result], small_settings: Settings, client: FlaskClient
) -> None:
    address = "/api/events/draft-secret"
    assert client.get(address).status_code == 404
    assert ibar("review", "accept", "draft-secret", "--why", "police statement", "--who", "R").exit_code == 0
    assert client.get(address).status_code == 200
    assert ibar("review", "reject", "draft-secret", "--why", "taken back", "--who", "R").exit_code == 0
    assert client.get(address).status_code == 404


ERRORS: tuple[tuple[str, int, str], ...] = (
    ("/api/events?witin_m=5", 400, "did you mean within_m?"),
    ("/api/events?within_m=five", 400, "within_m: 'five' is not a finite number"),
    ("/api/events?within_m=NaN", 400, "within_m"),
    ("/api/events?within_m=1e309", 400, "within_m"),
    ("/api/events?within_m=1e308", 400, "within_m"),
    ("/api/events?datetime=yesterday", 400, "datetime: 'yesterday' is not a date"),
    ("/api/events?type=war", 400, "type: 'war' is not known"),
    ("/api/events?bbox=1,2,3", 400, "bbox"),
    ("/api/events?bbox=nan,nan,nan,nan", 400, "bbox"),
    ("/api/events?near=20.8&radius_m=5", 400, "near"),
    ("/api/events?polygon=POLYGON((0 0", 400, "polygon"),
    ("/api/events?cursor=abc", 400, "cursor"),
    ("/api/events?cursor=WyItZGF0ZV9zdGFydCIsMSwyXQ", 400, "cursor"),
    ("/api/events?limit=0", 400, "limit"),
    ("/api/events?q=%00", 400, "q:"),
    ("/api/events?f=exe", 400, "f:"),
    ("/api/nearest", 400, "near: give a point"),
    ("/api/along", 400, "from_km"),
    ("/api/geocode", 400, "q: give a place name"),
    ("/api/counts?by=hour", 400, "by:"),
    ("/api/events/%2e%2e%2fsetup.cfg", 404, ""),
    ("/api/nothing", 404, "nothing at this address"),
    ("/api/events?q=" + "a" * MAX_QUERY_BYTES, 400, "longer than"),
)


@pytest.mark.parametrize(("address", "status", "says"), ERRORS, ids=[e[0][:50] for e in ERRORS])
def test_each_bad_request_is_one_problem(client: FlaskClient, address: str, status: int, says: str) -> None:
    response = client.get(address)
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    problem = response.get_json(force=True)
    assert problem.keys() == {"type", "title", "status", "detail"}
    assert problem["status"] == status
    assert says in problem["detail"]
    assert "Traceback" not in response.text


@pytest.mark.parametrize("address", ["/?datetime=yesterday", "/?witin_m=5", "/events/never-was", "/nothing"])
def test_people_get_a_page_that_says_what_is_wrong(client: FlaskClient, address: str) -> None:
    response = client.get(address)
    assert response.status_code in (400, 404)
    assert response.mimetype == "text/html"
    assert "<h1>" in response.text
    assert 'href="/"' in response.text


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_written_over_http(client: FlaskClient, small_settings: Settings, method: str) -> None:
    before = snapshot(small_settings.store)
    for address in ("/api/events", "/api/events/clash", "/", "/events/clash", "/healthz"):
        response = getattr(client, method)(address, json={"status": "published"})
        assert response.status_code == 405
        assert "GET" in response.headers["Allow"]
    assert snapshot(small_settings.store) == before


def test_a_long_body_is_refused_unread(client: FlaskClient, small_settings: Settings) -> None:
    response = client.get("/api/events", data=b"x" * (small_settings.max_request_bytes + 1))
    assert response.status_code == 413
    assert response.content_type == "application/problem+json"


def test_reading_writes_nothing(client: FlaskClient, small_settings: Settings) -> None:
    before = small_settings.store.read_bytes()
    for address, *_ in ERRORS:
        client.get(address)
    for address in ("/", "/api/events", "/events/clash", "/api/geocode?q=Banjska"):
        client.get(address)
    assert small_settings.store.read_bytes() == before


def test_an_unforeseen_error_tells_nothing_but_a_number(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret path /etc/secret")

    monkeypatch.setattr("geo.query.find", fail)
    for address, kind in (("/api/events", "application/problem+json"), ("/", "text/html")):
        response = app.test_client().get(address)
        assert (response.status_code, response.mimetype) == (500, kind)
        assert "secret" not in response.text
        number = re.search(r"error ([0-9a-f]{8})", response.text)
        assert number is not None
        assert number[1] in caplog.text
        assert "secret path" in caplog.text


def test_a_store_that_cannot_be_opened_is_an_error_without_its_path(settings: Settings) -> None:
    settings.store.parent.mkdir(parents=True)
    settings.store.write_text("this is not a store", encoding="ascii")
    with running(settings) as app:
        for address in ("/healthz", "/api/events"):
            response = app.test_client().get(address)
            assert response.status_code == 500
            assert str(settings.store) not in response.text
    assert settings.store.read_text(encoding="ascii") == "this is not a store"


def test_a_question_that_takes_too_long_ends(small_store: Path) -> None:
    store = open_store(small_store, read_limit_s=0.2)
    try:
        endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
        connections = store._connections  # type: ignore[attr-defined]
        with pytest.raises(TooBusy, match="longer than is allowed"), connections.reading() as connection:
            connection.execute(endless).fetchone()
        assert store.revision() == 1
    finally:
        store.close()


def test_who_waits_too_long_is_told_to_come_back(app: Flask) -> None:
    turns = Turns(1, wait_s=0.01)
    with turns.turn(), pytest.raises(TooBusy), turns.turn():
        pytest.fail("two at once")

    @app.get("/api/busy")
    def busy() -> None:
        with turns.turn(), turns.turn():
            pytest.fail("two at once")

    response = app.test_client().get("/api/busy")
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    with turns.turn():
        pass


PAGES = ("/", "/about", "/events/clash", "/nothing", "/?datetime=x")


@pytest.mark.parametrize("address", PAGES)
def test_pages_run_nothing_without_their_nonce(client: FlaskClient, address: str) -> None:
    first, second = client.get(address), client.get(address)
    policy = first.headers["Content-Security-Policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    nonce = re.search(r"'nonce-([\w-]{16,})'", directives["script-src"])
    assert nonce is not None
    assert directives["default-src"] == "'none'"
    assert directives["base-uri"] == "'none'"
    assert "unsafe" not in policy
    assert not re.search(r"https?:|\*", policy)
    assert f"'nonce-{nonce[1]}'" in directives["style-src"]
    assert nonce[1] not in second.headers["Content-Security-Policy"]
    assert nonce[1] not in second.text
    for tag in re.findall(r"<(?:script|style)\b[^>]*>", first.text):
        assert f'nonce="{nonce[1]}"' in tag
    assert not re.search(r"<[^>]+\son\w+=", first.text)
    assert not re.search(r"(?i)(href|src)\s*=\s*[\"']?\s*javascript:", first.text)


@pytest.mark.parametrize("address", [*PAGES, "/api/", "/api/events", "/api/nothing", "/healthz"])
def test_headers_of_every_answer(client: FlaskClient, address: str) -> None:
    headers = client.get(address).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert "frame-ancestors" in headers["Content-Security-Policy"]
    assert "Set-Cookie" not in headers


def test_a_tile_server_is_the_only_other_host_of_the_policy(small_settings: Settings) -> None:
    chosen = replace(small_settings, tiles="https://{s}.tiles.example.org/{z}/{x}/{y}.png")
    with running(chosen) as app:
        policy = app.test_client().get("/").headers["Content-Security-Policy"]
    images = next(part for part in policy.split("; ") if part.startswith("img-src"))
    assert "https://a.tiles.example.org" in images
    assert policy.count("example.org") == images.count("example.org")


def test_forwarded_headers_are_believed_only_from_as_many_proxies_as_there_are(small_settings: Settings) -> None:
    forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "map.example.org", "X-Forwarded-Prefix": "/ibar"}
    for proxies, address in ((0, "http://localhost/api/"), (1, "https://map.example.org/ibar/api/")):
        with running(replace(small_settings, trusted_proxies=proxies)) as app:
            response = app.test_client().get("/api/", headers=forwarded)
        assert response.get_json(force=True)["links"][0]["href"].startswith(address)
        assert ("Strict-Transport-Security" in response.headers) == bool(proxies)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("IBAR_WORDING", "flag"),
        ("IBAR_TRUSTED_PROXIES", "-1"),
        ("IBAR_TRUSTED_PROXIES", "٣"),
        ("IBAR_MAX_REQUEST_BYTES", "lots"),
        ("IBAR_READ_LIMIT_S", "0"),
        ("IBAR_READ_LIMIT_S", "1e9"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(name: str, value: str) -> None:
    with pytest.raises(InvalidInput, match=name):
        Settings.from_environ({name: value})
