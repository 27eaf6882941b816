"""Values in, HTTP answers out: JSON and CSV with links, validators and the rules that caches need."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Response, abort, render_template, request, url_for

from app.operations import CSV, FORMATS, HTML, JSON
from app.resources import resources
from app.tables import csv_lines
from geo import __version__
from geo.store.interface import LastWrite

Link = dict[str, str]


@dataclass(frozen=True, slots=True)
class Validators:
    """What tells a cache whether its copy of an answer is still good."""

    tag: str
    modified: datetime | None = None


def check_cached(asked: Mapping[str, Any]) -> Validators:
    """Return the validators of an answer in the format asked for.

    They rest on the store's last write, so one look at that decides whether the reader's copy is still good.

    Raises
    ------
    HTTPException
        With status 304: the reader has this answer already.
    """
    here = resources()
    last = here.store.last_write()
    tag = tag_of(last, asked["f"], asked.get("lang", ""), here.settings.wording)
    validators = Validators(tag, last.at)
    if _is_known(tag, last.at):
        abort(validated(Response(status=304), validators))
    return validators


def tag_of(last: LastWrite, *form: str) -> str:
    """Return what names an answer to caches: the store's last write, the version of the program, and its form."""
    return "-".join((str(last.revision), f"{last.at.timestamp() * 1000:.0f}", __version__, *form))


def check_fresh(asked: Mapping[str, Any]) -> Validators | None:
    """Return the validators of an answer, as `check_cached` does; a page has none, for its nonce is new each time."""
    return None if asked["f"] == "html" else check_cached(asked)


def _is_known(tag: str, modified: datetime) -> bool:
    """Whether the reader's copy is good; by its date only where no later write can share that second."""
    if request.if_none_match:
        return request.if_none_match.contains_weak(tag)
    since = request.if_modified_since
    is_settled = datetime.now(UTC) - modified > timedelta(seconds=2)
    return since is not None and is_settled and modified.replace(microsecond=0) <= since


def as_json(value: Any, validators: Validators | None = None, *, media_type: str = JSON) -> Response:
    """Return a value, or encoded JSON, as an answer."""
    body = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()
    return validated(Response(body, content_type=media_type), validators)


def page_of(template: str, **context: Any) -> Response:
    """Return a page of the interface for people."""
    return validated(Response(render_template(template, **context), content_type=f"{HTML}; charset=utf-8"), None)


def answer(
    asked: Mapping[str, Any],
    value: Mapping[str, Any],
    validators: Validators | None,
    *,
    template: str,
    media_type: str = JSON,
    **context: Any,
) -> Response:
    """Return a value in the format asked for: as JSON, or as a page made from it by a template."""
    if asked["f"] == "html":
        return page_of(template, value=value, **context)
    return as_json(value, validators, media_type=media_type)


def as_csv(heads: Sequence[str], rows: Iterable[Sequence[Any]], validators: Validators | None = None) -> Response:
    """Return a table as an answer; text that a spreadsheet would run as a formula is neutralised."""
    body = "".join(csv_lines(heads, rows))
    return validated(Response(body, content_type=f"{CSV}; charset=utf-8; header=present"), validators)


def link(rel: str, endpoint: str, title: str, media_type: str = JSON, **arguments: Any) -> Link:
    """Return a typed link to an address of this service."""
    href = url_for(endpoint, _external=True, **arguments)
    return {"rel": rel, "href": href, "type": media_type, "title": title}


def paging(asked: Mapping[str, Any], formats: Sequence[str], next_cursor: str | None) -> list[Link]:
    """Return the links of a page: itself, its other formats, and the page that follows."""
    mine, address, cursor = asked["f"], _this_list(), request.args.get("cursor", "")
    here = address + _parameter(cursor=cursor) * bool(cursor)
    links = [_in_format(here, "self", "This page", mine)]
    links += [_in_format(here, "alternate", f"This page as {name}", name) for name in formats if name != mine]
    if next_cursor:
        links.append(_in_format(address + _parameter(cursor=next_cursor), "next", "Next page", mine))
    return links


def _this_list() -> str:
    """Return the address of the list that this page is of, ready for more parameters."""
    given = {name: values for name, values in request.args.to_dict(flat=False).items() if name not in ("f", "cursor")}
    return f"{request.base_url}?{_parameter(**given) * bool(given)}"


def _parameter(**values: Any) -> str:
    return f"{urlencode(values, doseq=True, safe=',/:')}&"


def _in_format(address: str, rel: str, title: str, name: str) -> Link:
    return {"rel": rel, "href": f"{address}f={name}", "type": FORMATS[name], "title": title}


def with_links(response: Response, links: Iterable[Link]) -> Response:
    """Return an answer whose header carries links, for readers of formats without a place for them."""
    for each in links:
        response.headers.add("Link", f'<{each["href"]}>; rel="{each["rel"]}"; type="{each["type"]}"')
    return response


def now() -> str:
    """Return the time as RFC 3339 has it, in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def validated(response: Response, validators: Validators | None) -> Response:
    """Return an answer with what caches need; without validators it is never kept."""
    response.headers["Vary"] = "Accept, Accept-Language, Accept-Encoding"
    if validators is None:
        response.headers["Cache-Control"] = "no-store"
        return response
    response.set_etag(validators.tag, weak=True)
    if validators.modified is not None:
        response.last_modified = validators.modified
    response.headers["Cache-Control"] = "public, no-cache"
    return response
