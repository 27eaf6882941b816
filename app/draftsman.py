"""Wishes for printed maps in, files out, drawn in a process of its own with limits on time and memory.

Drawing takes seconds of a processor and needs much memory once; neither may slow or end the process that answers
everybody else. The worker is started at the first wish, keeps the prepared basemap, and is replaced when it exceeds a
limit or has drawn many maps. Whoever comes when the queue is full is told to come back.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import OrderedDict
from collections.abc import Hashable
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Final

from app.config import Settings
from app.prints import Wish
from app.security import Turns
from geo import errors
from geo.errors import GeoError, TooBusy, TooLarge
from geo.model import Criteria

MOST_MEMORY_BYTES: Final = 2 << 30
"""Of address space, of which libraries take a good part."""
MOST_DRAWN: Final = 200
"""A worker is replaced after so many maps."""
_START_S: Final = 60.0
_KEPT_BYTES: Final = 64 << 20
_ROOT: Final = Path(__file__).resolve().parents[1]


class Draftsman:
    """Draws maps for one application, one at a time.

    Parameters
    ----------
    settings : Settings
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._queue = Turns(settings.max_renders + 1, wait_s=0.0)
        self._turns = Turns(1, wait_s=settings.render_wait_s)
        self._worker: _Worker | None = None
        self._kept = _Kept(_KEPT_BYTES)

    def drawn(self, criteria: Criteria, wish: Wish, version: Hashable) -> bytes:
        """Return a map as a file.

        Parameters
        ----------
        version : hashable
            Of the data: a map of the same filter, wishes and version is not drawn again.

        Raises
        ------
        TooBusy
            The queue is full, or the map takes too long.
        GeoError
            What drawing found at fault.
        """
        key = (repr(criteria), wish, version)
        kept = self._kept.get(key)
        if kept is None:
            with self._queue.turn(), self._turns.turn():
                kept = self._ask(criteria, wish)
            self._kept.keep(key, kept)
        return kept

    def close(self) -> None:
        """End the worker."""
        if self._worker is not None:
            self._worker.end()
            self._worker = None

    def _ask(self, criteria: Criteria, wish: Wish) -> bytes:
        if self._worker is None or not self._worker.is_fit:
            self.close()
            self._worker = _Worker(self._settings)
        try:
            return self._worker.ask(criteria, wish, self._settings.render_limit_s)
        except _WorkerLost as error:
            self.close()
            raise TooBusy(str(error)) from error


class _WorkerLost(Exception):
    """The worker has ended, or must be."""


class _Worker:
    """A process that draws what it is sent."""

    def __init__(self, settings: Settings) -> None:
        ours, theirs = Pipe()
        self._pipe: Connection = ours
        number = theirs.fileno()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "app.drawing", str(number)],
            cwd=_ROOT,
            pass_fds=[number],
            stdin=subprocess.DEVNULL,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        )
        theirs.close()
        self._drawn = 0
        self._pipe.send((settings, MOST_MEMORY_BYTES))

    @property
    def is_fit(self) -> bool:
        """Whether it can draw another map."""
        return self._process.poll() is None and self._drawn < MOST_DRAWN

    def ask(self, criteria: Criteria, wish: Wish, limit_s: float) -> bytes:
        """Return a map as a file, within so many seconds; a first map may take longer, for it starts the process."""
        allowed_s = limit_s if self._drawn else limit_s + _START_S
        self._drawn += 1
        try:
            self._pipe.send((criteria, wish))
            if not self._pipe.poll(allowed_s):
                raise _WorkerLost(f"the map took longer than {limit_s:g} seconds to draw; narrow the filters")
            kind, answer = self._pipe.recv()
        except (OSError, EOFError) as error:
            raise _WorkerLost("the map could not be drawn within the memory allowed; narrow the filters") from error
        if kind == "drawn":
            return bytes(answer)
        raise _error(kind, answer)

    def end(self) -> None:
        """End the process at once."""
        with suppress(OSError):
            self._pipe.close()
        self._process.kill()
        self._process.wait()


def _error(kind: str, message: str) -> GeoError:
    """Return the worker's error as one of this process."""
    if kind == "MemoryError":
        return TooLarge("the map needs more memory than is allowed; narrow the filters")
    found = getattr(errors, kind, GeoError)
    return found(message) if isinstance(found, type) and issubclass(found, GeoError) else GeoError(message)


class _Kept:
    """The files drawn last, up to so many bytes of them."""

    def __init__(self, most_bytes: int) -> None:
        self._most, self._lock = most_bytes, threading.Lock()
        self._files: OrderedDict[Hashable, bytes] = OrderedDict()

    def get(self, key: Hashable) -> bytes | None:
        """Return a file that is kept."""
        with self._lock:
            found = self._files.get(key)
            if found is not None:
                self._files.move_to_end(key)
            return found

    def keep(self, key: Hashable, file: bytes) -> None:
        """Keep a file, and let go of those that nobody asked for longest."""
        with self._lock:
            self._files[key] = file
            while sum(map(len, self._files.values())) > self._most:
                self._files.popitem(last=False)
