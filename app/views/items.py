"""Filters in, GeoJSON or CSV pages of events out; and one event with all that is known of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from flask import Blueprint, Response
from flask_babel import gettext as _

from app import params, tables
from app.answers import as_csv, as_json, check_cached, link, now, paging, with_links
from app.operations import GEOJSON, operation
from app.resources import resources
from app.words import described, translator
from geo import geojson, query
from geo.errors import InvalidInput
from geo.model import Criteria
from geo.store import Page, Version

blueprint = Blueprint("items", __name__, url_prefix="/api")

NEAR_M: Final = 5_000.0
_FORMATS: Final = ("geojson", "csv")
_PAGED: Final = (*params.FILTERS, params.SORT, params.LIMIT, params.CURSOR)


@blueprint.get("/events")
@operation("Events that match the filters", *_PAGED, formats=_FORMATS, schema="Events")
def events(asked: dict[str, Any]) -> Response:
    """Answer one page of events."""
    return _page(asked, params.criteria(asked))


@blueprint.get("/near-border")
@operation("Events within within_m metres (by default 5000) of the line", *_PAGED, formats=_FORMATS, schema="Events")
def near_border(asked: dict[str, Any]) -> Response:
    """Answer one page of events near the border line, each with how certain that is."""
    return _page(asked, params.criteria({"within_m": NEAR_M, **asked}))


@blueprint.get("/along")
@operation("Events along a stretch of the border line", *_PAGED, formats=_FORMATS, schema="Events")
def along(asked: dict[str, Any]) -> Response:
    """Answer one page of events whose nearest point of the line lies on a stretch of it."""
    if not {"from_km", "to_km"} & asked.keys():
        raise InvalidInput("from_km: give from_km, to_km or both, in kilometres from the north-west end of the line")
    return _page(asked, params.criteria(asked))


@blueprint.get("/events/<event_id>")
@operation("One event: evidence, sources, alternatives and history", formats=("geojson",), schema="Event")
def event(asked: dict[str, Any], event_id: str) -> Response:
    """Answer one event with all that is known of it; 404 unless it is published."""
    full = full_event(event_id)
    tag = check_cached(asked)
    full["links"] = [
        link("self", "items.event", _("This event"), GEOJSON, event_id=event_id),
        link("alternate", "pages.event_page", _("This event as a page"), "text/html", event_id=event_id),
        link("collection", "items.events", _("Every event"), GEOJSON),
    ]
    return as_json(full, tag, media_type=GEOJSON)


def full_event(event_id: str) -> dict[str, Any]:
    """Return all that is known of a published event; `NotFound` for any other."""
    store = resources().store
    full: dict[str, Any] = json.loads(store.get(event_id).feature)
    full["history"] = [_step(version) for version in store.history(event_id) if version.status == "published"]
    full["licence"], full["citation"] = geojson.LICENCE, geojson.CITATION
    return full


def _step(version: Version) -> dict[str, Any]:
    """Return what the public may know of a version: that it was, and when; reviewers and their reasons stay inside."""
    return {"revision": version.revision, "action": version.decision.action, "at": version.decision.at}


def _page(asked: Mapping[str, Any], criteria: Criteria) -> Response:
    tag = check_cached(asked)
    page = query.find(
        resources().store,
        criteria,
        sort=asked.get("sort", "-date_start"),
        limit=asked.get("limit", params.DEFAULT_LIMIT),
        cursor=asked.get("cursor"),
    )
    links = paging(asked, _FORMATS, page.next_cursor)
    if asked["f"] == "csv":
        heads = tables.columns(has_certainty=criteria.within_m is not None)
        return with_links(as_csv(heads, (tables.row(feature, heads) for feature in page.features), tag), links)
    return as_json(_collection(page, links, criteria), tag, media_type=GEOJSON)


def _collection(page: Page, links: Iterable[Mapping[str, str]], criteria: Criteria) -> bytes:
    members = {
        "timeStamp": now(),
        "description": described(criteria, page),
        "numberMatched": page.number_matched,
        "numberReturned": len(page.features),
        "areaOnly": page.area_only,
        "notPlaced": page.not_placed,
        "revision": page.revision,
        "links": list(links),
    }
    return geojson.collection(page.features, members=members, translate=translator())
