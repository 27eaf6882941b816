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
from app.translation import LANGUAGES
from geo.errors import InvalidInput
from geo.model import Criteria

_NEEDED: Final = "PNG, SVG or PDF"


@click.command()
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@filter_options
@click.option("--title", callback=reader(prints.TITLE), metavar="TEXT", help="Title of the map.")
@click.option("--layout", callback=reader(prints.LAYOUT), metavar="|".join(prints.LAYOUTS), help="Kind of sheet.")
@click.option("--id", callback=reader(prints.IDS), metavar="ID", help=f"{prints.IDS.meaning}.")
@click.option("--extent", callback=reader(prints.EXTENT), metavar="north|W,S,E,N", help=f"{prints.EXTENT.meaning}.")
@click.option("--size", callback=reader(prints.SIZE), metavar="|".join(prints.SIZES), help=f"{prints.SIZE.meaning}.")
@click.option("--theme", metavar="light|dark|mono|FILE.toml", help="Colours, or a file of your own; see docs/maps.md.")
@click.option("--lang", callback=reader(prints.LANG), metavar="|".join(LANGUAGES), help=f"{prints.LANG.meaning}.")
@click.option("--dpi", type=click.IntRange(50, 600), default=200, show_default=True, help="Resolution of a PNG.")
def export(*, out: Path, criteria: Criteria, **wishes: Any) -> None:
    """Write matching events as a map for print (.png, .svg, .pdf) or as data.

    Data: .geojson, .geojsons (text sequence), .csv, .gpkg, .fgb (FlatGeobuf), .parquet (GeoParquet), .kml.

    \b
    Examples:
      ibar export north-2023.pdf --near-border 15km --datetime 2023 --title "The north in 2023"
      ibar export closures.png --type road_block,border_closure --extent border
      ibar export attack.svg --id inc001 --layout locator --size column --lang sq
      ibar export 2023.pdf --datetime 2023 --layout report
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
    chosen = {name: value for name, value in wishes.items() if value is not None}
    body = prints.printed(resources(), criteria, prints.Wish(form=prints.form(form), **chosen), say=_say)
    write_whole(out, lambda path: _write_bytes(path, body))


def _say(text: str) -> None:
    click.echo(text, err=True)


def _write_bytes(path: Path, body: bytes) -> None:
    path.write_bytes(body)


def _refuse(wishes: Mapping[str, Any], form: str) -> None:
    for name in ("id", "title", "layout", "extent", "size", "theme", "lang"):
        if wishes[name]:
            raise InvalidInput(f"--{name}: only for {_NEEDED}; .{form} holds data")
