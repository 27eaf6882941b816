"""Words in, small files of foreign formats out: web pages, PDF documents and feeds that tests make themselves."""

from __future__ import annotations

import html
import json
import zlib
from collections.abc import Sequence
from typing import Any

Line = tuple[float, float, str]
"""Where it stands on a PDF page, and its words in ASCII."""
ARTICLE = (
    "Two police officers were injured yesterday when a patrol came under fire near the village of Banjska, in the"
    " municipality of Zvečan, the police said in a statement.",
    "Unknown persons threw a hand grenade at the municipal building in Leposavić on 20 September. Nobody was hurt.",
    "KFOR sent a patrol to the crossing at Jarinje and said that it would stay there for several days.",
)
"""Made up; long enough for a page's article to be told from what stands around it."""


def page(
    paragraphs: Sequence[str] = ARTICLE,
    *,
    title: str = "Shots near Banjska",
    head: str = "",
    ld: Any = None,
    charset: str = "utf-8",
) -> bytes:
    """Return a web page with menus, teasers and a footer around an article."""
    data = f'<script type="application/ld+json">{json.dumps(ld)}</script>' if ld is not None else ""
    body = "".join(f"<p>{html.escape(p)}</p>" for p in paragraphs)
    return (
        f'<!DOCTYPE html><html><head><meta charset="{charset}"><title>{html.escape(title)}</title>{head}{data}</head>'
        "<body><nav><ul><li><a href='/'>Home</a></li><li><a href='/x'>Explosion in Zubin Potok</a></li></ul></nav>"
        f"<main><article><h1>{html.escape(title)}</h1>{body}</article></main>"
        "<aside><h3>Read also</h3><p><a href='/y'>Arson in Kuršumlija</a></p></aside>"
        "<footer><p>© 2024 Example Gazette. All rights reserved. Cookies.</p></footer></body></html>"
    ).encode(charset)


def pdf(*pages: Sequence[Line], packed: bytes | None = None, filters: str = "/FlateDecode") -> bytes:
    """Return a PDF document whose pages hold lines of ASCII text at x, y; or one page with a ready content stream."""
    streams = [packed] if packed is not None else [zlib.compress(_content(lines)) for lines in pages]
    kids = " ".join(f"{4 + 2 * i} 0 R" for i in range(len(streams)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(streams)}>>".encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for i, stream in enumerate(streams):
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents {5 + 2 * i} 0 R"
            "/Resources<</Font<</F1 3 0 R>>>>>>".encode()
        )
        objects.append(f"<</Length {len(stream)}/Filter[{filters}]>>stream\n".encode() + stream + b"\nendstream")
    return _file(objects)


def _content(lines: Sequence[Line]) -> bytes:
    shown = (f"1 0 0 1 {x} {y} Tm ({text}) Tj" for x, y, text in lines)
    return f"BT /F1 11 Tf {' '.join(shown)} ET".encode("ascii")


def _file(objects: Sequence[bytes]) -> bytes:
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj" % number + body + b"endobj\n"
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return out + (
        b"xref\n0 %d\n0000000000 65535 f \n" % size + table + b"trailer<</Size %d/Root 1 0 R>>\n" % size
        + b"startxref\n%d\n%%%%EOF\n" % len(out)
    )  # fmt: skip


def rss(*items: str, head: str = "") -> bytes:
    """Return an RSS file with these items, as XML."""
    channel = "<title>Example Gazette</title><link>https://example.org/</link>" + "".join(items)
    return f'<?xml version="1.0" encoding="utf-8"?>{head}<rss version="2.0"><channel>{channel}</channel></rss>'.encode()


def item(title: str, body: str = "", *, more: str = "") -> str:
    """Return an RSS item; the body is HTML, escaped as RSS wants it."""
    return f"<item><title>{html.escape(title)}</title><description>{html.escape(body)}</description>{more}</item>"
