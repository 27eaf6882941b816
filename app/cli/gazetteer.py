"""A place name in, the places that it may mean out; and GeoNames dumps in, more places known."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import click

from app.resources import resources
from app.tables import aligned
from geo.border import Border
from geo.errors import NotFound
from geo.gazetteer import Gazetteer
from geo.gazetteer.index import DUMPS
from geo.geocode import resolve
from geo.model import BorderMeasure, Candidate, Toponym

FORMATS: Final = ("table", "json")


@click.command()
@click.argument("name")
@click.option("--like", is_flag=True, help="Also names that begin so or are spelt alike.")
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True, help="Most places.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True, help="Of the output.")
def geocode(*, name: str, like: bool, limit: int, form: str) -> None:
    """Find the places that NAME may mean, best first, with how far they are from the border.

    Any of the four names will do, in either script, with or without diacritics and case endings; what follows a comma
    says where the place lies. The exit status is 1 where nothing is found.

    \b
    Examples:
      ibar geocode Banjska
      ibar geocode "Banjska, Vushtrri"
      ibar geocode Звечану --format json
      ibar geocode Leposavik --like
    """
    candidates = candidates_for(name, resources().gazetteer, resources().border, is_like=like)[:limit]
    if not candidates:
        raise NotFound(
            f"no place is called {name[:80]!r}; check the spelling, or import more names: ibar gazetteer import"
        )
    measured = [(c, resources().border.measure(c.place.position)) for c in candidates]
    if form == "json":
        click.echo(json.dumps([_described(*pair) for pair in measured], ensure_ascii=False, indent=1))
    else:
        click.echo(aligned(_HEADS, [_row(*pair) for pair in measured], widest=60))


def candidates_for(name: str, gazetteer: Gazetteer, border: Border, *, is_like: bool = False) -> list[Candidate]:
    """Return the places of a name; where there are none, or likeness is asked for, those of names like it as well."""
    called, _, within = (part.strip() for part in name.partition(","))
    toponym = Toponym(text=called, start=0, end=len(called), within=within or None)
    exact = list(resolve(toponym, gazetteer, border=border))
    if exact and not is_like:
        return exact
    known = {c.place.id for c in exact}
    alike = (c for c in gazetteer.search(name, limit=100) if c.place.id not in known)
    return exact + [replace(c, score=round(c.score / 2, 3)) for c in alike]


_HEADS: Final = ("score", "id", "names", "kind", "municipality", "lon,lat", "border", "side", "why")


def _row(candidate: Candidate, measure: BorderMeasure) -> tuple[str, ...]:
    place = candidate.place
    names = (place.name_en, place.name_sq, place.name_sr_latn, place.name_sr_cyrl)
    return (
        f"{candidate.score:.2f}",
        place.id,
        " / ".join(dict.fromkeys(names)),
        place.kind,
        place.municipality or place.country,
        f"{place.position.lon:.5f},{place.position.lat:.5f}",
        f"{measure.distance_m / 1000:.1f} km",
        _side(candidate, measure),
        "; ".join(candidate.reasons),
    )


def _described(candidate: Candidate, measure: BorderMeasure) -> dict[str, Any]:
    place = candidate.place
    names = ("id", "name_en", "name_sq", "name_sr_latn", "name_sr_cyrl", "kind", "municipality", "country", "record")
    return {
        **{field: getattr(place, field) for field in names},
        "aliases": list(place.aliases),
        "lon": place.position.lon,
        "lat": place.position.lat,
        "radius_m": place.radius_m,
        "population": place.population,
        "is_area": place.is_area,
        "border_distance_m": round(measure.distance_m, 1),
        "border_km": round(measure.km, 2),
        "border_side": _side(candidate, measure),
        "score": candidate.score,
        "reasons": list(candidate.reasons),
    }


def _side(candidate: Candidate, measure: BorderMeasure) -> str:
    return "line" if candidate.place.kind == "crossing" else measure.side


@click.group()
def gazetteer() -> None:
    """Add place names to those that ship.

    \b
    Example:
      ibar gazetteer import XK.txt RS.txt
    """


@gazetteer.command("import")
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
def import_(*, files: tuple[Path, ...]) -> None:
    """Import GeoNames country dumps: every village, mountain and stream of a country.

    Get a file such as XK.zip or RS.zip from geonames.org (CC BY 4.0; credit "GeoNames") and unpack it. All files are
    checked before any is kept; importing the same file again changes nothing.

    \b
    Example:
      ibar gazetteer import XK.txt RS.txt
    """
    from geo.gazetteer.geonames import CREDIT, check_dump, keep_dump

    counts = [check_dump(path, progress=_counter(path)) for path in files]
    folder = resources().settings.cache / DUMPS
    changed = [keep_dump(path, folder) for path in files]
    for path, count, is_new in zip(files, counts, changed, strict=True):
        click.echo(f"{path.name}: {count:,} places" + ("" if is_new else ", imported before"))
    Gazetteer.open(resources().settings.cache / "gazetteer.sqlite", progress=_say)
    click.echo(f"Credit where you show them: {CREDIT}")


def _counter(path: Path) -> Any:
    def count(number: int) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r{path.name}: {number:,} places", err=True, nl=False)

    return count


def _say(step: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"\rcompiling the index: {step}\x1b[K", err=True)
