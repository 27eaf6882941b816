"""What a store promises: the values that it hands out, and the one interface that every back end has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, get_args

from numpy.typing import NDArray

from geo.errors import InvalidInput
from geo.model import BBox, Criteria, Decision, Event, LonLat, Status

if TYPE_CHECKING:
    from geo.store.columns import Columns, Dictionary

PUBLIC: Final[tuple[Status, ...]] = ("published",)
Sort = Literal[
    "date_start",
    "-date_start",
    "border_distance_m",
    "-border_distance_m",
    "fatalities",
    "-fatalities",
    "updated_at",
    "-updated_at",
    "id",
    "-id",
]
SORTS: Final[tuple[str, ...]] = get_args(Sort)
Dimension = Literal["month", "year", "type", "kind", "municipality", "side"]
DIMENSIONS: Final[tuple[str, ...]] = get_args(Dimension)
PutAction = Literal["ingest", "edit"]


@dataclass(frozen=True, slots=True)
class Count:
    """How many events match, and how many could not be tried."""

    number_matched: int
    area_only: int
    """Of those matched: known by an area and not by a position."""
    not_placed: int
    """Not matched, because the box, polygon, radius or distance asked for cannot be tried on them, while everything
    that can be tried holds."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of matching features, all of one state of the store."""

    features: tuple[bytes, ...]
    """GeoJSON features, encoded; with `certainty` among the properties where `within_m` was asked."""
    number_matched: int
    """Exact, over all pages."""
    not_placed: int
    next_cursor: str | None
    """Where the next page begins; null on the last one."""
    area_only: int = 0
    revision: int = 0
    """Of the store when the page was read."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One event as the store holds it."""

    event: Event
    feature: bytes
    revision: int
    """The write that it stems from."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A feature and its geodesic distance from the position that was asked for."""

    feature: bytes
    distance_m: float


@dataclass(frozen=True, slots=True)
class Extent:
    """What contains every one of some features; null where none of them has a place or a date."""

    bbox: BBox | None
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class LastWrite:
    """What caches rest on."""

    revision: int
    """Its number; 0 for a new store."""
    at: datetime
    """When it was, in UTC; for a new store, when that was made."""


@dataclass(frozen=True, slots=True)
class Change:
    """What the public sees change: a feature, or null where an event is no longer to be seen."""

    id: str
    revision: int
    feature: bytes | None


@dataclass(frozen=True, slots=True)
class Version:
    """One state of an event, and the decision that led to it."""

    revision: int
    decision: Decision
    status: Status
    event: Event


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The published events of one state of the store, as columns in no order."""

    revision: int
    columns: Columns


@dataclass(frozen=True, slots=True)
class Changes:
    """What was written since a revision: the row numbers, and those rows of them that are published now."""

    revision: int
    fids: NDArray[Any]
    columns: Columns


class Store(Protocol):
    """Events, their history and the queries on them.

    Every write is one transaction: all of it is kept or none, and once a call returns it survives the death of the
    process. Every write takes the next number of one revision. Readers never wait for a writer, and one call sees one
    state. `Criteria.statuses` (or `statuses`) is the one place that decides who sees what.
    """

    def put(self, events: Iterable[Event], *, who: str, why: str, action: PutAction) -> int:
        """Store events by their ids, and return the store's revision.

        `ingest` adds what is new and renews drafts; an event read before in the same form is left as it is, whatever
        became of it since. `edit` replaces.

        Raises
        ------
        Conflict
            `ingest` of an event that was published or withdrawn, in a form never read before.
        InvalidInput
            An id is given twice, or an event cannot be stored.
        """
        ...

    def seed(self, events: Iterable[Event]) -> int:
        """Take over shipped events, and return how many were added or renewed.

        Idempotent by id; an event that anybody has touched since is left alone, and nothing withdrawn comes back.
        """
        ...

    def decide(
        self, event_id: str, decision: Decision, status: Status, *, expected: tuple[Status, ...] | None = None
    ) -> int:
        """Give an event another status, keep the decision, and return the store's revision.

        Raises
        ------
        NotFound
            There is no such event.
        Conflict
            Its status is not among those `expected`.
        """
        ...

    def get(self, event_id: str, *, statuses: tuple[Status, ...] = PUBLIC) -> Stored:
        """Return one event; `NotFound` where there is none of these statuses."""
        ...

    def statuses(self, ids: Iterable[str]) -> Mapping[str, Status]:
        """Return the status of each of these events that the store holds."""
        ...

    def page(
        self, criteria: Criteria, *, sort: Sort = "-date_start", limit: int = 100, cursor: str | None = None
    ) -> Page:
        """Return one page; ties are ordered by id in the same direction, and nulls come last in both.

        Raises
        ------
        InvalidInput
            Criteria, sort, limit or cursor cannot be used.
        """
        ...

    def count(self, criteria: Criteria) -> Count:
        """Count exactly."""
        ...

    def counts(self, criteria: Criteria, by: Dimension) -> Mapping[str, int]:
        """Count by month or year (of the first day), type, kind, municipality or side; unknown counts under ""."""
        ...

    def extent(self, criteria: Criteria) -> Extent:
        """Return the box and the days that hold every matching event; a box is never across the antimeridian."""
        ...

    def nearest(self, position: LonLat, k: int, criteria: Criteria) -> tuple[Neighbour, ...]:
        """Return the `k` matching events that are nearest to a position, nearest first; ties by id."""
        ...

    def iterate(self, criteria: Criteria, *, sort: Sort = "-date_start") -> Iterator[bytes]:
        """Yield every matching feature of one state of the store, in constant memory."""
        ...

    def history(self, event_id: str) -> tuple[Version, ...]:
        """Return every version of an event, oldest first; `NotFound` where there was none."""
        ...

    def changes(self, since: int) -> Iterator[Change]:
        """Yield what the public sees change after a revision, in the order of revision and id, once for each event."""
        ...

    def snapshot(self, criteria: Criteria, names: Dictionary) -> Snapshot:
        """Return the matching events of one state as columns; `names` numbers their words, and grows."""
        ...

    def changes_of_columns(self, since: int, names: Dictionary) -> Changes | None:
        """Return what was written since a revision as columns; null where reading everything anew is quicker."""
        ...

    def revision(self) -> int:
        """Return the number of the last write; 0 for a new store."""
        ...

    def last_write(self) -> LastWrite:
        """Return which was the last write, and when."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


def checked_sort(sort: str) -> Sort:
    """Return a sort that a store knows, or refuse it."""
    return _checked(sort, SORTS, "sort")  # type: ignore[return-value]  # it is one of them


def checked_dimension(by: str) -> Dimension:
    """Return a dimension that a store counts by, or refuse it."""
    return _checked(by, DIMENSIONS, "counts")  # type: ignore[return-value]  # it is one of them


def _checked(value: str, known: tuple[str, ...], what: str) -> str:
    if value not in known:
        raise InvalidInput(f"{what}: {value!r} is not one of {', '.join(known)}")
    return value
