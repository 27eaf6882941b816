"""A deployment's sentence in, its force, unit, contributor, personnel and stage out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from geo.extract.casualties import Count
from geo.extract.reading import Reading, Trigger

_ORDINAL: Final = re.compile(r"\d{1,4}(?:st|nd|rd|th)$")


@dataclass(frozen=True, slots=True)
class Detail:
    """What a sentence says of a deployment; each with the words that say it."""

    force: str = ""
    unit: str = ""
    contributor: str = ""
    personnel: int | None = None
    stage: str = ""
    spans: tuple[tuple[str, int, int], ...] = ()
    """What each word range (end exclusive) supports."""


def detail(reading: Reading, trigger: Trigger, counted: list[Count]) -> Detail:
    """Return what the sentence of a trigger says of its deployment."""
    force, force_span = _force(reading)
    unit, unit_span = _unit(reading)
    contributors, contributor_span = _contributors(reading, trigger)
    number, number_span = _personnel(reading, trigger, counted)
    spans = [("stage", trigger.start, trigger.end)]
    for supports, span in (
        ("force", force_span),
        ("unit", unit_span),
        ("contributor", contributor_span),
        ("personnel", number_span),
    ):
        if span is not None:
            spans.append((supports, *span))
    return Detail(force, unit, "; ".join(contributors), number, _stage(reading, trigger), tuple(spans))


def _force(reading: Reading) -> tuple[str, tuple[int, int] | None]:
    for label, name in reading.lexicon.forces.items():
        for start, end in reading.marks.get(label, {}).items():
            return name, (start, end)
    return "", None


def _unit(reading: Reading) -> tuple[str, tuple[int, int] | None]:
    """Find a numbered or named unit: "the 1st Battalion of the Princess of Wales's Royal Regiment"."""
    words = reading.words
    for at, token in enumerate(words):
        if _ORDINAL.match(token.norm):
            end = _unit_end(reading, at)
            if end is not None:
                text = " ".join(t.text for t in words[at:end])
                return _unit_name(reading, at, end) or text, (at, end)
    return "", None


def _unit_end(reading: Reading, at: int) -> int | None:
    nouns = reading.marks.get("unit_noun", {})
    end, seen = at + 1, None
    while end < len(reading.words) and end - at < 12:
        token = reading.words[end]
        if end in nouns:
            seen = end + 1
        elif not (token.is_capital or token.norm in ("of", "the", ",", "s")):
            break
        end += 1
    return seen


def _unit_name(reading: Reading, at: int, end: int) -> str:
    """Write a unit as armies do: "1st Battalion of the X Regiment" is the 1st Battalion X Regiment."""
    nouns = reading.marks.get("unit_noun", {})
    pieces: list[str] = []
    after_noun = False
    for k in range(at, end):
        token = reading.words[k]
        if after_noun and token.norm in ("of", "the", ","):
            continue
        after_noun = k in nouns
        possessive = k + 1 < end and reading.words[k + 1].start - token.end == 3
        pieces.append(token.text + ("'s" if possessive else ""))
    return " ".join(pieces)


def _contributors(reading: Reading, trigger: Trigger) -> tuple[list[str], tuple[int, int] | None]:
    table = reading.lexicon.countries
    found: list[tuple[int, int, str]] = []
    for label, name in table.items():
        for start, end in reading.marks.get(label, {}).items():
            if not _is_elsewhere(reading, end):
                found.append((start, end, name))
    near = [one for one in found if reading.breaks_between(one[0], trigger.start) <= 1]
    found = sorted(near or [one for one in found if one[0] == 0])
    names = list(dict.fromkeys(name for _, _, name in found))
    return names, found[0][:2] if found else None


def _is_elsewhere(reading: Reading, after: int) -> bool:
    """Whether a country's word belongs to a person or an office rather than to troops."""
    return reading.has("dignitary", after, after + 2)


def _personnel(reading: Reading, trigger: Trigger, counted: list[Count]) -> tuple[int | None, tuple[int, int] | None]:
    troops = [c for c in counted if c.value and c.value > 1 and c.group in ("soldiers", "total", "police")]
    if troops:
        best = min(troops, key=lambda c: abs(c.start - trigger.start))
        return best.value, (best.start, best.end)
    for number in reading.numbers:
        dated = any(d.start <= number.start < d.end for d in reading.dates)
        if not dated and number.value >= 10 and reading.has("troops", number.end, number.end + 5):
            return number.value, (number.start, number.end)
    contingent = [n for n in reading.numbers if n.value >= 10 and reading.has("troops", n.start - 5, n.start)]
    free = [n for n in contingent if not any(d.start <= n.start < d.end for d in reading.dates)]
    return (free[0].value, (free[0].start, free[0].end)) if free else (None, None)


def _stage(reading: Reading, trigger: Trigger) -> str:
    planned = any(
        cue.label == "planned" and cue.start <= trigger.end and trigger.start - cue.end <= 6 for cue in reading.cues
    )
    if trigger.rule.stage in ("arrived", "stationed", "under_way", "withdrawn") and planned:
        return "announced"
    return trigger.rule.stage
