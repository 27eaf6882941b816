"""An article or a feed in, the events that it reports out, as one GeoJSON FeatureCollection on standard output."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from app.resources import resources
from app.tables import plain
from geo.sources import FORMATS

if TYPE_CHECKING:
    from geo.model import Document, Event
    from geo.sources import Format

AS: Final = click.option(
    "--as",
    "read_as",
    type=click.Choice(FORMATS),
    help="What the file is read as.  [default: what its content shows]",
)
_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command()
@click.argument("file", metavar="FILE|-")
@click.option(
    "--published", type=_DAY, metavar="2023-11-07", help="Day of publication: what 'yesterday' is reckoned from."
)
@click.option("--source", default="", metavar="NAME", help="Publisher.")
@click.option("--url", metavar="URL", help="Where it was read (http or https).")
@click.option("--encoding", metavar="NAME", help="Of the file.  [default: utf-8]")
@AS
@click.option(
    "--format",
    "form",
    type=click.Choice(["geojson", "table", "documents"]),
    default="geojson",
    show_default=True,
    help="The last prints the text that was read, one JSON object a line.",
)
@click.option("--explain", is_flag=True, help="Say on standard error why each event was made, and what was rejected.")
def extract(
    *,
    file: str,
    published: datetime | None,
    read_as: Format | None,
    form: str,
    explain: bool,
    **about: Any,
) -> None:
    """Print the events that an article reports; nothing is stored.

    FILE is a text, a web page (HTML), a PDF document or an RSS or Atom file, or - for standard input, in English,
    Albanian or Serbian (either script). Nothing is fetched: save the page first. Day, title and publisher are taken
    from the file where it states them. Every value comes with the words that it rests on; `--format documents` prints
    the text that their offsets count in. A place known only as an area has no point. To store the events, use
    `ibar ingest`.

    \b
    Examples:
      ibar extract article.txt --published 2023-11-07
      ibar extract - --published 2023-11-07 --explain < article.txt
      ibar extract saved-page.html --format table
      ibar extract report.pdf --published 2023-10-02
    """
    from geo.sources import read_documents

    name = "standard input" if file == "-" else Path(file).name
    documents = read_documents(_bytes(file), name=name, form=read_as, published=published and published.date(), **about)
    if form == "documents":
        _print_documents(documents)
        return
    found = tuple((document, _events(document)) for document in documents)
    if explain:
        for document, its_events in found:
            _explain(document, its_events)
    events = tuple(event for _, its_events in found for event in its_events)
    if form == "table":
        _print_table(events)
    else:
        _print_geojson(events)


def _events(document: Document) -> tuple[Event, ...]:
    from geo.pipeline import events_from_document

    here = resources()
    return events_from_document(document, here.gazetteer, here.border, municipality_at=here.municipality_at)


def _bytes(file: str) -> bytes:
    from geo.sources import MAX_DOCUMENT_BYTES, read_bytes, read_stream

    if file == "-":
        return read_stream(sys.stdin.buffer, name="standard input", limit=MAX_DOCUMENT_BYTES)
    return read_bytes(file, limit=MAX_DOCUMENT_BYTES)


def _print_geojson(events: tuple[Event, ...]) -> None:
    from geo.geojson import collection, feature

    click.echo(collection(feature(event) for event in events).decode())


def _print_documents(documents: tuple[Document, ...]) -> None:
    from geo.geojson import document_members

    for document in documents:
        click.echo(json.dumps(document_members(document), ensure_ascii=False))


def _print_table(events: tuple[Event, ...]) -> None:
    from app import tables

    rows = [_cells(event) for event in events]
    click.echo(tables.aligned(("date", "kind", "type", "place", "killed", "confidence"), rows) if rows else "no events")


def _cells(event: Event) -> tuple[str, ...]:
    facts, where = event.facts, event.location
    days = "/".join(day.isoformat() for day in (facts.when.start, facts.when.end) if day) or "unknown"
    place = where.place_name or where.area_id or "not placed"
    killed = "" if facts.fatalities is None else str(facts.fatalities)
    return (days, event.kind, facts.event_type, place, killed, f"{facts.confidence:.2f}")


def _explain(document: Document, events: tuple[Event, ...]) -> None:
    from geo.extract import explain

    told = explain(document, resources().gazetteer)
    day = document.published.isoformat() if document.published else "no day of publication"
    click.echo(plain(f"{document.id}: {document.title or 'no title'} ({day})"), err=True)
    for number, (event, reasons) in enumerate(zip(events, told.reasons, strict=True), start=1):
        click.echo(f"{number}. {event.facts.title}, confidence {event.facts.confidence:.2f}", err=True)
        for reason in (*reasons, *_candidates(event)):
            click.echo(f"     {reason}", err=True)
    for one in told.rejected:
        click.echo(f"rejected {one.event_type}: {one.text!r} at {one.start}: {one.reason}", err=True)


def _candidates(event: Event) -> list[str]:
    lines = [f"evidence for {e.supports}: {e.start}-{e.end} {e.text[:80]!r}" for e in event.facts.evidence]
    for candidate in event.location.alternatives:
        why = f" ({', '.join(candidate.reasons)})" if candidate.reasons else ""
        place = candidate.place
        lines.append(f"candidate {place.name_en}, {place.municipality or place.country}: {candidate.score:.2f}{why}")
    return lines
