"""The name of a shipped layer in, its features out; each read once per process."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from geo.errors import MissingData, NotFound

LAYERS: Final = (
    "kosovo",
    "serbia",
    "neighbours",
    "border_line",
    "serbia_line",
    "crossings",
    "zones",
    "locator",
)
ROOT: Final = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature of a layer: a geometry in degrees (OGC:CRS84) and what is known of it."""

    geometry: BaseGeometry
    properties: Mapping[str, Any]
    id: str | None = None


def shipped(name: str) -> Path:
    """Return the path of a shipped data file: one of boundaries/, or `incidents.geojson`.

    It stands beside the packages in a checkout and in an installed wheel, or where the wheel's data files go.

    Raises
    ------
    MissingData
        The installation lacks it.
    """
    places = (ROOT / "boundaries" / name, ROOT / name, Path(sys.prefix) / "share" / "ibar" / name)
    for path in places:
        if path.is_file():
            return path
    raise MissingData(f"{name}: not in this installation (looked for {', '.join(map(str, places))}); install it again")


@cache
def read_layer(name: str) -> tuple[Feature, ...]:
    """Return the features of a shipped layer, in the order of its file; read once per process.

    Raises
    ------
    NotFound
        There is no layer of that name (`LAYERS` lists them).
    MissingData
        Its file is absent or damaged.
    """
    if name not in LAYERS:
        raise NotFound(f"layer {name!r}: there are {', '.join(LAYERS)}")
    path = shipped(f"{name}.geojson")
    return read_features(path, "run boundaries/build.py or install again")


def read_features(path: Path, remedy: str) -> tuple[Feature, ...]:
    """Return the features of a file of this project's own; `remedy` ends the message where it is damaged.

    Raises
    ------
    MissingData
        The file is damaged.
    """
    try:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        return tuple(Feature(shape(f["geometry"]), f["properties"], f.get("id")) for f in features)
    except (KeyError, TypeError, ValueError, OSError, shapely.errors.ShapelyError) as error:
        raise MissingData(f"{path}: damaged ({error}); {remedy}") from error
