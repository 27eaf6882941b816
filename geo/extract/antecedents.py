"""Events without a place or a date in, the same with those of their antecedents out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from geo.extract.dates import DateSpan
from geo.extract.groups import Group, around
from geo.extract.places import Site, listed_with
from geo.extract.reading import Reading

NEAR: Final = 3
"""How many sentences away an event may take its place or date from."""


def inherit(groups: Sequence[Group], named: Sequence[Sequence[Site]], readings: Sequence[Reading]) -> list[Group]:
    """Give events without a place or date those of their antecedent; a list of places makes as many events.

    `named` holds the sites of each sentence.
    """
    moved = {g.order for g in groups if g.kind == "deployment"}
    free = [
        [s for s in some if order not in moved and s.rank >= 1 and (not s.excluded or s.landmark)]
        for order, some in enumerate(named)
    ]
    by_order: dict[int, list[Group]] = {}
    for one in groups:
        by_order.setdefault(one.order, []).append(one)
    result: list[Group] = []
    for event in groups:
        others = [g for g in around(by_order, event.order, NEAR, NEAR) if g is not event]
        if event.kind == "incident" and event.date is None and not _is_reaction(event):
            event.inherited_date = _antecedent_date(event, others, readings)
        if event.site is None and _names_these(event):
            result += [replace(event, inherited_site=site) for site in _last_list(event, others, free)] or [event]
            continue
        if event.kind == "incident" and event.site is not None and event.site.rank <= 1:
            event.inherited_site = _refinement(event, free, readings) or _instead_of_country(event, others, free)
        if event.kind == "deployment" and event.site is None:
            event.inherited_site = _camp(event, named, readings) or _place_before(event, named)
        if event.kind != "incident" or event.site is not None:
            result.append(event)
            continue
        found = _antecedent_sites(event, others, free, readings)
        result += [replace(event, inherited_site=site) for site in found] or [event]
    return result


def _names_these(event: Group) -> bool:
    """Whether it speaks of places named before: "at the crossings", "na oba prelaza"."""
    return any("these_places" in m.reading.marks for m in event.mentions)


def _camp(event: Group, named: Sequence[Sequence[Site]], readings: Sequence[Reading]) -> Site | None:
    """Find the camp that the sentence after a deployment names: "They will be based at Camp Bondsteel"."""
    order = event.mentions[-1].order + 1
    if order >= len(named):
        return None
    camps = [s for s in named[order] if readings[order].has("camp", s.named.start - 2, s.named.end)]
    return next((site for site in camps if site.rank >= 3 and not site.excluded), None)


def _place_before(event: Group, named: Sequence[Sequence[Site]]) -> Site | None:
    """Find the place of troops that stand or drive somewhere in the sentence before, if their own names none at all."""
    order = event.order
    if event.event_type not in _LOCAL or any(named[m.order] for m in event.mentions) or not order:
        return None
    exact = [site for site in named[order - 1] if site.rank >= 3 and not site.excluded]
    return exact[0] if exact else None


_LOCAL: Final = frozenset(("patrol", "unit_deployment", "base", "exercise", "transfer_of_authority"))


def _last_list(event: Group, others: Sequence[Group], free: Sequence[Sequence[Site]]) -> list[Site]:
    """Find the places told last: those of events, or else those that a sentence lists."""
    before = [g.site for g in others if g.order <= event.order and g.site is not None and g.site.rank >= 3]
    if not before:
        orders = [k for k in range(max(event.order - NEAR, 0), event.order) if len(free[k]) > 1]
        before = [site for site in free[orders[-1]] if site.rank >= 3] if orders else []
    return list({site.place_ids: site for site in before}.values())


def _refinement(event: Group, free: Sequence[Sequence[Site]], readings: Sequence[Reading]) -> Site | None:
    """Find the village that a sentence without an event of its own names beside one that knows only the region."""
    for order in (event.order - 1, event.order + 1):
        if 0 <= order < len(free) and not readings[order].triggers:
            exact = [site for site in free[order] if site.rank >= 3]
            if exact:
                return exact[0]
    return None


def _instead_of_country(event: Group, others: Sequence[Group], free: Sequence[Sequence[Site]]) -> Site | None:
    """Find the place told before for an event whose sentence names only a country ("a uniform with Serbia's crest")."""
    if event.site is None or event.site.rank > 0:
        return None
    told = [g.site for g in sorted(others, key=lambda g: -g.order) if g.order < event.order and g.site is not None]
    named = [site for order in range(event.order - 1, max(event.order - NEAR, 0) - 1, -1) for site in free[order]]
    return next((site for site in (*told, *named) if site.rank >= 3), None)


def _antecedent_sites(
    event: Group, others: Sequence[Group], free: Sequence[Sequence[Site]], readings: Sequence[Reading]
) -> list[Site]:
    placed = [g for g in others if g.kind == "incident" and g.site is not None]
    before = [g for g in placed if g.order <= event.order]
    if before:
        best = max(before, key=lambda g: g.order).site
        return [best] if best else []
    orders = [
        *range(event.order, max(event.order - NEAR, 0) - 1, -1),
        *range(event.order + 1, min(event.order + NEAR + 1, len(free))),
    ]
    for least in (3, 1):
        for order in orders:
            taken = [g.site.place_ids for g in placed if g.site and g.order == order]
            some = [s for s in free[order] if s.rank >= least and not any(s.place_ids & t for t in taken)]
            if some:
                listed = listed_with(readings[order], some[0], some)
                is_road = order == event.order and event.event_type == "road_block"
                return listed if is_road or not readings[order].triggers else listed[:1]
    return []


def _is_reaction(event: Group) -> bool:
    """Whether its sentence sets it after another event, so that it is not of the same day."""
    first = event.mentions[0]
    return any(
        t.rule.noun and t is not first.trigger and cue.end <= t.start <= cue.end + 6
        for cue in first.reading.cues_of("refer")
        for t in first.reading.triggers
    )


def _antecedent_date(event: Group, others: Sequence[Group], readings: Sequence[Reading]) -> DateSpan | None:
    before = readings[event.order - 1].dates if event.order else ()
    stated = [d for d in before if d.explicit and d.when.start]
    if stated and not any(g.order == event.order - 1 for g in others):
        return stated[-1]
    near = [g for g in others if g.date and g.date.when.start]
    best = min(
        near, key=lambda g: (g.kind != "incident", g.order > event.order, abs(event.order - g.order)), default=None
    )
    return best.date if best else _date_beside(event, readings)


def _date_beside(event: Group, readings: Sequence[Reading]) -> DateSpan | None:
    """Return the only date of the sentence before, or after a headline, unless it dates what somebody said."""
    order = event.order - 1 if event.order else 1
    reading = readings[order] if order < len(readings) else None
    dated = [d for d in reading.dates if d.when.start] if reading else []
    if reading is None or len(dated) != 1:
        return None
    return None if reading.dates_speech(dated[0]) else dated[0]
