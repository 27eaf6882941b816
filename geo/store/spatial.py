"""A polygon or a circle in, the row numbers of the events inside it out: R*Tree first, exact geometry after.

Both tests are vectorised: candidates come from the R*Tree, then shapely or the geodesic decides.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geo import crs
from geo.errors import InvalidInput
from geo.model import BBox, Criteria, LonLat
from geo.store.criteria_sql import boxes, finite, rtree_ids

Box = tuple[float, float, float, float]
Floats = NDArray[np.float64]

_LEAST_RADIUS_M: Final = 6_335_000.0
"""No curve of the WGS 84 ellipsoid bends more: an arc of a given length spans at most the angle that this gives."""
_PAD_DEG: Final = 1e-6


class Points(NamedTuple):
    """Row numbers and positions of events, as arrays of one length."""

    fids: NDArray[np.int64]
    lons: Floats
    lats: Floats


class Shape(NamedTuple):
    """What may hold points: boxes that contain it, and the exact test."""

    boxes: tuple[Box, ...]
    holds: Callable[[Floats, Floats], NDArray[np.bool_]]


def fids_within(connection: sqlite3.Connection, criteria: Criteria) -> list[int] | None:
    """Return the row numbers of events within the polygon and the radius; null where neither is asked for."""
    shapes = _shapes(criteria)
    if not shapes:
        return None
    found = points_in(connection, shapes[0].boxes)
    for shape in shapes:
        keep = shape.holds(found.lons, found.lats)
        found = Points(found.fids[keep], found.lons[keep], found.lats[keep])
    fids: list[int] = found.fids.tolist()
    return fids


def points_in(connection: sqlite3.Connection, parts: Iterable[Box]) -> Points:
    """Return the events that may lie in one of these boxes, each once."""
    ids = rtree_ids(parts)
    sql = f"SELECT fid, lon, lat FROM events NOT INDEXED WHERE fid IN ({ids.sql})"  # noqa: S608 - parameters only
    rows = np.array(connection.execute(sql, ids.params).fetchall(), dtype=np.float64).reshape(-1, 3)
    return Points(rows[:, 0].astype(np.int64), rows[:, 1], rows[:, 2])


def distances_m(position: LonLat, lons: Floats, lats: Floats) -> Floats:
    """Return geodesic distances in metres on the WGS 84 ellipsoid."""
    count = len(lons)
    return crs.distances_m(np.full(count, position.lon), np.full(count, position.lat), lons, lats)


def around(position: LonLat, radius_m: float) -> tuple[Box, ...]:
    """Return boxes in degrees that contain the geodesic circle, at the poles and the antimeridian too."""
    angle = 1.01 * radius_m / _LEAST_RADIUS_M
    lat = math.radians(position.lat)
    south = max(-90.0, position.lat - math.degrees(angle) - _PAD_DEG)
    north = min(90.0, position.lat + math.degrees(angle) + _PAD_DEG)
    if abs(lat) + angle >= math.pi / 2:
        return ((-180.0, south, 180.0, north),)
    reach = math.degrees(math.asin(min(1.0, math.sin(angle) / math.cos(lat)))) + _PAD_DEG
    if reach >= 180:
        return ((-180.0, south, 180.0, north),)
    west, east = position.lon - reach, position.lon + reach
    return boxes(BBox(west + 360 * (west < -180), south, east - 360 * (east > 180), north))


def _shapes(criteria: Criteria) -> list[Shape]:
    shapes = []
    if criteria.polygon is not None:
        shapes.append(_polygon(criteria.polygon))
    if criteria.near is not None and criteria.radius_m is not None:
        shapes.append(_circle(criteria.near, finite(criteria.radius_m, "radius_m", least=0)))
    elif criteria.near is not None or criteria.radius_m is not None:
        raise InvalidInput("near, radius_m: give both, or neither")
    return shapes


def _circle(centre: LonLat, radius_m: float) -> Shape:
    return Shape(around(centre, radius_m), lambda lons, lats: distances_m(centre, lons, lats) <= radius_m)


def _polygon(wkt: str) -> Shape:
    geometry = _read(wkt)
    west, south, east, north = geometry.bounds
    BBox(west, south, east, north)
    shapely.prepare(geometry)

    def holds(lons: Floats, lats: Floats) -> NDArray[np.bool_]:
        return np.asarray(shapely.intersects_xy(geometry, lons, lats), dtype=np.bool_)

    return Shape(((west, south, east, north),), holds)


def _read(wkt: str) -> Any:
    try:
        with np.errstate(invalid="ignore"):
            geometry = shapely.from_wkt(wkt)
    except (shapely.errors.ShapelyError, TypeError, ValueError) as error:
        raise InvalidInput(f"polygon: not well-known text: {error}") from error
    if geometry is None or geometry.geom_type not in ("Polygon", "MultiPolygon") or geometry.is_empty:
        raise InvalidInput("polygon: must be a POLYGON or MULTIPOLYGON that is not empty")
    if not np.isfinite(shapely.get_coordinates(geometry)).all():
        raise InvalidInput("polygon: coordinates must be finite numbers")
    if not geometry.is_valid:
        raise InvalidInput(f"polygon: {shapely.is_valid_reason(geometry)}")
    return geometry
