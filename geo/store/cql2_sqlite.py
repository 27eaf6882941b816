"""A checked CQL2 tree in, SQL of the embedded store out: R*Tree first, exact geometry after."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

import numpy as np
import shapely

from geo.cql2 import Node, Property, Shape
from geo.errors import InvalidInput
from geo.store.cql2_sql import FOLDS, Compiler, Sql, without_accents

RTREE_PAD_DEG: Final = 1e-5
"""R*Tree coordinates are 32-bit: at 180 degrees they are off by at most 8e-6."""

MAX_BOXES: Final = 8
"""A geometry of more parts is looked up by its one box."""

_HEADERS: Final = {0: 8, 1: 40, 2: 56, 3: 56, 4: 72}
"""Length of a GeoPackage geometry header by its envelope code."""


@dataclass(frozen=True, slots=True)
class Table:
    """Where the rows are: table, key, geometry column of GeoPackage blobs, and the R*Tree over it."""

    name: str
    key: str
    geometry: str
    rtree: str


@dataclass(frozen=True)
class SqliteDialect:
    """The embedded store's own SQL; needs the functions that `register` gives a connection."""

    table: Table
    functions: Mapping[str, Callable[[tuple[Node, ...]], Sql]] = field(default_factory=dict)
    placeholder: str = "?"

    def timestamp(self, sql: Sql) -> Sql:
        """Normalise to UTC text with milliseconds."""
        return Sql("strftime('%Y-%m-%dT%H:%M:%f', ") + sql + Sql(")")

    def day_edge(self, sql: Sql, *, last: bool) -> Sql:
        """Append the time of day."""
        return Sql("(") + sql + Sql(f" || 'T{'23:59:59.999' if last else '00:00:00.000'}')")

    def folded(self, op: str, sql: Sql) -> Sql:
        """Call the registered function."""
        return Sql(f"ibar_{op}(") + sql + Sql(")")

    def like(self, operand: Sql, pattern: str) -> Sql:
        """Use GLOB, which is case-sensitive where LIKE is not."""
        return Sql("(") + operand + Sql(" GLOB ?)", (glob(pattern),))

    def arithmetic(self, op: str, left: Sql, right: Sql) -> Sql:
        """Compute in SQL where SQLite can, else in a registered function."""
        if op in ("+", "-", "*"):
            return Sql("(") + left + Sql(f" {op} ") + right + Sql(")")
        name = {"/": "divide", "div": "quotient", "%": "remainder", "^": "power"}[op]
        return Sql(f"ibar_{name}(") + left + Sql(", ") + right + Sql(")")

    def spatial(self, op: str, left: Node, right: Node, *, positive: bool) -> Sql:
        """Ask the R*Tree first where a miss may count as false, then the exact geometry."""
        exact = Sql(f"ibar_{op}(") + self._operand(left) + Sql(", ") + self._operand(right) + Sql(")")
        literal = _literal(left, right)
        if literal is None or not positive or op == "s_disjoint":
            return exact
        return Sql("(") + self._candidates(literal) + Sql(" AND ") + exact + Sql(")")

    def _operand(self, node: Node) -> Sql:
        if isinstance(node, Property):
            return Sql(self.table.geometry)
        if isinstance(node, Shape):
            return Sql("?", (shapely.to_wkb(node.geometry),))
        raise InvalidInput("filter: a spatial function takes a property or a geometry")

    def _candidates(self, literal: shapely.Geometry) -> Sql:
        parts = shapely.get_parts(literal)
        boxes = shapely.bounds(parts if len(parts) <= MAX_BOXES else np.array([literal]))
        tests, params, pad = [], [], RTREE_PAD_DEG
        for west, south, east, north in boxes:
            tests.append("(maxx >= ? AND minx <= ? AND maxy >= ? AND miny <= ?)")
            params += [float(west) - pad, float(east) + pad, float(south) - pad, float(north) + pad]
        text = f"{self.table.key} IN (SELECT id FROM {self.table.rtree} WHERE {' OR '.join(tests)})"  # noqa: S608
        return Sql(text, tuple(params))

    def call(self, op: str, args: tuple[Node, ...]) -> Sql:
        """Compile a custom function as the store does it."""
        return self.functions[op](args)


def compiler(
    columns: Mapping[str, str],
    table: Table,
    *,
    functions: Mapping[str, Callable[[tuple[Node, ...]], Sql]] | None = None,
) -> Compiler:
    """Return the compiler of one table."""
    return Compiler(columns, SqliteDialect(table, functions or {}))


def _literal(left: Node, right: Node) -> shapely.Geometry | None:
    literals = [node.geometry for node in (left, right) if isinstance(node, Shape)]
    return literals[0] if len(literals) == 1 else None


def glob(pattern: str) -> str:
    """Return the GLOB pattern of a CQL2 pattern."""
    out, escaped = [], False
    for character in pattern:
        if escaped or character not in "%_\\":
            out.append(f"[{character}]" if character in "*?[" else character)
            escaped = False
        elif character == "\\":
            escaped = True
        else:
            out.append("*" if character == "%" else "?")
    return "".join(out)


@lru_cache(maxsize=256)
def _prepared(wkb: bytes) -> shapely.Geometry:
    geometry = shapely.from_wkb(wkb)
    shapely.prepare(geometry)
    return geometry


def geometry_of(blob: bytes) -> shapely.Geometry:
    """Return the geometry of a GeoPackage blob, or of plain WKB."""
    if blob[:2] == b"GP":
        return shapely.from_wkb(blob[_HEADERS[(blob[3] >> 1) & 7] :])
    return _prepared(blob)


def _relation(name: str) -> Callable[[bytes | None, bytes | None], bool | None]:
    ask = getattr(shapely, name)
    mirrored = {"within": "contains", "contains": "within"}.get(name, name)
    ask_mirrored = getattr(shapely, mirrored)

    def relate(left: bytes | None, right: bytes | None) -> bool | None:
        if left is None or right is None:
            return None
        if right[:2] != b"GP":
            return bool(ask_mirrored(geometry_of(right), geometry_of(left)))  # the literal is the prepared one
        return bool(ask(geometry_of(left), geometry_of(right)))

    return relate


def _divide(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None or b == 0 else a / b


def _quotient(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None or b == 0 else float(int(a / b))


def _remainder(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None or b == 0 else a - b * int(a / b)


def _power(a: float | None, b: float | None) -> float | None:
    try:
        value = None if a is None or b is None else a**b
    except (OverflowError, ZeroDivisionError):
        return None
    return value if isinstance(value, float | int) else None


def register(connection: sqlite3.Connection) -> None:
    """Give a connection the functions that compiled filters call."""
    for name in ("intersects", "disjoint", "equals", "touches", "crosses", "within", "contains", "overlaps"):
        connection.create_function(f"ibar_s_{name}", 2, _relation(name), deterministic=True)
    for name, function in (("divide", _divide), ("quotient", _quotient), ("remainder", _remainder), ("power", _power)):
        connection.create_function(f"ibar_{name}", 2, function, deterministic=True)
    connection.create_function("ibar_casei", 1, _on_text(FOLDS["casei"]), deterministic=True)
    connection.create_function("ibar_accenti", 1, _on_text(without_accents), deterministic=True)


def _on_text(fold: Callable[[str], str]) -> Callable[[str | None], str | None]:
    return lambda text: None if text is None else fold(str(text))
