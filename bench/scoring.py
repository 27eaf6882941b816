"""Annotated texts and what a program says of them in, counts of what is right out: used by `bench/extraction.py`.

An event counts as found when kind, family of type and place agree: the point lies within 3 km of the annotated place
(or within the place's radius), or neither has a point. `tests/data/README.md` says how texts are annotated.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple

from geo.crs import geod
from geo.gazetteer import Gazetteer
from geo.model import LonLat

_DATA: Final = Path(__file__).resolve().parents[1] / "tests" / "data"
CORPUS: Final = _DATA / "extraction.jsonl"
PASSAGES: Final = _DATA / "passages.jsonl"
"""Longer ones, written by others than the writers of the rules; names are not annotated."""
FAMILIES: Final = {
    name: family
    for family, names in {
        "armed": "armed_clash shooting attack killing",
        "explosive": "explosion grenade_attack landmine",
        "unrest": "riot protest stone_throwing",
        "police": "raid weapons_seizure arrest abduction_or_detention",
        "closure": "border_closure road_block",
        "property": "arson property_destruction",
        "deployment": "reinforcement rotation transfer_of_authority unit_deployment base force_strength patrol exercise"
        " withdrawal",
    }.items()
    for name in names.split()
}
LEAST_TOLERANCE_M: Final = 3_000.0
NEAR_M, FAR_M = 5_000.0, 161_000.0
"""The two distances at which geoparsers are compared; the second is 100 miles."""


class Said(NamedTuple):
    """One event, as annotated or as a program says."""

    family: str
    at: LonLat | None
    day: date | None
    deaths: int
    confidence: float = 1.0
    tolerance_m: float = LEAST_TOLERANCE_M


class Answer(NamedTuple):
    """What a program says of a text."""

    events: Sequence[Said]
    names: frozenset[tuple[int, int]]
    """Spans of the place names that it found."""
    points: Sequence[LonLat]
    """Where it puts them."""


@dataclass(frozen=True, slots=True)
class Text:
    """An annotated text."""

    id: str
    language: str
    split: str
    text: str
    published: date | None
    gold: tuple[Said, ...]
    names: frozenset[tuple[int, int]] | None
    """Spans of the place names in it; null where they are not annotated."""


@dataclass(slots=True)
class Tally:
    """Counts over some texts."""

    gold: int = 0
    said: int = 0
    right: int = 0
    dates: int = 0
    dates_right: int = 0
    deaths_right: int = 0
    names: int = 0
    names_said: int = 0
    names_right: int = 0
    places: int = 0
    near: int = 0
    far: int = 0
    by_confidence: list[tuple[float, bool]] = field(default_factory=list)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall of events."""
        return ratio(2 * self.right, self.gold + self.said)


def ratio(part: float, whole: float) -> float:
    """Return a share, 0 where there is nothing to share."""
    return part / whole if whole else 0.0


def apart_m(one: LonLat, other: LonLat) -> float:
    """Return the geodesic distance of two positions."""
    return float(geod().inv(*one, *other)[2])


def corpus(gazetteer: Gazetteer, path: Path = CORPUS) -> list[Text]:
    """Return the annotated texts, their places looked up."""
    return [_text(json.loads(line), gazetteer) for line in path.read_text("utf-8").splitlines()]


def _text(row: dict[str, Any], gazetteer: Gazetteer) -> Text:
    names = row.get("names")
    return Text(
        row["id"], row["lang"], row["split"], row["text"], _day(row["published"]),
        tuple(_gold(event, gazetteer) for event in row["events"]),
        None if names is None else frozenset((start, end) for start, end in names),
    )  # fmt: skip


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


def _gold(event: dict[str, Any], gazetteer: Gazetteer) -> Said:
    place = gazetteer.get(event["place"]) if event["place"] else None
    return Said(
        FAMILIES.get(event["event_type"], event["event_type"]),
        place.position if place else None,
        _day(event["date_start"]),
        event.get("fatalities", 0),
        tolerance_m=max(LEAST_TOLERANCE_M, place.radius_m if place else 0.0),
    )


def score(text: Text, answer: Answer, tally: Tally) -> None:
    """Add one text to the counts."""
    found = pairs(text.gold, answer.events)
    tally.gold += len(text.gold)
    tally.said += len(answer.events)
    tally.right += len(found)
    for i, j in found.items():
        gold, said = text.gold[i], answer.events[j]
        tally.dates += gold.day is not None
        tally.dates_right += gold.day is not None and gold.day == said.day
        tally.deaths_right += gold.deaths == said.deaths
    tally.by_confidence += [(said.confidence, j in found.values()) for j, said in enumerate(answer.events)]
    for gold in text.gold:
        if gold.at is not None:
            off = min((apart_m(gold.at, at) for at in answer.points), default=float("inf"))
            tally.places += 1
            tally.near += off <= max(NEAR_M, gold.tolerance_m)
            tally.far += off <= FAR_M
    if text.names is not None:
        tally.names += len(text.names)
        tally.names_said += len(answer.names)
        tally.names_right += sum(1 for name in text.names if _is_found(name, answer.names))


def _is_found(name: tuple[int, int], said: Iterable[tuple[int, int]]) -> bool:
    """Whether a name was found, be it with a word more or less ("Zvečan municipality")."""
    return any(start < name[1] and name[0] < end for start, end in said)


def pairs(gold: Sequence[Said], said: Sequence[Said]) -> dict[int, int]:
    """Pair annotated events with those said, those with the right date first."""
    fitting = [(g.day != s.day, i, j) for i, g in enumerate(gold) for j, s in enumerate(said) if _fits(g, s)]
    taken: dict[int, int] = {}
    for _, i, j in sorted(fitting):
        if i not in taken and j not in taken.values():
            taken[i] = j
    return taken


def _fits(gold: Said, said: Said) -> bool:
    if gold.family != said.family:
        return False
    if gold.at is None or said.at is None:
        return gold.at is said.at
    return apart_m(gold.at, said.at) <= gold.tolerance_m
