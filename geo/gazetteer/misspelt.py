"""A text about this region in, the village names in it that are misspelt out.

Only a word that the text itself calls a village is looked up so, where one spelling is clearly meant: anywhere else a
word that is almost a name is some other word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from geo.gazetteer.reading import Reading
from geo.gazetteer.spotting import Spot
from geo.model import Place

_CALLED: Final = frozenset(("village", "town", "crossing"))
_GAPS: Final = frozenset((" ", ' "', " '"))
_BETWEEN: Final = frozenset(("of", "called", "named", "e", "i", "zvanom"))


def with_misspelt(reading: Reading, alike: Callable[[str], tuple[Place, ...]]) -> Reading:
    """Return the reading with those names among its spots, in order."""
    found = sorted([*reading.spots, *_misspelt(reading, alike)], key=lambda spot: spot.first)
    return replace(reading, spots=found) if len(found) > len(reading.spots) else reading


def _misspelt(reading: Reading, alike: Callable[[str], tuple[Place, ...]]) -> Iterator[Spot]:
    for at, word in enumerate(reading.words):
        if at and word.is_capital and not reading.is_spotted(at) and _is_called_a_place(reading, at):
            places = alike(word.norm)
            if places:
                yield Spot(at, at + 1, places, is_described=False)


def _is_called_a_place(reading: Reading, at: int) -> bool:
    """Whether "village", "selo", "fshatin" stands right before a word, or with "of" between."""
    before = at - 1
    if reading.words[before].norm in _BETWEEN and before:
        before -= 1
    gap = reading.gap(reading.words[at - 1].end, reading.words[at].start)
    return gap in _GAPS and reading.vocabulary.kinds.get(reading.words[before].norm) in _CALLED
