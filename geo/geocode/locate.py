"""A claim in, the event that it makes out: located, with its precision and its distance to the border line.

This is the only maker of events.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from geo.border import Border
from geo.crs import geod
from geo.gazetteer import Gazetteer
from geo.geocode.precision import is_pinned, precision_of, precision_within
from geo.geocode.resolve import resolve
from geo.model import Candidate, Claim, Deployment, Incident, Location, LonLat, Place, Toponym

MunicipalityAt = Callable[[LonLat], str | None]
ALTERNATIVES: Final = 3
"""How many other readings of a toponym an event keeps."""
_CROSSING: Final = "crossing"


def locate(
    claim: Claim, gazetteer: Gazetteer, border: Border, *, municipality_at: MunicipalityAt | None = None
) -> Incident | Deployment:
    """Make the event of a claim.

    A position that the claim has is kept as it is. An area (a region, a municipality, a country, a long road) gives no
    position but its id. A claim without a place that is known is an event that is not placed.

    Parameters
    ----------
    claim : Claim
        What a source asserts.
    gazetteer : Gazetteer
        Where its place is looked up.
    border : Border
        What its distance is measured to.
    municipality_at : callable, optional
        From a position to the name of its municipality, where an operator imported polygons; it goes before the record.

    Raises
    ------
    NotFound
        The claim names an area or a place by an id that is not known.
    """
    if claim.area_id and claim.position is None:
        location = _in_area(claim, gazetteer.get(claim.area_id), border)
    elif claim.position is not None:
        location = _at_given(claim, claim.position, gazetteer, border)
    else:
        location = _at_named(claim, gazetteer, border)
    location = with_municipality(location, gazetteer, municipality_at)
    make = Incident if claim.kind == "incident" else Deployment
    return make(
        id=claim.id or event_id(claim), facts=claim.facts, location=location, assertion=claim.assertion,
        status=claim.status,
    )  # fmt: skip


def event_id(claim: Claim) -> str:
    """Return the same id for the same claim of the same document, whenever it is read."""
    spans = sorted((e.document_id, e.start, e.end) for e in claim.facts.evidence)
    place = claim.toponym.text if claim.toponym else claim.place_name
    about = (
        claim.kind,
        claim.facts.event_type,
        place,
        claim.place_id or claim.area_id,
        str(claim.position),
        str(claim.facts.when),
        claim.facts.title,
        spans,
    )
    return f"ev-{hashlib.sha256(repr(about).encode()).hexdigest()[:16]}"


def _at_given(claim: Claim, position: LonLat, gazetteer: Gazetteer, border: Border) -> Location:
    """Keep the position; the place of the name that it lies in, if any, gives names and what the source left out."""
    place = _place_about(claim, position, gazetteer)
    uncertainty_m = claim.uncertainty_m
    if uncertainty_m is None and place:
        uncertainty_m = place.radius_m
    geo_precision, where_prec = precision_within(uncertainty_m)
    return replace(
        _called(claim, place),
        position=position,
        geo_precision=geo_precision,
        where_prec=where_prec,
        uncertainty_m=uncertainty_m,
        border=border.measure(
            position, uncertainty_m=uncertainty_m or 0.0, is_crossing=place is not None and place.kind == _CROSSING
        ),
    )


def _place_about(claim: Claim, position: LonLat, gazetteer: Gazetteer) -> Place | None:
    """Return the place of the claim's name around a position: the crossing or the village, whichever it lies in."""
    named = (gazetteer.get(claim.place_id),) if claim.place_id else gazetteer.named(claim.place_name)
    near = [(_apart(place, position), place) for place in named if is_pinned(place)]
    inside = [(away, place) for away, place in near if away <= max(place.radius_m, claim.uncertainty_m or 0.0)]
    return min(inside, key=lambda pair: pair[0])[1] if inside else None


def _apart(place: Place, position: LonLat) -> float:
    return float(geod().inv(*place.position, *position)[2])


def _at_named(claim: Claim, gazetteer: Gazetteer, border: Border) -> Location:
    candidates = _candidates(claim, gazetteer, border)
    if not candidates:
        return _called(claim, None)
    place = candidates[0].place
    others = tuple(c for c in candidates[1:] if c.score > 0)[:ALTERNATIVES]
    if not is_pinned(place):
        return replace(_in_area(claim, place, border), alternatives=others)
    found = precision_of(place, claim.toponym or "at")
    uncertainty_m = max(found.uncertainty_m, claim.uncertainty_m or 0.0)
    return replace(
        _called(claim, place),
        position=place.position,
        geo_precision=found.geo_precision,
        where_prec=found.where_prec,
        uncertainty_m=uncertainty_m,
        border=border.measure(place.position, uncertainty_m=uncertainty_m, is_crossing=place.kind == _CROSSING),
        alternatives=others,
    )


def _candidates(claim: Claim, gazetteer: Gazetteer, border: Border) -> tuple[Candidate, ...]:
    if claim.place_id:
        return (Candidate(place=gazetteer.get(claim.place_id), score=1.0, reasons=("named by the source",)),)
    if claim.toponym:
        return resolve(claim.toponym, gazetteer, context=claim.context, border=border)
    if not claim.place_name:
        return ()
    name = Toponym(text=claim.place_name, start=0, end=len(claim.place_name), within=claim.municipality or None)
    return resolve(name, gazetteer, context=claim.context, border=border)


def _in_area(claim: Claim, area: Place, border: Border) -> Location:
    found = precision_of(area)
    return replace(
        _called(claim, area),
        area_id=area.id,
        geo_precision=found.geo_precision,
        where_prec=found.where_prec,
        uncertainty_m=found.uncertainty_m,
        border=border.measure_area(interior=area.position, radius_m=area.radius_m),
    )


def _called(claim: Claim, place: Place | None) -> Location:
    """Return what the place is called: as a table has it, else as the gazetteer has it, else as it was written."""
    written = claim.toponym.text if claim.toponym else claim.place_name
    return Location(
        place_id=place.id if place else None,
        place_name=claim.place_name or (place.name_en if place else written),
        place_name_sq=claim.place_name_sq or (place.name_sq if place else ""),
        place_name_sr=claim.place_name_sr or (place.name_sr_latn if place else ""),
        toponym=written,
        municipality=claim.municipality or (place.municipality if place else ""),
    )


def with_municipality(location: Location, gazetteer: Gazetteer, municipality_at: MunicipalityAt | None) -> Location:
    """Return a location with its municipality's name from an operator's layer.

    The layer decides for a position, and for an area that is itself a municipality; where it says nothing, or there is
    none, the name stays as it is.
    """
    if municipality_at is None:
        return location
    area = gazetteer.get(location.area_id) if location.area_id else None
    at = location.position or (area.position if area and area.kind == "municipality" else None)
    return location if at is None else replace(location, municipality=municipality_at(at) or location.municipality)
