"""Filters and a path in, one HTML file with a map that needs no network out: `ibar map`."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.filters import filter_options
from app.files import write_whole
from app.resources import resources
from geo.model import Criteria


@click.command("map")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@filter_options
def map_(out: Path, criteria: Criteria) -> None:
    """Write the map of matching events as one HTML file that works from disk, without a network.

    \b
    Examples:
      ibar map north.html --datetime 2023 --near-border 15km
      ibar map raids.html --type raid,arrest
    """
    from app import create_app
    from app.standalone import standalone_page

    with create_app(resources().settings).test_request_context():
        text, number = standalone_page(resources(), criteria)
    write_whole(out, lambda path: _write_text(path, text))
    click.echo(f"{out}: {number:,} events, {out.stat().st_size / 1e6:.1f} MB", err=True)


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
