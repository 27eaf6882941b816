"""A filter in, the name of the file with what it finds out, such as `ibar-overview-2023-within-15km.pdf`."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from typing import Final

from geo.model import Criteria
from geo.text import fold

_MOST: Final = 90
"""Characters before the ending."""
_LISTED: Final = 2
"""More types or municipalities than these are not written out."""


def file_name(stem: str, criteria: Criteria, ending: str, *, event_id: str = "") -> str:
    """Return a name of small ASCII letters, digits and hyphens that tells files of different filters apart.

    Parameters
    ----------
    stem : str
        What the file is, such as `ibar-events`.
    criteria : Criteria
        What it holds.
    ending : str
        Without the full stop.
    event_id : str
        The event that it is about, if it is one alone.
    """
    parts = (stem, _slug(event_id), *_parts(criteria))
    return f"{'-'.join(part for part in parts if part)[:_MOST].rstrip('-.')}.{ending}"


def _slug(text: str) -> str:
    return "-".join(re.findall("[a-z0-9]+", fold(text).text))


def _parts(criteria: Criteria) -> Iterator[str]:
    yield from (f"{kind}s" for kind in criteria.kinds)
    yield _listed(criteria.event_types, "some-types")
    yield _slug(criteria.text or "") or ("words" if (criteria.text or "").strip() else "")
    yield _listed(criteria.municipalities, "some-municipalities")
    yield _period(criteria.start, criteria.end)
    if criteria.within_m is not None:
        sure = "" if criteria.certainty == "possible" else f"{criteria.certainty}-"
        yield f"{sure}within-{_length(criteria.within_m)}"
    yield "part" if _asks_more(criteria) else ""


def _listed(names: tuple[str, ...], many: str) -> str:
    return _slug(" ".join(names)) if len(names) <= _LISTED else many


def _length(metres: float) -> str:
    return f"{metres / 1000:g}km" if metres >= 1000 else f"{metres:g}m"


def _asks_more(criteria: Criteria) -> bool:
    """Whether something is asked for that the name does not say."""
    where = (criteria.bbox, criteria.polygon, criteria.near, criteria.km_from, criteria.km_to, criteria.filter)
    return any(each is not None for each in where) or bool(criteria.sides or criteria.areas or criteria.ids)


def _period(start: date | None, end: date | None) -> str:
    """Return the shortest words for a span of days: a year, years, a month, or its ends."""
    if start is None or end is None:
        return f"from-{start}" if start else f"until-{end}" if end else ""
    if (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
        return f"{start.year}" if start.year == end.year else f"{start.year}-{end.year}"
    if start == end:
        return f"{start}"
    is_month = (start.year, start.month) == (end.year, end.month) and start.day == 1
    if is_month and end.day == monthrange(end.year, end.month)[1]:
        return f"{start:%Y-%m}"
    return f"{start}-to-{end}"
