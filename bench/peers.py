"""Made-up events in, other servers over PostGIS out: tipg and pygeoapi, each as its own manual starts it.

Their packages are installed into a folder of their own, in the versions below, so that the project does not depend on
them.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import venv
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import psycopg

from geo.model import Event

PACKAGES = ("tipg==1.6.1", "uvicorn==0.54.0", "pygeoapi==0.21.0", "gunicorn==26.0.0", "psycopg2-binary", "geoalchemy2")
WORKERS = 2
TABLE = "events"
_COLUMNS = {
    "gid": "bigint PRIMARY KEY",
    "id": "text",
    "kind": "text",
    "event_type": "text",
    "title": "text",
    "date_start": "date",
    "place_name": "text",
    "uncertainty_m": "double precision",
    "border_distance_m": "double precision",
    "border_min_m": "double precision",
    "border_km": "double precision",
    "border_side": "text",
    "source_name": "text",
    "source_url": "text",
    "geom": "geometry(Point, 4326)",
}
_INDEXES = (
    f"CREATE INDEX ON {TABLE} USING gist (geom)",
    f"CREATE INDEX ON {TABLE} (border_min_m)",
    f"CREATE INDEX ON {TABLE} (date_start)",
    f"ANALYZE {TABLE}",
)


def installed(folder: Path) -> Path:
    """Return the folder of the peers' programs, made at the first use."""
    done = folder / "installed"
    if not done.exists():
        print(f"installing {', '.join(PACKAGES)}", file=sys.stderr)
        venv.create(folder, with_pip=True)
        subprocess.run([folder / "bin" / "pip", "install", "--quiet", *PACKAGES], check=True)
        done.touch()
    return folder / "bin"


def load(dsn: str, events: Iterable[Event]) -> None:
    """Fill a table with events, with the indexes that the questions of the benchmark need."""
    columns = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        connection.execute(f"DROP TABLE IF EXISTS {TABLE}")
        connection.execute(f"CREATE TABLE {TABLE} ({columns})")
        with connection.cursor() as cursor, cursor.copy(f"COPY {TABLE} FROM STDIN") as copy:
            for number, event in enumerate(events, 1):
                copy.write_row(_row(number, event))
        for statement in _INDEXES:
            connection.execute(statement)


def _row(number: int, event: Event) -> tuple[Any, ...]:
    facts, location = event.facts, event.location
    assert location.border is not None
    assert location.position is not None
    source = facts.sources[0]
    return (
        number,
        event.id,
        event.kind,
        facts.event_type,
        facts.title,
        facts.when.start,
        location.place_name,
        location.uncertainty_m,
        location.border.distance_m,
        location.border.min_m,
        location.border.km,
        location.border.side,
        source.name,
        source.url,
        f"SRID=4326;POINT({location.position.lon} {location.position.lat})",
    )


@contextmanager
def tipg(programs: Path, port: int, database_port: int) -> Iterator[None]:
    """Run tipg."""
    given = {
        "DATABASE_URL": f"postgresql://postgres@127.0.0.1:{database_port}/postgres",
        "TIPG_TABLE_CONFIG__public_events__datetimecol": "date_start",
        "TIPG_MAX_FEATURES_PER_QUERY": "10000",
    }
    command = [programs / "uvicorn", "tipg.main:app", "--port", str(port), "--workers", str(WORKERS)]
    with running([*command, "--log-level", "error"], port, "/collections/public.events/items?limit=1", given):
        yield


@contextmanager
def pygeoapi(programs: Path, port: int, database_port: int, folder: Path) -> Iterator[None]:
    """Run pygeoapi under gunicorn."""
    config, interface = folder / "pygeoapi.json", folder / "pygeoapi-openapi.json"
    config.write_text(json.dumps(_pygeoapi_config(port, database_port)), encoding="utf-8")
    given = {"PYGEOAPI_CONFIG": str(config), "PYGEOAPI_OPENAPI": str(interface)}
    generate = [programs / "pygeoapi", "openapi", "generate", config, "--format", "json", "--output-file", interface]
    subprocess.run(generate, check=True, env={**os.environ, **given}, stdout=subprocess.DEVNULL)
    command = [programs / "gunicorn", "pygeoapi.flask_app:APP", "--workers", str(WORKERS), "--threads", "4"]
    command += ["--bind", f"127.0.0.1:{port}", "--log-level", "error"]
    with running(command, port, "/collections/events/items?limit=1&f=json", given):
        yield


def _pygeoapi_config(port: int, database_port: int) -> dict[str, Any]:
    provider = {
        "type": "feature",
        "name": "PostgreSQL",
        "data": {
            "host": "127.0.0.1",
            "port": database_port,
            "dbname": "postgres",
            "user": "postgres",
            "password": "none",
            "search_path": ["public"],
        },
        "id_field": "gid",
        "table": TABLE,
        "geom_field": "geom",
        "time_field": "date_start",
    }
    told = {"title": "Events", "description": "Made-up events", "keywords": ["events"]}
    extents = {"spatial": {"bbox": [-180, -90, 180, 90]}, "temporal": {"begin": None, "end": None}}
    collection = {"type": "collection", **told, "links": [], "extents": extents, "providers": [provider]}
    server = {
        "bind": {"host": "127.0.0.1", "port": port},
        "url": f"http://127.0.0.1:{port}",
        "mimetype": "application/json; charset=UTF-8",
        "encoding": "utf-8",
        "languages": ["en-US"],
        "limits": {"default_items": 100, "max_items": 10_000, "on_exceed": "throttle"},
        "map": {"url": "http://127.0.0.1/{z}/{x}/{y}.png", "attribution": "none"},
    }
    contact = {"name": "none", "position": "none", "email": "none@example.org"}
    metadata = {
        "identification": {**told, "keywords_type": "theme", "terms_of_service": "none", "url": "http://127.0.0.1"},
        "license": {"name": "none", "url": "http://127.0.0.1"},
        "provider": {"name": "none", "url": "http://127.0.0.1"},
        "contact": contact,
    }
    return {"server": server, "logging": {"level": "ERROR"}, "metadata": metadata, "resources": {"events": collection}}


@contextmanager
def empty(port: int) -> Iterator[None]:
    """Run a Flask application whose only view answers nothing, as `ibar serve` runs its own."""
    command = [sys.executable, "-m", "gunicorn", "bench.peers:empty_application()", "--workers", str(WORKERS)]
    command += ["--threads", "4", "--worker-class", "gthread", "--bind", f"127.0.0.1:{port}", "--log-level", "error"]
    with running(command, port, "/", {}):
        yield


def empty_application() -> Any:
    """Return that application."""
    from flask import Flask

    app = Flask("empty")
    app.add_url_rule("/", view_func=lambda: "")
    return app


@contextmanager
def running(command: list[Any], port: int, path: str, given: Mapping[str, str]) -> Iterator[None]:
    """Run a server until it answers at a path, and end it afterwards."""
    with subprocess.Popen(list(map(str, command)), env={**os.environ, **given}, stdout=subprocess.DEVNULL) as process:
        try:
            _wait(f"http://127.0.0.1:{port}{path}", process)
            yield
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end and process.poll() is None:
        try:
            with urlopen(url, timeout=60):
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise SystemExit(f"{process.args!r} did not answer at {url}")


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
