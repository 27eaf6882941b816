"""Hostile strings in every field of an event: every page shows them as written, and nothing of them runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from app import create_app
from app.assets import json_block
from app.config import Settings
from app.rows import web_address
from geo.model import Event, Evidence, Source
from geo.store import open_store
from tests.browsing import visit
from tests.conftest import serving

STRINGS = (
    "{{7*7}}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{% raw",
    "{# x #}",
    "</script><script>window.pwned=1</script>",
    "<!--<script>",
    "`${window.pwned=1}`",
    "${1}",
    "<img src=x onerror=window.pwned=1>",
    "javascript:window.pwned=1",
    "=cmd()",
    "$\\input{x}$",
    "abc\u202edef",
    "abc\u2028def",
    "\"'><svg onload=window.pwned=1>",
    "%(line)s {n} {distance}",
)
FIELDS = ("title", "summary", "disputed", "actors", "force", "unit", "contributor", "from_place", "to_place")
LOCATED = ("place_name", "place_name_sq", "place_name_sr", "toponym", "municipality")


@pytest.fixture(scope="module")
def hostile_events(make_event: Callable[..., Event]) -> tuple[Event, ...]:
    return tuple(_poisoned(make_event, n, text) for n, text in enumerate(STRINGS))


def _poisoned(make_event: Callable[..., Event], number: int, text: str) -> Event:
    at = {"lon": str(20.3 + number * 0.06), "lat": "42.6", "uncertainty_m": "1000"}
    event = make_event(id=f"hostile-{number}", event_type="protest", date_start="2023-05-01", place_name="Klina", **at)
    facts = replace(
        event.facts,
        **{name: (text,) if name == "actors" else text for name in FIELDS},
        sources=(Source(name=text, url=text), Source(name=text, url="javascript:window.pwned=1", date=text)),
        evidence=(Evidence(document_id=text, start=0, end=len(text), text=text, supports=text),),
    )
    return replace(event, facts=facts, location=replace(event.location, **dict.fromkeys(LOCATED, text)))


@pytest.fixture(scope="module")
def hostile_store(tmp_path_factory: pytest.TempPathFactory, hostile_events: tuple[Event, ...]) -> Path:
    path = tmp_path_factory.mktemp("hostile") / "ibar.gpkg"
    store = open_store(path)
    store.seed(hostile_events)
    store.close()
    return path


@pytest.fixture(scope="module")
def hostile_settings(hostile_store: Path) -> Settings:
    return replace(Settings.from_environ({}), store=hostile_store)


@pytest.fixture(scope="module")
def client(hostile_settings: Settings) -> Iterator[FlaskClient]:
    app = create_app(hostile_settings)
    yield app.test_client()
    app.extensions["ibar"].close()


def test_pages_show_hostile_text_as_written_and_compile_nothing(client: FlaskClient) -> None:
    for path in ("/", "/embed", "/share", *(f"/events/hostile-{n}" for n in range(len(STRINGS)))):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "<img src=x" not in answer.text
        assert "<svg onload" not in answer.text
        assert "<script>window" not in answer.text
        assert not re.search(r"href=[\"']?\s*javascript:", answer.text, re.IGNORECASE)
    assert "{{7*7}}" in client.get("/").text
    assert "uid=" not in client.get("/").text


@pytest.mark.parametrize("name", ["q", "municipality", "area", "from", "event", "map", "lang", "cursor", "type"])
@pytest.mark.parametrize("text", STRINGS)
def test_hostile_text_in_the_address_is_answered_and_escaped(client: FlaskClient, name: str, text: str) -> None:
    answer = client.get("/", query_string={name: text})
    assert answer.status_code in (200, 400)
    assert "<img src=x" not in answer.text
    assert "<svg onload" not in answer.text
    assert "<script>window" not in answer.text
    assert "uid=" not in answer.text


@pytest.mark.browser
def test_dialogs_show_hostile_text_as_written_and_nothing_runs(browser: Browser, hostile_settings: Settings) -> None:
    with serving(hostile_settings) as address, visit(browser) as seen:
        for number, text in enumerate(STRINGS):
            page = seen.go(f"{address}/?event=hostile-{number}")
            told = page.get_by_role("dialog")
            assert told.locator(".popup-title").text_content() == text
            assert told.locator("blockquote").text_content() == text
            assert text in (told.locator(".popup-place").text_content() or "")
            assert told.locator(".popup-sources a").count() == 0
            assert page.evaluate("() => window.pwned") is None
        assert seen.errors == []


@pytest.mark.browser
def test_standalone_file_shows_hostile_text_as_written_and_nothing_runs(
    browser: Browser, hostile_store: Path, settings: Settings, ibar: Callable[..., Result], tmp_path: Path
) -> None:
    settings.store.parent.mkdir()
    settings.store.write_bytes(hostile_store.read_bytes())
    out = tmp_path / "hostile.html"
    done = ibar("map", str(out))
    assert done.exit_code == 0, done.output
    with visit(browser, offline=True) as seen:
        page = seen.go(out.as_uri())
        titles = page.locator("#results td.what a").all_text_contents()
        assert set(titles) == set(STRINGS)
        for number, text in enumerate(STRINGS):
            page.locator(f"a[data-show-event='hostile-{number}']").click()
            assert page.get_by_role("dialog").locator(".popup-title").text_content() == text
        assert page.evaluate("() => window.pwned") is None
        assert seen.errors == []
        assert seen.hosts() == set()


@pytest.mark.parametrize("text", STRINGS)
def test_json_block_cannot_be_left(text: str) -> None:
    block = str(json_block({"value": text}, element_id="x", nonce="n"))
    inner = block.split(">", 1)[1].rsplit("</script>", 1)[0]
    assert "<" not in inner
    assert "\u2028" not in inner


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "https:", "http://[", "", None]
)
def test_only_web_addresses_become_links(url: str | None) -> None:
    assert web_address(url) is None


def test_web_address_is_kept_as_it_is() -> None:
    assert web_address("https://example.org/a?b=c#d") == "https://example.org/a?b=c#d"
