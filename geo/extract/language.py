"""A paragraph's words in, the language that it is written in out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from geo.extract.lexicon import Traits, language_codes, traits
from geo.extract.sentences import Sentence
from geo.extract.tokens import Token


def languages(sentences: Sequence[Sentence]) -> dict[int, str]:
    """Return the language of each paragraph: Serbian, Croatian, Bosnian and Montenegrin count as one, `sr`.

    A paragraph too short to tell takes the language of most of the document.
    """
    words: dict[int, list[Token]] = {}
    for sentence in sentences:
        words.setdefault(sentence.paragraph, []).extend(sentence.words)
    scores = {number: _scores(some) for number, some in words.items()}
    whole = {code: sum(s[code] for s in scores.values()) for code in language_codes()}
    usual = max(language_codes(), key=lambda code: whole[code])
    return {number: _best(some, usual) for number, some in scores.items()}


def _scores(words: Iterable[Token]) -> dict[str, int]:
    norms = [(t.norm, t.text) for t in words if t.is_word]
    cyrillic = sum(1 for _, text in norms if "\u0400" <= text[0] <= "\u04ff")
    return {code: _score(norms, traits(code), cyrillic) for code in language_codes()}


def _score(norms: Sequence[tuple[str, str]], language: Traits, cyrillic: int) -> int:
    return sum(1 for norm, _ in norms if norm in language.common) + (cyrillic if language.is_cyrillic else 0)


def _best(scores: dict[str, int], usual: str) -> str:
    best = max(scores, key=lambda code: (scores[code], code == usual))
    return best if scores[best] >= 2 else usual
