"""The file of words that surround place names in, sets of them out; read once per process."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

WORDS: Final = "words.toml"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of `words.toml`, folded."""

    kinds: dict[str, str]
    """From a word to the kind of place that it calls something."""
    fillers: frozenset[str]
    relations: dict[tuple[str, ...], str]
    """From a phrase to the relation that it says."""
    locative: frozenset[str]
    leading: frozenset[str]
    """Of the locative words, those that say so by themselves: no "and", "of", "the"."""
    within: frozenset[str]
    connectors: frozenset[str]
    lists: frozenset[str]
    waters_before: frozenset[str]
    waters_after: frozenset[str]
    bathing: frozenset[str]
    """Verbs of those who are in a river, not in the village of its name."""
    titles: frozenset[str]
    governing: frozenset[str]
    """Titles that a place may follow without a word between."""
    organisations_after: frozenset[str]
    organisations_before: frozenset[str]
    demonyms: frozenset[str]
    not_given_names: frozenset[str]
    everyday: frozenset[str]
    descriptive: frozenset[str]
    """English words that show a name to be a description, which no other language declines."""
    region: frozenset[str]
    """Words that show a text to be about this region: of its forces, institutions and name."""
    peoples: frozenset[str]
    """The peoples of the region, as English calls them."""
    english: frozenset[str]
    """Frequent words of English; `other` are those of Serbian and Albanian."""
    other: frozenset[str]


@cache
def vocabulary() -> Vocabulary:
    """Return the words that surround place names in English, Albanian and Serbian."""
    table = tomllib.loads(files(__package__).joinpath(WORDS).read_text(encoding="utf-8"))
    locative = _words(table["locative"]["words"])
    return Vocabulary(
        kinds={word: kind for kind, words in table["kinds"].items() for word in words.split()},
        fillers=_words(table["fillers"]["words"]),
        relations={tuple(p.split()): name for name, phrases in table["relations"].items() for p in phrases},
        locative=locative,
        leading=locative - _words(table["locative"]["weak"]),
        within=_words(table["within"]["words"]),
        connectors=_words(table["within"]["connectors"]),
        lists=_words(table["within"]["lists"]),
        waters_before=_words(table["waters"]["before"]),
        waters_after=_words(table["waters"]["after"]),
        bathing=_words(table["waters"]["bathing"]),
        titles=_words(table["titles"]["words"]),
        governing=_words(table["titles"]["governing"]),
        organisations_after=_words(table["organisations"]["after"]),
        organisations_before=_words(table["organisations"]["before"]),
        demonyms=_words(table["demonyms"]["after"]),
        not_given_names=_words(table["not_given_names"]["words"]),
        everyday=_words(table["everyday"]["words"]),
        descriptive=_words(table["descriptive"]["words"]),
        region=_words(table["region"]["words"]),
        peoples=_words(table["region"]["peoples"]),
        english=_words(table["languages"]["english"]),
        other=_words(table["languages"]["other"]),
    )


def _words(written: Any) -> frozenset[str]:
    return frozenset(str(written).split())
