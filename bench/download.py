"""Made-up events in, the time that all of them take as GeoJSON over HTTP out, beside GeoDataFrame.to_json.

    python -m bench.download [NUMBER] [--folder FOLDER]

Both begin with the events in place: the server with its store, GeoPandas with a GeoDataFrame in memory. What the server
holds in memory before and after is printed too. Needs the `test` extra and curl.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyogrio

from bench import peers
from bench.http import ibar
from bench.synthetic import write

RUNS = 3


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("number", type=int, nargs="?", default=100_000, help="how many events")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "ibar-bench", help="kept stores")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    store = asked.folder / f"{asked.number}.gpkg"
    if not store.exists():
        write(asked.number, store)
    read, ready = _served(store)
    theirs = _by_geopandas(store)
    print(f"GeoDataFrame.to_json: {theirs:.2f} s")
    print(f"Ibar over HTTP, read from the store: {read:.2f} s, {theirs / read:.0f} times as fast")
    print(f"Ibar over HTTP, asked again: {ready:.2f} s, {theirs / ready:.0f} times as fast")


def _served(store: Path) -> tuple[float, float]:
    """Return the seconds of the quickest download read from the store and of the quickest one asked again."""
    port = peers.free_port()
    with tempfile.TemporaryDirectory() as cache, ibar(store, port, cache=Path(cache)):
        before = _resident_mb(port)
        # A filter that holds of every event, with another number each time, is a new question.
        read = [_download(port, f"filter=uncertainty_m<{1_000_000 + run}") for run in range(RUNS)]
        ready = [_download(port, f"filter=uncertainty_m<{1_000_000}") for _ in range(RUNS)]
        after = _resident_mb(port)
        print(f"the server's processes: {before:,.0f} MB before, {after:,.0f} MB after")
    return min(read), min(ready)


def _download(port: int, query: str) -> float:
    address = f"http://127.0.0.1:{port}/api/export?f=geojson&{query}"
    done = subprocess.run(
        ["curl", "-sf", "-o", "/dev/null", "-w", "%{time_total} %{size_download}", address],
        check=True,
        capture_output=True,
        text=True,
    )
    seconds, size = done.stdout.split()
    print(f"{int(size) / 1e6:,.0f} MB in {float(seconds):.3f} s", file=sys.stderr)
    return float(seconds)


def _resident_mb(port: int) -> float:
    """Return the memory of all processes of the server on a port; shared pages count in each."""
    found = subprocess.run(["ps", "-eo", "rss=,args="], check=True, capture_output=True, text=True).stdout
    return sum(int(line.split()[0]) for line in found.splitlines() if f"--port {port}" in line) / 1000


def _by_geopandas(store: Path) -> float:
    frame = pyogrio.read_dataframe(store, layer="events")
    print(f"GeoDataFrame of {len(frame):,} rows and {len(frame.columns)} columns", file=sys.stderr)
    for name in frame.columns[:-1]:
        if frame[name].dtype.kind == "M":  # which to_json refuses
            frame[name] = frame[name].astype(str)
    started = time.perf_counter()
    frame.to_json()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
