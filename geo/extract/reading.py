"""One sentence, its language and its place names in, everything that the lexicon knows about it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Final

from geo.extract.dates import DateSpan, dates
from geo.extract.gist import TYPES, Gist, family_of, model
from geo.extract.lexicon import GENERIC, Lexicon, Rule
from geo.extract.numbers import Number, numbers
from geo.extract.patterns import Found, Marks
from geo.extract.sentences import Sentence
from geo.extract.tokens import Token
from geo.model import Kind, Toponym

LIKELY: Final = 0.4
"""From this probability on a sentence tells of an incident for which the lexicon has no phrase."""
LIKELY_HERE: Final = 0.7
"""The same in a sentence with a phrase for some other event."""
LIKELY_LOOSE: Final = 0.8
"""The same for families that ordinary words tell of: troops are named in many sentences that tell of no deployment."""
_LOOSE: Final = frozenset(("deployment", "other"))
STRENGTH: Final = 0.6
"""How strong a sign of an event that is without a phrase."""
_SHARED: Final = ("actor:", "force:", "country:", "area:")
"""Classes whose members tell no more than that one of them is named."""
_HARD: Final = frozenset(";:()[]")
_SOFT: Final = frozenset((",", "-"))


@dataclass(frozen=True, slots=True)
class Named:
    """A toponym, and the words `start` to `end` (exclusive) of its sentence that it takes."""

    toponym: Toponym
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Trigger:
    """A phrase that tells of an event or names one."""

    rule: Rule
    start: int
    end: int
    source: str
    likely: float | None = None
    """The probability that its sentence tells of such an event; null in a language without a model."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence with what was found in it; every position counts its words."""

    sentence: Sentence
    lexicon: Lexicon
    marks: Marks
    cues: tuple[Found, ...]
    numbers: tuple[Number, ...]
    dates: tuple[DateSpan, ...]
    places: tuple[Named, ...]
    triggers: tuple[Trigger, ...]
    breaks: tuple[int, ...]
    """For each word, how many clauses were begun before it; a hard stop counts as three."""

    @property
    def words(self) -> tuple[Token, ...]:
        """The words of the sentence."""
        return self.sentence.words

    def breaks_between(self, first: int, second: int) -> int:
        """Count the clause boundaries between two words."""
        low, high = sorted((min(max(first, 0), len(self.breaks) - 1), min(max(second, 0), len(self.breaks) - 1)))
        return self.breaks[high] - self.breaks[low]

    def has(self, name: str, start: int, end: int) -> bool:
        """Whether a phrase of a class begins within the words `start` to `end` (exclusive)."""
        begins = self.marks.get(name, {})
        return bool(begins) and any(start <= at < end for at in begins)

    def ends(self, name: str, at: int) -> bool:
        """Whether a phrase of a class ends just before word `at`."""
        return at in self.marks.get(name, {}).values()

    def ends_at_any(self, name: str, positions: Sequence[int]) -> bool:
        """Whether a phrase of a class ends just before one of several words."""
        spans = self.marks.get(name, {})
        return bool(spans) and any(end in positions for end in spans.values())

    def dates_speech(self, span: DateSpan) -> bool:
        """Whether a date is of what somebody said ("said on Friday that ...")."""
        before = range(span.start - 2, span.start + 1)
        return self.has("speech", span.end, span.end + 2) or any(self.ends("speech", at) for at in before)

    def cues_of(self, label: str) -> list[Found]:
        """Return the cues with a label."""
        return [cue for cue in self.cues if cue.label == label]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the offsets in the document of the words `start` to `end` (exclusive)."""
        return self.words[start].start, self.words[end - 1].end


def read(
    sentence: Sentence,
    *,
    lexicon: Lexicon,
    published: date | None,
    toponyms: Sequence[Toponym],
    heading: date | None = None,
    anchor: date | None = None,
) -> Reading:
    """Return what the lexicon finds in a sentence by its phrases; `with_gist` adds what the whole sentence tells.

    A date that is the document's `heading` is no event's date; `anchor` is the day that the sentences before told last.
    """
    words = sentence.words
    found_numbers = tuple(numbers(words, lexicon.numbers, lexicon.links["number"]))
    marks: Marks = {"number": {n.start: n.end for n in found_numbers}}
    for found in lexicon.classes.find(words, marks):
        marks.setdefault(found.label, {})[found.start] = found.end
    phrases = [(found, lexicon.rule(found.label)) for found in lexicon.phrases.find(words, marks)]
    cues = [found for found, rule in phrases if rule is None]
    said = dates(words, lexicon=lexicon, published=published, cues=cues, numbers=found_numbers, anchor=anchor)
    return Reading(
        sentence=sentence,
        lexicon=lexicon,
        marks=marks,
        cues=tuple(cues),
        numbers=found_numbers,
        dates=tuple(d for d in said if heading is None or d.start > 6 or d.when.start != heading),
        places=_named(words, toponyms),
        triggers=tuple(
            Trigger(rule, one.start, one.end, one.source) for one, rule in phrases if rule and _is_met(rule, one, marks)
        ),
        breaks=_breaks(words, marks),
    )


def _named(words: Sequence[Token], toponyms: Sequence[Toponym]) -> tuple[Named, ...]:
    found: list[Named] = []
    at = 0
    for toponym in toponyms:
        while at < len(words) and words[at].end <= toponym.start:
            at += 1
        end = at
        while end < len(words) and words[end].start < toponym.end:
            end += 1
        if end > at and not _is_surname(toponym):
            found.append(Named(toponym, at, end))
    return tuple(found)


def _is_surname(toponym: Toponym) -> bool:
    """Whether a name is written with the letter of a surname: "Mitrovića" is of Mitrović, not Mitrovica."""
    return bool({"ć", "ћ"} & set(toponym.text)) and all("ica" in place_id[-4:] for place_id in toponym.place_ids)


def _breaks(words: Sequence[Token], marks: Marks) -> tuple[int, ...]:
    conjunctions = marks.get("clause", {})
    counts: list[int] = []
    count = 0
    for at, token in enumerate(words):
        if token.norm in _HARD:
            count += 3
        elif token.norm in _SOFT or at in conjunctions:
            count += 1
        counts.append(count)
    return tuple(counts)


def _is_met(rule: Rule, found: Found, marks: Marks) -> bool:
    near = range(found.start - rule.window, found.end + rule.window)
    if any(_begins(marks, name, near) for name in rule.without):
        return False
    return all(any(_begins(marks, name, near) for name in group) for group in rule.needs)


def _begins(marks: Marks, name: str, near: range) -> bool:
    return name in marks and any(at in near for at in marks[name])


def with_gist(reading: Reading) -> Reading:
    """Add to each trigger how likely its family is, and a trigger for each likely family that has none."""
    known = model(reading.lexicon.code)
    if known is None:
        return reading
    gist = known.gist(plain_words(reading), finds(reading))
    told = {family_of(t.rule.event_type) for t in reading.triggers if t.rule.event_type != GENERIC}
    kept = [Trigger(t.rule, t.start, t.end, t.source, _likely(gist, t)) for t in reading.triggers]
    least = LIKELY_HERE if told else LIKELY
    likely = [f for f in TYPES if f not in told and gist.likely[f] >= (LIKELY_LOOSE if f in _LOOSE else least)]
    kept += [_sensed(gist, family) for family in likely]
    return replace(reading, triggers=tuple(sorted(kept, key=lambda t: (t.start, -t.end))))


def plain_words(reading: Reading) -> list[str]:
    """Return the words of a sentence that speak for themselves; names, numbers and marks are left empty."""
    plain = [
        norm if norm.isalpha() and (not at or text[0].islower() or text.isupper()) else ""
        for at, (text, norm, _, _) in enumerate(reading.words)
    ]
    for one in reading.places:
        plain[one.start : one.end] = [""] * (one.end - one.start)
    return plain


def finds(reading: Reading) -> set[str]:
    """Return what the lexicon found in a sentence, as signs of its gist."""
    found = {_class_sign(label) for label in reading.marks}
    found.update([f"cue {cue.label}" for cue in reading.cues])
    found.update([f"told {trigger.rule.event_type}" for trigger in reading.triggers])
    return found


@cache
def _class_sign(label: str) -> str:
    return f"class {label.partition(':')[0] if label.startswith(_SHARED) else label}"


def _likely(gist: Gist, trigger: Trigger) -> float | None:
    event_type = trigger.rule.event_type
    return None if event_type == GENERIC else gist.likely[family_of(event_type)]


def _sensed(gist: Gist, family: str) -> Trigger:
    event_type, at = gist.best_type(family), gist.strongest(family)
    kind: Kind = "deployment" if family == "deployment" else "incident"
    rule = Rule(id=-2 - list(TYPES).index(family), event_type=event_type, kind=kind, strength=STRENGTH)
    return Trigger(rule, at, at + 1, f"the gist of the sentence, {gist.likely[family]:.0%}", gist.likely[family])
