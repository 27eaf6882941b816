"""The operations of an application in, their OpenAPI 3.0 document out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from flask import Flask

from app.operations import FORMATS, Operation, operations
from app.params import Parameter
from geo import __version__
from geo.record import FIELDS, Field

_TYPES: Final[Mapping[str, Mapping[str, str]]] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "real": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
}
_ERRORS: Final = {
    "400": "A parameter is unknown or has a value that cannot be used; `detail` names it",
    "404": "There is no such event, or it is not public",
    "414": "The query is too long",
    "500": "Something went wrong in the service; `detail` has a number that its log knows",
    "503": "The service is busy; try again after the seconds of Retry-After",
}


def document(app: Flask) -> dict[str, Any]:
    """Return the document; it refers to nothing outside itself."""
    found = operations(app)
    parameters = {p.name: p for described in found.values() for p in described.parameters if p.name not in _LOCAL}
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "Ibar",
            "version": __version__,
            "description": "Incidents and deployments around the Kosovo–Serbia border / administrative boundary line.",
            "license": {"name": "CC BY 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"},
        },
        "paths": {_template(rule): {"get": _operation(rule, described)} for rule, described in found.items()},
        "components": {
            "parameters": {name: _parameter(p) for name, p in sorted(parameters.items())},
            "responses": {status: _problem(meaning) for status, meaning in _ERRORS.items()},
            "schemas": schemas(),
        },
    }


_LOCAL: Final = ("f", "limit")
"""Parameters whose values differ between operations."""


def _template(rule: str) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)


def _operation(rule: str, described: Operation) -> dict[str, Any]:
    path = [_in_path(name) for name in re.findall(r"<(?:\w+:)?(\w+)>", rule)]
    schema = {"$ref": f"#/components/schemas/{described.schema}"}
    content = {FORMATS[f]: {"schema": {"type": "string"} if f == "csv" else schema} for f in described.formats}
    unchanged = {"description": "The reader's copy, named by If-None-Match, is still good"}
    return {
        "summary": described.summary,
        "operationId": re.sub(r"\W+", "_", rule.removeprefix("/api/")).strip("_") or "landing",
        "parameters": path + [_reference(p) for p in described.parameters],
        "responses": {
            "200": {"description": described.summary, "content": content},
            "304": unchanged,
            **{status: {"$ref": f"#/components/responses/{status}"} for status in _ERRORS},
        },
    }


def _reference(parameter: Parameter) -> dict[str, Any]:
    if parameter.name in _LOCAL:
        return _parameter(parameter)
    return {"$ref": f"#/components/parameters/{parameter.name}"}


def _in_path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _parameter(parameter: Parameter) -> dict[str, Any]:
    described = {
        "name": parameter.name,
        "in": "query",
        "required": False,
        "description": parameter.meaning,
        "schema": dict(parameter.schema),
        "style": "form",
        "explode": False,
    }
    return {**described, "example": _example(parameter)} if parameter.example else described


def _example(parameter: Parameter) -> Any:
    kind = parameter.schema.get("type")
    if kind == "array":
        number = parameter.schema["items"]["type"] == "number"
        return [float(part) if number else part for part in parameter.example.split(",")]
    return {"number": float, "integer": int}.get(str(kind), str)(parameter.example)


def _problem(meaning: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": meaning, "content": {"application/problem+json": {"schema": schema}}}


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
        "Neighbours": _object({**collection, **said, **stamp, "numberReturned": number}, required=tuple(collection)),
        "Counts": _object({"by": text, "numberMatched": number, "counts": {"type": "array"} | {"items": _COUNT}}),
        **_binned(number),
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
    return {"type": "object", "properties": dict(properties), "required": needed}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _property(field: Field) -> dict[str, Any]:
    described: dict[str, Any] = {**_TYPES[field.type], "nullable": True, "description": field.meaning}
    return {**described, "enum": [*field.values, "", None]} if field.values else described
