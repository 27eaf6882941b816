"""Criteria in, the SQL that reads matching rows out, with the index that serves it named.

SQLite has no statistics of a store that grows, so the index is chosen here and not by its planner:

===========================================  =====================================================
asked for                                    read through
===========================================  =====================================================
polygon, radius, words                       row numbers found first
box                                          row numbers from the columns in memory, where those are there
box with few events                          R*Tree, then sorted
large box                                    the covering index by date, newest first
within 5 km, within 25 km of the border      the partial covering index of that band
one type, one municipality                   the covering index by it and date
events longer than a month                   an index of their own, merged by date
another sort                                 the index of that sort
not (only) published                         SQLite's choice: few rows are not
===========================================  =====================================================
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Final

from geo.model import Criteria
from geo.store.criteria_sql import NOTHING, Compiled, Condition, all_of, boxes, compiled, rtree_ids
from geo.store.interface import PUBLIC
from geo.store.spatial import fids_within

_FEW: Final = 2_000
_ROW_NUMBERS: Final = "NOT INDEXED"
_BY_SORT: Final = {
    "border_distance_m": "events_public_distance",
    "fatalities": "events_public_fatalities",
    "updated_at": "events_public_updated",
    "id": "sqlite_autoindex_events_1",  # of the constraint that it is unique
}


@dataclass(frozen=True, slots=True)
class Access:
    """How to read the rows that match."""

    compiled: Compiled
    index: str
    """`INDEXED BY ...`, `NOT INDEXED` or nothing, as it stands after the table's name."""
    source: Condition
    """Select of the row numbers to try, where they are found first."""
    is_public: bool
    is_whole: bool = True
    """Whether every match is read so, and not only some that were chosen beforehand."""

    def selects(
        self, columns: Condition, extra: Condition = NOTHING, *, arms: tuple[Condition, ...] | None = None
    ) -> Condition:
        """Return the select of `columns` of every matching row, or of those of some arms; its parts are disjoint."""
        asked = (self.compiled.plain, self.compiled.placed, self._among_source(), extra)
        parts = []
        for arm in self.compiled.arms if arms is None else arms:
            where = all_of((*asked, arm))
            sql = f"SELECT {columns.sql} FROM events {self._index(arm)} WHERE {where.sql}"  # noqa: S608 - parameters only
            parts.append(Condition(sql, (*columns.params, *where.params)))
        return Condition(" UNION ALL ".join(p.sql for p in parts), tuple(v for p in parts for v in p.params))

    def _index(self, arm: Condition) -> str:
        is_long = "span_days >" in arm.sql and self.index == _indexed_by("date")
        return _indexed_by("long") if is_long else self.index

    def _among_source(self) -> Condition:
        if not self.source:
            return self.source
        areas = ""
        if self.compiled.unlocated_match and self.is_whole:
            public = " AND status = 'published'" if self.is_public else ""
            areas = f" UNION ALL SELECT fid FROM events WHERE lon IS NULL{public}"  # noqa: S608 - constants
        return Condition(f"fid IN ({self.source.sql}{areas})", self.source.params)


def access(connection: sqlite3.Connection, criteria: Criteria, *, sort: str = "date_start") -> Access:
    """Choose how to read the events that match, in the order of a column of `events`.

    Raises
    ------
    InvalidInput
        The criteria cannot be used.
    """
    fids = fids_within(connection, criteria)
    parts = compiled(criteria, fids=fids)
    is_public = criteria.statuses == PUBLIC
    source = _source(connection, criteria, fids)
    if source or (criteria.text or "").strip():
        index = _ROW_NUMBERS
    else:
        index = _index(criteria, sort) if is_public and not criteria.ids else ""
    return Access(compiled=parts, index=index, source=source, is_public=is_public)


def access_among(criteria: Criteria, fids: list[int]) -> Access:
    """Return how to read a page that is known to be among some rows."""
    return Access(compiled(criteria), _ROW_NUMBERS, _listed(fids), is_public=True, is_whole=False)


def _listed(fids: list[int]) -> Condition:
    return Condition("SELECT value FROM json_each(?)", (f"[{','.join(map(str, fids))}]",))


def _source(connection: sqlite3.Connection, criteria: Criteria, fids: list[int] | None) -> Condition:
    if fids is not None:
        return _listed(fids)
    if criteria.bbox is None or criteria.ids or (criteria.text or "").strip():
        return NOTHING
    ids = rtree_ids(boxes(criteria.bbox))
    counted = f"SELECT count(*) FROM (SELECT 1 FROM ({ids.sql}) LIMIT {_FEW + 1})"  # noqa: S608 - parameters only
    number = connection.execute(counted, ids.params).fetchone()[0]
    return ids if number <= _FEW else NOTHING


def _index(criteria: Criteria, sort: str) -> str:
    if sort in _BY_SORT:
        return f"INDEXED BY {_BY_SORT[sort]}"
    within_m = criteria.within_m
    if within_m is not None and within_m <= 5_000:
        return _indexed_by("5km")
    if len(criteria.event_types) == 1:
        return _indexed_by("type")
    if len(criteria.municipalities) == 1:
        return _indexed_by("municipality")
    return _indexed_by("25km" if within_m is not None and within_m <= 25_000 else "date")


def _indexed_by(name: str) -> str:
    return f"INDEXED BY events_public_{name}"
