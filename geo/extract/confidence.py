"""The mentions that make one event in, how likely the event is to be right as recorded out.

A logistic function of a few things that an editor would look at. `bench/calibration.py` fitted the weights on the dev
splits of the texts in tests/data, and says how.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from geo.extract.groups import Group

WEIGHTS: Final[Mapping[str, float]] = {
    "always": 0.66,
    "weak phrase": 0.01,
    "only named": -0.72,
    "only referred to": -0.82,
    "alleged": -1.21,
    "place of another sentence": -0.59,
    "no place": -1.50,
    "area": -1.37,
    "no date": -0.11,
    "gist": 0.40,
    "outshone": -1.43,
    "only the gist": -0.20,
    "deployment": -0.33,
    "deployment after an event": -1.22,
    "follows another": -0.30,
    "one sentence": 0.14,
}
DOUBTFUL: Final = 0.15
"""Below it an event is no event: it is far likelier wrong than right, and a wrong pin is worse than none."""
_BOUND: Final = 4.0
LEAST: Final = 0.05
MOST: Final = 0.95


def is_alleged(event: Group) -> bool:
    """Whether the text nowhere says for itself that an event was."""
    return all(m.standing.assertion == "alleged" for m in event.mentions)


def features(event: Group) -> dict[str, float]:
    """Return what speaks for or against an event, by the name of its weight."""
    own = [m for m in event.mentions if not m.standing.refers] or event.mentions
    strength = max(m.trigger.rule.strength for m in own)
    is_move = event.kind == "deployment"
    return {
        "always": 1.0,
        "weak phrase": max(0.0, 0.9 - strength) * 10,
        "only named": float(all(m.trigger.rule.noun for m in own)),
        "only referred to": float(all(m.standing.refers for m in event.mentions)),
        "alleged": float(is_alleged(event)),
        "place of another sentence": float(event.site is None and event.inherited_site is not None),
        "no place": float(event.site is None and event.inherited_site is None and event.kind == "incident"),
        "area": float(event.site is not None and event.site.rank < 3),
        "no date": float(event.date is None),
        "gist": _scaled(event.likely) if event.likely is not None else 0.0,
        "outshone": float(event.outshone),
        "only the gist": float(event.is_sensed),
        "deployment": float(is_move),
        "deployment after an event": float(is_move and event.follows),
        "follows another": float(not is_move and event.follows),
        "one sentence": float(len({m.order for m in event.mentions}) == 1),
    }


def _scaled(likely: float) -> float:
    """Return the log odds of a probability, bounded: what is very likely is not surer than likely."""
    least = 1.0 / (1.0 + math.exp(_BOUND))
    bounded = min(max(likely, least), 1.0 - least)
    return math.log(bounded / (1.0 - bounded))


def confidence(event: Group) -> float:
    """Return the probability that an event is right as recorded, 0.05 to 0.95."""
    total = sum(WEIGHTS[name] * value for name, value in features(event).items())
    return round(min(max(1 / (1 + math.exp(-total)), LEAST), MOST), 2)
