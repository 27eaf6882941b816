"""Features in, a data file for others out: GeoPackage, FlatGeobuf, GeoParquet or KML, with licence and citation inside.

Features pass through in batches, so memory stays flat. Positions are OGC:CRS84; an event known only by an area has no
geometry.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from geo.errors import TooLarge, UnreadableFile
from geo.exports.batches import GEOMETRY, batches, fields, schema
from geo.geojson import CITATION, LICENCE
from geo.record import Field
from geo.wording import status_note

if TYPE_CHECKING:
    import pyarrow as pa

LAYER: Final = "events"
TITLE: Final = "Incidents and deployments at the Kosovo–Serbia border"
_CRS: Final = "OGC:CRS84"
_KML_NAMES: Final = {"title": "Name", "summary": "description"}
"""What readers of KML show as a placemark's heading and text."""


def write_file(
    features: Iterable[bytes],
    path: Path,
    *,
    form: str,
    has_certainty: bool = False,
    max_bytes: int | None = None,
) -> None:
    """Write encoded features to a new file.

    Parameters
    ----------
    features : iterable of bytes
        GeoJSON features in OGC:CRS84, encoded.
    path : Path
        Nothing may be there yet.
    form : str
        One of `FORMATS`.
    has_certainty : bool
        Whether the features say how sure they are to lie within a distance.
    max_bytes : int, optional
        Of the file, as far as it is seen while it grows.

    Raises
    ------
    TooLarge
        The file grew beyond `max_bytes`.
    UnreadableFile
        It could not be written.
    """
    import pyarrow as pa

    columns = fields(has_certainty=has_certainty)
    rows = _bounded(batches(features, columns), path, max_bytes)
    if form == "kml":
        columns, rows = _for_kml(columns, rows)
    FORMATS[form](pa.RecordBatchReader.from_batches(schema(columns), rows), path)
    if _is_over(path, max_bytes):
        raise TooLarge(f"the file would be over {max_bytes:,} bytes; narrow the filter, or take GeoJSON or CSV")


def about() -> dict[str, str]:
    """Return what every file says of itself."""
    return {"licence": LICENCE, "citation": CITATION, "status_note": status_note()}


def _bounded(rows: Iterator[pa.RecordBatch], path: Path, max_bytes: int | None) -> Iterator[pa.RecordBatch]:
    """Yield batches until the file is too large; an error raised in here would be lost in GDAL."""
    for batch in rows:
        yield batch
        if _is_over(path, max_bytes):
            return


def _is_over(path: Path, max_bytes: int | None) -> bool:
    return max_bytes is not None and path.exists() and path.stat().st_size > max_bytes


def _for_kml(
    columns: tuple[Field, ...], rows: Iterator[pa.RecordBatch]
) -> tuple[tuple[Field, ...], Iterator[pa.RecordBatch]]:
    """Return the columns by the names that KML has for a heading and a text."""
    import pyarrow as pa

    named = tuple(Field(_KML_NAMES.get(each.name, each.name), each.type, each.meaning) for each in columns)
    types = schema(named)
    return named, (pa.record_batch(batch.columns, schema=types) for batch in rows)


def _geopackage(rows: pa.RecordBatchReader, path: Path) -> None:
    said = {name.upper(): text for name, text in about().items()}
    _by_gdal(rows, path, "GPKG", layer_metadata={**said, "DESCRIPTION": TITLE}, dataset_metadata=said)


def _flatgeobuf(rows: pa.RecordBatchReader, path: Path) -> None:
    _by_gdal(rows, path, "FlatGeobuf", layer_options={"TITLE": TITLE, "DESCRIPTION": _said(), "SPATIAL_INDEX": "NO"})


def _kml(rows: pa.RecordBatchReader, path: Path) -> None:
    _by_gdal(rows, path, "LIBKML", dataset_options={"NAME": TITLE, "DESCRIPTION": _said()})


def _said() -> str:
    return " ".join((f"Licence: {LICENCE}.", CITATION, status_note()))


def _by_gdal(rows: pa.RecordBatchReader, path: Path, driver: str, **options: Any) -> None:
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError

    about_layer = {"layer": LAYER, "geometry_name": GEOMETRY, "geometry_type": "Point", "crs": _CRS}
    try:
        pyogrio.write_arrow(rows, path, driver=driver, **about_layer, **options)
    except (DataLayerError, DataSourceError, RuntimeError) as error:
        raise UnreadableFile(f"{path.name}: cannot be written ({error})") from error


def _geoparquet(rows: pa.RecordBatchReader, path: Path) -> None:
    """Write GeoParquet 1.1; its metadata may leave the CRS out, which means OGC:CRS84."""
    import pyarrow.parquet as pq

    column = {"encoding": "WKB", "geometry_types": ["Point"]}
    geo = {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
    said = {"geo": json.dumps(geo), "title": TITLE, **about()}
    types = rows.schema.with_metadata(said)
    with pq.ParquetWriter(path, types, compression="zstd") as file:
        for batch in rows:
            file.write_batch(batch.replace_schema_metadata(types.metadata))


FORMATS: Final[Mapping[str, Callable[[pa.RecordBatchReader, Path], None]]] = {
    "gpkg": _geopackage,
    "fgb": _flatgeobuf,
    "parquet": _geoparquet,
    "kml": _kml,
}
"""The writer of each kind of data file, by the ending of its name."""
