"""The schemas of the interface's answers, by name, as OpenAPI 3.0 has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from app.schemas import TYPES
from geo.features import COLLECTIONS, Collection
from geo.record import FIELDS, Field


def schemas() -> dict[str, Any]:
    """Return the schemas of the answers by name."""
    events = {"type": "array", "items": _ref("Event")}
    number = {"type": "integer", "minimum": 0}
    collection = {"type": {"type": "string", "enum": ["FeatureCollection"]}, "features": events, "links": _ref("Links")}
    counted = dict.fromkeys(("numberMatched", "numberReturned", "areaOnly", "notPlaced", "revision"), number)
    said = {name: {"type": "string"} for name in ("description", "licence", "citation", "status_note")}
    stamp = {"timeStamp": {"type": "string", "format": "date-time"}}
    text = {"type": "string"}
    return {
        "Problem": _object({"type": text, "title": text, "status": {"type": "integer"}, "detail": text}),
        "Links": {"type": "array", "items": _object(dict.fromkeys(("href", "rel", "type", "title"), text))},
        "Landing": _object({"title": text, "links": _ref("Links"), "revision": number}),
        "Document": {"type": "object"},
        "Record": _object({f.name: _property(f) for f in FIELDS} | _ANSWERED, required=("id", "kind", "event_type")),
        "Event": _event(),
        "Events": _object({**collection, **counted, **said, **stamp}, required=(*collection, "numberMatched")),
        "Export": _object({**collection, **said}, required=("type", "features")),
        "Changes": _object(
            {**collection, **said, "since": number, "revision": number, "deleted": {"type": "array", "items": text}},
            required=("type", "features", "deleted", "revision"),
        ),
        "Extracted": _object(
            {**collection, **said, **stamp, "numberReturned": number, "document": _ref("Text")},
            required=("type", "features", "document"),
        ),
        "Text": _object(dict.fromkeys(("id", "title", "text"), text) | {"published": {**text, "nullable": True}}),
        "Neighbours": _object({**collection, **said, **stamp, "numberReturned": number}, required=tuple(collection)),
        "Counts": _object({"by": text, "numberMatched": number, "counts": {"type": "array"} | {"items": _COUNT}}),
        **_binned(number),
        **_ogc(),
        **{name: schema for each in COLLECTIONS.values() for name, schema in _of_collection(each).items()},
        "Places": _object({"query": text, "places": {"type": "array", "items": {"type": "object"}}}),
    }


def _binned(number: dict[str, Any]) -> dict[str, Any]:
    """Return the schemas of what `app.views.clusters` answers."""
    told = dict.fromkeys(("numberMatched", "located", "revision"), number)
    rows: dict[str, Any] = {"type": "array", "items": {"type": "array"}}
    hexagon = _object({"id": {"type": "string"}, "count": number, "ring": rows})
    starts = {"type": "array", "items": {"type": "string"}}
    return {
        "Clusters": _object({**told, "level": number, "types": starts, "areas": {"type": "object"}, "clusters": rows}),
        "Hexagons": _object({**told, "hexagons": {"type": "array", "items": hexagon}}),
        "Histogram": _object(
            {**told, "step": {"type": "string"}, "starts": starts, "undated": number}
            | {"counts": {"type": "array", "items": number}}
        ),
        "Strip": _object({**told, "stretch_km": {"type": "number"}, "places": rows, "counts": rows}),
        "TypesByMonth": _object({**told, "types": {"type": "object"}}),
    }


_ANSWERED: Final = {
    "certainty": {
        "type": "string",
        "enum": ["certain", "likely", "possible"],
        "description": "That it lies within within_m, where that was asked",
    },
    "distance_m": {"type": "number", "description": "From the point of near, where the nearest were asked for"},
}
_COUNT: Final = {
    "type": "object",
    "properties": {"value": {"type": "string", "nullable": True}, "count": {"type": "integer"}},
    "required": ["value", "count"],
}


def _event() -> dict[str, Any]:
    point = {
        "type": "object",
        "nullable": True,
        "description": "Null for an event known only by an area, or not placed",
        "properties": {
            "type": {"type": "string", "enum": ["Point"]},
            "coordinates": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
        },
    }
    lists = {name: {"type": "array", "items": {"type": "object"}} for name in ("sources", "evidence", "alternatives")}
    kind = {"type": "string", "enum": ["Feature"]}
    members = {"type": kind, "id": {"type": "string"}, "geometry": point, "properties": _ref("Record")}
    return _object({**members, **lists}, required=tuple(members))


def _object(properties: Mapping[str, Any], required: tuple[str, ...] | None = None) -> dict[str, Any]:
    needed = list(properties) if required is None else list(required)
    described = {"type": "object", "properties": dict(properties)}
    return {**described, "required": needed} if needed else described  # OpenAPI 3.0 allows no empty list


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _property(field: Field) -> dict[str, Any]:
    described: dict[str, Any] = {**TYPES[field.type], "nullable": True, "description": field.meaning}
    return {**described, "enum": [*field.values, "", None]} if field.values else described


def _ogc() -> dict[str, Any]:
    """Return the schemas of what OGC API - Features defines."""
    text = {"type": "string"}
    texts = {"type": "array", "items": text}
    uris = {"type": "array", "items": {"type": "string", "format": "uri"}}
    numbers = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4}
    instants = {"type": "array", "items": {**text, "nullable": True}, "minItems": 2, "maxItems": 2}
    spatial = _object({"bbox": {"type": "array", "items": numbers}, "crs": text})
    temporal = _object({"interval": {"type": "array", "items": instants}, "trs": text})
    about = dict.fromkeys(("id", "title", "description", "itemType", "storageCrs"), text)
    collection = {**about, "crs": uris, "extent": _ref("Extent"), "links": _ref("Links")}
    function = _object({"name": text, "description": text, "arguments": {"type": "array", "items": {"type": "object"}}})
    return {
        "Conformance": _object({"conformsTo": uris}),
        "Extent": _object({"spatial": spatial, "temporal": temporal}, required=()),
        "Collection": _object(collection),
        "Collections": _object(
            {"links": _ref("Links"), "crs": uris, "collections": {"type": "array", "items": _ref("Collection")}}
        ),
        "JsonSchema": _object({"$schema": text, "$id": text, "type": text, "properties": {"type": "object"}}),
        "Functions": _object({"functions": {"type": "array", "items": function}}),
        "Names": texts,
    }


def name_of(collection: Collection) -> str:
    """Return the word that stands for a collection in the names of schemas."""
    return collection.id.title().replace("-", "")


def _of_collection(collection: Collection) -> dict[str, Any]:
    """Return the schemas of one feature of a collection, and of a page of them."""
    name = name_of(collection)
    feature = _feature(_geometry(collection), _record(collection.fields))
    page = {"type": _kind("FeatureCollection"), "features": {"type": "array", "items": _ref(f"Feature{name}")}}
    number = {"type": "integer", "minimum": 0}
    members = {**page, "links": _ref("Links"), "numberMatched": number, "numberReturned": number}
    stamp = {"timeStamp": {"type": "string", "format": "date-time"}}
    return {
        f"Feature{name}": feature,
        f"Features{name}": _object({**members, **stamp}),
    }


def _record(fields: Iterable[Field]) -> dict[str, Any]:
    return _object({f.name: _property(f) for f in fields} | _ANSWERED, required=())


def _feature(geometry: Mapping[str, Any], record: Mapping[str, Any]) -> dict[str, Any]:
    members = {"type": _kind("Feature"), "id": {"type": "string"}, "geometry": geometry, "properties": record}
    return _object({**members, "links": _ref("Links")}, required=tuple(members))


def _kind(name: str) -> dict[str, Any]:
    return {"type": "string", "enum": [name]}


_DEPTHS: Final = {"point": ("Point", 0), "linestring": ("LineString", 1), "multipolygon": ("MultiPolygon", 3)}


def _geometry(collection: Collection) -> dict[str, Any]:
    name, depth = _DEPTHS[collection.shape]
    coordinates: dict[str, Any] = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
    for _ in range(depth):
        coordinates = {"type": "array", "items": coordinates}
    geometry = _object({"type": _kind(name), "coordinates": coordinates})
    return {**geometry, "nullable": True} if collection.kind else geometry
