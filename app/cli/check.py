"""A GeoJSON file of events in, its problems out, and an exit status that a script can use."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app import tables
from app.resources import resources

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.check import Problem


@click.command()
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Of the output."
)
def check(*, file: Path, form: str) -> None:
    """Check a GeoJSON file of events, such as incidents.geojson, and print every problem.

    Checked are the schema, types and values, sources (each event has one, with an http or https address), places (in
    the gazetteer, positions within the stated radius), sides and distances (computed anew, within 1 m), the order of
    dates, and that ids are unique. Exit status: 0 where all is well, 1 where there are problems, 2 where the file
    cannot be read.

    \b
    Examples:
      ibar check incidents.geojson
      ibar check mine.geojson --format json
    """
    from geo.check import check as run

    here = resources()
    count, problems = run(file, here.gazetteer, here.border)
    (_print_json if form == "json" else _print_text)(file.name, count, problems)
    raise SystemExit(1 if problems else 0)


def _print_json(name: str, count: int, problems: Sequence[Problem]) -> None:
    found = {"file": name, "features": count, "problems": [asdict(problem) for problem in problems]}
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))


def _print_text(name: str, count: int, problems: Sequence[Problem]) -> None:
    for problem in problems:
        click.echo(tables.plain(f"{problem.feature}: {problem.field}: {problem.message}"))
    features = f"{count:,} feature{'' if count == 1 else 's'}"
    number = f"{len(problems):,} problem{'' if len(problems) == 1 else 's'}" if problems else "no problems"
    click.echo(f"{name}: {features}, {number}")
