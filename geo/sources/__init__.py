"""Articles, tables and feature files in, documents and claims out.

To read another kind of table, write a reader in a file of its own and name it in `TABLES`; another kind of document
is a reader that `child` runs and a format that `formats` recognises.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from geo.errors import InvalidInput
from geo.sources.documents import MAX_DOCUMENT_BYTES, read_document, read_documents
from geo.sources.files import read_bytes, read_stream
from geo.sources.formats import FORMATS, Format
from geo.sources.template import template

if TYPE_CHECKING:
    from geo.sources.rows import Row

__all__ = [
    "FORMATS",
    "MAX_DOCUMENT_BYTES",
    "TABLES",
    "Format",
    "is_table",
    "read_bytes",
    "read_claims",
    "read_document",
    "read_documents",
    "read_stream",
    "template",
]

TABLES: Final[Mapping[str, str]] = {
    ".csv": "geo.sources.tables",
    ".geojson": "geo.sources.geojson",
    ".json": "geo.sources.geojson",
    ".tsv": "geo.sources.tables",
}
"""File name extension to the module that has the reader of such a table; it is imported when it is asked for."""


def is_table(path: Path | str) -> bool:
    """Whether a file is read as a table, not as a document."""
    return Path(path).suffix.lower() in TABLES


def read_claims(path: Path | str, *, encoding: str | None = None) -> Iterator[Row]:
    """Yield the claims of a table or feature file, each with its place in the file.

    Raises
    ------
    InvalidInput
        There is no reader for such a file, it cannot be read, or a value cannot be used.
    """
    path = Path(path)
    module = TABLES.get(path.suffix.lower())
    if module is None:
        raise InvalidInput(f"{path.name}: is not a table that can be read (known: {', '.join(TABLES)})")
    return cast("Iterator[Row]", import_module(module).read(path, encoding=encoding))
