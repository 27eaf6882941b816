"""The file of the project's own places in, `Place` values out."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from geo.errors import GeoError, MissingData
from geo.model import LonLat, Place

COLUMNS: Final = (
    "id",
    "name_en",
    "name_sq",
    "name_sr_latn",
    "name_sr_cyrl",
    "aliases",
    "kind",
    "municipality",
    "country",
    "lon",
    "lat",
    "radius_m",
    "population",
    "record",
)
"""Columns of places.csv: aliases parted by `|`, position in OGC:CRS84, radius in metres, population may be empty."""


def read_places(path: Path) -> tuple[Place, ...]:
    """Read places in the columns of `COLUMNS`, in file order.

    Raises
    ------
    MissingData
        The file is absent or damaged; the message names the line.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            if tuple(rows.fieldnames or ()) != COLUMNS:
                raise MissingData(f"{path}: the columns are not {','.join(COLUMNS)}")
            return tuple(_place(row, f"{path}, line {rows.line_num}") for row in rows)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise MissingData(f"{path}: cannot be read ({error}); install the project again") from error


def _place(row: Mapping[str, str], where: str) -> Place:
    try:
        return Place(
            id=row["id"],
            name_en=row["name_en"],
            name_sq=row["name_sq"],
            name_sr_latn=row["name_sr_latn"],
            name_sr_cyrl=row["name_sr_cyrl"],
            aliases=tuple(a for a in row["aliases"].split("|") if a),
            kind=row["kind"],
            municipality=row["municipality"],
            country=row["country"],
            position=LonLat(float(row["lon"]), float(row["lat"])),
            radius_m=float(row["radius_m"]),
            population=int(row["population"]) if row["population"] else None,
            record=row["record"],
        )
    except (ValueError, TypeError, AttributeError, GeoError) as error:
        raise MissingData(f"{where}: {error}") from error
