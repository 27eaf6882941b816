"""An RSS or Atom file in, the text of each of its items out.

Entities are neither expanded nor allowed, and nothing outside the file is looked at. This module is imported in the
child process of `geo.sources.foreign` only.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from lxml import etree

from geo.errors import UnreadableFile
from geo.sources.files import codec
from geo.sources.markup import blocks, fragment
from geo.sources.parts import Part, joined, link, one_line

_ITEMS: Final = frozenset(("item", "entry"))
_ROOTS: Final = frozenset(("rss", "feed", "RDF"))
_BODIES: Final = ("encoded", "content", "description", "summary")
"""The elements that may hold an item's text, the fullest first."""
_DATES: Final = ("pubDate", "published", "date", "issued", "updated")


def read(data: bytes, *, encoding: str | None = None) -> list[Part]:
    """Return the items of a feed, in file order; an item without words is left out.

    Raises
    ------
    UnreadableFile
        It is not well-formed XML, declares entities, is not RSS or Atom, or has no item with text.
    """
    root = _root(data, encoding)
    if _name(root) not in _ROOTS:
        raise UnreadableFile(f"is XML, but neither RSS nor Atom (its first element is {_name(root)[:40]!r})")
    about = next((node for node in root if _name(node) == "channel"), root)
    publisher = one_line(_text(about, "title"))
    parts = [part for item in _items(root) if (part := _part(item, publisher)).text]
    if not parts:
        raise UnreadableFile("is a feed without an item that holds text")
    return parts


def _root(data: bytes, encoding: str | None) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True,
        remove_pis=True, encoding=codec(encoding).removesuffix("-sig") if encoding else None,
    )  # fmt: skip
    try:
        root = etree.fromstring(data.strip(), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise UnreadableFile(f"is not well-formed XML: {one_line(str(error))[:200]}") from error
    dtd = root.getroottree().docinfo.internalDTD
    if dtd is not None and next(dtd.iterentities(), None) is not None:
        raise UnreadableFile("declares XML entities, which are not read here; take the DOCTYPE out of the file")
    if any(True for _ in root.iter(etree.Entity)):
        raise UnreadableFile("uses XML entities that XML does not know; write the characters themselves")
    return root


def _items(root: Any) -> Iterator[Any]:
    return (node for node in root.iter() if _name(node) in _ITEMS)


def _part(item: Any, publisher: str) -> Part:
    title = " ".join(map(one_line, fragment(_text(item, "title")))).strip()
    body = next((found for name in _BODIES if (found := _paragraphs(item, name))), [])
    return Part(
        text=joined(title, body) or title,
        title=title,
        published=_day(item),
        source=one_line(_text(item, "source")) or publisher,
        url=_link(item),
    )


def _paragraphs(item: Any, name: str) -> list[str]:
    node = _child(item, name)
    if node is None:
        return []
    if len(node):  # Atom's xhtml stands as elements
        return [line for line in map(one_line, blocks(node)) if line]
    return [line for line in map(one_line, fragment(node.text or "")) if line]


def _day(item: Any) -> str | None:
    written = (one_line(_text(item, name)) for name in _DATES)
    return next((day.isoformat() for text in written if text and (day := _as_day(text))), None)


def _as_day(text: str) -> date | None:
    """Read a date of RFC 822 (RSS) or RFC 3339 (Atom); as it is written, whatever the time zone."""
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        pass
    try:
        return parsedate_to_datetime(text).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _link(item: Any) -> str | None:
    for node in item:
        if _name(node) == "link" and node.get("rel", "alternate") == "alternate":
            found = link(node.get("href") or node.text)
            if found:
                return found
    return None


def _child(node: Any, name: str) -> Any:
    return next((child for child in node if _name(child) == name), None)


def _text(node: Any, name: str) -> str:
    child = _child(node, name)
    return "" if child is None else "".join(child.itertext())


def _name(node: Any) -> str:
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""
