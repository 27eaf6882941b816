"""An answer in, the same answer compressed out (zstd or gzip), where the reader understands that and it saves."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

import zstandard
from flask import Flask, Response, request

LEAST_BYTES: Final = 1_400
"""Smaller ones fit into one packet as they are."""
MOST_BYTES: Final = 8_000_000
"""Larger ones would be held in memory for it."""
_LEVEL: Final = 5
"""Of both: more costs more time than it saves."""
_TYPES: Final = ("text/", "application/json", "application/geo+json", "application/ld+json", "application/problem+json")
_MORE_TYPES: Final = ("application/atom+xml", "application/javascript", "image/svg+xml")


def register(app: Flask) -> None:
    """Compress what is text; streamed answers, parts of files and pictures stay as they are."""
    app.after_request(_compressed)


def _compressed(response: Response) -> Response:
    if not (response.mimetype or "").startswith((*_TYPES, *_MORE_TYPES)):
        return response
    if "Accept-Encoding" not in response.headers.get("Vary", ""):
        response.vary.add("Accept-Encoding")
    is_plain = response.status_code == 200 and "Content-Encoding" not in response.headers
    coding = request.accept_encodings.best_match(list(_CODINGS))
    if not is_plain or coding is None or request.method == "HEAD":
        return response
    if (response.is_streamed and not response.direct_passthrough) or (response.content_length or 0) > MOST_BYTES:
        return response
    response.direct_passthrough = False
    source = response.response
    body = response.get_data()
    if hasattr(source, "close"):
        source.close()
    if len(body) < LEAST_BYTES:
        return response
    tag, is_weak = response.get_etag()
    is_shared = tag and "max-age" in response.headers.get("Cache-Control", "")
    response.set_data(_kept(body, coding) if is_shared else _CODINGS[coding](body))
    response.headers["Content-Encoding"] = coding
    if tag and not is_weak:
        response.set_etag(tag, weak=True)
    return response


def _zstd(body: bytes) -> bytes:
    return zstandard.compress(body, _LEVEL)


def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, _LEVEL, mtime=0)


_CODINGS: Final[Mapping[str, Callable[[bytes], bytes]]] = {"zstd": _zstd, "gzip": _gzip}
"""What is understood, the better one first: it is taken where a reader likes both as much."""


@lru_cache(maxsize=64)
def _kept(body: bytes, coding: str) -> bytes:
    """Compress what many readers ask for, once."""
    return _CODINGS[coding](body)
