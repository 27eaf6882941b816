"""Rows of `events` in, arrays out that count what matches criteria: the same answers as the SQL, in microseconds."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.model import Criteria
from geo.store.criteria_sql import COLUMN_OF, boxes
from geo.store.interface import PUBLIC

Array = NDArray[Any]

_NUMBERS: Final = ("lon", "lat", "border_min_m", "border_likely_m", "border_max_m", "border_km")
_DAYS: Final = ("first", "last")
_NAMES: Final = ("kind", "event_type", "border_side", "municipality", "area_id")
_DTYPES: Final = {
    "fid": np.int64,
    "rank": np.int32,
    **dict.fromkeys(_NUMBERS, np.float64),
    **dict.fromkeys(_DAYS, np.int32),
    **dict.fromkeys(_NAMES, np.int32),
}
SELECT: Final = (
    "SELECT fid, lon, lat, border_min_m, border_likely_m, border_max_m, border_km,"
    " ifnull(CAST(replace(date_start, '-', '') AS INTEGER), 0) * 100000000"
    " + ifnull(CAST(replace(date_last, '-', '') AS INTEGER), 0),"
    " json_array(kind, event_type, border_side, municipality, area_id), status FROM events"
)
"""Days are whole numbers YYYYMMDD, 0 for none, the first and the last in one number; null numbers become NaN, with
which nothing compares. Fewer values in a row, and one text instead of five, are read in two thirds of the time."""
_DAY_BASE: Final = 100_000_000
TESTS: Final = ("border", "box", "days", "lists", "stretch")
_BATCH: Final = 20_000


@dataclass(slots=True)
class Names:
    """Numbers for the words of a column; null is 0."""

    numbers: dict[str, int] = field(default_factory=dict)

    def number(self, word: str | None) -> int:
        """Return the number of a word, a new one for a new word."""
        return 0 if word is None else self.numbers.setdefault(word, len(self.numbers) + 1)

    def known(self, words: Iterable[str]) -> list[int]:
        """Return the numbers of those words that occur."""
        return [self.numbers[word] for word in words if word in self.numbers]


Dictionary = Mapping[str, Names]


class Hits:
    """Events that match, among those of some arrays; nothing is gathered before it is asked for."""

    def __init__(self, arrays: Mapping[str, Array], mask: Array | None) -> None:
        self._arrays = arrays
        self.mask = np.ones(len(arrays["fid"]), dtype=np.bool_) if mask is None else mask
        """Which of `ranks` match."""
        self._number = int(np.count_nonzero(self.mask))

    def __len__(self) -> int:
        """Return the number of events that match."""
        return self._number

    @property
    def ranks(self) -> Array:
        """Places in the order of date and id, of those that do not match as well."""
        return self._arrays["rank"]

    def fids(self, mask: Array | None = None) -> Array:
        """Return the row numbers of those that match, or of those of another mask."""
        return self._arrays["fid"][self.mask if mask is None else mask]

    def days(self) -> Array:
        """Return the first days of those that match, YYYYMMDD; 0 for none."""
        return self._arrays["first"][self.mask]


def dictionary() -> Dictionary:
    """Return empty names for every column of words."""
    return {name: Names() for name in _NAMES}


@dataclass(frozen=True, slots=True)
class Columns:
    """Events as arrays of one length, in the order of one of them (`sorted_by`), or in none."""

    arrays: Mapping[str, Array]
    names: Dictionary
    sorted_by: str = ""

    def __len__(self) -> int:
        """Return the number of events."""
        return len(self.arrays["fid"])

    def take(self, rows: Array | slice, *, sorted_by: str = "") -> Columns:
        """Return some of the rows, in the order given."""
        return Columns({name: array[rows] for name, array in self.arrays.items()}, self.names, sorted_by)

    def in_order_of(self, name: str) -> Columns:
        """Return the rows sorted by a column, NaN last."""
        return self.take(np.argsort(self.arrays[name], kind="stable"), sorted_by=name)

    def count(self, criteria: Criteria) -> int:
        """Return how many match."""
        if not len(self):
            return 0
        rows = self._narrowed(criteria)
        tests = [test for name in TESTS for test in rows.tests(name, criteria)]
        return int(np.count_nonzero(_all(tests))) if tests else len(rows)

    def hits(self, criteria: Criteria, *, leave_out: tuple[str, ...] = ()) -> Hits:
        """Return the events that meet every filter but those left out."""
        rows = self._narrowed(criteria)
        tests = [test for name in TESTS if name not in leave_out for test in rows.tests(name, criteria)]
        return Hits(rows.arrays, _all(tests) if tests else None)

    def verdicts(self, criteria: Criteria, *, leave_out: tuple[str, ...]) -> Array:
        """Return for each event whether it meets every filter but those left out."""
        tests = [test for name in TESTS if name not in leave_out for test in self.tests(name, criteria)]
        return _all(tests) if tests else np.ones(len(self), dtype=np.bool_)

    def tests(self, name: str, criteria: Criteria) -> Iterable[Array]:
        """Return arrays of verdicts of one of `TESTS`; none where the order has settled it or nothing is asked."""
        test: Callable[[Criteria], Iterable[Array]] = getattr(self, f"_{name}")
        return test(criteria)

    def _narrowed(self, criteria: Criteria) -> Columns:
        """Return the rows among which all that match are, found by halving where the order allows it."""
        if self.sorted_by == "border_min_m" and criteria.within_m is not None:
            end = np.searchsorted(self.arrays["border_min_m"], criteria.within_m, side="right")
            return self.take(slice(0, int(end)), sorted_by=self.sorted_by)
        box = criteria.bbox
        if self.sorted_by == "lon" and box is not None and box.west <= box.east:
            start = np.searchsorted(self.arrays["lon"], box.west, side="left")
            end = np.searchsorted(self.arrays["lon"], box.east, side="right")
            return self.take(slice(int(start), int(end)), sorted_by=self.sorted_by)
        return self

    def _border(self, criteria: Criteria) -> Iterable[Array]:
        if criteria.within_m is None:
            return
        column = COLUMN_OF[criteria.certainty]
        if self.sorted_by != column:
            yield self.arrays[column] <= criteria.within_m

    def _box(self, criteria: Criteria) -> Iterable[Array]:
        if criteria.bbox is None:
            return
        parts = boxes(criteria.bbox)
        has_lon_settled = self.sorted_by == "lon" and len(parts) == 1
        verdicts = [self._within(part, has_lon_settled=has_lon_settled) for part in parts]
        yield verdicts[0] if len(verdicts) == 1 else np.logical_or.reduce(verdicts)

    def _within(self, box: tuple[float, float, float, float], *, has_lon_settled: bool) -> Array:
        west, south, east, north = box
        lons, lats = self.arrays["lon"], self.arrays["lat"]
        inside = lats >= south
        inside &= lats <= north
        if not has_lon_settled:
            inside &= (lons >= west) & (lons <= east)
        return inside

    def _days(self, criteria: Criteria) -> Iterable[Array]:
        if criteria.start is None and criteria.end is None:
            return
        first, last = self.arrays["first"], self.arrays["last"]
        kept = first > 0
        if criteria.start is not None:
            kept &= last >= day_number(criteria.start)
        if criteria.end is not None:
            kept &= first <= day_number(criteria.end)
        yield kept | (first == 0) if criteria.unlocated_match else kept

    def _lists(self, criteria: Criteria) -> Iterable[Array]:
        asked = (criteria.kinds, criteria.event_types, criteria.sides, criteria.municipalities, criteria.areas)
        for name, words in zip(_NAMES, asked, strict=True):
            if words:
                numbers = self.names[name].known(words)
                column = self.arrays[name]
                yield column == numbers[0] if len(numbers) == 1 else np.isin(column, numbers)

    def _stretch(self, criteria: Criteria) -> Iterable[Array]:
        km = self.arrays["border_km"]
        if criteria.km_from is not None:
            yield km >= criteria.km_from
        if criteria.km_to is not None:
            yield km <= criteria.km_to


def _all(tests: Sequence[Array]) -> Array:
    kept = tests[0]
    for test in tests[1:]:
        kept = kept & test
    return kept


def day_number(day: date) -> int:
    """Return a day as the whole number YYYYMMDD."""
    return day.year * 10_000 + day.month * 100 + day.day


def day_text(day: str) -> int:
    """Return a day in ISO 8601 as the whole number YYYYMMDD; 0 for what is none."""
    digits = day.replace("-", "")
    return int(digits) if digits.isdecimal() and len(digits) == 8 else 0


def load(found: sqlite3.Cursor, names: Dictionary) -> Columns:
    """Return the rows of a cursor on `SELECT` (its status is dropped) as columns, which rank as the cursor does."""
    parts = [_arrays([], names)]
    while rows := found.fetchmany(_BATCH):
        parts.append(_arrays(rows, names))
    arrays = {name: np.concatenate([part[name] for part in parts]) for name in _DTYPES}
    return Columns(arrays | {"rank": np.arange(len(arrays["fid"]), dtype=np.int32)}, names)


def from_rows(rows: Sequence[Sequence[Any]], names: Dictionary) -> Columns:
    """Return rows of `SELECT` as columns; nothing is known of their ranks."""
    return Columns(_arrays(rows, names), names)


def _arrays(rows: Sequence[Sequence[Any]], names: Dictionary) -> dict[str, Array]:
    columns = list(zip(*rows, strict=True)) if rows else [()] * (len(_NUMBERS) + 4)
    made = {"fid": np.array(columns[0], dtype=_DTYPES["fid"]), "rank": np.full(len(rows), -1, dtype=np.int32)}
    for name, values in zip(_NUMBERS, columns[1:], strict=False):
        made[name] = np.array(values, dtype=_DTYPES[name])
    days = np.array(columns[-3], dtype=np.int64)
    made["first"], made["last"] = (part.astype(np.int32) for part in divmod(days, _DAY_BASE))
    return made | _numbered(columns[-2], names)


def _numbered(texts: Sequence[str], names: Dictionary) -> dict[str, Array]:
    """Return the numbers of the words in each of many texts, of which few differ: each is read once."""
    distinct = {text: row for row, text in enumerate(dict.fromkeys(texts))}
    words = [json.loads(text) for text in distinct]
    rows = np.fromiter(map(distinct.__getitem__, texts), dtype=np.int64, count=len(texts))
    columns = ([row[place] for row in words] for place in range(len(_NAMES)))
    numbers = ([names[name].number(word) for word in column] for name, column in zip(_NAMES, columns, strict=True))
    return {name: np.array(found, dtype=_DTYPES[name])[rows] for name, found in zip(_NAMES, numbers, strict=True)}


def is_usable(criteria: Criteria) -> bool:
    """Whether arrays can count this: published events, without words, ids, filter, polygon or radius."""
    others = (
        criteria.filter,
        criteria.ids,
        criteria.polygon,
        criteria.near,
        criteria.radius_m,
        (criteria.text or "").strip(),
    )
    return criteria.statuses == PUBLIC and all(other in ((), None, "") for other in others)
