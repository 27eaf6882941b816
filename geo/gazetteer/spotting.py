"""A text in, the place names in it out: the longest name at each word, by looking up runs of words in the index."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from geo.gazetteer.vocabulary import vocabulary
from geo.model import Place
from geo.text import Folded

LONGEST: Final = 8
"""Words of the longest name that is looked for."""
_NAMESAKE_LEAST: Final = 5_000
"""People of a town elsewhere, from which on its name may be that of a village here."""
_WORD: Final = re.compile(r"[^\W_]+")
_JOINTS: Final = frozenset((" ", "-", "'", "\n", ". ", "  ", " - "))
"""What may stand between the words of one name."""
_PARAGRAPH: Final = re.compile(r"\n+")


@dataclass(frozen=True, slots=True)
class Listed:
    """A place that goes by a key."""

    place: int
    is_form: bool
    is_small: bool
    is_spotted: bool


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The look-ups that spotting needs."""

    head: Callable[[str], tuple[int, bool]]
    """From a first word to the length in words of the longest name that it begins, and whether it may be small."""
    listed: Callable[[str], tuple[Listed, ...]]
    place: Callable[[int], Place]


class Word(NamedTuple):
    """A word: its folded form, and where it stands in the folded text."""

    norm: str
    start: int
    end: int
    is_capital: bool
    """Whether it begins with a capital letter in the text."""
    is_shouted: bool
    """Whether it is written in capitals throughout, and has more than one letter."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A name found: the words `first` to `last` (exclusive), and every place that goes by it."""

    first: int
    last: int
    places: tuple[Place, ...]
    is_described: bool
    """Whether it is a description in small letters ("the main bridge"), which many towns have."""
    is_english: bool = True
    """Whether it stands in English text, or in a language that is not known."""
    is_form: bool = False
    """Whether it is written in a case form, not as it stands in a list."""
    has_namesake: bool = False
    """Whether a town elsewhere, too small for texts to be searched for it, has just this name."""


@dataclass(frozen=True, slots=True)
class Spotted:
    """The words of a text and the names among them, in order."""

    words: Sequence[Word]
    spots: Sequence[Spot]


def spot(text: str, folded: Folded, lexicon: Lexicon) -> Spotted:
    """Find every name; where names overlap, the one that begins first, and of those the longest."""
    words = _words(text, folded)
    english = _EnglishParagraphs(folded.text, words)
    spots: list[Spot] = []
    at = 0
    while at < len(words):
        found = _longest(folded.text, words, at, lexicon, english)
        if found:
            spots.append(found)
        at = found.last if found else at + 1
    return Spotted(words, spots)


def _words(text: str, folded: Folded) -> list[Word]:
    offsets = folded.offsets
    found = []
    for match in _WORD.finditer(folded.text):
        start, end = match.span()
        written = text[offsets[start] : offsets[end]]
        is_shouted = end - start > 1 and written.isupper()
        found.append(Word(match.group(), start, end, written[:1].isupper(), is_shouted))
    return found


def _longest(text: str, words: Sequence[Word], at: int, lexicon: Lexicon, english: _EnglishParagraphs) -> Spot | None:
    longest, is_small = lexicon.head(words[at].norm)
    if not longest or not (is_small or words[at].is_capital):
        return None
    last = at + 1
    while (
        last < len(words)
        and last - at < min(longest, LONGEST)
        and text[words[last - 1].end : words[last].start] in _JOINTS
    ):
        last += 1
    for end in range(last, at, -1):
        name = " ".join(w.norm for w in words[at:end])
        known = lexicon.listed(name)
        listed = [n for n in known if n.is_spotted and (n.is_small or words[at].is_capital)]
        if listed and english.hold(words[at]):
            listed = [n for n in listed if not n.is_form]
        if listed:
            places = sorted((lexicon.place(n.place) for n in listed), key=lambda p: p.rank)
            return Spot(
                at,
                end,
                tuple(places),
                is_described=not any(w.is_capital for w in words[at:end]),
                is_english=not english.is_other(words[at]),
                is_form=all(n.is_form for n in listed),
                has_namesake=any(_is_namesake(n, lexicon) for n in known),
            )
    return None


def _is_namesake(listed: Listed, lexicon: Lexicon) -> bool:
    known = not listed.is_spotted and not listed.is_form
    return known and (lexicon.place(listed.place).population or 0) >= _NAMESAKE_LEAST


class _EnglishParagraphs:
    """Which paragraphs are English: there, a case form of a Serbian or Albanian name is some other word."""

    def __init__(self, text: str, words: Sequence[Word]) -> None:
        self._starts = [0, *(m.end() for m in _PARAGRAPH.finditer(text))]
        known = vocabulary()
        balance, paragraph, following = [0] * len(self._starts), 0, [*self._starts[1:], len(text) + 1]
        for word in words:
            while word.start >= following[paragraph]:
                paragraph += 1
            balance[paragraph] += (word.norm in known.english) - (word.norm in known.other)
        self._balance = balance

    def hold(self, word: Word) -> bool:
        """Tell whether a word stands in English text."""
        return self._balance[self._at(word)] > 0

    def is_other(self, word: Word) -> bool:
        """Tell whether a word stands in Serbian or Albanian text."""
        return self._balance[self._at(word)] < 0

    def _at(self, word: Word) -> int:
        return bisect_right(self._starts, word.start) - 1
