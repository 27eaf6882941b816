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
    ours = _served(store)
    theirs = _by_geopandas(store)
    print(f"GeoDataFrame.to_json: {theirs:.2f} s; Ibar over HTTP: {ours:.2f} s: {theirs / ours:.0f} times as fast")


def _served(store: Path) -> float:
    """Return the seconds of the quickest of some downloads, and print what the server's processes hold."""
    port = peers.free_port()
    with ibar(store, port):
        before = _resident_mb(port)
        times = []
        for _ in range(RUNS):
            started = time.perf_counter()
            with urlopen(f"http://127.0.0.1:{port}/api/export?f=geojson") as answer:
                size = sum(len(piece) for piece in iter(lambda: answer.read(PIECE), b""))
            times.append(time.perf_counter() - started)
        print(
            f"{size / 1e6:,.0f} MB; the server's processes: {before:,.0f} MB before, {_resident_mb(port):,.0f} MB after"
        )
    return min(times)


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
