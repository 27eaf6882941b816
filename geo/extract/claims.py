"""The mentions that make one event in, a claim with its evidence out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from geo.extract.casualties import Count
from geo.extract.confidence import confidence, is_alleged
from geo.extract.groups import Group
from geo.extract.lexicon import GENERIC
from geo.extract.mentions import Mention
from geo.extract.places import Site
from geo.extract.reading import Trigger
from geo.extract.tolls import toll
from geo.model import Claim, Document, Evidence, Facts, Toponym, When

_SUMMARY: Final = 280


@dataclass(frozen=True, slots=True)
class Rejected:
    """What was found in a text and made no event, and why."""

    text: str
    start: int
    event_type: str
    reason: str


def rejection(event: Group) -> str:
    """Return why a group of mentions is no event; empty where it is one."""
    if event.event_type == GENERIC:
        return "names no kind of event"
    if event.kind == "deployment":
        return ""
    site, own = event.place, [m for m in event.mentions if not m.standing.refers]
    if not own and event.site is None and not _is_dated(event):
        return "only refers to an event that the text does not tell"
    if site is None and not _is_dated(event):
        return "neither a place nor a date"
    if not own and event.site is None:
        return "only refers to an event"
    return ""


def _is_dated(event: Group) -> bool:
    return event.date is not None and event.date.explicit


def claim(event: Group, document: Document, context: tuple[str, ...], theatre: Toponym | None) -> Claim:
    """Return the claim that an event's mentions make.

    `theatre` is the area to which a deployment without a place of its own belongs.
    """
    site = event.place
    toponym = site.named.toponym if site else None
    if toponym is None and event.kind == "deployment" and "in_reserve" not in event.texts("stage"):
        toponym = theatre
    return Claim(
        kind=event.mentions[0].trigger.rule.kind,
        facts=_facts(event, document, site),
        assertion="alleged" if is_alleged(event) else "happened",
        toponym=toponym,
        context=context,
    )


def _facts(event: Group, document: Document, site: Site | None) -> Facts:
    said = event.date or event.inherited_date
    killed, low, high, killed_by = toll(event, "killed")
    injured, _, _, injured_by = toll(event, "injured")
    first = event.mentions[0]
    facts = Facts(
        event_type=event.event_type,
        title=_title(event, site),
        summary=_summary(document, first),
        when=said.when if said else When(),
        fatalities=killed,
        fatalities_low=low,
        fatalities_high=high,
        injured=injured,
        actors=_actors(event),
        sources=(document.source,) if document.source else (),
        support="claimed" if is_alleged(event) else "one_source",
        confidence=confidence(event),
        evidence=tuple(_evidence(event, document, [*killed_by, *injured_by], site)),
    )
    return _with_deployment(event, facts) if event.kind == "deployment" else facts


def _with_deployment(event: Group, facts: Facts) -> Facts:
    details = [m.detail for m in event.mentions]
    first = {name: next((getattr(d, name) for d in details if getattr(d, name)), "") for name in _TEXTS}
    stages = [d.stage for d in details if d.stage]
    personnel = next((d.personnel for d in details if d.personnel), None)
    stage = "in_reserve" if "in_reserve" in stages else next(iter(stages), "")
    return replace(
        facts,
        force=first["force"],
        unit=first["unit"],
        contributor=first["contributor"],
        personnel=personnel,
        stage=stage,
        to_place=event.site.named.toponym.text if event.site else "",
    )


_TEXTS: Final = ("force", "unit", "contributor")


def _title(event: Group, site: Site | None) -> str:
    name = event.event_type.replace("_", " ").capitalize()
    return f"{name}, {site.name}" if site else name


def _summary(document: Document, mention: Mention) -> str:
    sentence = mention.reading.sentence
    text = " ".join(document.text[sentence.start : sentence.end].split())
    return text if len(text) <= _SUMMARY else text[: _SUMMARY - 1].rsplit(" ", 1)[0] + "…"


def _actors(event: Group) -> tuple[str, ...]:
    found: list[str] = []
    for mention in [m for m in event.mentions if m.event_type != GENERIC] or event.mentions:
        lexicon, marks = mention.reading.lexicon, mention.reading.marks
        for label, name in lexicon.actors.items():
            if name not in found and any(_acts_in(mention, at, event.types | {GENERIC}) for at in marks.get(label, ())):
                found.append(name)
    return tuple(found)


def _acts_in(mention: Mention, at: int, event_types: set[str]) -> bool:
    """Whether an actor named at a word belongs to this mention, not to a place's name or to a nearer event."""
    reading = mention.reading
    names = [*reading.places, *([mention.site.named] if mention.site else [])]
    if reading.breaks_between(at, mention.trigger.start) > 2 or any(name.start <= at < name.end for name in names):
        return False
    others = [t for t in reading.triggers if t.rule.event_type not in event_types]
    return not any(_gap(t, at) < _gap(mention.trigger, at) for t in others)


def _gap(trigger: Trigger, at: int) -> int:
    return max(trigger.start - at, at - trigger.end, 0)


def _evidence(
    event: Group, document: Document, counts: Sequence[tuple[Mention, Count]], site: Site | None
) -> Iterator[Evidence]:
    seen: set[tuple[int, int, str]] = set()
    for start, end, supports in _spans(event, counts, site):
        if (start, end, supports) not in seen:
            seen.add((start, end, supports))
            text = document.text[start:end]
            yield Evidence(document_id=document.id, start=start, end=end, text=text, supports=supports)


def _spans(event: Group, counts: Sequence[tuple[Mention, Count]], site: Site | None) -> Iterator[tuple[int, int, str]]:
    for mention in event.mentions:
        sentence = mention.reading.sentence
        yield sentence.start, sentence.end, "event"
    if site is not None:
        yield site.named.toponym.start, site.named.toponym.end, "place"
    dated = next((m for m in event.mentions if m.date is event.date and m.date), None)
    if dated is not None and dated.date is not None:
        yield *dated.reading.span(dated.date.start, dated.date.end), "date"
    for mention, count in counts:
        yield *mention.reading.span(count.start, count.end), "fatalities" if count.role == "killed" else "injured"
    for mention in event.mentions:
        for supports, start, end in mention.detail.spans:
            yield *mention.reading.span(start, end), supports
