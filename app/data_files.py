"""Criteria and a format in, every matching event as one file out: text piece by piece, or a file that is built first.

Memory stays flat in either case. Each file holds its licence, its citation and the note on status.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from app import tables
from app.files import write_whole
from geo import geojson, query
from geo.errors import InvalidInput
from geo.model import Criteria
from geo.store.interface import PUBLIC, Sort, Store

BUILT: Final = ("gpkg", "fgb", "parquet", "kml")
"""Formats whose files are built first, by the ending of their names; `geo.exports.files` has a writer for each."""
MAX_BUILT_BYTES: Final = 512_000_000
"""Of a file that is built for a reader of the service; some 500,000 events."""
PIECE_BYTES: Final = 256_000
"""What is sent at once: more costs memory, less costs time."""
_SEPARATOR: Final = b"\x1e"
"""What begins each text of a sequence (RFC 7464)."""
_SAID: Final = b"," + geojson.encode({"licence": geojson.LICENCE, "citation": geojson.CITATION})[1:] + b"\n"


def pieces(store: Store, criteria: Criteria, form: str, *, sort: Sort = "-date_start") -> Iterator[bytes]:
    """Return every matching event as text: `geojson`, `geojsons` (a text sequence, RFC 8142) or `csv`.

    The first piece is read at once: what cannot be asked is found before anything is sent.
    """
    large = STREAMED[form](query.every(store, criteria, sort=sort), criteria)
    return _after(next(large, b""), large)


def build(
    store: Store,
    criteria: Criteria,
    path: Path,
    form: str,
    *,
    sort: Sort = "-date_start",
    max_bytes: int | None = MAX_BUILT_BYTES,
) -> None:
    """Write every matching event to a new file.

    Raises
    ------
    InvalidInput
        Events are asked for that are not published: such a file is for others.
    """
    from geo.exports.files import write_file

    if criteria.statuses != PUBLIC:
        raise InvalidInput(f"status: a .{form} for others holds published events only")
    features = query.every(store, criteria, sort=sort)
    write_file(features, path, form=form, has_certainty=criteria.within_m is not None, max_bytes=max_bytes)


def save(store: Store, criteria: Criteria, out: Path, form: str, *, sort: Sort = "-date_start") -> None:
    """Write every matching event to a file of any of `FORMATS`, which is whole or not there."""
    write_whole(out, lambda path: _fill(store, criteria, path, form, sort))


def _fill(store: Store, criteria: Criteria, path: Path, form: str, sort: Sort) -> None:
    if form in BUILT:
        path.unlink()  # GDAL makes the file itself
        build(store, criteria, path, form, sort=sort, max_bytes=None)
        return
    with path.open("wb") as file:
        file.writelines(pieces(store, criteria, form, sort=sort))


def _after(first: bytes, others: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from others


def _geojson(features: Iterable[bytes], _criteria: Criteria) -> Iterator[bytes]:
    yield from geojson.stream(features)
    yield b"\n"


def _sequence(features: Iterable[bytes], _criteria: Criteria) -> Iterator[bytes]:
    """Yield a text sequence; it has no head, so that each feature says whose it is."""
    return in_large(map(text_of, features))


def text_of(feature: bytes) -> bytes:
    """Return one text of a sequence: an encoded feature with its licence and citation."""
    return _SEPARATOR + feature[:-1] + _SAID


def _csv(features: Iterable[bytes], criteria: Criteria) -> Iterator[bytes]:
    """Yield a table; a comment would break readers, so that the licence and the citation are columns."""
    heads = tables.columns(has_certainty=criteria.within_m is not None)
    said = (geojson.LICENCE, geojson.CITATION)
    rows = ((*tables.row(feature, heads), *said) for feature in features)
    return in_large(line.encode() for line in tables.csv_lines((*heads, "licence", "citation"), rows))


STREAMED: Final[Mapping[str, Callable[[Iterable[bytes], Criteria], Iterator[bytes]]]] = {
    "geojson": _geojson,
    "geojsons": _sequence,
    "csv": _csv,
}
"""Formats that are text, by the ending of their files' names."""
FORMATS: Final = (*STREAMED, *BUILT)


def in_large(small: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the same bytes in pieces that are worth sending."""
    waiting: list[bytes] = []
    size = 0
    for piece in small:
        waiting.append(piece)
        size += len(piece)
        if size >= PIECE_BYTES:
            yield b"".join(waiting)
            waiting, size = [], 0
    yield b"".join(waiting)
