"""A point, a dimension or a name in; neighbours, counts or places out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, Response
from flask_babel import gettext as _

from app import params
from app.answers import as_csv, as_json, check_cached, now, paging
from app.operations import GEOJSON, operation
from app.params import Parameter
from app.resources import resources
from geo import geojson, query
from geo.border import Border
from geo.errors import InvalidInput
from geo.model import Candidate
from geo.store import Neighbour

blueprint = Blueprint("lookups", __name__, url_prefix="/api")

MAX_CANDIDATES: Final = 50
_REST: Final = tuple(p for p in params.FILTERS if p is not params.NEAR and p is not params.RADIUS_M)
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
    features = (_with_distance(neighbour) for neighbour in found)
    return as_json(geojson.collection(features, members=members, translate=_), tag, media_type=GEOJSON)


def _with_distance(neighbour: Neighbour) -> dict[str, Any]:
    feature: dict[str, Any] = json.loads(neighbour.feature)
    feature["properties"]["distance_m"] = round(neighbour.distance_m, 1)
    return feature


@blueprint.get("/counts")
@operation("How many events, by one dimension", params.BY, *params.FILTERS, formats=("json", "csv"), schema="Counts")
def counts(asked: dict[str, Any]) -> Response:
    """Answer the number of events for each month, type, municipality..."""
    by = asked.get("by", "month")
    criteria = params.criteria(asked)
    tag = check_cached(asked)
    found: Mapping[str, int] = query.counts(resources().store, criteria, by)
    if asked["f"] == "csv":
        return as_csv((by, "count"), found.items(), tag)
    rows = [{"value": value or None, "count": number} for value, number in found.items()]
    links = paging(asked, ("json", "csv"), None)
    return as_json({"by": by, "numberMatched": sum(found.values()), "counts": rows, "links": links}, tag)


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
