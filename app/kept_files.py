"""A question's name in, the file that answers it out, kept on disk so that the next who asks waits for nothing.

Names hold what the answer rests on, such as the store's last write, so a kept file is never stale; the ones that were
not asked for longest go first when room is needed. A folder that cannot be written to keeps nothing.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

MAX_BYTES: Final = 1_000_000_000
"""Of all kept files together."""
_NEW: Final = ".new-"
_DAY_S: Final = 86_400
"""Older unfinished files are those of a process that was killed."""


@dataclass(frozen=True, slots=True)
class KeptFiles:
    """Files of one folder; processes may share it, for a file is whole when its name appears."""

    folder: Path
    max_bytes: int = MAX_BYTES

    def find(self, name: str) -> BinaryIO | None:
        """Return a kept file, open; null where there is none."""
        path = self.folder / name
        try:
            file = path.open("rb")
        except OSError:
            return None
        with suppress(OSError):
            os.utime(path)  # it was asked for just now
        return file

    def make(self, name: str, write: Callable[[Path], None]) -> BinaryIO:
        """Let `write` make a file where nothing is yet, keep it, and return it open."""
        with tempfile.TemporaryDirectory(prefix=_NEW, dir=self._place()) as folder:
            path = Path(folder, name)
            write(path)
            file = path.open("rb")
            self._keep(path, name)
        return file

    def pass_on(self, name: str, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """Yield pieces as they come, and keep them all once the last one is through."""
        with tempfile.TemporaryDirectory(prefix=_NEW, dir=self._place()) as folder:
            path = Path(folder, name)
            with path.open("wb") as file:
                for piece in pieces:
                    file.write(piece)
                    yield piece
            self._keep(path, name)

    def _place(self) -> Path | None:
        """Return the folder, made where it is missing; null, which means the system's own, where that cannot be."""
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            if os.access(self.folder, os.W_OK):
                return self.folder
        return None

    def _keep(self, path: Path, name: str) -> None:
        with suppress(OSError):
            if path.stat().st_size <= self.max_bytes:
                path.replace(self.folder / name)
                self._make_room()

    def _make_room(self) -> None:
        for left in self.folder.glob(f"{_NEW}*"):
            if left.stat().st_mtime < time.time() - _DAY_S:
                shutil.rmtree(left, ignore_errors=True)
        kept = [(entry.stat(), entry.path) for entry in os.scandir(self.folder) if entry.is_file()]
        total = sum(about.st_size for about, _ in kept)
        for about, path in sorted(kept, key=lambda each: each[0].st_mtime_ns):
            if total <= self.max_bytes:
                return
            Path(path).unlink(missing_ok=True)
            total -= about.st_size
