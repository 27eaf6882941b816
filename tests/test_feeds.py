"""Events in, an Atom feed out: what a feed reader needs, the filter of the map, and hostile text in every field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from flask.testing import FlaskClient

from app.config import Settings
from geo.model import Event, Evidence, Source
from geo.store import open_store
from tests.conftest import running
from tests.test_hostile import STRINGS

NS = {"a": "http://www.w3.org/2005/Atom", "g": "http://www.georss.org/georss"}
CONTROL = "a\x00b\x0bc\ufffed"


def test_feed_has_what_readers_need(client: FlaskClient) -> None:
    answer = client.get("/feed.atom")
    assert answer.status_code == 200
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    feed = fromstring(answer.data)
    assert feed.findtext("a:id", "", NS) == "http://localhost/feed.atom"
    for name in ("title", "updated", "author/a:name", "rights", "subtitle"):
        assert feed.findtext(f"a:{name}", "", NS)
    entries = feed.findall("a:entry", NS)
    assert len(entries) > 3
    ids = [entry.findtext("a:id", "", NS) for entry in entries]
    assert len(set(ids)) == len(ids)
    for entry, address in zip(entries, ids, strict=True):
        page = client.get(address)
        assert page.status_code == 200
        title = entry.find("a:title", NS)
        assert title is not None
        assert title.text in page.text
        assert title.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
        assert entry.findtext("a:updated", "", NS)
    times = [entry.findtext("a:updated", "", NS) for entry in entries]
    assert times == sorted(times, reverse=True)


def test_feed_follows_the_filter_and_hides_what_is_not_public(client: FlaskClient) -> None:
    asked = "within_km=5&lang=sq"
    feed = fromstring(client.get(f"/feed.atom?{asked}").data)
    found = {entry.findtext("a:id", "", NS).rsplit("/", 1)[1] for entry in feed.findall("a:entry", NS)}
    told = client.get("/api/events?within_m=5000").get_json()
    assert found == {feature["id"] for feature in told["features"]}
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "sq"
    assert "zebrafinch" not in client.get("/feed.atom").text
    links = {link.get("rel"): link.get("href") for link in feed.findall("a:link", NS)}
    assert links["self"] == f"http://localhost/feed.atom?{asked}"
    assert client.get("/feed.atom?within_km=many").status_code == 400


def test_feed_is_linked_from_the_map_and_answers_what_is_known_with_304(client: FlaskClient) -> None:
    text = client.get("/?kind=incident").text
    assert text.count('href="/feed.atom?kind=incident"') == 2
    answer = client.get("/feed.atom")
    again = client.get("/feed.atom", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("text", [*STRINGS, CONTROL, "]]>", "&amp;<b>", "😀"])
def test_hostile_text_is_text_in_the_feed(
    settings: Settings, make_event: Callable[..., Event], tmp_path: Path, text: str
) -> None:
    event = make_event(id="hostile", event_type="protest", date_start="2023-05-01", lon="20.6", lat="42.6")
    facts = replace(
        event.facts,
        title=text,
        summary=text,
        sources=(Source(name=text, url=text), Source(name=text, url="https://example.org/?a=1&b=<>")),
        evidence=(Evidence(document_id="d", start=0, end=len(text), text=text),),
    )
    path = tmp_path / "hostile.gpkg"
    store = open_store(path)
    store.seed([replace(event, facts=facts, location=replace(event.location, place_name=text))])
    store.close()
    with running(replace(settings, store=path)) as app:
        feed = fromstring(app.test_client().get("/feed.atom").data)
    (entry,) = feed.findall("a:entry", NS)
    written = text.translate({0: None, 0x0B: None, 0xFFFE: None})
    assert entry.findtext("a:title", "", NS) == written
    assert written in entry.findtext("a:summary", "", NS)
    assert [link.get("href") for link in entry.findall("a:link", NS) if link.get("rel") == "via"] == [
        "https://example.org/?a=1&b=<>"
    ]
    assert entry.findtext("g:point", "", NS) == "42.6 20.6"
