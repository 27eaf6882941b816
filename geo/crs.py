"""Longitude and latitude in, metres out: the ellipsoid, a local projection and earth-centred positions.

Positions are OGC:CRS84 degrees, longitude first; distances are geodesic metres on the WGS 84 ellipsoid.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import Geod, Transformer
from shapely.geometry.base import BaseGeometry

Floats = NDArray[np.float64]

CRS84: Final = "OGC:CRS84"
EARTH_RADIUS_M: Final = 6_371_008.8
"""Mean radius of the ellipsoid, for estimates only."""


@cache
def geod() -> Geod:
    """Return the WGS 84 ellipsoid on which every distance is measured."""
    return Geod(ellps="WGS84")


def distances_m(from_lons: ArrayLike, from_lats: ArrayLike, to_lons: ArrayLike, to_lats: ArrayLike) -> Floats:
    """Return geodesic distances between pairs of positions.

    Parameters
    ----------
    from_lons, from_lats, to_lons, to_lats : array_like, shape (n,)
        Degrees, OGC:CRS84.

    Returns
    -------
    ndarray, shape (n,)
        Metres, by Karney's inverse geodesic (PROJ).
    """
    metres = geod().inv(several(from_lons), several(from_lats), several(to_lons), several(to_lats))[2]
    return np.asarray(metres, dtype=float)


def several(values: ArrayLike) -> Any:
    """Return values as PROJ takes them: an array of one would be taken for a number, with a warning of NumPy's."""
    array = np.asarray(values, dtype=float)
    return array.tolist() if array.size == 1 else array


def area_m2(geometry: BaseGeometry) -> float:
    """Return the geodesic area of a polygon or multipolygon in degrees (OGC:CRS84), in square metres."""
    return abs(float(geod().geometry_area_perimeter(_counterclockwise(geometry))[0]))


def _counterclockwise(geometry: BaseGeometry) -> BaseGeometry:
    parts = [shapely.geometry.polygon.orient(part) for part in shapely.get_parts(geometry)]
    return shapely.MultiPolygon(parts)


@dataclass(frozen=True)
class LocalProjection:
    """A transverse Mercator about one position, true to scale on its meridian: degrees in, metres out, and back.

    At x metres from that meridian its scale is 1 + x² / 2R²; it finds what is near, and a geodesic measures it.
    """

    lon: float
    lat: float

    @property
    def _transformer(self) -> Transformer:
        return _transformer(f"+proj=tmerc +lat_0={self.lat} +lon_0={self.lon} +k=1 +datum=WGS84 +units=m")

    def forward(self, lonlat: ArrayLike) -> Floats:
        """Return metres east and north, shape (n, 2), of longitudes and latitudes of the same shape."""
        lons, lats = np.asarray(lonlat, dtype=float).T
        return np.column_stack(self._transformer.transform(several(lons), several(lats)))

    def inverse(self, xy: ArrayLike) -> Floats:
        """Return longitudes and latitudes, shape (n, 2), of metres east and north of the same shape."""
        x, y = np.asarray(xy, dtype=float).T
        return np.column_stack(self._transformer.transform(several(x), several(y), direction="INVERSE"))

    def project(self, geometry: BaseGeometry) -> BaseGeometry:
        """Return a geometry in metres, from one in degrees."""
        return shapely.transform(geometry, self.forward)

    def unproject(self, geometry: BaseGeometry) -> BaseGeometry:
        """Return a geometry in degrees, from one in metres."""
        return shapely.transform(geometry, self.inverse)


@cache
def _transformer(projection: str) -> Transformer:
    return Transformer.from_crs(CRS84, projection, always_xy=True)


def geocentric(lonlat: ArrayLike) -> Floats:
    """Return earth-centred positions on the ellipsoid, shape (n, 3) in metres, of degrees of shape (n, 2)."""
    lons, lats = np.radians(np.asarray(lonlat, dtype=float)).T
    a, e2 = geod().a, geod().es
    normal = a / np.sqrt(1 - e2 * np.sin(lats) ** 2)
    across = normal * np.cos(lats)
    return np.column_stack([across * np.cos(lons), across * np.sin(lons), normal * (1 - e2) * np.sin(lats)])


def lonlat_of(positions: ArrayLike) -> Floats:
    """Return degrees, shape (n, 2), of earth-centred positions of shape (n, 3) that lie on the ellipsoid."""
    x, y, z = np.asarray(positions, dtype=float).T
    lats = np.arctan2(z, (1 - geod().es) * np.hypot(x, y))
    lonlat: Floats = np.degrees(np.column_stack([np.arctan2(y, x), lats]))
    return lonlat
