"""A text with its names found in, the words before and after each name out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from geo.gazetteer.abroad import NEAR, far_countries
from geo.gazetteer.spotting import Spot, Spotted, Word
from geo.gazetteer.vocabulary import Vocabulary, vocabulary

_CLAUSE_END: Final = re.compile(r"[.;:!?\n]|, |\(|\)| - ")
_SENTENCE_END: Final = re.compile(r"[.;:!?]\s|\n")


@dataclass(frozen=True)
class Reading:
    """The folded text, its words and the names among them."""

    text: str
    words: Sequence[Word]
    spots: Sequence[Spot]

    @classmethod
    def of(cls, text: str, spotted: Spotted) -> Reading:
        """Put a folded text and what was found in it together."""
        return cls(text, spotted.words, spotted.spots)

    @property
    def vocabulary(self) -> Vocabulary:
        """The words that matter around names."""
        return vocabulary()

    @cached_property
    def _spotted(self) -> frozenset[int]:
        return frozenset(k for spot in self.spots for k in range(spot.first, spot.last))

    def is_spotted(self, word: int) -> bool:
        """Tell whether the word at an index is part of a name that was found."""
        return word in self._spotted

    @cached_property
    def is_abroad(self) -> bool:
        """Whether the text names a larger town or a country far from here."""
        is_town = any(all(p.rank > 1 and p.country not in NEAR for p in spot.places) for spot in self.spots)
        return is_town or self._names_far_country()

    def _names_far_country(self) -> bool:
        """Whether a far country's name stands by itself: "Mali" does not in "Mali Zvečan"."""
        far = far_countries()
        for at, word in enumerate(self.words):
            if word.is_capital and not self.is_spotted(at):
                following = self.words[at + 1].norm if at + 1 < len(self.words) else ""
                if f"{word.norm} {following}" in far or (word.norm in far and not self.is_spotted(at + 1)):
                    return True
        return False

    def gap(self, start: int, end: int) -> str:
        """Return the folded text between two offsets."""
        return self.text[start:end]

    def before(self, spot: Spot) -> Word | None:
        """Return the word before a name."""
        return self.words[spot.first - 1] if spot.first else None

    def after(self, spot: Spot) -> Word | None:
        """Return the word after a name."""
        return self.words[spot.last] if spot.last < len(self.words) else None

    def gap_before(self, spot: Spot) -> str:
        """Return what stands between a name and the word before it."""
        before = self.before(spot)
        return self.gap(before.end if before else 0, self.words[spot.first].start)

    def gap_after(self, spot: Spot) -> str:
        """Return what stands between a name and the word after it."""
        after = self.after(spot)
        return self.gap(self.words[spot.last - 1].end, after.start if after else len(self.text))

    def back(self, spot: Spot, reach: int) -> Iterator[Word]:
        """Yield the words before a name, nearest first, as far as the clause goes and no other name stands."""
        end = self.words[spot.first].start
        for k in range(spot.first - 1, max(-1, spot.first - 1 - reach), -1):
            word = self.words[k]
            if _CLAUSE_END.search(self.gap(word.end, end)) or self.is_spotted(k):
                return
            yield word
            end = word.start

    def onward(self, spot: Spot, reach: int) -> Iterator[Word]:
        """Yield the words after a name, nearest first, as far as the clause goes and no other name stands."""
        start = self.words[spot.last - 1].end
        for k in range(spot.last, min(len(self.words), spot.last + reach)):
            word = self.words[k]
            if _CLAUSE_END.search(self.gap(start, word.start)) or self.is_spotted(k):
                return
            yield word
            start = word.end

    def is_led_to(self, spot: Spot) -> bool:
        """Tell whether the words about a name say that it is a place: "in X", "u selu X", "X, a hamlet of Y"."""
        known = self.vocabulary
        if self._is_explained(spot):
            return True
        for word in self.back(spot, 3):
            if word.norm in known.kinds or word.norm in known.leading:
                return True
            if word.norm not in known.fillers:
                return False
        return False

    def _is_explained(self, spot: Spot) -> bool:
        """Whether what kind of place it is follows the name: "X, a hamlet of Y", "X, selo u opštini Y"."""
        if self.gap_after(spot) != ", ":
            return False
        following = [word.norm for word in self.words[spot.last : spot.last + 2]]
        kind = following[1:] if following[:1] in (["a"], ["an"], ["the"], ["nje"]) else following[:1]
        return bool(kind) and self.vocabulary.kinds.get(kind[0]) in ("village", "town")

    def between(self, first: Spot, second: Spot) -> tuple[Sequence[Word], str]:
        """Return the words between two names, and the text there."""
        words = self.words[first.last : second.first]
        return words, self.gap(self.words[first.last - 1].end, self.words[second.first].start)

    def is_one_sentence(self, gap: str) -> bool:
        """Tell whether a gap parts no sentences."""
        return not _SENTENCE_END.search(gap)
