"""Filter text in CQL2 (text or JSON) in, a checked tree of what it asks out.

The `cql2` package parses and validates; this module bounds depth and cost before and after it, checks every property,
function and operand type against what may be asked, and turns the JSON form into frozen values. Back ends in
`geo.store` compile the tree. Standard: OGC 21-065r2, Common Query Language (CQL2).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final, Literal

import cql2
import shapely
from shapely.geometry import shape

from geo.errors import InvalidInput
from geo.model import BBox
from geo.projections import CRS84_URI, SYSTEMS, ReferenceSystem

ValueType = Literal["text", "number", "boolean", "date", "timestamp", "interval", "geometry", "list"]

MAX_LENGTH: Final = 20_000
MAX_DEPTH: Final = 32
MAX_TREE_DEPTH: Final = 100
"""Sums nest without brackets; each level takes four frames of Python's thousand."""
MAX_PREFIXES: Final = 16
MAX_NODES: Final = 1_000
MAX_VERTICES: Final = 5_000

_LITERAL: Final = re.compile(r"\"[^\"]*\"|'(?:\\.|''|[^'\\])*'", re.DOTALL)
"""A quoted name, or text in which a backslash escapes what follows."""
_ESCAPES: Final = {"'": "''", "a": "\a", "b": "\b", "t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r"}

COMPARISONS: Final = frozenset({"=", "<>", "<", "<=", ">", ">="})
ARITHMETIC: Final = frozenset({"+", "-", "*", "/", "div", "%", "^"})
SPATIAL: Final = frozenset(
    f"s_{name}" for name in ("intersects", "disjoint", "equals", "touches", "crosses", "within", "contains", "overlaps")
)
TEMPORAL: Final = frozenset(
    f"t_{name}"
    for name in (
        *("after", "before", "contains", "disjoint", "during", "equals", "finishedBy", "finishes", "intersects"),
        *("meets", "metBy", "overlappedBy", "overlaps", "startedBy", "starts"),
    )
)


@dataclass(frozen=True, slots=True)
class Property:
    """A queryable of the collection."""

    name: str
    type: ValueType


@dataclass(frozen=True, slots=True)
class Value:
    """A literal: text, number, boolean; a date or a timestamp as ISO 8601 text (UTC, milliseconds)."""

    value: str | float | bool
    type: ValueType


@dataclass(frozen=True, slots=True)
class Shape:
    """A geometry literal in OGC:CRS84."""

    geometry: shapely.Geometry
    type: ValueType = "geometry"


@dataclass(frozen=True, slots=True)
class Interval:
    """A time interval; an open end is None."""

    start: Property | Value | None
    end: Property | Value | None
    type: ValueType = "interval"


@dataclass(frozen=True, slots=True)
class Call:
    """An operator or a function with its operands."""

    op: str
    args: tuple[Node, ...]
    type: ValueType


Node = Property | Value | Shape | Interval | Call


@dataclass(frozen=True, slots=True)
class Function:
    """A custom function that a filter may call."""

    name: str
    takes: tuple[tuple[ValueType, ...], ...]
    """For each argument, the types that it may have."""
    returns: ValueType
    meaning: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a filter over one collection may name."""

    queryables: Mapping[str, ValueType]
    functions: Mapping[str, Function] = field(default_factory=dict)
    system: ReferenceSystem = SYSTEMS[CRS84_URI]
    """Of the geometry literals (`filter-crs`)."""


def parse(text: str, vocabulary: Vocabulary, *, lang: str = "cql2-text") -> Node:
    """Return the checked tree of a filter.

    Parameters
    ----------
    text : str
        The filter, at most `MAX_LENGTH` characters.
    vocabulary : Vocabulary
        The properties and functions that it may name.
    lang : {"cql2-text", "cql2-json"}
        How it is written.

    Raises
    ------
    InvalidInput
        It cannot be parsed, names what is not there, mixes types, or is too long, too deep or too costly.
    """
    if lang not in ("cql2-text", "cql2-json"):
        raise InvalidInput(f"filter-lang: {lang!r} is not one of cql2-text, cql2-json")
    _bound_length(text)
    if lang == "cql2-text":
        text = _LITERAL.sub(_unescaped, text)
    _bound_depth(text, nested="[{" if lang == "cql2-json" else "(")
    return _Builder(vocabulary).predicate(_as_json(text, lang))


def _bound_length(text: str) -> None:
    if len(text) > MAX_LENGTH:
        raise InvalidInput(f"filter: {len(text)} characters, more than {MAX_LENGTH}")


def _unescaped(literal: re.Match[str]) -> str:
    """Return a literal without the escapes of CQL2 text, which the parser does not know; those of LIKE stay."""
    if literal[0].startswith('"'):
        return literal[0]
    return re.sub(r"\\(.)", lambda escape: _ESCAPES.get(escape[1], escape[0]), literal[0])


def _bound_depth(text: str, *, nested: str) -> None:
    """Refuse what would exhaust the parser's stack: it recurses once for each open bracket and each prefix."""
    bare = re.sub(r'"[^"]*"' if nested != "(" else r"'[^']*'|\"[^\"]*\"", "''", text)
    depth = deepest = 0
    for character in bare:
        depth += (character in nested) - (character in {"(": ")", "[{": "]}"}[nested])
        deepest = max(deepest, depth)
    prefixes = max((len(run.split()) for run in _prefix_runs(bare)), default=0) if nested == "(" else 0
    if deepest > (MAX_DEPTH if nested == "(" else 3 * MAX_DEPTH) or prefixes > MAX_PREFIXES:
        raise InvalidInput(f"filter: nested more than {MAX_DEPTH} deep")


def _prefix_runs(bare: str) -> list[str]:
    tokens = re.sub(r"(?i)\bnot\b|[-+]", " ¬ ", bare)
    return re.findall(r"(?:¬\s*)+", tokens)


def _as_json(text: str, lang: str) -> Any:
    try:
        if lang == "cql2-json":
            expression = cql2.parse_json(text)
            expression.validate()
        else:
            expression = cql2.parse_text(text)
        return expression.to_json()
    except (cql2.ParseError, cql2.ValidationError, ValueError, TypeError, json.JSONDecodeError) as error:
        raise InvalidInput(f"filter: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    place = re.search(r"-->\s*(\d+):(\d+)", str(error))
    if place:
        return f"cannot be parsed at line {place[1]}, column {place[2]}: {lines[-1].lstrip('= ')}"
    return lines[0][:300] if lines else "cannot be parsed"


class _Builder:
    """Turns the JSON form into the checked tree, counting nodes and depth."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.nodes = 0

    def predicate(self, raw: Any, depth: int = 0) -> Node:
        node = self.node(raw, depth)
        if node.type != "boolean":
            raise InvalidInput(f"filter: a {node.type} stands where a condition is needed")
        return node

    def node(self, raw: Any, depth: int) -> Node:
        self.nodes += 1
        if self.nodes > MAX_NODES or depth > MAX_TREE_DEPTH:
            raise InvalidInput(f"filter: more than {MAX_NODES} parts, or nested too deep")
        if isinstance(raw, dict):
            return self.structure(raw, depth)
        if isinstance(raw, bool):
            return Value(raw, "boolean")
        if isinstance(raw, int | float):
            return Value(_finite(raw), "number")
        if isinstance(raw, str):
            return Value(raw, "text")
        raise InvalidInput(f"filter: {str(raw)[:60]!r} is not a value that can be compared")

    def structure(self, raw: dict[str, Any], depth: int) -> Node:
        if "op" in raw:
            return self.call(raw["op"], raw.get("args", []), depth)
        if "property" in raw:
            return self.property(raw["property"])
        if "date" in raw or "timestamp" in raw:
            return instant(raw.get("date") or raw["timestamp"])
        if "interval" in raw:
            return self.interval(raw["interval"])
        if "bbox" in raw:
            return Shape(box(raw["bbox"], self.vocabulary.system))
        if "type" in raw:
            return Shape(_literal(raw, self.vocabulary.system))
        raise InvalidInput(f"filter: {json.dumps(raw)[:60]} is not understood")

    def property(self, name: str) -> Property:
        kind = self.vocabulary.queryables.get(name)
        if kind is None:
            raise InvalidInput(
                f"filter: there is no property {name!r}; there are {', '.join(self.vocabulary.queryables)}"
            )
        return Property(name, kind)

    def interval(self, ends: list[Any]) -> Interval:
        if len(ends) != 2:
            raise InvalidInput("filter: an interval has two ends")
        start, end = (self.interval_end(end) for end in ends)
        return Interval(start, end)

    def interval_end(self, raw: Any) -> Property | Value | None:
        if raw in ("..", ""):
            return None
        node = instant(raw) if isinstance(raw, str) else self.node(raw, 0)
        if not isinstance(node, Property | Value) or node.type not in ("date", "timestamp"):
            raise InvalidInput("filter: the ends of an interval are dates, timestamps or '..'")
        return node

    def call(self, op: str, raw: list[Any], depth: int) -> Node:
        if op in ("and", "or", "not"):
            return Call(op, tuple(self.predicate(part, depth + 1) for part in raw), "boolean")
        if op == "in":
            return self.membership(raw, depth)
        args = tuple(self.node(part, depth + 1) for part in raw)
        if op in COMPARISONS or op == "between":
            return Call(op, _alike(op, args), "boolean")
        if op in _RULES:
            takes, returns = _RULES[op]
            return Call(op, _checked(op, args, takes), returns)
        return self.custom(op, args)

    def membership(self, raw: list[Any], depth: int) -> Call:
        if len(raw) != 2 or not isinstance(raw[1], list):
            raise InvalidInput("filter: IN takes a value and a list")
        args = (self.node(raw[0], depth + 1), *(self.node(part, depth + 1) for part in raw[1]))
        return Call("in", _alike("in", args), "boolean")

    def custom(self, op: str, args: tuple[Node, ...]) -> Call:
        function = self.vocabulary.functions.get(op.lower())
        if function is None:
            known = ", ".join(self.vocabulary.functions) or "none"
            raise InvalidInput(f"filter: there is no function {op!r}; the custom functions here are: {known}")
        return Call(function.name, _checked(op, args, function.takes), function.returns)


_TIME: Final[tuple[ValueType, ...]] = ("date", "timestamp", "interval")
_RULES: Final[Mapping[str, tuple[tuple[tuple[ValueType, ...], ...], ValueType]]] = {
    **dict.fromkeys(ARITHMETIC, ((("number",), ("number",)), "number")),
    **dict.fromkeys(SPATIAL, ((("geometry",), ("geometry",)), "boolean")),
    **dict.fromkeys(TEMPORAL, ((_TIME, _TIME), "boolean")),
    "casei": ((("text",),), "text"),
    "accenti": ((("text",),), "text"),
    "like": ((("text",), ("text",)), "boolean"),
    "isNull": ((("text", "number", "boolean", "date", "timestamp", "geometry"),), "boolean"),
}


def _checked(op: str, args: tuple[Node, ...], takes: tuple[tuple[ValueType, ...], ...]) -> tuple[Node, ...]:
    if op in ("-", "+") and len(args) == 1:
        args = (Value(0.0, "number"), *args)
    if len(args) != len(takes):
        raise InvalidInput(f"filter: {op} takes {len(takes)} operand(s), not {len(args)}")
    for number, (arg, types) in enumerate(zip(args, takes, strict=True), 1):
        if arg.type not in types:
            raise InvalidInput(f"filter: operand {number} of {op} is a {arg.type}, not a {' or '.join(types)}")
    return args


def _alike(op: str, args: tuple[Node, ...]) -> tuple[Node, ...]:
    """Check that operands can be compared; text that reads as a date is taken as one beside a date."""
    least = {"between": 3, "in": 1}.get(op, 2)
    if len(args) < least or (op != "in" and len(args) != least):
        raise InvalidInput(f"filter: {op} takes {least} operands, not {len(args)}")
    types = {arg.type for arg in args}
    if types & {"date", "timestamp"} and types & {"text"}:
        args = tuple(_as_instant(arg) for arg in args)
        types = {arg.type for arg in args}
    if len(types) > 1 and not types <= {"date", "timestamp"}:
        raise InvalidInput(f"filter: {op} compares a {' with a '.join(sorted(types))}")
    if types & {"geometry", "interval"}:
        raise InvalidInput(f"filter: {op} does not compare a {next(iter(types))}; use S_EQUALS or T_EQUALS")
    return args


def _as_instant(node: Node) -> Node:
    return instant(str(node.value)) if isinstance(node, Value) and node.type == "text" else node


def instant(text: str) -> Value:
    """Return a date or a timestamp literal, a timestamp in UTC with milliseconds."""
    try:
        if "T" not in text and " " not in text:
            return Value(date.fromisoformat(text).isoformat(), "date")
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        return Value(f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}", "timestamp")
    except (ValueError, OverflowError) as error:
        raise InvalidInput(f"filter: {text!r} is not a date or a timestamp (RFC 3339)") from error


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise InvalidInput("filter: a number is not finite")
    return float(number)


def box(numbers: list[float], system: ReferenceSystem = SYSTEMS[CRS84_URI]) -> shapely.Geometry:
    """Return the polygon of a box, two polygons where it crosses the antimeridian, in OGC:CRS84."""
    if len(numbers) not in (4, 6):
        raise InvalidInput(f"filter: a BBOX has 4 or 6 numbers, not {len(numbers)}")
    half = len(numbers) // 2
    try:
        corners = system.box((numbers[0], numbers[1], numbers[half], numbers[half + 1]))
    except InvalidInput as error:
        raise InvalidInput(f"filter: {error}") from error
    if not isinstance(corners, BBox):
        return corners
    if corners.west <= corners.east:
        return shapely.box(*corners)
    east = shapely.box(corners.west, corners.south, 180, corners.north)
    return shapely.MultiPolygon([east, shapely.box(-180, corners.south, corners.east, corners.north)])


def _literal(raw: dict[str, Any], system: ReferenceSystem) -> shapely.Geometry:
    try:
        geometry = shape(raw)
    except (ValueError, TypeError, KeyError, IndexError, shapely.errors.ShapelyError) as error:
        raise InvalidInput(f"filter: a {raw.get('type')} is broken: {error}") from error
    numbers = shapely.get_coordinates(geometry)
    if len(numbers) > MAX_VERTICES:
        raise InvalidInput(f"filter: a geometry of {len(numbers)} vertices, more than {MAX_VERTICES}")
    if geometry.is_empty or not all(map(math.isfinite, numbers.flat)):
        raise InvalidInput(f"filter: a {raw.get('type')} is empty or has a coordinate that is not finite")
    if not geometry.is_valid:
        raise InvalidInput(f"filter: a {raw.get('type')} is not valid: {shapely.is_valid_reason(geometry)}")
    try:
        return system.to_crs84(geometry)
    except InvalidInput as error:
        raise InvalidInput(f"filter: {error}") from error
