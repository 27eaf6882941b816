"""The id of a collection in, the features of the layers that ship out, in the fields that the collection has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

import shapely

from geo.border import Border
from geo.boundaries import Feature, read_layer
from geo.gazetteer import Gazetteer
from geo.model import Place


def read(collection_id: str, *, gazetteer: Gazetteer, border: Border) -> Iterator[Feature]:
    """Yield the features of a collection that ships; `KeyError` for one that does not."""
    return _READERS[collection_id](gazetteer, border)


def _line(_gazetteer: Gazetteer, _border: Border) -> Iterator[Feature]:
    yield from read_layer("border_line")


def _zones(_gazetteer: Gazetteer, _border: Border) -> Iterator[Feature]:
    yield from map(_as_many, read_layer("zones"))


def _boundaries(_gazetteer: Gazetteer, _border: Border) -> Iterator[Feature]:
    for name in ("kosovo", "serbia", "neighbours"):
        for feature in read_layer(name):
            properties = {**feature.properties, "is_clipped": name == "neighbours"}
            yield _as_many(replace(feature, properties=properties))


def _as_many(feature: Feature) -> Feature:
    """Return a polygon as a multipolygon, so that a collection holds one kind of geometry."""
    if feature.geometry.geom_type == "MultiPolygon":
        return feature
    polygons: Any = [feature.geometry]
    return replace(feature, geometry=shapely.MultiPolygon(polygons))


def _crossings(_gazetteer: Gazetteer, _border: Border) -> Iterator[Feature]:
    yield from read_layer("crossings")


def _places(gazetteer: Gazetteer, border: Border) -> Iterator[Feature]:
    places = gazetteer.own()
    at = [place.position for place in places]
    found = border.measure_many([position.lon for position in at], [position.lat for position in at])
    for place, metres, km, side in zip(places, found.distance_m, found.km, found.side, strict=True):
        measured = {
            "border_distance_m": round(float(metres), 1),
            "border_km": round(float(km), 2),
            "border_side": "line" if place.kind == "crossing" else str(side),
        }
        yield _place(place, {} if place.is_area else measured)  # an area has no distance of its own


def _place(place: Place, measured: Mapping[str, Any]) -> Feature:
    names = ("name_en", "name_sq", "name_sr_latn", "name_sr_cyrl", "kind", "municipality", "country", "is_area")
    properties = {name: getattr(place, name) for name in (*names, "radius_m", "population", "record")}
    properties["aliases"] = "; ".join(place.aliases)
    return Feature(shapely.Point(place.position.lon, place.position.lat), {**properties, **measured}, place.id)


_READERS: Final[Mapping[str, Callable[[Gazetteer, Border], Iterator[Feature]]]] = {
    "border-line": _line,
    "zones": _zones,
    "boundaries": _boundaries,
    "crossings": _crossings,
    "places": _places,
}
