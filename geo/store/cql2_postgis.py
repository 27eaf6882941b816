"""A checked CQL2 tree in, SQL for PostgreSQL with PostGIS out (the `unaccent` extension is needed for ACCENTI)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import shapely

from geo.cql2 import Node, Property, Shape
from geo.errors import InvalidInput
from geo.store.cql2_sql import Compiler, Sql

_ARITHMETIC: Final = {
    "+": "({0} + {1})",
    "-": "({0} - {1})",
    "*": "({0} * {1})",
    "/": "({0}::float8 / nullif({1}, 0))",
    "div": "trunc({0}::float8 / nullif({1}, 0))",
    "%": "mod({0}::numeric, nullif({1}, 0)::numeric)",
    "^": "power({0}::float8, {1})",
}
SRID: Final = 4326


@dataclass(frozen=True)
class PostgisDialect:
    """PostgreSQL's own SQL; placeholders are those of psycopg."""

    geometry: str
    functions: Mapping[str, Callable[[tuple[Node, ...]], Sql]] = field(default_factory=dict)
    placeholder: str = "%s"

    def timestamp(self, sql: Sql) -> Sql:
        """Write it as UTC text with milliseconds, as the literals are."""
        return Sql("to_char(") + sql + Sql(" AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS')")

    def day_edge(self, sql: Sql, *, last: bool) -> Sql:
        """Append the time of day."""
        return Sql("(") + sql + Sql(f"::text || 'T{'23:59:59.999' if last else '00:00:00.000'}')")

    def folded(self, op: str, sql: Sql) -> Sql:
        """Fold with `lower` in an ICU collation (the database's own may know ASCII only), or with `unaccent`."""
        if op == "accenti":
            return Sql("unaccent(") + sql + Sql("::text)")
        return Sql("lower(") + sql + Sql('::text COLLATE "und-x-icu")')

    def like(self, operand: Sql, pattern: str) -> Sql:
        """PostgreSQL's LIKE is that of CQL2."""
        return Sql("(") + operand + Sql(" LIKE %s)", (pattern,))

    def arithmetic(self, op: str, left: Sql, right: Sql) -> Sql:
        """Compute in SQL; a division by zero is unknown."""
        before, _, rest = _ARITHMETIC[op].partition("{0}")
        between, _, after = rest.partition("{1}")
        return Sql(before.replace("%", "%%")) + left + Sql(between) + right + Sql(after)

    def spatial(self, op: str, left: Node, right: Node, *, positive: bool) -> Sql:
        """PostGIS asks its index by itself."""
        del positive
        return Sql(f"ST_{op[2:].title()}(") + self._operand(left) + Sql(", ") + self._operand(right) + Sql(")")

    def _operand(self, node: Node) -> Sql:
        if isinstance(node, Property):
            return Sql(self.geometry)
        if isinstance(node, Shape):
            return Sql(f"ST_GeomFromWKB(%s, {SRID})", (shapely.to_wkb(node.geometry),))
        raise InvalidInput("filter: a spatial function takes a property or a geometry")

    def call(self, op: str, args: tuple[Node, ...]) -> Sql:
        """Compile a custom function as the store does it."""
        return self.functions[op](args)


def compiler(
    columns: Mapping[str, str],
    geometry: str,
    *,
    functions: Mapping[str, Callable[[tuple[Node, ...]], Sql]] | None = None,
) -> Compiler:
    """Return the compiler of one table; `columns` gives each property's SQL, `geometry` the geometry column's."""
    return Compiler(columns, PostgisDialect(geometry, functions or {}))
