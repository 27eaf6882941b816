"""A checked CQL2 tree over events in, the condition on the embedded store's table out; and what a filter may name."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import shapely

from geo import cql2, crs
from geo.cql2 import Call, Function, Node, Shape, Value, ValueType
from geo.errors import InvalidInput
from geo.model import Filter, LonLat
from geo.record import FIELDS, Field
from geo.store import cql2_sqlite
from geo.store.cql2_sql import Sql

_TYPES: Final[Mapping[str, ValueType]] = {
    "text": "text",
    "integer": "number",
    "real": "number",
    "boolean": "boolean",
    "date": "date",
    "datetime": "timestamp",
}
GEOMETRY: Final = "geometry"


def queryables(fields: Iterable[Field]) -> dict[str, ValueType]:
    """Return the type that each field has in a filter, and the geometry's."""
    return {**{f.name: _TYPES[f.type] for f in fields}, GEOMETRY: "geometry"}


QUERYABLES: Final[Mapping[str, ValueType]] = queryables(FIELDS)
"""Every field of the record, and the position."""
FUNCTIONS: Final[Mapping[str, Function]] = {
    function.name: function
    for function in (
        Function("near_border", (("number",),), "boolean", "Possibly within so many metres of the border line"),
        Function(
            "certainty",
            (("number",),),
            "text",
            "How sure it is within so many metres of the border line: certain, likely, possible, or null",
        ),
        Function(
            "distance_to",
            (("text", "geometry"),),
            "number",
            "Geodesic metres from a POINT, or from the place of a name; null for events without a position",
        ),
    )
}


EVENTS: Final = cql2.Vocabulary(QUERYABLES, FUNCTIONS)
"""What a filter over events may name."""


def parse(
    text: str,
    *,
    lang: str = "cql2-text",
    find_place: Callable[[str], LonLat] | None = None,
    vocabulary: cql2.Vocabulary = EVENTS,
) -> Filter:
    """Return the filter that a text asks for.

    Parameters
    ----------
    text : str
        CQL2, as text or JSON.
    lang : {"cql2-text", "cql2-json"}
        How it is written.
    find_place : callable, optional
        Gives the position of a place name, for `distance_to`.
    vocabulary : Vocabulary
        What it may name; by default what events have.

    Raises
    ------
    InvalidInput
        The filter cannot be used, or a place is not known.
    """
    tree = cql2.parse(text, vocabulary, lang=lang)
    return Filter(text, _with_places(tree, find_place))


def _with_places(node: Node, find_place: Callable[[str], LonLat] | None) -> Node:
    """Replace the place name in `distance_to` by the place's position."""
    if not isinstance(node, Call):
        return node
    args = tuple(_with_places(arg, find_place) for arg in node.args)
    if node.op == "distance_to" and isinstance(args[0], Value):
        if find_place is None:
            raise InvalidInput("filter: distance_to takes a POINT here; place names are not known")
        args = (Shape(shapely.Point(*find_place(str(args[0].value)))),)
    return Call(node.op, args, node.type)


def condition(tree: Any) -> Sql:
    """Return the condition on table `events`, three-valued."""
    return _COMPILER.predicate(tree)


def _near_border(args: tuple[Node, ...]) -> Sql:
    return Sql("(border_min_m <= ?)", (_number(args[0], "near_border"),))


def _certainty(args: tuple[Node, ...]) -> Sql:
    within_m = _number(args[0], "certainty")
    steps = " ".join(
        f"WHEN border_{column}_m <= ? THEN '{name}'"
        for column, name in (("max", "certain"), ("likely", "likely"), ("min", "possible"))
    )
    return Sql(f"(CASE {steps} END)", (within_m,) * 3)


def _distance_to(args: tuple[Node, ...]) -> Sql:
    target = args[0]
    if not isinstance(target, Shape) or shapely.get_type_id(target.geometry) != shapely.GeometryType.POINT:
        raise InvalidInput("filter: distance_to takes a POINT or the name of a place")
    lon, lat = shapely.get_coordinates(target.geometry)[0]
    return Sql("ibar_metres(lon, lat, ?, ?)", (float(lon), float(lat)))


def _number(node: Node, function: str) -> float:
    if not isinstance(node, Value):
        raise InvalidInput(f"filter: {function} takes a number of metres")
    return float(node.value)


def _metres(lon: float | None, lat: float | None, to_lon: float, to_lat: float) -> float | None:
    return None if lon is None or lat is None else float(crs.geod().inv(lon, lat, to_lon, to_lat)[2])


def register(connection: sqlite3.Connection) -> None:
    """Give a connection the functions that filters call."""
    cql2_sqlite.register(connection)
    connection.create_function("ibar_metres", 4, _metres, deterministic=True)


_COMPILER: Final = cql2_sqlite.compiler(
    {**{field.name: f'"{field.name}"' for field in FIELDS}, GEOMETRY: "geom"},
    cql2_sqlite.Table("events", "fid", "geom", "rtree_events_geom"),
    functions={"near_border": _near_border, "certainty": _certainty, "distance_to": _distance_to},
)
