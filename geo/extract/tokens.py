"""A text in, its words with their offsets out."""

from __future__ import annotations

import re
from functools import lru_cache
from sys import intern
from typing import Final, NamedTuple

from geo.text import fold

_PIECE: Final = re.compile(
    r"(?:[^\W\d_]\.){2,}"  # U.S.
    r"|\d+(?:[.,:]\d+)*(?:(?:st|nd|rd|th)\b)?"  # 3,735  24.12.2023  04:05  1st
    r"|[^\W\d_](?:[\w\u00ad\u0300-\u036f\u200b-\u200d\u2060])*"
    r"|[^\w\s]"
)
_QUOTES: Final = "\"“”„‟«»‘’‚`´'"
_DASHES: Final = "‐‑‒–—―−-"


class Token(NamedTuple):
    """A word, number or mark of a text."""

    text: str
    norm: str
    """Folded: lower case, Latin script, no diacritics; quotes are `"` and dashes `-`."""
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        """Whether it begins with a letter or a digit."""
        return self.text[0].isalnum()

    @property
    def is_capital(self) -> bool:
        """Whether it begins with an upper-case letter."""
        return self.text[0].isupper()


@lru_cache(maxsize=65536)
def normal(word: str) -> str:
    """Return the folded form of one word or mark."""
    if word in _QUOTES:
        return '"'
    if word in _DASHES:
        return "-"
    return fold(word).text.strip() or word


def tokens(text: str) -> list[Token]:
    """Return the tokens of a text in order; a hyphen or apostrophe inside a word is no token."""
    found: list[Token] = []
    size = len(text)
    for piece in _PIECE.finditer(text):
        start, end = piece.span()
        word = piece.group()
        if word in _DASHES or word in _QUOTES:
            if start > 0 and end < size and text[start - 1].isalnum() and text[end].isalnum():
                continue
        elif word == "s" and start and text[start - 1] in _QUOTES and start > 1 and text[start - 2].isalnum():
            continue  # the English possessive
        found.append(Token(intern(word), normal(word), start, end))  # a word that comes again takes no more memory
    return found
