"""Filters and a view in; clusters, hexagons and counts by time, type and kilometre of the line out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, Response

from app import params, values
from app.answers import as_json, check_cached
from app.operations import operation
from app.params import Parameter
from app.resources import resources
from geo import tiles
from geo.model import BBox, Criteria
from geo.tiles import CERTAINTIES, Clusters, Pyramid, Selection

blueprint = Blueprint("clusters", __name__, url_prefix="/api")

MAX_ZOOM: Final = 17
_WORLD: Final = BBox(-180.0, -90.0, 180.0, 90.0)
_ZOOM: Final = Parameter(
    name="zoom",
    meaning=f"Zoom of the map, 0 to {MAX_ZOOM}; a fraction counts as the zoom below",
    read=lambda text: min(max(int(values.number(text)), 0), MAX_ZOOM),
    schema={"type": "number", "minimum": 0, "maximum": MAX_ZOOM, "default": 8},
    example="9",
)
_VIEWED: Final = (*params.FILTERS, _ZOOM)


@blueprint.get("/clusters")
@operation("Clusters of the located events that match, for a view (bbox) and a zoom", *_VIEWED, schema="Clusters")
def clusters(asked: dict[str, Any]) -> Response:
    """Answer a row for each cell with events: x, y, count, longitude, latitude and type of one of them, its parts.

    The parts are counts of each of `types`, without the zeros at the end; with `within_m` a further list has those that
    lie certainly, likely and possibly within. `areas` counts what is known only by an area.
    """
    tag = check_cached(asked)
    view, (pyramid, selection) = _view(asked), _selected(asked)
    found = pyramid.clusters(selection, view, asked.get("zoom", 8), within_m=asked.get("within_m"))
    told = {"level": found.level, "types": found.shares.names, "areas": pyramid.areas(selection)}
    return as_json({**_told(pyramid, selection), **told, "clusters": _rows(found)}, tag)


def _rows(found: Clusters) -> list[list[Any]]:
    columns = [c.tolist() for c in (found.xs, found.ys, found.counts, found.lons, found.lats)]
    columns += [list(found.types), [_without_last_zeros(row) for row in found.shares.counts.tolist()]]
    if found.certainties is not None:
        ordered = {name: found.certainties.counts[:, i].tolist() for i, name in enumerate(found.certainties.names)}
        none = [0] * len(found.xs)
        columns.append(list(zip(*(ordered.get(name, none) for name in CERTAINTIES), strict=True)))
    return [list(row) for row in zip(*columns, strict=True)]


def _without_last_zeros(counts: list[int]) -> list[int]:
    while counts and not counts[-1]:
        counts.pop()
    return counts


@blueprint.get("/hexagons")
@operation("Counts by H3 cell, for a view (bbox) and a zoom", *_VIEWED, schema="Hexagons")
def hexagons(asked: dict[str, Any]) -> Response:
    """Answer a ring of positions and a count for each hexagon with events."""
    tag = check_cached(asked)
    view, (pyramid, selection) = _view(asked), _selected(asked)
    found = tiles.hexagons(pyramid, selection, view, asked.get("zoom", 8))
    rows = [{"id": cell.id, "count": cell.count, "ring": cell.ring} for cell in found]
    return as_json({**_told(pyramid, selection), "hexagons": rows}, tag)


@blueprint.get("/histogram")
@operation("Counts by month, or by year over more than thirty years", *params.FILTERS, schema="Histogram")
def histogram(asked: dict[str, Any]) -> Response:
    """Answer the number of events that begin in each period; leave datetime out to see what it narrows."""
    tag = check_cached(asked)
    pyramid, selection = _selected(asked)
    every, _all = resources().tiles.select(Criteria())
    found = tiles.histogram(pyramid, selection, beside=every)
    told = {"step": found.step, "starts": found.starts, "counts": found.counts, "undated": found.undated}
    return as_json({**_told(pyramid, selection), **told}, tag)


@blueprint.get("/strip")
@operation("Counts by stretch of the border line and by year", *params.FILTERS, schema="Strip")
def strip(asked: dict[str, Any]) -> Response:
    """Answer stretch, year and count, for each that has events, and where on the map each stretch is."""
    tag = check_cached(asked)
    pyramid, selection = _selected(asked)
    length_km, found = tiles.strip(pyramid, selection)
    border = resources().border
    number = int(border.length_m / 1000 // length_km) + 1
    middles = (border.position_at(min((i + 0.5) * length_km, border.length_m / 1000)) for i in range(number))
    places = [[round(place.lon, 5), round(place.lat, 5)] for place in middles]
    return as_json({**_told(pyramid, selection), "stretch_km": length_km, "places": places, "counts": found}, tag)


@blueprint.get("/types-by-month")
@operation("Counts of the located events of a view (bbox) by type and month", *params.FILTERS, schema="TypesByMonth")
def types_by_month(asked: dict[str, Any]) -> Response:
    """Answer for each type the number of events in each month."""
    tag = check_cached(asked)
    view, (pyramid, selection) = _view(asked), _selected(asked)
    return as_json({**_told(pyramid, selection), "types": tiles.kinds_by_month(pyramid, selection, view)}, tag)


def _view(asked: Mapping[str, Any]) -> BBox:
    view: BBox = asked.get("bbox", _WORLD)
    return view


def _selected(asked: Mapping[str, Any]) -> tuple[Pyramid, Selection]:
    """Return the events that match the filters; the view is no filter."""
    criteria = params.criteria({name: value for name, value in asked.items() if name != "bbox"})
    return resources().tiles.select(criteria)


def _told(pyramid: Pyramid, selection: Selection) -> dict[str, int]:
    located = len(selection.located)
    return {"numberMatched": len(selection), "located": located, "revision": pyramid.revision}
