"""Columns in memory and a place in a list in, the rows of the next page out, or the few among which they are.

Through an index by place, the rows of a page have to be read and sorted before all but the first are thrown away. The
columns know the order of all that was there when they were read, so the first page of a list is known without a look at
the rows. Where later writes have a part in it, or where a list goes on, the columns know the days: only rows near the
page are read, and what the columns say is checked by the query that reads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.store.columns import Hits, day_text
from geo.store.cursor import Place

_SAMPLE: Final = 2_000
"""Events of which the order is looked at to guess where a page ends."""
_SPARE: Final = 8
"""Of the sample, how many more than the guess are taken, for it may be short."""
MOST_HITS: Final = 200_000
"""With more than these, the index by date comes upon a page soon enough."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A stretch of a list sorted by date."""

    number: int
    is_descending: bool
    after: Place | None


class Chosen(NamedTuple):
    """Row numbers of events."""

    fids: list[int]
    is_page: bool
    """Whether these are the rows of the page, in their order; else every row of it is among them."""


class Stale(NamedTuple):
    """What was written after the columns were read."""

    changed: Sequence[int]
    """Numbers of the rows of the columns that are no longer what they were."""
    fresh: tuple[Hits, ...]
    """Those that match now."""


def chosen(hits: Sequence[Hits], stale: Stale, wanted: Wanted, *, undated: int) -> Chosen | None:
    """Return the rows of a stretch, or some that hold every one of them; null where there are too many to choose from.

    Parameters
    ----------
    hits : sequence of Hits
        What matched when the columns were read.
    stale : Stale
    wanted : Wanted
    undated : int
        How many events had no date then: their ranks come first.
    """
    if sum(len(each) for each in (*hits, *stale.fresh)) > MOST_HITS:
        return None
    if wanted.after is None and not any(len(each) for each in stale.fresh):
        return Chosen(_first(hits, stale, wanted, undated), is_page=True)
    fids = np.concatenate([each.fids() for each in (*hits, *stale.fresh)])
    days = np.concatenate([each.days() for each in (*hits, *stale.fresh)])
    spare = len(stale.changed)
    return Chosen(fids[_near(days, wanted, wanted.number + spare)].tolist(), is_page=False)


def _first(hits: Sequence[Hits], stale: Stale, wanted: Wanted, undated: int) -> list[int]:
    """Return the first rows of the list, in its order."""
    number = wanted.number + len(stale.changed)
    parts = [_foremost(each, number, _order(each.ranks, wanted, undated)) for each in hits]
    fids, order = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    gone = frozenset(stale.changed)
    rows: list[int] = fids[np.argsort(order)].tolist()
    return [fid for fid in rows if fid not in gone][: wanted.number]


def _order(ranks: NDArray[Any], wanted: Wanted, undated: int) -> NDArray[Any]:
    """Return what the list is sorted by; the undated come last in both directions."""
    return -ranks if wanted.is_descending else np.where(ranks < undated, ranks + np.int64(2**32), ranks)


def _foremost(hits: Hits, number: int, order: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return row numbers and order of at least the first ones, in no order, and of few more.

    Where the first ones end is guessed from a sample; where that leaves too few, all are returned.
    """
    mask = hits.mask
    step = len(hits) // _SAMPLE
    sample = order[::step][mask[::step]] if step > 1 else order[:0]
    at = 2 * number * len(sample) // max(len(hits), 1) + _SPARE
    if at < len(sample):
        near = mask & (order <= np.partition(sample, at)[at])
        mask = near if np.count_nonzero(near) >= number else mask
    return hits.fids(mask), order[mask]


def _near(days: NDArray[Any], wanted: Wanted, least: int) -> NDArray[np.bool_]:
    """Return which days the stretch may hold; how events of one day are ordered is not known here."""
    shared, later = _following(days, wanted)
    number = int(np.count_nonzero(later))
    if number <= least:
        later |= shared | (days == 0)
        return later
    at = number - least if wanted.is_descending else least - 1
    edge = np.partition(days[later], at)[at]
    later &= days >= edge if wanted.is_descending else days <= edge
    later |= shared
    return later


def _following(days: NDArray[Any], wanted: Wanted) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which events are of the day that the stretch begins in, and which are of those that follow."""
    dated: NDArray[np.bool_] = days > 0
    if wanted.after is None:
        return np.zeros_like(dated), dated
    if wanted.after.value is None:
        return np.zeros_like(dated), np.zeros_like(dated)
    day = day_text(str(wanted.after.value))
    return dated & (days == day), dated & (days < day if wanted.is_descending else days > day)
