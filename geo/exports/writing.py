"""A drawn sheet in, a PNG, SVG or PDF file out: the same sheet gives the same bytes."""

from __future__ import annotations

import os
import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Final, Literal, get_args
from xml.sax.saxutils import escape

from matplotlib.backends.backend_pdf import PdfPages

from geo.exports.fonts import FAMILY
from geo.exports.sheet import DrawnSheet
from geo.exports.tagging import tagged

Format = Literal["png", "svg", "pdf"]
FORMATS: Final[tuple[str, ...]] = get_args(Format)
MEDIA_TYPES: Final = {"png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf"}
CREATOR: Final = "Ibar"
_COMPRESSION: Final = 4
"""Half the time of the usual 6, for a file that is 3 % larger."""
SETTINGS: Final[Any] = {
    "path.simplify": True,
    "path.simplify_threshold": 0.2,
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "ibar",
    "text.hinting": "none",
    "text.parse_math": False,
    "text.usetex": False,
}
"""What matplotlib must be set to while a sheet is drawn and written: text as text, embedded fonts, fixed ids."""
_TAG: Final = re.compile(r"<[a-z][^>]*>")
_MEASURES: Final = re.compile(r' (?:d|x|y|transform)="[^"]*"')
_LONG_NUMBER: Final = re.compile(r"-?\d+\.\d{4,}")
_TITLE_END: Final = re.compile(r"(<title>.*?</title>)", re.DOTALL)


def written(sheet: DrawnSheet, form: Format, dpi: int) -> bytes:
    """Return the file; no file holds the time at which it was made."""
    buffer = BytesIO()
    if form == "pdf":
        return _document(sheet)
    more: dict[str, Any] = (
        {"dpi": dpi, "pil_kwargs": {"compress_level": _COMPRESSION}} if form == "png" else {"dpi": 72}
    )
    sheet.page.figure.savefig(buffer, format=form, metadata=_METADATA[form](sheet), **more)
    return _described(buffer.getvalue(), sheet) if form == "svg" else buffer.getvalue()


def _document(sheet: DrawnSheet) -> bytes:
    buffer = BytesIO()
    with PdfPages(buffer, metadata=_pdf(sheet)) as document:
        for page in sheet.pages:
            document.savefig(page.figure, dpi=72)
    title, description = _printable(sheet)
    return tagged(buffer.getvalue(), sheet.pages, title=title, description=description, language=sheet.page.language)


def _made() -> datetime | None:
    """Return the time that a build wants files to bear; none unless SOURCE_DATE_EPOCH names it."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    return datetime.fromtimestamp(int(epoch), UTC) if epoch.isdigit() and len(epoch) < 12 else None


def _png(sheet: DrawnSheet) -> dict[str, Any]:
    words = _printable(sheet)
    return {"Title": words[0], "Description": words[1], "Software": CREATOR}


def _svg(sheet: DrawnSheet) -> dict[str, Any]:
    words, made = _printable(sheet), _made()
    return {"Title": words[0], "Description": words[1], "Creator": CREATOR, "Date": made.isoformat() if made else None}


def _pdf(sheet: DrawnSheet) -> dict[str, Any]:
    words = _printable(sheet)
    return {"Title": words[0], "Subject": words[1], "Creator": CREATOR, "Producer": None, "CreationDate": _made()}


def _printable(sheet: DrawnSheet) -> tuple[str, str]:
    faces = sheet.page.faces
    return faces.printable(sheet.title), faces.printable(sheet.description)


_METADATA: Final[Mapping[str, Callable[[DrawnSheet], dict[str, Any]]]] = {"png": _png, "svg": _svg}


def _described(svg: bytes, sheet: DrawnSheet) -> bytes:
    """Return an SVG with its description in words, and with its fonts, which a reader need not have."""
    language = escape(sheet.page.language)
    description = f"<desc>{escape(_printable(sheet)[1])}</desc>\n <style>{_font_faces(sheet)}</style>"
    text = _TAG.sub(lambda tag: _MEASURES.sub(_rounded, tag[0]), svg.decode()).replace(
        "<svg ", f'<svg role="img" xml:lang="{language}" lang="{language}" ', 1
    )
    return _TITLE_END.sub(lambda found: f"{found[1]}\n {description}", text, count=1).encode()


def _rounded(measures: re.Match[str]) -> str:
    """Return an attribute with thousandths of a point, finer than any print; text between tags is never touched."""
    return _LONG_NUMBER.sub(lambda number: f"{float(number[0]):.3f}".rstrip("0").rstrip("."), measures[0])


def _font_faces(sheet: DrawnSheet) -> str:
    """Return CSS that holds the characters on the page, in each face that they stand in."""
    rules = []
    for face, characters in sorted(sheet.page.written.items()):
        style, weight, woff = sheet.page.faces.embeddable(face, characters)
        source = f"url(data:font/woff;base64,{b64encode(woff).decode()})"
        rules.append(f"@font-face{{font-family:'{FAMILY}';font-style:{style};font-weight:{weight};src:{source}}}")
    return "\n".join(rules)
