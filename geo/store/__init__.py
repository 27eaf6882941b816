"""Events in, rows out: one interface, and the back ends behind it."""

from __future__ import annotations

from pathlib import Path

from geo.store.interface import Change, Count, Neighbour, Page, Store, Stored, Version
from geo.store.sqlite import SqliteStore

__all__ = ["Change", "Count", "Neighbour", "Page", "Store", "Stored", "Version", "open_store"]


def open_store(path: Path | str, *, busy_timeout_s: float = 10.0, read_limit_s: float | None = None) -> Store:
    """Open the store at a path; a new one is made, with its folder, where there is none.

    Parameters
    ----------
    path : path
        A GeoPackage file. One that cannot be written is opened for reading.
    busy_timeout_s : float
        How long a write waits for another process's write.
    read_limit_s : float, optional
        Longest that one question (`iterate` and `changes` apart) may take before it ends in `TooBusy`.

    Raises
    ------
    StoreError
        The file is not an Ibar store, is of a newer version, or cannot be made or opened.
    """
    return SqliteStore(Path(path), busy_timeout_s=busy_timeout_s, read_limit_s=read_limit_s)
