"""A GeoJSON file whose properties are the record in, its claims out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NoReturn

from geo.errors import InvalidInput, UnreadableFile
from geo.model import Evidence, Source
from geo.sources import files
from geo.sources.rows import IGNORED, Row, check_names, claim

MAX_BYTES: Final = 100_000_000
"""A feature file is held in memory; a longer one is better written as CSV."""
_CRS84: Final = ("CRS84", "EPSG::4326", "EPSG:4326")
_SCALARS: Final = (str, int, float, bool, type(None))


def read(path: Path, *, encoding: str | None = None) -> Iterator[Row]:
    """Yield the claims of a GeoJSON FeatureCollection, in file order.

    Each feature has a Point in OGC:CRS84 or null as its geometry (a height is dropped), the record as its properties,
    and may have `sources` and `evidence` beside them, as `geo.geojson.feature` writes them.

    Raises
    ------
    UnreadableFile
        It is empty, binary, wrongly encoded, or not a GeoJSON FeatureCollection.
    InvalidInput
        A geometry or a value cannot be used; the message names the feature and the field.
    """
    for number, given in enumerate(features(path, encoding=encoding), 1):
        where = f"{path.name}: {label(given, number)}"
        yield Row(_claim(given, where), number, "feature", path.name)


def features(path: Path, *, encoding: str | None = None) -> list[Any]:
    """Return the members of a file's `features`, unchecked.

    Raises
    ------
    UnreadableFile
        It is not a GeoJSON FeatureCollection in OGC:CRS84.
    """
    text = files.decode(files.read_bytes(path, limit=MAX_BYTES), name=path.name, encoding=encoding)
    try:
        found = json.loads(text, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise UnreadableFile(f"{path.name}: is nested too deeply to be GeoJSON") from error
    except ValueError as error:
        raise UnreadableFile(f"{path.name}: is not JSON: {error}") from error
    if not isinstance(found, dict) or found.get("type") != "FeatureCollection":
        raise UnreadableFile(f"{path.name}: is not a GeoJSON FeatureCollection")
    _check_crs(found, path.name)
    if not isinstance(found.get("features"), list):
        raise UnreadableFile(f"{path.name}: has no list of features")
    return list(found["features"])


def label(given: Any, number: int) -> str:
    """Return how error messages name a feature: by its number from 1, and its id where it has one."""
    identifier = given.get("id") if isinstance(given, dict) else None
    return f"feature {number}" + (f" (id {identifier!r})" if isinstance(identifier, str | int) else "")


def values(given: Any) -> dict[str, Any]:
    """Return the record that a feature holds, with `lon` and `lat` from its geometry and its id.

    Raises
    ------
    InvalidInput
        It is not a feature with a Point or null; the message begins with the member's name.
    """
    if not isinstance(given, dict) or given.get("type") != "Feature":
        raise InvalidInput("type: this is not a GeoJSON Feature")
    properties = given.get("properties")
    if not isinstance(properties, dict):
        raise InvalidInput("properties: are not a JSON object")
    for name, value in properties.items():
        _check_value(name, value)
    record = {name: value for name, value in properties.items() if name not in IGNORED}
    return {**record, "id": _identifier(given, properties), **_position(given.get("geometry"))}


def sources(given: Mapping[str, Any]) -> tuple[Source, ...]:
    """Return the sources that stand beside a feature's properties; empty where there are none.

    Raises
    ------
    InvalidInput
        One has no name, or its address is not http(s).
    """
    return tuple(_source(item, f"sources[{number}]") for number, item in enumerate(_list(given, "sources")))


def _claim(given: Any, where: str) -> Any:
    try:
        record = values(given)
        check_names(record, where="properties")
        named, quoted = sources(given), _evidence(given)
    except InvalidInput as error:
        raise InvalidInput(f"{where}, {error}") from error
    made = claim(record, where=f"{where},", sources=named)
    return replace(made, facts=replace(made.facts, evidence=quoted))


def _identifier(given: Mapping[str, Any], properties: Mapping[str, Any]) -> str | None:
    outer, inner = given.get("id"), properties.get("id")
    if outer is not None and inner not in (None, "", outer):
        raise InvalidInput(f"id: the feature says {outer!r}, its properties say {inner!r}")
    found = inner if outer is None else outer
    if found is not None and (isinstance(found, bool) or not isinstance(found, str | int)):
        raise InvalidInput(f"id: {found!r} is neither text nor a whole number")
    return None if found is None else str(found)


def _position(geometry: Any) -> dict[str, Any]:
    if geometry is None:
        return {"lon": None, "lat": None}
    if not isinstance(geometry, dict) or geometry.get("type") != "Point":
        found = geometry.get("type") if isinstance(geometry, dict) else geometry
        raise InvalidInput(f"geometry: {str(found)[:40]!r} is not a Point; an event known by an area has null")
    coordinates = geometry.get("coordinates")
    if not isinstance(coordinates, list) or not 2 <= len(coordinates) <= 3:
        raise InvalidInput("geometry: a Point has two coordinates, longitude and latitude")
    if any(isinstance(c, bool) or not isinstance(c, int | float) for c in coordinates):
        raise InvalidInput("geometry: coordinates must be numbers")
    return {"lon": coordinates[0], "lat": coordinates[1]}


def _check_value(name: str, value: Any) -> None:
    if not isinstance(value, _SCALARS):
        raise InvalidInput(f"{name[:64]}: must be text, a number, true, false or null")
    try:
        f"{name}{value}".encode()
    except UnicodeEncodeError as error:
        raise InvalidInput(
            f"{name[:64].encode('ascii', 'backslashreplace').decode()}: holds half a character"
        ) from error
    if isinstance(value, str) and "\0" in value:
        raise InvalidInput(f"{name[:64]}: holds a NUL character")


def _list(given: Mapping[str, Any], name: str) -> list[Any]:
    found = given.get(name) or []
    if not isinstance(found, list):
        raise InvalidInput(f"{name}: is not a list")
    return found


def _source(item: Any, where: str) -> Source:
    if not isinstance(item, dict) or not isinstance(item.get("name"), str) or not item["name"].strip():
        raise InvalidInput(f"{where}: has no name")
    for name in ("name", "url", "date"):
        if not isinstance(item.get(name), str | None):
            raise InvalidInput(f"{where}.{name}: is not text")
        _check_value(f"{where}.{name}", item.get(name))
    url = item.get("url") or None
    if url and not url.lower().startswith(("http://", "https://")):
        raise InvalidInput(f"{where}.url: {url!r} is not an http or https address")
    return Source(name=item["name"].strip(), url=url, date=item.get("date") or None)


def _evidence(given: Mapping[str, Any]) -> tuple[Evidence, ...]:
    return tuple(_span(item, f"evidence[{number}]") for number, item in enumerate(_list(given, "evidence")))


def _span(item: Any, where: str) -> Evidence:
    wanted = {"document_id": str, "start": int, "end": int, "text": str, "supports": str}
    for name, kind in wanted.items():
        if not isinstance(item, dict) or type(item.get(name)) is not kind:
            raise InvalidInput(f"{where}.{name}: is missing, or not {'text' if kind is str else 'a whole number'}")
        _check_value(f"{where}.{name}", item[name])
    if not 0 <= item["start"] < item["end"] or item["end"] - item["start"] != len(item["text"]):
        raise InvalidInput(f"{where}: start {item['start']} and end {item['end']} do not enclose its text")
    return Evidence(**{name: item[name] for name in wanted})


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number in JSON")


def _check_crs(found: Mapping[str, Any], name: str) -> None:
    crs = found.get("crs")
    if crs is None:
        return
    properties = crs.get("properties") if isinstance(crs, dict) else None
    named = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(named, str) or not named.endswith(_CRS84):
        raise UnreadableFile(
            f"{name}: its coordinates are in {named or 'an unnamed system'}; GeoJSON has longitude and latitude"
            " (ogr2ogr -t_srs EPSG:4326 makes them)"
        )
