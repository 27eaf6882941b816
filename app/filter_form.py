"""The query of the map page in, criteria and the state of its filter form out.

The form has three fields of its own beside the parameters of the HTTP interface: `from` and `to` for `datetime`, and
`within_km` for `within_m`. `map` and `event` say what the reader looks at, and filter nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from flask import Request
from werkzeug.datastructures import MultiDict

from app import params, values
from app.params import Parameter
from app.translation import NAME_CHOICES, PLAIN, THEMES
from geo.errors import InvalidInput
from geo.model import Criteria
from geo.style import FAMILIES, Family

DISTANCES_KM: Final = (5, 15, 25)
_FORM_FIELDS: Final = {"type", "kind", "datetime", "within_m", "certainty", "q"}

_FROM: Final = Parameter(name="from", meaning="First day, month or year", read=values.interval, example="2023-01-01")
_TO: Final = Parameter(name="to", meaning="Last day, month or year", read=values.interval, example="2023-12-31")
_WITHIN_KM: Final = Parameter(
    name="within_km",
    meaning="At most this many kilometres from the border line",
    read=values.metres_from_km,
)
_MAP: Final = Parameter(name="map", meaning="What the map shows: zoom/latitude/longitude", read=values.words)
_LABELS: Final = Parameter(
    name="labels",
    meaning="Names of places: both, sq (Albanian) or sr (Serbian)",
    read=lambda text: values.choice(text, NAME_CHOICES),
)
_THEME: Final = Parameter(
    name="theme",
    meaning="Colours: light or dark; without it those that the reader's device prefers",
    read=lambda text: values.choice(text, THEMES),
)
_VIEW: Final = Parameter(
    name="view",
    meaning="How many events are drawn: events (points and clusters) or hexagons",
    read=lambda text: values.choice(text, ("events", "hexagons")),
)
_EVENT: Final = Parameter(name="event", meaning="The event that is open", read=values.words)
PARAMETERS: Final = (
    *params.FILTERS,
    params.SORT,
    params.CURSOR,
    params.LANG,
    _LABELS,
    _THEME,
    _FROM,
    _TO,
    _WITHIN_KM,
    _MAP,
    _VIEW,
    _EVENT,
)
"""What the map page understands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterForm:
    """A query as the page needs it."""

    criteria: Criteria
    asked: Mapping[str, Any]
    raw: Mapping[str, str]
    """The parameters as they were written, several values joined by commas."""

    @property
    def chosen_types(self) -> frozenset[str]:
        """The event types that were asked for."""
        return frozenset(self.criteria.event_types)

    @property
    def within_km(self) -> float | None:
        """The distance to the line that was asked for."""
        return None if self.criteria.within_m is None else self.criteria.within_m / 1000

    @property
    def is_own_distance(self) -> bool:
        """Whether that distance is none of the offered ones."""
        return self.within_km is not None and self.within_km not in DISTANCES_KM

    @property
    def first_day(self) -> str:
        """The first day asked for, as a date field has it."""
        return self.criteria.start.isoformat() if self.criteria.start else ""

    @property
    def last_day(self) -> str:
        """The last day asked for, as a date field has it."""
        return self.criteria.end.isoformat() if self.criteria.end else ""

    @property
    def kept(self) -> Mapping[str, str]:
        """Filters that came in the address and have no field in the form."""
        names = {p.name for p in params.FILTERS} - _FORM_FIELDS
        return {name: text for name, text in self.raw.items() if name in names or name in PLAIN}

    @property
    def is_empty(self) -> bool:
        """Whether nothing is filtered."""
        return self.criteria == Criteria()

    @property
    def single_types(self) -> frozenset[str]:
        """The event types that were asked for without the rest of their family."""
        whole = {t for family in FAMILIES if self.has_family(family) for t in family.event_types}
        return self.chosen_types - whole

    def has_family(self, family: Family) -> bool:
        """Tell whether every type of a family was asked for."""
        return set(family.event_types) <= self.chosen_types

    def query(self, **more: str) -> str:
        """Return the filter as a query of the HTTP interface, with further parameters."""
        return _encoded({**self._filters(), **more})

    def undated_query(self) -> str:
        """Return the filter without the days that the time slider sets, as a query of the HTTP interface."""
        found = self._filters()
        if self.has_slider_days:
            found.pop("datetime")
        return _encoded(found)

    @property
    def has_slider_days(self) -> bool:
        """Whether a first or a last day is asked for."""
        return bool({"from", "to"} & self.raw.keys())

    def _filters(self) -> dict[str, str]:
        names = {p.name for p in params.FILTERS}
        found = {name: text for name, text in self.raw.items() if name in names}
        if self.has_slider_days:
            found["datetime"] = f"{self.first_day or '..'}/{self.last_day or '..'}"
        if "within_km" in self.raw and self.criteria.within_m is not None:
            found["within_m"] = f"{self.criteria.within_m:.0f}"
        if self.criteria.within_m is None:
            found.pop("certainty", None)
        return found

    def page_query(self, **more: str) -> str:
        """Return the filter as a query of the map page, with further parameters."""
        shown = {name: text for name, text in self.raw.items() if name not in ("cursor", "map", "event")}
        return _encoded({**shown, **more})


def _encoded(query: Mapping[str, str]) -> str:
    return urlencode(query, safe=",/:")


def read_form(request: Request) -> FilterForm:
    """Return the filter that a request for the map page asks for; see `read_query`."""
    return read_query(request.args)


def read_query(args: MultiDict[str, str]) -> FilterForm:
    """Return the filter that a query of the map page asks for.

    Raises
    ------
    InvalidInput
        A parameter is unknown or has a value that cannot be used; the message names it.
    """
    asked = params.read(args, PARAMETERS, is_form=True)
    if "within_km" in asked:
        asked["within_m"] = asked["within_km"]
        if "certainty" in args:
            asked.setdefault("certainty", params.CERTAINTY.read(args["certainty"]))
    raw = {name: ",".join(text for text in args.getlist(name) if text) for name in args}
    return FilterForm(
        criteria=_with_days(params.criteria(asked), asked),
        asked=asked,
        raw={name: text for name, text in raw.items() if text},
    )


def _with_days(criteria: Criteria, asked: Mapping[str, Any]) -> Criteria:
    start = asked["from"][0] if "from" in asked else criteria.start
    end = asked["to"][1] if "to" in asked else criteria.end
    if start and end and start > end:
        raise InvalidInput(f"from: {start} is later than to, {end}")
    return replace(criteria, start=start, end=end)


def family_choices(form: FilterForm, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return the legend: each family with its symbol, how many events it has, and whether it was asked for."""
    return [
        {
            "family": family,
            "value": ",".join(family.event_types),
            "count": sum(counts.get(event_type, 0) for event_type in family.event_types),
            "is_chosen": form.has_family(family),
        }
        for family in FAMILIES
    ]
