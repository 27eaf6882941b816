"""A web page in, its article out: without menus and other pages' headlines, with the day and title that it states.

This module is imported in the child process of `geo.sources.foreign` only.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import trafilatura

from geo.errors import UnreadableFile
from geo.sources.files import decode
from geo.sources.markup import fragment
from geo.sources.parts import Part, joined, link, one_line

_DECLARED: Final = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
_XML_DECLARED: Final = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})""")
_NAME: Final = "the page"
_SNIFFED: Final = 4096


def read(data: bytes, *, encoding: str | None = None) -> list[Part]:
    """Return the article of a page, as a list of one.

    The encoding is the one given, else the one that the page declares, else UTF-8. The day of publication is what its
    JSON-LD, metadata, `time` element or address states; a date that only stands in the text is not taken for it.

    Raises
    ------
    UnreadableFile
        It is wrongly encoded, or holds no text.
    """
    markup = _decoded(data, encoding or _declared(data))
    about = trafilatura.bare_extraction(
        markup, include_comments=False, with_metadata=True, date_extraction_params=_date_rules()
    )
    found: dict[str, Any] = about.as_dict() if about is not None and not isinstance(about, dict) else about or {}
    title = one_line(found.get("title"))
    paragraphs = (found.get("text") or "").split("\n") if found.get("text") else fragment(markup)
    text = joined(title, paragraphs)
    if not text:
        raise UnreadableFile("the page holds no text; if a script writes it, save the page from a browser")
    return [
        Part(
            text=text,
            title=title,
            published=_stated(found.get("date"), markup),
            source=one_line(found.get("sitename")),
            url=link(found.get("url")),
        )
    ]


def _decoded(data: bytes, encoding: str | None) -> str:
    try:
        return decode(data, name=_NAME, encoding=encoding)
    except UnreadableFile as error:  # who started this process knows the name
        raise UnreadableFile(str(error).removeprefix(f"{_NAME}: ")) from error


def _declared(data: bytes) -> str | None:
    head = data[:_SNIFFED]
    found = _DECLARED.search(head) or _XML_DECLARED.search(head)
    if found is None or head.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        return "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else None
    return found.group(1).decode("ascii")


def _stated(found: str | None, markup: str) -> str | None:
    """Return a day if the page writes it out; of a month alone the library makes a day (the first, or today's)."""
    if found is None:
        return None
    year, month, day = (int(part) for part in found.split("-"))
    written = (
        rf"{year}[-/.]0?{month}[-/.]0?{day}(?!\d)|{year}{month:02}{day:02}(?!\d)",
        rf"(?<!\d)0?{day}[-/.]\s?0?{month}[-/.]\s?{year}|(?<!\d)0?{month}/0?{day}/{year}",
        rf"(?<!\d)0?{day}(?:st|nd|rd|th|\.)?[ -][^\W\d]{{3,12}}\.?,?[ -]{year}",
        rf"[^\W\d]{{3,12}}\.? 0?{day}(?:st|nd|rd|th)?,? {year}",
    )
    return found if any(re.search(form, markup) for form in written) else None


def _date_rules() -> dict[str, Any]:
    latest = datetime.now(UTC).date() + timedelta(days=1)  # a page from where it is tomorrow already
    return {"extensive_search": False, "original_date": True, "max_date": latest.isoformat()}
