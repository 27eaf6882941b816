"""Rows in, text out: CSV for spreadsheets, aligned columns for a terminal."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from geo.record import FIELDS

COLUMNS: Final = (*(field.name for field in FIELDS), "lon", "lat")
"""The columns of the record as CSV; a query by distance to the border adds `certainty`."""
_UNSHOWN: Final = ("Cc", "Cf", "Cs", "Zl", "Zp")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def csv_lines(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield a table as CSV (RFC 4180), line by line; what a spreadsheet would run as a formula is neutralised."""
    yield _line(heads)
    for values in rows:
        yield _line(harmless(value) for value in values)


def _line(row: Iterable[Any]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(row)
    return text.getvalue()


def harmless(value: Any) -> Any:
    """Return a value as a spreadsheet may read it: an apostrophe goes before text that would start a formula."""
    if isinstance(value, str) and value.lstrip(" \u00a0\ufeff").startswith(_FORMULA):
        return "'" + value
    return value


def columns(*, has_certainty: bool) -> tuple[str, ...]:
    """Return the columns of events as CSV."""
    return (*COLUMNS, "certainty") if has_certainty else COLUMNS


def row(feature: bytes, names: Sequence[str]) -> list[Any]:
    """Return an encoded feature as a row of these columns."""
    given: Mapping[str, Any] = json.loads(feature)
    lon, lat = (given["geometry"] or {"coordinates": (None, None)})["coordinates"]
    values = {**given["properties"], "lon": lon, "lat": lat}
    return [values.get(name) for name in names]


def aligned(heads: Sequence[str], rows: Sequence[Sequence[str]], *, widest: int = 48) -> str:
    """Return columns as wide as their longest cell, of at most `widest` characters; long cells end in an ellipsis."""
    cells = [[shortened(plain(cell), widest) for cell in each] for each in (heads, *rows)]
    widths = [max(width(line[i]) for line in cells) for i in range(len(heads))]
    lines = ("  ".join(c + " " * (w - width(c)) for c, w in zip(line, widths, strict=True)).rstrip() for line in cells)
    return "\n".join(lines)


def plain(text: str) -> str:
    """Return text as a terminal may show it: control and direction characters are spelled out, not obeyed."""
    return "".join(_spelled(c) if unicodedata.category(c) in _UNSHOWN else c for c in text)


def _spelled(character: str) -> str:
    return " " if character in "\n\t\r" else f"\\u{ord(character):04x}"


def shortened(text: str, widest: int) -> str:
    """Return text of at most `widest` cells; what is cut ends in an ellipsis."""
    return text if width(text) <= widest else text[: widest - 1] + "…"


def width(text: str) -> int:
    """Return how many cells of a terminal text takes."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
