"""Nothing in, the names of countries far from here in three languages out: they show a text to be on elsewhere."""

from __future__ import annotations

from functools import cache
from typing import Final

from babel import Locale

from geo.text import key

NEAR: Final = frozenset(("XK", "RS", "ME", "MK", "AL", "BA", "HR"))
"""Countries that news of this region names all the time."""
_LOCALES: Final = ("en", "sq", "sr_Latn")
_MOST_WORDS: Final = 2


@cache
def far_countries() -> frozenset[str]:
    """Return their names of one or two words, folded (CLDR, through Babel)."""
    found: set[str] = set()
    for locale in _LOCALES:
        for code, name in Locale.parse(locale).territories.items():
            folded = key(name)
            if len(code) == 2 and code.isalpha() and code not in NEAR and len(folded.split()) <= _MOST_WORDS:
                found.update((folded, _definite(folded)) if locale == "sq" else (folded,))
    return frozenset(found)


def _definite(name: str) -> str:
    """Return an Albanian name with its article: Spanjë, Spanja; Itali, Italia."""
    return f"{name[:-1]}a" if name.endswith("e") else f"{name}a" if name.endswith("i") else name
