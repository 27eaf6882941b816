"""Filters in, every matching event as one file out; and a revision in, what changed since then out."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Final

from flask import Blueprint, Response, request
from werkzeug.wsgi import wrap_file

from app import data_files, params, values
from app.answers import Validators, check_cached, validated
from app.file_names import file_name
from app.kept_files import KeptFiles
from app.operations import CSV, FORMATS, GEOJSON, operation
from app.params import Parameter
from app.resources import resources
from app.security import Turns
from geo import geojson
from geo.model import Criteria
from geo.store.interface import Change, Sort

blueprint = Blueprint("data", __name__, url_prefix="/api")

_TURNS: Final = Turns(1, wait_s=20.0, busy="too many files are being built at the moment; try again in a few seconds")
"""One file is built at a time in a process; who waits longer than this is told to come back."""
_SORT: Final[Sort] = "-date_start"
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
    """Answer all matching events: text is streamed, a file is built first; the same question again finds it ready."""
    form, criteria = asked["f"], params.criteria(asked)
    validators = check_cached(asked)
    kept, name = _kept_files(), _name(asked, validators)
    file = kept.find(name)
    if file is None and form in data_files.STREAMED:
        pieces = data_files.pieces(resources().store, criteria, form, sort=asked.get("sort", _SORT))
        return _attached(Response(kept.pass_on(name, pieces)), form, criteria, validators)
    return _attached(_whole(file or _built(asked, criteria, kept, name)), form, criteria, validators)


def _kept_files() -> KeptFiles:
    return KeptFiles(resources().settings.cache / "exports")


def _name(asked: Mapping[str, Any], validators: Validators) -> str:
    """Return what names an answer: the question as it was put, and the state of the store."""
    question = json.dumps([sorted(request.args.items(multi=True)), asked["f"], validators.tag])
    return f"{hashlib.sha256(question.encode()).hexdigest()[:32]}.{asked['f']}"


def _built(asked: Mapping[str, Any], criteria: Criteria, kept: KeptFiles, name: str) -> BinaryIO:
    form, sort = asked["f"], asked.get("sort", _SORT)
    with _TURNS.turn():
        return kept.make(name, lambda path: data_files.build(resources().store, criteria, path, form, sort=sort))


def _whole(file: BinaryIO) -> Response:
    response = Response(wrap_file(request.environ, file, data_files.PIECE_BYTES), direct_passthrough=True)
    response.content_length = os.fstat(file.fileno()).st_size
    return response


def _attached(response: Response, form: str, criteria: Criteria, validators: Validators) -> Response:
    response.content_type = f"{CSV}; charset=utf-8; header=present" if form == "csv" else FORMATS[form]
    name = file_name("ibar-events", criteria, form)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
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
