"""The embedded back end: a single SQLite file that is a GeoPackage, for one machine and no server.

Each method is one transaction on a connection of `Connections`; what it does stands in the module that it calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from geo.model import Criteria, Decision, Event, LonLat, Status
from geo.store import counting, lookup, nearest, paging, snapshots, writing
from geo.store.columns import Dictionary
from geo.store.connections import Connections
from geo.store.interface import (
    PUBLIC,
    Change,
    Changes,
    Count,
    Dimension,
    Extent,
    LastWrite,
    Neighbour,
    Page,
    PutAction,
    Snapshot,
    Sort,
    Stored,
    Version,
)
from geo.store.tally import Tally


class SqliteStore:
    """A `Store` in one file; see `geo.store.interface` for what each method promises."""

    def __init__(self, path: Path, *, busy_timeout_s: float = 10.0, read_limit_s: float | None = None) -> None:
        self._connections = Connections(path, busy_timeout_s=busy_timeout_s, read_limit_s=read_limit_s)
        self._tally = Tally()

    @property
    def path(self) -> Path:
        """Where the file is."""
        return self._connections.path

    def put(self, events: Iterable[Event], *, who: str, why: str, action: PutAction) -> int:
        """Store events by their ids, and return the store's revision."""
        with self._connections.writing() as connection:
            return writing.put(connection, events, who=who, why=why, action=action)

    def seed(self, events: Iterable[Event]) -> int:
        """Take over shipped events, and return how many were added or renewed."""
        with self._connections.writing() as connection:
            return writing.seed(connection, events)

    def decide(
        self, event_id: str, decision: Decision, status: Status, *, expected: tuple[Status, ...] | None = None
    ) -> int:
        """Give an event another status, keep the decision, and return the store's revision."""
        with self._connections.writing() as connection:
            return writing.decide(connection, event_id, decision, status, expected=expected)

    def get(self, event_id: str, *, statuses: tuple[Status, ...] = PUBLIC) -> Stored:
        """Return one event."""
        with self._connections.reading() as connection:
            return lookup.get(connection, event_id, statuses=statuses)

    def statuses(self, ids: Iterable[str]) -> Mapping[str, Status]:
        """Return the status of each of these events that the store holds."""
        with self._connections.reading() as connection:
            return lookup.statuses_of(connection, ids)

    def page(
        self, criteria: Criteria, *, sort: Sort = "-date_start", limit: int = 100, cursor: str | None = None
    ) -> Page:
        """Return one page."""
        with self._connections.reading() as connection:
            return paging.page(connection, criteria, self._tally, sort=sort, limit=limit, cursor=cursor)

    def count(self, criteria: Criteria) -> Count:
        """Count exactly."""
        with self._connections.reading() as connection:
            return counting.count(connection, criteria, self._tally)

    def counts(self, criteria: Criteria, by: Dimension) -> Mapping[str, int]:
        """Count by groups."""
        with self._connections.reading() as connection:
            return counting.counts(connection, criteria, by)

    def extent(self, criteria: Criteria) -> Extent:
        """Return the box and the days that hold every matching event."""
        with self._connections.reading() as connection:
            return counting.extent(connection, criteria)

    def nearest(self, position: LonLat, k: int, criteria: Criteria) -> tuple[Neighbour, ...]:
        """Return the `k` matching events nearest to a position."""
        with self._connections.reading() as connection:
            return nearest.nearest(connection, position, k, criteria)

    def iterate(self, criteria: Criteria, *, sort: Sort = "-date_start") -> Iterator[bytes]:
        """Yield every matching feature of one state of the store."""
        with self._connections.reading(is_limited=False) as connection:
            yield from paging.iterate(connection, criteria, sort=sort)

    def history(self, event_id: str) -> tuple[Version, ...]:
        """Return every version of an event, oldest first."""
        with self._connections.reading() as connection:
            return lookup.history(connection, event_id)

    def changes(self, since: int) -> Iterator[Change]:
        """Yield what the public sees change after a revision."""
        with self._connections.reading(is_limited=False) as connection:
            yield from lookup.changes(connection, since)

    def snapshot(self, criteria: Criteria, names: Dictionary) -> Snapshot:
        """Return the matching events of one state as columns."""
        with self._connections.reading(is_limited=False) as connection:
            return snapshots.snapshot(connection, criteria, names)

    def changes_of_columns(self, since: int, names: Dictionary) -> Changes | None:
        """Return what was written since a revision as columns."""
        with self._connections.reading(is_limited=False) as connection:
            return snapshots.changes(connection, since, names)

    def revision(self) -> int:
        """Return the number of the last write."""
        with self._connections.reading() as connection:
            return lookup.revision(connection)

    def last_write(self) -> LastWrite:
        """Return which was the last write, and when."""
        with self._connections.reading() as connection:
            return lookup.last_write(connection)

    def close(self) -> None:
        """Let go of the file."""
        self._connections.close()
