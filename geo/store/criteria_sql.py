"""Criteria in, parameterised SQL conditions on `events` out.

Three-valued: a condition on the place is null for an event on which it cannot be tried. Only closed lists and numbers
of our own stand in the text (SQLite needs them there to use partial indexes); all that callers give is a parameter.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from geo.errors import InvalidInput
from geo.model import CERTAINTIES, STATUSES, BBox, Criteria, Filter
from geo.store import filtering
from geo.store.schema import BANDS_M, LONG_DAYS
from geo.text import key

COLUMN_OF: Final = {"possible": "border_min_m", "likely": "border_likely_m", "certain": "border_max_m"}
"""What must be no more than a distance, for an event to be within it as sure as asked."""


@dataclass(frozen=True, slots=True)
class Condition:
    """SQL of one condition and the parameters in it, in order."""

    sql: str
    params: tuple[Any, ...] = ()

    def __bool__(self) -> bool:
        """Whether it says anything."""
        return bool(self.sql)


NOTHING: Final = Condition("")


def all_of(conditions: Iterable[Condition]) -> Condition:
    """Return the conjunction; of none, what is always true."""
    said = [c for c in conditions if c]
    if not said:
        return Condition("1")
    return Condition(" AND ".join(f"({c.sql})" for c in said), tuple(p for c in said for p in c.params))


@dataclass(frozen=True, slots=True)
class Compiled:
    """Criteria as SQL, in parts that a query puts together."""

    plain: Condition
    """What does not ask for a place."""
    border: Condition
    """Within so far of the border, as sure as asked; null without a measure."""
    boxed: Condition
    """Box, polygon and radius; null without a position."""
    arms: tuple[Condition, ...]
    """Disjoint conditions on the dates, each served by an index of its own; an event matches when one holds."""
    undated: tuple[Condition, ...]
    """Those of the arms that events without a date may satisfy."""
    unlocated_match: bool

    @property
    def placed(self) -> Condition:
        """Everything that is asked of the place."""
        boxed = self.boxed
        if boxed and self.unlocated_match:
            boxed = Condition(f"({boxed.sql}) OR lon IS NULL", boxed.params)
        return all_of((self.border, boxed)) if self.border or boxed else NOTHING

    @property
    def not_placed(self) -> Condition | None:
        """What holds of events left out because they cannot be tried; none where none can be left out."""
        if self.boxed and not self.unlocated_match:
            untried = f"lon IS NULL AND ({self.border.sql or '1'}) IS NOT FALSE"
            return all_of((self.plain, Condition(untried, self.border.params)))
        if self.border:
            return all_of((self.plain, Condition("border_min_m IS NULL")))
        return None


def compiled(criteria: Criteria, *, fids: Sequence[int] | None = None) -> Compiled:
    """Compile criteria.

    Parameters
    ----------
    criteria : Criteria
    fids : sequence of int, optional
        Row numbers of the events within the polygon and the radius, where either is asked for (see `spatial`).

    Raises
    ------
    InvalidInput
        A value is out of range, not finite or of an unknown kind.
    """
    _in_order(criteria.start, criteria.end, "dates")
    _in_order(criteria.km_from, criteria.km_to, "stretch")
    plain = (
        _statuses(criteria.statuses),
        *_lists(criteria),
        *_stretch(criteria),
        _words(criteria.text),
        _filter(criteria.filter),
    )
    arms = _arms(criteria)
    is_bounded = criteria.start is not None or criteria.end is not None
    return Compiled(
        plain=all_of(plain),
        border=_border(criteria),
        boxed=all_of(parts) if (parts := _boxed(criteria, fids)) else NOTHING,
        arms=arms,
        undated=arms[len(arms) - criteria.unlocated_match :] if is_bounded else arms,
        unlocated_match=criteria.unlocated_match,
    )


def certainty(criteria: Criteria) -> Condition:
    """Return the expression of how sure an event is within `within_m`; null where that was not asked."""
    if criteria.within_m is None:
        return Condition("NULL")
    sql = "CASE WHEN border_max_m <= ? THEN 'certain' WHEN border_likely_m <= ? THEN 'likely' ELSE 'possible' END"
    return Condition(sql, (criteria.within_m, criteria.within_m))


def boxes(bbox: BBox) -> tuple[tuple[float, float, float, float], ...]:
    """Return a box as one box, or as two where it crosses the antimeridian."""
    west, south, east, north = bbox
    if west <= east:
        return ((west, south, east, north),)
    return ((west, south, 180.0, north), (-180.0, south, east, north))


def rtree_ids(parts: Iterable[tuple[float, float, float, float]]) -> Condition:
    """Return the select of row numbers of events that may lie in one of these boxes (the R*Tree rounds outwards)."""
    each = [Condition("maxx >= ? AND maxy >= ? AND minx <= ? AND miny <= ?", part) for part in parts]
    selects = (f"SELECT id FROM rtree_events_geom WHERE {c.sql}" for c in each)  # noqa: S608 - parameters only
    return Condition(" UNION ALL ".join(selects), tuple(p for c in each for p in c.params))


def finite(value: float, name: str, *, least: float = -math.inf) -> float:
    """Return a number that can be used, or refuse it."""
    if not math.isfinite(value) or value < least:
        raise InvalidInput(
            f"{name}: {value} is not a finite number" + (f" of at least {least:g}" * (least > -math.inf))
        )
    return float(value)


def _statuses(statuses: Sequence[str]) -> Condition:
    unknown = [s for s in statuses if s not in STATUSES]
    if unknown or not statuses:
        raise InvalidInput(f"statuses: {', '.join(unknown) or 'none given'}; known are {', '.join(STATUSES)}")
    wanted = ", ".join(f"'{s}'" for s in sorted(set(statuses)))
    asked = f"status = {wanted}" if len(set(statuses)) == 1 else f"status IN ({wanted})"
    # SQLite takes the index of what is not published only where that is said in the index's own words.
    return Condition(asked if "published" in statuses else f"{asked} AND status <> 'published'")


def _lists(criteria: Criteria) -> list[Condition]:
    lists = {
        "kind": criteria.kinds,
        "event_type": criteria.event_types,
        "id": criteria.ids,
        "border_side": criteria.sides,
        "municipality": criteria.municipalities,
        "area_id": criteria.areas,
    }
    return [_among(column, values) for column, values in lists.items() if values]


def _among(column: str, values: Sequence[Any]) -> Condition:
    if len(values) == 1:
        return Condition(f"{column} = ?", tuple(values))
    among = f"{column} IN (SELECT value FROM json_each(?))"  # noqa: S608 - our own column
    return Condition(among, (json.dumps(values),))


def _stretch(criteria: Criteria) -> list[Condition]:
    ends = (("border_km >= ?", criteria.km_from, "km_from"), ("border_km <= ?", criteria.km_to, "km_to"))
    return [Condition(sql, (finite(value, name),)) for sql, value, name in ends if value is not None]


def _words(text: str | None) -> Condition:
    if text is None or not text.strip():
        return NOTHING
    words = key(text).split()
    if not words:
        raise InvalidInput(f"text: {text!r} holds no word to look for")
    query = " AND ".join(f'"{word}"*' for word in words)
    return Condition("fid IN (SELECT rowid FROM event_words WHERE event_words MATCH ?)", (query,))


def _filter(asked: Filter | None) -> Condition:
    if asked is None:
        return NOTHING
    sql = filtering.condition(asked.tree)
    return Condition(sql.text, sql.params)


def _border(criteria: Criteria) -> Condition:
    if criteria.within_m is None:
        return NOTHING
    if criteria.certainty not in CERTAINTIES:
        raise InvalidInput(f"certainty: {criteria.certainty!r} is not one of {', '.join(CERTAINTIES)}")
    within_m = finite(criteria.within_m, "within_m", least=0)
    band = next((f" AND border_min_m <= {band_m}" for band_m in BANDS_M if within_m <= band_m), "")
    return Condition(f"{COLUMN_OF[criteria.certainty]} <= ?{band}", (within_m,))


def _boxed(criteria: Criteria, fids: Sequence[int] | None) -> list[Condition]:
    parts = []
    if criteria.bbox is not None:
        each = boxes(criteria.bbox)
        sql = " OR ".join(["(lon >= ? AND lat >= ? AND lon <= ? AND lat <= ?)"] * len(each))
        parts.append(Condition(sql, tuple(p for box in each for p in box)))
    if fids is not None:
        listed = json.dumps(list(fids))
        parts.append(Condition("fid IN (SELECT value FROM json_each(?))", (listed,)))
    return parts


def _arms(criteria: Criteria) -> tuple[Condition, ...]:
    start, end = criteria.start, criteria.end
    dated = [Condition("date_start <= ?", (end.isoformat(),))] if end else []
    if start is None:
        arms = [all_of(dated)]
    else:
        dated.append(Condition("date_last >= ?", (start.isoformat(),)))
        first = Condition(f"date_start >= ? AND span_days <= {LONG_DAYS}", (_before(start).isoformat(),))
        arms = [all_of((*dated, first)), all_of((*dated, Condition(f"span_days > {LONG_DAYS}")))]
    if dated and criteria.unlocated_match:
        arms.append(Condition("date_start IS NULL"))
    return tuple(arms)


def _in_order(first: Any, last: Any, what: str) -> None:
    if first is not None and last is not None and first > last:
        raise InvalidInput(f"{what}: begins at {first}, after its end at {last}")


def _before(day: date) -> date:
    return day - timedelta(days=LONG_DAYS) if day.toordinal() > LONG_DAYS else date.min
