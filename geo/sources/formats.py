"""The first bytes of a document in, the format that they show out."""

from __future__ import annotations

import codecs
import re
from pathlib import PurePath
from typing import Final, Literal, get_args

Format = Literal["text", "html", "pdf", "feed"]
FORMATS: Final[tuple[Format, ...]] = get_args(Format)
"""What a document may be: plain text, a web page, a PDF document, an RSS or Atom file."""

_HEAD: Final = 4096
_PDF_HEAD: Final = 1024
"""Some writers put other bytes before the mark of a PDF document; readers look so far."""
_WIDE: Final = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_PROLOGUE: Final = re.compile(r"\s*(?:<\?[^>]{0,1000}>|<!--[\s\S]{0,2000}?-->|<!doctype[^<>\[]{0,500}>)", re.IGNORECASE)
_TAG: Final = re.compile(r"\s*<([a-z][a-z0-9:]*)(?=[\s/>])")
_FEEDS: Final = frozenset(("rss", "feed", "rdf:rdf"))
_PAGES: Final = frozenset(
    ("html", "head", "body", "article", "main", "section", "header", "div", "p", "h1", "h2", "h3", "title", "meta")
)
_PAGE_NAMES: Final = frozenset((".htm", ".html", ".xhtml"))


def recognise(data: bytes, *, name: str = "") -> Format:
    """Return the format of a document: what its content shows; its name decides only where that shows nothing.

    Parameters
    ----------
    data : bytes
        The document; its beginning is enough.
    name : str
        What the file is called.
    """
    if b"%PDF-" in data[:_PDF_HEAD] and not data.lstrip().startswith(b"<"):
        return "pdf"
    head = _start(data)
    tag = _first_tag(head)
    if tag in _FEEDS or (head.lstrip().startswith("<?xml") and tag not in _PAGES):
        return "feed"
    is_page = tag in _PAGES or head.lstrip().startswith("<!doctype html")
    return "html" if is_page or PurePath(name).suffix.lower() in _PAGE_NAMES else "text"


def _start(data: bytes) -> str:
    encoding = next((named for mark, named in _WIDE.items() if data.startswith(mark)), "latin-1")
    return data[:_HEAD].removeprefix(codecs.BOM_UTF8).decode(encoding, errors="replace").lower()


def _first_tag(head: str) -> str:
    """Return the name of the first element, whatever declarations and comments stand before it."""
    while before := _PROLOGUE.match(head):
        head = head[before.end() :]
    found = _TAG.match(head)
    return found.group(1) if found else ""
