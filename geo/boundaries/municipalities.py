"""An operator's file of municipality polygons in, a checked layer out, and the municipality of a position."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from geo.boundaries.layers import Feature, read_features
from geo.crs import CRS84, area_m2
from geo.errors import GeoError, InvalidInput, NotFound, UnreadableFile
from geo.model import LonLat

NAME_PROPERTIES: Final = ("name", "name_en", "shapeName", "NAME_2", "NAME_1", "municipality", "NAME", "Name")
"""Where a name is looked for, in this order, unless the operator says where it is."""
DESIGNATIONS: Final = ("Municipality of ", "Komuna e ", "Opština ", "Општина ", "Grad ", "Град ")
"""What some sources write before the name."""
CRS84_NAMES: Final = ("CRS84", "EPSG::4326", "EPSG:4326")
GEOJSON_SUFFIXES: Final = (".geojson", ".json")


@dataclass(frozen=True)
class Municipalities:
    """The municipality polygons of an installation, none where nothing was imported; iterates over its features."""

    features: tuple[Feature, ...] = ()

    def __iter__(self) -> Iterator[Feature]:
        """Iterate over the features, in the order of their file."""
        return iter(self.features)

    def __len__(self) -> int:
        """Count the municipalities."""
        return len(self.features)

    @property
    def names(self) -> tuple[str, ...]:
        """Their names, in the order of their file."""
        return tuple(str(feature.properties["name"]) for feature in self.features)

    def containing(self, position: LonLat) -> Feature | None:
        """Return the municipality that a position lies in, if any; on a shared edge, the first of the file."""
        found = self._tree.query(shapely.Point(position.lon, position.lat), predicate="intersects")
        return self.features[int(found.min())] if len(found) else None

    def at(self, position: LonLat) -> str | None:
        """Return the name of the municipality that a position lies in, if any."""
        found = self.containing(position)
        return None if found is None else str(found.properties["name"])

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree([feature.geometry for feature in self.features])


def municipalities(path: Path | None) -> Municipalities:
    """Return the municipalities imported to a path; none where there is no such file.

    The file is read again when it changes, so that a running server sees a new import.

    Raises
    ------
    MissingData
        The file is damaged.
    """
    try:
        state = None if path is None else path.stat()
    except FileNotFoundError:
        state = None
    if path is None or state is None:
        return Municipalities()
    return _municipalities(path, (state.st_mtime_ns, state.st_size, state.st_ino))


@lru_cache(maxsize=4)
def _municipalities(path: Path, _state: tuple[int, ...]) -> Municipalities:
    return Municipalities(read_features(path, "import the municipalities again"))


def municipality_at(position: LonLat, *, path: Path | None) -> str | None:
    """Return the municipality that a position lies in, by the layer imported to a path; None where it knows none."""
    return municipalities(path).at(position)


def import_municipalities(source: Path, target: Path, *, name_property: str | None = None) -> Municipalities:
    """Check a file of municipality polygons, and put it where this installation looks for it.

    Names lose a designation such as "Municipality of" (it stays in `source_name`); rings get the winding of RFC 7946;
    every other property is kept. The target is replaced at once or not at all.

    Parameters
    ----------
    source : Path
        GeoJSON in OGC:CRS84, or any file that GDAL reads and that says its coordinate system.
    target : Path
        The layer file.
    name_property : str, optional
        The property that holds the name; by default the first of `NAME_PROPERTIES` that every feature has.

    Raises
    ------
    UnreadableFile
        The file is not what it claims to be.
    InvalidInput
        A feature has no polygon, an invalid one, coordinates that are not degrees, or no name or that of another.
    """
    features = _read_geojson(source) if source.suffix.lower() in GEOJSON_SUFFIXES else _read_with_gdal(source)
    if not features:
        raise InvalidInput(f"{source}: holds no feature")
    key = _name_property(source, features, name_property)
    checked = tuple(_municipality(source, number, raw, key) for number, raw in enumerate(features, start=1))
    _refuse_repeated_names(source, checked)
    _write(target, checked)
    return Municipalities(checked)


def _read_geojson(source: Path) -> list[Any]:
    try:
        text = source.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise NotFound(f"{source}: there is no such file") from error
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(f"{source}: cannot be read as UTF-8 text ({error})") from error
    try:
        content = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(f"{source}: not JSON ({error})") from error
    if not isinstance(content, dict) or not isinstance(content.get("features"), list):
        raise UnreadableFile(f"{source}: not a GeoJSON FeatureCollection")
    _refuse_other_crs(source, content.get("crs"))
    features: list[Any] = content["features"]
    return features


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number in JSON")


def _refuse_other_crs(source: Path, crs: object) -> None:
    if crs is None:
        return
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = str(properties.get("name") if isinstance(properties, dict) else crs)
    if not name.endswith(CRS84_NAMES):
        raise InvalidInput(
            f"{source}: coordinates are in {name}; GeoJSON must be in longitude and latitude (OGC:CRS84)"
        )


def _read_with_gdal(source: Path) -> list[Any]:
    import geopandas  # heavy, and needed for other formats only

    if not source.exists():
        raise NotFound(f"{source}: there is no such file")
    try:
        frame = geopandas.read_file(source)
        if frame.crs is None:
            raise InvalidInput(f"{source}: does not say its coordinate system")
        return list(json.loads(frame.to_crs(CRS84).to_json(drop_id=True))["features"])
    except GeoError:
        raise
    except Exception as error:  # GDAL's drivers raise many kinds
        raise UnreadableFile(f"{source}: GDAL cannot read it ({error})") from error


def _name_property(source: Path, features: list[Any], chosen: str | None) -> str:
    held = [f.get("properties") if isinstance(f, dict) else None for f in features]
    common = set.intersection(*(set(p) if isinstance(p, dict) else set() for p in held))
    if chosen is None:
        chosen = next((name for name in NAME_PROPERTIES if name in common), None)
        if chosen is None:
            raise InvalidInput(
                f"{source}: no property looks like a name; say which with --name-property ({_some(common)})"
            )
    if chosen not in common:
        raise InvalidInput(f"{source}: not every feature has a property {chosen!r} (all have {_some(common)})")
    return chosen


def _some(names: set[str]) -> str:
    return ", ".join(sorted(names)[:20]) or "none in common"


def _municipality(source: Path, number: int, raw: Any, key: str) -> Feature:
    where = f"{source}: feature {number}"
    written = str(raw["properties"][key] or "").strip()
    if not written:
        raise InvalidInput(f"{where}: {key!r} is empty")
    name = next((written.removeprefix(d) for d in DESIGNATIONS if written.startswith(d)), written)
    geometry = _polygons(f"{where} ({name})", raw.get("geometry"))
    known = {k: v for k, v in raw["properties"].items() if k not in ("name", "source_name", "area_km2")}
    area_km2 = round(area_m2(geometry) / 1e6, 2)
    return Feature(geometry, {"name": name, "source_name": written, "area_km2": area_km2, **known})


def _polygons(where: str, raw: Any) -> BaseGeometry:
    kind = raw.get("type") if isinstance(raw, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        raise InvalidInput(f"{where}: geometry is {kind or 'missing'}, not a Polygon or MultiPolygon")
    try:
        geometry = shapely.force_2d(shape(raw))
    except (TypeError, ValueError, KeyError, IndexError, AttributeError, shapely.errors.ShapelyError) as error:
        raise InvalidInput(f"{where}: coordinates cannot be read ({error})") from error
    if geometry.is_empty:
        raise InvalidInput(f"{where}: the polygon is empty")
    if not geometry.is_valid:
        raise InvalidInput(f"{where}: not a valid polygon: {shapely.is_valid_reason(geometry)}; mend it in a GIS")
    west, south, east, north = geometry.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise InvalidInput(f"{where}: coordinates {west:g},{south:g} to {east:g},{north:g} are not degrees")
    return _wound(geometry)


def _wound(geometry: BaseGeometry) -> BaseGeometry:
    parts = [orient(part) for part in shapely.get_parts(geometry)]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _refuse_repeated_names(source: Path, features: tuple[Feature, ...]) -> None:
    first: dict[str, int] = {}
    for number, feature in enumerate(features, start=1):
        name = str(feature.properties["name"])
        if name in first:
            raise InvalidInput(f"{source}: features {first[name]} and {number} have the same name, {name}")
        first[name] = number


def _write(target: Path, features: tuple[Feature, ...]) -> None:
    """Write a layer beside its place and move it there, so that no reader sees half a file."""
    lines = [
        json.dumps(
            {"type": "Feature", "properties": f.properties, "geometry": json.loads(shapely.to_geojson(f.geometry))},
            ensure_ascii=False,
        )
        for f in features
    ]
    text = '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=target.parent, suffix=".new", delete=False) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).chmod(0o644)
        Path(file.name).replace(target)
    except OSError as error:
        raise InvalidInput(f"{target}: cannot be written ({error})") from error
