"""A text or a web page in, the events that it reports out; nothing of it is stored."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, Response, current_app, request
from flask_babel import gettext as _
from werkzeug.exceptions import Forbidden, RequestEntityTooLarge, TooManyRequests, UnsupportedMediaType

from app import params, values
from app.answers import as_json, now
from app.operations import GEOJSON, JSON, operation
from app.params import Parameter
from app.rates import Rates
from app.resources import resources
from app.security import Turns
from geo import geojson
from geo.errors import InvalidInput
from geo.model import Document, Event
from geo.sources import Format

blueprint = Blueprint("extract", __name__, url_prefix="/api")

_TURNS: Final = Turns(2, wait_s=10.0, busy="too many texts are being read at the moment; try again in a few seconds")
"""So that readers of the map keep threads of a process for themselves."""
_RATES: Final = "ibar.extract.rates"
_FORMS: Final[Mapping[str, Format]] = {
    "text/plain": "text",
    "text/html": "html",
    "application/xhtml+xml": "html",
}
_BODY: Final = {
    "required": True,
    "description": "A text or a web page; or both kinds as JSON, with what is known of it",
    "content": {
        **{media: {"schema": {"type": "string"}} for media in _FORMS},
        JSON: {
            "schema": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "text": {"type": "string", "description": "Plain text; give this or html"},
                    "html": {"type": "string", "description": "A web page; give this or text"},
                    "published": {"type": "string", "format": "date"},
                    "source": {"type": "string"},
                    "url": {"type": "string"},
                },
            }
        },
    },
}
PUBLISHED: Final = Parameter(
    name="published",
    meaning="Day of publication: what 'yesterday' is reckoned from; a page's own where it is not given",
    read=values.day,
    schema={"type": "string", "format": "date"},
    example="2023-11-07",
)
SOURCE: Final = Parameter(name="source", meaning="Publisher", read=values.words, example="Example Gazette")
URL: Final = Parameter(name="url", meaning="Where it was read; nothing is fetched from there", read=str)
_ABOUT: Final = (PUBLISHED, SOURCE, URL)
_ERRORS: Final = {
    "403": "The operator has not switched this on",
    "413": "The body is too long",
    "415": "The body is neither text, nor HTML, nor JSON with one of them",
    "429": "This client, or all together, asked too often; try again after the seconds of Retry-After",
}


@blueprint.record_once
def _make_rates(state: Any) -> None:
    """Make the shared limits while there is one process, so that those of a server have them in common."""
    settings = state.app.extensions["ibar"].settings
    if settings.extracts_per_minute:
        state.app.extensions[_RATES] = Rates(
            per_minute=settings.extracts_per_minute, total_per_minute=settings.extracts_per_minute_total
        )


@blueprint.before_request
def _refuse() -> None:
    """Answer 403 where it is off, and 429 where it is asked for too often, before a body is read."""
    if request.method != "POST":
        return
    rates: Rates | None = current_app.extensions.get(_RATES)
    if rates is None:
        raise Forbidden("reading texts over HTTP is off here; the operator can set IBAR_EXTRACT_PER_MINUTE to allow it")
    wait_s = rates.take(request.remote_addr or "")
    if wait_s:
        raise TooManyRequests("too many texts were sent in the last minute", retry_after=math.ceil(wait_s))


@blueprint.post("/extract")
@operation(
    "Events that a text reports; it is off until the operator allows it, and stores nothing",
    *_ABOUT,
    formats=("geojson",),
    schema="Extracted",
    method="post",
    body=_BODY,
    errors=_ERRORS,
)
def extract(asked: dict[str, Any]) -> Response:
    """Answer the events of the text in the body, and the text that their evidence refers to."""
    media = request.mimetype
    if media not in (*_FORMS, JSON):
        raise UnsupportedMediaType(f"send one of {', '.join((*_FORMS, JSON))}, not {media[:60] or 'nothing'}")
    data = _body()
    form, encoding = _FORMS.get(media), request.mimetype_params.get("charset")
    if form is None:
        form, data, asked = _unpacked(data, asked)
        encoding = "utf-8"
    about: dict[str, Any] = {name: asked[name] for name in ("published", "source", "url") if name in asked}
    with _TURNS.turn():
        document, events = _read(data, form, encoding, about)
    members = {
        "timeStamp": now(),
        "numberReturned": len(events),
        "document": geojson.document_members(document),
    }
    features = [geojson.feature(event) for event in events]
    return as_json(geojson.collection(features, members=members, translate=_), media_type=GEOJSON)


def _body() -> bytes:
    """Return the body; one of unknown length that is too long would be cut silently, so a byte more is asked for."""
    most = resources().settings.max_extract_bytes
    request.max_content_length = most + 1
    data = request.get_data(cache=False)
    if len(data) > most:
        raise RequestEntityTooLarge(f"The request is longer than {most:,} bytes.")
    return data


def _read(
    data: bytes, form: Format, encoding: str | None, about: Mapping[str, Any]
) -> tuple[Document, tuple[Event, ...]]:
    from geo.pipeline import events_from_document
    from geo.sources import read_documents

    here = resources()
    (document,) = read_documents(data, name="text sent", form=form, encoding=encoding, **about)
    events = events_from_document(document, here.gazetteer, here.border, municipality_at=here.municipality_at)
    return document, events


def _unpacked(data: bytes, asked: Mapping[str, Any]) -> tuple[Format, bytes, dict[str, Any]]:
    """Return the text of a JSON body and its form, and what the query and the body say of it."""
    given = _parsed(data)
    known = {p.name: p for p in _ABOUT}
    about = dict(asked)
    for name, value in given.items():
        if name not in (*known, "text", "html"):
            raise InvalidInput(f"{name[:60]!r}: no such member here{params.nearest(name, (*known, 'text', 'html'))}")
        if not isinstance(value, str):
            raise InvalidInput(f"{name}: is not text")
        if name in known:
            about[name] = known[name].read(value)
    texts: list[Format] = [form for form in ("text", "html") if form in given]
    if len(texts) != 1:
        raise InvalidInput("body: give either text or html")
    try:
        return texts[0], given[texts[0]].encode(), about
    except UnicodeEncodeError as error:
        raise InvalidInput(f"{texts[0]}: holds half a character at offset {error.start}") from error


def _parsed(data: bytes) -> dict[str, Any]:
    try:
        given = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("body: is not JSON in UTF-8") from error
    if not isinstance(given, dict):
        raise InvalidInput("body: is not a JSON object")
    return given
