"""A text, a web page, a PDF document or a feed in, its `Document`s out."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import PurePath
from typing import Final

from geo.errors import InvalidInput
from geo.model import Document, Source
from geo.sources.files import decode
from geo.sources.foreign import MAX_BYTES, parse
from geo.sources.formats import FORMATS, Format, recognise
from geo.sources.parts import Part

MAX_DOCUMENT_BYTES: Final = MAX_BYTES
"""Longer than any article; `files.read_bytes` refuses more."""
_TITLE: Final = 200
"""A first line longer than this is a paragraph, not a title."""
_TEXT_NAMES: Final = frozenset((".txt", ".text", ""))
"""What plain text is called; another name needs the format to be said."""


def read_documents(
    data: bytes,
    *,
    name: str,
    form: Format | None = None,
    published: date | None = None,
    source: str = "",
    url: str | None = None,
    encoding: str | None = None,
) -> tuple[Document, ...]:
    """Return the documents that a file's bytes hold: one, or one for each item of a feed.

    Parameters
    ----------
    data : bytes
        The file.
    name : str
        Its name: errors repeat it, and it decides on the format where the content does not.
    form : {"text", "html", "pdf", "feed"}, optional
        The format; recognised by content where it is not given.
    published, source, url : date, str, str, optional
        Day of publication, publisher and address; what is not given is taken from the file where it states it.
    encoding : str, optional
        Of a text or web page, where it is neither declared nor UTF-8.

    Returns
    -------
    tuple of Document
        At least one, none twice. Evidence refers to their `text`.

    Raises
    ------
    UnreadableFile
        The bytes are empty, damaged, wrongly encoded, or hold no text.
    TooLarge
        They are longer than 5 MB.
    InvalidInput
        There is no reader for such a file, or the address is not http(s).
    """
    if form is not None and form not in FORMATS:
        raise InvalidInput(f"format: {form!r} is not one of {', '.join(FORMATS)}")
    read_as = form or recognise(data, name=name)
    if read_as == "text":
        if form is None:
            _check_name(name)
        document = read_document(data, name=name, published=published, source=source, url=url, encoding=encoding)
        return (document,)
    _check_address(url)
    parts = parse(data, read_as, name=name, encoding=encoding)
    found = (_from_part(part, name=name, published=published, source=source, url=url) for part in parts)
    once: dict[str, Document] = {}
    for document in found:
        once.setdefault(document.id, document)
    return tuple(once.values())


def read_document(
    data: bytes,
    *,
    name: str,
    published: date | None = None,
    source: str = "",
    url: str | None = None,
    encoding: str | None = None,
) -> Document:
    """Return the document that the bytes of a plain text hold.

    Parameters
    ----------
    data : bytes
        The file.
    name : str
        Its name, which errors repeat.
    published : date, optional
        Day of publication; dates such as "last Sunday" are read relative to it.
    source, url : str, optional
        Publisher, and where the text was read (http or https).
    encoding : str, optional
        Other than UTF-8.

    Returns
    -------
    Document
        Its id rests on the text alone: the same text is the same document, whatever the file is called.

    Raises
    ------
    UnreadableFile
        The bytes are empty, binary or wrongly encoded.
    InvalidInput
        The address is not http(s).
    """
    _check_address(url)
    text = decode(data, name=name, encoding=encoding)
    return Document(
        id=_identifier(text),
        text=text,
        title=_title(text),
        source=_source(source, url, published, name),
        published=published,
    )


def _from_part(part: Part, *, name: str, published: date | None, source: str, url: str | None) -> Document:
    day = published or (date.fromisoformat(part.published) if part.published else None)
    return Document(
        id=_identifier(part.text),
        text=part.text,
        title=part.title or _title(part.text),
        source=_source(source or part.source, url or part.url, day, name),
        published=day,
    )


def _identifier(text: str) -> str:
    return "doc-" + hashlib.sha256(text.encode()).hexdigest()[:16]


def _title(text: str) -> str:
    first = text.lstrip().split("\n", 1)[0].strip()
    return first if len(first) <= _TITLE else ""


def _check_name(name: str) -> None:
    suffix = PurePath(name).suffix.lower()
    if suffix not in _TEXT_NAMES:
        raise InvalidInput(
            f"{name}: no reader for such files (text, HTML, PDF, RSS and Atom are known by what they hold); if it is"
            " plain text, say so with --as text"
        )


def _check_address(url: str | None) -> None:
    if url is not None and not url.lower().startswith(("http://", "https://")):
        raise InvalidInput(f"url: {url!r} is not an http or https address")


def _source(source: str, url: str | None, published: date | None, name: str) -> Source:
    return Source(name=source or name, url=url, date=published.isoformat() if published else None)
