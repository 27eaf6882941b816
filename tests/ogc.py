"""An address of the interface in, its answer out: what the tests of OGC API - Features share.

The rules are those of the abstract test suites; each test names the ones that it is. Schemas of answers are written
from the standard's text, so that they do not repeat what our own interface document says.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, urlsplit

from flask.testing import FlaskClient
from jsonschema import Draft202012Validator, FormatChecker
from werkzeug.test import TestResponse

from geo.features import COLLECTIONS, EVENTS

IDS = tuple(COLLECTIONS)
EVENT_IDS = tuple(collection.id for collection in EVENTS)
LAYER_IDS = tuple(name for name in IDS if name not in EVENT_IDS)
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
REL = "http://www.opengis.net/def/rel/ogc/1.0"
GEOJSON = "application/geo+json"
PROBLEM = "application/problem+json"

_LINK = {
    "type": "object",
    "required": ["href", "rel", "type"],
    "properties": {
        "href": {"type": "string", "format": "uri", "pattern": "^https?://"},
        "rel": {"type": "string", "minLength": 1},
        "type": {"type": "string", "pattern": "^[a-z]+/"},
        "title": {"type": "string"},
    },
}
_LINKS = {"type": "array", "minItems": 1, "items": _LINK}
_EXTENT = {
    "type": "object",
    "properties": {
        "spatial": {
            "required": ["bbox"],
            "properties": {
                "bbox": {
                    "type": "array",
                    "minItems": 1,
                    "items": {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}},
                },
                "crs": {"const": CRS84},
            },
        },
        "temporal": {
            "required": ["interval"],
            "properties": {
                "interval": {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "type": "array",
                        "minItems": 2,
                        "maxItems": 2,
                        "items": {"type": ["string", "null"], "format": "date-time"},
                    },
                }
            },
        },
    },
}
_COLLECTION = {
    "type": "object",
    "required": ["id", "links", "extent", "crs", "storageCrs"],
    "properties": {
        "id": {"enum": list(IDS)},
        "title": {"type": "string"},
        "description": {"type": "string"},
        "links": _LINKS,
        "extent": _EXTENT,
        "itemType": {"const": "feature"},
        "crs": {"type": "array", "minItems": 1, "items": {"type": "string", "format": "uri"}},
    },
}
_POSITION = {"type": "array", "minItems": 2, "items": {"type": "number"}}
_GEOMETRY = {
    "type": ["object", "null"],
    "required": ["type", "coordinates"],
    "properties": {
        "type": {"enum": ["Point", "LineString", "MultiPolygon"]},
        "coordinates": {"type": "array", "minItems": 1},
    },
}
_FEATURE = {
    "type": "object",
    "required": ["type", "geometry", "properties", "id"],
    "properties": {
        "type": {"const": "Feature"},
        "id": {"type": "string", "minLength": 1},
        "geometry": _GEOMETRY,
        "properties": {"type": "object", "minProperties": 1},
        "links": _LINKS,
    },
}
SCHEMAS: dict[str, Any] = {
    "landing": {"type": "object", "required": ["links"], "properties": {"links": _LINKS, "title": {"type": "string"}}},
    "conformance": {
        "type": "object",
        "required": ["conformsTo"],
        "properties": {"conformsTo": {"type": "array", "items": {"type": "string", "format": "uri"}}},
    },
    "collections": {
        "type": "object",
        "required": ["links", "collections"],
        "properties": {"links": _LINKS, "collections": {"type": "array", "items": _COLLECTION}},
    },
    "collection": _COLLECTION,
    "feature": _FEATURE,
    "features": {
        "type": "object",
        "required": ["type", "features", "links", "timeStamp", "numberMatched", "numberReturned"],
        "properties": {
            "type": {"const": "FeatureCollection"},
            "features": {"type": "array", "items": _FEATURE},
            "links": _LINKS,
            "timeStamp": {"type": "string", "format": "date-time", "pattern": "Z$"},
            "numberMatched": {"type": "integer", "minimum": 0},
            "numberReturned": {"type": "integer", "minimum": 0},
        },
    },
    "problem": {
        "type": "object",
        "required": ["title", "status", "detail"],
        "properties": {"title": {"type": "string"}, "status": {"type": "integer"}, "detail": {"type": "string"}},
    },
}


def checked(name: str, value: Any) -> Any:
    """Return a value that fits the schema of a name."""
    Draft202012Validator(SCHEMAS[name], format_checker=FormatChecker()).validate(value)
    return value


def local(href: str) -> str:
    """Return a link as the test client asks for it."""
    parts = urlsplit(href)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def asked(client: FlaskClient, path: str, *, answers: int = 200, accept: str = "", **query: Any) -> TestResponse:
    """Return an answer below `/api`, or of a whole path, of a status."""
    address = path if path.startswith("/api") else f"/api{path}"
    response = client.get(address, query_string=query or None, headers={"Accept": accept} if accept else {})
    assert response.status_code == answers, f"{address} {query}: {response.text[:400]}"
    return response


def got(client: FlaskClient, path: str, **options: Any) -> Any:
    """Return the JSON of an answer."""
    return asked(client, path, **options).get_json(force=True)


def items(client: FlaskClient, collection: str, **query: Any) -> Any:
    """Return a page of features that fits the standard."""
    return checked("features", got(client, f"/collections/{collection}/items", **{"limit": 1000, **query}))


def every(client: FlaskClient, collection: str, **query: Any) -> list[Any]:
    """Return all features that match, over as many pages as it takes; as many as each page said."""
    path = f"/collections/{collection}/items"
    found: list[Any] = []
    for page in pages(client, path, **{"limit": 1000, **query}):
        found += page["features"]
        total = page["numberMatched"]
    assert len(found) == total
    return found


def ids(page: Any) -> set[str]:
    """Return the identifiers of a page, or of features, where each stands once."""
    names = [feature["id"] for feature in (page["features"] if isinstance(page, dict) else page)]
    assert len(names) == len(set(names))
    return set(names)


def refused(client: FlaskClient, path: str, parameter: str, **query: Any) -> str:
    """Return why a query is answered 400, in the words of a problem that begin with the parameter at fault."""
    response = asked(client, path, answers=400, **query)
    assert response.mimetype == PROBLEM
    problem = checked("problem", response.get_json(force=True))
    assert problem["detail"].startswith(f"{parameter}:"), problem
    return str(problem["detail"])


def links(value: Any, rel: str) -> list[dict[str, str]]:
    """Return the links of a relation."""
    return [link for link in value["links"] if link["rel"] == rel]


def pages(client: FlaskClient, path: str, **query: Any) -> Iterator[Any]:
    """Yield a page and those that follow it by its links."""
    page = got(client, path, **query)
    yield page
    while following := links(page, "next"):
        assert following[0]["type"] == GEOJSON
        page = got(client, local(following[0]["href"]))
        yield page


COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def matching(client: FlaskClient, collection: str, text: str, lang: str = "cql2-text") -> set[str]:
    """Return the ids that a filter finds, read without parsing the rest: outlines of countries are long."""
    query = {"filter": text, "filter-lang": lang, "limit": "1000"}
    body, found = b"", set[str]()
    while True:
        body = asked(client, f"/collections/{collection}/items", **query).data
        page = [name.decode() for name in re.findall(rb'"type":"Feature","id":"([^"]+)"', body)]
        assert found.isdisjoint(page)
        found |= set(page)
        following = re.search(rb'"rel":"next","href":"[^"]*?cursor=([^"&]+)', body)
        if not following:
            break
        query["cursor"] = following[1].decode()
    assert f'"numberMatched":{len(found)},'.encode() in body
    return found


def meant(features: list[Any], test: Callable[[dict[str, Any]], bool]) -> set[str]:
    return {feature["id"] for feature in features if test(feature["properties"])}


def literal(value: Any, kind: str) -> str:
    """Return a value as CQL2 text has it."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if kind in ("date", "timestamp"):
        return f"{kind.upper()}('{value}')"
    return str(value) if kind == "number" else "'" + value.replace("'", "''") + "'"


def samples(features: list[Any], collection: str) -> Iterator[tuple[str, str, Any]]:
    """Yield name, type and a value that stands in the middle, for each queryable that has any."""
    for name, kind in COLLECTIONS[collection].queryables.items():
        if kind != "geometry":
            present = sorted(v for f in features if (v := f["properties"][name]) is not None)
            if present and len(quote(str(present[len(present) // 2]))) < 2_000:
                yield name, kind, present[len(present) // 2]
