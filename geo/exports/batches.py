"""Encoded features in, batches of an Arrow table out: the record as typed columns beside WKB points."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from geo.record import FIELDS, Field

if TYPE_CHECKING:
    import pyarrow as pa

GEOMETRY: Final = "geometry"
ROWS: Final = 2_000
"""Rows of a batch: a few megabytes, however many features there are."""
_CERTAINTY: Final = Field("certainty", "text", "How sure it is to lie within the distance asked for")


def fields(*, has_certainty: bool) -> tuple[Field, ...]:
    """Return the columns of events beside their geometry; a filter by distance adds how sure it is."""
    return (*FIELDS, _CERTAINTY) if has_certainty else FIELDS


def schema(columns: Iterable[Field]) -> pa.Schema:
    """Return the types of these columns, with the geometry as WKB last."""
    import pyarrow as pa

    types = {
        "text": pa.string(),
        "integer": pa.int64(),
        "real": pa.float64(),
        "boolean": pa.bool_(),
        "date": pa.date32(),
        "datetime": pa.timestamp("ms", "UTC"),
    }
    return pa.schema([*((field.name, types[field.type]) for field in columns), (GEOMETRY, pa.binary())])


def batches(features: Iterable[bytes], columns: Iterable[Field]) -> Iterator[pa.RecordBatch]:
    """Yield encoded features as batches of a table; a feature without a position has a null geometry."""
    import pyarrow as pa

    listed = tuple(columns)
    types = schema(listed)
    waiting = iter(features)
    while rows := [json.loads(feature) for feature in islice(waiting, ROWS)]:
        arrays = [pa.array(_values(rows, field), types.field(field.name).type) for field in listed]
        yield pa.record_batch([*arrays, pa.array(_points(rows), pa.binary())], schema=types)


def _values(rows: Iterable[Mapping[str, Any]], field: Field) -> list[Any]:
    values = (row["properties"].get(field.name) for row in rows)
    if field.type == "date":
        return [value and date.fromisoformat(value) for value in values]
    if field.type == "datetime":
        return [value and datetime.fromisoformat(value) for value in values]
    return list(values)


def _points(rows: Sequence[Mapping[str, Any]]) -> list[bytes | None]:
    """Return the positions as WKB; what has none is null, and never an empty point, which readers draw at 0, 0."""
    at = [row["geometry"]["coordinates"] if row["geometry"] else (np.nan, np.nan) for row in rows]
    encoded: Any = shapely.to_wkb(shapely.points(np.array(at, dtype=float)), byte_order=1)
    return [wkb if row["geometry"] else None for row, wkb in zip(rows, encoded, strict=True)]
