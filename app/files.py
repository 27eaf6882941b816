"""A path and bytes in, a file out that is whole or not there."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from geo.errors import UnreadableFile


def write_whole(path: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a new file beside `path`, then put it in place; what was there stays if anything fails.

    Raises
    ------
    UnreadableFile
        The folder does not exist or cannot be written to.
    """
    new: Path | None = None
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=path.suffix)
        os.close(handle)
        new = Path(name)
        write(new)
        new.chmod(0o644)
        new.replace(path)
    except OSError as error:
        raise UnreadableFile(f"{path}: cannot be written ({error.strerror}); name a folder that exists") from error
    finally:
        if new is not None:
            new.unlink(missing_ok=True)
