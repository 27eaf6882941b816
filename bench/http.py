"""Made-up events in, requests per second of Ibar, tipg and pygeoapi over the same events out, in one run.

    python -m bench.http [NUMBER ...] [--seconds 10] [--folder FOLDER]

Each server has two worker processes and answers pages of 100 with an exact count. wrk drives it over 16 connections
with 20,000 distinct seeded addresses of each sort: a distance to the border, a box, a span of days, and where a page
begins. An empty Flask view under the same gunicorn is the limit of the stack. Needs the `test` extra, PostgreSQL with
PostGIS and wrk (Debian packages postgis, postgresql-postgis, wrk); the peers are installed into the folder.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

from bench import peers
from bench.synthetic import DAYS, FIRST_DAY, events, write
from geo.store import cursor
from tests.postgis import scratch

NUMBERS = (10_000, 100_000, 1_000_000)
ADDRESSES = 20_000
CONNECTIONS = 16
PAGE = 100
SORTS = ("distance", "box", "dates", "cursor")
SERVERS = ("ibar", "tipg", "pygeoapi")
BOX_SIDES = (0.01, 0.03, 0.1, 0.3, 1.0)
"""Degrees, of the table of time against matches."""
_LUA = """
local addresses, at = {}, 0
for line in io.lines("%s") do addresses[#addresses + 1] = line end
request = function() at = at %% #addresses + 1; return wrk.format("GET", addresses[at]) end
"""


@dataclass(frozen=True)
class Result:
    """What wrk saw."""

    per_second: float
    p50_ms: float
    p99_ms: float
    requests: int
    failed: int

    @property
    def repeated(self) -> float:
        """Share of requests for an address that was asked before: the most that a cache could have answered."""
        return max(0, self.requests - ADDRESSES) / max(self.requests, 1)


@dataclass(frozen=True)
class Question:
    """One thing asked, as each server writes it."""

    ibar: str
    tipg: str
    pygeoapi: str


def questions(sort: str, number: int) -> Iterator[Question]:
    """Yield distinct seeded questions of one sort."""
    draw = random.Random(f"{sort} {number}")
    for _ in range(ADDRESSES):
        yield _QUESTIONS[sort](draw, number)


def _distance(draw: random.Random, _number: int) -> Question:
    metres = round(draw.uniform(500, 30_000), 2)
    condition = quote(f"border_min_m <= {metres}")
    return Question(
        f"/api/near-border?within_m={metres}&limit={PAGE}",
        f"/collections/public.events/items?filter={condition}&filter-lang=cql2-text&limit={PAGE}",
        f"/collections/events/items?f=json&filter={condition}&limit={PAGE}",
    )


def _box(draw: random.Random, _number: int) -> Question:
    west, south = draw.uniform(20.2, 21.5), draw.uniform(42.2, 43.1)
    side = draw.uniform(0.02, 0.3)
    box = ",".join(f"{degrees:.5f}" for degrees in (west, south, west + side, south + side))
    return _everywhere(f"bbox={box}")


def _dates(draw: random.Random, _number: int) -> Question:
    start = FIRST_DAY + timedelta(days=draw.randrange(DAYS))
    end = start + timedelta(days=draw.randint(10, 400))
    return _everywhere(f"datetime={start}T00:00:00Z/{end}T00:00:00Z")


def _everywhere(query: str) -> Question:
    return Question(
        f"/api/events?{query}&limit={PAGE}",
        f"/collections/public.events/items?{query}&limit={PAGE}",
        f"/collections/events/items?f=json&{query}&limit={PAGE}",
    )


def _cursor(draw: random.Random, number: int) -> Question:
    at = draw.randrange(number)
    day = FIRST_DAY + timedelta(days=int(at / number * DAYS))
    after = cursor.encode("-date_start", cursor.Place(day.isoformat(), f"synthetic-{at}"))
    return Question(
        f"/api/events?cursor={after}&limit={PAGE}",
        f"/collections/public.events/items?offset={at}&limit={PAGE}",
        f"/collections/events/items?f=json&offset={at}&limit={PAGE}",
    )


_QUESTIONS: Mapping[str, Callable[[random.Random, int], Question]] = {
    "distance": _distance,
    "box": _box,
    "dates": _dates,
    "cursor": _cursor,
}


def driven(address: str, paths: Path, seconds: int) -> Result:
    """Drive a server with wrk."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_LUA % paths)
        script.flush()
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "30s", "--latency"]
        done = subprocess.run([*command, "-s", script.name, address], check=True, capture_output=True, text=True)
    return _read(done.stdout)


def _read(text: str) -> Result:
    def found(pattern: str) -> str:
        match = re.search(pattern, text)
        return match[1] if match else "0"

    failed = re.findall(r"Non-2xx or 3xx responses: (\d+)|(?:connect|read|write|timeout) (\d+)", text)
    return Result(
        per_second=float(found(r"Requests/sec:\s+([\d.]+)")),
        p50_ms=_milliseconds(found(r"50%\s+([\d.]+\w+)")),
        p99_ms=_milliseconds(found(r"99%\s+([\d.]+\w+)")),
        requests=int(found(r"(\d+) requests in")),
        failed=sum(int(number) for pair in failed for number in pair if number),
    )


def _milliseconds(text: str) -> float:
    number = float(re.match(r"[\d.]+", text)[0])  # type: ignore[index]
    return number * {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}.get(re.sub(r"[\d.]", "", text), 1.0)


@contextmanager
def ibar(store: Path, port: int, *, cache: Path | None = None) -> Iterator[None]:
    """Run `ibar serve` over a store, with an own cache if one is given."""
    command = [Path(sys.executable).parent / "ibar", "serve", "--port", str(port), "--workers", str(peers.WORKERS)]
    given = {"IBAR_STORE": str(store), **({"IBAR_CACHE": str(cache)} if cache else {})}
    _read_once(store)
    with peers.running(command, port, f"/api/events?limit={PAGE}", given):
        _warm(port)
        yield


def _read_once(store: Path) -> None:
    """Bring the store into the system's memory, where the peers' database is that was just written."""
    with store.open("rb") as file:
        while file.read(1 << 24):
            pass


def _warm(port: int) -> None:
    """Let every worker read its columns: that happens once in its life, and no request is repeated for it."""
    for _ in range(40):
        with urlopen(f"http://127.0.0.1:{port}/api/events?limit=1") as answer:
            answer.read()
        time.sleep(0.25)


def measured(folder: Path, number: int, seconds: int) -> dict[tuple[str, str], Result]:
    """Return what each server did with each sort of question, over so many events."""
    store = folder / f"{number}.gpkg"
    if not store.exists():
        write(number, store)
    database, results = peers.free_port(), {}
    with scratch(port=database) as dsn, tempfile.TemporaryDirectory() as papers:
        print(f"loading {number:,} events into PostGIS", file=sys.stderr)
        peers.load(dsn, events(number))
        programs = peers.installed(folder / "peers")
        for sort in SORTS:
            asked = list(questions(sort, number))
            for server in SERVERS:
                paths = "\n".join(getattr(each, server) for each in asked)
                Path(papers, f"{server}-{sort}").write_text(paths + "\n", encoding="ascii")
        for server in SERVERS:
            port = peers.free_port()
            with _server(server, port, store, programs, database, Path(papers)):
                for sort in SORTS:
                    result = driven(f"http://127.0.0.1:{port}", Path(papers, f"{server}-{sort}"), seconds)
                    results[server, sort] = result
                    print(_line(number, server, sort, result), flush=True)
                if server == "ibar":
                    _print_boxes(port)
    return results


@contextmanager
def _server(name: str, port: int, store: Path, programs: Path, database: int, papers: Path) -> Iterator[None]:
    with ExitStack() as stack:
        if name == "ibar":
            stack.enter_context(ibar(store, port))
        elif name == "tipg":
            stack.enter_context(peers.tipg(programs, port, database))
        else:
            stack.enter_context(peers.pygeoapi(programs, port, database, papers))
        yield


def limit_of_the_stack(seconds: int) -> Result:
    """Return what an empty Flask view does."""
    port = peers.free_port()
    with peers.empty(port), tempfile.NamedTemporaryFile("w") as paths:
        paths.write("/\n" * ADDRESSES)
        paths.flush()
        return driven(f"http://127.0.0.1:{port}", Path(paths.name), seconds)


def _print_boxes(port: int) -> None:
    """Print how the time of one request grows with what matches a box."""
    draw = random.Random(1)
    print("    side of the box   matches (median)   ms (median of 30)")
    for side in BOX_SIDES:
        matches, times = [], []
        for _ in range(30):
            west, south = draw.uniform(20.6, 21.2), draw.uniform(42.5, 43.0)
            box = f"{west:.5f},{south:.5f},{west + side:.5f},{south + side:.5f}"
            started = time.perf_counter()
            with urlopen(f"http://127.0.0.1:{port}/api/events?bbox={box}&limit={PAGE}") as answer:
                body = answer.read()
            times.append((time.perf_counter() - started) * 1000)
            matches.append(json.loads(body)["numberMatched"])
        print(f"    {side:12.2f}°   {statistics.median(matches):16,.0f}   {statistics.median(times):10.1f}", flush=True)


def _line(number: int, server: str, sort: str, result: Result) -> str:
    told = f"{result.per_second:9.1f} requests/s   p50 {result.p50_ms:8.1f} ms   p99 {result.p99_ms:8.1f} ms"
    failed = f"   {result.failed} FAILED" if result.failed else ""
    return f"{number:>9,}  {server:9} {sort:9} {told}   from a cache at most {result.repeated:.0%}{failed}"


def _print_ratios(number: int, results: Mapping[tuple[str, str], Result], limit: Result) -> None:
    print(f"\n{number:,} events: Ibar's requests per second by each server's")
    for sort in SORTS:
        ours = results["ibar", sort]
        of = {server: ours.per_second / max(results[server, sort].per_second, 1e-9) for server in SERVERS[1:]}
        ratios = "   ".join(f"{server} × {ratio:6.1f}" for server, ratio in of.items())
        print(f"  {sort:9} {ratios}   of an empty Flask view {ours.per_second / limit.per_second:.0%}")
    print()


DIFFERENCES = """What differs between the answers: Ibar's are sorted by date, newest first, carry 45 properties with
sources, how certain each event is to lie within the distance, and how many could not be tried; the peers' carry 14
properties in no order (the cheapest they have). tipg and pygeoapi page by offset, Ibar by key. All count exactly."""


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("numbers", type=int, nargs="*", default=NUMBERS, metavar="NUMBER", help="how many events")
    parser.add_argument("--seconds", type=int, default=10, help="of each drive")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "ibar-bench", help="kept stores")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    print(f"{os.cpu_count()} cores, {peers.WORKERS} workers each, {CONNECTIONS} connections")
    limit = limit_of_the_stack(asked.seconds)
    print(_line(0, "empty", "-", limit), flush=True)
    for number in asked.numbers:
        _print_ratios(number, measured(asked.folder, number, asked.seconds), limit)
    print(DIFFERENCES)


if __name__ == "__main__":
    main()
