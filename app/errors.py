"""An exception in, an answer out: `problem+json` for machines, a page for people, and never a traceback."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from flask import Flask, Response, make_response, render_template, request
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from geo.errors import (
    Conflict,
    GeoError,
    InvalidInput,
    MissingData,
    NotFound,
    StoreError,
    TooBusy,
    TooLarge,
)

STATUS: Final[Mapping[type[GeoError], int]] = {
    InvalidInput: 400,
    TooLarge: 413,
    NotFound: 404,
    Conflict: 409,
    StoreError: 500,
    MissingData: 500,
    TooBusy: 503,
    GeoError: 500,
}
"""The HTTP status of each error; a class that is not here has that of the nearest class above it."""

RETRY_AFTER_S: Final = 5
_MACHINES: Final = ("/api", "/export", "/healthz", "/oembed")
_KEPT_HEADERS: Final = ("Allow", "Retry-After", "Location", "Content-Range")
_log = logging.getLogger(__name__)


def register(app: Flask) -> None:
    """Answer every error of the application as this module does."""
    app.register_error_handler(GeoError, _from_library)
    app.register_error_handler(HTTPException, _from_http)
    app.register_error_handler(Exception, _unforeseen)


def status_of(error: GeoError) -> int:
    """Return the HTTP status of an error of the library."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return an answer as RFC 9457 has it."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, status=status, content_type="application/problem+json", headers=dict(headers or {}))


def _from_library(error: GeoError) -> Response:
    status = status_of(error)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        return _answer(status, str(error), {"Retry-After": str(RETRY_AFTER_S)})
    return _answer(status, str(error)) if status < 500 else _unforeseen(error)


def _from_http(error: HTTPException) -> Response:
    given = error.get_response()
    status = given.status_code
    if status < 400:
        return make_response(given)
    headers = {name: given.headers[name] for name in _KEPT_HEADERS if name in given.headers}
    own = {404: _("There is nothing at this address."), 405: _("Only GET and HEAD are understood here.")}
    if status == HTTPStatus.METHOD_NOT_ALLOWED and "POST" in headers.get("Allow", ""):
        return _answer(status, "Only POST is understood here.", headers)
    if status in own:  # Werkzeug's words would not help
        return _answer(status, own[status], headers, is_translated=True)
    return _answer(status, error.description or HTTPStatus(status).description, headers)


def _unforeseen(error: Exception) -> Response:
    """Keep what went wrong in the log, under a number that the answer names; tell the asker nothing of it."""
    number = secrets.token_hex(4)
    _log.error("error %s at %s", number, request.path, exc_info=error)
    said = _("Something went wrong here. It is in the server's log as error %(number)s.", number=number)
    return _answer(500, said, is_translated=True)


def _titles() -> dict[int, str]:
    return {
        400: _("This request cannot be understood"),
        404: _("Not found"),
        405: _("Not allowed"),
        413: _("Too large"),
        500: _("Error"),
        503: _("Too busy"),
    }


def _answer(
    status: int, detail: str, headers: Mapping[str, str] | None = None, *, is_translated: bool = False
) -> Response:
    if request.path.startswith(_MACHINES):
        return problem(status, detail, headers)
    page = render_template(
        "error.html",
        status=status,
        title=_titles().get(status, HTTPStatus(status).phrase),
        detail=detail,
        detail_language=None if is_translated else "en",
    )
    return Response(page, status=status, content_type="text/html; charset=utf-8", headers=dict(headers or {}))
