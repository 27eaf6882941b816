"""A position in, the matching events nearest to it out: circles in the R*Tree that grow until they hold enough."""

from __future__ import annotations

import sqlite3
from typing import Final

import numpy as np

from geo.errors import InvalidInput
from geo.geojson import with_certainty
from geo.model import Criteria, LonLat
from geo.store.access import Access, access
from geo.store.criteria_sql import NOTHING, Condition, certainty
from geo.store.interface import Neighbour
from geo.store.spatial import around, distances_m, points_in

_FIRST_RADIUS_M: Final = 2_000.0
_GROWTH: Final = 3.0
_FARTHEST_M: Final = 20_040_000.0
"""No two points on Earth are farther apart (half a meridian is 20,004 km)."""


def nearest(connection: sqlite3.Connection, position: LonLat, k: int, criteria: Criteria) -> tuple[Neighbour, ...]:
    """Return the `k` nearest, nearest first, ties by id; fewer where fewer match."""
    if k < 1:
        raise InvalidInput(f"k: {k} is less than 1")
    read = access(connection, criteria)
    radius_m, found = _FIRST_RADIUS_M, list[tuple[float, str, int]]()
    while True:
        found = _within(connection, position, radius_m, read)
        if len(found) >= k or radius_m >= _FARTHEST_M:
            return tuple(_neighbour(connection, criteria, m, fid) for m, _, fid in sorted(found)[:k])
        radius_m = min(radius_m * _GROWTH, _FARTHEST_M)


def _within(
    connection: sqlite3.Connection, position: LonLat, radius_m: float, read: Access
) -> list[tuple[float, str, int]]:
    """Return distance, id and row number of the matching events in a circle."""
    points = points_in(connection, around(position, radius_m))
    metres = distances_m(position, points.lons, points.lats)
    inside = np.flatnonzero(metres <= radius_m)
    near = dict(zip(points.fids[inside].tolist(), metres[inside].tolist(), strict=True))
    among = Condition("fid IN (SELECT value FROM json_each(?))", (f"[{','.join(map(str, near))}]",))
    query = Access(read.compiled, "NOT INDEXED", NOTHING, read.is_public).selects(Condition("fid, id"), among)
    return [(near[fid], event_id, fid) for fid, event_id in connection.execute(query.sql, query.params)]


def _neighbour(connection: sqlite3.Connection, criteria: Criteria, metres: float, fid: int) -> Neighbour:
    sure = certainty(criteria)
    sql = f"SELECT feature, {sure.sql} FROM event_text JOIN events USING (fid) WHERE fid = ?"  # noqa: S608 - constants
    feature, how_sure = connection.execute(sql, (*sure.params, fid)).fetchone()
    return Neighbour(feature if how_sure is None else with_certainty(feature, how_sure), metres)
