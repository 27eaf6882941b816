"""A store in, the time to build its pyramid and to answer for a view out.

python -m bench.synthetic 1000000 STORE.gpkg && python -m bench.clusters STORE.gpkg
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import time
from datetime import date
from pathlib import Path

import numpy as np

from geo.model import BBox, Criteria
from geo.store import open_store
from geo.store.columns import dictionary
from geo.tiles import Keeper, Pyramid

FILTERS = (
    {},
    {"kinds": ("deployment",)},
    {"event_types": ("raid", "arrest")},
    {"within_m": 5_000.0, "certainty": "certain"},
    {"within_m": 15_000.0, "certainty": "likely"},
)
YEARS = range(2000, 2024)
VIEWS = 8


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store", type=Path)
    store = open_store(parser.parse_args().store)
    started = time.perf_counter()
    snapshot = store.snapshot(Criteria(), dictionary())
    read = time.perf_counter()
    Pyramid(snapshot.columns, snapshot.revision)
    built = time.perf_counter()
    number = len(snapshot.columns)
    print(f"{number:,} events: read from the store {read - started:.2f} s, pyramid {built - read:.2f} s")
    del snapshot
    times = query_times(Keeper(store))
    for name, values in times.items():
        cuts = statistics.quantiles(values, n=100)
        print(f"{name}: {len(values)} queries, p50 {cuts[49]:.2f} ms, p95 {cuts[94]:.2f} ms, p99 {cuts[98]:.2f} ms")
    store.close()


def query_times(keeper: Keeper) -> dict[str, list[float]]:
    """Return milliseconds of queries with a filter never asked before, and of further views of the same filter."""
    draw = np.random.default_rng(1)
    keeper.select(Criteria())
    times: dict[str, list[float]] = {"first view of a filter": [], "further views of it": []}
    for given, year in itertools.product(FILTERS, YEARS):
        criteria = Criteria(start=date(year, 1, 1), end=date(year + int(draw.integers(0, 5)), 12, 31), **given)
        for view in range(VIEWS):
            zoom = int(draw.integers(7, 16))
            width = 22.5 / 2 ** (zoom - 6)
            west, south = draw.uniform(20, 21.5), draw.uniform(42, 43)
            started = time.perf_counter()
            pyramid, selection = keeper.select(criteria)
            pyramid.clusters(selection, BBox(west, south, west + width, south + width / 2), zoom)
            name = "further views of it" if view else "first view of a filter"
            times[name].append((time.perf_counter() - started) * 1000)
    return times


if __name__ == "__main__":
    main()
