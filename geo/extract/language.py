"""A paragraph's words in, the language that it is written in out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from geo.extract.lexicon import LANGUAGES, common_words
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
    whole = {code: sum(s[code] for s in scores.values()) for code in LANGUAGES}
    usual = max(LANGUAGES, key=lambda code: whole[code])
    return {number: _best(some, usual) for number, some in scores.items()}


def _scores(words: Iterable[Token]) -> dict[str, int]:
    norms = [(t.norm, t.text) for t in words if t.is_word]
    scores = dict.fromkeys(LANGUAGES, 0)
    for code in LANGUAGES:
        common = common_words(code)
        scores[code] = sum(1 for norm, _ in norms if norm in common)
    if "sr" in scores:
        scores["sr"] += sum(1 for _, text in norms if "\u0400" <= text[0] <= "\u04ff")
    return scores


def _best(scores: dict[str, int], usual: str) -> str:
    best = max(scores, key=lambda code: (scores[code], code == usual))
    return best if scores[best] >= 2 else usual
