"""An answer in, the same answer compressed with gzip out, where the reader understands that and it saves something."""

from __future__ import annotations

import gzip
from functools import lru_cache
from typing import Final

from flask import Flask, Response, request

LEAST_BYTES: Final = 1_400
"""Smaller ones fit into one packet as they are."""
_LEVEL: Final = 5
_TYPES: Final = ("text/", "application/json", "application/geo+json", "application/ld+json", "application/problem+json")
_MORE_TYPES: Final = ("application/atom+xml", "application/javascript", "image/svg+xml")


def register(app: Flask) -> None:
    """Compress what is text; streamed answers, parts of files and pictures stay as they are."""
    app.after_request(_compressed)


def _compressed(response: Response) -> Response:
    if not (response.mimetype or "").startswith((*_TYPES, *_MORE_TYPES)):
        return response
    response.vary.add("Accept-Encoding")
    is_plain = response.status_code == 200 and "Content-Encoding" not in response.headers
    if not is_plain or not request.accept_encodings["gzip"] or request.method == "HEAD":
        return response
    if response.is_streamed and not response.direct_passthrough:
        return response
    response.direct_passthrough = False
    source = response.response
    body = response.get_data()
    if hasattr(source, "close"):
        source.close()
    if len(body) < LEAST_BYTES:
        return response
    tag, is_weak = response.get_etag()
    response.set_data(_kept(body) if tag and "max-age" in response.headers.get("Cache-Control", "") else _packed(body))
    response.headers["Content-Encoding"] = "gzip"
    if tag and not is_weak:
        response.set_etag(tag, weak=True)
    return response


def _packed(body: bytes) -> bytes:
    return gzip.compress(body, _LEVEL, mtime=0)


@lru_cache(maxsize=64)
def _kept(body: bytes) -> bytes:
    """Compress what many readers ask for, once."""
    return _packed(body)
