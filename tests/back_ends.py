"""The back ends that every test of the contract runs over, and what the tests ask of a file."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

from geo.model import STATUSES, Criteria, Decision, Event
from geo.store import Store, open_store

ANY = Criteria(statuses=STATUSES)
SLOW = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
"""Each example makes a store on disk: shrinking a failure would take longer than a test may."""


@contextmanager
def embedded() -> Iterator[Store]:
    with tempfile.TemporaryDirectory() as folder, closing(open_store(Path(folder) / "store.gpkg")) as store:
        yield store


BACK_ENDS = {"sqlite": embedded}
each_back_end = pytest.mark.parametrize("back_end", BACK_ENDS)


def put(store: Store, *events: Event) -> int:
    return store.put(events, who="tester", why="test", action="ingest")


def rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def decision(event_id: str, action: Any = "accept") -> Decision:
    return Decision(event_id=event_id, action=action, who="ana", why="two sources", at="2024-05-01T10:00:00.000Z")


def check_integrity(path: Path) -> None:
    """Assert that every table of an embedded store agrees with every other."""
    with closing(sqlite3.connect(path)) as connection:
        ask = connection.execute
        assert ask("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert ask("SELECT rtreecheck('rtree_events_geom')").fetchone() == ("ok",)
        ask("INSERT INTO event_words (event_words) VALUES ('integrity-check')")
        fids = ask("SELECT fid FROM events ORDER BY fid").fetchall()
        assert ask("SELECT fid FROM event_text ORDER BY fid").fetchall() == fids
        pinned = ask("SELECT fid FROM events WHERE geom IS NOT NULL ORDER BY fid").fetchall()
        assert ask("SELECT id FROM rtree_events_geom ORDER BY id").fetchall() == pinned
        last = "SELECT event_id, max(revision) FROM event_history GROUP BY event_id ORDER BY event_id"
        assert ask(last).fetchall() == ask("SELECT id, revision FROM events ORDER BY id").fetchall()
