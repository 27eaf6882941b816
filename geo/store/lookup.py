"""An id or a revision in, the event, its history or the changes since out."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from geo.errors import NotFound
from geo.model import Decision, Status
from geo.store.full_record import from_json
from geo.store.interface import Change, LastWrite, Stored, Version

_BATCH: Final = 500
_LAST_WRITE: Final = """
SELECT value, (SELECT last_change FROM gpkg_contents WHERE table_name = 'events')
FROM store_state WHERE name = 'revision'
"""
_CHANGES: Final = """
SELECT id, revision, feature FROM events JOIN event_text USING (fid) WHERE status = 'published' AND revision > ?
UNION ALL SELECT id, revision, NULL FROM event_tombstones WHERE revision > ? ORDER BY revision, id
"""


def revision(connection: sqlite3.Connection) -> int:
    """Return the number of the last write."""
    number: int = connection.execute("SELECT value FROM store_state WHERE name = 'revision'").fetchone()[0]
    return number


def last_write(connection: sqlite3.Connection) -> LastWrite:
    """Return which was the last write, and when."""
    number, at = connection.execute(_LAST_WRITE).fetchone()
    return LastWrite(number, datetime.fromisoformat(at))


def get(connection: sqlite3.Connection, event_id: str, *, statuses: tuple[Status, ...]) -> Stored:
    """Return one event of one of these statuses."""
    row = connection.execute(
        "SELECT status, revision, feature FROM events JOIN event_text USING (fid) WHERE id = ?", (event_id,)
    ).fetchone()
    if row is None or row[0] not in statuses:
        raise NotFound(f"there is no event {event_id!r}")
    (record,) = connection.execute(
        "SELECT record FROM event_history WHERE event_id = ? ORDER BY hid DESC LIMIT 1", (event_id,)
    ).fetchone()
    return Stored(event=from_json(record), feature=row[2], revision=row[1])


def statuses_of(connection: sqlite3.Connection, ids: Iterable[str]) -> Mapping[str, Status]:
    """Return the status of each of these events that is there."""
    wanted = json.dumps(list(ids))
    found = connection.execute(
        "SELECT id, status FROM events WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id", (wanted,)
    )
    return dict(found)


def history(connection: sqlite3.Connection, event_id: str) -> tuple[Version, ...]:
    """Return every version of an event, oldest first."""
    rows = connection.execute(
        "SELECT revision, action, who, why, at, status, record FROM event_history WHERE event_id = ? ORDER BY hid",
        (event_id,),
    ).fetchall()
    if not rows:
        raise NotFound(f"there is no event {event_id!r}")
    return tuple(
        Version(
            revision=number,
            decision=Decision(event_id=event_id, action=action, who=who, why=why, at=at),
            status=status,
            event=from_json(record),
        )
        for number, action, who, why, at, status, record in rows
    )


def changes(connection: sqlite3.Connection, since: int) -> Iterator[Change]:
    """Yield what the public sees change after a revision."""
    found = connection.execute(_CHANGES, (since, since))
    while rows := found.fetchmany(_BATCH):
        for row in rows:
            yield Change(*row)
