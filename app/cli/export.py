"""Filters and a path in, a printed map or a data file out: `ibar export`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import click

from app import data_files, prints
from app.cli.filters import filter_options, reader
from app.files import write_whole
from app.resources import resources
from geo.errors import InvalidInput
from geo.model import Criteria

_NEEDED: Final = "PNG, SVG or PDF"


@click.command()
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@filter_options
@click.option("--title", callback=reader(prints.TITLE), metavar="TEXT", help="Title of the map.")
@click.option("--extent", callback=reader(prints.EXTENT), metavar="north|W,S,E,N", help=f"{prints.EXTENT.meaning}.")
@click.option("--size", callback=reader(prints.SIZE), metavar="a4|slide|web", help="Size of the page.  [default: a4]")
@click.option("--dpi", type=click.IntRange(50, 600), default=200, show_default=True, help="Resolution of a PNG.")
def export(*, out: Path, criteria: Criteria, **wishes: Any) -> None:
    """Write matching events as a map for print (.png, .svg, .pdf) or as data.

    Data: .geojson, .geojsons (text sequence), .csv, .gpkg, .fgb (FlatGeobuf), .parquet (GeoParquet), .kml.

    \b
    Examples:
      ibar export north-2023.pdf --near-border 15km --datetime 2023 --title "The north in 2023"
      ibar export closures.png --type road_block,border_closure --extent border
      ibar export all.gpkg
    """
    form = out.suffix.lower().lstrip(".")
    if form in prints.FORMATS:
        _export_map(out, form, criteria, wishes)
    elif form in data_files.FORMATS:
        _refuse(wishes, form)
        data_files.save(resources().store, criteria, out, form)
    else:
        known = ", ".join(f".{name}" for name in (*prints.FORMATS, *data_files.FORMATS))
        raise InvalidInput(f"{out}: the name must end in one of {known}")
    click.echo(f"{out}: {out.stat().st_size / 1000:,.0f} kB", err=True)


def _export_map(out: Path, form: str, criteria: Criteria, wishes: Mapping[str, Any]) -> None:
    click.echo("drawing the map …", err=True)
    chosen = {name: value for name, value in wishes.items() if value is not None}
    body = prints.printed(resources(), criteria, prints.Wish(form=prints.form(form), **chosen))
    write_whole(out, lambda path: _write_bytes(path, body))


def _write_bytes(path: Path, body: bytes) -> None:
    path.write_bytes(body)


def _refuse(wishes: Mapping[str, Any], form: str) -> None:
    for name in ("title", "extent", "size"):
        if wishes[name]:
            raise InvalidInput(f"--{name}: only for {_NEEDED}; .{form} holds data")
