"""Criteria in, exact counts out, of all that match and of groups of them; and what contains them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import date
from typing import Final

from geo.model import BBox, Criteria
from geo.store.access import Access, access
from geo.store.columns import is_usable
from geo.store.criteria_sql import Condition, all_of, compiled
from geo.store.interface import Count, Dimension, Extent, checked_dimension
from geo.store.lookup import revision
from geo.store.tally import Tally

_GROUPS: Final = {
    "month": "ifnull(substr(date_start, 1, 7), '')",
    "year": "ifnull(substr(date_start, 1, 4), '')",
    "type": "event_type",
    "kind": "kind",
    "municipality": "ifnull(municipality, '')",
    "side": "ifnull(border_side, '')",
}


def count(connection: sqlite3.Connection, criteria: Criteria, tally: Tally) -> Count:
    """Count what matches."""
    if is_usable(criteria):
        compiled(criteria)  # refuses what cannot be used
    return counted_by(connection, criteria, tally, None, at=revision(connection))


def counted_by(
    connection: sqlite3.Connection, criteria: Criteria, tally: Tally, read: Access | None, *, at: int
) -> Count:
    """Count what matches criteria that can be used: in memory where that is possible, else reading as `read` says.

    `at` is the revision that the connection sees.
    """
    if is_usable(criteria):
        counted = tally.count(connection, criteria, at)
        if counted is not None:
            return counted
    return _count_rows(connection, read or access(connection, criteria))


def _count_rows(connection: sqlite3.Connection, read: Access) -> Count:
    tally = Condition("count(*) AS n, count(*) FILTER (WHERE lon IS NULL AND area_id IS NOT NULL) AS areas")
    parts = read.selects(tally)
    sql = f"SELECT sum(n), sum(areas) FROM ({parts.sql})"  # noqa: S608 - parameters only
    matched, areas = connection.execute(sql, parts.params).fetchone()
    return Count(matched, areas, _not_placed(connection, read))


def counts(connection: sqlite3.Connection, criteria: Criteria, by: Dimension) -> Mapping[str, int]:
    """Count by groups, in the order of their names."""
    group = _GROUPS[checked_dimension(by)]
    parts = access(connection, criteria).selects(Condition(f"{group} AS name"))
    sql = f"SELECT name, count(*) FROM ({parts.sql}) GROUP BY name ORDER BY name"  # noqa: S608 - parameters only
    return dict(connection.execute(sql, parts.params))


def extent(connection: sqlite3.Connection, criteria: Criteria) -> Extent:
    """Return the box and the days that hold every matching event."""
    parts = access(connection, criteria).selects(Condition("lon, lat, date_start, date_last"))
    edges = "min(lon), min(lat), max(lon), max(lat), min(date_start), max(date_last)"
    found = connection.execute(f"SELECT {edges} FROM ({parts.sql})", parts.params).fetchone()  # noqa: S608 - parameters only
    first, last = (day and date.fromisoformat(day) for day in found[4:])
    return Extent(None if found[0] is None else BBox(*found[:4]), first, last)


def _not_placed(connection: sqlite3.Connection, read: Access) -> int:
    left_out = read.compiled.not_placed
    if left_out is None:
        return 0
    dates = Condition(" OR ".join(f"({arm.sql})" for arm in read.compiled.arms), _all_params(read.compiled.arms))
    where = all_of((Condition("lon IS NULL"), left_out, dates))
    index = "INDEXED BY events_public_area" if read.is_public else ""
    sql = f"SELECT count(*) FROM events {index} WHERE {where.sql}"  # noqa: S608 - parameters only
    number: int = connection.execute(sql, where.params).fetchone()[0]
    return number


def _all_params(conditions: tuple[Condition, ...]) -> tuple[object, ...]:
    return tuple(p for c in conditions for p in c.params)
