"""A place id or a name in, places out: the compiled index, and the questions that are asked of it."""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

from geo.errors import MissingData, NotFound
from geo.gazetteer.compilation import PLACE_COLUMNS, compile_index, inputs_checksum
from geo.gazetteer.search import Match, OwnWords, matches, own_places_alike, own_words
from geo.gazetteer.spotting import Lexicon, Listed, spot
from geo.gazetteer.surroundings import toponyms
from geo.model import AREA_KINDS, Candidate, LonLat, Place, Toponym
from geo.text import fold, key

DUMPS: Final = "geonames"
"""Folder beside the index where imported GeoNames dumps are kept."""
_CACHED: Final = 50_000
_BY_KEY: Final = "SELECT place, is_form, is_small, is_spotted FROM name WHERE key = ?"
_HEAD: Final = "SELECT words, is_small FROM head WHERE token = ?"


class Gazetteer:
    """The places that are known, and their names. Threads may share it: the file is only read.

    Open it with `Gazetteer.open`.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._place = lru_cache(maxsize=_CACHED)(self._read_place)
        self._listed = lru_cache(maxsize=_CACHED)(self._read_listed)
        self._head = lru_cache(maxsize=_CACHED)(self._read_head)
        self._alike = lru_cache(maxsize=_CACHED)(self._read_alike)
        self._with_id = lru_cache(maxsize=_CACHED)(self._read_with_id)

    @classmethod
    def open(cls, path: Path | None = None, *, progress: Callable[[str], None] = lambda _: None) -> Gazetteer:
        """Open the index, which is compiled first where it is missing or older than what it is made from.

        Parameters
        ----------
        path : Path, optional
            The index file; GeoNames dumps that were imported lie beside it, in a folder `geonames`. The default is a
            file in the user's cache folder.
        progress : callable
            Told in words what is being read while the index is compiled, which takes about ten seconds.

        Raises
        ------
        MissingData
            A shipped or imported file is damaged, or the folder cannot be written.
        """
        path = path or Path.home() / ".cache" / "ibar" / "gazetteer.sqlite"
        dumps = path.parent / DUMPS
        checksum = inputs_checksum(dumps)
        connection = _connected(path, checksum)
        if connection is None:
            with _alone(path):
                if _connected(path, checksum) is None:
                    compile_index(path, dumps, progress=progress)
            connection = _connected(path, checksum)
        if connection is None:
            raise MissingData(f"{path}: cannot be read after it was written; remove it and try again")
        return cls(connection)

    def get(self, place_id: str) -> Place:
        """Return the place with an id.

        Raises
        ------
        NotFound
            There is no such place.
        """
        return self._with_id(place_id)

    def named(self, name: str) -> tuple[Place, ...]:
        """Return every place of a name, the project's own first.

        Case, diacritics, script, hyphens and Serbian and Albanian case forms make no difference (`u Zubinom Potoku` is
        two words too many, `Zubinom Potoku` is not).
        """
        listed = sorted(self._listed(key(name)), key=lambda n: n.is_form)
        return tuple(sorted((self._place(n.place) for n in listed), key=lambda p: p.rank))

    def search(self, query: str, *, limit: int = 10) -> tuple[Candidate, ...]:
        """Return the places whose names are like a query, best first: for people who type.

        The name itself, then names that begin so, then names spelt alike. What follows a comma says where the place
        lies: `Banjska, Zvečan`.
        """
        return tuple(self._candidate(match) for match in matches(query, self._connection, self._place)[:limit])

    def _candidate(self, match: Match) -> Candidate:
        return Candidate(place=match.place, score=round(match.score, 3), reasons=match.reasons)

    def areas(self) -> tuple[Place, ...]:
        """Return the regions, municipalities and countries, in the order of places.csv."""
        marks = ", ".join("?" * len(AREA_KINDS))
        asked = f"SELECT number FROM place WHERE rank = 0 AND kind IN ({marks}) ORDER BY number"  # noqa: S608 - marks
        return tuple(self._place(number) for (number,) in self._connection.execute(asked, sorted(AREA_KINDS)))

    def own(self) -> tuple[Place, ...]:
        """Return the project's own places, areas among them, in the order of places.csv."""
        found = self._connection.execute("SELECT number FROM place WHERE rank = 0 ORDER BY number").fetchall()
        return tuple(self._place(number) for (number,) in found)

    def mentions(self, text: str) -> tuple[Toponym, ...]:
        """Return the place names in a text, in order, with offsets into it; which place each means is left open.

        The longest name wins. Names of persons and organisations that hold a place's name are left out, and so are
        the names of small places in a text that names nothing of this region. Takes time in proportion to the text.
        """
        folded = fold(text)
        return toponyms(text, folded, spot(text, folded, self._lexicon), self._alike)

    @property
    def _lexicon(self) -> Lexicon:
        return Lexicon(head=self._head, listed=self._listed, place=self._place)

    def _read_with_id(self, place_id: str) -> Place:
        found = self._connection.execute("SELECT number FROM place WHERE id = ?", (place_id,)).fetchone()
        if found is None:
            raise NotFound(f"no place has the id {place_id!r}; `ibar geocode NAME` finds ids")
        return self._place(found[0])

    def _read_place(self, number: int) -> Place:
        row = self._connection.execute(f"SELECT {PLACE_COLUMNS} FROM place WHERE number = ?", (number,)).fetchone()  # noqa: S608 - constant columns
        fields = ("id", "name_en", "name_sq", "name_sr_latn", "name_sr_cyrl", "kind", "municipality", "country")
        return Place(
            **dict(zip(fields, row[:8], strict=True)),
            position=LonLat(row[8], row[9]),
            radius_m=row[10],
            record=row[11],
            aliases=tuple(a for a in row[12].split("|") if a),
            population=row[13],
            rank=row[14],
        )

    def _read_listed(self, name: str) -> tuple[Listed, ...]:
        rows: Iterable[tuple[int, int, int, int]] = self._connection.execute(_BY_KEY, (name,))
        return tuple(Listed(place, bool(form), bool(small), bool(spotted)) for place, form, small, spotted in rows)

    @cached_property
    def _own_words(self) -> OwnWords:
        return own_words(self._connection)

    def _read_alike(self, word: str) -> tuple[Place, ...]:
        return tuple(self._place(number) for number in own_places_alike(word, self._own_words))

    def _read_head(self, token: str) -> tuple[int, bool]:
        found = self._connection.execute(_HEAD, (token,)).fetchone()
        return (found[0], bool(found[1])) if found else (0, False)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Let one process at a time compile the index; the others wait for it and then find it made."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except OSError as error:
        raise MissingData(f"{path}: cannot be written ({error}); set IBAR_CACHE to another folder") from error


def _connected(path: Path, checksum: str) -> sqlite3.Connection | None:
    """Return a connection to the index, or null where there is none that was made from the present inputs."""
    if not path.is_file():
        return None
    try:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        found = connection.execute("SELECT value FROM meta WHERE name = 'checksum'").fetchone()
    except sqlite3.Error:
        return None
    if found == (checksum,):
        return connection
    connection.close()
    return None
