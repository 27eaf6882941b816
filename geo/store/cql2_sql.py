"""A checked CQL2 tree in, parameterised SQL out: what all dialects share, and the part that each one says itself.

Nulls are three-valued, as in SQL: a condition over an absent value is unknown, and so is its negation. Literals are
always parameters, never text of the statement.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any, Final, Protocol

from geo import cql2
from geo.cql2 import Call, Interval, Node, Property, Value
from geo.errors import InvalidInput

EARLIEST: Final = "0001-01-01T00:00:00.000"
LATEST: Final = "9999-12-31T23:59:59.999"

_ALLEN: Final = {
    "t_after": "{a} > {d}",
    "t_before": "{b} < {c}",
    "t_contains": "({a} < {c} AND {b} > {d})",
    "t_disjoint": "({b} < {c} OR {a} > {d})",
    "t_during": "({a} > {c} AND {b} < {d})",
    "t_equals": "({a} = {c} AND {b} = {d})",
    "t_finishedBy": "({a} < {c} AND {b} = {d})",
    "t_finishes": "({a} > {c} AND {b} = {d})",
    "t_intersects": "({b} >= {c} AND {a} <= {d})",
    "t_meets": "{b} = {c}",
    "t_metBy": "{a} = {d}",
    "t_overlappedBy": "({a} > {c} AND {a} < {d} AND {b} > {d})",
    "t_overlaps": "({a} < {c} AND {b} > {c} AND {b} < {d})",
    "t_startedBy": "({a} = {c} AND {b} > {d})",
    "t_starts": "({a} = {c} AND {b} < {d})",
}
"""Allen's relations of the interval from a to b with the interval from c to d."""


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of SQL and its parameters, in the order of the placeholders."""

    text: str
    params: tuple[Any, ...] = ()

    def __add__(self, other: Sql) -> Sql:
        """Put two pieces side by side."""
        return Sql(self.text + other.text, self.params + other.params)


def joined(separator: str, parts: list[Sql]) -> Sql:
    """Join pieces, in brackets."""
    return Sql(
        "(" + separator.join(part.text for part in parts) + ")",
        tuple(param for part in parts for param in part.params),
    )


class Dialect(Protocol):
    """What a back end says in its own SQL."""

    @property
    def placeholder(self) -> str:
        """The mark of a parameter."""

    def timestamp(self, sql: Sql) -> Sql:
        """Return a timestamp column as a value that compares in time order."""

    def day_edge(self, sql: Sql, *, last: bool) -> Sql:
        """Return the first or last millisecond of a date as a timestamp."""

    def folded(self, op: str, sql: Sql) -> Sql:
        """Apply `casei` or `accenti`."""

    def like(self, operand: Sql, pattern: str) -> Sql:
        """Match a CQL2 pattern (% and _ are wild, a backslash escapes), case-sensitively."""

    def arithmetic(self, op: str, left: Sql, right: Sql) -> Sql:
        """Compute with two numbers."""

    def spatial(self, op: str, left: Node, right: Node, *, positive: bool) -> Sql:
        """Relate two geometries; `positive` where unknown and false need not be told apart."""

    def call(self, op: str, args: tuple[Node, ...]) -> Sql:
        """Call a custom function."""


@dataclass(frozen=True)
class Compiler:
    """Compiles one tree for one dialect.

    Attributes
    ----------
    columns : mapping of str to str
        The SQL expression of each property.
    dialect : Dialect
        The back end's own part.
    """

    columns: Mapping[str, str]
    dialect: Dialect

    def predicate(self, node: Node, *, positive: bool = True) -> Sql:
        """Compile a condition."""
        if isinstance(node, Call) and node.op in ("and", "or"):
            return joined(f" {node.op.upper()} ", [self.predicate(arg, positive=positive) for arg in node.args])
        if isinstance(node, Call) and node.op == "not":
            return Sql("(NOT ") + self.predicate(node.args[0], positive=False) + Sql(")")
        if isinstance(node, Call) and node.op in cql2.SPATIAL:
            return self.dialect.spatial(node.op, node.args[0], node.args[1], positive=positive)
        return self.value(node)

    def value(self, node: Node) -> Sql:
        """Compile an expression."""
        if isinstance(node, Value):
            return Sql(self.dialect.placeholder, (node.value,))
        if isinstance(node, Property):
            column = Sql(self.columns[node.name])
            return self.dialect.timestamp(column) if node.type == "timestamp" else column
        if isinstance(node, Call):
            return self._call(node)
        raise InvalidInput(f"filter: a {node.type} cannot stand here")

    def _call(self, node: Call) -> Sql:
        if node.type == "boolean" and node.op in ("and", "or", "not", *cql2.SPATIAL):
            return self.predicate(node, positive=False)
        if node.op in cql2.TEMPORAL:
            return self._temporal(node)
        if node.op in cql2.ARITHMETIC:
            return self.dialect.arithmetic(node.op, self.value(node.args[0]), self.value(node.args[1]))
        if node.op in cql2.COMPARISONS:
            return joined(f" {node.op} ", self._comparable(node.args))
        if node.op in ("casei", "accenti"):
            return self.dialect.folded(node.op, self.value(node.args[0]))
        named = {"between": self._between, "in": self._in, "like": self._like, "isNull": self._is_null}
        return named[node.op](node) if node.op in named else self.dialect.call(node.op, node.args)

    def _comparable(self, args: tuple[Node, ...]) -> list[Sql]:
        mixed = {arg.type for arg in args} == {"date", "timestamp"}
        parts = [self.value(arg) for arg in args]
        if not mixed:
            return parts
        return [
            self.dialect.day_edge(part, last=False) if arg.type == "date" else part
            for arg, part in zip(args, parts, strict=True)
        ]

    def _between(self, node: Call) -> Sql:
        value, low, high = self._comparable(node.args)
        return Sql("(") + value + Sql(" BETWEEN ") + low + Sql(" AND ") + high + Sql(")")

    def _in(self, node: Call) -> Sql:
        value, *members = self._comparable(node.args)
        return Sql("(") + value + Sql(" IN ") + joined(", ", members) + Sql(")")

    def _is_null(self, node: Call) -> Sql:
        operand = node.args[0]
        column = Sql(self.columns[operand.name]) if isinstance(operand, Property) else self.value(operand)
        return Sql("(") + column + Sql(" IS NULL)")

    def _like(self, node: Call) -> Sql:
        return self.dialect.like(self.value(node.args[0]), constant(node.args[1]))

    def _temporal(self, node: Call) -> Sql:
        exact = all(self._is_dates_only(arg) for arg in node.args)
        ends = [end for arg in node.args for end in self._ends(arg, as_dates=exact)]
        template = _ALLEN[node.op]
        names = dict(zip("abcd", ends, strict=True))
        order = [name for _, name, *_ in Formatter().parse(template) if name]
        text = template.format(**{name: sql.text for name, sql in names.items()})
        return Sql(text, tuple(param for name in order for param in names[name].params))

    def _is_dates_only(self, node: Node) -> bool:
        if isinstance(node, Interval):
            return all(end is None or end.type == "date" for end in (node.start, node.end))
        return node.type == "date"

    def _ends(self, node: Node, *, as_dates: bool) -> tuple[Sql, Sql]:
        first, last = (node.start, node.end) if isinstance(node, Interval) else (node, node)
        return (
            self._end(first, EARLIEST, as_dates=as_dates, last=False),
            self._end(last, LATEST, as_dates=as_dates, last=True),
        )

    def _end(self, node: Node | None, unbounded: str, *, as_dates: bool, last: bool) -> Sql:
        if node is None:
            return Sql(self.dialect.placeholder, (unbounded[:10] if as_dates else unbounded,))
        sql = self.value(node)
        return sql if as_dates or node.type != "date" else self.dialect.day_edge(sql, last=last)


def constant(node: Node) -> str:
    """Return the text of a literal, folded as the `casei` and `accenti` around it ask."""
    if isinstance(node, Value) and node.type == "text":
        return str(node.value)
    if isinstance(node, Call) and node.op in FOLDS:
        return FOLDS[node.op](constant(node.args[0]))
    raise InvalidInput("filter: the pattern of LIKE is a text, as it is or in CASEI or ACCENTI")


def without_accents(text: str) -> str:
    """Return the text less its combining marks; `ACCENTI` of CQL2."""
    decomposed = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if not unicodedata.combining(c)))


FOLDS: Final = {"casei": str.casefold, "accenti": without_accents}
