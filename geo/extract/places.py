"""A trigger in its sentence in, the place names at which its event was, out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from geo.crs import geod
from geo.extract.areas import described_areas
from geo.extract.reading import Named, Reading, Trigger
from geo.model import Place, Toponym

if TYPE_CHECKING:
    from geo.gazetteer import Gazetteer

REGION: Final = frozenset(("XK", "RS"))
"""Countries in which events are looked for."""
_OUTSIDE: Final = "outside the region"
_NAMESAKE: Final = "no place of the name is near the one beside it"
_NEAR_M: Final = 25_000.0
"""How far off a place may lie that a text calls near."""
_AREA_RANK: Final = {"country": 0, "region": 1, "municipality": 2}
_DATELINE: Final = 9
"""Words within which the dash of a dateline stands."""
_LINES: Final = frozenset(("road", "railway", "canal", "canal_site", "river", "mountain", "valley", "line"))
"""Long things: a settlement says better where something was."""


@dataclass(frozen=True, slots=True)
class Site:
    """A place name that may be an event's place."""

    named: Named
    rank: int
    """0 a country, 1 a region, 2 a municipality, 3 a settlement, 4 a bridge, crossing, camp or quarter."""
    place_ids: frozenset[str]
    name: str
    """Its English name, or as the text has it where it may be several places of different names."""
    excluded: str = ""
    """Why it is no event's place; empty where it may be one."""
    origin: bool = False
    """Whether it is where somebody or something comes from."""
    landmark: bool = False
    """Whether it only says how far off the place is, so that another event may have been there."""


def sites(reading: Reading, gazetteer: Gazetteer, text: str) -> list[Site]:
    """Return the place names of a sentence in order, each with its rank and whether it can be an event's place."""
    named = sorted([*reading.places, *described_areas(reading, gazetteer)], key=lambda n: n.start)
    found: list[Site] = []
    for one in named:
        toponym = one.toponym
        exact = Toponym(
            text=text[toponym.start : toponym.end], start=toponym.start, end=toponym.end, place_ids=toponym.place_ids,
            within=toponym.within, kind_hint=toponym.kind_hint, relation=toponym.relation,
        )  # fmt: skip
        places = [gazetteer.get(i) for i in toponym.place_ids]
        if reading.ends("at_office", one.start) and (seats := _seats(places, gazetteer)):
            exact, places = replace(exact, place_ids=tuple(p.id for p in seats)), seats
        found.append(_site(reading, Named(exact, one.start, one.end), places))
    found = _with_lists(reading, found)
    found = _with_stretches(reading, _without_namesakes(reading, found, gazetteer))
    found = [_without_qualifier(reading, found, k) for k in range(len(found))]
    return [*_dateline(reading, gazetteer, text), *_with_lists(reading, found)]


def _dateline(reading: Reading, gazetteer: Gazetteer, text: str) -> list[Site]:
    """Return the place that a line is headed with ("LEPOSAVIĆ - ..."): where an event was that has no other place."""
    words = reading.words
    dash = next((at for at, word in enumerate(words[:_DATELINE]) if word.norm == "-"), 0)
    line = words[0].start if words else 0
    if not dash or text[:line].rpartition("\n")[2].strip():
        return []
    for end in range(min(dash, 3), 0, -1):
        start, stop = words[0].start, words[end - 1].end
        towns = [p for p in gazetteer.named(text[start:stop]) if p.rank == 0 and p.kind in _HEADS]
        if towns and 0 not in reading.marks.get("capital", {}):
            ids = tuple(place.id for place in towns)
            named = Named(Toponym(text=text[start:stop], start=start, end=stop, place_ids=ids), 0, end)
            return [Site(named, 3, frozenset(ids), towns[0].name_en, _HEADING, landmark=True)]
    return []


_HEADS: Final = ("town", "city", "military_base")
_HEADING: Final = "heads the line"


def _without_namesakes(reading: Reading, found: Sequence[Site], gazetteer: Gazetteer) -> list[Site]:
    """Exclude names that a text puts beside a place far from all that bear them ("in the Bistrica, near Peja")."""
    kept = list(found)
    for k in range(len(kept) - 1):
        first, second = kept[k], kept[k + 1]
        is_told = second.named.toponym.relation == "near" and _is_apposed(reading, first, second)
        if is_told and first.rank >= 3 and second.rank == 3 and _are_far(first, second, gazetteer):
            kept[k] = replace(first, excluded=_NAMESAKE)
    return kept


def _is_apposed(reading: Reading, first: Site, second: Site) -> bool:
    """Whether only "a village near" and the like parts two names."""
    between = range(first.named.end, second.named.start)
    glue = reading.marks.get("within_glue", {})
    return len(between) <= 5 and all(at in glue or not reading.words[at].is_word for at in between)


def _are_far(first: Site, second: Site, gazetteer: Gazetteer) -> bool:
    pairs = [(gazetteer.get(a).position, gazetteer.get(b).position) for a in first.place_ids for b in second.place_ids]
    return all(geod().inv(*one, *other)[2] > _NEAR_M for one, other in pairs)


def _seats(places: Sequence[Place], gazetteer: Gazetteer) -> list[Place]:
    """Return the towns that municipalities are called after: "in front of the building of the municipality of X"."""
    if not all(place.kind == "municipality" for place in places):
        return []
    named = [town for place in places for town in gazetteer.named(place.municipality)]
    return [town for town in named if town.kind in ("town", "city") and town.rank == 0]


def _with_lists(reading: Reading, found: list[Site]) -> list[Site]:
    """Exclude the rest of a list whose first name is excluded ("the offices of Peja, Istog and Klina")."""
    for k in range(1, len(found)):
        before = found[k - 1]
        if (
            before.excluded not in ("", _NAMESAKE)
            and not found[k].excluded
            and (before.rank > 0 or before.landmark)
            and (_same_list(reading, before, found[k]) or _is_other_end(reading, before, found[k]))
        ):
            found[k] = replace(found[k], excluded=before.excluded, origin=before.origin, landmark=before.landmark)
    return found


def _is_other_end(reading: Reading, first: Site, second: Site) -> bool:
    """Whether two names are the ends of a road or of a journey: "on its way from Niš to Gjilan"."""
    between = range(first.named.end, second.named.start)
    if first.landmark and _is_stretch(reading, first, second):
        return True
    return first.origin and len(between) == 1 and between[0] in reading.marks.get("onward", {})


def _is_stretch(reading: Reading, first: Site, second: Site) -> bool:
    """Whether two names are the ends of a road: "the Mitrovica-Leposavić road"."""
    between = range(first.named.end, second.named.start)
    dash = first.named.toponym.end + 1 == second.named.toponym.start  # within a word it is no mark of its own
    return all(reading.words[at].norm == "-" for at in between) if between else dash


def _with_stretches(reading: Reading, found: Sequence[Site]) -> list[Site]:
    """Rank the ends of a road as areas: a village that the sentence names besides says better where it was.

    So is "the Leposavić road".
    """
    ranked = [
        replace(s, rank=2) if s.rank >= 3 and reading.has("stretch", s.named.end, s.named.end + 1) else s for s in found
    ]
    for k in range(len(ranked) - 1):
        first, second = ranked[k], ranked[k + 1]
        is_named = min(first.rank, second.rank) >= 2 and max(first.rank, second.rank) >= 3
        if is_named and _is_stretch(reading, first, second):
            near = range(max(first.named.start - 3, 0), min(second.named.end + 2, len(reading.words)))
            if any(at in reading.marks.get("road", {}) for at in near):
                ranked[k : k + 2] = replace(first, rank=2), replace(second, rank=2)
    return ranked


def _site(reading: Reading, named: Named, places: Sequence[Place]) -> Site:
    rank = _rank(named, places)
    ids = frozenset(p.id for p in places)
    names = {p.name_en for p in places}
    name = names.pop() if len(names) == 1 else named.toponym.text
    if places and not any(p.country in REGION for p in places):
        return Site(named, rank, ids, name, _OUTSIDE)
    if reading.has("water", named.end, named.end + 1) and not any(p.kind == "river" for p in places):
        return Site(named, rank, ids, name, "a river of that name")
    before = _just_before(reading, named)
    is_building = reading.ends_at_any("at_office", before) and not reading.ends_at_any("ward", before)
    if not is_building and reading.ends_at_any("office", before):
        return Site(named, rank, ids, name, "belongs to an office, an institution or a journey")
    if reading.ends_at_any("landmark", before):
        return Site(named, rank, ids, name, "says how far off the place is", landmark=True)
    reported = is_building or reading.ends_at_any("reported_from", before)
    if not reported and reading.ends_at_any("origin", before):
        return Site(named, rank, ids, name, "where somebody comes from or goes to", origin=True)
    if _is_actor(reading, named, rank):
        return Site(named, rank, ids, name, "names a state or an authority")
    return Site(named, rank, ids, name)


def _rank(named: Named, places: Sequence[Place]) -> int:
    hint = named.toponym.kind_hint or ""
    if hint in _AREA_RANK:
        return _AREA_RANK[hint]
    points = [p for p in places if not p.is_area]
    if not points or any(p.kind == "country" for p in places):
        return min((_AREA_RANK[p.kind] for p in places if p.is_area), default=0)
    if all(p.kind in _LINES for p in points):
        return 2
    return 3 if any(p.kind in ("settlement", "town", "village", "city") for p in points) else 4


def _just_before(reading: Reading, named: Named) -> list[int]:
    """Word positions at which a phrase that governs the name may end: articles and "village of" may stand between."""
    at = named.start
    positions = [at]
    while (
        at > 0
        and named.start - at < 5
        and (at - 1 in reading.marks.get("kind_word", {}) or at - 1 in reading.marks.get("article", {}))
    ):
        at -= 1
        positions.append(at)
    return positions


def _is_actor(reading: Reading, named: Named, rank: int) -> bool:
    placed = reading.ends_at_any("placed_at", _just_before(reading, named))
    after = named.end
    if rank >= 2 and reading.has("seated", after, after + 1):
        return False
    followed = reading.has("police", after, after + 1) or reading.has("authority", after, after + 1)
    if followed and not placed:
        return True
    if rank == 0 or named.start in reading.marks.get("capital", {}):
        return not placed
    return False


def _without_qualifier(reading: Reading, found: list[Site], k: int) -> Site:
    """Exclude a name that only says where the one before it lies: "Rodel, a village in Leposavic"."""
    site = found[k]
    if site.excluded or k == 0 or site.named.toponym.kind_hint == "village":
        return site
    before = found[k - 1]
    between = range(before.named.end, site.named.start)
    if not between or len(between) > 9 or before.rank == 0 or site.rank > before.rank:
        return site
    glue = reading.marks.get("within_glue", {})
    if not all(at in glue or not reading.words[at].is_word for at in between):
        return site
    listed = any(at in reading.marks.get("and", {}) for at in between) or (
        len(between) == 1 and _is_list(reading, found, k)
    )
    if listed or before.excluded:
        return site
    return replace(site, excluded=f"says where {before.named.toponym.text} lies")


def _is_list(reading: Reading, found: list[Site], k: int) -> bool:
    """Whether a comma parts items of a list ("Jarinje, Brnjak and Merdare"), not a place and what contains it."""
    for first, second in zip(found[k - 1 :], found[k:], strict=False):
        between = range(first.named.end, second.named.start)
        if len(between) > 4:
            return False
        if any(at in reading.marks.get("and", {}) for at in between):
            return second.rank >= first.rank or first.rank >= 3
    return False


def event_sites(
    reading: Reading,
    trigger: Trigger,
    all_sites: Sequence[Site],
    references: Sequence[Trigger],
    rivals: Sequence[Trigger],
) -> list[Site]:
    """Return the sites of one event, several where the text lists them ("closed Jarinje and Brnjak").

    `references` are the triggers of the sentence that only refer to an event: what follows them is that event's place.
    `rivals` are its other events: a place in the clause of one of them is that one's, if there is another for this.
    """
    leaves = trigger.rule.event_type == "withdrawal"
    free = [
        s
        for s in all_sites
        if (not s.excluded or (s.origin and (leaves or _is_where(reading, trigger, s))))
        and _belongs(reading, trigger, s, references)
    ]
    if trigger in references:
        free = [s for s in free if s.rank > 0]
    free = [s for s in free if not _is_of_rival(reading, trigger, s, rivals)] or free
    if all(s.rank <= 1 for s in free):
        near = ("between",) if trigger.rule.kind == "incident" else ("between", "near")
        free = [s for s in all_sites if s.landmark and s.rank >= 2 and s.named.toponym.relation in near] or free
    if all(s.rank <= 1 for s in free) and reading.has("here", 0, len(reading.words)):
        free = [s for s in all_sites if s.excluded == _HEADING] or free
    if not free:
        return []
    moves = trigger.rule.kind == "deployment"
    best = max(
        free,
        key=lambda s: (min(s.rank, 3), moves and _is_camp(reading, s), -_cost(reading, trigger, s), s.rank),
    )
    listed = listed_with(reading, best, [s for s in free if min(s.rank, 3) == min(best.rank, 3)])
    if best.named.toponym.relation == "between":
        return listed[:1]
    return _once_each([*listed, *_coordinated(reading, listed, free)])


def outside(reading: Reading, trigger: Trigger, all_sites: Sequence[Site]) -> Site | None:
    """Return the place outside the region at which an incident was, if its own words name one."""
    near = [s for s in all_sites if s.rank >= 3 and reading.breaks_between(trigger.start, s.named.start) == 0]
    best = min(near, key=lambda s: _cost(reading, trigger, s), default=None)
    if best is None or best.excluded != _OUTSIDE or not 0 <= best.named.start - trigger.end <= _OWN_WORDS:
        return None
    return best if reading.ends_at_any("placed_at", _just_before(reading, best.named)) else None


_OWN_WORDS: Final = 3
"""How soon after a phrase the place of what it tells follows."""


def _once_each(listed: Sequence[Site]) -> list[Site]:
    """Drop what names a place of the list once more ("Gate 1, Jarinje, and Gate 31")."""
    kept: list[Site] = []
    for site in listed:
        if not any(site.place_ids & other.place_ids for other in kept):
            kept.append(site)
    return kept


def _coordinated(reading: Reading, listed: Sequence[Site], free: Sequence[Site]) -> list[Site]:
    """Return the places that an event has besides: "bombs went off in X last night and beneath a car in Y"."""
    found: list[Site] = []
    last = listed[-1]
    for site in free:
        if min(site.rank, last.rank) >= 3 and _also_at(reading, last, site):
            found.append(site)
            last = site
    return found


def _also_at(reading: Reading, first: Site, second: Site) -> bool:
    """Whether "and" leads to a second place of one verb: nothing between them is a verb or another event."""
    between = range(first.named.end, second.named.start)
    if not 2 <= len(between) <= 18 or first.place_ids & second.place_ids or second.named.toponym.relation == "near":
        return False
    joints = [at for at in between if at in reading.marks.get("and", {})]
    placed = reading.ends_at_any("placed_at", _just_before(reading, second.named))
    verbs = reading.marks.get("verb", {})
    dated = {at for span in reading.dates for at in range(span.start, span.end)}  # "May" is no verb there
    if not joints or not placed or not verbs or any(at in verbs and at not in dated for at in between):
        return False
    is_near = reading.breaks_between(joints[-1], between[-1]) <= 1
    return is_near and not any(t.start in between for t in reading.triggers)


def _is_where(reading: Reading, trigger: Trigger, site: Site) -> bool:
    """Whether what is told was where somebody goes: "left for Raška, where the army has ..."."""
    after = range(site.named.end, min(site.named.end + 2, trigger.start + 1))
    return any(at in reading.marks.get("where", {}) for at in after)


def _is_camp(reading: Reading, site: Site) -> bool:
    """Whether a name is that of a camp: troops are in it rather than in the town near by."""
    return site.rank >= 3 and reading.has("camp", site.named.start, site.named.end)


def _is_of_rival(reading: Reading, trigger: Trigger, site: Site, rivals: Sequence[Trigger]) -> bool:
    own = reading.breaks_between(trigger.start, site.named.start)
    return any(reading.breaks_between(rival.start, site.named.start) < own for rival in rivals)


def _cost(reading: Reading, trigger: Trigger, site: Site) -> int:
    distance = site.named.start - trigger.end if site.named.start >= trigger.end else trigger.start - site.named.end
    return max(distance, 0) + 6 * reading.breaks_between(trigger.start, site.named.start)


def _belongs(reading: Reading, trigger: Trigger, site: Site, references: Sequence[Trigger]) -> bool:
    at = site.named.start
    for other in references:
        if other is trigger or other.start > at or trigger.start < other.start < trigger.end:
            continue
        allowed = 1 if trigger.start < other.start else 0
        if not other.start <= trigger.start <= at and reading.breaks_between(other.start, at) <= allowed:
            return trigger in references
    return True


def listed_with(reading: Reading, best: Site, others: list[Site]) -> list[Site]:
    """Extend one site to the list that it stands in."""
    k = others.index(best)
    first = last = k
    while first > 0 and _same_list(reading, others[first - 1], others[first]):
        first -= 1
    while last + 1 < len(others) and _same_list(reading, others[last], others[last + 1]):
        last += 1
    return others[first : last + 1]


def _same_list(reading: Reading, first: Site, second: Site) -> bool:
    between = range(first.named.end, second.named.start)
    glue = reading.marks.get("list_glue", {})
    parted = any(at in reading.marks.get("and", {}) or reading.words[at].norm in ",/" for at in between)
    return (
        parted
        and len(between) <= 7
        and all(at in glue or not reading.words[at].is_word for at in between)
        and (first.place_ids != second.place_ids)
    )
