"""Settings in, the opened gazetteer, border and store out: each opened at its first use, once per process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

from flask import current_app

if TYPE_CHECKING:
    from geo.gazetteer import Gazetteer

    from app.config import Settings
    from geo.border import Border
    from geo.model import LonLat
    from geo.store import Store

EXTENSION = "ibar"
"""The key of `Flask.extensions` under which the resources of an application stand."""
SEED = "incidents.geojson"
"""The shipped data set that a fresh store starts from."""


class Resources:
    """What views and commands work with. Threads share it: whoever asks first opens, the others wait.

    Libraries are imported when they are first needed, so that a command which only reads text starts at once.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = threading.RLock()

    @property
    def gazetteer(self) -> Gazetteer:
        """The compiled index of place names."""
        with self._lock:
            return self._gazetteer

    @property
    def border(self) -> Border:
        """The border line, ready to be measured against."""
        with self._lock:
            return self._border

    @property
    def store(self) -> Store:
        """The store of events; a fresh one is filled from the shipped data set first."""
        with self._lock:
            return self._store

    @property
    def municipality_at(self) -> Callable[[LonLat], str | None] | None:
        """The function from a position to a municipality's name, or null where no such layer was imported."""
        with self._lock:
            return self._municipality_at

    @property
    def municipalities_path(self) -> Path:
        """Where `ibar boundaries import municipalities` puts its layer: beside the store."""
        return self.settings.store.parent / "municipalities.geojson"

    def close(self) -> None:
        """Let go of the store's file, as before a process parts in two; the next use opens it again."""
        with self._lock:
            opened = self.__dict__.pop("_store", None)
            if opened is not None:
                opened.close()

    @cached_property
    def _gazetteer(self) -> Gazetteer:
        from geo.gazetteer import Gazetteer

        return Gazetteer.open(self.settings.cache / "gazetteer.sqlite")

    @cached_property
    def _border(self) -> Border:
        from geo.border import Border

        return Border.load()

    @cached_property
    def _store(self) -> Store:
        from geo.store import open_store

        store = open_store(self.settings.store)
        if store.revision() == 0:
            self._fill(store)
        return store

    def _fill(self, store: Store) -> None:
        from geo.boundaries import shipped
        from geo.pipeline import events_from_table

        store.seed(events_from_table(shipped(SEED), self.gazetteer, self.border, municipality_at=self.municipality_at))

    @cached_property
    def _municipality_at(self) -> Callable[[LonLat], str | None] | None:
        return None


def resources() -> Resources:
    """Return the resources of the application that is at work (a request or a command)."""
    return cast("Resources", current_app.extensions[EXTENSION])
