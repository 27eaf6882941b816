"""Events as encoded features in, an Atom feed out: what feed readers and newsroom tools follow a filter by.

Every text passes through the XML writer; characters that XML cannot hold are left out, and an address that is not http
or https is no link.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from app.rows import Row, rows
from geo.geojson import LICENCE

MEDIA_TYPE: Final = "application/atom+xml"
_LICENCE_URL: Final = "https://creativecommons.org/licenses/by/4.0/"
_ATOM: Final = "http://www.w3.org/2005/Atom"
_GEORSS: Final = "http://www.georss.org/georss"
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

register_namespace("", _ATOM)
register_namespace("georss", _GEORSS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What stands at the head of a feed."""

    title: str
    subtitle: str
    """What was asked for, in words."""
    language: str
    own: str
    """Address of the feed; it is its identifier as well."""
    page: str
    """Address of the same events as a map."""
    modified: datetime
    links: Sequence[tuple[str, str, str]] = field(default=())
    """Further ones: relation, media type, address."""


def atom(features: Iterable[bytes], feed: Feed, *, page_of: Callable[[str], str]) -> bytes:
    """Return a feed of events in the order given; `page_of` returns the address of the page of an event's id."""
    root = Element(_name("feed"), {_LANG: feed.language})
    _text(root, "id", feed.own)
    _text(root, "title", feed.title)
    _text(root, "subtitle", feed.subtitle)
    _text(root, "updated", _time(feed.modified))
    _text(SubElement(root, _name("author")), "name", "Ibar")
    _text(root, "rights", LICENCE)
    alternates = (("self", MEDIA_TYPE, feed.own), ("alternate", "text/html", feed.page), ("license", "", _LICENCE_URL))
    for relation, media_type, address in (*alternates, *feed.links):
        _link(root, relation, address, media_type=media_type)
    for row in rows(features):
        _add_entry(root, row, page_of(row.id), fallback=feed.modified)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _add_entry(root: Element, row: Row, page: str, *, fallback: datetime) -> None:
    record, feed_language = row.record, str(root.get(_LANG))
    entry = SubElement(root, _name("entry"))
    _text(entry, "id", page)
    _text(entry, "title", row.title).set(_LANG, row.title_language or feed_language)
    _text(entry, "updated", record.get("updated_at") or _time(fallback))
    if record.get("created_at"):
        _text(entry, "published", record["created_at"])
    _link(entry, "alternate", page, media_type="text/html")
    for source in row.sources:
        if source["url"]:
            _link(entry, "via", source["url"], title=source["name"])
    SubElement(entry, _name("category"), {"term": _clean(record["event_type"]), "label": _clean(row.type)})
    _text(entry, "summary", _summary(row))
    if row.feature["geometry"]:
        lon, lat = row.feature["geometry"]["coordinates"]
        SubElement(entry, f"{{{_GEORSS}}}point").text = f"{lat} {lon}"


def _summary(row: Row) -> str:
    """Say when, where, how precisely, how far from the line and what happened."""
    said = row.record["summary"]
    facts = [row.type, row.date, row.place, row.precision, row.border, row.certainty, row.casualties]
    return ". ".join(part for part in ("; ".join(fact for fact in facts if fact), said) if part)


def _text(parent: Element, name: str, words: Any) -> Element:
    child = SubElement(parent, _name(name))
    child.text = _clean(words)
    return child


def _link(parent: Element, relation: str, address: str, *, media_type: str = "", title: str = "") -> None:
    given = {"rel": relation, "href": _clean(address), "type": media_type, "title": _clean(title)}
    SubElement(parent, _name("link"), {name: value for name, value in given.items() if value})


def _clean(words: Any) -> str:
    return _NOT_XML.sub("", str(words))


def _name(name: str) -> str:
    return f"{{{_ATOM}}}{name}"


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
