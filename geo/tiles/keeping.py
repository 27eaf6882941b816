"""A store and criteria in, the pyramid of its present state and the matching events out."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import Final

from geo.model import Criteria
from geo.store.columns import Dictionary, dictionary, is_usable
from geo.store.interface import Store
from geo.tiles.pyramid import Pyramid, Selection

_KEPT_OF_WORDS: Final = 8
_EVERYTHING: Final = Criteria()


@dataclass(slots=True)
class Keeper:
    """Keeps the pyramid of one store, and brings it up to date before each answer. Threads share it.

    What arrays cannot try (words, ids, a polygon, a radius) the store answers: the pyramid is then one of the events
    that it found, kept for as long as the store's revision stays.
    """

    store: Store
    _names: Dictionary = field(default_factory=dictionary)
    _pyramid: Pyramid | None = None
    _found: OrderedDict[Criteria, Pyramid] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_built(self) -> bool:
        """Whether an answer needs no reading of every event first."""
        return self._pyramid is not None

    def select(self, criteria: Criteria) -> tuple[Pyramid, Selection]:
        """Return the pyramid and the events in it that match, of one state that is no older than this call.

        Raises
        ------
        InvalidInput
            Criteria that a store refuses.
        """
        if is_usable(criteria):
            pyramid = self._current()
            return pyramid, pyramid.select(criteria)
        pyramid = self._of_words(criteria)
        return pyramid, pyramid.select(_EVERYTHING)

    def _current(self) -> Pyramid:
        with self._lock:
            revision = self.store.revision()
            if self._pyramid is None or self._pyramid.revision != revision:
                self._pyramid = self._followed(self._pyramid)
            return self._pyramid

    def _followed(self, known: Pyramid | None) -> Pyramid:
        changes = self.store.changes_of_columns(known.revision, self._names) if known else None
        if known is None or changes is None:
            found = self.store.snapshot(_EVERYTHING, self._names)
            return Pyramid(found.columns, found.revision)
        return known.followed(changes.fids, changes.columns, changes.revision)

    def _of_words(self, criteria: Criteria) -> Pyramid:
        asked = replace(criteria, certainty="possible") if criteria.within_m is None else criteria
        with self._lock:
            revision = self.store.revision()
            kept = self._found.get(asked)
            if kept is not None and kept.revision == revision:
                return kept
            found = self.store.snapshot(asked, self._names)
            self._found[asked] = made = Pyramid(found.columns, found.revision)
            self._found.move_to_end(asked)
            while len(self._found) > _KEPT_OF_WORDS:
                self._found.popitem(last=False)
            return made
