"""The URI of a coordinate reference system in, conversions between it and OGC:CRS84 out.

Coordinates outside are in the order of the system's own axes (latitude first in EPSG:4326), inside they are longitude
and latitude. The datum shifts are PROJ's without grids: WGS 84, ETRS89 and KOSOVAREF01 agree within a metre here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
import shapely
from pyproj import Transformer
from shapely.geometry import mapping, shape

from geo.crs import CRS84, Floats
from geo.errors import InvalidInput
from geo.model import BBox

_BASE: Final = "http://www.opengis.net/def/crs"
CRS84_URI: Final = f"{_BASE}/OGC/1.3/CRS84"
_ROUNDING_DEG: Final = 1e-9
_PIECES: Final = 64
"""A box in a projected system is cut so often along each side: its edges are curves on the ellipsoid."""

_FARTHEST: Final = 1e9
"""In metres: beyond all that a projection of the Earth yields, and small enough to reckon with."""


@dataclass(frozen=True, slots=True)
class ReferenceSystem:
    """A coordinate reference system that features are served in."""

    uri: str
    code: str
    """As PROJ names it."""
    name: str
    is_projected: bool
    decimals: int
    """Written after the point: a centimetre of metres, a tenth of a metre of degrees."""

    def from_lonlat(self, lonlat: Floats) -> Floats:
        """Return coordinates in this system, shape (n, 2), of longitudes and latitudes."""
        if self.uri == CRS84_URI:
            return lonlat
        lons, lats = lonlat.T
        return np.column_stack(_transformer(self.code).transform(lons, lats))

    def to_lonlat(self, coordinates: Floats) -> Floats:
        """Return longitudes and latitudes, shape (n, 2), of coordinates in this system."""
        if self.uri == CRS84_URI:
            return coordinates
        x, y = coordinates.T
        return np.column_stack(_transformer(self.code).transform(x, y, direction="INVERSE"))

    def to_crs84(self, geometry: shapely.Geometry) -> shapely.Geometry:
        """Return a geometry in OGC:CRS84, of one in this system.

        Raises
        ------
        InvalidInput
            It reaches beyond where this system is defined.
        """
        return shapely.transform(geometry, self._on_earth)

    def _on_earth(self, coordinates: Floats) -> Floats:
        lonlat = self.to_lonlat(coordinates)
        if not (np.abs(lonlat) <= (180.0 + _ROUNDING_DEG, 90.0 + _ROUNDING_DEG)).all():  # false of NaN as well
            raise InvalidInput(f"coordinates lie outside {self.code}")
        return np.clip(lonlat, (-180.0, -90.0), (180.0, 90.0))

    def box(self, corners: Sequence[float]) -> BBox | shapely.Geometry:
        """Return the box between two corners: a box in degrees, or the outline that it has there.

        Parameters
        ----------
        corners : sequence of four float
            The lower and the upper corner, in the order of the axes.

        Raises
        ------
        InvalidInput
            The corners are not in order, or lie outside this system.
        """
        a, b, c, d = corners
        if not self.is_projected:
            return BBox(a, b, c, d) if self.uri == CRS84_URI else BBox(b, a, d, c)
        if not (all(map(math.isfinite, corners)) and a <= c and b <= d):
            raise InvalidInput(f"the box {', '.join(f'{n:g}' for n in corners)} does not go from lower to upper corner")
        if max(map(abs, corners)) > _FARTHEST:
            raise InvalidInput(f"coordinates lie outside {self.code}")
        side = max(c - a, d - b) / _PIECES
        outline = shapely.box(a, b, c, d)
        return self.to_crs84(shapely.segmentize(outline, side) if side else shapely.Point(a, b))

    def feature(self, feature: Mapping[str, Any]) -> dict[str, Any]:
        """Return a GeoJSON feature with its geometry in this system.

        Raises
        ------
        InvalidInput
            The geometry lies where this system is not defined.
        """
        given = feature["geometry"]
        if given is None or self.uri == CRS84_URI:
            return dict(feature)
        made = shapely.transform(shape(given), self._rounded)
        if not np.isfinite(shapely.get_coordinates(made)).all():
            raise InvalidInput(f"crs: {feature.get('id')!r} lies outside {self.code}")
        return {**feature, "geometry": mapping(made)}

    def _rounded(self, lonlat: Floats) -> Floats:
        return np.round(self.from_lonlat(lonlat), self.decimals)


@cache
def _transformer(code: str) -> Transformer:
    return Transformer.from_crs(CRS84, code)


def _epsg(number: int, name: str, *, is_projected: bool) -> ReferenceSystem:
    decimals = 2 if is_projected else 6
    return ReferenceSystem(f"{_BASE}/EPSG/0/{number}", f"EPSG:{number}", name, is_projected, decimals)


SYSTEMS: Final[Mapping[str, ReferenceSystem]] = {
    system.uri: system
    for system in (
        ReferenceSystem(CRS84_URI, CRS84, "WGS 84, longitude and latitude", is_projected=False, decimals=6),
        _epsg(4326, "WGS 84, latitude and longitude", is_projected=False),
        _epsg(3857, "WGS 84 / Pseudo-Mercator", is_projected=True),
        _epsg(25834, "ETRS89 / UTM zone 34N", is_projected=True),
        _epsg(9141, "KOSOVAREF01 / Balkans zone 7", is_projected=True),
    )
}
"""What features are served in, by URI; the first is the default and how they are stored."""


def system(uri: str) -> ReferenceSystem:
    """Return the system that a URI names; its code (EPSG:25834) and the safe CURIE ([EPSG:25834]) name it as well.

    Raises
    ------
    InvalidInput
        Features are not served in it.
    """
    short = {known.code: known for known in SYSTEMS.values()}
    found = SYSTEMS.get(uri) or short.get(uri.removeprefix("[").removesuffix("]"))
    if found is None:
        raise InvalidInput(f"{uri[:80]!r} is not one of {', '.join(SYSTEMS)}")
    return found
