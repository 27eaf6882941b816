"""A file of polygons in, a checked layer beside the store out."""

from __future__ import annotations

from pathlib import Path

import click

from app.resources import resources


@click.group()
def boundaries() -> None:
    """Add polygon layers that you have to this installation."""


@boundaries.group("import")
def import_() -> None:
    """Import a layer."""


@import_.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name-property", metavar="NAME", help="The property that holds a municipality's name.")
def municipalities(file: Path, name_property: str | None) -> None:
    """Import municipality polygons from FILE: GeoJSON in longitude and latitude, GeoPackage or Shapefile.

    Names, outlines and counts of municipalities then come from it. It is checked first, and replaces an earlier import
    at once or not at all.

    \b
    Example:
      ibar boundaries import municipalities geoBoundaries-XKX-ADM2.geojson
    """
    from geo.boundaries import import_municipalities

    target = resources().municipalities_path
    layer = import_municipalities(file, target, name_property=name_property)
    total_km2 = sum(float(feature.properties["area_km2"]) for feature in layer)
    click.echo(f"{len(layer)} municipalities, {total_km2:,.1f} km² in all: {', '.join(sorted(layer.names))}")
    click.echo(f"Written to {target}")
    renewed = resources().renew_municipalities()
    click.echo(f"{renewed} stored events have another municipality now")
