"""A claim that names its place in, the claim with the place's id out: for tables, where a doubt is an error."""

from __future__ import annotations

from dataclasses import replace

from geo.errors import InvalidInput, NotFound
from geo.gazetteer import Gazetteer
from geo.model import Claim, Place
from geo.text import key


def given_place(claim: Claim, gazetteer: Gazetteer) -> Claim:
    """Return a claim of a table with the gazetteer's id of its place, where it has a name and no position.

    The name may also be the id of a place. A claim that has a position or an area, or no name either, is returned as it
    is; so is one whose unknown name is also given as its toponym, for its event is meant not to be placed.

    Raises
    ------
    InvalidInput
        No place bears the name, or several do and the municipality does not decide; or there is no such area. The
        message begins with the name of the field.
    """
    if claim.area_id:
        _check_area(claim.area_id, gazetteer)
        return claim
    if claim.position or not claim.place_name:
        return claim
    if by_id := _by_id(claim.place_name, gazetteer):
        return replace(claim, place_id=by_id[0].id, place_name="")
    meant = _meant(claim, gazetteer)
    if not meant and claim.toponym and claim.toponym.text == claim.place_name:
        return claim
    if len(meant) != 1:
        raise InvalidInput(f"place_name: {_choose(claim, meant) if meant else _nearest(claim, gazetteer)}")
    return replace(claim, place_id=meant[0].id)


def _check_area(area_id: str, gazetteer: Gazetteer) -> None:
    found = _by_id(area_id, gazetteer)
    if not found or not found[0].is_area:
        raise InvalidInput(f"area_id: {area_id!r} is not an area; `ibar geocode NAME` prints ids, such as north_kosovo")


def _by_id(place_id: str, gazetteer: Gazetteer) -> tuple[Place, ...]:
    try:
        return (gazetteer.get(place_id),)
    except NotFound:
        return ()


def _meant(claim: Claim, gazetteer: Gazetteer) -> tuple[Place, ...]:
    """Return the places that a claim's name may mean.

    Those of its municipality go before others, the project's own before imported ones, and a place's own name before a
    by-name; but a crossing and the village that it is called after stay two.
    """
    named = gazetteer.named(claim.place_name)
    within = _municipalities(claim.municipality, gazetteer)
    among = [place for place in named if key(place.municipality) in within] or named
    best = min((place.rank for place in among), default=0)
    ranked = tuple(place for place in among if place.rank == best)
    own = tuple(p for p in ranked if p.kind == "crossing" or key(claim.place_name) in map(key, _own_names(p)))
    return own or ranked


def _municipalities(name: str, gazetteer: Gazetteer) -> frozenset[str]:
    """Return the keys of the municipalities that a name in any language may stand for; none for no name."""
    called = [place.municipality for place in gazetteer.named(name)] if name else []
    return frozenset(key(each) for each in (name, *called) if each)


def _own_names(place: Place) -> tuple[str, ...]:
    return (place.name_en, place.name_sq, place.name_sr_latn, place.name_sr_cyrl)


def _choose(claim: Claim, places: tuple[Place, ...]) -> str:
    known = "; ".join(f"{p.id} ({p.name_en}, {p.kind}, {p.municipality or p.country})" for p in places)
    is_decided_by_it = len({place.municipality for place in places}) == len(places)
    advice = "fill in municipality, write one of these ids" if is_decided_by_it else "write one of these ids"
    return f"{claim.place_name!r} may be {known}: {advice}, or give lon and lat"


def _nearest(claim: Claim, gazetteer: Gazetteer) -> str:
    name = claim.place_name[:80]
    near = ", ".join(dict.fromkeys(c.place.name_en for c in gazetteer.search(name, limit=3)))
    advice = f"nearest: {near}" if near else "nothing like it is known"
    return f"{name!r} is not a place of the gazetteer ({advice}); give lon and lat, or another name"
