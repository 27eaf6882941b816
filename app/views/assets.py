"""The hash and the path of a static file in, the file with leave to keep it for a year out."""

from __future__ import annotations

import mimetypes
from functools import lru_cache
from typing import Final

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from app.assets import content, content_hash

blueprint = Blueprint("assets", __name__)

_YEAR_S: Final = 31_536_000
_HOUR_S: Final = 3_600


@blueprint.get("/assets/<version>/<path:path>")
def hashed(version: str, path: str) -> Response:
    """Answer a static file. A style sheet's images are asked for under its own hash: they are kept for an hour."""
    body, media_type, own_version = _file(path)
    response = Response(body, mimetype=media_type)
    response.set_etag(own_version)
    is_own = own_version == version
    response.cache_control.public = True
    response.cache_control.max_age = _YEAR_S if is_own else _HOUR_S
    if is_own:
        response.cache_control.immutable = True
    response.make_conditional(request)
    return response


@lru_cache(maxsize=256)
def _file(path: str) -> tuple[bytes, str, str]:
    """Return the content, media type and content hash of a file below `static`; read once in a process.

    Raises
    ------
    NotFound
        There is no such file, or it is not below `static`.
    """
    media_type = mimetypes.guess_type(path)[0] or "application/octet-stream"
    try:
        return content(path), media_type, content_hash(path)
    except OSError as error:
        raise NotFound from error
