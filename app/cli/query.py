"""Filters in, matching events on standard output out: as a table, GeoJSON, CSV, or counts."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Final

import click

from app import data_files, params, tables
from app.cli.filters import filter_options, reader
from app.resources import resources
from geo import geojson
from geo import query as queries
from geo.errors import InvalidInput
from geo.model import Criteria, LonLat
from geo.store.interface import Count, Sort, Store

ROWS: Final = 50
"""Rows of a table where no limit is given."""
PLACE_WIDTH: Final = 30
FORMATS: Final = ("table", *data_files.FORMATS)


@click.command()
@filter_options
@click.option("--nearest", callback=reader(params.NEAR), metavar="20.87,42.89", help="The events nearest to a point.")
@click.option("--k", callback=reader(params.K), metavar="N", help="How many of the nearest.  [default: 10]")
@click.option("--count-by", callback=reader(params.BY), metavar="month|type|...", help=f"{params.BY.meaning}.")
@click.option("--sort", callback=reader(params.SORT), metavar="-date_start", help=f"{params.SORT.meaning}.")
@click.option("--limit", type=click.IntRange(min=1), help=f"Most events.  [default: {ROWS} in a table, else all]")
@click.option("--format", "form", type=click.Choice(FORMATS), help="Of the output.  [default: table, or as OUT ends]")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write instead of the terminal.")
def query(*, criteria: Criteria, form: str | None, out: Path | None, **options: Any) -> None:
    """Find events: by distance to the border, place, date, type or words.

    \b
    Examples:
      ibar query --near-border 5km --datetime 2023-01-01/..
      ibar query --bbox 20.6,42.8,21.1,43.1 --type armed_clash,shooting --format csv > events.csv
      ibar query --near-border 15km --status any --format geojson
      ibar query --near-border 5km --out near.parquet
      ibar query --nearest 20.87,42.89 --k 5
      ibar query --kind incident --count-by municipality
    """
    _check_together(options)
    store = resources().store
    if out is not None:
        _save(store, criteria, out, form or out.suffix.lower().lstrip("."), options)
        return
    form = form or "table"
    if form in data_files.BUILT:
        raise InvalidInput(f"--format: {form} is not for a terminal; name a file with --out")
    if options["count_by"]:
        _print_counts(queries.counts(store, criteria, options["count_by"]), options["count_by"], form)
    elif options["nearest"]:
        _print_nearest(store, options["nearest"], options["k"] or 10, criteria, form)
    else:
        _PRINTERS[form](store, criteria, options["sort"] or "-date_start", options["limit"])


def _save(store: Store, criteria: Criteria, out: Path, form: str, options: Mapping[str, Any]) -> None:
    """Write every event that matches to a file."""
    if form not in data_files.FORMATS:
        raise InvalidInput(f"--out: {out} must end in one of {', '.join(f'.{name}' for name in data_files.FORMATS)}")
    for name in ("nearest", "count_by", "limit"):
        if options[name]:
            raise InvalidInput(f"--{name.replace('_', '-')}: does not go with --out, which takes every event")
    data_files.save(store, criteria, out, form, sort=options["sort"] or "-date_start")
    click.echo(f"{out}: {out.stat().st_size / 1000:,.0f} kB", err=True)


def _check_together(options: Mapping[str, Any]) -> None:
    if options["k"] and not options["nearest"]:
        raise InvalidInput("--k: needs --nearest as well")
    apart = [name for name in ("nearest", "count_by") if options[name]] + (["sort"] if options["sort"] else [])
    if len(apart) > 1:
        raise InvalidInput(" and ".join(f"--{name.replace('_', '-')}" for name in apart) + " do not go together")


def _print_table(store: Store, criteria: Criteria, sort: Sort, limit: int | None) -> None:
    most = limit or ROWS
    features = list(islice(store.iterate(criteria, sort=sort), most))
    count = store.count(criteria)
    click.echo(tables.plain(_described(criteria, count)))
    if features:
        click.echo("\n" + tables.aligned(*_rows(features)))
    if len(features) < count.number_matched:
        click.echo(f"\n{len(features)} of {count.number_matched} shown; --limit shows more, --format csv all")


def _described(criteria: Criteria, count: Count) -> str:
    parts = queries.sureness(resources().store, criteria, count)
    return queries.describe(criteria, count, parts=parts, wording=resources().settings.wording)


def _rows(features: Iterable[bytes]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    heads = ("date", "type", "place", "border", "side", "dead", "title", "id")
    return heads, [_cells(json.loads(feature)) for feature in features]


def _cells(feature: Mapping[str, Any]) -> tuple[str, ...]:
    of = feature["properties"]
    dead = "" if of["fatalities"] is None else str(of["fatalities"])
    return (_date(of), of["event_type"], _place(of), _distance(of), _side(of), dead, of["title"] or "", feature["id"])


def _place(of: Mapping[str, Any]) -> str:
    name = tables.shortened(of["place_name"] or "", PLACE_WIDTH)
    return name if of["border_side"] and not of["area_id"] else f"{name} (area)" if of["area_id"] else "not placed"


def _side(of: Mapping[str, Any]) -> str:
    if of["area_id"] or not of["border_side"]:
        return ""
    if of["border_side_certain"] or of["border_side"] == "line":
        return str(of["border_side"])
    is_in_reach = of["border_distance_m"] <= (of["uncertainty_m"] or 0)
    return "at the line" if is_in_reach else f"{of['border_side']}?"


def _date(of: Mapping[str, Any]) -> str:
    start, end = of["date_start"], of["date_end"]
    return "unknown" if not start else start if not end or end == start else f"{start}/{end}"


def _distance(of: Mapping[str, Any]) -> str:
    """Return the distance of a position; an area has no single one, and says only how certain it is to be within."""
    metres, certainty = of["border_distance_m"], of.get("certainty", "")
    words = [] if metres is None or of["area_id"] else [f"{metres / 1000:.1f} km"]
    return " ".join([*words, *([f"({certainty})"] if certainty else [])])


def _print_geojson(store: Store, criteria: Criteria, sort: Sort, limit: int | None) -> None:
    count = store.count(criteria)
    shown = count.number_matched if limit is None else min(limit, count.number_matched)
    members = {
        "description": _described(criteria, count),
        "numberMatched": count.number_matched,
        "numberReturned": shown,
        "areaOnly": count.area_only,
        "notPlaced": count.not_placed,
    }
    _write(geojson.stream(islice(store.iterate(criteria, sort=sort), limit), members=members))


def _write(pieces: Iterable[bytes]) -> None:
    out = sys.stdout.buffer
    for piece in pieces:
        out.write(piece)
    out.write(b"\n")


def _print_sequence(store: Store, criteria: Criteria, sort: Sort, limit: int | None) -> None:
    for feature in islice(store.iterate(criteria, sort=sort), limit):
        sys.stdout.buffer.write(data_files.text_of(feature))


def _print_csv(store: Store, criteria: Criteria, sort: Sort, limit: int | None) -> None:
    heads = tables.columns(has_certainty=criteria.within_m is not None)
    features = islice(store.iterate(criteria, sort=sort), limit)
    for line in tables.csv_lines(heads, (tables.row(feature, heads) for feature in features)):
        sys.stdout.buffer.write(line.encode())


_PRINTERS: Final[Mapping[str, Callable[[Store, Criteria, Any, int | None], None]]] = {
    "table": _print_table,
    "geojson": _print_geojson,
    "geojsons": _print_sequence,
    "csv": _print_csv,
}


def _print_counts(found: Mapping[str, int], by: str, form: str) -> None:
    if form == "geojson":
        raise InvalidInput("--format: counts are printed as table or csv")
    if form == "csv":
        click.echo("".join(tables.csv_lines((by, "count"), found.items())), nl=False)
    else:
        click.echo(tables.aligned((by, "count"), [(value or "unknown", str(n)) for value, n in found.items()]))


def _print_nearest(store: Store, at: LonLat, k: int, criteria: Criteria, form: str) -> None:
    found = queries.nearest(store, at, k, criteria)
    features = [geojson.with_distance(n.feature, n.distance_m) for n in found]
    if form == "geojson":
        _write(geojson.stream(features, members={"numberReturned": len(features)}))
    elif form == "csv":
        heads = (*tables.COLUMNS, "distance_m")
        rows = (tables.row(feature, heads) for feature in features)
        sys.stdout.buffer.write("".join(tables.csv_lines(heads, rows)).encode())
    else:
        heads_, rows_ = _rows(features)
        away = [f"{n.distance_m / 1000:.1f} km" for n in found]
        click.echo(tables.aligned(("away", *heads_), [(a, *r) for a, r in zip(away, rows_, strict=True)]))
