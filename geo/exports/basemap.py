"""The shipped layers in, the land, lines and towns under a map out: projected once, drawn into any frame."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

import numpy as np
import shapely
from matplotlib.path import Path
from shapely.geometry.base import BaseGeometry

from geo import boundaries
from geo.exports.page import Page, path_of
from geo.exports.view import Points, View, Window, project, projected, window_around

BOUNDARY: Final = "boundary"
STRIP: Final = "strip"
FRAME: Final = "frame"
LINE_PT: Final = 1.5
CASING_PT: Final = 3.6
DASHES: Final = (0, (4.2, 1.6))
"""Dashed by convention: the line's status is not agreed."""
_BOWTIE: Final = Path([(-1, 0.8), (1, -0.8), (1, 0.8), (-1, -0.8), (-1, 0.8)], closed=True)
_TOWN_KINDS: Final = frozenset({"town", "city", "seat", "settlement"})
_MIN_POPULATION: Final = 2_000
_KEPT: Final = 96
"""Prepared shapes: those of some ten views."""


@dataclass(frozen=True, slots=True)
class Territory:
    """A country or territory on the map."""

    code: str
    name: str
    shape: BaseGeometry


@dataclass(frozen=True, slots=True)
class Town:
    """A town that helps a reader to find the way."""

    position: tuple[float, float]
    """EPSG:25834 metres."""
    lonlat: tuple[float, float]
    names: tuple[str, str, str]
    """English, Albanian, Serbian."""
    country: str
    population: int


@dataclass(frozen=True, slots=True)
class Basemap:
    """Everything that ships, in EPSG:25834 metres."""

    territories: tuple[Territory, ...]
    """Neighbours first, Kosovo last."""
    line: BaseGeometry
    crossings: Points
    crossings_lonlat: Points
    """The same in OGC:CRS84 degrees."""
    crossing_names: tuple[str, ...]
    towns: tuple[Town, ...]
    """The largest first."""

    def territory(self, code: str) -> Territory:
        """Return a territory by its ISO code."""
        return next(t for t in self.territories if t.code == code)

    @property
    def kosovo(self) -> Window:
        """The box around Kosovo."""
        return Window(*self.territory("XK").shape.bounds)

    @property
    def land(self) -> Window:
        """The box within which there is a map: beyond it no land is drawn."""
        return Window(*shapely.union_all([shapely.box(*t.shape.bounds) for t in self.territories]).bounds)


@cache
def load() -> Basemap:
    """Read and project the layers; the second call costs nothing."""
    line = projected(boundaries.read_layer("border_line")[0].geometry)
    crossings = boundaries.read_layer("crossings")
    degrees = np.array([feature.geometry.coords[0][:2] for feature in crossings]).reshape(-1, 2)
    return Basemap(
        territories=tuple(t for layer in ("neighbours", "serbia", "kosovo") for t in _territories(layer)),
        line=line,
        crossings=project(degrees),
        crossings_lonlat=degrees,
        crossing_names=tuple(_name(feature.properties) for feature in crossings),
        towns=_towns(),
    )


def _territories(layer: str) -> list[Territory]:
    found = []
    for feature in boundaries.read_layer(layer):
        shape = projected(feature.geometry)
        found.append(Territory(_code(feature.properties), _name(feature.properties), shape))
    return found


def _name(properties: Any) -> str:
    return str(properties.get("name_en") or properties.get("name") or "")


def _code(properties: Any) -> str:
    return str(properties.get("iso") or properties.get("iso_a2") or properties.get("country") or "")


def _towns() -> tuple[Town, ...]:
    with boundaries.shipped("places.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] in _TOWN_KINDS]
    rows = [row for row in rows if int(row.get("population") or 0) >= _MIN_POPULATION]
    degrees = np.array([(float(row["lon"]), float(row["lat"])) for row in rows]).reshape(-1, 2)
    towns = [
        Town(
            position=(float(x), float(y)),
            lonlat=(float(row["lon"]), float(row["lat"])),
            names=(row["name_en"], row["name_sq"] or row["name_en"], row["name_sr_latn"] or row["name_en"]),
            country=row["country"],
            population=int(row["population"]),
        )
        for row, (x, y) in zip(rows, project(degrees), strict=True)
    ]
    return tuple(sorted(towns, key=lambda town: (-town.population, town.names)))


def draw_land(page: Page, view: View, basemap: Basemap) -> None:
    """Draw land and its outlines."""
    clip = view.frame
    page.rectangle(clip, facecolor="land", edgecolor="none", zorder=0)
    for territory in basemap.territories:
        colour = "kosovo" if territory.code == "XK" else "land"
        seen = _seen(territory.shape, view)
        if seen.is_empty:
            continue
        page.path(
            _path(seen),
            transform=view.transform,
            clip=clip,
            facecolor=colour,
            edgecolor=BOUNDARY,
            linewidth=0.7,
            joinstyle="round",
            zorder=1,
            gid=f"land-{territory.code}-{clip.x:.0f}",
        )


def draw_strip(page: Page, view: View, basemap: Basemap, within_m: float) -> None:
    """Shade what lies within a distance of the line."""
    page.path(
        _path(_strip(basemap.line, view.window, view.points_per_metre, within_m)),
        transform=view.transform,
        clip=view.frame,
        zorder=2,
        **strip_style(page, 0.42),
        gid=f"strip-{view.frame.x:.0f}",
    )


def strip_style(page: Page, alpha: float) -> dict[str, Any]:
    """Return how the strip along the line is filled: with a tint, or with strokes that a photocopy keeps."""
    if page.theme.strip == "hatch":
        return {"facecolor": "none", "edgecolor": STRIP, "hatch": "/////", "linewidth": 0.0}
    return {"facecolor": STRIP, "edgecolor": "none", "alpha": alpha}


def _seen(shape: BaseGeometry, view: View, beyond_m: float = 2_000.0) -> BaseGeometry:
    """Return the part of a shape that bears on a view, thinned to what can be seen."""
    return _part(shape, view.window, view.points_per_metre, beyond_m)


# What a view shows of the basemap is the same in each format and at the next request: it is prepared once.


@lru_cache(maxsize=_KEPT)
def _part(shape: BaseGeometry, window: Window, points_per_metre: float, beyond_m: float) -> BaseGeometry:
    near = window.padded(0, beyond_m * 1.1).shape
    return shapely.simplify(shapely.intersection(shape, near), 0.15 / points_per_metre)


@lru_cache(maxsize=_KEPT)
def _strip(line: BaseGeometry, window: Window, points_per_metre: float, within_m: float) -> BaseGeometry:
    return shapely.buffer(_part(line, window, points_per_metre, within_m), within_m, quad_segs=16)


@lru_cache(maxsize=_KEPT)
def _path(shape: BaseGeometry) -> Path:
    return path_of(shape)


@lru_cache(maxsize=_KEPT)
def _dense(line: BaseGeometry, window: Window, points_per_metre: float, step_pt: float) -> Points | None:
    seen = shapely.intersection(line, window.shape)
    if seen.is_empty:
        return None
    dense = shapely.segmentize(shapely.simplify(seen, 0.5 / points_per_metre), step_pt / points_per_metre)
    return shapely.get_coordinates(dense)


def draw_line(page: Page, view: View, basemap: Basemap) -> None:
    """Draw the line that Kosovo and Serbia share, cased and dashed, and the crossings on it."""
    style_: dict[str, Any] = {
        "facecolor": "none",
        "joinstyle": "round",
        "clip": view.frame,
        "transform": view.transform,
    }
    for colour, width, dashes, zorder, name in (
        ("casing", CASING_PT, "-", 4.0, "border-line-casing"),
        ("line", LINE_PT, DASHES, 4.1, "border-line"),
    ):
        page.path(
            _path(_seen(basemap.line, view)),
            edgecolor=colour,
            linewidth=width,
            linestyle=dashes,
            capstyle="butt",
            zorder=zorder,
            gid=f"{name}-{view.frame.x:.0f}",
            **style_,
        )
    seen = basemap.crossings[view.window.holds(basemap.crossings)]
    if len(seen):
        draw_crossings(page, view.on_page(seen), view)


def draw_crossings(page: Page, at: Points, view: View | None = None) -> None:
    """Draw crossings at points of the page."""
    page.symbols(
        [_BOWTIE],
        at,
        [CROSSING_PT] * len(at),
        clip=view.frame if view else None,
        facecolors="casing",
        edgecolors="line",
        linewidths=0.8,
        zorder=5,
        gid=f"crossings-{view.frame.x:.0f}" if view else "",
    )


CROSSING_PT: Final = 6.5


def draw_frame(page: Page, view: View) -> None:
    """Draw the edge of a map."""
    page.rectangle(view.frame, facecolor="none", edgecolor=FRAME, linewidth=0.8, zorder=30)


def points_along(line: BaseGeometry, view: View, step_pt: float = 2.5) -> Points:
    """Return points of the page every few points along a line, as far as the view shows it."""
    dense = _dense(line, view.window, view.points_per_metre, step_pt)
    return np.empty((0, 2)) if dense is None else view.on_page(dense)


__all__ = [
    "Basemap",
    "Territory",
    "Town",
    "draw_frame",
    "draw_land",
    "draw_line",
    "draw_strip",
    "load",
    "window_around",
]
