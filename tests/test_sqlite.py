"""What the embedded store promises beyond the contract: a valid GeoPackage, its indexes, and clear refusals."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InvalidInput, StoreError
from geo.model import STATUSES, BBox, Criteria, LonLat
from geo.store import open_store
from geo.store.interface import SORTS
from geo.store.lookup import revision
from geo.store.migrations import STEPS, migrate
from geo.store.sqlite import SqliteStore
from tests.back_ends import SLOW, check_integrity, put, rows
from tests.factories import bboxes, criteria, event_lists, incident
from tests.oracle import ids, in_order, matching

ROOT = Path(__file__).parents[1]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new folder" / "store ž?#%.gpkg"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore(path, busy_timeout_s=0.05)) as opened:
        yield opened


# Indexes


def plans(store: SqliteStore, ask) -> str:
    """Return how SQLite reads what a call asks: the query plan of every statement on events."""
    said: list[str] = []
    with store._connections.reading() as connection:
        connection.set_trace_callback(said.append)
    ask()
    with store._connections.reading() as connection:
        connection.set_trace_callback(None)
        statements = [s for s in said if s.startswith("SELECT") and "FROM events" in s]
        steps = [row[3] for s in statements for row in connection.execute(f"EXPLAIN QUERY PLAN {s}")]
    assert steps
    return "\n".join(steps)


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        (Criteria(), "date"),
        (Criteria(within_m=5_000), "5km"),
        (Criteria(within_m=800, start=date(2023, 1, 1)), "5km"),
        (Criteria(within_m=20_000, certainty="certain", event_types=("raid", "arrest")), "25km"),
        (Criteria(within_m=60_000), "date"),
        (Criteria(event_types=("raid",), end=date(2023, 1, 1)), "type"),
        (Criteria(municipalities=("Zvečan",)), "municipality"),
        (Criteria(start=date(2023, 1, 1)), "long"),
    ],
    ids=repr,
)
def test_a_page_newest_first_is_read_off_a_covering_index_without_sorting(store, asked, index):
    put(store, *(incident(f"e{n}") for n in range(10)))
    plan = plans(store, lambda: store.page(asked))
    assert f"USING COVERING INDEX events_public_{index}" in plan
    assert "SCAN events\n" not in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize("sort", SORTS)
def test_every_sort_has_an_index(store, sort):
    put(store, *(incident(f"e{n}") for n in range(10)))
    assert "TEMP B-TREE" not in plans(store, lambda: store.page(Criteria(), sort=sort))


@pytest.mark.parametrize(
    "asked",
    [
        Criteria(bbox=BBox(20, 42, 21, 43)),
        Criteria(polygon="POLYGON ((20 42, 21 42, 21 43, 20 42))"),
        Criteria(near=LonLat(20.8, 42.9), radius_m=10_000),
    ],
    ids=["box", "polygon", "radius"],
)
def test_a_place_is_found_through_the_rtree(store, asked):
    put(store, *(incident(f"e{n}") for n in range(10)))
    plan = plans(store, lambda: store.page(asked))
    assert "rtree_events_geom VIRTUAL TABLE INDEX" in plan
    assert "SCAN events\n" not in plan


def test_a_box_with_many_events_is_read_newest_first_instead(store, monkeypatch):
    put(store, *(incident(f"e{n}") for n in range(10)))
    monkeypatch.setattr("geo.store.access._FEW", 5)
    asked = Criteria(bbox=BBox(20, 42, 21, 43))
    assert "USING COVERING INDEX events_public_date" in plans(store, lambda: store.page(asked))
    assert store.count(asked).number_matched == 10


# Opening


def test_a_store_is_made_with_its_folder_and_opened_again(path):
    for expected in (1, 1):
        with closing(open_store(path)) as store:
            assert put(store, incident()) == expected


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"id,title\n1,x\n" * 100, "not a SQLite file"), (b"SQLite format 3\0" + b"\1" * 5_000, "store"), (None, "open")],
    ids=["a table", "a damaged file", "a folder"],
)
def test_what_is_not_a_store_is_refused_and_left_alone(tmp_path, content, said):
    path = tmp_path / "other"
    path.mkdir() if content is None else path.write_bytes(content)
    with pytest.raises(StoreError, match=said) as caught:
        open_store(path)
    assert str(caught.value).startswith(str(path))
    if content is not None:
        assert path.read_bytes() == content


def test_another_sqlite_file_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE photos (id)")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="not an Ibar store"):
        open_store(path)
    assert path.read_bytes() == before


def test_an_empty_file_becomes_a_store(tmp_path):
    path = tmp_path / "empty.gpkg"
    path.touch()
    with closing(open_store(path)) as store:
        assert put(store, incident()) == 1


@contextmanager
def without_rights() -> Iterator[None]:
    """The superuser may write anywhere: be somebody else meanwhile."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_folder_that_may_not_be_written_is_a_clear_error():
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o555)
        for path in (Path(folder) / "s.gpkg", Path(folder) / "sub" / "s.gpkg"):
            with without_rights(), pytest.raises(StoreError, match=re.escape(str(path))):
                open_store(path)


def test_a_folder_that_is_a_file_is_a_clear_error(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot open the store"):
        open_store(tmp_path / "file" / "s.gpkg")


# Versions


def test_a_store_of_a_newer_version_is_refused(path):
    open_store(path).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE store_state SET value = 99 WHERE name = 'schema_version'")
    with pytest.raises(StoreError, match=r"version 99.*newer Ibar"):
        open_store(path)


def test_an_older_store_is_brought_to_this_version_and_keeps_its_events(path, monkeypatch):
    with closing(open_store(path)) as store:
        put(store, incident())
    later = (*STEPS, lambda connection: connection.execute("CREATE TABLE later (x)"))
    monkeypatch.setattr("geo.store.migrations.STEPS", later)
    monkeypatch.setattr("geo.store.connections.migrations.migrate", lambda c: migrate(c, steps=later))
    with closing(open_store(path)) as store:
        assert ids(store.page(Criteria()).features) == ["e1"]
    assert rows(path, "SELECT count(*) FROM later") == [(0,)]
    assert rows(path, "SELECT value FROM store_state WHERE name = 'schema_version'") == [(len(later),)]


def test_a_migration_that_fails_leaves_the_store_as_it_was(path):
    open_store(path).close()

    def broken(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE half (x)")
        raise sqlite3.OperationalError("no room")

    store = SqliteStore(path)
    with pytest.raises(StoreError, match="no room"), store._connections.writing() as connection:
        migrate(connection, steps=(*STEPS, broken))
    store.close()
    assert rows(path, "SELECT name FROM sqlite_master WHERE name = 'half'") == []
    with closing(open_store(path)) as store:
        assert put(store, incident()) == 1


# Several at once


def test_a_second_writer_is_told_that_the_first_one_writes_and_readers_do_not_wait(store, path):
    put(store, incident("e1"))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="another process is writing"):
            put(store, incident("e2"))
        assert ids(store.page(Criteria()).features) == ["e1"]
    assert put(store, incident("e2")) == 2


def test_a_reader_sees_one_state_while_a_write_goes_on(store):
    put(store, *(incident(f"old{n}") for n in range(3)))
    reading = store.iterate(Criteria())
    first = next(reading)
    put(store, *(incident(f"new{n}") for n in range(3)))
    assert sorted(ids([first, *reading])) == ["old0", "old1", "old2"]
    assert store.count(Criteria()).number_matched == 6


def test_a_write_that_is_under_way_is_not_seen(store):
    started, go_on = threading.Event(), threading.Event()

    def slow():
        yield incident("e1")
        started.set()
        assert go_on.wait(10)
        yield incident("e2")

    writer = threading.Thread(target=store.put, args=(slow(),), kwargs={"who": "x", "why": "x", "action": "ingest"})
    writer.start()
    assert started.wait(10)
    assert store.count(Criteria()).number_matched == store.revision() == 0
    go_on.set()
    writer.join()
    assert store.count(Criteria()).number_matched == 2


def test_threads_share_a_store(store):
    put(store, *(incident(f"e{n}") for n in range(30)))
    wrong: list[object] = []

    def read() -> None:
        for _ in range(20):
            page = store.page(Criteria(within_m=5_000), limit=10)
            if (len(page.features), page.number_matched) != (10, 30):
                wrong.append(page)

    readers = [threading.Thread(target=read) for _ in range(8)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert wrong == []


def test_many_processes_may_make_the_same_store_at_once(path):
    context = get_context("spawn")
    with context.Pool(4) as pool:
        assert pool.map(_open_and_put, [(str(path), n) for n in range(8)]) == [None] * 8
    with closing(open_store(path)) as store:
        assert (store.revision(), store.count(Criteria()).number_matched) == (8, 8)
    check_integrity(path)


def _open_and_put(given: tuple[str, int]) -> None:
    with closing(open_store(given[0])) as store:
        put(store, incident(f"e{given[1]}"))


def test_a_process_that_parted_from_another_reads_and_writes_by_itself(path):
    script = (
        "import os, sys\n"
        "from geo.store import open_store\n"
        "from tests.factories import incident\n"
        "from geo.model import Criteria\n"
        "store = open_store(sys.argv[1])\n"
        "store.put([incident('parent')], who='x', why='x', action='ingest'); store.count(Criteria())\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    store.put([incident('child')], who='x', why='x', action='ingest')\n"
        "    os._exit(0 if store.count(Criteria()).number_matched == 2 else 1)\n"
        "assert os.waitpid(child, 0)[1] == 0\n"
        "assert store.count(Criteria()).number_matched == 2\n"
        "assert store.put([incident('parent 2')], who='x', why='x', action='ingest') == 3\n"
    )
    subprocess.run([sys.executable, "-c", script, path], check=True, cwd=ROOT)
    check_integrity(path)


# Failing disks


def test_when_the_disk_is_full_nothing_is_written_and_the_error_says_so(path):
    with closing(open_store(path)) as store:
        put(store, incident("old"))
    script = (
        "import resource, sys\n"
        "from geo.errors import StoreError\n"
        "from geo.store import open_store\n"
        "from tests.factories import incident\n"
        "store = open_store(sys.argv[1])\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))\n"
        "try:\n"
        "    store.put((incident(f'e{n}') for n in range(5_000)), who='x', why='x', action='ingest')\n"
        "except StoreError as error:\n"
        "    assert 'disk' in str(error), error\n"
        "    assert store.revision() == 1\n"
        "    sys.exit(9)\n"
    )
    assert subprocess.run([sys.executable, "-c", script, path], cwd=ROOT).returncode == 9
    check_integrity(path)
    with closing(open_store(path)) as store:
        assert ids(store.iterate(Criteria(statuses=STATUSES))) == ["old"]


def test_a_failure_while_writing_reaches_the_caller_as_it_is(store):
    def broken():
        yield incident()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.put(broken(), who="x", why="x", action="ingest")
    assert store.revision() == 0
    with pytest.raises(InvalidInput, match="action"):
        store.put([], who="x", why="x", action="delete")


@settings(SLOW, max_examples=15)
@given(events=event_lists())
def test_any_events_leave_a_sound_file(events):
    with tempfile.TemporaryDirectory() as folder, closing(SqliteStore(Path(folder) / "s.gpkg")) as store:
        put(store, *events)
        check_integrity(store.path)


# Counting in memory


def test_counts_follow_many_changes_and_another_process(store, path, monkeypatch):
    monkeypatch.setattr("geo.store.tally._MOST_CHANGES", 3)
    with closing(open_store(path)) as other:
        for size in (1, 2, 9, 1, 1, 1, 5):
            have = store.count(Criteria()).number_matched
            put(other, *(incident(f"{store.revision()}/{n}") for n in range(size)))
            assert store.count(Criteria()).number_matched == have + size
            assert store.count(Criteria(bbox=BBox(20, 42, 21, 43))).number_matched == have + size


def test_a_reader_of_an_older_state_counts_that_state(store):
    put(store, incident("e1"))
    store.count(Criteria())
    with store._connections.reading() as connection:
        seen = revision(connection)
        put(store, incident("e2"))
        assert store.count(Criteria()).number_matched == 2
        assert store._tally.count(connection, Criteria(), seen) is None


# Choosing the rows of a page in memory


@settings(SLOW, max_examples=40)
@given(
    events=event_lists(max_size=12),
    later=event_lists(max_size=4),
    asked=criteria(),
    box=bboxes(),
    sort=st.sampled_from(["date_start", "-date_start"]),
    limit=st.integers(1, 5),
)
def test_pages_of_a_box_are_those_of_looking_at_every_event(events, later, asked, box, sort, limit):
    asked = replace(asked, bbox=box, statuses=("published",), text=None, filter=None, polygon=None, near=None)
    asked = replace(asked, radius_m=None, ids=())
    with tempfile.TemporaryDirectory() as folder, closing(SqliteStore(Path(folder) / "s.gpkg")) as store:
        put(store, *events)
        for _ in range(2):  # the second count of a process loads the columns
            store.count(Criteria())
        assert found(store, asked, sort, limit) == _every_page(events, asked, sort)
        store.put(later, who="tester", why="test", action="edit")
        now = [*[event for event in events if event.id not in {e.id for e in later}], *later]
        assert found(store, asked, sort, limit) == _every_page(now, asked, sort)


def _every_page(events, asked, sort):
    return in_order(matching(events, asked), _first_day, is_descending=sort.startswith("-"))


def _first_day(event):
    return event.facts.when.start


def found(store, asked, sort, limit):
    """Ids of every page, one after another."""
    ids_, cursor = [], None
    while True:
        page = store.page(asked, sort=sort, limit=limit, cursor=cursor)
        ids_ += ids(page.features)
        cursor = page.next_cursor
        if cursor is None:
            assert page.number_matched == len(ids_)
            return ids_
