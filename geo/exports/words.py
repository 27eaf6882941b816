"""A language's phrases, numbers and dates in, what a print says in it out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from geo.query import Formats

_ENGLISH: Final = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One language of a print."""

    language: str = _ENGLISH
    """As BCP 47 writes it."""
    translate: Callable[[str], str] = str
    """Translates a phrase that is not data."""
    formats: Formats = field(default_factory=Formats)
    country: Callable[[str, str], str] = lambda _code, name: name
    """Names a country, given its ISO code and its English name."""
    cyrillic: Callable[[str], str] = str
    """Writes a Serbian name in Cyrillic; asked only where the language is so written."""

    def __call__(self, phrase: str) -> str:
        """Translate a phrase."""
        return self.translate(phrase)

    def number(self, number: int) -> str:
        """Write a whole number."""
        return self.formats.number(number)

    def decimal(self, number: float) -> str:
        """Write a number with what decimals it has."""
        written = f"{number:g}"
        return written if self.language == _ENGLISH else written.replace(".", ",")

    def day(self, written: str) -> str:
        """Write a day given as ISO 8601; what is no day stays."""
        try:
            return self.formats.day(date.fromisoformat(written))
        except ValueError:
            return written

    def when(self, written: str, precision: int) -> str:
        """Write a day no more precisely than its UCDP code says: 4 is a month, 5 a year."""
        if not written:
            return "–"
        if precision >= 5:
            return written[:4]
        try:
            first = date.fromisoformat(written)
        except ValueError:
            return written
        return self.formats.month(first) if precision == 4 else self.formats.day(first)

    def names(self, names: tuple[str, str, str]) -> tuple[str, str]:
        """Return the two names of a place, given in English, Albanian and Serbian, the reader's own first.

        In English the second is empty for the caller to choose.
        """
        english, albanian, serbian = names
        if self.language == "sq":
            return albanian or english, serbian
        if self.language == "sr-Cyrl":
            return self.cyrillic(serbian or english), albanian
        if self.language.startswith("sr"):
            return serbian or english, albanian
        return english, ""

    @property
    def is_english(self) -> bool:
        """Whether titles in the data, which are English, may stand among the words."""
        return self.language == _ENGLISH
