"""The mentions of a document in, its events out: several mentions of one event are one event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from geo.extract.assertion import COUNTED
from geo.extract.dates import DateSpan
from geo.extract.lexicon import GENERIC
from geo.extract.mentions import PRIORITY, Mention
from geo.extract.places import Site
from geo.model import Place

if TYPE_CHECKING:
    from geo.gazetteer import Gazetteer

_VIOLENT: Final = frozenset(("armed", "explosive", "unrest", "property", GENERIC))
_LOOSE: Final = frozenset(("attack", "killing", GENERIC))
"""Types that any violent event may be called by."""
_MOVES: Final = frozenset(("reinforcement", "rotation", "unit_deployment", "base", "force_strength"))
_HINT: Final = 0.55
"""A phrase no stronger than this is a word that only hints at an event."""
_OPEN: Final = 40
"""How many of the last events a mention may belong to."""


@dataclass(slots=True)
class Group:
    """The mentions of one event, and what they say together."""

    mentions: list[Mention] = field(default_factory=list)
    types: set[str] = field(default_factory=set)
    families: set[str] = field(default_factory=set)
    site: Site | None = None
    """Its most specific own place, that of an assertion before that of a reference."""
    date: DateSpan | None = None
    """Its most precise own date."""
    inherited_site: Site | None = None
    inherited_date: DateSpan | None = None
    follows: bool = False
    """Whether another event is told in a sentence before it."""
    outshone: bool = False
    """Whether an incident of another family at its place is likelier, by the gist, and this one hardly is."""
    _site_rank: tuple[int, bool] = (-1, False)
    _texts: dict[str, set[str]] = field(default_factory=dict)
    _triggers: set[int] = field(default_factory=set)
    """The identities of its triggers: an event may be told a thousand times."""

    @classmethod
    def of(cls, mention: Mention) -> Group:
        """Begin a group."""
        event = cls()
        event.add(mention)
        return event

    def add(self, mention: Mention) -> None:
        """Take one more mention in."""
        self.mentions.append(mention)
        self._triggers.add(id(mention.trigger))
        self.types.add(mention.event_type)
        self.families.add(mention.family)
        if mention.site is not None:
            rank = (min(mention.site.rank, 4), not mention.standing.refers)
            if rank > self._site_rank:
                self.site, self._site_rank = mention.site, rank
        if mention.date is not None and (self.date is None or _vagueness(mention.date) < _vagueness(self.date)):
            self.date = mention.date
        for name in ("contributor", "unit", "stage"):
            if value := getattr(mention.detail, name):
                self._texts.setdefault(name, set()).add(value)

    def has(self, mention: Mention) -> bool:
        """Whether one of its mentions has the very trigger of this one."""
        return id(mention.trigger) in self._triggers

    @property
    def kind(self) -> str:
        """Incident or deployment."""
        return self.mentions[0].kind

    @property
    def event_type(self) -> str:
        """The type that fits best: "the fourth attack on the church", told later, does not say it better."""
        later = {m.event_type for m in self.mentions if m.event_type == "attack" and m.order > self.order}
        first = {m.event_type for m in self.mentions if m.order == self.order} - {GENERIC}
        return min(self.types - (later - first) if first else self.types, key=PRIORITY.index)

    @property
    def place(self) -> Site | None:
        """Its place: its own, or that of its antecedent where that is more specific or the only one."""
        return self.inherited_site or self.site

    @property
    def is_sensed(self) -> bool:
        """Whether no phrase tells of it, only the gist of its sentences."""
        return all(m.trigger.rule.id < -1 for m in self.mentions)

    @property
    def likely(self) -> float | None:
        """How likely it is by the gist of its sentences; null where none says."""
        return max((m.trigger.likely for m in self.mentions if m.trigger.likely is not None), default=None)

    @property
    def order(self) -> int:
        """The sentence that first tells it."""
        return self.mentions[0].order

    def texts(self, name: str) -> set[str]:
        """Return what its mentions say of one detail of a deployment."""
        return self._texts.get(name, set())


def _vagueness(span: DateSpan) -> tuple[bool, int]:
    return (span.when.start is None, span.when.date_prec)


def group(mentions: Iterable[Mention], gazetteer: Gazetteer) -> list[Group]:
    """Put the mentions of one event together; only those that assert or refer to one that happened are taken."""
    groups: list[Group] = []
    late: list[Mention] = []
    for mention in mentions:
        if mention.standing.assertion not in COUNTED:
            continue
        if not _joins(mention, groups, gazetteer):
            if mention.event_type == GENERIC:
                late.append(mention)
            else:
                groups.append(Group.of(mention))
    for mention in late:
        _joins(mention, groups, gazetteer)
    return _absorbed(_merged(groups, gazetteer))


def _absorbed(groups: list[Group]) -> list[Group]:
    """Drop what is part of a violent event told beside it: its barricade, its damage, the arrest of its suspects."""
    told: dict[int, list[Group]] = {}
    for one in groups:
        if one.kind == "incident" and not _is_hint(one):
            told.setdefault(one.order, []).append(one)
    groups = [g for g in groups if not (_is_hint(g) and around(told, g.order, 1, 1))]
    groups = _without_sensed_moves(groups)
    violent: dict[int, list[Group]] = {}
    for one in groups:
        if one.families & (_VIOLENT - {GENERIC}) and one.event_type != "protest":
            violent.setdefault(one.order, []).append(one)
    return [g for g in groups if not any(_is_part(g, v) for v in around(violent, g.order, 3, 1) if v is not g)]


def _without_sensed_moves(groups: list[Group]) -> list[Group]:
    """Drop deployments that only the gist of a sentence tells beside one that is told in words."""
    moves: dict[int, list[Group]] = {}
    for one in groups:
        if one.kind == "deployment" and not one.is_sensed:
            moves.setdefault(one.order, []).append(one)
    return [g for g in groups if not (g.kind == "deployment" and g.is_sensed and around(moves, g.order, 2, 2))]


def _is_hint(event: Group) -> bool:
    """Whether only a word hints at it, such as "bomb": beside an event that is told it is a part of that."""
    return event.kind == "incident" and all(m.trigger.rule.strength <= _HINT for m in event.mentions)


def around(by_order: Mapping[int, Sequence[Group]], order: int, before: int, after: int) -> list[Group]:
    """Return the groups that begin at most so many sentences before or after one."""
    return [g for k in range(order - before, order + after + 1) for g in by_order.get(k, ())]


def _is_part(event: Group, violent: Group) -> bool:
    if event.kind == "deployment":
        is_beside = event.order == violent.order or (event.site is None and abs(event.order - violent.order) <= 2)
        is_told = event.event_type == "reinforcement" and any(
            m.detail.personnel or m.detail.contributor or m.trigger.rule.stage != "arrived" for m in event.mentions
        )
        is_after = 0 < event.order - violent.order <= 1 and not event.texts("contributor")
        is_near = (is_beside or is_after) and violent.event_type in _STRIKES
        return is_near and not is_told and event.event_type in _BESIDE
    near = _PARTS.get(event.event_type)
    if event.site is None and "riot" in violent.types:
        near = near or _PARTS_OF_RIOT.get(event.event_type)
    if near is None or event.kind != "incident" or event.event_type == violent.event_type:
        return False
    if event.event_type == "property_destruction" and any(m.order == event.order for m in violent.mentions):
        return True  # "in the explosion a canal was damaged"
    is_open = violent.site is None and "riot" in violent.types and event.order == violent.order
    elsewhere = event.site is not None and not is_open and not _shares_all(event.site, violent.site)
    otherwise = event.date is not None and event.date.explicit and event.date != violent.date
    return not elsewhere and not otherwise and near[0] <= event.order - violent.order <= near[1]


def _shares_all(first: Site, second: Site | None) -> bool:
    return second is not None and bool(first.place_ids & second.place_ids)


_PARTS: Final = {
    "road_block": (-1, 1),
    "property_destruction": (0, 2),
    "arrest": (0, 3),
    "threat": (0, 1),
    "arson": (0, 1),
}
"""How many sentences before and after a violent event such a thing is taken for a part of it."""
_PARTS_OF_RIOT: Final = {"explosion": (0, 1), "attack": (0, 1), "grenade_attack": (0, 1)}
"""The same for what is thrown and who is beaten in a riot, where no place of its own is told."""
_CLOSED: Final = frozenset(("road_block", "border_closure"))
"""A crossing that is blocked is closed: told in one sentence of one place, that is one event."""
_BESIDE: Final = frozenset(("patrol", "unit_deployment", "reinforcement", "base"))
_STRIKES: Final = frozenset(
    (
        "grenade_attack",
        "landmine",
        "explosion",
        "armed_clash",
        "shooting",
        "attack",
        "killing",
        "riot",
        "stone_throwing",
        "arson",
    )
)
"""A patrol that is named in the sentence of one of these is its target, troops that came are part of it."""


def _joins(mention: Mention, groups: list[Group], gazetteer: Gazetteer) -> bool:
    fitting = [g for g in groups[-_OPEN:] if _is_one_event(g, mention, gazetteer)]
    if not fitting:
        return False
    best = max(fitting, key=lambda g: (_shares_place(g.site, mention.site), -(mention.order - g.mentions[-1].order)))
    best.add(mention)
    return True


def _merged(groups: list[Group], gazetteer: Gazetteer) -> list[Group]:
    """Join groups that turned out to be one event when a later mention gave a place or a date."""
    kept: list[Group] = []
    for number, one in enumerate(groups):
        loose = all(m.event_type in _LOOSE or m.standing.refers for m in one.mentions)
        target = next((g for g in kept[-_OPEN:] if all(_is_one_event(g, m, gazetteer) for m in one.mentions)), None)
        if target is None and loose and one.site is None:
            others = groups[number + 1 : number + _OPEN]
            target = next((g for g in others if all(_is_one_event(g, m, gazetteer) for m in one.mentions)), None)
        if target is None:
            kept.append(one)
        else:
            for mention in one.mentions:
                target.add(mention)
            target.mentions.sort(key=lambda m: m.order)
    return kept


def _is_one_event(event: Group, mention: Mention, gazetteer: Gazetteer) -> bool:
    if event.has(mention):
        return False  # another place of one list
    if event.kind != mention.kind or (mention.again and mention.order != event.mentions[-1].order):
        return False
    agree = _deployments_agree if mention.kind == "deployment" else _types_agree
    if not agree(event, mention) or not _dates_agree(event.date, mention.date):
        return False
    return _places_agree(event, mention, gazetteer)  # the costliest question last


def _types_agree(event: Group, mention: Mention) -> bool:
    if mention.family in event.families:
        return True
    types = event.types
    violent = event.families <= _VIOLENT and mention.family in _VIOLENT
    if violent and (mention.event_type in _LOOSE or types & _LOOSE):
        return True
    if mention.event_type == GENERIC:
        suits = event.families & _VIOLENT or not any(c.value for c in mention.counts)
        return bool(suits) and mention.definite
    is_beside = event.mentions[-1].order == mention.order
    is_closed = types | {mention.event_type} <= _CLOSED
    return is_beside and (is_closed or (mention.event_type == "protest" and "road_block" in types))


def _deployments_agree(event: Group, mention: Mention) -> bool:
    types = event.types
    moves = types <= _MOVES and mention.event_type in _MOVES and (mention.definite or mention.event_type in types)
    reserve = mention.detail.stage == "in_reserve" and mention.definite and not mention.detail.contributor
    if mention.event_type not in types and not moves and not reserve:
        return False
    for name in ("contributor", "unit"):
        own, other = event.texts(name), getattr(mention.detail, name)
        if own and other and other not in own:
            return False
    return not _is_other_strength(event, mention)


def _is_other_strength(event: Group, mention: Mention) -> bool:
    """Whether one of the two says how many serve there, and the other gives another number ("70 are there now")."""
    known = {m.detail.personnel for m in event.mentions if m.detail.personnel}
    is_strength = (mention.event_type == "force_strength") != (event.types == {"force_strength"})
    return is_strength and bool(known) and mention.detail.personnel not in (None, *known)


def _dates_agree(first: DateSpan | None, second: DateSpan | None) -> bool:
    if first is None or second is None or first.when.start is None or second.when.start is None:
        return True
    one, other = first.when, second.when
    return one.start <= (other.end or other.start) and other.start <= (one.end or one.start)  # type: ignore[operator]


def _shares_place(first: Site | None, second: Site | None) -> int:
    if first is None or second is None:
        return 1
    return 2 if first.place_ids & second.place_ids else 0


def _places_agree(event: Group, mention: Mention, gazetteer: Gazetteer) -> bool:
    first, second = event.site, mention.site
    if first is None or second is None or first.place_ids & second.place_ids:
        return True
    if event.order == mention.order and first.named.start == second.named.start:
        return True  # the same name, read once as a crossing and once as the village
    if mention.standing.refers and second.rank <= 2 < first.rank:
        return True
    alike = mention.event_type in event.types
    if alike and 0 in (first.rank, second.rank) and event.kind == "incident":
        return True  # a country tells no two events apart
    if not (alike or mention.definite or mention.standing.refers or mention.event_type in _LOOSE):
        return False
    pairs = ((gazetteer.get(a), gazetteer.get(b)) for a in first.place_ids for b in second.place_ids)
    return any(_contains(a, b) or _contains(b, a) for a, b in pairs)


def _contains(outer: Place, inner: Place) -> bool:
    """Whether a place may hold another one by what their records say."""
    if outer.kind in ("country", "region"):
        return outer.country == inner.country and inner.kind != outer.kind
    if inner.is_area or not inner.municipality:
        return False
    return outer.name_en == inner.municipality or (
        outer.municipality == inner.municipality and _is_inside(outer, inner)
    )


def _is_inside(outer: Place, inner: Place) -> bool:
    return outer.kind == "town" and inner.kind not in ("town", "settlement", "village")
