"""Many events in, few things to draw out: clusters, hexagons, and counts by time, type and kilometre of the line."""

from geo.tiles.bins import (
    Bins,
    Hexagon,
    counts_by_cell,
    counts_by_km,
    hexagons,
    histogram,
    kinds_by_month,
    strip,
    types,
)
from geo.tiles.grid import Cells, cells_in
from geo.tiles.keeping import Keeper
from geo.tiles.pyramid import CERTAINTIES, Clusters, Pyramid, Selection, Shares

__all__ = [
    "CERTAINTIES",
    "Bins",
    "Cells",
    "Clusters",
    "Hexagon",
    "Keeper",
    "Pyramid",
    "Selection",
    "Shares",
    "cells_in",
    "counts_by_cell",
    "counts_by_km",
    "hexagons",
    "histogram",
    "kinds_by_month",
    "strip",
    "types",
]
