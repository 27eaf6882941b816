"""The text of query parameters in, checked values and `Criteria` out: one function for each parameter.

The web, the HTTP interface and the command line read filters here, so the three understand the same names and refuse
the same values. A parameter that is not in the list that a page allows is an error that names the nearest one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Final

from werkzeug.datastructures import MultiDict

from app import values
from geo.errors import InvalidInput
from geo.model import AREA_KINDS, CERTAINTIES, EVENT_TYPES, KINDS, Criteria, Filter, LonLat
from geo.store.interface import DIMENSIONS, SORTS

MAX_LIMIT: Final = 1000
DEFAULT_LIMIT: Final = 100
MAX_NEIGHBOURS: Final = 100
ALL_TYPES: Final = tuple(dict.fromkeys(t for types in EVENT_TYPES.values() for t in types))
SIDES: Final = ("XK", "RS", "ME", "MK", "AL", "line")
"""Values of `side` that this border can have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One query parameter: how its text is read, and how the interface document describes it."""

    name: str
    meaning: str
    read: Callable[[str], Any]
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})
    example: str = ""
    criterion: str | None = None
    """The field of `Criteria` that the value becomes; null for what is not a filter, and for `datetime`."""
    is_list: bool = False
    """Whether commas separate several values, and the parameter may be repeated."""


def read(args: MultiDict[str, str], allowed: Sequence[Parameter], *, is_form: bool = False) -> dict[str, Any]:
    """Return the value of each parameter that was given, by name.

    Parameters
    ----------
    args : MultiDict
        The query as it came.
    allowed : sequence of Parameter
        What this page understands.
    is_form : bool
        Whether a browser's form sends the query: then an empty field is one that was left alone.

    Raises
    ------
    InvalidInput
        A parameter is unknown, is given twice, or has a value that cannot be used; the message names it.
    """
    known = {p.name: p for p in allowed}
    found: dict[str, Any] = {}
    for name in args:
        texts = [text for text in args.getlist(name) if text or not is_form]
        if name not in known:
            raise InvalidInput(f"{name}: no such parameter here{nearest(name, known)}")
        if texts:
            found[name] = _value(known[name], texts)
    if is_form and "within_m" not in found:
        found.pop("certainty", None)
    return found


def _value(parameter: Parameter, texts: Sequence[str]) -> Any:
    if len(texts) > 1 and not parameter.is_list:
        raise InvalidInput(f"{parameter.name}: given {len(texts)} times; give it once")
    try:
        return parameter.read(",".join(texts))
    except InvalidInput as error:
        raise InvalidInput(f"{parameter.name}: {error}") from error


def nearest(name: str, known: Iterable[str]) -> str:
    """Return words that lead from a mistyped name to the right one."""
    names = sorted(known)
    close = get_close_matches(name.lower()[:64].replace("-", "_"), names, n=1, cutoff=0.6)
    return f"; did you mean {close[0]}?" if close else f"; there are {', '.join(names)}" if names else ""


def criteria(found: Mapping[str, Any], **fixed: Any) -> Criteria:
    """Return the criteria that the values of `read` make up.

    Parameters
    ----------
    found : mapping
        Values by parameter name.
    **fixed
        Fields of `Criteria` that the caller decides, such as `statuses` on the command line.

    Raises
    ------
    InvalidInput
        Values that do not fit each other, such as a point without its radius.
    """
    _together(found)
    chosen = {f.criterion: found[f.name] for f in FILTERS if f.criterion and f.name in found}
    if "datetime" in found:
        chosen["start"], chosen["end"] = found["datetime"]
    if "filter" in found:
        chosen["filter"] = _tree(found["filter"], found.get("filter-lang", "cql2-text"))
    return Criteria(**{**chosen, **fixed})


def _tree(text: str, lang: str) -> Filter:
    from geo.store import filtering

    return filtering.parse(text, lang=lang, find_place=find_place)


def find_place(name: str) -> LonLat:
    """Return the position of the place that a name means best."""
    from app.resources import resources

    found = resources().gazetteer.search(name, limit=1)
    if not found:
        raise InvalidInput(f"filter: no place is called {name!r}")
    return found[0].place.position


def _together(found: Mapping[str, Any]) -> None:
    for name, other in (
        ("near", "radius_m"),
        ("radius_m", "near"),
        ("certainty", "within_m"),
        ("filter-lang", "filter"),
    ):
        if name in found and other not in found:
            raise InvalidInput(f"{name}: needs {other} as well")
    if "from_km" in found and "to_km" in found and found["from_km"] > found["to_km"]:
        raise InvalidInput(f"from_km: {found['from_km']:g} is greater than to_km {found['to_km']:g}")
    foreign = [t for t in found.get("type", ()) if "kind" in found and not _fits(t, found["kind"])]
    if foreign:
        raise InvalidInput(f"type: {foreign[0]} is not a type of {' or '.join(found['kind'])}")


def _fits(event_type: str, kinds: Iterable[str]) -> bool:
    return any(event_type in EVENT_TYPES[kind] for kind in kinds)


def _listed(choices: Sequence[str]) -> Mapping[str, Any]:
    return {"type": "array", "items": {"type": "string", "enum": list(choices)}, "minItems": 1}


_METRES: Final = {"type": "number", "minimum": 0, "maximum": values.MAX_METRES}
_KM: Final = {"type": "number", "minimum": 0, "maximum": values.MAX_KM}
_NUMBERS: Final = {"type": "array", "items": {"type": "number"}}
_WORDS: Final = {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1}
_TOKEN: Final = {"type": "string", "pattern": values.HANDED_OUT}

KIND: Final = Parameter(
    name="kind",
    meaning="Incidents or deployments",
    read=lambda text: values.choices(text, KINDS),
    schema=_listed(KINDS),
    example="incident",
    criterion="kinds",
    is_list=True,
)
TYPE: Final = Parameter(
    name="type",
    meaning="Event types",
    read=lambda text: values.choices(text, ALL_TYPES),
    schema=_listed(ALL_TYPES),
    example="armed_clash,shooting",
    criterion="event_types",
    is_list=True,
)
DATETIME: Final = Parameter(
    name="datetime",
    meaning="A day, month or year, or an interval of them, with .. for an open end; both ends count",
    read=values.interval,
    example="2023-01-01/..",
)
BBOX: Final = Parameter(
    name="bbox",
    meaning="West, south, east, north in degrees (OGC:CRS84); six numbers carry heights, which are ignored",
    read=values.box,
    schema={
        "type": "array",
        "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}],
        "items": {"type": "number"},
    },
    example="20.6,42.8,21.1,43.1",
    criterion="bbox",
)
POLYGON: Final = Parameter(
    name="polygon",
    meaning="A polygon or multipolygon as WKT, longitude first (OGC:CRS84)",
    read=values.polygon,
    example="POLYGON((20.6 42.8,21.1 42.8,21.1 43.1,20.6 42.8))",
    criterion="polygon",
)
NEAR: Final = Parameter(
    name="near",
    meaning="Longitude and latitude of a point",
    read=values.position,
    schema={**_NUMBERS, "minItems": 2, "maxItems": 2},
    example="20.87,42.89",
    criterion="near",
)
RADIUS_M: Final = Parameter(
    name="radius_m",
    meaning="Metres around the point of near",
    read=values.metres,
    schema=_METRES,
    example="10000",
    criterion="radius_m",
)
WITHIN_M: Final = Parameter(
    name="within_m",
    meaning="At most this many metres from the border line",
    read=values.metres,
    schema=_METRES,
    example="5000",
    criterion="within_m",
)
CERTAINTY: Final = Parameter(
    name="certainty",
    meaning="How sure it must be that the event lies within within_m, given its precision",
    read=lambda text: values.choice(text, CERTAINTIES),
    schema={"type": "string", "enum": list(CERTAINTIES), "default": "possible"},
    example="likely",
    criterion="certainty",
)
SIDE: Final = Parameter(
    name="side",
    meaning="Side of the border line: XK, RS, a neighbour's ISO code, or line for a crossing",
    read=lambda text: values.choices(text, SIDES),
    schema=_listed(SIDES),
    example="XK",
    criterion="sides",
    is_list=True,
)
FROM_KM: Final = Parameter(
    name="from_km",
    meaning="Start of a stretch of the line, in kilometres from its north-west end",
    read=values.kilometres,
    schema=_KM,
    example="40",
    criterion="km_from",
)
TO_KM: Final = Parameter(
    name="to_km",
    meaning="End of a stretch of the line, in kilometres from its north-west end",
    read=values.kilometres,
    schema=_KM,
    example="80",
    criterion="km_to",
)
Q: Final = Parameter(
    name="q",
    meaning="Words that must all occur; case and diacritics do not matter",
    read=values.words,
    schema={"type": "string", "minLength": 1, "maxLength": values.MAX_TEXT},
    example="kfor patrol",
    criterion="text",
)
MUNICIPALITY: Final = Parameter(
    name="municipality",
    meaning="English names of municipalities",
    read=values.names,
    schema=_WORDS,
    example="Zvečan",
    criterion="municipalities",
    is_list=True,
)
AREA: Final = Parameter(
    name="area",
    meaning=f"Ids of areas ({', '.join(sorted(AREA_KINDS))}), for events known only by one",
    read=values.names,
    schema=_WORDS,
    criterion="areas",
    is_list=True,
)
FILTER: Final = Parameter(
    name="filter",
    meaning="Condition in CQL2 over the fields of the record, with near_border(m), certainty(m) and distance_to(place)",
    read=str,
    example="fatalities > 0 AND near_border(15000)",
)
FILTER_LANG: Final = Parameter(
    name="filter-lang",
    meaning="How the condition is written",
    read=lambda text: values.choice(text, ("cql2-text", "cql2-json")),
    schema={"type": "string", "enum": ["cql2-text", "cql2-json"], "default": "cql2-text"},
    example="cql2-text",
)
FILTERS: Final = (
    KIND,
    TYPE,
    DATETIME,
    BBOX,
    POLYGON,
    NEAR,
    RADIUS_M,
    WITHIN_M,
    CERTAINTY,
    SIDE,
    FROM_KM,
    TO_KM,
    Q,
    MUNICIPALITY,
    AREA,
    FILTER,
    FILTER_LANG,
)
"""Every filter; `criteria` turns their values into what the store understands."""

LIMIT: Final = Parameter(
    name="limit",
    meaning=f"Most features in one answer; more than {MAX_LIMIT} counts as {MAX_LIMIT}",
    read=lambda text: min(values.whole(text, least=1), MAX_LIMIT),
    schema={"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
    example="20",
)
CURSOR: Final = Parameter(
    name="cursor",
    meaning="Where the page before ended; follow its next link",
    read=values.token,
    schema=_TOKEN,
)
LANG: Final = Parameter(
    name="lang",
    meaning="Language of the words in the answer",
    read=values.token,
    schema=_TOKEN,
    example="en",
)
K: Final = Parameter(
    name="k",
    meaning=f"How many neighbours, at most {MAX_NEIGHBOURS}",
    read=lambda text: min(values.whole(text, least=1), MAX_NEIGHBOURS),
    schema={"type": "integer", "minimum": 1, "maximum": MAX_NEIGHBOURS, "default": 10},
    example="5",
)
SORT: Final = Parameter(
    name="sort",
    meaning="Order; a minus before the name is falling",
    read=lambda text: values.choice(text.removeprefix("+"), SORTS),
    schema={"type": "string", "enum": list(SORTS), "default": "-date_start"},
    example="border_distance_m",
)
BY: Final = Parameter(
    name="by",
    meaning="What to count by",
    read=lambda text: values.choice(text, DIMENSIONS),
    schema={"type": "string", "enum": list(DIMENSIONS), "default": "month"},
    example="type",
)


def format_parameter(*formats: str) -> Parameter:
    """Return the parameter `f` for an answer that has these formats; the first is the default, and what `json` is."""
    known = formats if "json" in formats or formats[0] not in ("geojson", "schema") else ("json", *formats)

    def read_format(text: str) -> str:
        chosen = values.choice(text, known)
        return chosen if chosen in formats else formats[0]

    return Parameter(
        name="f",
        meaning="Format of the answer; it takes precedence over the Accept header",
        read=read_format,
        schema={"type": "string", "enum": list(known), "default": formats[0]},
        example=formats[0],
    )
