"""An Albanian place name in, its definite, indefinite and case forms out.

Names and forms are keys (`geo.text.key`): small letters, `ë` as `e`, `ç` as `c`.
"""

from __future__ import annotations

from itertools import product
from typing import Final

_ARTICLES: Final = frozenset(("i", "e", "te", "se"))
_SOFT: Final = frozenset(("sh", "zh", "dh", "th", "xh"))
"""Letters of two signs that are no h."""


def albanian_nominatives(name: str) -> frozenset[str]:
    """Return the other of the definite and indefinite nominative, which the press uses alike (Banjskë, Banjska)."""
    words = name.split()
    if not words or not _is_plain(words):
        return frozenset()
    at = _head(words)
    others = {_join(words, at, form) for form in _nominatives(words[at])}
    return frozenset(others - {name})


def albanian_forms(name: str) -> frozenset[str]:
    """Return the case forms of a name; the article of `Bistricë e Leposaviqit` changes with its noun.

    >>> sorted(albanian_forms("banjske"))
    ['banjsken', 'banjskes']
    """
    words = name.split()
    if not words or len(words) > 4 or not _is_plain(words):
        return frozenset()
    at = _head(words)
    heads = {words[at], *_nominatives(words[at]), *_oblique(words[at])}
    if at + 1 < len(words):
        changed = {
            _join([*words[: at + 1], article, *words[at + 2 :]], at, head)
            for head, article in product(heads, _ARTICLES)
        }
    else:
        changed = {_join(words, at, head) for head in heads}
    return frozenset(changed - {name} - albanian_nominatives(name))


def _is_plain(words: list[str]) -> bool:
    return all(w.isascii() and w.isalpha() for w in words) and len(words[_head(words)]) > 2


def _head(words: list[str]) -> int:
    """Where the word stands that changes: the one before an article, or else the last."""
    return next((k - 1 for k, word in enumerate(words) if k and word in _ARTICLES), len(words) - 1)


def _join(words: list[str], at: int, head: str) -> str:
    return " ".join([*words[:at], head, *words[at + 1 :]])


def _nominatives(word: str) -> set[str]:
    stem, ending = word[:-1], word[-1]
    if ending == "a":
        return {f"{stem}e"} if not stem.endswith("i") else {stem, f"{stem}e"}
    if ending == "e":
        return {f"{stem}a"}
    if ending == "i":
        return {stem, f"{word}a"}
    if ending == "u":
        return {stem}
    if ending == "o":
        return {f"{stem}a"}
    return {f"{word}{_ending(word)}"}


def _ending(word: str) -> str:
    """Return the definite ending: `u` after k, g and h (Ranillugu), but not after sh and the like (Dudin Kërshi)."""
    return "u" if word[-1] in "kgh" and word[-2:] not in _SOFT else "i"


def _oblique(word: str) -> set[str]:
    stem, ending = word[:-1], word[-1]
    if ending in "ae":
        if stem.endswith("i"):
            return {f"{stem}se", f"{stem}ne"}
        return {f"{stem}es", f"{stem}en"}
    if ending == "i":
        return {f"{word}t", f"{word}n", f"{word}se", f"{word}ne"}
    if ending in "ou":
        return {f"{word}s", f"{word}n", f"{word}t", f"{stem}es", f"{stem}en"}
    if word.endswith("er"):
        return {f"{word[:-2]}rit", f"{word[:-2]}rin", f"{word[:-2]}ri"}
    vowel = _ending(word)
    return {f"{word}{vowel}t", f"{word}{vowel}n", *((f"{word}t",) if ending == "j" else ())}
