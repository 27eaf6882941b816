"""The text of a collection's query parameters in, `Criteria` over its features out.

Beside the parameters of every collection (bbox, datetime, filter...) each field is one: `field=value` keeps the
features that have that value. Events understand the filters of `app.params` as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Final

import shapely

from app import params, values
from app.params import Parameter
from geo import cql2
from geo.cql2 import Call, Node, Property, ValueType
from geo.errors import InvalidInput
from geo.features import Collection
from geo.model import BBox, Criteria, Filter
from geo.projections import CRS84_URI, SYSTEMS, system
from geo.store.filtering import GEOMETRY

_URIS: Final = {"type": "string", "format": "uri", "enum": list(SYSTEMS), "default": CRS84_URI}

BBOX: Final = Parameter(
    name="bbox",
    meaning="A box: its lower and its upper corner, by default west, south, east, north; heights are ignored."
    " Features without geometry match every box",
    read=values.corners,
    schema={"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}},
    example="20.6,42.8,21.1,43.1",
)
DATETIME: Final = Parameter(
    name="datetime",
    meaning="A day, month, year or instant, or an interval of two, with .. for an open end; both ends count."
    " Features without a date match every one",
    read=values.interval,
    example="2023-01-01T00:00:00Z/..",
)


def _system_parameter(name: str, meaning: str) -> Parameter:
    return Parameter(name=name, meaning=meaning, read=system, schema=_URIS, example=CRS84_URI)


CRS: Final = _system_parameter("crs", "Coordinate reference system of the answer")
BBOX_CRS: Final = _system_parameter("bbox-crs", "Coordinate reference system of bbox")
FILTER_CRS: Final = _system_parameter("filter-crs", "Coordinate reference system of the geometries in filter")
FILTER: Final = Parameter(
    name="filter",
    meaning="Condition in CQL2 over the queryables; /functions lists what it may call beside the standard's own",
    read=str,
    schema={"type": "string", "minLength": 1, "maxLength": cql2.MAX_LENGTH},
)
K: Final = Parameter(
    name="k",
    meaning=f"The so many nearest to the point of near, at most {params.MAX_NEIGHBOURS}",
    read=params.K.read,
    schema={"type": "integer", "minimum": 1, "maximum": params.MAX_NEIGHBOURS},
    example="5",
)
_FILTERING: Final = (FILTER, params.FILTER_LANG, FILTER_CRS)
_EVERYWHERE: Final = (BBOX, BBOX_CRS, DATETIME, CRS, *_FILTERING, params.LIMIT, params.CURSOR)
_OF_EVENTS: Final = tuple(
    parameter
    for parameter in params.FILTERS
    if parameter.name not in {"kind", "filter", *(known.name for known in _EVERYWHERE)}
)
_VALUE_SCHEMAS: Final[Mapping[ValueType, Mapping[str, Any]]] = {
    "text": {"type": "string"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "timestamp": {"type": "string", "format": "date-time"},
}


@cache
def of_items(collection: Collection) -> tuple[Parameter, ...]:
    """Return what the items of a collection understand."""
    known = (*_EVERYWHERE, _sortby(collection), _properties(collection), *((*_OF_EVENTS, K) if collection.kind else ()))
    names = {parameter.name for parameter in known}
    own = (_equality(name, kind) for name, kind in collection.queryables.items() if kind != "geometry")
    return (*known, *(parameter for parameter in own if parameter.name not in names))


def of_item(_collection: Collection) -> tuple[Parameter, ...]:
    """Return what one feature of a collection understands."""
    return (CRS,)


def _sortby(collection: Collection) -> Parameter:
    names = [sign + name for name in collection.sortables for sign in ("", "-")]
    return Parameter(
        name="sortby",
        meaning="Property to sort by; a minus before it is falling order. Features without a value come last",
        read=lambda text: values.choice(text.strip().removeprefix("+"), names),
        schema={"type": "array", "items": {"type": "string", "enum": names}, "minItems": 1, "maxItems": 1},
        example=collection.default_sort,
    )


def _properties(collection: Collection) -> Parameter:
    names = [field.name for field in collection.fields]
    return Parameter(
        name="properties",
        meaning="The properties to answer, and no more",
        read=lambda text: values.choices(text, names),
        schema={"type": "array", "items": {"type": "string", "enum": names}, "minItems": 1},
        example=",".join(names[:2]),
        is_list=True,
    )


def _equality(name: str, kind: ValueType) -> Parameter:
    return Parameter(
        name=name,
        meaning=f"Only features whose {name} is this",
        read=lambda text: _equal(name, kind, text),
        schema=_VALUE_SCHEMAS[kind],
    )


def _equal(name: str, kind: ValueType, text: str) -> Node:
    value = _READERS[kind](text)
    return Call("=", (Property(name, kind), value), "boolean")


def _boolean(text: str) -> cql2.Value:
    return cql2.Value(values.choice(text, ("true", "false")) == "true", "boolean")


_READERS: Final[Mapping[ValueType, Callable[[str], cql2.Value]]] = {
    "text": lambda text: cql2.Value(text, "text"),
    "number": lambda text: cql2.Value(values.number(text), "number"),
    "boolean": _boolean,
    "date": cql2.instant,
    "timestamp": cql2.instant,
}


def criteria(asked: Mapping[str, Any], collection: Collection) -> Criteria:
    """Return the criteria that the values of a collection's parameters make up.

    As the standard has it, a feature without geometry matches every box, and one without a date every date. A polygon
    or a radius, which the standard does not know, it does not match.

    Raises
    ------
    InvalidInput
        Values that cannot be used, or do not fit each other.
    """
    found = params.criteria(_filters_of_events(asked)) if collection.kind else Criteria()
    conditions = list(_equalities(asked, collection))
    if "filter" in asked:
        conditions.append(_filter(asked, collection))
    box = _box(asked) if "bbox" in asked else None
    if box is not None and not isinstance(box, BBox):
        conditions.append(_outline(box))
    if found.polygon or found.near:
        conditions.append(Filter(f"{GEOMETRY} IS NOT NULL", Call("not", (_IS_NULL,), "boolean")))
    return replace(
        found,
        kinds=(collection.kind,) if collection.kind else (),
        bbox=box if isinstance(box, BBox) else None,
        filter=_all(conditions),
        unlocated_match=True,
    )


def _box(asked: Mapping[str, Any]) -> BBox | shapely.Geometry:
    try:
        return asked.get("bbox-crs", SYSTEMS[CRS84_URI]).box(asked["bbox"])  # type: ignore[no-any-return]
    except InvalidInput as error:
        raise InvalidInput(f"bbox: {error}") from error


def _filters_of_events(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `app.params` reads; the point of the k nearest is no filter."""
    names = {parameter.name for parameter in (*_OF_EVENTS, DATETIME)} - ({"near"} if "k" in asked else set())
    if "k" in asked and "radius_m" in asked:
        raise InvalidInput("k: give k or radius_m with near, not both")
    if "k" in asked and "near" not in asked:
        raise InvalidInput("k: needs near as well")
    return {name: value for name, value in asked.items() if name in names}


_POSITION: Final = Property(GEOMETRY, "geometry")
_IS_NULL: Final = Call("isNull", (_POSITION,), "boolean")


def _equalities(asked: Mapping[str, Any], collection: Collection) -> Iterator[Filter]:
    for name in collection.queryables:
        node = asked.get(name)
        if isinstance(node, Call):
            value = node.args[1]
            yield Filter(f"{name} = {value.value!r}" if isinstance(value, cql2.Value) else name, node)


def _filter(asked: Mapping[str, Any], collection: Collection) -> Filter:
    return collection.filter(
        asked["filter"],
        lang=asked.get("filter-lang", "cql2-text"),
        system=asked.get("filter-crs", SYSTEMS[CRS84_URI]),
        find_place=params.find_place,
    )


def _outline(outline: shapely.Geometry) -> Filter:
    inside = Call("s_intersects", (_POSITION, cql2.Shape(outline)), "boolean")
    corners = ", ".join(f"{degrees:.3f}" for degrees in shapely.bounds(outline))
    return Filter(f"{GEOMETRY} in a box within {corners}", Call("or", (inside, _IS_NULL), "boolean"))


def _all(filters: Sequence[Filter]) -> Filter | None:
    if len(filters) < 2:
        return filters[0] if filters else None
    trees: Any = tuple(each.tree for each in filters)
    return Filter(" AND ".join(f"({each.text})" for each in filters), Call("and", trees, "boolean"))
