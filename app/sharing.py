"""A filter in, what other sites need to show the map out: addresses, a frame's code, a link's card."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from flask import request, url_for
from markupsafe import Markup

from app.preview import HEIGHT, WIDTH
from app.translation import PLAIN

FRAME_WIDTH: Final = 800
FRAME_HEIGHT: Final = 760
_LEFT_OUT: Final = ("cursor", "url", "format", "maxwidth", "maxheight")


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a link preview shows, as Open Graph names it."""

    title: str
    description: str
    url: str
    image: str
    kind: str = "website"
    oembed: str = ""
    width: int = WIDTH
    height: int = HEIGHT


def view_query() -> str:
    """Return the query of this request that says what the map shows."""
    given = [(name, text) for name, text in request.args.items(multi=True) if text and name not in _LEFT_OUT]
    return urlencode(given, safe=",/:")


def absolute(endpoint: str, query: str = "", **arguments: str) -> str:
    """Return the full address of a page, with a query."""
    plain = PLAIN if query else {}
    address = url_for(endpoint, _external=True, **arguments, **plain)
    return f"{address}?{query}" if query else address


def map_card(title: str, description: str) -> Card:
    """Return the card of the map page as the reader sees it now."""
    query = view_query()
    url = absolute("pages.map_page", query)
    return Card(
        title=title,
        description=description,
        url=url,
        image=absolute("embed.preview", query),
        oembed=f"{url_for('embed.oembed', _external=True)}?{urlencode({'url': url, 'format': 'json'})}",
    )


def frame_code(source: str, title: str, *, width: str = "100%", height: int = FRAME_HEIGHT, script: str = "") -> str:
    """Return the markup that shows the map in a frame on another site; with `script` its height follows the content."""
    frame = Markup(
        '<iframe src="{}" title="{}" width="{}" height="{}" loading="lazy" allowfullscreen'
        ' style="border:0;max-width:100%"></iframe>'
    ).format(source, title, width, height)
    return str(frame + Markup('\n<script async src="{}"></script>').format(script) if script else frame)
