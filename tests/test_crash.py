"""A store whose process is killed: nothing that was confirmed is lost, and nothing is half written."""

from __future__ import annotations

import random
import time
from collections import Counter
from contextlib import closing
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from geo.model import STATUSES, Criteria
from geo.store import open_store
from tests.back_ends import check_integrity
from tests.factories import incident
from tests.oracle import ids

KILLS = 25
BATCH = 40


def _write_without_end(path: Path, first: int, to_parent: Connection) -> None:
    """Write one batch after another; say when each begins, and when the store has confirmed it."""
    store = open_store(path)
    number = first
    while True:
        to_parent.send(("begun", number))
        events = [incident(f"{number}/{n}", title=f"Batch {number}", summary="x" * 500) for n in range(BATCH)]
        store.put(events, who="x", why="x", action="ingest")
        to_parent.send(("confirmed", number))
        number += 1


def _kill_while_writing(path: Path, first: int, delay_s: float) -> list[tuple[str, int]]:
    """Run a writer, kill it `delay_s` after it has begun its second batch, and return what it said."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["geo.store", "tests.factories"])
    here, there = context.Pipe(duplex=False)
    writer = context.Process(target=_write_without_end, args=(path, first, there))
    writer.start()
    there.close()
    said = [here.recv(), here.recv(), here.recv()]
    time.sleep(delay_s)
    writer.kill()
    writer.join()
    while here.poll():
        try:
            said.append(here.recv())
        except EOFError:
            break
    return said


def test_killing_a_writer_loses_nothing_confirmed_and_leaves_nothing_half_written(tmp_path):
    path, chance = tmp_path / "store.gpkg", random.Random(1999)
    confirmed: set[int] = set()
    begun = caught = 0
    for _ in range(KILLS):
        said = _kill_while_writing(path, begun, chance.uniform(0, 0.03))
        confirmed |= {number for what, number in said if what == "confirmed"}
        begun = 1 + max(number for what, number in said if what == "begun")
        caught += said[-1][0] == "begun"
        with closing(open_store(path)) as store:
            found = Counter(int(i.partition("/")[0]) for i in ids(store.iterate(Criteria(statuses=STATUSES))))
            revision = store.revision()
        assert confirmed <= found.keys(), "a confirmed batch is lost"
        assert found.keys() <= set(range(begun)), "there is something that nobody wrote"
        assert set(found.values()) == {BATCH}, "a batch is half written"
        assert revision == len(found), "a batch that is not there took a revision"
    check_integrity(path)
    assert caught > KILLS / 2, "too few of the kills hit a write"


def test_a_writer_killed_while_it_makes_the_store_leaves_one_that_opens(tmp_path):
    context, chance = get_context("forkserver"), random.Random(2008)
    context.set_forkserver_preload(["geo.store", "tests.factories"])
    for number in range(10):
        path = tmp_path / f"{number}.gpkg"
        writer = context.Process(target=open_store, args=(path,))
        writer.start()
        deadline = time.monotonic() + 10
        while not path.exists() and time.monotonic() < deadline:
            time.sleep(0.0005)
        time.sleep(chance.uniform(0, 0.02))
        writer.kill()
        writer.join()
        with closing(open_store(path)) as store:
            assert store.put([incident()], who="x", why="x", action="ingest") == 1
        check_integrity(path)
