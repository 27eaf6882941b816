"""Lines of `lon,lat` in, CSV with the distance to the border line, the side and the kilometre out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final

import click

from app.resources import resources
from geo.border import Border
from geo.errors import InvalidInput

COLUMNS: Final = "lon,lat,border_distance_m,border_side,border_km"
HEADERS: Final = frozenset({"lon,lat", "longitude,latitude"})
CHUNK_LINES: Final = 32_768
LONGEST_LINE: Final = 1_000
"""In bytes; what is longer is no position, and is not read into memory whole."""

Row = tuple[str, str, float, float]


@click.command()
@click.argument("file", type=click.File("rb"), default="-")
def border(file: BinaryIO) -> None:
    """Measure positions against the Kosovo–Serbia border / administrative boundary line.

    Reads lines of longitude,latitude (degrees, WGS 84, longitude first) from FILE, or from standard input, with or
    without a header "lon,lat". Prints CSV: the geodesic distance to the line in metres, the side (XK, RS, the code of
    another country, empty beyond some 1,000 km), and the position of the nearest point along the line, in kilometres
    from the Montenegro tripoint in the north-west.

    The outlines of Kosovo and Serbia in the source are two lines, up to 1.3 km apart: so near to the line the side is
    not certain.

    \b
    Example:
      echo 20.78083,42.97333 | ibar border
      ibar border < positions.csv > measured.csv
    """
    if file.isatty():
        click.echo("Write lines of longitude,latitude; end with Ctrl-D.", err=True)
    line = resources().border
    found = 0
    for rows in _chunks(file):
        if not found:
            click.echo(COLUMNS)
        click.echo("".join(_measured(rows, line)), nl=False)
        found += len(rows)
    if not found:
        raise InvalidInput("no position: write lines of longitude,latitude, such as 20.78083,42.97333")


def _chunks(file: BinaryIO) -> Iterator[list[Row]]:
    """Read rows, some thousands at a time; before an error is raised, what came before it is given."""
    rows: list[Row] = []
    for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE), b""), start=1):
        text = line.decode("utf-8-sig" if number == 1 else "utf-8", errors="replace").strip()
        if not text or (number == 1 and text.replace(" ", "").lower() in HEADERS):
            continue
        try:
            rows.append(_row(text))
        except ValueError as error:
            if rows:
                yield rows
            raise InvalidInput(f"line {number}: {text[:60]!r}: {error}") from error
        if len(rows) == CHUNK_LINES:
            yield rows
            rows = []
    if rows:
        yield rows


def _row(text: str) -> Row:
    fields = text.split(",")
    if len(fields) != 2 or "_" in text or not text.isascii():  # float() takes 20_5 and other scripts' digits
        raise ValueError("write longitude,latitude: two numbers with a comma between them")
    try:
        lon, lat = float(fields[0]), float(fields[1])
    except ValueError as error:
        raise ValueError("write longitude,latitude: two numbers with a comma between them") from error
    if not -180 <= lon <= 180:
        raise ValueError("longitude (which comes first) must be within -180 to 180")
    if not -90 <= lat <= 90:
        raise ValueError("latitude must be within -90 to 90")
    return fields[0].strip(), fields[1].strip(), lon, lat


def _measured(rows: list[Row], line: Border) -> Iterator[str]:
    lon_texts, lat_texts, lons, lats = zip(*rows, strict=True)
    measures = line.measure_many(lons, lats)
    values = zip(measures.distance_m.tolist(), measures.side.tolist(), measures.km.tolist(), strict=True)
    for lon, lat, (distance_m, side, km) in zip(lon_texts, lat_texts, values, strict=True):
        yield f"{lon},{lat},{distance_m:.3f},{side},{km:.3f}\n"
