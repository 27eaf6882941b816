"""A host and a port in, the running service out."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import click
from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from gunicorn.http import message  # type: ignore[import-untyped]
from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

from app import create_app
from app.resources import Resources, resources
from geo.errors import InvalidInput

MAX_WORKERS: Final = 4
THREADS: Final = 4
KEEP_ALIVE_S: Final = 15
"""Longer than a reader of the map pauses between two moves, shorter than the idle limit of usual proxies."""
TIMEOUT_S: Final = 60
LONGEST_LINE_BYTES: Final = 512 << 10
"""Of a request line. The application refuses far shorter ones, but it can say why."""
_DELAY_S: Final = 0.0005
_LONGEST_DELAY_S: Final = 0.005


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for all.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 for any free port.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes.  [default: one per core, at most 4]")
@click.option("--threads", default=THREADS, show_default=True, type=click.IntRange(1, 64), help="Threads per process.")
@click.option("--debug", is_flag=True, help="One process that restarts when the code changes.")
def serve(*, host: str, port: int, workers: int | None, threads: int, debug: bool) -> None:
    """Serve the map and the HTTP interface.

    A fresh store is filled from the shipped data set first. Ctrl-C ends the service.

    \b
    Example:
      ibar serve --host 0.0.0.0 --port 8080
    """
    here = resources()
    if debug:
        _prepare(here)
        create_app(here.settings).run(host, port, debug=True, use_debugger=False, threaded=True)
        return
    listener = _listen(host, port)
    _prepare(here)
    options = server_options(listener, workers=workers or _cores(), threads=threads)
    Server(lambda: create_app(here.settings), options).run()


def server_options(listener: socket.socket, *, workers: int, threads: int) -> dict[str, Any]:
    """Return the settings of gunicorn that fit this application: short requests, many readers, one file to read."""
    greeting = f"Ibar is on {_address(listener)} (Ctrl-C ends it)"
    memory = Path("/dev/shm")  # noqa: S108  # only heartbeats are written there
    return {
        "bind": [f"fd://{listener.fileno()}"],
        "workers": workers,
        "threads": threads,
        "worker_class": FairWorker,
        "worker_tmp_dir": str(memory) if memory.is_dir() else None,
        "keepalive": KEEP_ALIVE_S,
        "timeout": TIMEOUT_S,
        "graceful_timeout": 20,
        "limit_request_line": LONGEST_LINE_BYTES,
        "limit_request_fields": 60,
        "preload_app": True,
        "when_ready": lambda _: click.echo(greeting),
        "loglevel": "warning",
        "errorlog": "-",
    }


class FairWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn carries no types
    """A worker that leaves a new connection to another one if it has more of them itself.

    Connections stay with the process that accepted them. The quickest one would take most of them, and the others idle.
    """

    def accept(self, listener: Any) -> None:
        """Accept a connection, later the more are held."""
        time.sleep(min(self.nr_conns * _DELAY_S, _LONGEST_DELAY_S))
        super().accept(listener)


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn carries no types
    """gunicorn with settings that come from code alone."""

    def __init__(self, load: Callable[[], Flask], options: dict[str, Any]) -> None:
        self._load = load
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        """Hand the settings to gunicorn, which cuts one of them to a constant of its own."""
        message.MAX_REQUEST_LINE = max(message.MAX_REQUEST_LINE, self._options["limit_request_line"])
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Return the application; with `preload_app` that happens once, before the workers part."""
        return self._load()


def _listen(host: str, port: int) -> socket.socket:
    """Return a bound socket, so that a port that is taken is known before anything else is done."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise InvalidInput(f"cannot listen on {host}:{port}: {error}; choose another --host or --port") from error
    listener.listen(512)
    return listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}"


def _prepare(here: Resources) -> None:
    """Make what a first run has to make, once and before the workers, then close what they must not inherit."""
    with closing(here):
        here.gazetteer  # noqa: B018  # opened here so that a first run compiles it before the first request
        here.store.revision()


def _cores() -> int:
    return min(MAX_WORKERS, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
