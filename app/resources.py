"""Settings in, the opened gazetteer, border and store out: each opened at its first use, once per process."""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from flask import current_app

if TYPE_CHECKING:
    from app.config import Settings
    from app.draftsman import Draftsman
    from geo.border import Border
    from geo.features import Features
    from geo.gazetteer import Gazetteer
    from geo.model import LonLat
    from geo.store import Store
    from geo.tiles import Keeper

EXTENSION: Final = "ibar"
"""The key of `Flask.extensions` under which the resources of an application stand."""
SEED: Final = "incidents.geojson"
"""The shipped data set that a fresh store starts from."""
_log = logging.getLogger(__name__)


class Resources:
    """What views and commands work with. Threads share it: whoever asks first opens, the others wait.

    Libraries are imported when they are first needed, so that a command which only reads text starts at once.

    Parameters
    ----------
    settings : Settings
    read_limit_s : float, optional
        Longest that one question to the store may take; by default as long as it needs.
    """

    def __init__(self, settings: Settings, *, read_limit_s: float | None = None) -> None:
        self.settings = settings
        self.say: Callable[[str], None] = _log.info
        """Told in words what takes a while: filling a fresh store, compiling the index of places."""
        self._read_limit_s = read_limit_s
        self._lock = threading.RLock()
        self._features: dict[str, Features] = {}

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

    def features(self, collection_id: str) -> Features:
        """Return where the features of a collection are read; a layer that ships is read at its first use."""
        from geo.features import COLLECTIONS, Events, Layer, read

        collection = COLLECTIONS[collection_id]
        with self._lock:
            if collection_id not in self._features:
                self._features[collection_id] = (
                    Events(collection, self._store)
                    if collection.kind
                    else Layer(collection, read(collection_id, gazetteer=self._gazetteer, border=self._border))
                )
            return self._features[collection_id]

    @property
    def tiles(self) -> Keeper:
        """Clusters and bins of the store's events, which follow its revision."""
        with self._lock:
            return self._tiles

    @property
    def municipality_at(self) -> Callable[[LonLat], str | None] | None:
        """The function from a position to a municipality's name, or null where no such layer was imported."""
        from geo.boundaries import municipalities

        return municipalities(self.municipalities_path).at if self.municipalities_path.exists() else None

    @property
    def municipalities_path(self) -> Path:
        """Where `ibar boundaries import municipalities` puts its layer: beside the store."""
        return self.settings.store.parent / "municipalities.geojson"

    @property
    def draftsman(self) -> Draftsman:
        """What draws maps for print, in a process of its own."""
        with self._lock:
            return self._draftsman

    def close(self) -> None:
        """Let go of the store's file, as before a process parts in two; the next use opens it again."""
        with self._lock:
            draftsman = self.__dict__.pop("_draftsman", None)
            if draftsman is not None:
                draftsman.close()
            self.__dict__.pop("_tiles", None)
            self._features.clear()
            opened = self.__dict__.pop("_store", None)
            if opened is not None:
                opened.close()

    @cached_property
    def _gazetteer(self) -> Gazetteer:
        from geo.gazetteer import Gazetteer

        return Gazetteer.open(self.settings.cache / "gazetteer.sqlite", progress=self.say)

    @cached_property
    def _border(self) -> Border:
        from geo.border import Border

        return Border.load()

    @cached_property
    def _store(self) -> Store:
        from geo.store import open_store

        store = open_store(self.settings.store, read_limit_s=self._read_limit_s)
        try:
            self._take_over_shipped(store)
        except BaseException:
            store.close()
            raise
        return store

    @cached_property
    def _tiles(self) -> Keeper:
        from geo.tiles import Keeper

        return Keeper(self._store)

    @cached_property
    def _draftsman(self) -> Draftsman:
        from app.draftsman import Draftsman

        return Draftsman(self.settings)

    def _take_over_shipped(self, store: Store) -> None:
        """Fill a fresh store, or bring a newer shipped file into one that was filled from an older one.

        A mark beside the store says which file that was.
        """
        from geo.boundaries import shipped

        path, mark = shipped(SEED), self.settings.store.with_name(self.settings.store.name + ".shipped")
        wanted, is_fresh = hashlib.sha256(path.read_bytes()).hexdigest(), store.revision() == 0
        is_older = _text(mark) not in ("", wanted) and os.access(self.settings.store, os.W_OK)
        if not (is_fresh or is_older):
            return
        self.say(f"{'filling a fresh store' if is_fresh else 'renewing the store'} from {SEED}: {self.settings.store}")
        self._seed(store, path)
        with suppress(OSError):  # without the mark the file is read again, which changes nothing
            mark.write_text(wanted, encoding="ascii")

    def renew_municipalities(self) -> int:
        """Take the municipalities of stored events from the layer that was just imported; return how many changed."""
        from geo.boundaries import shipped
        from geo.pipeline import renew_municipalities

        municipality_at = self.municipality_at
        if municipality_at is None or not self.settings.store.exists():
            return 0  # a store that is made later is filled with the layer in place
        store = self.store
        return self._seed(store, shipped(SEED)) + renew_municipalities(store, self.gazetteer, municipality_at)

    def _seed(self, store: Store, path: Path) -> int:
        from geo.pipeline import events_from_table

        return store.seed(events_from_table(path, self.gazetteer, self.border, municipality_at=self.municipality_at))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return ""


def resources() -> Resources:
    """Return the resources of the application that is at work (a request or a command)."""
    return cast("Resources", current_app.extensions[EXTENSION])
