"""Values in, HTTP answers out: JSON and CSV with links, validators and the rules that caches need."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Response, abort, request, url_for

from app.operations import CSV, FORMATS, JSON
from app.resources import resources
from app.tables import csv_lines
from geo import __version__

Link = dict[str, str]


def check_cached(asked: Mapping[str, Any]) -> str:
    """Return the validator (ETag) of an answer in the format asked for.

    It rests on the store's last revision, so one look at that decides whether the reader's copy is still good.

    Raises
    ------
    HTTPException
        With status 304: the reader has this answer already.
    """
    tag = f"{resources().store.revision()}-{__version__}-{asked['f']}-{asked.get('lang', '')}"
    if request.if_none_match.contains_weak(tag):
        abort(_validated(Response(status=304), tag))
    return tag


def as_json(value: Any, tag: str | None = None, *, media_type: str = JSON) -> Response:
    """Return a value, or encoded JSON, as an answer."""
    body = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()
    return _validated(Response(body, content_type=media_type), tag)


def as_csv(heads: Sequence[str], rows: Iterable[Sequence[Any]], tag: str | None = None) -> Response:
    """Return a table as an answer; text that a spreadsheet would run as a formula is neutralised."""
    body = "".join(csv_lines(heads, rows))
    return _validated(Response(body, content_type=f"{CSV}; charset=utf-8; header=present"), tag)


def link(rel: str, endpoint: str, title: str, media_type: str = JSON, **arguments: Any) -> Link:
    """Return a typed link to an address of this service."""
    href = url_for(endpoint, _external=True, **arguments)
    return {"rel": rel, "href": href, "type": media_type, "title": title}


def paging(asked: Mapping[str, Any], formats: Sequence[str], next_cursor: str | None) -> list[Link]:
    """Return the links of a page: itself, its other formats, and the page that follows."""
    mine = asked["f"]
    links = [_here("self", "This page", mine)]
    links += [_here("alternate", f"This page as {name}", name) for name in formats if name != mine]
    if next_cursor:
        links.append(_here("next", "Next page", mine, cursor=next_cursor))
    return links


def _here(rel: str, title: str, name: str, **changed: str) -> Link:
    arguments = {**request.args.to_dict(flat=False), **(request.view_args or {}), **changed}
    arguments["f"] = name
    return link(rel, str(request.endpoint), title, FORMATS[name], **arguments)


def with_links(response: Response, links: Iterable[Link]) -> Response:
    """Return an answer whose header carries links, for readers of formats without a place for them."""
    for each in links:
        response.headers.add("Link", f'<{each["href"]}>; rel="{each["rel"]}"; type="{each["type"]}"')
    return response


def now() -> str:
    """Return the time as RFC 3339 has it, in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _validated(response: Response, tag: str | None) -> Response:
    response.vary.update(["Accept", "Accept-Language"])
    if tag is None:
        response.headers["Cache-Control"] = "no-store"
        return response
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = "public, no-cache"
    return response
