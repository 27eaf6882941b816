"""A file in, drafts in the store out; and the empty tables to fill in."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app import tables, values
from app.cli.extract import AS
from app.resources import resources
from geo.errors import InvalidInput
from geo.model import Event

if TYPE_CHECKING:
    from geo.pipeline import Ingested
    from geo.sources import Format

_WARNINGS = 20
"""Most warnings that are printed."""


def _day(_: click.Context, option: click.Parameter, given: str | None) -> date | None:
    if given is None:
        return None
    try:
        first, last = values.interval(given)
    except InvalidInput as error:
        raise click.BadParameter(str(error), param=option) from error
    if first is None or first != last:
        raise click.BadParameter(f"{given!r} is not a day (write 2023-11-07)", param=option)
    return first


@click.command()
@click.argument("file", metavar="FILE")
@click.option(
    "--published", callback=_day, metavar="2023-11-07", help="Day of publication: what 'yesterday' is reckoned from."
)
@click.option("--source", default="", metavar="NAME", help="Publisher; in a table, for the rows that name none.")
@click.option("--url", metavar="URL", help="Where it was read (http or https).")
@click.option("--encoding", metavar="NAME", help="Of the file.  [default: utf-8]")
@AS
@click.option("--dry-run", is_flag=True, help="Read and check all of it, store nothing.")
@click.option("--progress/--no-progress", default=None, help="Count on standard error.  [default: on a terminal]")
def ingest(*, file: str, read_as: Format | None, dry_run: bool, progress: bool | None, **about: Any) -> None:
    """Store the events of a file as drafts, all of them or none.

    FILE is an article (a text, a web page, a PDF document, an RSS or Atom file; - is standard input), a table (.csv,
    .tsv) in the columns of `ibar template csv`, or .geojson. Nothing is fetched. In a table a name without coordinates
    is looked up in the gazetteer. Reading a file again adds nothing.
    Drafts are seen by nobody else until `ibar review accept`.

    \b
    Examples:
      ibar ingest article.txt --published 2023-11-07 --source "Example Gazette"
      ibar ingest news.rss
      ibar ingest events.csv --dry-run
      ibar ingest events.geojson
    """
    from geo.pipeline import About
    from geo.pipeline import ingest as run

    here = resources()
    with _counting(_is_wanted(progress)) as count:
        done = run(
            "standard input" if file == "-" else file,
            here.gazetteer,
            here.border,
            None if dry_run else here.store,
            municipality_at=here.municipality_at,
            about=About(form=read_as, **about),
            data=_standard_input() if file == "-" else None,
            progress=count,
        )
    _report("standard input" if file == "-" else Path(file).name, done, dry_run=dry_run)


@click.command()
@click.argument("form", metavar="csv|geojson")
def template(*, form: str) -> None:
    """Print an empty file to fill in and give to `ibar ingest`.

    CSV is one header line; only `kind` and `event_type` must be filled in. docs/data.md says what each column means.

    \b
    Example:
      ibar template csv > events.csv
    """
    from geo import sources

    click.echo(sources.template(form), nl=False)


def _standard_input() -> bytes:
    from geo.sources import MAX_DOCUMENT_BYTES, read_stream

    return read_stream(sys.stdin.buffer, name="standard input", limit=MAX_DOCUMENT_BYTES)


def _is_wanted(progress: bool | None) -> bool:
    return sys.stderr.isatty() if progress is None else progress


@contextmanager
def _counting(is_wanted: bool) -> Iterator[Callable[[int], None]]:
    """Give a function that shows how many events were read, on one line of standard error."""
    shown = 0

    def count(events: int) -> None:
        nonlocal shown
        shown = events
        if is_wanted:
            click.echo(f"\r{events:,} events read", nl=False, err=True)

    try:
        yield count
    finally:
        if is_wanted and shown:
            click.echo(err=True)


def _report(name: str, done: Ingested, *, dry_run: bool) -> None:
    for warning in done.warnings[:_WARNINGS]:
        click.echo(f"Warning: {tables.plain(warning)}", err=True)
    if len(done.warnings) > _WARNINGS:
        click.echo(f"Warning: {len(done.warnings) - _WARNINGS} more such positions", err=True)
    if done.first:
        click.echo(tables.aligned(("date", "type", "place", "border", "title", "id"), [_cells(e) for e in done.first]))
    if done.events > len(done.first):
        click.echo(f"... and {done.events - len(done.first):,} more")
    click.echo(f"{name}: {_outcome(done, dry_run=dry_run)}")


def _outcome(done: Ingested, *, dry_run: bool) -> str:
    events = f"{done.events:,} event{'' if done.events == 1 else 's'}" + (
        f" ({done.not_placed:,} not placed)" if done.not_placed else ""
    )
    if not done.events:
        return "no events found; nothing was stored"
    if dry_run:
        return f"{events} would be read; nothing was stored"
    if not done.is_changed:
        return f"{events}, all read before in this form; nothing changed"
    repeats = f" ({done.repeating:,} may repeat another)" if done.repeating else ""
    renewed = f", {done.known:,} of them known before" if done.known else ""
    return f"{events} stored as drafts{renewed}{repeats}; see them with `ibar review list`"


def _cells(event: Event) -> tuple[str, ...]:
    when, where = event.facts.when, event.location
    days = "/".join(day.isoformat() for day in (when.start, when.end) if day) or "unknown"
    at, border = where.position, where.border
    place = where.place_name or (f"{at.lon:.5f}, {at.lat:.5f}" if at else "not placed")
    away = f"{border.distance_m / 1000:.1f} km" if at and border else "area" if where.area_id else ""
    return (days, event.facts.event_type, place, away, event.facts.title, event.id)
