"""Events and decisions in, rows, ready features, history and tombstones out: what one write transaction does."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from geo.errors import Conflict, InvalidInput, NotFound
from geo.geojson import encode, feature, position
from geo.model import STATUSES, Decision, Event, Status
from geo.record import FIELD, record
from geo.store import gpkg
from geo.store.full_record import digest, from_json, to_json_and_digest
from geo.store.interface import PutAction
from geo.store.lookup import revision
from geo.store.schema import INTERNAL
from geo.text import key

_COLUMNS: Final = ("geom", *FIELD, *INTERNAL)
_INSERT: Final = f"INSERT INTO events ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608
_UPDATE: Final = f"UPDATE events SET {', '.join(f'{c} = ?' for c in _COLUMNS)} WHERE fid = ?"  # noqa: S608
_UNINDEX: Final = (
    "INSERT INTO event_words (event_words, rowid, words) SELECT 'delete', fid, words FROM event_text WHERE fid = ?"
)
_REMEMBER: Final = (
    "INSERT INTO event_history (event_id, revision, action, who, why, at, status, digest, record)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class Row(NamedTuple):
    """What a write needs to know of an event that is there."""

    fid: int
    status: Status
    created_at: str


@dataclass(slots=True)
class Write:
    """One write: every row that it touches carries its revision and its time."""

    connection: sqlite3.Connection
    action: str
    who: str
    why: str
    at: str
    revision: int = field(init=False)
    written: int = 0
    extent: tuple[float, float, float, float] | None = None

    def __post_init__(self) -> None:
        """Take the next revision; it counts once something is written."""
        self.revision = revision(self.connection) + 1

    def existing(self, event_id: str) -> Row | None:
        """Return what is there under an id."""
        found = self.connection.execute("SELECT fid, status, created_at FROM events WHERE id = ?", (event_id,))
        row = found.fetchone()
        return row and Row(*row)

    def save(self, event: Event, existing: Row | None) -> None:
        """Write an event over what is there, or anew."""
        try:
            self._save(event, existing)
        except InvalidInput as error:
            raise InvalidInput(f"event {event.id!r}: {error}") from error

    def _save(self, event: Event, existing: Row | None) -> None:
        _check(event)
        created_at = existing.created_at if existing else self.at
        event = replace(event, revision=self.revision, created_at=created_at, updated_at=self.at)
        values, ready = _values(event), encode(feature(event))
        if existing is None:
            fid = self.connection.execute(_INSERT, values).lastrowid
        else:
            fid = existing.fid
            self.connection.execute(_UNINDEX, (fid,))
            self.connection.execute(_UPDATE, (*values, fid))
        self._save_text(fid, ready, _words(event))
        self._remember(event)
        self._mark(event, was_public=existing is not None and existing.status == "published")
        self._widen(event)
        self.written += 1

    def _save_text(self, fid: int | None, ready: bytes, words: str) -> None:
        row = (fid, ready, words)
        self.connection.execute("INSERT OR REPLACE INTO event_text (fid, feature, words) VALUES (?, ?, ?)", row)
        self.connection.execute("INSERT INTO event_words (rowid, words) VALUES (?, ?)", (fid, words))

    def _remember(self, event: Event) -> None:
        act = (self.action, self.who, self.why, self.at)
        full, fingerprint = to_json_and_digest(event)
        row = (event.id, self.revision, *act, event.status, fingerprint, full.decode())
        self.connection.execute(_REMEMBER, row)

    def _mark(self, event: Event, *, was_public: bool) -> None:
        """Leave a tombstone where the public saw an event and no longer does."""
        if event.status == "published":
            self.connection.execute("DELETE FROM event_tombstones WHERE id = ?", (event.id,))
        elif was_public:
            row = (event.id, self.revision)
            self.connection.execute("INSERT OR REPLACE INTO event_tombstones (id, revision) VALUES (?, ?)", row)

    def _widen(self, event: Event) -> None:
        if at := position(event.location.position):
            west, south, east, north = self.extent or (at.lon, at.lat, at.lon, at.lat)
            self.extent = (min(west, at.lon), min(south, at.lat), max(east, at.lon), max(north, at.lat))

    def finish(self) -> int:
        """Make the revision the store's, if anything was written, and return the store's."""
        if not self.written:
            return self.revision - 1
        self.connection.execute("UPDATE store_state SET value = ? WHERE name = 'revision'", (self.revision,))
        gpkg.touch_contents(self.connection, at=now(), extent=self.extent)
        return self.revision


def put(connection: sqlite3.Connection, events: Iterable[Event], *, who: str, why: str, action: PutAction) -> int:
    """Store events, and return the store's revision."""
    if action not in ("ingest", "edit"):
        raise InvalidInput(f"action: {action!r} is not one of ingest, edit")
    write = Write(connection, action=action, who=who, why=why, at=now())
    is_news = _is_unread if action == "ingest" else _always
    _write_all(write, events, is_news)
    return write.finish()


def seed(connection: sqlite3.Connection, events: Iterable[Event]) -> int:
    """Take over shipped events, and return how many were added or renewed."""
    write = Write(connection, action="import", who="ibar", why="shipped data set", at=now())
    _write_all(write, events, _is_untouched_and_new)
    write.finish()
    return write.written


def decide(
    connection: sqlite3.Connection,
    event_id: str,
    decision: Decision,
    status: Status,
    *,
    expected: tuple[Status, ...] | None,
) -> int:
    """Give an event another status, and return the store's revision."""
    write = Write(connection, action=decision.action, who=decision.who, why=decision.why, at=decision.at)
    row = write.existing(event_id)
    if row is None:
        raise NotFound(f"there is no event {event_id!r}")
    if expected is not None and row.status not in expected:
        raise Conflict(f"event {event_id!r} is {row.status}, not {' or '.join(expected)}")
    write.save(replace(_latest(connection, event_id), status=status), row)
    return write.finish()


def now() -> str:
    """Return the time as GeoPackage has it: UTC, milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _write_all(write: Write, events: Iterable[Event], is_news: Callable[[Write, Event, Row], bool]) -> None:
    seen = set()
    for event in events:
        if event.id in seen:
            raise InvalidInput(f"event {event.id!r} is given twice")
        seen.add(event.id)
        row = write.existing(event.id)
        if row is None or is_news(write, event, row):
            write.save(event, row)


def _always(_write: Write, _event: Event, _row: Row) -> bool:
    return True


def _is_unread(write: Write, event: Event, row: Row) -> bool:
    """Whether a draft says something new; a reviewed event is never undone by reading a file."""
    known = write.connection.execute(
        "SELECT 1 FROM event_history WHERE event_id = ? AND digest = ?", (event.id, digest(event))
    )
    if known.fetchone():
        return False
    if row.status != "draft":
        raise Conflict(
            f"event {event.id!r} is {row.status} already, and what is read now differs from it; edit that event, or"
            " give this one another id"
        )
    return True


def _is_untouched_and_new(write: Write, event: Event, _row: Row) -> bool:
    """Whether a shipped event that nobody touched has changed since it was last taken over."""
    versions = write.connection.execute(
        "SELECT action, digest, status FROM event_history WHERE event_id = ? ORDER BY hid", (event.id,)
    ).fetchall()
    is_untouched = all(action == "import" for action, _, _ in versions)
    return is_untouched and versions[-1][1:] != (digest(event), event.status)


def _latest(connection: sqlite3.Connection, event_id: str) -> Event:
    found = connection.execute(
        "SELECT record FROM event_history WHERE event_id = ? ORDER BY hid DESC LIMIT 1", (event_id,)
    )
    return from_json(found.fetchone()[0])


def _check(event: Event) -> None:
    if not event.id or event.status not in STATUSES:
        raise InvalidInput(f"needs an id and a status of {', '.join(STATUSES)}")
    if event.location.position is not None and event.location.border is None:
        raise InvalidInput("has a position but no distance to the border; make events with locate")


def _values(event: Event) -> tuple[Any, ...]:
    at, border, when = position(event.location.position), event.location.border, event.facts.when
    last = when.end or when.start
    internal = (
        at and at.lon,
        at and at.lat,
        border and border.min_m,
        border and border.likely_m,
        border and border.max_m,
        last and last.isoformat(),
        (last - when.start).days if last and when.start else None,
    )
    return (gpkg.point(at), *record(event).values(), *internal)


def _words(event: Event) -> str:
    """Return the words by which an event is found: folded, each once."""
    facts, place = event.facts, event.location
    named = (place.place_name, place.place_name_sq, place.place_name_sr, place.toponym, place.municipality)
    parties = (*facts.actors, facts.force, facts.unit, facts.contributor, facts.from_place, facts.to_place)
    sources = (source.name for source in facts.sources)
    text = key(" | ".join((facts.title, facts.summary, *named, *parties, *sources)))
    return " ".join(dict.fromkeys(text.split()))
