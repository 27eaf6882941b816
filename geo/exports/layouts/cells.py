"""Numbers of events and the shapes that they belong to in, tinted cells with their numbers on the page out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from shapely.geometry.base import BaseGeometry

from geo.exports.composer import Composer
from geo.exports.legend import ramp
from geo.exports.page import Font, path_of
from geo.exports.view import Frame, Points, View

CLASSES: Final = 5
NUMBER_PT: Final = 6.6
_EDGE_PT: Final = 0.5
Classes = tuple[tuple[int, int], ...]


def class_bounds(counts: Sequence[int]) -> Classes:
    """Return least and most of at most five classes, which grow by a like factor and leave no number out."""
    if not counts:
        return ()
    most = max(counts)
    tops = sorted({math.floor(most ** (i / CLASSES) + 1e-9) for i in range(1, CLASSES)} | {1, most})
    tops = tops if len(tops) <= CLASSES else tops[1:]
    return tuple((1 if i == 0 else tops[i - 1] + 1, top) for i, top in enumerate(tops))


def draw_cell(
    composer: Composer, shown: View, outline: BaseGeometry, at: Points, count: int, classes: Classes, name: str
) -> None:
    """Draw one cell, given in the view's metres, and its number at a point of the page."""
    colours = ramp(composer.page, len(classes))
    colour = colours[next(k for k, (_, most) in enumerate(classes) if count <= most)]
    composer.page.path(
        path_of(outline),
        transform=shown.transform,
        clip=shown.frame,
        facecolor=colour,
        edgecolor="casing",
        linewidth=_EDGE_PT,
        zorder=3.0,
        alpha=0.92,
        gid=name,
    )
    _draw_number(composer, at, count, colour, shown.frame)


def _draw_number(composer: Composer, at: Points, count: int, colour: str, frame: Frame) -> None:
    page = composer.page
    words = composer.words.number(count)
    font = Font(size_pt=NUMBER_PT, face="semibold", colour=_readable(colour), halo=colour, halo_pt=2.4)
    half = page.width(words, font) / 2
    x, y = float(at[0]), float(at[1])
    if frame.x + half < x < frame.right - half and frame.y + 4 < y < frame.top - 4:
        page.text(x, y - NUMBER_PT * 0.36, words, font, align="center", zorder=7, gid=f"number-{x:.0f}-{y:.0f}")


def _readable(colour: str) -> str:
    """Return black or white, whichever stands out more from a colour."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return "#000000" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 else "#ffffff"
