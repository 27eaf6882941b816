"""A point, a dimension or a name in; neighbours, counts or places out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, Response
from flask_babel import gettext as _

from app import params, values
from app.answers import as_csv, as_json, check_cached, now, paging
from app.operations import GEOJSON, operation
from app.params import Parameter
from app.resources import resources
from geo import geojson, query, tiles
from geo.border import Border
from geo.errors import InvalidInput
from geo.model import Candidate, Criteria
from geo.store.interface import DIMENSIONS, checked_dimension

blueprint = Blueprint("lookups", __name__, url_prefix="/api")

MAX_CANDIDATES: Final = 50
_REST: Final = tuple(p for p in params.FILTERS if p is not params.NEAR and p is not params.RADIUS_M)
MAX_RESOLUTION: Final = 10
RESOLUTION: Final = 6
"""Cells of 36 km², about seven across."""
_DIMENSIONS: Final = (*DIMENSIONS, "h3", "km")
_BY: Final = Parameter(
    name="by",
    meaning="What to count by; h3 is a cell of that grid, km the kilometre of the line",
    read=lambda text: values.choice(text, _DIMENSIONS),
    schema={"type": "string", "enum": list(_DIMENSIONS), "default": "month"},
    example="type",
)
_RESOLUTION: Final = Parameter(
    name="resolution",
    meaning=f"Of the H3 cells, 0 to {MAX_RESOLUTION}",
    read=lambda text: _resolution(values.whole(text, least=0)),
    schema={"type": "integer", "minimum": 0, "maximum": MAX_RESOLUTION, "default": RESOLUTION},
)
_LIMIT: Final = Parameter(
    name="limit",
    meaning=f"Most places, at most {MAX_CANDIDATES}",
    read=lambda text: min(params.LIMIT.read(text), MAX_CANDIDATES),
    schema={"type": "integer", "minimum": 1, "maximum": MAX_CANDIDATES, "default": 10},
)


@blueprint.get("/nearest")
@operation("The k events nearest to a point", params.NEAR, params.K, *_REST, formats=("geojson",), schema="Neighbours")
def nearest(asked: dict[str, Any]) -> Response:
    """Answer the nearest events, nearest first, each with its distance from the point."""
    if "near" not in asked:
        raise InvalidInput("near: give a point as lon,lat")
    criteria = params.criteria({name: value for name, value in asked.items() if name != "near"})
    tag = check_cached(asked)
    found = query.nearest(resources().store, asked["near"], asked.get("k", 10), criteria)
    members = {"timeStamp": now(), "numberReturned": len(found), "links": paging(asked, ("geojson",), None)}
    features = (geojson.with_distance(neighbour.feature, neighbour.distance_m) for neighbour in found)
    return as_json(geojson.collection(features, members=members, translate=_), tag, media_type=GEOJSON)


def _resolution(number: int) -> int:
    if number > MAX_RESOLUTION:
        raise InvalidInput(f"{number} is more than {MAX_RESOLUTION}")
    return number


@blueprint.get("/counts")
@operation(
    "How many events, by one dimension", _BY, _RESOLUTION, *params.FILTERS, formats=("json", "csv"), schema="Counts"
)
def counts(asked: dict[str, Any]) -> Response:
    """Answer the number of events for each month, type, municipality, H3 cell, kilometre of the line..."""
    by = asked.get("by", "month")
    if "resolution" in asked and by != "h3":
        raise InvalidInput("resolution: needs by=h3 as well")
    criteria = params.criteria(asked)
    tag = check_cached(asked)
    found = _counted(criteria, by, asked.get("resolution", RESOLUTION))
    if asked["f"] == "csv":
        return as_csv((by, "count"), found.items(), tag)
    rows = [{"value": value or None, "count": number} for value, number in found.items()]
    links = paging(asked, ("json", "csv"), None)
    return as_json({"by": by, "numberMatched": sum(found.values()), "counts": rows, "links": links}, tag)


def _counted(criteria: Criteria, by: str, resolution: int) -> Mapping[str, int]:
    here = resources()
    if by == "km":
        return tiles.counts_by_km(*here.tiles.select(criteria))
    if by == "h3":
        return tiles.counts_by_cell(*here.tiles.select(criteria), resolution)
    return query.counts(here.store, criteria, checked_dimension(by))


@blueprint.get("/geocode")
@operation("Places that a name may mean, in any of four spellings", params.Q, _LIMIT, schema="Places")
def geocode(asked: dict[str, Any]) -> Response:
    """Answer ranked places, each with its distance to the border line; an area has no position of its own."""
    if "q" not in asked:
        raise InvalidInput("q: give a place name")
    here = resources()
    found = here.gazetteer.search(asked["q"], limit=asked.get("limit", 10))
    places = [_place(candidate, here.border) for candidate in found]
    return as_json({"query": asked["q"], "places": places, "links": paging(asked, ("json",), None)})


def _place(candidate: Candidate, border: Border) -> dict[str, Any]:
    place = candidate.place
    measure = border.measure(place.position, is_crossing=place.kind == "crossing")
    names = ("id", "kind", "municipality", "country", "name_en", "name_sq", "name_sr_latn", "name_sr_cyrl")
    return {
        **{name: getattr(place, name) for name in names},
        "aliases": list(place.aliases),
        "score": round(candidate.score, 4),
        "reasons": list(candidate.reasons),
        "is_area": place.is_area,
        "lon": place.position.lon,
        "lat": place.position.lat,
        "radius_m": place.radius_m,
        "record": place.record,
        "border_distance_m": round(measure.distance_m, 1),
        "border_side": measure.side,
        "border_km": round(measure.km, 2),
    }
