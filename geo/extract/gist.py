"""The words of a sentence and what the lexicon found in it in, how likely it tells of each family of events out.

The lexicon knows phrases. A sentence that tells its event in other words is recognised by this linear model over the
beginnings of its words and over the lexicon's finds; it also doubts a phrase whose sentence speaks against it. Each
language that has a `sentences.tsv` has a model, fitted on those by `bench/gist.py`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final
from zipfile import BadZipFile

import numpy as np

from geo.errors import MissingData
from geo.extract.lexicon import FAMILIES, FOLDER
from geo.model import DEPLOYMENT_TYPES, INCIDENT_TYPES

if TYPE_CHECKING:
    from numpy.typing import NDArray

FILE: Final = "gist.npz"
STEMS: Final = (4, 6)
"""Letters of the beginnings of words that count: endings are many in Albanian and Serbian."""
_CACHED: Final = 100_000
SCALE: Final = 40.0
"""A weight of 1 is kept as this number."""


def family_of(event_type: str) -> str:
    """Return the family of a type as the model tells them apart: all deployments are one."""
    return "deployment" if event_type in DEPLOYMENT_TYPES else FAMILIES[event_type]


TYPES: Final[Mapping[str, tuple[str, ...]]] = {
    family: tuple(t for t in (*INCIDENT_TYPES, *DEPLOYMENT_TYPES) if family_of(t) == family)
    for family in dict.fromkeys(map(family_of, (*INCIDENT_TYPES, *DEPLOYMENT_TYPES)))
}
"""The types of each family."""
LABELS: Final = (*TYPES, *(t for types in TYPES.values() if len(types) > 1 for t in types))
"""What the model has weights for: the families, then the types of those that have several."""


def stems(word: str) -> tuple[str, ...]:
    """Return the signs of a folded word."""
    return tuple(dict.fromkeys(f"{size}{word[:size]}" for size in STEMS))


@dataclass(frozen=True, slots=True)
class Gist:
    """What a sentence seems to tell."""

    likely: Mapping[str, float]
    """The probability of each family."""
    scores: Mapping[str, float]
    """How much speaks for each label."""
    rows: tuple[tuple[int, ...], ...]
    """For each word the rows of its weights."""
    model: Model

    def best_type(self, family: str) -> str:
        """Return the type that fits best if an event of the family is told."""
        return max(TYPES[family], key=lambda t: self.scores.get(t, 0.0))

    def strongest(self, family: str) -> int:
        """Return the number of the word that speaks most for a family."""
        column = LABELS.index(family)
        return max(range(len(self.rows)), key=lambda at: self.model.weight(self.rows[at], column))


@dataclass(frozen=True, eq=False)
class Model:
    """The fitted weights of one language: a row for each sign, a column for each label."""

    numbers: Mapping[str, int]
    """The row of each sign."""
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    sentences: str
    """Checksum of the sentences that it was fitted on."""

    def gist(self, words: Sequence[str], finds: Iterable[str]) -> Gist:
        """Return the gist of a sentence.

        Parameters
        ----------
        words : sequence of str
            Its words, folded; empty for those that say nothing by themselves, such as names and numbers.
        finds : iterable of str
            What the lexicon found in it.
        """
        rows = tuple([_rows(self, word) for word in words])
        found = {number for some in rows for number in some}
        found.update([self.numbers[find] for find in finds if find in self.numbers])
        score = np.add.reduce(self.weights.take(list(found), axis=0)) / SCALE + self.bias
        scores = dict(zip(LABELS, score.tolist(), strict=True))
        return Gist({family: _likely(scores[family]) for family in TYPES}, scores, rows, self)

    def weight(self, rows: Sequence[int], column: int) -> float:
        """Return how much a word speaks for a label."""
        return float(self.weights[list(rows), column].sum()) if rows else -math.inf


@lru_cache(maxsize=_CACHED)
def _rows(known: Model, word: str) -> tuple[int, ...]:
    """Return the rows of the weights of a word."""
    return tuple(known.numbers[s] for s in stems(word) if s in known.numbers) if word else ()


def _likely(score: float) -> float:
    return 1.0 / (1.0 + math.exp(-score))


@cache
def model(code: str) -> Model | None:
    """Return the model of a language, or null where it has none.

    Raises
    ------
    MissingData
        The language's `gist.npz` is damaged or of other event types than there are.
    """
    entry = FOLDER.joinpath(code, FILE)
    if not entry.is_file():
        return None
    try:
        with entry.open("rb") as file, np.load(file) as kept:
            labels, signs = (str(kept[name]).split("\n") for name in ("labels", "signs"))
            found = Model(
                dict(zip(signs, range(len(signs)), strict=True)),
                kept["weights"].astype(np.float32),
                kept["bias"],
                str(kept["sentences"]),
            )
    except (OSError, EOFError, KeyError, ValueError, BadZipFile) as error:
        raise MissingData(f"{FILE} of {code!r}: {error}; run `python -m bench.gist`") from error
    if tuple(labels) != LABELS or found.weights.shape != (len(signs), len(LABELS)):
        raise MissingData(f"{FILE} of {code!r} is of other event types; run `python -m bench.gist`")
    return found
