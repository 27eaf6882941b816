"""Selected events in, counts by time, type, kilometre of the line or hexagon out."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any, Final, Literal
from weakref import WeakKeyDictionary

import h3
import numpy as np
from numpy.typing import NDArray

from geo.model import BBox
from geo.store.columns import Columns
from geo.tiles.pyramid import Pyramid, Selection

Array = NDArray[Any]
Step = Literal["day", "month", "year"]

_FINEST: Final = 9
_RESOLUTIONS: Final = ((8, 4), (10, 5), (11, 6), (13, 7), (14, 8))
"""Up to a zoom, the H3 resolution whose cells are about 40 pixels wide."""
_MONTHS_SHOWN: Final = 30 * 12
_STRIP_KM: Final = 10.0
_hexagons: WeakKeyDictionary[Pyramid, dict[int, Array]] = WeakKeyDictionary()
_lock: Final = threading.Lock()


@dataclass(frozen=True, slots=True)
class Bins:
    """Counts by time: `starts[i]` is the first period (YYYY, YYYY-MM or YYYY-MM-DD) of `counts[i]`."""

    step: Step
    starts: tuple[str, ...]
    counts: tuple[int, ...]
    undated: int


def histogram(pyramid: Pyramid, selection: Selection, *, beside: Pyramid | None = None) -> Bins:
    """Count events by the period of their first day: by month, or by year where months would be too many.

    Periods run from the first event to the last one, whether it is selected or not, so that what a filter leaves can be
    seen beside what it takes away. `beside` has the other events where `pyramid` holds only those that were found.
    """
    months = _months(_first_days(pyramid, selection))
    undated = len(selection) - len(months)
    span = _span(pyramid, beside or pyramid)
    if span is None:
        return Bins("month", (), (), undated)
    first, last = span
    if last - first < _MONTHS_SHOWN:
        counts = np.bincount(months - first, minlength=last - first + 1)
        starts = tuple(f"{m // 12:04}-{m % 12 + 1:02}" for m in range(first, last + 1))
        return Bins("month", starts, tuple(counts.tolist()), undated)
    years = range(first // 12, last // 12 + 1)
    counts = np.bincount(months // 12 - first // 12, minlength=len(years))
    return Bins("year", tuple(f"{year:04}" for year in years), tuple(counts.tolist()), undated)


def strip(pyramid: Pyramid, selection: Selection) -> tuple[float, list[tuple[int, str, int]]]:
    """Count located events by stretch of the line and by year of their first day.

    Returns
    -------
    float
        Length of a stretch, in kilometres.
    list of (stretch, year, count)
        Stretches count from the north-west tripoint; only those with events.
    """
    rows = selection.located
    arrays = pyramid.located.arrays
    kms, years = arrays["border_km"][rows], arrays["first"][rows] // 10_000
    kept = ~np.isnan(kms) & (years > 0)
    keys = (kms[kept] // _STRIP_KM).astype(np.int64) * 10_000 + years[kept]
    counts = np.bincount(keys)
    found = np.flatnonzero(counts)
    return _STRIP_KM, [(int(k) // 10_000, f"{int(k) % 10_000:04}", int(counts[k])) for k in found]


def kinds_by_month(pyramid: Pyramid, selection: Selection, view: BBox) -> dict[str, dict[str, int]]:
    """Count the located events in a view by type, and within it by month (YYYY-MM)."""
    rows = pyramid.in_view(selection, view)
    arrays = pyramid.located.arrays
    months = arrays["first"][rows] // 100
    types = arrays["event_type"][rows].astype(np.int64)
    keys, counts = np.unique(types[months > 0] * 1_000_000 + months[months > 0], return_counts=True)
    found: dict[str, dict[str, int]] = {}
    for key, number in zip(keys.tolist(), counts.tolist(), strict=True):
        month = key % 1_000_000
        by_month = found.setdefault(pyramid.word(key // 1_000_000), {})
        by_month[f"{month // 100:04}-{month % 100:02}"] = number
    return found


@dataclass(frozen=True, slots=True)
class Hexagon:
    """An H3 cell with events in it."""

    id: str
    count: int
    ring: tuple[tuple[float, float], ...]
    """Its corners as longitude and latitude in degrees, not closed."""


def types(pyramid: Pyramid, selection: Selection) -> dict[str, int]:
    """Count events by type, with or without a position."""
    parts = ((pyramid.located, selection.located), (pyramid.unlocated, selection.unlocated))
    counts = np.bincount(np.concatenate([columns.arrays["event_type"][rows] for columns, rows in parts]))
    return {pyramid.word(int(number)): int(counts[number]) for number in np.flatnonzero(counts)}


def hexagons(pyramid: Pyramid, selection: Selection, view: BBox, zoom: int) -> list[Hexagon]:
    """Count the events of a view by H3 cell, the coarser the lower the zoom; hexagons at the edge are whole."""
    resolution = next((resolution for up_to, resolution in _RESOLUTIONS if zoom <= up_to), _FINEST)
    every = _cells(pyramid, resolution)
    here = np.unique(every[pyramid.in_view(selection, view)])
    cells = every[selection.located]
    found, counts = np.unique(cells[np.isin(cells, here)], return_counts=True)
    return [_hexagon(int(cell), int(number)) for cell, number in zip(found, counts, strict=True)]


def counts_by_cell(pyramid: Pyramid, selection: Selection, resolution: int) -> dict[str, int]:
    """Count events by H3 cell, in the order of the cells' names; those without a position under ""."""
    cells, counts = np.unique(_cells(pyramid, resolution)[selection.located], return_counts=True)
    names = (h3.int_to_str(int(cell)) for cell in cells)
    return _with_others(dict(zip(names, counts.tolist(), strict=True)), selection)


def counts_by_km(pyramid: Pyramid, selection: Selection) -> dict[str, int]:
    """Count events by the whole kilometre of the line that they are nearest to, from the north-west tripoint.

    An area has no kilometre of its own: events without a position count under "".
    """
    kms = pyramid.located.arrays["border_km"][selection.located]
    counts = np.bincount(kms[~np.isnan(kms)].astype(np.int64))
    found = {str(km): int(counts[km]) for km in np.flatnonzero(counts).tolist()}
    return _with_others(found, selection)


def _with_others(found: dict[str, int], selection: Selection) -> dict[str, int]:
    others = len(selection) - sum(found.values())
    return {"": others, **found} if others else found


def _hexagon(cell: int, count: int) -> Hexagon:
    name = h3.int_to_str(cell)
    return Hexagon(name, count, tuple((round(lon, 5), round(lat, 5)) for lat, lon in h3.cell_to_boundary(name)))


def _cells(pyramid: Pyramid, resolution: int) -> Array:
    """Return the H3 cell of every located event, worked out at the first need of a resolution.

    Not as the parents of finer cells: those reach over the edges of the hexagons that are drawn.
    """
    with _lock:
        known = _hexagons.setdefault(pyramid, {})
        if resolution not in known:
            known[resolution] = _cells_of(pyramid.located, resolution)
        return known[resolution]


def _cells_of(located: Columns, resolution: int) -> Array:
    places = np.stack([located.arrays["lat"], located.arrays["lon"]], axis=1)
    distinct, which = np.unique(places, axis=0, return_inverse=True)
    cells = [h3.str_to_int(h3.latlng_to_cell(lat, lon, resolution)) for lat, lon in distinct.tolist()]
    return np.array(cells, dtype=np.uint64)[which.reshape(-1)]


def _months(first_days: Array) -> Array:
    """Return the months, counted from the year 0, of those days that are known."""
    dated = first_days[first_days > 0]
    months: Array = dated // 10_000 * 12 + dated // 100 % 100 - 1
    return months


def _span(*pyramids: Pyramid) -> tuple[int, int] | None:
    """Return the first and the last month in which an event begins, if one has a date."""
    parts = [columns.arrays["first"] for pyramid in set(pyramids) for columns in (pyramid.located, pyramid.unlocated)]
    edges = [(part[part > 0].min(), part.max()) for part in parts if len(part) and part.max() > 0]
    if not edges:
        return None
    first, last = _months(np.array([min(first for first, _ in edges), max(last for _, last in edges)])).tolist()
    return first, last


def _first_days(pyramid: Pyramid, selection: Selection) -> Array:
    parts = ((pyramid.located, selection.located), (pyramid.unlocated, selection.unlocated))
    return np.concatenate([columns.arrays["first"][rows] for columns, rows in parts])
