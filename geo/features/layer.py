"""The features of a layer in, pages of those that match out: an SQLite table in memory, asked as the store is asked.

A layer has at most some thousand features and never changes while it is served. What a filter means is compiled by the
same dialect as for the store.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import shapely
from shapely.geometry import mapping

from geo import cql2
from geo.boundaries import Feature
from geo.cql2 import Call, Node, Property, Shape
from geo.errors import InvalidInput, NotFound
from geo.features.collection import Collection
from geo.geojson import encode
from geo.model import BBox, Criteria
from geo.store import cql2_sqlite, cursor
from geo.store.cql2_sql import Compiler
from geo.store.filtering import GEOMETRY
from geo.store.interface import Extent, Page

_HEADER: Final = b"GP\x00\x01" + (4326).to_bytes(4, "little")
"""Of a GeoPackage geometry without an envelope."""
_TABLE: Final = cql2_sqlite.Table("layer", "fid", "geom", "layer_rtree")


class Layer:
    """One layer, read by many threads in turn.

    Parameters
    ----------
    collection : Collection
        What the layer is.
    features : iterable of Feature
        With an id each; a property that the collection has no field for is left out, a missing one is null.
    """

    def __init__(self, collection: Collection, features: Iterable[Feature]) -> None:
        self.collection = collection
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        cql2_sqlite.register(self._connection)
        self._bounds = shapely.total_bounds(_filled(self._connection, collection, features))
        columns = {field.name: f'"{field.name}"' for field in collection.fields}
        self._compiler: Compiler = cql2_sqlite.compiler({**columns, GEOMETRY: "geom"}, _TABLE)

    def page(self, criteria: Criteria, *, sort: str, limit: int, cursor: str | None) -> Page:
        """Return one page; of the criteria, the box and the filter are asked, for a layer has no dates."""
        if limit < 1:
            raise InvalidInput(f"limit: {limit} is less than 1")
        keys = self._keys(_asked(criteria), sort)
        start = _after(keys, cursor, sort) if cursor else 0
        shown = keys[start : start + limit]
        more = start + limit < len(keys)
        return Page(
            features=self._texts([fid for fid, _ in shown]),
            number_matched=len(keys),
            not_placed=0,
            next_cursor=_cursor(sort, shown[-1][1]) if more else None,
        )

    def get(self, feature_id: str) -> bytes:
        """Return one feature, encoded."""
        with self._lock:
            found = self._connection.execute("SELECT feature FROM layer WHERE id = ?", (feature_id,)).fetchone()
        if found is None:
            raise NotFound(f"there is no feature {feature_id!r} in {self.collection.id}")
        return bytes(found[0])

    def extent(self) -> Extent:
        """Return the box of all features."""
        return Extent(BBox(*self._bounds.tolist()))

    def _keys(self, tree: Node | None, sort: str) -> Sequence[tuple[int, str]]:
        """Return number and id of the features that match, in order: those without a value last, ties by id."""
        where = self._compiler.predicate(tree) if tree is not None else None
        name, direction = sort.removeprefix("-"), "DESC" if sort.startswith("-") else "ASC"
        if name not in self.collection.sortables:
            raise InvalidInput(f"sortby: {name!r} is not one of {', '.join(self.collection.sortables)}")
        sql = (
            f"SELECT fid, id FROM layer WHERE {where.text if where else '1'}"  # noqa: S608 - names of our own, parameters
            f' ORDER BY "{name}" IS NULL, "{name}" {direction}, id {direction}'
        )
        with self._lock:
            return self._connection.execute(sql, where.params if where else ()).fetchall()

    def _texts(self, fids: Sequence[int]) -> tuple[bytes, ...]:
        asked = "SELECT fid, feature FROM layer WHERE fid IN (SELECT value FROM json_each(?))"
        with self._lock:
            texts = dict(self._connection.execute(asked, (json.dumps(fids),)))
        return tuple(texts[fid] for fid in fids)


def _filled(connection: sqlite3.Connection, collection: Collection, features: Iterable[Feature]) -> list[Any]:
    names = [field.name for field in collection.fields]
    columns = ", ".join(f'"{name}"' for name in names)
    connection.execute(f"CREATE TABLE layer (fid INTEGER PRIMARY KEY, {columns}, geom BLOB, feature BLOB)")
    connection.execute("CREATE VIRTUAL TABLE layer_rtree USING rtree(id, minx, maxx, miny, maxy)")
    connection.execute("CREATE UNIQUE INDEX layer_id ON layer (id)")
    geometries = []
    for fid, feature in enumerate(features, 1):
        record = {**{name: feature.properties.get(name) for name in names}, "id": feature.id}
        blob = _HEADER + shapely.to_wkb(feature.geometry, byte_order=1)
        row = (fid, *record.values(), blob, _encoded(feature, record))
        marks = ", ".join("?" * len(row))
        connection.execute(f"INSERT INTO layer VALUES ({marks})", row)  # noqa: S608 - marks
        west, south, east, north = feature.geometry.bounds
        connection.execute("INSERT INTO layer_rtree VALUES (?, ?, ?, ?, ?)", (fid, west, east, south, north))
        geometries.append(feature.geometry)
    return geometries


def _encoded(feature: Feature, record: Mapping[str, Any]) -> bytes:
    return encode(
        {"type": "Feature", "id": feature.id, "geometry": mapping(feature.geometry), "properties": dict(record)}
    )


def _asked(criteria: Criteria) -> Node | None:
    """Return the box and the filter as one condition."""
    parts: list[Any] = [] if criteria.filter is None else [criteria.filter.tree]
    if criteria.bbox is not None:
        box = cql2.box(list(criteria.bbox))
        parts.append(Call("s_intersects", (Property(GEOMETRY, "geometry"), Shape(box)), "boolean"))
    if len(parts) > 1:
        return Call("and", tuple(parts), "boolean")
    return parts[0] if parts else None


def _cursor(sort: str, feature_id: str) -> str:
    return cursor.encode(sort, cursor.Place(None, feature_id))


def _after(keys: Sequence[tuple[int, str]], text: str, sort: str) -> int:
    """Return where the features begin that follow the one that a cursor names."""
    last = cursor.decode(text, sort=sort, is_number=False).id
    for place, (_, feature_id) in enumerate(keys, 1):
        if feature_id == last:
            return place
    raise InvalidInput("cursor: not one that this service gave out; start again without it")
