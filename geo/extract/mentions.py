"""A sentence that was read in, one mention for each event and place that it tells of, out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from geo.extract.assertion import COUNTED, Standing, standing
from geo.extract.casualties import Count, casualties, people
from geo.extract.dates import DateSpan
from geo.extract.deployments import Detail, detail
from geo.extract.lexicon import FAMILIES, GENERIC, Rule
from geo.extract.places import Site, event_sites, outside
from geo.extract.reading import Reading, Trigger

PRIORITY: Final = (
    "grenade_attack", "landmine", "explosion", "armed_clash", "shooting", "riot", "stone_throwing", "killing", "arson",
    "attack", "protest", "abduction_or_detention", "weapons_seizure", "raid", "arrest", "border_closure", "road_block",
    "property_destruction", "threat", "other", "transfer_of_authority", "withdrawal", "rotation", "reinforcement",
    "force_strength", "base", "exercise", "patrol", "unit_deployment", GENERIC,
)  # fmt: skip
"""Where several types fit one event, the first of these."""


@dataclass(frozen=True, slots=True)
class Mention:
    """One event as one sentence tells it, at one place."""

    order: int
    """The number of its sentence in the document."""
    reading: Reading
    trigger: Trigger
    standing: Standing
    event_type: str
    site: Site | None = None
    date: DateSpan | None = None
    counts: tuple[Count, ...] = ()
    detail: Detail = field(default_factory=Detail)
    definite: bool = False
    """Whether its words point back ("the attack", "this force")."""
    again: bool = False
    """Whether its words set it apart from one told before ("another attack")."""

    @property
    def kind(self) -> str:
        """Incident or deployment."""
        return self.trigger.rule.kind

    @property
    def family(self) -> str:
        """Its family, or its type for a deployment."""
        return FAMILIES.get(self.event_type, self.event_type)


def mentions(reading: Reading, order: int, all_sites: Sequence[Site]) -> list[Mention]:
    """Return the mentions of a sentence in order, those that assert no event included."""
    standings = [_standing(reading, trigger, all_sites) for trigger in reading.triggers]
    references = [t for t, s in zip(reading.triggers, standings, strict=True) if s.refers]
    counts = casualties(reading)
    chosen = _chosen(reading, standings)
    able = [trigger for trigger, one in chosen if one.assertion in COUNTED and _may_hurt(trigger)]
    owned = _owned(reading, counts, able)
    found: list[Mention] = []
    for trigger, one in _without_spare_moves(reading, chosen, all_sites, references):
        rivals = _rivals(trigger, chosen)
        where = [] if _is_at_scene(reading, trigger) else event_sites(reading, trigger, all_sites, references, rivals)
        about = Mention(
            order, reading, trigger, one, trigger.rule.event_type,
            date=_date(reading, trigger, references), counts=tuple(owned.get(_key(trigger), ())),
            detail=detail(reading, trigger, people(reading)) if trigger.rule.kind == "deployment" else Detail(),
            definite=_points_back(reading, trigger), again=_is_apart(reading, trigger),
        )  # fmt: skip
        found += _at_each(about, where, references)
    if counts and not able:
        found.append(_toll_alone(reading, order, counts))
    return found


def _standing(reading: Reading, trigger: Trigger, all_sites: Sequence[Site]) -> Standing:
    elsewhere = outside(reading, trigger, all_sites) if trigger.rule.kind == "incident" else None
    if elsewhere is not None:
        return Standing("background", f"it was in {elsewhere.named.toponym.text}, outside the region")
    return standing(reading, trigger)


_Chosen = Sequence[tuple[Trigger, Standing]]


def _rivals(trigger: Trigger, chosen: _Chosen) -> list[Trigger]:
    """Return the triggers of other events of the sentence: of other families."""
    return [t for t, _ in chosen if FAMILIES.get(t.rule.event_type) != FAMILIES.get(trigger.rule.event_type)]


def _without_spare_moves(
    reading: Reading, chosen: _Chosen, all_sites: Sequence[Site], references: Sequence[Trigger]
) -> _Chosen:
    """Of the deployments of a sentence keep the first by type, and another only at a place of its own clause."""
    moves = sorted((t for t, _ in chosen if t.rule.kind == "deployment"), key=lambda t: _preference(reading, t))
    if len(moves) < 2:
        return chosen
    kept, taken = [moves[0]], set[str]()
    for trigger in moves:
        others = [t for t in moves if t is not trigger]
        where = [s for s in event_sites(reading, trigger, all_sites, references, others) if s.rank >= 3]
        ids = {place_id for site in where for place_id in site.place_ids}
        if trigger is not moves[0] and ids - taken == ids and ids and _is_own_clause(reading, trigger, kept, where[0]):
            kept.append(trigger)
        taken |= ids
    return [pair for pair in chosen if pair[0].rule.kind != "deployment" or pair[0] in kept]


def _is_own_clause(reading: Reading, trigger: Trigger, kept: Sequence[Trigger], site: Site) -> bool:
    """Whether a place stands closer to a trigger, by clauses, than to those of other events."""
    own = reading.breaks_between(trigger.start, site.named.start)
    return all(reading.breaks_between(other.start, site.named.start) > own for other in kept)


def _toll_alone(reading: Reading, order: int, counts: Sequence[Count]) -> Mention:
    """A sentence that only counts people killed or injured speaks of an event told before or after it."""
    rule = Rule(id=-1, event_type=GENERIC, kind="incident", noun=True, strength=0.3)
    trigger = Trigger(rule, counts[0].start, counts[0].end, "")
    return Mention(
        order, reading, trigger, Standing("happened", "", refers=True), GENERIC, counts=tuple(counts), definite=True
    )


def _chosen(reading: Reading, standings: Sequence[Standing]) -> list[tuple[Trigger, Standing]]:
    """Of triggers that overlap keep the one that says more."""
    pairs = list(zip(reading.triggers, standings, strict=True))
    kept: list[tuple[Trigger, Standing]] = []
    for trigger, one in sorted(pairs, key=lambda p: _preference(reading, p[0])):
        if not any(_same_words(trigger, other) for other, _ in kept):
            kept.append((trigger, one))
    return sorted(kept, key=lambda pair: pair[0].start)


def _preference(reading: Reading, trigger: Trigger) -> tuple[int, int, int]:
    """Order triggers: by type, those within one clause first, the longest first."""
    return _rank(trigger), reading.breaks_between(trigger.start, trigger.end - 1), trigger.start - trigger.end


def _rank(trigger: Trigger) -> int:
    return PRIORITY.index(trigger.rule.event_type)


def _same_words(one: Trigger, other: Trigger) -> bool:
    overlap = one.start < other.end and other.start < one.end
    return overlap and one.rule.kind == other.rule.kind


def _date(reading: Reading, trigger: Trigger, references: Sequence[Trigger]) -> DateSpan | None:
    """Choose the date that belongs to a trigger: not that of a statement, nor that of an event referred to."""
    free = _free_dates(reading, trigger, references)
    if not free:
        return None
    return min(
        free, key=lambda d: (not d.when.start, not d.explicit and _overshadowed(d, free), _far(reading, trigger, d))
    )


def _free_dates(reading: Reading, trigger: Trigger, references: Sequence[Trigger]) -> list[DateSpan]:
    free = [d for d in reading.dates if not _is_of_reference(reading, trigger, d, references)]
    said = "speech" if trigger.rule.kind == "incident" else "agreed"
    return [d for d in free if not _is_of_statement(reading, d, trigger, said)]


def _overshadowed(one: DateSpan, others: Sequence[DateSpan]) -> bool:
    """Whether a full date stands beside a weekday ("on Sunday, 24 September")."""
    return any(o.explicit and abs(o.start - one.end) <= 2 for o in others)


def _far(reading: Reading, trigger: Trigger, span: DateSpan) -> int:
    return abs(span.start - trigger.start) + 8 * reading.breaks_between(span.start, trigger.start)


def _is_of_statement(reading: Reading, span: DateSpan, trigger: Trigger, name: str) -> bool:
    """ "said on Friday that ..." dates the statement."""
    spoken = [(s, e) for s, e in reading.marks.get(name, {}).items() if not trigger.start <= s < trigger.end]
    return any(0 <= span.start - end <= 2 or 0 <= start - span.end <= 1 for start, end in spoken)


def _is_of_reference(reading: Reading, trigger: Trigger, span: DateSpan, references: Sequence[Trigger]) -> bool:
    for other in references:
        if other is trigger:
            continue
        beside = -4 <= span.start - other.end <= 5 or (span.start <= other.start <= span.end + 1)
        if beside and _far(reading, other, span) < _far(reading, trigger, span):
            return True
    return False


def _owned(reading: Reading, counts: Sequence[Count], able: Sequence[Trigger]) -> dict[_Key, list[Count]]:
    """Give each count to the nearest event of the sentence of those that may have casualties.

    Of two events equally near, each has it.
    """
    owned: dict[_Key, list[Count]] = {}
    for count in counts:
        far = [_from_count(reading, trigger, count) for trigger in able]
        least = min(far, default=0)
        for trigger, distance in zip(able, far, strict=True):
            if distance == least:
                owned.setdefault(_key(trigger), []).append(count)
    return owned


_Key = tuple[int, int, int]


def _key(trigger: Trigger) -> _Key:
    """Return what tells the triggers of a sentence apart; cheaper than the trigger itself as a key."""
    return trigger.rule.id, trigger.start, trigger.end


def _from_count(reading: Reading, trigger: Trigger, count: Count) -> int:
    gap = max(trigger.start - count.end, count.start - trigger.end, 0)
    return gap + 6 * reading.breaks_between(trigger.start, count.start)


def _may_hurt(trigger: Trigger) -> bool:
    return FAMILIES.get(trigger.rule.event_type) in _WITH_CASUALTIES


_WITH_CASUALTIES: Final = frozenset(("armed", "explosive", "unrest", "property", GENERIC))


def _points_back(reading: Reading, trigger: Trigger) -> bool:
    before = range(max(trigger.start - 3, 0), trigger.start)
    inside = range(trigger.start, min(trigger.start + 2, trigger.end))
    definite = {at for cue in reading.cues_of("definite") for at in range(cue.start, cue.end)}
    return any(at in definite for at in (*before, *inside)) and (trigger.rule.noun or trigger.rule.kind == "deployment")


def _is_at_scene(reading: Reading, trigger: Trigger) -> bool:
    """Whether its words place it where the event told before was: "near the scene", "in the same village"."""
    spans = reading.marks.get("scene", {}) if trigger.rule.kind == "incident" else {}
    return any(reading.breaks_between(at, trigger.start) == 0 for at in spans)


def _is_apart(reading: Reading, trigger: Trigger) -> bool:
    return any(0 <= trigger.start - cue.end <= 3 or cue.start == trigger.start for cue in reading.cues_of("again"))


def _at_each(about: Mention, where: Sequence[Site], references: Sequence[Trigger]) -> list[Mention]:
    """Make one mention for each place of a list; a count that covers the whole list is given to none of them."""
    if len(where) < 2:
        return [replace(about, site=where[0] if where else None)]
    days = _days(about, where, references)
    return [replace(about, site=site, date=day, counts=()) for site, day in zip(where, days, strict=True)]


def _days(about: Mention, where: Sequence[Site], references: Sequence[Trigger]) -> list[DateSpan | None]:
    """Return the day of each place: where a sentence tells as many days as places, the one beside it."""
    free = _free_dates(about.reading, about.trigger, references)
    days: list[DateSpan | None] = [min(free, key=lambda d: abs(d.start - s.named.start), default=None) for s in where]
    return days if len({id(day) for day in days}) == len(where) else [about.date] * len(where)
