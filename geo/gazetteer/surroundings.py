"""The names found in a text in, toponyms out: with what the words around them say of kind, relation and container."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, cast

from geo.gazetteer.misspelt import with_misspelt
from geo.gazetteer.reading import Reading
from geo.gazetteer.rejection import Scope, rejection
from geo.gazetteer.spotting import Spot, Spotted
from geo.model import Place, Toponym
from geo.text import Folded

Relation = Literal["at", "near", "in_part_of", "between"]
KIND_GROUPS: Final = {
    "village": frozenset(("village", "neighbourhood")),
    "town": frozenset(("town", "city")),
    "military_base": frozenset(("military_base", "police_station")),
}
"""What a word such as "village" may stand for, where that is more than the kind of its own name."""
_REACH: Final = 5
_BETWEEN: Final = 9
_BILINGUAL: Final = frozenset(("/", " / "))
_SAME_PLACE: Final = frozenset(("/", " / ", " (", "-", " - ", " or "))
_SIMPLE: Final = frozenset((", ", " ("))


@dataclass(frozen=True, slots=True)
class _Found:
    """A name that is a place here: the span of words, and what was read so far."""

    spot: Spot
    start: int
    end: int
    hint: str | None = None
    relation: Relation = "at"
    within: str | None = None


def toponyms(
    text: str, folded: Folded, spotted: Spotted, alike: Callable[[str], tuple[Place, ...]]
) -> tuple[Toponym, ...]:
    """Return the toponyms of a text, in order.

    Parameters
    ----------
    text : str
        As written; the offsets of the result point into it.
    folded : Folded
        The same text, folded.
    spotted : Spotted
        The words of the folded text, and the names among them.
    alike : callable
        From a word to the places whose names are spelt almost so; asked only in a text about this region.
    """
    reading = Reading.of(folded.text, spotted)
    scope = Scope.of(reading)
    if scope.is_here:
        reading = with_misspelt(reading, alike)
    kept = [spot for at, spot in enumerate(reading.spots) if not rejection(reading, at, scope)]
    found = [_read(reading, spot) for spot in _merged(reading, kept)]
    found = _with_containers(reading, text, folded, _with_shared_hints(reading, found))
    return tuple(_toponym(text, folded, one) for one in found)


def _toponym(text: str, folded: Folded, found: _Found) -> Toponym:
    start, end = folded.span(found.start, found.end)
    return Toponym(
        text=text[start:end],
        start=start,
        end=end,
        place_ids=tuple(p.id for p in found.spot.places),
        within=found.within,
        kind_hint=found.hint,
        relation=found.relation,
    )


def _merged(reading: Reading, spots: Sequence[Spot]) -> list[Spot]:
    """Join the two names of one place ("Ferizaj/Uroševac"), also where only one of them is known."""
    merged: list[Spot] = []
    for spot in spots:
        if merged and (common := _common(reading, merged[-1], spot)):
            merged[-1] = replace(merged[-1], last=spot.last, places=common)
        else:
            merged.append(_with_unknown_twin(reading, spot))
    return merged


def _common(reading: Reading, first: Spot, second: Spot) -> tuple[Place, ...]:
    words, gap = reading.between(first, second)
    if gap not in _SAME_PLACE or (words and gap != " or "):
        return ()
    ids = {p.id for p in second.places}
    common = tuple(p for p in first.places if p.id in ids)
    return common or (first.places + second.places if gap in _BILINGUAL else ())


def _with_unknown_twin(reading: Reading, spot: Spot) -> Spot:
    after, before = reading.after(spot), reading.before(spot)
    if after and after.is_capital and reading.gap_after(spot) == "/" and not reading.is_spotted(spot.last):
        return replace(spot, last=spot.last + 1)
    if before and before.is_capital and reading.gap_before(spot) == "/" and not reading.is_spotted(spot.first - 1):
        return replace(spot, first=spot.first - 1)
    return spot


def _read(reading: Reading, spot: Spot) -> _Found:
    return _Found(
        spot,
        reading.words[spot.first].start,
        reading.words[spot.last - 1].end,
        hint=_hint(reading, spot),
        relation=_relation(reading, spot),
    )


def _hint(reading: Reading, spot: Spot) -> str | None:
    """Return what the words before or after call the place, if a place of the name is of that kind."""
    for words in (reading.back(spot, _REACH), reading.onward(spot, _REACH)):
        for word in words:
            kind = reading.vocabulary.kinds.get(word.norm)
            if kind and fits_kind(spot.places, kind):
                return kind
            if kind is None and word.norm not in reading.vocabulary.fillers:
                break
    return None


def fits_kind(places: Iterable[Place], hint: str) -> bool:
    """Tell whether any of the places is of the kind that a text calls it."""
    return any(place.kind in KIND_GROUPS.get(hint, (hint,)) for place in places)


def _relation(reading: Reading, spot: Spot) -> Relation:
    known = reading.vocabulary
    words = [word.norm for word in reading.back(spot, 8)][::-1]
    while words:
        for length in range(min(5, len(words)), 0, -1):
            if relation := known.relations.get(tuple(words[-length:])):
                return cast(Relation, relation)
        if words[-1] not in known.kinds and words[-1] not in known.fillers:
            break
        words.pop()
    return "at"


def _with_shared_hints(reading: Reading, found: Sequence[_Found]) -> list[_Found]:
    """Give every name of a list what one of them has: "the Jarinje and Brnjak crossings", "between X and Y"."""
    shared = list(found)
    pairs = [(k, k + 1) for k in range(len(shared) - 1) if _is_list(reading, shared[k].spot, shared[k + 1].spot)]
    for one, other in [*pairs, *((b, a) for a, b in reversed(pairs))]:
        hint = shared[one].hint
        if hint and shared[other].hint is None and fits_kind(shared[other].spot.places, hint):
            shared[other] = replace(shared[other], hint=hint)
        if shared[one].relation == "between" and one < other:
            shared[other] = replace(shared[other], relation="between")
    return shared


def _is_list(reading: Reading, first: Spot, second: Spot) -> bool:
    words, gap = reading.between(first, second)
    if not words:
        return gap in (", ", "/", " - ")
    return len(words) == 1 and words[0].norm in reading.vocabulary.lists and reading.is_one_sentence(gap)


def _with_containers(reading: Reading, text: str, folded: Folded, found: Sequence[_Found]) -> list[_Found]:
    """Set `within` where one of two neighbouring names says where the other lies."""
    read = list(found)
    for k in range(len(read) - 1):
        first, second = read[k], read[k + 1]
        if not _says_where(reading, first, second):
            continue
        if _size(first) > _size(second):
            if _may_contain(first.spot.places, second.spot.places):
                read[k + 1] = replace(second, within=_written(text, folded, first))
        else:
            read[k] = replace(first, within=_written(text, folded, second))
    return read


def _written(text: str, folded: Folded, found: _Found) -> str:
    start, end = folded.span(found.start, found.end)
    return text[start:end]


def _says_where(reading: Reading, first: _Found, second: _Found) -> bool:
    words, gap = reading.between(first.spot, second.spot)
    if len(words) > _BETWEEN or not reading.is_one_sentence(gap):
        return False
    if not words:
        larger, smaller = sorted((first, second), key=_size, reverse=True)
        return (
            gap in _SIMPLE and _size(larger) > _size(smaller) and _may_contain(larger.spot.places, smaller.spot.places)
        )
    known = reading.vocabulary
    norms = [word.norm for word in words]
    if any(norm in known.lists for norm in norms) or not known.connectors & set(norms):
        return False
    allowed = known.within | known.fillers | known.kinds.keys()
    return all(norm in allowed or norm.isdigit() for norm in norms)


def _size(found: _Found) -> int:
    return max(_SIZES.get(place.kind, 1) for place in found.spot.places[:3])


_SIZES: Final = {"country": 5, "region": 4, "municipality": 3, "city": 2, "town": 2}


def _may_contain(larger: Iterable[Place], smaller: Iterable[Place]) -> bool:
    return any(_contains(one, other) for one in larger for other in smaller)


def _contains(one: Place, other: Place) -> bool:
    if one.kind == "country":
        return one.country == other.country
    return bool(one.municipality) and one.municipality == other.municipality
