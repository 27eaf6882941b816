"""GeoNames country dumps in, `Place` values out; and the folder where imported dumps are kept."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from glob import escape
from pathlib import Path
from typing import Final

from geo.errors import GeoError, MissingData, UnreadableFile
from geo.model import LonLat, Place

COLUMNS: Final = 19
CREDIT: Final = "GeoNames (geonames.org), CC BY 4.0"
_KINDS: Final = {
    "AIRF": "airport", "AIRP": "airport", "BDG": "bridge", "CAVE": "cave", "CH": "church", "DAM": "dam",
    "FRST": "forest", "GRGE": "gorge", "HLL": "mountain", "HLLS": "mountain", "HSP": "hospital", "LK": "lake",
    "LKI": "lake", "MN": "mine", "MSQE": "mosque", "MSTY": "monastery", "MT": "mountain", "MTS": "mountain",
    "PASS": "pass", "PK": "mountain", "PRN": "prison", "RGN": "region", "RSTN": "railway_station", "RSV": "lake",
    "STM": "river", "VAL": "valley",
}  # fmt: skip
"""Feature codes that are read besides populated places (class P), and what they are here."""
_RADIUS_M: Final = {"region": 15_000.0, "river": 15_000.0, "mountain": 3_000.0, "valley": 5_000.0, "lake": 3_000.0}


def read_dump(path: Path) -> Iterator[Place]:
    """Yield the places of a GeoNames dump (the 19 tab-separated columns of `XK.txt`), rank 1, in file order.

    Populated places, and what news names besides: bridges, lakes, monasteries, mountains, stations and the like.

    Raises
    ------
    UnreadableFile
        A line does not have the columns, or a value cannot be used; the message names the file and the line.
    """
    number = 0
    try:
        with path.open(encoding="utf-8", newline="\n") as file:
            for number, line in enumerate(file, 1):
                place = _place(line.rstrip("\r\n").split("\t"), f"{path.name}, line {number}")
                if place is not None:
                    yield place
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"{path.name}, after line {number}: not UTF-8 text ({error.reason})") from error
    except OSError as error:
        raise UnreadableFile(f"{path}: cannot be read ({error.strerror})") from error
    if number == 0:
        raise UnreadableFile(f"{path.name}: empty; expected a GeoNames dump such as XK.txt")


def _place(fields: list[str], where: str) -> Place | None:
    if len(fields) != COLUMNS:
        raise UnreadableFile(f"{where}: {len(fields)} tab-separated columns; a GeoNames dump has {COLUMNS}")
    number, name, _, other, lat, lon, feature_class, code, country = fields[:9]
    kind = "village" if feature_class == "P" else _KINDS.get(code)
    try:
        position, population = LonLat(float(lon), float(lat)), int(fields[14] or 0)
        int(number)
    except (ValueError, GeoError) as error:
        raise UnreadableFile(f"{where}: {error}") from error
    if kind is None or not name:
        return None
    return Place(
        id=f"GN:{number}",
        name_en=name,
        name_sq=name,
        name_sr_latn=name,
        name_sr_cyrl=name,
        aliases=tuple(a for a in other.split(",") if a and a != name),
        kind="town" if code.startswith("PPLA") or code == "PPLC" else kind,
        municipality="",
        country=country,
        position=position,
        radius_m=_RADIUS_M.get(kind, 1_500.0),
        population=population or None,
        record=f"GN:{number}",
        rank=1,
    )


def imported(folder: Path) -> tuple[Path, ...]:
    """Return the dumps that were imported into a folder; the name of each ends in the checksum of its content."""
    return tuple(sorted(folder.glob("*.txt"))) if folder.is_dir() else ()


def check_dump(path: Path, *, progress: Callable[[int], None] = lambda _: None) -> int:
    """Read a dump to its end and return how many places it holds; `progress` is told the count now and then.

    Raises
    ------
    UnreadableFile
        As `read_dump`, or the dump holds no place at all.
    """
    count = 0
    for count, _ in enumerate(read_dump(path), 1):
        if count % 1000 == 0:
            progress(count)
    if count == 0:
        raise UnreadableFile(f"{path.name}: holds no settlement; expected a GeoNames dump such as XK.txt")
    return count


def keep_dump(path: Path, folder: Path) -> bool:
    """Copy a checked dump into the folder of imported ones, in the place of an earlier one of the same name.

    Returns
    -------
    bool
        False where the same file had been imported before. The copy is atomic.
    """
    content = path.read_bytes()
    kept = folder / f"{path.stem}-{hashlib.sha256(content).hexdigest()[:16]}.txt"
    if kept.exists():
        return False
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(kept, content)
    except OSError as error:
        raise MissingData(
            f"{folder}: cannot be written ({error.strerror}); set IBAR_CACHE to another folder"
        ) from error
    for older in folder.glob(f"{escape(path.stem)}-{'[0-9a-f]' * 16}.txt"):
        if older != kept:
            older.unlink(missing_ok=True)
    return True


def _write(path: Path, content: bytes) -> None:
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".part-") as folder:
        part = Path(folder) / path.name
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
