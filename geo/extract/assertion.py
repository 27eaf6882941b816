"""A trigger in its sentence in, its standing out: happened, alleged, planned, denied, background or anniversary."""

from __future__ import annotations

from typing import Final, NamedTuple

from geo.extract.patterns import Found
from geo.extract.reading import Reading, Trigger
from geo.model import Assertion

COUNTED: Final = frozenset(("happened", "ongoing", "alleged"))
"""The standings of claims that become events."""


class Standing(NamedTuple):
    """What a text asserts of an event, and the words that say so."""

    assertion: Assertion
    reason: str
    refers: bool = False
    """Whether it only refers to an event ("in connection with the shoot-out")."""


class _Cue(NamedTuple):
    """How far before a trigger a cue still governs it, in words and in clause boundaries."""

    label: str
    assertion: Assertion
    reach: int
    breaks: int


_INCIDENT: Final = (
    _Cue("lacking", "denied", 0, 0),
    _Cue("denied", "denied", 3, 0),
    _Cue("planned", "planned", 7, 0),
    _Cue("wished", "planned", 7, 0),
    _Cue("threatened", "planned", 9, 0),
    _Cue("accusation", "background", 12, 1),
    _Cue("suspicion", "background", 12, 1),
)
_DEPLOYMENT: Final = (
    _Cue("denied", "denied", 3, 0),
    _Cue("wished", "planned", 6, 0),
    _Cue("threatened", "planned", 9, 0),
    _Cue("accusation", "background", 10, 1),
)
_REFER_REACH: Final = 6
_OF_SUSPECTS: Final = frozenset(("arrest", "raid", "weapons_seizure", "abduction_or_detention"))
"""What is done to suspects: that they are suspected of something, even in a war, makes it no background."""
_ON_THE_DAY: Final = frozenset((*_OF_SUSPECTS, "stone_throwing", "road_block", "border_closure"))
"""What may happen to those who commemorate something else."""


def standing(reading: Reading, trigger: Trigger) -> Standing:
    """Return what the text asserts of the event that a trigger tells of."""
    past = _past(reading, trigger)
    if past is not None:
        return past
    refers = _refers(reading, trigger)
    for kind in _INCIDENT if trigger.rule.kind == "incident" else _DEPLOYMENT:
        if kind.label == "suspicion" and trigger.rule.event_type in _OF_SUSPECTS:
            continue
        cue = _before(reading, trigger, kind)
        if cue is not None:
            return Standing(kind.assertion, _said(reading, cue), refers)
    modal = next((cue for cue in reading.cues_of("modal") if trigger.start <= cue.start < trigger.end), None)
    if modal is not None and trigger.rule.kind == "incident":
        return Standing("planned", _said(reading, modal), refers)
    alleged = _alleged(reading, trigger)
    if alleged is not None:
        return Standing("alleged", _said(reading, alleged), refers)
    return Standing("happened", "", refers)


def _past(reading: Reading, trigger: Trigger) -> Standing | None:
    if trigger.rule.kind != "incident":
        return None
    is_told = not trigger.rule.noun
    for label in ("anniversary", "background", "wartime"):
        apart = {"anniversary": _ON_THE_DAY, "wartime": _OF_SUSPECTS}.get(label, frozenset())
        cue = _near(reading, trigger, label)
        if cue is not None and not (is_told and trigger.rule.event_type in apart):
            return Standing("anniversary" if label == "anniversary" else "background", _said(reading, cue))
    return None


def _said(reading: Reading, cue: Found) -> str:
    start, end = reading.span(cue.start, cue.end)
    return f"{cue.label}: {' '.join(t.text for t in reading.words if start <= t.start < end)}"


def _before(reading: Reading, trigger: Trigger, kind: _Cue) -> Found | None:
    for cue in reading.cues_of(kind.label):
        if cue.start in reading.marks.get("duration", {}) or _is_in_date(reading, cue):
            continue
        inside = trigger.start <= cue.start < trigger.end and trigger.end - trigger.start > 2 and kind.label == "denied"
        distance = trigger.start - cue.end
        near = 0 <= distance <= kind.reach and reading.breaks_between(cue.end - 1, trigger.start) <= kind.breaks
        if near and not _another_between(reading, cue, trigger) and not inside:
            return cue
    return None


def _is_in_date(reading: Reading, cue: Found) -> bool:
    """Whether it is a month rather than a modal ("on 2 May")."""
    return any(span.start <= cue.start and cue.end <= span.end for span in reading.dates)


def _another_between(reading: Reading, cue: Found, trigger: Trigger) -> bool:
    """Whether another event's verb stands between, so that the cue governs that one."""
    return any(
        cue.end <= other.start and other.end <= trigger.start and not other.rule.noun for other in reading.triggers
    )


def _near(reading: Reading, trigger: Trigger, label: str) -> Found | None:
    for cue in reading.cues_of(label):
        if reading.breaks_between(cue.start, trigger.start) <= 2:
            return cue
    return None


def _alleged(reading: Reading, trigger: Trigger) -> Found | None:
    for cue in reading.cues_of("alleged"):
        if abs(trigger.start - cue.start) <= 10 and reading.breaks_between(cue.start, trigger.start) <= 1:
            return cue
    return None


def _refers(reading: Reading, trigger: Trigger) -> bool:
    if not trigger.rule.noun:
        return False
    for cue in reading.cues_of("refer"):
        if _counts_or_dates(reading, cue, trigger):
            continue
        distance = trigger.start - cue.end
        near = 0 <= distance <= _REFER_REACH and reading.breaks_between(cue.end - 1, trigger.start) == 0
        if near and not _another_between(reading, cue, trigger):
            return True
    return _joined_to_reference(reading, trigger)


def _counts_or_dates(reading: Reading, cue: Found, trigger: Trigger) -> bool:
    """Whether it leads to a number or a date, not to an event ("about 30", "since this morning").

    "In response to the weekend violence" leads to an event of that date.
    """
    at = cue.end
    dates = [span for span in reading.dates if span.start == at and not 0 <= trigger.start - span.end <= 1]
    return at in reading.marks.get("number", {}) or bool(dates)


def _joined_to_reference(reading: Reading, trigger: Trigger) -> bool:
    """ "following the violence and the death of ...": what is joined to a reference refers too."""
    for other in reading.triggers:
        if other.rule.noun and other.end <= trigger.start and trigger.start - other.end <= 4:
            between = range(other.end, trigger.start)
            if any(at in reading.marks.get("clause", {}) for at in between) and _refers(reading, other):
                return True
    return False
