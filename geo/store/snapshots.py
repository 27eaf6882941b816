"""Criteria or a revision in, columns of the published events of one state out: what clusters and bins are made of."""

from __future__ import annotations

import sqlite3
from typing import Final

import numpy as np

from geo.model import Criteria
from geo.store.access import access
from geo.store.columns import SELECT, Dictionary, from_rows, load
from geo.store.criteria_sql import Condition
from geo.store.interface import Changes, Snapshot
from geo.store.lookup import revision

MOST_CHANGES: Final = 20_000
"""With more than these it is quicker to read the columns anew."""
_EVERYTHING: Final = Criteria()
_EVERY: Final = f"{SELECT} INDEXED BY events_public_date WHERE status = 'published'"


def snapshot(connection: sqlite3.Connection, criteria: Criteria, names: Dictionary) -> Snapshot:
    """Read the events that match; `connection` is in a transaction, so revision and rows are of one state."""
    if criteria == _EVERYTHING:
        return Snapshot(revision(connection), load(connection.execute(_EVERY), names))
    fids = access(connection, criteria).selects(Condition("fid"))
    sql = f"{SELECT} WHERE fid IN ({fids.sql})"
    return Snapshot(revision(connection), load(connection.execute(sql, fids.params), names))


def changes(connection: sqlite3.Connection, since: int, names: Dictionary) -> Changes | None:
    """Read the rows written after a revision; null where they are more than `MOST_CHANGES`."""
    sql = f"{SELECT} INDEXED BY events_revision WHERE revision > ? LIMIT {MOST_CHANGES + 1}"
    rows = connection.execute(sql, (since,)).fetchall()
    if len(rows) > MOST_CHANGES:
        return None
    fids = np.array([row[0] for row in rows], dtype=np.int64)
    public = [row for row in rows if row[-1] == "published"]
    return Changes(revision(connection), fids, from_rows(public, names))
