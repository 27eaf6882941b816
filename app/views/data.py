"""Filters in, every matching event as one file out; and a revision in, what changed since then out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from flask import Blueprint, Response
from werkzeug.wsgi import FileWrapper

from app import data_files, params, values
from app.answers import Validators, check_cached, validated
from app.operations import CSV, FORMATS, GEOJSON, operation
from app.params import Parameter
from app.resources import resources
from app.security import Turns
from geo import geojson
from geo.store.interface import Change

blueprint = Blueprint("data", __name__, url_prefix="/api")

_TURNS: Final = Turns(1, wait_s=20.0)
"""One file is built at a time in a process; who waits longer than this is told to come back."""
_SINCE: Final = Parameter(
    name="since",
    meaning="Revision that the reader has: that of its last answer, or 0",
    read=lambda text: values.whole(text, least=0),
    schema={"type": "integer", "minimum": 0, "default": 0},
    example="0",
)


@blueprint.get("/export")
@operation(
    "Every event that matches, as one file", *params.FILTERS, params.SORT, formats=data_files.FORMATS, schema="Export"
)
def export(asked: dict[str, Any]) -> Response:
    """Answer all matching events: text is streamed, a file is built first, sent and deleted."""
    form, criteria = asked["f"], params.criteria(asked)
    validators = check_cached(asked)
    store, sort = resources().store, asked.get("sort", "-date_start")
    if form in data_files.STREAMED:
        return _attached(Response(data_files.pieces(store, criteria, form, sort=sort)), form, validators)
    with _TURNS.turn():
        file = data_files.built(store, criteria, form, sort=sort)
    response = Response(FileWrapper(file, 256_000), direct_passthrough=True)
    response.content_length = file.seek(0, 2)
    file.seek(0)
    return _attached(response, form, validators)


def _attached(response: Response, form: str, validators: Validators) -> Response:
    response.content_type = f"{CSV}; charset=utf-8; header=present" if form == "csv" else FORMATS[form]
    response.headers["Content-Disposition"] = f'attachment; filename="ibar-events.{form}"'
    return validated(response, validators)


@blueprint.get("/changes")
@operation("What the public sees changed since a revision", _SINCE, formats=("geojson",), schema="Changes")
def changes(asked: dict[str, Any]) -> Response:
    """Answer the events that are new or changed, then the ids of those that are gone, then the revision to ask next."""
    validators = check_cached(asked)
    since = asked.get("since", 0)
    body = _changes(resources().store.changes(since), since)
    return validated(Response(body, content_type=GEOJSON), validators)


def _changes(found: Iterator[Change], since: int) -> Iterator[bytes]:
    """Yield a FeatureCollection of one state of the store; what follows the features is known when they are through."""
    gone: list[str] = []
    reached = [since]

    def features() -> Iterator[bytes]:
        for change in found:
            reached[0] = change.revision
            if change.feature is not None:
                yield change.feature
            else:
                gone.append(change.id)

    def last() -> dict[str, Any]:
        return {"deleted": gone, "revision": reached[0]}

    return geojson.stream(features(), members={"since": since}, last=last)
