"""A path in, SQLite connections out: one that writes, as many that read as there are readers; errors as StoreError."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from geo.errors import InvalidInput, StoreError, TooBusy
from geo.store import filtering, gpkg, migrations

_IDLE_READERS: Final = 16
_STEPS_BETWEEN_LOOKS: Final = 100_000
"""SQLite instructions between two looks at the clock: a millisecond or two."""
_MAPPED_BYTES: Final = 0x7FFF0000
"""The most that SQLite maps as it is usually built; what is mapped is not copied."""
_WRITE_CACHE_KIB: Final = 64 << 10
_HINTS: Final = {
    sqlite3.SQLITE_BUSY: "another process is writing to it; try again",
    sqlite3.SQLITE_LOCKED: "another process is writing to it; try again",
    sqlite3.SQLITE_FULL: "the disk is full; free some space and try again",
    sqlite3.SQLITE_IOERR: "reading or writing the file failed; is the disk full, or was the file moved?",
    sqlite3.SQLITE_READONLY: "it may only be read; name a store in a folder that you may write to",
    sqlite3.SQLITE_PERM: "you may not open it; name a store in a folder that you may write to",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; is its folder there, and may you write to it?",
    sqlite3.SQLITE_NOTADB: "this is not an Ibar store (not a SQLite file); name another path",
    sqlite3.SQLITE_CORRUPT: "the file is damaged; restore it from a copy",
}


class Connections:
    """The connections to one file; used from any thread, and in a process forked from the one that made it."""

    def __init__(self, path: Path, *, busy_timeout_s: float, read_limit_s: float | None = None) -> None:
        self.path = path
        self._busy_timeout_s = busy_timeout_s
        self._read_limit_s = read_limit_s
        self._reset()
        self._prepare()

    def _reset(self) -> None:
        self._process = os.getpid()
        self._idle: list[sqlite3.Connection] = []
        self._writer: sqlite3.Connection | None = None
        self._write_lock = threading.Lock()

    def _own(self) -> None:
        """Forget connections that a parent process opened: SQLite's must not cross a fork."""
        if os.getpid() != self._process:
            self._inherited = (self._idle, self._writer)
            self._reset()

    def _prepare(self) -> None:
        """Make the file, or bring it to this version, where that is needed."""
        with self._errors("open"):
            if self.path.exists() and self._is_current():
                return
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._required_modules()
        with self.writing() as connection:
            migrations.migrate(connection)
        with self._errors("open"):
            # GDAL reads the header from the file itself, which the log must reach first.
            connection.execute("PRAGMA wal_checkpoint")

    def _is_current(self) -> bool:
        with self._reader() as connection:
            try:
                return migrations.check(connection) == len(migrations.STEPS)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_READONLY:
                    return False  # a killed process left a journal behind, which only a writer may roll back
                raise

    @staticmethod
    def _required_modules() -> None:
        with sqlite3.connect(":memory:") as connection:
            known = {row[0] for row in connection.execute("SELECT name FROM pragma_module_list")}
        connection.close()
        if missing := {"rtree", "fts5"} - known:
            raise StoreError(f"this Python's SQLite lacks {' and '.join(sorted(missing))}; use another build of Python")

    @contextmanager
    def reading(self, *, is_limited: bool = True) -> Iterator[sqlite3.Connection]:
        """Lend a read-only connection within one transaction: all that is read is of one state.

        What is limited ends in `TooBusy` once it has taken longer than the limit.
        """
        with self._errors("read"), self._reader() as connection:
            connection.execute("BEGIN")
            if is_limited and self._read_limit_s is not None:
                end = time.monotonic() + self._read_limit_s
                connection.set_progress_handler(lambda: time.monotonic() > end, _STEPS_BETWEEN_LOOKS)
            try:
                yield connection
            finally:
                connection.set_progress_handler(None, 0)
                connection.rollback()

    @contextmanager
    def _reader(self) -> Iterator[sqlite3.Connection]:
        self._own()
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._open_reader()
        try:
            yield connection
        finally:
            if len(self._idle) < _IDLE_READERS:
                self._idle.append(connection)
            else:
                connection.close()

    def _open_reader(self) -> sqlite3.Connection:
        connection = self._connect("ro")
        filtering.register(connection)
        connection.execute("PRAGMA query_only = 1")
        connection.execute(f"PRAGMA mmap_size = {_MAPPED_BYTES}")
        return connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Lend the writing connection within one transaction: all is kept, on disk, or nothing is."""
        self._own()
        with self._errors("write"), self._write_lock:
            connection = self._writer = self._writer or self._open_writer()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.rollback()
                raise

    def _open_writer(self) -> sqlite3.Connection:
        connection = self._connect("rwc")
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute(f"PRAGMA cache_size = -{_WRITE_CACHE_KIB}")
            gpkg.register_functions(connection)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _connect(self, mode: str) -> sqlite3.Connection:
        return sqlite3.connect(
            f"{self.path.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=self._busy_timeout_s,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=512,
        )

    @contextmanager
    def _errors(self, act: str) -> Iterator[None]:
        try:
            yield
        except UnicodeEncodeError as error:
            raise InvalidInput(f"text that is not valid Unicode: {error.object!r}") from error
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code == sqlite3.SQLITE_INTERRUPT:
                raise TooBusy("that question takes longer than is allowed here; narrow its filters") from error
            raise StoreError(f"{self.path}: cannot {act} the store: {_HINTS.get(code, error)}") from error
        except OSError as error:
            raise StoreError(f"{self.path}: cannot {act} the store: {error.strerror or error}") from error
        except StoreError as error:
            if str(error).startswith(str(self.path)):
                raise
            raise StoreError(f"{self.path}: {error}") from error.__cause__

    def close(self) -> None:
        """Close every idle connection and the writing one."""
        self._own()
        while self._idle:
            self._idle.pop().close()
        with self._write_lock:
            if self._writer is not None:
                self._writer.close()
                self._writer = None
