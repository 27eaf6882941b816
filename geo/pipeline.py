"""A file in, stored events out: the one module that knows the order of the stages.

    sources -> extract -> geocode -> store

An article becomes a `Document`, a feed several, each with its claims and their events; a table has its claims already.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from geo.border import Border
from geo.errors import InvalidInput
from geo.extract import extract
from geo.gazetteer import Gazetteer
from geo.geocode import given_place, locate, with_municipality
from geo.model import STATUSES, Claim, Criteria, Document, Event, LonLat, Source, Status
from geo.sources import MAX_DOCUMENT_BYTES, Format, is_table, read_bytes, read_claims, read_documents

if TYPE_CHECKING:
    from geo.sources.rows import Row
    from geo.store import Store

MunicipalityAt = Callable[[LonLat], str | None]
FAR_M: Final = 300_000.0
"""Farther from the border line than this, a position is more likely to be a slip than an event of this map."""
_BATCH: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What the caller knows of a file besides its text."""

    published: date | None = None
    source: str = ""
    url: str | None = None
    encoding: str | None = None
    form: Format | None = None
    """What a document is read as; recognised by content where it is not given. With it a file is never a table."""


@dataclass(slots=True)
class Ingested:
    """What came of a file. Nothing of it is stored where `revision` is null."""

    events: int = 0
    known: int = 0
    """Of those, how many the store held before."""
    repeating: int = 0
    """Of those not held before, how many may repeat another event; they are marked for the reviewer."""
    not_placed: int = 0
    warnings: list[str] = field(default_factory=list)
    first: list[Event] = field(default_factory=list)
    """The first few events, to be shown."""
    revision: int | None = None
    is_changed: bool = False
    """Whether the store changed: false where every event had been read before."""


def events_from_document(
    document: Document, gazetteer: Gazetteer, border: Border, *, municipality_at: MunicipalityAt | None = None
) -> tuple[Event, ...]:
    """Return the events that a document reports, as drafts, in the order of the text."""
    claims = identified(extract(document, gazetteer), scope=document.id)
    return tuple(locate(claim, gazetteer, border, municipality_at=municipality_at) for claim in claims)


def events_from_table(
    path: Path | str,
    gazetteer: Gazetteer,
    border: Border,
    *,
    municipality_at: MunicipalityAt | None = None,
    status: Status | None = None,
    about: About | None = None,
    warn: Callable[[str], None] = lambda _: None,
) -> Iterator[Event]:
    """Yield the events of a table or feature file, in file order, however long it is.

    Parameters
    ----------
    path : path
        A file that `geo.sources.read_claims` reads.
    municipality_at : callable, optional
        Gives the municipality of a position; without it the place's record does.
    status : Status, optional
        Given to every event; otherwise each keeps what the file says (draft where it says nothing).
    about : About, optional
        Its source goes to the rows that name none.
    warn : callable
        Called with a line for each position that is far from the border.

    Raises
    ------
    InvalidInput
        A row cannot be used: a bad value, a place that is unknown or may be several, an id given twice. The message
        names line and column.
    """
    about = about or About()
    seen: dict[str, int] = {}
    for row in read_claims(path, encoding=about.encoding):
        claim = _sourced(_named(row, gazetteer), about)
        claim = replace(claim, status=status or claim.status)
        event = locate(claim, gazetteer, border, municipality_at=municipality_at)
        _refuse_twice(row, event.id, seen)
        _warn_if_far(row, event, border, warn)
        yield event


def ingest(
    path: Path | str,
    gazetteer: Gazetteer,
    border: Border,
    store: Store | None,
    *,
    municipality_at: MunicipalityAt | None = None,
    about: About | None = None,
    data: bytes | None = None,
    who: str = "ibar ingest",
    progress: Callable[[int], None] = lambda _: None,
) -> Ingested:
    """Read an article, a feed, a table or a feature file, and store its events as drafts: all of them or none.

    Parameters
    ----------
    path : path
        The file: a table by its extension, else a document, which is recognised by its content.
    store : Store or None
        None reads everything and writes nothing.
    about : About, optional
        Publication date, source, encoding and format.
    data : bytes, optional
        What the article holds, where it was read already (from standard input).
    progress : callable
        Called with the number of events read so far.

    Returns
    -------
    Ingested
        Ids rest on what was read, so that the same file read again adds nothing.

    Raises
    ------
    InvalidInput
        The file or a row of it cannot be used.
    Conflict
        An event was published or withdrawn since, and the file now says something else.
    StoreError
        The store failed to write.
    """
    from geo.duplicates import marked, repeating  # with it comes the store, which a text that is only read needs not

    about, result = about or About(), Ingested()
    if data is None and about.form is None and is_table(path):
        warn = result.warnings.append
        rows = events_from_table(
            path, gazetteer, border, municipality_at=municipality_at, status="draft", about=about, warn=warn
        )
        events = repeating(rows, store) if store else rows
    else:
        read = (
            events_from_document(document, gazetteer, border, municipality_at=municipality_at)
            for document in _documents(path, about, data)
        )
        events = marked(read, store) if store else chain.from_iterable(read)
    counted = _counted(events, store, result, progress)
    if store is None:
        deque(counted, maxlen=0)
        return result
    before = store.revision()
    result.revision = store.put(counted, who=who, why=f"read from {Path(path).name}", action="ingest")
    result.is_changed = result.revision != before
    return result


def renew_municipalities(store: Store, gazetteer: Gazetteer, municipality_at: MunicipalityAt) -> int:
    """Give every stored event the municipality of a new layer, in one write, and return how many changed."""
    changed = [
        replace(event, location=location)
        for feature in list(store.iterate(Criteria(statuses=STATUSES)))
        for event in [store.get(json.loads(feature)["id"], statuses=STATUSES).event]
        if (location := with_municipality(event.location, gazetteer, municipality_at)) != event.location
    ]
    if changed:
        store.put(changed, who="ibar", why="municipalities imported", action="edit")
    return len(changed)


def identified(claims: Iterable[Claim], *, scope: str) -> Iterator[Claim]:
    """Give each claim of a document an id that rests on the document and on where its evidence begins.

    The same text gives the same ids, whatever day of publication is given with it, so that a corrected day renews the
    drafts.
    """
    taken: dict[str, int] = {}
    for claim in claims:
        start = min((e.start for e in claim.facts.evidence), default=-1)
        name = f"ev-{sha256(f'{scope} {claim.kind} {claim.facts.event_type} {start}'.encode()).hexdigest()[:16]}"
        taken[name] = taken.get(name, 0) + 1
        again = "" if taken[name] == 1 else f"-{taken[name]}"
        yield claim if claim.id else replace(claim, id=name + again)


def _documents(path: Path | str, about: About, data: bytes | None) -> tuple[Document, ...]:
    given = read_bytes(path, limit=MAX_DOCUMENT_BYTES) if data is None else data
    return read_documents(
        given,
        name=Path(path).name,
        form=about.form,
        published=about.published,
        source=about.source,
        url=about.url,
        encoding=about.encoding,
    )


def _counted(
    events: Iterable[Event], store: Store | None, result: Ingested, progress: Callable[[int], None]
) -> Iterator[Event]:
    """Pass events on in batches, counting them and those that the store held before this write."""
    waiting = iter(events)
    while batch := list(islice(waiting, _BATCH)):
        result.events += len(batch)
        known = store.statuses(event.id for event in batch) if store else {}
        result.known += len(known)
        result.repeating += sum(event.possible_duplicate_of is not None for event in batch if event.id not in known)
        result.not_placed += sum(not event.location.is_placed for event in batch)
        result.first += batch[: max(0, 20 - len(result.first))]
        progress(result.events)
        yield from batch


def _sourced(claim: Claim, about: About) -> Claim:
    if claim.facts.sources or not about.source:
        return claim
    published = about.published.isoformat() if about.published else None
    source = Source(name=about.source, url=about.url, date=published)
    return replace(claim, facts=replace(claim.facts, sources=(source,)))


def _refuse_twice(row: Row, event_id: str, seen: dict[str, int]) -> None:
    before = seen.setdefault(event_id, row.number)
    if before != row.number:
        given = f"{event_id!r} is that of" if row.claim.id else "empty, and all else is as in"
        raise row.error(f"id: {given} {row.unit} {before}")


def _named(row: Row, gazetteer: Gazetteer) -> Claim:
    try:
        return given_place(row.claim, gazetteer)
    except InvalidInput as error:
        raise row.error(str(error)) from error


def _warn_if_far(row: Row, event: Event, border: Border, warn: Callable[[str], None]) -> None:
    at, measure = event.location.position, event.location.border
    if at is None or measure is None or measure.distance_m <= FAR_M:
        return
    far = f"{row.where}: {at.lon:g},{at.lat:g} lies {measure.distance_m / 1000:,.0f} km from the border line"
    warn(f"{far}; are longitude and latitude swapped?" if _is_near_swapped(at, border) else far)


def _is_near_swapped(at: LonLat, border: Border) -> bool:
    try:
        return border.measure(LonLat(at.lat, at.lon)).distance_m <= FAR_M
    except InvalidInput:
        return False
