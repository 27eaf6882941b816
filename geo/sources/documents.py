"""A text file in, a `Document` out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import PurePath
from typing import Final

from geo.errors import InvalidInput
from geo.model import Document, Source
from geo.sources.files import decode

MAX_DOCUMENT_BYTES: Final = 5_000_000
"""Longer than any article; `files.read_bytes` refuses more."""
_TITLE: Final = 200
"""A first line longer than this is a paragraph, not a title."""

TextReader = Callable[..., str]


def plain_text(data: bytes, *, name: str, encoding: str | None = None) -> str:
    """Return the text of a plain text file."""
    return decode(data, name=name, encoding=encoding)


READERS: Final[Mapping[str, TextReader]] = {".txt": plain_text, ".text": plain_text, "": plain_text}
"""File name extension to the function that makes text of such a file's bytes."""


def read_document(
    data: bytes,
    *,
    name: str,
    published: date | None = None,
    source: str = "",
    url: str | None = None,
    encoding: str | None = None,
) -> Document:
    """Return the document that a file's bytes hold.

    Parameters
    ----------
    data : bytes
        The file.
    name : str
        Its name: the extension decides how it is read, and errors repeat it.
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
        There is no reader for such a file, or the address is not http(s).
    """
    read = READERS.get(PurePath(name).suffix.lower())
    if read is None:
        raise InvalidInput(f"{name}: no reader for such files (known: {', '.join(sorted(filter(None, READERS)))})")
    text = read(data, name=name, encoding=encoding)
    return Document(
        id="doc-" + hashlib.sha256(text.encode()).hexdigest()[:16],
        text=text,
        title=_title(text),
        source=_source(source, url, published, name),
        published=published,
    )


def _title(text: str) -> str:
    first = text.lstrip().split("\n", 1)[0].strip()
    return first if len(first) <= _TITLE else ""


def _source(source: str, url: str | None, published: date | None, name: str) -> Source:
    if url is not None and not url.lower().startswith(("http://", "https://")):
        raise InvalidInput(f"url: {url!r} is not an http or https address")
    return Source(name=source or name, url=url, date=published.isoformat() if published else None)
