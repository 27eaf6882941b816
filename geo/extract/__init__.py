"""A document in, its claims out, each with the spans of text that it rests on.

The way of a text: sentences -> the language of each paragraph -> what the language's lexicon finds in each sentence ->
mentions of events -> mentions of one event put together -> claims.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from geo.extract.antecedents import inherit
from geo.extract.assertion import COUNTED
from geo.extract.claims import Rejected, claim, rejection
from geo.extract.confidence import DOUBTFUL, confidence
from geo.extract.groups import Group, group
from geo.extract.language import languages
from geo.extract.lexicon import lexicon
from geo.extract.mentions import Mention, mentions
from geo.extract.places import Site, sites
from geo.extract.reading import Reading, read, with_gist
from geo.extract.sentences import sentences
from geo.model import Claim, Document, Toponym

if TYPE_CHECKING:
    from geo.gazetteer import Gazetteer

__all__ = ["Explanation", "Rejected", "explain", "extract"]


SHADOWED: Final = 0.3
"""Below it an event beside a likelier one at the same place is rather a part of that one."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The claims of a document, why each was made, and what was found and rejected."""

    claims: tuple[Claim, ...]
    reasons: tuple[tuple[str, ...], ...]
    """For each claim: its triggers, the phrases that found them, and where its place and date come from."""
    rejected: tuple[Rejected, ...]


def extract(document: Document, gazetteer: Gazetteer) -> tuple[Claim, ...]:
    """Return what a document says happened, or is deployed, in the order of the text.

    Parameters
    ----------
    document : Document
        Its `published` day is what "yesterday" and a date without a year are reckoned from.
    gazetteer : Gazetteer
        Finds the place names.

    Returns
    -------
    tuple of Claim
        Only what the text asserts (happened, ongoing, alleged; deployments at any stage that is stated). Each piece of
        evidence equals `document.text[start:end]`.
    """
    return explain(document, gazetteer).claims


def explain(document: Document, gazetteer: Gazetteer) -> Explanation:
    """Return the claims of a document with the reasons for them, and what was rejected."""
    readings = _readings(document, gazetteer)
    by_sentence = [sites(reading, gazetteer, document.text) for reading in readings]
    found = [m for order, reading in enumerate(readings) for m in mentions(reading, order, by_sentence[order])]
    groups = group(found, gazetteer)
    groups = inherit(groups, by_sentence, readings)
    named = [site for some in by_sentence for site in some]
    context = tuple(dict.fromkeys(i for site in named for i in sorted(site.place_ids)))
    theatre = _theatre(gazetteer, named)
    judged = [(event, rejection(event)) for event in groups]
    _set_among([event for event, reason in judged if not reason])
    verdicts = [(event, reason or _doubt(event)) for event, reason in judged]
    kept = [event for event, reason in verdicts if not reason]
    rejected = [_rejected(m, m.standing.reason) for m in found if m.standing.assertion not in COUNTED]
    rejected += [_rejected(m, reason) for event, reason in verdicts if reason for m in event.mentions]
    return Explanation(
        claims=tuple(claim(event, document, context, theatre) for event in kept),
        reasons=tuple(_reasons(event) for event in kept),
        rejected=tuple(sorted(rejected, key=lambda r: r.start)),
    )


def _doubt(event: Group) -> str:
    if event.kind == "deployment" and event.is_sensed and event.follows:
        return "no phrase tells of it, and another event is told before"
    sure = confidence(event)
    return f"too doubtful ({sure:.0%})" if sure < DOUBTFUL else ""


def _set_among(told: Sequence[Group]) -> None:
    """Note which events follow another one, and which stand in the shadow of one at their place."""
    first = min((event.order for event in told), default=0)
    likeliest: dict[str, dict[frozenset[str], float]] = {}
    """For each place the likeliest incident of each set of families."""
    placed = [(event, event.place.place_ids, event.likely or 0.0) for event in told if event.place]
    placed = [one for one in placed if one[0].kind == "incident"]
    for event, place_ids, likely in placed:
        for best in (likeliest.setdefault(i, {}) for i in place_ids):
            families = frozenset(event.families)
            best[families] = max(likely, best.get(families, 0.0))
    for event, place_ids, likely in placed:
        if likely < SHADOWED:
            rivals = [rival for i in place_ids for rival in likeliest[i].items()]
            event.outshone = any(more > likely and not event.families & families for families, more in rivals)
    for event in told:
        event.follows = event.order > first


def _readings(document: Document, gazetteer: Gazetteer) -> list[Reading]:
    parts = sentences(document.text)
    spoken = languages(parts)
    published = document.published
    toponyms = sorted(gazetteer.mentions(document.text), key=lambda t: t.start)
    found: list[Reading] = []
    anchor: date | None = None
    at = 0
    for part in parts:
        own: list[Toponym] = []
        while at < len(toponyms) and toponyms[at].start < part.end:
            own.append(toponyms[at])
            at += 1
        words = lexicon(spoken[part.paragraph])
        reading = read(part, lexicon=words, published=published, toponyms=own, anchor=anchor)
        if not found and (heading := _heading(reading)):
            published = published or heading
            reading = read(part, lexicon=words, published=published, toponyms=own, heading=heading)
        found.append(reading)
        anchor = _told(reading) or anchor or _said(reading)
    return [with_gist(reading) for reading in found]


def _told(reading: Reading) -> date | None:
    """Return the last single day that a sentence tells, unless it is when somebody spoke."""
    single = [d for d in reading.dates if d.when.start and d.when.end is None and not reading.dates_speech(d)]
    return single[-1].when.start if single else None


def _said(reading: Reading) -> date | None:
    """Return the day on which somebody spoke: "the day before" counts from it where nothing else was told."""
    return next((d.when.start for d in reading.dates if d.when.start and d.when.end is None), None)


def _heading(reading: Reading) -> date | None:
    """Return the day that a text is headed with ("PRISTINA, 5 June 2023 - ...", "date 2023-06-05")."""
    for span in reading.dates:
        before = reading.words[0].norm if span.start == 1 else ""
        after = reading.words[span.end].norm if span.end < len(reading.words) else ""
        single = span.explicit and span.when.end is None
        if single and span.start <= 6 and (after in ("-", ":", "|") or before in reading.lexicon.links["heading"]):
            return span.when.start
    return None


def _theatre(gazetteer: Gazetteer, named: Sequence[Site]) -> Toponym | None:
    """Return the country that deployments without a place belong to, as the text first names it."""
    ids = {place.id for place in gazetteer.named("Kosovo") if place.kind == "country"}
    for site in named:
        if site.place_ids & ids:
            return replace(site.named.toponym, place_ids=tuple(sorted(site.place_ids & ids)))
    return None


def _reasons(event: Group) -> tuple[str, ...]:
    lines = []
    for m in event.mentions:
        said = " ".join(t.text for t in m.reading.words[m.trigger.start : m.trigger.end])
        lines.append(
            f"{m.event_type}: {said!r} found by {m.trigger.source!r}" + (", a reference" if m.standing.refers else "")
        )
    if event.site is None and event.inherited_site is not None:
        lines.append(f"place taken from its antecedent, {event.inherited_site.named.toponym.text!r}")
    if event.date is None and event.inherited_date is not None:
        lines.append("date taken from its antecedent")
    return tuple(lines)


def _rejected(mention: Mention, reason: str) -> Rejected:
    start, _ = mention.reading.span(mention.trigger.start, mention.trigger.end)
    said = " ".join(t.text for t in mention.reading.words[mention.trigger.start : mention.trigger.end])
    return Rejected(
        said,
        start,
        mention.event_type,
        f"{mention.standing.assertion}: {reason}" if mention.standing.reason else reason,
    )
