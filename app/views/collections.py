"""The id of a collection in, what it is and what may be asked of it out (OGC API - Features)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final

from flask import Blueprint, Response

from app import schemas
from app.answers import Link, answer, check_fresh, link
from app.operations import GEOJSON, HTML, JSON, SCHEMA, no_parameters, operation
from app.resources import resources
from geo.features import COLLECTIONS, Collection, Extent
from geo.model import BBox
from geo.projections import CRS84_URI, SYSTEMS

blueprint = Blueprint("collections", __name__, url_prefix="/api")

_REL: Final = "http://www.opengis.net/def/rel/ogc/1.0"
_GREGORIAN: Final = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"
_LICENCES: Final = {
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "ODbL-1.0": "https://opendatacommons.org/licenses/odbl/1-0/",
}


@blueprint.get("/collections")
@operation("What is served", formats=("json", "html"), schema="Collections")
def listing(asked: dict[str, Any]) -> Response:
    """Answer every collection."""
    validators = check_fresh(asked)
    value = {
        "links": _self(asked, "collections.listing", "Every collection"),
        "crs": list(SYSTEMS),
        "collections": [_described(each, _links(each, "json")) for each in COLLECTIONS.values()],
    }
    return answer(asked, value, validators, template="api/collections.html")


@blueprint.get("/collections/<collection_id>")
@operation("One collection", formats=("json", "html"), schema="Collection", of=no_parameters)
def one(asked: dict[str, Any], collection: Collection) -> Response:
    """Answer what a collection holds, where and when, and where its features are."""
    validators = check_fresh(asked)
    value = _described(collection, _links(collection, asked["f"]))
    return answer(asked, value, validators, template="api/collection.html", collection=collection)


@blueprint.get("/collections/<collection_id>/queryables")
@operation("What a filter may name", formats=("schema", "html"), schema="JsonSchema", of=no_parameters)
def queryables(asked: dict[str, Any], collection: Collection) -> Response:
    """Answer the queryables of a collection as a JSON Schema."""
    return _schema(asked, collection, schemas.queryables(collection), "queryables")


@blueprint.get("/collections/<collection_id>/schema")
@operation("What a feature has", formats=("schema", "html"), schema="JsonSchema", of=no_parameters)
def schema(asked: dict[str, Any], collection: Collection) -> Response:
    """Answer the properties of a collection's features (the returnables) as a JSON Schema."""
    return _schema(asked, collection, schemas.returnables(collection), "schema")


@blueprint.get("/collections/<collection_id>/sortables")
@operation("What features may be sorted by", formats=("schema", "html"), schema="JsonSchema", of=no_parameters)
def sortables(asked: dict[str, Any], collection: Collection) -> Response:
    """Answer the sortables of a collection as a JSON Schema."""
    return _schema(asked, collection, schemas.sortables(collection), "sortables")


def _schema(asked: dict[str, Any], collection: Collection, described: dict[str, Any], name: str) -> Response:
    validators = check_fresh(asked)
    here = link("self", f"collections.{name}", "", SCHEMA, collection_id=collection.id)
    value = {"$schema": schemas.DIALECT, "$id": here["href"], **described}
    return answer(asked, value, validators, template="api/value.html", media_type=SCHEMA, collection=collection)


def _described(collection: Collection, links: Iterable[Link]) -> dict[str, Any]:
    return {
        "id": collection.id,
        "title": collection.title,
        "description": collection.description,
        "itemType": "feature",
        "extent": _extent(resources().features(collection.id).extent(), has_dates=collection.kind is not None),
        "crs": list(SYSTEMS),
        "storageCrs": CRS84_URI,
        "links": list(links),
    }


def _extent(extent: Extent, *, has_dates: bool) -> dict[str, Any]:
    box = extent.bbox
    described: dict[str, Any] = {}
    if box is not None:
        described["spatial"] = {"bbox": [_outward(box)], "crs": CRS84_URI}
    if has_dates:
        interval = [extent.first and f"{extent.first}T00:00:00Z", extent.last and f"{extent.last}T23:59:59Z"]
        described["temporal"] = {"interval": [interval], "trs": _GREGORIAN}
    return described


def _outward(box: BBox) -> list[float]:
    """Return a box rounded outward, so that it holds the features still when a client converts but its corners."""
    west, south, east, north = box
    step = 10 if max(east - west, north - south) <= 3 else 1
    lower = [math.floor(degrees * step) / step for degrees in (west, south)]
    return lower + [math.ceil(degrees * step) / step for degrees in (east, north)]


def _links(collection: Collection, form: str) -> list[Link]:
    own = {"collection_id": collection.id}
    name = collection.title
    return [
        *_self({"f": form}, "collections.one", f"About {name}", **own),
        link("items", "features.items", f"{name} as GeoJSON", GEOJSON, f="geojson", **own),
        link("items", "features.items", f"{name} as a page", HTML, f="html", **own),
        link(f"{_REL}/queryables", "collections.queryables", "What a filter may name", SCHEMA, **own),
        link(f"{_REL}/schema", "collections.schema", "What a feature has", SCHEMA, **own),
        link(f"{_REL}/sortables", "collections.sortables", "What features may be sorted by", SCHEMA, **own),
        {"rel": "license", "href": _LICENCES[collection.licence], "type": HTML, "title": collection.licence},
    ]


def _self(asked: dict[str, Any], endpoint: str, title: str, **arguments: Any) -> list[Link]:
    """Return the links to this document and to its other form."""
    mine, other = ("json", "html") if asked["f"] == "json" else ("html", "json")
    media = {"json": JSON, "html": HTML}
    return [
        link("self", endpoint, title, media[mine], f=mine, **arguments),
        link("alternate", endpoint, f"{title} as {other.upper()}", media[other], f=other, **arguments),
    ]
