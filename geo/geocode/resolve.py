"""A toponym in, the places that it may mean out, best first, each with its score and the reasons for it.

A score is the sum of what speaks for a place: how known it is, what the text calls it, what the text says it lies in or
near, the other places that the document names, and its size. Each weight is stated below; none was fitted to texts.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from geo.border import Border
from geo.crs import geod
from geo.errors import NotFound
from geo.gazetteer import Gazetteer
from geo.gazetteer.surroundings import KIND_GROUPS
from geo.model import Candidate, LonLat, Place, Toponym
from geo.text import key

_RANK_SCORES: Final = (0.35, 0.2, 0.1)
_KIND_SCORES: Final[Mapping[str, float]] = {
    "country": 0.16,
    "city": 0.16,
    "crossing": 0.15,
    "town": 0.14,
    "region": 0.1,
    "village": 0.08,
    "military_base": 0.08,
    "bridge": 0.06,
    "monastery": 0.06,
    "neighbourhood": 0.06,
}
_OTHER_KIND: Final = 0.03
_CALLED: Final = 0.2
_CALLED_OTHERWISE: Final = -0.15
_LIES_THERE: Final = 0.25
_LIES_ELSEWHERE: Final = -0.15
_SAME_MUNICIPALITY: Final = 0.06
_CLOSE: Final = 0.1
_CLOSE_M: Final = 20_000.0
_SIZE: Final = 0.05
_AT_THE_BORDER: Final = 0.06
_AT_THE_BORDER_M: Final = 15_000.0
"""This border's news is oftener about places close to it: the closer of two places that nothing else parts is meant."""
_NEAR_M: Final = 30_000.0
"""As far as "X near Y" reaches."""
_IN_AREA: Final = 0.1
"""What a region that the text names adds to the places in it."""
_OWN_NAME: Final = 0.06
_IN_KOSOVO: Final = 0.12
"""What the Kosovo side of the border adds: most news on the border is from there, and leaves that unsaid."""


@dataclass(frozen=True, slots=True)
class _Setting:
    """What the text says besides the name."""

    toponym: Toponym
    containers: tuple[Place, ...]
    others: tuple[Place, ...]
    regions: tuple[Place, ...]
    border: Border | None


def resolve(
    toponym: Toponym, gazetteer: Gazetteer, *, context: Sequence[str] = (), border: Border | None = None
) -> tuple[Candidate, ...]:
    """Rank the places that a toponym may mean.

    Parameters
    ----------
    toponym : Toponym
        Its `place_ids` are the candidates; where there are none, the places of that name.
    gazetteer : Gazetteer
        Where places are looked up.
    context : sequence of str
        Ids of the places that the rest of the document names.
    border : Border, optional
        With it, closeness to the border line counts where a name means several places.

    Returns
    -------
    tuple of Candidate
        Best first; empty where no place has the name. Scores run from 0 to 1 and compare within one toponym only.
    """
    places = tuple(_known(toponym.place_ids, gazetteer)) or gazetteer.named(toponym.text)
    setting = _setting(toponym, places, gazetteer, context, border if len(places) > 1 else None)
    found = [_candidate(place, setting, places) for place in places]
    return tuple(sorted(found, key=lambda c: (-c.score, c.place.rank, c.place.id)))


def _known(ids: Iterable[str], gazetteer: Gazetteer) -> Iterator[Place]:
    for place_id in dict.fromkeys(ids):
        try:
            yield gazetteer.get(place_id)
        except NotFound:
            continue


def _setting(
    toponym: Toponym, places: Sequence[Place], gazetteer: Gazetteer, context: Sequence[str], border: Border | None
) -> _Setting:
    own = {place.id for place in places}
    known = tuple(_known(context, gazetteer)) if len(places) > 1 else ()
    others = tuple(p for p in known if p.id not in own and not p.is_area)
    regions = tuple(p for p in known if p.kind == "region")
    containers = gazetteer.named(toponym.within.split("/")[0]) if toponym.within else ()
    return _Setting(toponym, containers, others, regions, border)


def _candidate(place: Place, setting: _Setting, all_places: Sequence[Place]) -> Candidate:
    parts = [
        *_of_itself(place, setting),
        *_called(place, setting, all_places),
        *_lies(place, setting, all_places),
        *_among(place, setting),
        *_in_region(place, setting),
    ]
    score = min(1.0, max(0.0, sum(part for part, _ in parts)))
    return Candidate(place=place, score=round(score, 3), reasons=tuple(reason for _, reason in parts if reason))


_Part = tuple[float, str]


def _of_itself(place: Place, setting: _Setting) -> Iterator[_Part]:
    yield _RANK_SCORES[place.rank], ("", "imported gazetteer", "a town elsewhere")[place.rank]
    yield _KIND_SCORES.get(place.kind, _OTHER_KIND), place.kind
    if place.population and place.population > 1:
        yield _SIZE * min(1.0, math.log10(place.population) / 6), f"{place.population:,} people"
    if key(setting.toponym.text) in {key(n) for n in (place.name_en, place.name_sq, place.name_sr_latn)}:
        yield _OWN_NAME, "its own name"
    if place.country == "XK" and not place.is_area:
        yield _IN_KOSOVO, "in Kosovo"
    if setting.border and not place.is_area:
        away = setting.border.distance_m(place.position)
        yield _AT_THE_BORDER * math.exp(-away / _AT_THE_BORDER_M), f"{away / 1000:.1f} km from the border"


def _called(place: Place, setting: _Setting, all_places: Sequence[Place]) -> Iterator[_Part]:
    hint = setting.toponym.kind_hint
    if not hint:
        return
    if _is_called(place, hint):
        yield _CALLED, f"the text calls it a {hint.replace('_', ' ')}"
    elif any(_is_called(other, hint) for other in all_places):
        yield _CALLED_OTHERWISE, f"the text calls it a {hint.replace('_', ' ')}, and this is none"


def _is_called(place: Place, hint: str) -> bool:
    return place.kind in KIND_GROUPS.get(hint, (hint,))


def _lies(place: Place, setting: _Setting, all_places: Sequence[Place]) -> Iterator[_Part]:
    if not setting.containers:
        return
    fit = _fit(place, setting.containers)
    within = setting.toponym.within
    if fit:
        yield _LIES_THERE * fit, f"in {within}" if fit == 1 else f"near {within}"
    elif any(_fit(other, setting.containers) for other in all_places):
        yield _LIES_ELSEWHERE, f"neither in nor near {within}"


def _fit(place: Place, containers: Iterable[Place]) -> float:
    """Return how well a place fits what a text says it lies in or near: 1 inside, less with the distance, 0 too far."""
    return max((_fits(place, container) for container in containers if container.id != place.id), default=0.0)


def _fits(place: Place, container: Place) -> float:
    if container.kind == "country":
        return float(place.country == container.country)
    if container.municipality and place.municipality == container.municipality:
        return 1.0
    reach = container.radius_m if container.is_area else _NEAR_M
    away = _apart_m(place.position, container.position)
    return max(0.0, 1.0 - away / reach) if not container.is_area else float(away <= reach)


def _among(place: Place, setting: _Setting) -> Iterator[_Part]:
    if not setting.others or place.is_area:
        return
    away, nearest = _nearest(place, setting.others)
    yield _CLOSE * math.exp(-away / _CLOSE_M), f"{away / 1000:.0f} km from {nearest.name_en}, which the text names"
    if any(place.municipality and place.municipality == other.municipality for other in setting.others):
        yield _SAME_MUNICIPALITY, f"in {place.municipality}, as another place of the text"


def _in_region(place: Place, setting: _Setting) -> Iterator[_Part]:
    if place.is_area:
        return
    for region in setting.regions:
        if _apart_m(place.position, region.position) <= region.radius_m and _may_hold(region, place):
            yield _IN_AREA, f"in {region.name_en}, which the text names"
            return


def _may_hold(region: Place, place: Place) -> bool:
    return region.country in ("", place.country)


def _nearest(place: Place, others: Sequence[Place]) -> tuple[float, Place]:
    """Return the nearest of some places; a text may name a thousand, and most are too far north or south to measure."""
    least, nearest, at = math.inf, others[0], place.position
    for other in others:
        if abs(other.position.lat - at.lat) * _DEGREE_M < least:
            away = _apart_m(at, other.position)
            if away < least:
                least, nearest = away, other
    return least, nearest


_DEGREE_M: Final = 110_500.0
"""Less than a degree of latitude is long anywhere, and no way between two parallels is shorter than the meridian's."""


def _apart_m(one: LonLat, other: LonLat) -> float:
    return float(geod().inv(one.lon, one.lat, other.lon, other.lat)[2])
