"""An article in, the events that it reports out, as one GeoJSON FeatureCollection on standard output."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.resources import resources

if TYPE_CHECKING:
    from geo.model import Document, Event

_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command()
@click.argument("file", metavar="FILE|-")
@click.option(
    "--published", type=_DAY, metavar="2023-11-07", help="Day of publication: what 'yesterday' is reckoned from."
)
@click.option("--source", default="", metavar="NAME", help="Publisher.")
@click.option("--url", metavar="URL", help="Where it was read (http or https).")
@click.option("--encoding", metavar="NAME", help="Of the file.  [default: utf-8]")
@click.option("--format", "form", type=click.Choice(["geojson", "table"]), default="geojson", show_default=True)
@click.option("--explain", is_flag=True, help="Say on standard error why each event was made, and what was rejected.")
def extract(
    *,
    file: str,
    published: datetime | None,
    source: str,
    url: str | None,
    encoding: str | None,
    form: str,
    explain: bool,
) -> None:
    """Print the events that an article reports; nothing is stored.

    FILE is a text file, or - for standard input, in English, Albanian or Serbian (either script). Every value comes
    with the words that it rests on. A place known only as an area has no point. To store the events, use
    `ibar ingest`.

    \b
    Examples:
      ibar extract article.txt --published 2023-11-07
      ibar extract - --published 2023-11-07 --explain < article.txt
      ibar extract article.txt --format table
    """
    from geo.pipeline import events_from_document
    from geo.sources import read_document

    here = resources()
    name = "standard input" if file == "-" else Path(file).name
    document = read_document(
        _bytes(file), name=name, published=published and published.date(), source=source, url=url, encoding=encoding
    )
    events = events_from_document(document, here.gazetteer, here.border, municipality_at=here.municipality_at)
    if explain:
        _explain(document, events)
    if form == "table":
        _print_table(events)
    else:
        _print_geojson(events)


def _bytes(file: str) -> bytes:
    from geo.sources import MAX_DOCUMENT_BYTES, read_bytes, read_stream

    if file == "-":
        return read_stream(sys.stdin.buffer, name="standard input", limit=MAX_DOCUMENT_BYTES)
    return read_bytes(file, limit=MAX_DOCUMENT_BYTES)


def _print_geojson(events: tuple[Event, ...]) -> None:
    from geo.geojson import collection, feature

    click.echo(collection(feature(event) for event in events).decode())


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
