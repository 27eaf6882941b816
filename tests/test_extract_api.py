"""Texts sent to `/api/extract` in; events out, or a refusal that says why, and never a trace in the store."""

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse

from app.config import Settings
from app.rates import SLOTS, Rates
from tests.conftest import running, snapshot
from tests.made_files import ARTICLE, page

NEWS = {"@type": "NewsArticle", "datePublished": "2023-09-25"}
Send = Callable[..., TestResponse]


@pytest.fixture
def opened(small_settings: Settings) -> Iterator[Flask]:
    allowed = replace(
        small_settings, extracts_per_minute=1_000, extracts_per_minute_total=1_000, max_extract_bytes=100_000
    )
    with running(allowed) as made:
        yield made


@pytest.fixture
def send(opened: Flask) -> Send:
    client = opened.test_client()

    def sent(data: str | bytes, media: str = "text/plain", query: str = "", **options: Any) -> TestResponse:
        return client.post(f"/api/extract{query}", data=data, content_type=media, **options)

    return sent


def told(response: TestResponse) -> dict[str, Any]:
    assert response.status_code == 200, response.text
    assert response.content_type == "application/geo+json"
    found: dict[str, Any] = json.loads(response.data)
    return found


def problem(response: TestResponse, status: int) -> str:
    assert response.status_code == status, response.text
    assert response.content_type == "application/problem+json"
    return str(json.loads(response.data)["detail"])


def test_it_is_off_until_the_operator_allows_it(client: FlaskClient) -> None:
    response = client.post("/api/extract", data=ARTICLE[0], content_type="text/plain")
    assert "IBAR_EXTRACT_PER_MINUTE" in problem(response, 403)
    assert Settings.from_environ({"IBAR_EXTRACT_PER_MINUTE": "6"}).extracts_per_minute == 6


def test_text_gives_events_whose_evidence_is_in_the_text(send: Send) -> None:
    found = told(send(ARTICLE[0] + "\r\n", query="?published=2023-09-25&source=Example+Gazette"))
    assert found["numberReturned"] == len(found["features"]) == 1
    (event,) = found["features"]
    assert event["properties"]["date_start"] == "2023-09-24"
    assert event["properties"]["place_name"] == "Banjska"
    assert found["document"]["source"]["name"] == "Example Gazette"
    for span in event["evidence"]:
        assert found["document"]["text"][span["start"] : span["end"]] == span["text"]
        assert span["document_id"] == found["document"]["id"]


@pytest.mark.parametrize("charset", ["utf-8", "windows-1250"])
def test_page_gives_the_events_of_its_article(send: Send, charset: str) -> None:
    found = told(send(page(ld=NEWS, charset=charset), f"text/html; charset={charset}"))
    assert found["document"]["published"] == "2023-09-25"
    assert [feature["properties"]["event_type"] for feature in found["features"]][:2] == ["shooting", "grenade_attack"]
    assert "Zubin Potok" not in found["document"]["text"]


def test_json_says_more_of_a_text(send: Send) -> None:
    body = {"html": page().decode(), "published": "2023-09-25", "url": "https://example.org/a"}
    found = told(send(json.dumps(body), "application/json"))
    assert found["document"]["source"] == {"name": "text sent", "url": "https://example.org/a", "date": "2023-09-25"}
    assert found["features"] == told(send(json.dumps(body), "application/json"))["features"]
    assert told(send(json.dumps({"text": "Nothing happened."}), "application/json"))["features"] == []


@pytest.mark.parametrize(
    ("data", "media", "status", "said"),
    [
        ("", "text/plain", 400, "text sent: is empty"),
        (b"\xff\xfe\x00", "text/plain", 400, "text sent: "),
        ("Zve\u010dan".encode("windows-1250"), "text/plain", 400, "not UTF-8"),
        ("x", "text/plain; charset=no-such", 400, "encoding: 'no-such' is not known"),
        (b"%PDF-1.7", "text/plain", 400, "a PDF document"),
        ("<html></html>", "text/html", 400, "text sent: the page holds no text"),
        ("x", "", 415, "send one of text/plain"),
        (b"%PDF-1.7", "application/pdf", 415, "not application/pdf"),
        ("text=x", "application/x-www-form-urlencoded", 415, "send one of"),
        ("{", "application/json", 400, "is not JSON"),
        ("[" * 50_000, "application/json", 400, "is not JSON"),
        ("[]", "application/json", 400, "is not a JSON object"),
        ("{}", "application/json", 400, "give either text or html"),
        ('{"text": "x", "html": "x"}', "application/json", 400, "give either text or html"),
        ('{"text": 1}', "application/json", 400, "text: is not text"),
        ('{"txt": "x"}', "application/json", 400, "did you mean text?"),
        ('{"text": "a\\ud800"}', "application/json", 400, "text: holds half a character at offset 1"),
        ('{"text": "x", "published": "yesterday"}', "application/json", 400, "'yesterday' is not a day"),
        ('{"text": "x", "url": "file:///etc/passwd"}', "application/json", 400, "not an http or https address"),
        ("x" * 100_001, "text/plain", 413, "longer than 100,000 bytes"),
    ],
)
def test_bad_body_is_one_clear_problem(send: Send, data: str | bytes, media: str, status: int, said: str) -> None:
    assert said in problem(send(data, media), status)


def test_body_of_unknown_length_is_limited_too(send: Send) -> None:
    class Endless:
        left = 300_000

        def read(self, size: int = -1) -> bytes:
            taken = min(self.left, 8_192 if size < 0 else size)
            Endless.left -= taken
            return b"x" * taken

    given = {"wsgi.input": Endless(), "wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
    problem(send("", environ_overrides=given), 413)
    assert Endless.left > 0


def test_bad_query_is_one_clear_problem(send: Send) -> None:
    assert "did you mean published?" in problem(send("x", query="?publishd=2023-01-01"), 400)
    assert "is not a day" in problem(send("x", query="?published=2023-13-01"), 400)


def test_only_post_is_understood(opened: Flask) -> None:
    response = opened.test_client().get("/api/extract")
    assert problem(response, 405) == "Only POST is understood here."
    assert "POST" in response.headers["Allow"]


def test_any_site_may_send(opened: Flask, send: Send) -> None:
    asked = opened.test_client().options("/api/extract")
    assert asked.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in asked.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in asked.headers["Access-Control-Allow-Headers"]
    assert send("x").headers["Access-Control-Allow-Origin"] == "*"


def test_nothing_is_stored_or_cached(opened: Flask, send: Send) -> None:
    path = opened.extensions["ibar"].settings.store
    before = snapshot(path)
    response = send(page(ld=NEWS), "text/html")
    assert told(response)["features"]
    assert response.headers["Cache-Control"] == "no-store"
    assert snapshot(path) == before


def test_answer_fits_the_description(opened: Flask, send: Send) -> None:
    described = json.loads(opened.test_client().get("/api/openapi.json").data)
    operation = described["paths"]["/extract"]["post"]
    assert {"200", "403", "413", "415", "429"} <= operation["responses"].keys()
    assert operation["requestBody"]["content"].keys() >= {"text/plain", "text/html", "application/json"}
    from tests.test_api import _as_json_schema

    schema = {"$ref": "#/components/schemas/Extracted", "components": _as_json_schema(described["components"])}
    Draft202012Validator(schema).validate(told(send(ARTICLE[1])))


@given(data=st.binary(max_size=100) | st.text(max_size=100).map(lambda t: t.encode("utf-8", errors="surrogatepass")))
def test_any_text_is_answered(data: bytes, api: FlaskClient) -> None:
    response = api.post("/api/extract", data=data, content_type="text/plain")
    assert response.status_code in (200, 400)
    json.loads(response.data)


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    store = tmp_path_factory.mktemp("api") / "ibar.gpkg"
    allowed = replace(
        Settings.from_environ({}), store=store, extracts_per_minute=6_000, extracts_per_minute_total=60_000
    )
    with running(allowed) as made:
        yield made.test_client()


# Rates


def test_a_client_that_asks_too_often_is_told_when_to_come_back(small_settings: Settings) -> None:
    with running(replace(small_settings, extracts_per_minute=2, extracts_per_minute_total=3)) as made:
        client = made.test_client()

        def sent(address: str) -> TestResponse:
            given = {"REMOTE_ADDR": address}
            return client.post("/api/extract", data="x", content_type="text/plain", environ_overrides=given)

        assert [sent("192.0.2.1").status_code for _ in range(3)] == [200, 200, 429]
        assert [sent("192.0.2.2").status_code for _ in range(2)] == [200, 429]  # the limit of all together
        refused = sent("192.0.2.1")
        assert "too many texts" in problem(refused, 429)
        assert 1 <= int(refused.headers["Retry-After"]) <= 30


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@given(steps=st.lists(st.tuples(st.floats(0, 90), st.integers(0, 3)), max_size=60), per_minute=st.integers(1, 5))
def test_no_minute_holds_more_than_twice_the_limit(steps: list[tuple[float, int]], per_minute: int) -> None:
    """A bucket that is full lets its content pass at once, and refills by as much within the minute."""
    clock = Clock()
    rates = Rates(per_minute=per_minute, total_per_minute=8, clock=clock)
    taken: list[tuple[float, int]] = []
    for pause, client in steps:
        clock.now += pause
        wait = rates.take(f"192.0.2.{client}")
        if wait:
            clock.now += wait + 1e-6
            assert rates.take(f"192.0.2.{client}") == 0
        taken.append((clock.now, client))
    for start, _ in taken:
        minute = [client for at, client in taken if start <= at < start + 60]
        assert len(minute) <= 16
        assert all(minute.count(client) <= 2 * per_minute for client in minute) or SLOTS < 100


def test_clients_of_one_network_are_one_and_memory_does_not_grow() -> None:
    rates = Rates(per_minute=1, total_per_minute=100_000)
    assert rates.take("2001:db8::1") == 0
    assert rates.take("2001:db8::ffff") > 0
    assert rates.take("192.0.2.1") == 0
    assert rates.take("::ffff:192.0.2.1") > 0
    assert rates.take("no address") == 0
    before = len(rates._memory)
    for number in range(20_000):
        rates.take(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert len(rates._memory) == before < 100_000


def test_processes_share_a_limit() -> None:
    rates = Rates(per_minute=50, total_per_minute=50)
    children = []
    for _ in range(3):
        child = os.fork()
        if not child:
            os._exit(sum(rates.take("192.0.2.1") == 0 for _ in range(40)))
        children.append(child)
    passed = sum(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children)
    assert 50 <= passed <= 52  # a slot may refill while they ask


def test_threads_share_a_limit_and_a_dead_process_does_not_lock_it() -> None:
    rates = Rates(per_minute=20, total_per_minute=20)
    child = os.fork()
    if not child:
        with rates._locked():
            os.kill(os.getpid(), 9)
    os.waitpid(child, 0)
    passed: list[bool] = []
    start = time.monotonic()
    threads = [
        threading.Thread(target=lambda: passed.extend(rates.take("192.0.2.1") == 0 for _ in range(10)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 20 <= sum(passed) <= 21 + (time.monotonic() - start) / 3
