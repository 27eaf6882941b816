"""What a reader of foreign files hands on: a text and what the file says about it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

MAX_TEXT: Final = 5_000_000
"""Most characters of text that one file may give."""
_UNPRINTABLE: Final = frozenset(("Cc", "Cs", "Co", "Cn"))
_SPACES: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One text of a file: a web page and a PDF document are one, a feed has one for each item."""

    text: str
    """Paragraphs with an empty line between them; the title is the first where there is one."""
    title: str = ""
    published: str | None = None
    """The day, YYYY-MM-DD, where the file itself states it."""
    source: str = ""
    """The publisher, where the file names it."""
    url: str | None = None


def one_line(text: str | None) -> str:
    """Return text on one line: single spaces, no control characters, no halves of characters."""
    printable = (c if c.isspace() or unicodedata.category(c) not in _UNPRINTABLE else "" for c in text or "")
    return _SPACES.sub(" ", "".join(printable)).strip()


def joined(title: str, paragraphs: Iterable[str]) -> str:
    """Return a text with its title as the first paragraph, unless the text begins with that already."""
    lines = [line for line in map(one_line, paragraphs) if line]
    if title and lines and lines[0].casefold() != title.casefold():
        lines.insert(0, title)
    return "\n\n".join(lines)


def link(url: str | None) -> str | None:
    """Return an address if it is one that a reader may follow."""
    bare = one_line(url)
    return bare if bare.lower().startswith(("http://", "https://")) else None
