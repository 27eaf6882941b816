"""A response in, the same response with the headers that keep its reader safe out; and the limits of a request."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, cast

from flask import Flask, Response, g, request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix

from app.config import Settings
from app.resources import EXTENSION, Resources
from geo.errors import InvalidInput, TooBusy

MAX_QUERY_BYTES: Final = 8_000
"""Longest query string; gunicorn reads request lines of at most 8,190 bytes."""
HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
OPEN: Final = ("/api", "/export", "/oembed", "/preview.png", "/embed", "/feed.atom")
"""Paths whose answers any site may read: they hold public data and know no user."""
BUSY: Final = "too many maps are being drawn at the moment; try again in a few seconds"
SENDING: Final = "extract.extract"
"""The view that takes longer bodies than the others."""
EMBED: Final = "embed.view"
"""The page that other sites may show in a frame."""
OPEN_HEADERS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Accept-Language, If-None-Match, If-Modified-Since",
    "Access-Control-Expose-Headers": "Content-Crs, ETag, Last-Modified, Link",
    "Access-Control-Max-Age": "86400",
}
_FIXED: Final = {
    is_open: tuple(
        (name.lower(), name, value)
        for name, value in {
            **HEADERS,
            "Cross-Origin-Resource-Policy": "cross-origin" if is_open else "same-origin",
            **(OPEN_HEADERS if is_open else {}),
        }.items()
    )
    for is_open in (True, False)
}
"""What answers to open and to other paths carry: each name in small letters and as it is written, and its value."""
_DATA_POLICY: Final = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


def protect(app: Flask) -> None:
    """Give every answer its headers, and refuse requests that are too large."""
    settings = cast(Resources, app.extensions[EXTENSION]).settings
    tiles = tile_origins(settings)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_request_bytes
    app.jinja_env.globals["csp_nonce"] = csp_nonce
    app.before_request(lambda: _refuse_large(settings))
    app.after_request(lambda response: _with_headers(response, tiles, settings.embed_origins))
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, hops, hops, hops, 0, hops)  # type: ignore[method-assign]


def csp_nonce() -> str:
    """Return the word that the scripts and styles of this answer carry; it is new for each request."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return cast(str, g.csp_nonce)


def tile_origins(settings: Settings) -> str:
    """Return the origins of the operator's tile server, for the policy on images; empty without one."""
    if not settings.tiles:
        return ""
    from geo.maps import tile_server

    return "".join(f" {origin}" for origin in tile_server(settings.tiles).origins)


def page_policy(*, nonce: str, tiles: str = "", frames: str = "'self'") -> str:
    """Return the Content-Security-Policy of a page: own files, and scripts and styles that carry the nonce."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'nonce-{nonce}'",
            f"style-src 'self' 'nonce-{nonce}'",
            f"img-src 'self' data:{tiles}",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "form-action 'self'",
            f"frame-ancestors {frames}",
            "base-uri 'none'",
        )
    )


def _refuse_large(settings: Settings) -> None:
    if len(request.query_string) > MAX_QUERY_BYTES:
        raise InvalidInput(f"the query is longer than {MAX_QUERY_BYTES:,} bytes; shorten its filter, polygon or words")
    most = settings.max_extract_bytes if request.endpoint == SENDING else settings.max_request_bytes
    if (request.content_length or 0) > most:
        raise RequestEntityTooLarge(f"The request is longer than {most:,} bytes.")


def _with_headers(response: Response, tiles: str, framers: str) -> Response:
    given = {name.lower() for name, _ in response.headers}
    fixed = _FIXED[request.path.startswith(OPEN)]
    response.headers.extend([(name, value) for key, name, value in fixed if key not in given])
    if request.endpoint == SENDING:
        response.headers["Access-Control-Allow-Methods"] = "POST, OPTIONS"
        response.headers["Access-Control-Allow-Headers"] = "Accept, Accept-Language, Content-Type"
        response.headers["Access-Control-Expose-Headers"] = "Retry-After"
    is_page = response.mimetype == "text/html"
    frames = framers if request.endpoint == EMBED else "'self'"
    content = page_policy(nonce=csp_nonce(), tiles=tiles, frames=frames) if is_page else _DATA_POLICY
    response.headers.setdefault("Content-Security-Policy", content)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


class Turns:
    """At most so many threads at one piece of work; whoever waits too long is told to come back."""

    def __init__(self, places: int, *, wait_s: float, busy: str = BUSY) -> None:
        self._free = threading.BoundedSemaphore(places)
        self._wait_s = wait_s
        self._busy = busy

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a free place, and hold it.

        Raises
        ------
        TooBusy
            None became free in time.
        """
        if not self._free.acquire(timeout=self._wait_s):
            raise TooBusy(self._busy)
        try:
            yield
        finally:
            self._free.release()
