"""The hash and the path of a static file in, the file with leave to keep it for a year out."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, send_from_directory

from app.assets import STATIC, content_hash

blueprint = Blueprint("assets", __name__)

_YEAR_S: Final = 31_536_000
_HOUR_S: Final = 3_600


@blueprint.get("/assets/<version>/<path:path>")
def hashed(version: str, path: str) -> Response:
    """Answer a static file. A style sheet's images are asked for under its own hash: they are kept for an hour."""
    response = send_from_directory(STATIC, path)
    is_own = content_hash(path) == version
    response.cache_control.no_cache = None
    response.cache_control.public = True
    response.cache_control.max_age = _YEAR_S if is_own else _HOUR_S
    if is_own:
        response.cache_control.immutable = True
    return response
