"""The operations of an application in, their OpenAPI 3.0 document out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from flask import Flask

from app.openapi_schemas import name_of, schemas
from app.operations import FORMATS, Operation, operations
from app.params import Parameter
from geo import __version__
from geo.features import COLLECTIONS, Collection

_ERRORS: Final = {
    "400": "A parameter is unknown or has a value that cannot be used; `detail` names it",
    "404": "There is no such event or feature, or it is not public",
    "414": "The request line is so long that the HTTP server refuses it",
    "500": "Something went wrong in the service; `detail` has a number that its log knows",
    "503": "The service is busy; try again after the seconds of Retry-After",
}
_TEXT: Final = {"type": "string"}
_BYTES: Final = {"type": "string", "format": "binary"}
_FORMS: Final[Mapping[str, dict[str, Any]]] = {
    **dict.fromkeys(("csv", "html", "geojsons", "kml"), _TEXT),
    **dict.fromkeys(("gpkg", "fgb", "parquet"), _BYTES),
}
"""Formats that are not JSON."""
_PREFIX: Final = "/api"


def document(app: Flask, *, server: str = _PREFIX) -> dict[str, Any]:
    """Return the document; it refers to nothing outside itself.

    Parameters
    ----------
    app : Flask
    server : str
        The address that its paths are below.
    """
    found = list(_addresses(operations(app)))
    shared = _shared(parameter for _, each, of in found for parameter in each.parameters_of(of))
    errors = {**_ERRORS, **{status: said for _, each, _ in found for status, said in each.errors.items()}}
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "Ibar",
            "version": __version__,
            "description": "Incidents and deployments around the Kosovo–Serbia border / administrative boundary line.",
            "license": {"name": "CC BY 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"},
        },
        "servers": [{"url": server}],
        "paths": {path: {each.method: _operation(path, each, of, shared)} for path, each, of in found},
        "components": {
            "parameters": {name: _parameter(p) for name, p in sorted(shared.items())},
            "responses": _problems(errors),
            "schemas": schemas(),
        },
    }


def _addresses(found: Mapping[str, Operation]) -> Iterator[tuple[str, Operation, Collection | None]]:
    """Yield every address, those of collections once for each, as clients that look for a collection expect."""
    for rule, described in found.items():
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.removeprefix(_PREFIX))
        if described.of is None:
            yield path, described, None
            continue
        for collection in COLLECTIONS.values():
            yield path.replace("{collection_id}", collection.id), described, collection


def _shared(parameters: Iterable[Parameter]) -> dict[str, Parameter]:
    """Return the parameters that several addresses understand; of one name, the one that stands in most of them.

    QGIS and GDAL look for the limit of a page among these.
    """
    uses = Counter(map(id, given := list(parameters)))
    most: dict[str, Parameter] = {}
    for parameter in given:
        if uses[id(parameter)] > max(1, uses[id(most.get(parameter.name))]):
            most[parameter.name] = parameter
    return most


def _operation(
    path: str, described: Operation, collection: Collection | None, shared: Mapping[str, Parameter]
) -> dict[str, Any]:
    in_path = [_in_path(name) for name in re.findall(r"{(\w+)}", path)]
    schema = {"$ref": f"#/components/schemas/{described.schema.format(collection and name_of(collection))}"}
    content = {FORMATS[f]: {"schema": _FORMS.get(f, schema)} for f in described.formats}
    summary = f"{described.summary}: {collection.title}" if collection else described.summary
    return {
        "summary": summary,
        "operationId": re.sub(r"\W+", "_", path).strip("_") or "landing",
        "tags": [collection.id if collection else "interface"],
        "parameters": in_path + [_reference(p, shared) for p in described.parameters_of(collection)],
        "responses": {
            "200": {"description": summary, "content": content},
            **_unchanged(described, collection),
            **{
                status: {"$ref": f"#/components/responses/{status}"} for status in sorted({*_ERRORS, *described.errors})
            },
        },
        **({"requestBody": described.body} if described.body else {}),
    }


def _unchanged(described: Operation, collection: Collection | None) -> dict[str, Any]:
    if described.method != "get":
        return {}
    answers = {"304": {"description": "The reader's copy, named by If-None-Match, is still good"}}
    if collection and collection.kind and described.schema == "Feature{}":
        answers["303"] = {"description": "The page of the event, where HTML is asked for"}
    return answers


def _reference(parameter: Parameter, shared: Mapping[str, Parameter]) -> dict[str, Any]:
    if shared.get(parameter.name) is parameter:
        return {"$ref": f"#/components/parameters/{parameter.name}"}
    return _parameter(parameter)


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


def _problems(errors: Mapping[str, str]) -> dict[str, Any]:
    problems = {status: _problem(meaning) for status, meaning in sorted(errors.items())}
    # Such a line never reaches the service.
    problems["414"]["content"] = {"text/html": {"schema": {"type": "string"}}}
    return problems


def _problem(meaning: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": meaning, "content": {"application/problem+json": {"schema": schema}}}
