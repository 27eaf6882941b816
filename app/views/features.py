"""The id of a collection and a filter in, pages of its features and single ones out (OGC API - Features)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from flask import Blueprint, Response, redirect, url_for

from app import collection_params, params
from app.answers import Link, answer, as_json, check_fresh, link, now, page_of, paging, with_links
from app.operations import GEOJSON, HTML, operation
from app.resources import resources
from app.views.items import full_event
from app.words import described
from geo import geojson, query
from geo.features import Collection
from geo.model import Criteria
from geo.projections import CRS84_URI, SYSTEMS, ReferenceSystem
from geo.store import Page

blueprint = Blueprint("features", __name__, url_prefix="/api")

_FORMATS: Final = ("geojson", "html")
_DEFAULT: Final = SYSTEMS[CRS84_URI]


@blueprint.get("/collections/<collection_id>/items")
@operation("Features that match", formats=_FORMATS, schema="Features{}", of=collection_params.of_items)
def items(asked: dict[str, Any], collection: Collection) -> Response:
    """Answer one page of features."""
    criteria = collection_params.criteria(asked, collection)
    validators = check_fresh(asked)
    page = _nearest(asked, criteria) if "k" in asked else _page(asked, collection, criteria)
    links = [*paging(asked, _FORMATS, page.next_cursor), _of(collection)]
    if asked["f"] == "html":
        rows = [json.loads(feature) for feature in page.features]
        told = {"said": _said(collection, page, criteria), "page": page, "rows": rows, "links": links}
        return page_of("api/items.html", collection=collection, **told)
    system: ReferenceSystem = asked.get("crs", _DEFAULT)
    shown = _shaped(page.features, system, asked.get("properties"))
    body = geojson.collection(shown, members=_members(collection, page, criteria, links), licence=collection.licence)
    return _in(system, with_links(as_json(body, validators, media_type=GEOJSON), links))


@blueprint.get("/collections/<collection_id>/items/<feature_id>")
@operation("One feature", formats=_FORMATS, schema="Feature{}", of=collection_params.of_item)
def item(asked: dict[str, Any], collection: Collection, feature_id: str) -> Response:
    """Answer one feature; the page of an event is the one that the map leads to."""
    encoded = resources().features(collection.id).get(feature_id)
    if collection.kind and asked["f"] == "html":
        return _see_other(feature_id)
    validators = check_fresh(asked)
    feature = full_event(feature_id) if collection.kind else json.loads(encoded)
    feature["links"] = links = _links_of_item(asked, collection, feature_id)
    system: ReferenceSystem = asked.get("crs", _DEFAULT)
    shown = system.feature(feature)
    found = answer(asked, shown, validators, template="api/item.html", media_type=GEOJSON, collection=collection)
    return _in(system, with_links(found, links))


def _see_other(event_id: str) -> Response:
    """Lead to the page of an event: there is only one."""
    response = redirect(url_for("pages.event_page", event_id=event_id), 303)
    assert isinstance(response, Response)  # noqa: S101 - Flask's own class of answers
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(asked: Mapping[str, Any], collection: Collection, criteria: Criteria) -> Page:
    return (
        resources()
        .features(collection.id)
        .page(
            criteria,
            sort=asked.get("sortby", collection.default_sort),
            limit=asked.get("limit", params.DEFAULT_LIMIT),
            cursor=asked.get("cursor"),
        )
    )


def _nearest(asked: Mapping[str, Any], criteria: Criteria) -> Page:
    """Return the k nearest events as a page; nearest first, each with its distance."""
    found = query.nearest(resources().store, asked["near"], asked["k"], criteria)
    features = tuple(geojson.with_distance(neighbour.feature, neighbour.distance_m) for neighbour in found)
    return Page(features, number_matched=len(features), not_placed=0, next_cursor=None)


def _shaped(
    features: Sequence[bytes], system: ReferenceSystem, names: Sequence[str] | None
) -> Iterable[bytes | Mapping[str, Any]]:
    """Return features in a reference system and with the properties asked for; ready ones are passed on."""
    if system is _DEFAULT and names is None:
        return features
    return (_with_properties(system.feature(json.loads(feature)), names) for feature in features)


def _with_properties(feature: dict[str, Any], names: Sequence[str] | None) -> dict[str, Any]:
    """Return a feature with some of its properties, and what a question added to them."""
    if names is None:
        return feature
    kept = {*names, "certainty", "distance_m"}
    properties = {name: value for name, value in feature["properties"].items() if name in kept}
    return {"type": "Feature", "id": feature["id"], "geometry": feature["geometry"], "properties": properties}


def _members(collection: Collection, page: Page, criteria: Criteria, links: Sequence[Link]) -> dict[str, Any]:
    members = {
        "timeStamp": now(),
        "description": _said(collection, page, criteria),
        "numberMatched": page.number_matched,
        "numberReturned": len(page.features),
    }
    if collection.kind:
        members.update(areaOnly=page.area_only, notPlaced=page.not_placed, revision=page.revision)
    return {**members, "links": links}


def _said(collection: Collection, page: Page, criteria: Criteria) -> str:
    if collection.kind:
        return described(criteria, page)
    return f"{collection.title}: {page.number_matched:,}"


def _links_of_item(asked: Mapping[str, Any], collection: Collection, feature_id: str) -> list[Link]:
    here = {"collection_id": collection.id, "feature_id": feature_id}
    if collection.kind:
        as_page = link("alternate", "pages.event_page", "This event as a page", HTML, event_id=feature_id)
    else:
        as_page = link("alternate", "features.item", "This feature as a page", HTML, **here, f="html")
    as_data = link("self", "features.item", "This feature as GeoJSON", GEOJSON, **here)
    if asked["f"] == "html":
        as_page, as_data = {**as_page, "rel": "self"}, {**as_data, "rel": "alternate"}
    return [as_data, as_page, _of(collection)]


def _of(collection: Collection) -> Link:
    return link("collection", "collections.one", collection.title, collection_id=collection.id)


def _in(system: ReferenceSystem, response: Response) -> Response:
    response.headers["Content-Crs"] = f"<{system.uri}>"
    return response
