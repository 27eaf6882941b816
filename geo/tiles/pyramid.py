"""Columns of events in, a pyramid of clusters out: every zoom of every filter, with exact counts.

The located events stand sorted by the number of their cell (`geo.tiles.grid`), so each cell of each level is one run of
them. A filter leaves a rising list of rows; two halvings then count any cell. A cluster is drawn on one of its events,
the most central of a few: a real place, not the middle of a square, and seldom on top of its neighbour.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.model import BBox, Criteria
from geo.store.columns import Columns
from geo.tiles.grid import Cells, cells_in, mercator, numbers_of

Array = NDArray[Any]

_CANDIDATES: Final = 9
CERTAINTIES: Final = ("certain", "likely", "possible")
_KEPT_SELECTIONS: Final = 12
"""Filters whose rows are kept: at a million events each takes at most 12 MB."""


@dataclass(frozen=True, slots=True)
class Clusters:
    """What to draw in a view: arrays of one length, one row for each cell that holds a matching event."""

    level: int
    """Of the cells: 2**level by 2**level of them cover the world in Web Mercator."""
    xs: Array
    ys: Array
    counts: Array
    lons: Array
    lats: Array
    """Position of one of the events in the cell, in degrees (OGC:CRS84)."""
    types: tuple[str, ...]
    """Type of that event."""
    shares: Shares
    """How many events of each type are in each cell."""
    certainties: Shares | None = None
    """Where a distance to the line is asked for: how many lie certainly, likely and possibly within it."""


@dataclass(frozen=True, slots=True)
class Shares:
    """Counts of parts: `counts[i, j]` events of cell i are of the sort `names[j]`."""

    names: tuple[str, ...]
    counts: Array


@dataclass(frozen=True, slots=True)
class Selection:
    """The events that meet a filter: rows of the located ones, rising, and rows of the others."""

    located: Array
    unlocated: Array
    _parts: dict[str, list[tuple[str, Array]]] = field(default_factory=dict, compare=False, repr=False)

    def parts(self, name: str, split: Callable[[], list[tuple[str, Array]]]) -> list[tuple[str, Array]]:
        """Return the located rows in parts, each with its sort; `split` makes them at the first need."""
        if name not in self._parts:
            self._parts[name] = split()
        return self._parts[name]

    def __len__(self) -> int:
        """Return how many events match."""
        return len(self.located) + len(self.unlocated)


class Pyramid:
    """The events of one state of the store. Threads share it.

    Parameters
    ----------
    columns : Columns
        The published events, in any order.
    revision : int
        The state that they are of.
    """

    def __init__(self, columns: Columns, revision: int) -> None:
        is_located = ~np.isnan(columns.arrays["lon"])
        located = columns.take(is_located)
        numbers = numbers_of(located.arrays["lon"], located.arrays["lat"])
        order = np.argsort(numbers, kind="stable")
        self.revision = revision
        self.numbers = numbers[order]
        self.located = located.take(order)
        self.unlocated = columns.take(~is_located)
        self._words = _words(columns)
        self._selections: OrderedDict[Criteria, Selection] = OrderedDict()
        self._lock = threading.Lock()

    def followed(self, gone: Array, fresh: Columns, revision: int) -> Pyramid:
        """Return the pyramid of a later state: without some row numbers (of the store), with other rows in place."""
        parts = (self.located, self.unlocated)
        kept = [part.take(~np.isin(part.arrays["fid"], gone)) for part in parts]
        names = self.located.names
        arrays = {name: np.concatenate([part.arrays[name] for part in (*kept, fresh)]) for name in fresh.arrays}
        return Pyramid(Columns(arrays, names), revision)

    def select(self, criteria: Criteria) -> Selection:
        """Return the events that meet criteria which arrays can try (`geo.store.columns.is_usable`)."""
        asked = replace(criteria, certainty="possible") if criteria.within_m is None else criteria
        with self._lock:
            found = self._selections.get(asked)
            if found is not None:
                self._selections.move_to_end(asked)
                return found
        leave_out = ("box",) if asked.bbox is None else ()
        found = Selection(
            np.flatnonzero(self.located.verdicts(asked, leave_out=leave_out)).astype(np.int32),
            np.flatnonzero(self.unlocated.verdicts(asked, leave_out=leave_out)).astype(np.int32),
        )
        with self._lock:
            self._selections[asked] = found
            while len(self._selections) > _KEPT_SELECTIONS:
                self._selections.popitem(last=False)
        return found

    def clusters(self, selection: Selection, view: BBox, zoom: int, *, within_m: float | None = None) -> Clusters:
        """Return the clusters of the cells that a view touches, at a zoom; `within_m` as the selection has it."""
        cells = cells_in(view, zoom)
        bounds = self._bounds(cells)
        first, after = self._rows(bounds, selection.located)
        counts = after - first
        held = np.flatnonzero(counts)
        shown = self._most_central(cells, held, selection.located, (first[held], counts[held]))
        arrays = self.located.arrays
        types = tuple(self._words[number] for number in arrays["event_type"][shown])
        return Clusters(
            cells.level,
            cells.xs[held],
            cells.ys[held],
            counts[held],
            arrays["lon"][shown],
            arrays["lat"][shown],
            types,
            _shares(selection.parts("type", lambda: self._by_type(selection.located)), bounds, held),
            None
            if within_m is None
            else _shares(
                selection.parts("certainty", lambda: self._by_certainty(selection.located, within_m)), bounds, held
            ),
        )

    def _most_central(self, cells: Cells, held: Array, rows: Array, runs: tuple[Array, Array]) -> Array:
        """Return for each cell the row, of a few spread over its run, whose event lies nearest to the cell's middle."""
        first, counts = runs
        steps = (np.arange(_CANDIDATES) * 2 + 1)[:, np.newaxis]
        tried = rows[first + counts * steps // (2 * _CANDIDATES)]
        arrays = self.located.arrays
        xs, ys = mercator(arrays["lon"][tried], arrays["lat"][tried], cells.level)
        away = (xs - cells.xs[held] - 0.5) ** 2 + (ys - cells.ys[held] - 0.5) ** 2
        found: Array = np.take_along_axis(tried, np.argmin(away, axis=0)[np.newaxis], axis=0)[0]
        return found

    def areas(self, selection: Selection) -> dict[str, int]:
        """Count the selected events that are known only by an area, by that area."""
        numbers = self.unlocated.arrays["area_id"][selection.unlocated]
        counts = np.bincount(numbers, minlength=1)
        words = {number: word for word, number in self.unlocated.names["area_id"].numbers.items()}
        return {words[int(number)]: int(counts[number]) for number in np.flatnonzero(counts) if number}

    def word(self, number: int) -> str:
        """Return the event type that a number stands for."""
        return self._words[number]

    def in_view(self, selection: Selection, view: BBox) -> Array:
        """Return those of the selected rows that lie in a view, edges included."""
        first, after = self._rows(self._bounds(cells_in(view, 22)), selection.located)
        runs = [selection.located[a:b] for a, b in zip(first, after, strict=True) if a < b]
        rows = np.sort(np.concatenate(runs)) if runs else selection.located[:0]
        found = self.located.take(rows).verdicts(Criteria(bbox=view), leave_out=())
        return rows[found]

    def _bounds(self, cells: Cells) -> Array:
        """Return the rows at which each cell's run begins, and after them those at which it ends."""
        return np.searchsorted(self.numbers, np.concatenate(cells.runs))

    def _rows(self, bounds: Array, rows: Array) -> tuple[Array, Array]:
        """Return where each cell's run begins and ends within rising rows."""
        return _split(bounds if len(rows) == len(self.numbers) else np.searchsorted(rows, bounds))

    def _by_type(self, rows: Array) -> list[tuple[str, Array]]:
        return _parted(rows, self.located.arrays["event_type"][rows], self._words)

    def _by_certainty(self, rows: Array, within_m: float) -> list[tuple[str, Array]]:
        arrays = self.located.arrays
        is_certain = arrays["border_max_m"][rows] <= within_m
        is_likely = arrays["border_likely_m"][rows] <= within_m
        return _parted(rows, np.where(is_certain, 0, np.where(is_likely, 1, 2)), dict(enumerate(CERTAINTIES)))


def _split(bounds: Array) -> tuple[Array, Array]:
    half = len(bounds) // 2
    return bounds[:half], bounds[half:]


def _parted(rows: Array, numbers: Array, words: Mapping[int, str]) -> list[tuple[str, Array]]:
    """Return rising rows in parts by a number that each has, the fullest part first; each part rises as well."""
    order = np.argsort(numbers.astype(np.uint16), kind="stable")
    counts = np.bincount(numbers, minlength=1)
    ends = np.cumsum(counts)
    parts = [(words[int(n)], rows[order[ends[n] - counts[n] : ends[n]]]) for n in np.flatnonzero(counts)]
    return sorted(parts, key=lambda part: -len(part[1]))


def _shares(parts: list[tuple[str, Array]], bounds: Array, held: Array) -> Shares:
    """Count the rows of each part in the runs of the cells `held`."""
    counts = np.zeros((len(held), len(parts)), dtype=np.int64)
    for column, (_name, rows) in enumerate(parts):
        first, after = _split(np.searchsorted(rows, bounds))
        counts[:, column] = (after - first)[held]
    return Shares(tuple(name for name, _rows in parts), counts)


def _words(columns: Columns) -> dict[int, str]:
    return {number: word for word, number in columns.names["event_type"].numbers.items()}
