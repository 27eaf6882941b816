"""Positions in, the side that each lies on out: XK, RS, or the ISO 3166 code of another country."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.boundaries import Feature, read_layer
from geo.crs import Floats, LocalProjection
from geo.model import LonLat

Texts = NDArray[np.str_]

UNKNOWN: Final = ""
"""The side of a position beyond every layer that ships."""
SLACK_M: Final = {"kosovo": 0.0, "serbia": 0.0, "neighbours": 100.0, "locator": 5_000.0}
"""How far the outline of a country may be off in each layer, because it was simplified."""


@dataclass(frozen=True)
class Country:
    """The polygon of a country in degrees, prepared, and how far off its outline may be."""

    iso: str
    polygon: BaseGeometry
    slack_m: float


def countries(layer: str) -> tuple[Country, ...]:
    """Return the countries of a shipped layer."""
    return tuple(_country(feature, SLACK_M[layer]) for feature in read_layer(layer))


def _country(feature: Feature, slack_m: float) -> Country:
    shapely.prepare(feature.geometry)
    return Country(str(feature.properties["iso"]), feature.geometry, slack_m)


class Sides:
    """Which country a position lies in: Kosovo first, then Serbia with the gaps up to the border line, then the others.

    What lies in none (the sea, a sliver between two countries) belongs to the nearest. Beyond the map window the coarse
    locator decides; beyond that the side is `UNKNOWN`.
    """

    def __init__(self) -> None:
        self.detailed = (*countries("kosovo"), *countries("serbia"), *countries("neighbours"))
        self.coarse = countries("locator")
        self.window = _bounds(self.detailed)
        self.projection = LocalProjection(*shapely.get_coordinates(self.detailed[0].polygon.centroid)[0])

    def of(self, lonlat: Floats) -> Texts:
        """Return the side of each position of shape (n, 2) in degrees."""
        side = np.full(len(lonlat), UNKNOWN, dtype="U4")
        _fill(side, lonlat, self.detailed)
        self._fill_nearest(side, lonlat, self.detailed, self._detailed_tree)
        _fill(side, lonlat, self.coarse)
        self._fill_nearest(side, lonlat, self.coarse, self._coarse_tree)
        return side

    def surrounds(self, side: str, position: LonLat, radius_m: float) -> bool:
        """Whether a disc lies inside the country of a side, whatever its outline's slack."""
        point = shapely.Point(position.lon, position.lat)
        country = self._of(side, point)
        if country is None:
            return False
        if radius_m + country.slack_m == 0:
            return True
        edge = self.projection.project(country.polygon.boundary)
        return bool(shapely.distance(edge, self.projection.project(point)) > radius_m + country.slack_m)

    def contains(self, side: str, polygon: BaseGeometry) -> bool:
        """Whether a polygon in degrees lies inside the country of a side."""
        country = self._of(side, polygon.representative_point())
        return country is not None and bool(shapely.contains(country.polygon, polygon))

    def _of(self, side: str, point: BaseGeometry) -> Country | None:
        known = (*self.detailed, *self.coarse)
        return next((c for c in known if c.iso == side and shapely.intersects(c.polygon, point)), None)

    def _fill_nearest(self, side: Texts, lonlat: Floats, among: tuple[Country, ...], tree: shapely.STRtree) -> None:
        west, south, east, north = _bounds(among)
        inside = ((lonlat >= [west, south]) & (lonlat <= [east, north])).all(axis=1)
        rest = np.flatnonzero(inside & (side == UNKNOWN))
        if len(rest):
            points = shapely.points(self.projection.forward(lonlat[rest]))
            _, found = tree.query_nearest(points, all_matches=False)
            side[rest] = np.array([country.iso for country in among])[found]

    @cached_property
    def _detailed_tree(self) -> shapely.STRtree:
        return shapely.STRtree([self.projection.project(country.polygon) for country in self.detailed])

    @cached_property
    def _coarse_tree(self) -> shapely.STRtree:
        return shapely.STRtree([self.projection.project(country.polygon) for country in self.coarse])


def _fill(side: Texts, lonlat: Floats, among: Iterable[Country]) -> None:
    for country in among:
        west, south, east, north = country.polygon.bounds
        near = ((lonlat >= [west, south]) & (lonlat <= [east, north])).all(axis=1)
        rest = np.flatnonzero(near & (side == UNKNOWN))
        inside = shapely.intersects_xy(country.polygon, lonlat[rest, 0], lonlat[rest, 1])
        side[rest[inside]] = country.iso


def _bounds(among: Iterable[Country]) -> tuple[float, float, float, float]:
    west, south, east, north = np.array([country.polygon.bounds for country in among]).T
    return float(west.min()), float(south.min()), float(east.max()), float(north.max())
