"""A collection in, the JSON Schemas of its queryables, sortables and features out; OpenAPI uses the same properties."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from geo.features import Collection
from geo.record import Field
from geo.store.filtering import GEOMETRY

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
TYPES: Final[Mapping[str, Mapping[str, str]]] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "real": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
}
_ROLES: Final = {"id": "id", "date_start": "primary-interval-start", "date_end": "primary-interval-end"}

_MAY_BE_EMPTY: Final = frozenset({"stage"})
"""Fields with a closed list of values where an empty text stands for none of them."""


def queryables(collection: Collection) -> dict[str, Any]:
    """Return what a filter over a collection may name: every field, and the geometry; nothing else."""
    return _object(collection, collection.fields, has_geometry=True, more={"additionalProperties": False})


def returnables(collection: Collection) -> dict[str, Any]:
    """Return what a feature of a collection has."""
    return _object(collection, collection.fields, has_geometry=True, more={})


def sortables(collection: Collection) -> dict[str, Any]:
    """Return what the features of a collection may be sorted by."""
    fields = [field for field in collection.fields if field.name in collection.sortables]
    return _object(collection, fields, has_geometry=False, more={"additionalProperties": False})


def _object(
    collection: Collection, fields: Iterable[Field], *, has_geometry: bool, more: Mapping[str, Any]
) -> dict[str, Any]:
    properties = {field.name: _property(field) for field in fields}
    if has_geometry:
        properties[GEOMETRY] = {
            "title": "Geometry",
            "x-ogc-role": "primary-geometry",
            "format": f"geometry-{collection.shape}",
        }
    return {
        "type": "object",
        "title": collection.title,
        "description": collection.description,
        "properties": properties,
        **more,
    }


def _property(field: Field) -> dict[str, Any]:
    described: dict[str, Any] = {"title": field.name, **TYPES[field.type], "description": field.meaning}
    if field.values:
        described["enum"] = [*field.values, *([""] if field.name in _MAY_BE_EMPTY else [])]
    if field.name in _ROLES:
        described["x-ogc-role"] = _ROLES[field.name]
    return described
