"""The sentences of each language in, the weights of its model of gist out.

    python -m bench.gist [--write]

Fits one logistic regression for each family of events, and one for each type of a family that has several, on
`geo/extract/languages/<code>/sentences.tsv` (types that a sentence tells, or `none`; the sentence). Prints, for
sentences that a model has not seen (five folds), how well the lexicon alone, the model alone and both together tell
which families a sentence reports. `--write` fits on all, the dev passages of tests/data included, and writes `gist.npz`
beside the sentences. Needs scikit-learn (the `train` extra).
"""

from __future__ import annotations

import argparse
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

import geo.extract
from bench.scoring import PASSAGES, corpus
from geo.extract import gist
from geo.extract.lexicon import GENERIC, language_codes, lexicon
from geo.extract.reading import LIKELY, Reading, finds, plain_words, read
from geo.extract.sentences import sentences
from geo.gazetteer import Gazetteer

LANGUAGES: Final = Path(geo.extract.__file__).parent / "languages"
FILE: Final = "sentences.tsv"
HEAD: Final = "Kosovo KFOR. "
"""Set before each sentence, so that its village names are taken for such."""
SEEN: Final = 2
"""A sign counts from this number of sentences on."""
LOOSE: Final = 0.5
"""The inverse of the pull of the weights towards zero."""
FOLDS: Final = 5


@dataclass(frozen=True)
class Example:
    """What a sentence tells, and what is seen of it."""

    labels: frozenset[str]
    signs: frozenset[str]
    phrases: frozenset[str]
    """The families for which the lexicon has a phrase in it."""
    open: frozenset[str] = frozenset()
    """Labels of which it is not known whether it tells them."""


def checksum(code: str) -> str:
    return hashlib.sha256((LANGUAGES / code / FILE).read_bytes()).hexdigest()


def examples(code: str, gazetteer: Gazetteer) -> list[Example]:
    lines = (LANGUAGES / code / FILE).read_text(encoding="utf-8").splitlines()
    return [_example(code, *line.split("\t"), gazetteer) for line in lines]


def _example(code: str, types: str, text: str, gazetteer: Gazetteer) -> Example:
    told = [t for t in types.split(",") if t != "none"]
    return Example(frozenset([*told, *map(gist.family_of, told)]), *_seen(code, HEAD + text, gazetteer, skip=1))


def _readings(code: str, text: str, gazetteer: Gazetteer) -> list[Reading]:
    named, words = gazetteer.mentions(text), lexicon(code)
    return [
        read(part, lexicon=words, published=None, toponyms=[t for t in named if part.start <= t.start < part.end])
        for part in sentences(text)
    ]


def _seen(code: str, text: str, gazetteer: Gazetteer, *, skip: int) -> tuple[frozenset[str], frozenset[str]]:
    readings = _readings(code, text, gazetteer)[skip:]
    signs = frozenset(sign for one in readings for sign in _signs(one))
    return signs, frozenset(family for one in readings for family in _phrases(one))


def _signs(reading: Reading) -> set[str]:
    return {s for word in plain_words(reading) if word for s in gist.stems(word)} | finds(reading)


def _phrases(reading: Reading) -> set[str]:
    return {gist.family_of(t.rule.event_type) for t in reading.triggers if t.rule.event_type != GENERIC}


_CLOSURES: Final = {"closure": ("border_closure", "road_block")}


def neighbours(code: str, gazetteer: Gazetteer) -> list[Example]:
    """Return the sentences of the dev passages: what a passage does not tell, none of its sentences tells."""
    found = []
    for text in [t for t in corpus(gazetteer, PASSAGES) if t.split == "dev" and t.language.startswith(code)]:
        families = {f for event in text.gold for f in _CLOSURES.get(event.family, (event.family,))}
        open_labels = frozenset([*families, *(t for f in families for t in gist.TYPES[f])])
        for one in _readings(code, text.text, gazetteer):
            found.append(Example(frozenset(), frozenset(_signs(one)), frozenset(_phrases(one)), open_labels))
    return found


def fitted(rows: Sequence[Example], labels: Sequence[str]) -> tuple[list[str], Any, Any]:
    """Return the signs, the weights (a row for each sign, a column for each label) and the biases."""
    seen = Counter(sign for row in rows for sign in row.signs)
    vectors = DictVectorizer(dtype=np.float32)
    table = vectors.fit_transform([{s: 1.0 for s in row.signs if seen[s] >= SEEN} for row in rows])
    models = []
    for label in labels:
        known = [i for i, row in enumerate(rows) if label not in row.open]
        told = [label in rows[i].labels for i in known]
        models.append(LogisticRegression(C=LOOSE, max_iter=1000).fit(table[known], told))
    signs = [str(name) for name in vectors.get_feature_names_out()]
    return signs, np.array([m.coef_[0] for m in models]).T, np.array([m.intercept_[0] for m in models])


def write(code: str, rows: Sequence[Example]) -> None:
    signs, weights, bias = fitted(rows, gist.LABELS)
    np.savez_compressed(
        LANGUAGES / code / gist.FILE,
        signs="\n".join(signs),
        labels="\n".join(gist.LABELS),
        weights=np.clip(np.rint(weights * gist.SCALE), -127, 127).astype(np.int8),
        bias=bias.astype(np.float32),
        sentences=checksum(code),
    )


def unseen(rows: Sequence[Example]) -> list[dict[str, float]]:
    """Return for each sentence the probability of each family by a model that has not seen it."""
    likely: list[dict[str, float]] = [{} for _ in rows]
    for known, new in KFold(FOLDS, shuffle=True, random_state=1).split(rows):
        signs, weights, bias = fitted([rows[i] for i in known], tuple(gist.TYPES))
        numbers = {sign: n for n, sign in enumerate(signs)}
        for i in new:
            score = weights[[numbers[s] for s in rows[i].signs if s in numbers]].sum(axis=0) + bias
            likely[i] = dict(zip(gist.TYPES, (1 / (1 + np.exp(-score))).tolist(), strict=True))
    return likely


def report(code: str, rows: Sequence[Example]) -> None:
    likely = unseen(rows)
    told = [row.labels & gist.TYPES.keys() for row in rows]
    alone = [{f for f, p in one.items() if p >= LIKELY} for one in likely]
    phrases = [row.phrases for row in rows]
    both = [a | p for a, p in zip(alone, phrases, strict=True)]
    print(f"{code}: {len(rows):,} sentences")
    for name, said in (("lexicon", phrases), ("gist", alone), ("both", both)):
        right = sum(len(a & b) for a, b in zip(said, told, strict=True))
        count, gold = sum(map(len, said)), sum(map(len, told))
        print(
            f"  {name:8} precision {right / count:.2f} recall {right / gold:.2f} F1 {2 * right / (count + gold):.2f}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write gist.npz of each language")
    options = parser.parse_args()
    gazetteer = Gazetteer.open()
    for code in language_codes():
        if (LANGUAGES / code / FILE).is_file():
            rows = examples(code, gazetteer)
            if options.write:
                write(code, [*rows, *neighbours(code, gazetteer)])
            else:
                report(code, rows)


if __name__ == "__main__":
    main()
