"""A CSV file in the record's columns in, its claims out, row by row, however long the file is."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from geo.errors import InvalidInput, UnreadableFile
from geo.record import GIVEN
from geo.sources import files
from geo.sources.rows import IGNORED, REQUIRED, Row, check_names, claim

_DELIMITERS: Final = (",", ";", "\t")


def read(path: Path, *, encoding: str | None = None) -> Iterator[Row]:
    """Yield the claims of a CSV file in file order; the file is read twice (first as text alone) and never held.

    Parameters
    ----------
    path : Path
        UTF-8 (or `encoding`), with a header of columns of the record in any order; separated by commas, semicolons or
        tabs.

    Raises
    ------
    UnreadableFile
        The file is empty, binary, wrongly encoded, or its quotation marks do not close.
    InvalidInput
        A column is unknown, missing or given twice, or a value cannot be used; the message names line and column.
    """
    with files.open_binary(path) as stream:
        files.check(files.chunks(stream), name=path.name, encoding=encoding)
    with files.open_binary(path) as stream:
        text = io.TextIOWrapper(stream, encoding=files.codec(encoding), newline="")
        yield from _rows(text, path.name)


def _rows(text: io.TextIOWrapper, name: str) -> Iterator[Row]:
    lines = _records(csv.reader(text, delimiter=_delimiter(text), strict=True), name)
    _, header = next(lines, (1, []))
    columns = [column.strip() for column in header]
    _check(columns, where=f"{name}: line 1")
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        where = f"{name}: line {line}"
        if len(cells) != len(columns):
            raise InvalidInput(f"{where}: has {len(cells)} values, though the header names {len(columns)} columns")
        values = {column: cell for column, cell in zip(columns, cells, strict=True) if column not in IGNORED}
        yield Row(claim(values, where=f"{where}, column"), line, "line", name)


def _records(reader: Any, name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with the line that it begins on."""
    line = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise UnreadableFile(f"{name}: line {line}: is not CSV: {error}") from error
        if cells is None:
            return
        yield line, cells
        line = reader.line_num + 1


def _delimiter(text: io.TextIOWrapper) -> str:
    """Return the separator under which the header has most known columns, and go back to the start."""
    start = text.readline(100_000)
    text.seek(0)
    return max(_DELIMITERS, key=lambda d: len({cell.strip(' "\r\n') for cell in start.split(d)} & set(GIVEN)))


def _check(columns: list[str], *, where: str) -> None:
    check_names(columns, where=where)
    twice = {column for column in columns if columns.count(column) > 1}
    if twice:
        raise InvalidInput(f"{where}: column {min(twice)!r} is given twice")
    absent = [column for column in REQUIRED if column not in columns]
    if absent:
        raise InvalidInput(f"{where}: there is no column {absent[0]!r}; `ibar template csv` prints a header to fill in")
