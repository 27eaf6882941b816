"""Columns in memory and a place in a list in, the row numbers among which the next page is out.

Through an index by place, the rows of a page have to be read and sorted before all but the first are thrown away. The
columns know the days, so that only rows near the page are read; what they say is checked by the query that reads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.model import Criteria
from geo.store.columns import Columns, day_text
from geo.store.cursor import Place

MOST_HITS: Final = 50_000
"""With more than these, the index by date comes upon a page soon enough."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A stretch of a list sorted by date."""

    number: int
    is_descending: bool
    after: Place | None


def among(
    located: Sequence[Columns], unlocated: Sequence[Columns], criteria: Criteria, wanted: Wanted
) -> list[int] | None:
    """Return row numbers that hold every row of a stretch, and few others; null where there are too many to choose.

    Parameters
    ----------
    located, unlocated : sequence of Columns
        The events with a position and those without, in orders that suit the criteria.
    criteria : Criteria
        That columns can try (`is_usable`).
    wanted : Wanted
    """
    parts = [columns.hits(criteria) for columns in located]
    if criteria.unlocated_match:  # whoever has no position lies in every box
        parts += [columns.hits(criteria, leave_out=("box",)) for columns in unlocated]
    fids, days = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    if len(fids) > MOST_HITS:
        return None
    chosen: list[int] = fids[_near(days, wanted)].tolist()
    return chosen


def _near(days: NDArray[Any], wanted: Wanted) -> NDArray[np.bool_]:
    """Return which days the stretch may hold; how events of one day are ordered is not known here."""
    shared, later = _following(days, wanted)
    number = int(np.count_nonzero(later))
    if number <= wanted.number:
        later |= shared | (days == 0)
        return later
    at = number - wanted.number if wanted.is_descending else wanted.number - 1
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
