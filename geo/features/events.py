"""A store and a kind of event in, the features of that kind out."""

from __future__ import annotations

from dataclasses import dataclass, replace

from geo.errors import NotFound
from geo.features.collection import Collection
from geo.model import Criteria, Kind
from geo.store.interface import Extent, Page, Store, checked_sort


@dataclass(slots=True)
class Events:
    """The published events of one kind."""

    collection: Collection
    store: Store
    _known: tuple[int, Extent] | None = None
    """The extent, and the revision that it is of."""

    @property
    def kind(self) -> Kind:
        """Which events these are."""
        assert self.collection.kind is not None  # noqa: S101 - layers are read by `Layer`
        return self.collection.kind

    def page(self, criteria: Criteria, *, sort: str, limit: int, cursor: str | None) -> Page:
        """Return one page of the events that match."""
        asked = replace(criteria, kinds=(self.kind,))
        return self.store.page(asked, sort=checked_sort(sort), limit=limit, cursor=cursor)

    def get(self, feature_id: str) -> bytes:
        """Return one event, encoded."""
        stored = self.store.get(feature_id)
        if stored.event.kind != self.kind:
            raise NotFound(f"there is no event {feature_id!r}")
        return stored.feature

    def extent(self) -> Extent:
        """Return where and when the events are; every event is read for it, so it is known until the next write."""
        revision = self.store.revision()
        if self._known is None or self._known[0] != revision:
            self._known = revision, self.store.extent(Criteria(kinds=(self.kind,)))
        return self._known[1]
