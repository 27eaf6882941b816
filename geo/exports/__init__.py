"""Events in, maps for print (PNG, SVG, PDF) and data files out."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl

from geo.errors import InvalidInput
from geo.exports import theme
from geo.exports.composer import Composer
from geo.exports.fonts import prepare
from geo.exports.layouts import LAYOUTS, layout_of
from geo.exports.sheet import DrawnSheet, Sheet
from geo.exports.sizes import SIZES
from geo.exports.sizes import of as size_of
from geo.exports.theme import SHIPPED as THEMES
from geo.exports.words import Words
from geo.exports.writing import FORMATS, MEDIA_TYPES, SETTINGS, Format, written

DEFAULT_DPI: Final = 200
DPI_RANGE: Final = (50, 600)
_FEW: Final = 5_000
_DRAWING: Final = threading.Lock()
"""Matplotlib's settings and fonts belong to the whole process: one map is drawn at a time."""


def export_map(
    features: Iterable[Mapping[str, Any]],
    *,
    format: Format,  # noqa: A002 - as every library that writes images calls it
    cache_folder: Path,
    sheet: Sheet | None = None,
    dpi: int = DEFAULT_DPI,
) -> bytes:
    """Return a map for print.

    Parameters
    ----------
    features : iterable of mapping
        GeoJSON features in OGC:CRS84 whose properties are the flat record; `sources` stands beside them.
    format : str
        png, svg or pdf.
    cache_folder : Path
        Where the fonts are kept that are cut at the first use.
    sheet : Sheet, optional
        Layout, title, extent, language and what else the map is to say and show.
    dpi : int
        Resolution of a PNG.

    Returns
    -------
    bytes
        The file. The same features and sheet give the same bytes, with the same versions of the libraries.

    Raises
    ------
    InvalidInput
        Format, resolution, layout, theme, extent or size cannot be used.
    """
    if format not in FORMATS:
        raise InvalidInput(f"format {format!r}: is not one of {', '.join(FORMATS)}")
    if not DPI_RANGE[0] <= dpi <= DPI_RANGE[1]:
        raise InvalidInput(f"dpi: {dpi} is not within {DPI_RANGE[0]} to {DPI_RANGE[1]}")
    wish = sheet or Sheet()
    layout_of(wish.layout, size=wish.size, form=format)
    with _DRAWING, mpl.rc_context(SETTINGS):
        return written(_drawn(features, wish, cache_folder), format, dpi)


def draw_map(features: Iterable[Mapping[str, Any]], *, cache_folder: Path, sheet: Sheet | None = None) -> DrawnSheet:
    """Return a drawn map that is not yet a file, for whoever adds to it or looks into it; see `export_map`."""
    with _DRAWING, mpl.rc_context(SETTINGS):
        return _drawn(features, sheet or Sheet(), cache_folder)


def _drawn(features: Iterable[Mapping[str, Any]], sheet: Sheet, cache_folder: Path) -> DrawnSheet:
    layout = layout_of(sheet.layout, size=sheet.size)
    size_of(sheet.size or layout.size)
    look = theme.load(sheet.theme)
    listed, wish = list(features), replace(sheet, size=sheet.size or layout.size)
    faces = prepare(cache_folder, _characters(listed, wish)).replaced(look.fonts)
    drawn: DrawnSheet = layout.draw(Composer(listed, wish, faces, look))
    return drawn


def _characters(features: Sequence[Mapping[str, Any]], sheet: Sheet) -> set[str] | None:
    """Return the characters that may have to be written; null where to look would take longer than it saves."""
    if len(features) > _FEW:
        return None
    found = set(sheet.title) | set(sheet.subtitle) | set(sheet.permalink)
    for feature in features:
        values = [*feature["properties"].values(), *(one.get("name") for one in feature.get("sources") or ())]
        found.update(*(value for value in values if isinstance(value, str)))
    return found - set("\t\r\n")


__all__ = [
    "DEFAULT_DPI",
    "DPI_RANGE",
    "FORMATS",
    "LAYOUTS",
    "MEDIA_TYPES",
    "SIZES",
    "THEMES",
    "DrawnSheet",
    "Format",
    "Sheet",
    "Words",
    "draw_map",
    "export_map",
    "layout_of",
]
