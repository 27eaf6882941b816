"""The size of a page and what must go on it in, a frame for each part out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from geo.exports.view import Frame

SIZES: Final = {"a4": (841.9, 595.3), "slide": (960.0, 540.0), "web": (900.0, 675.0)}
"""Width and height in points: A4 landscape, a 16:9 slide, a 4:3 figure for a web page."""
MARGIN: Final = 28.0
GAP: Final = 14.0
_COLUMN: Final = 176.0
WIDE_COLUMN: Final = 286.0
_INSET_SHARE: Final = (0.34, 0.6)
"""Least and most of the column's height."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything goes."""

    head: Frame
    main: Frame
    inset: Frame | None
    legend: Frame
    foot: Frame
    legend_columns: int


def overview(width: float, height: float, *, head: float, foot: float, legend: float | None) -> Layout:
    """Return a map on the left, and inset and legend in a column on the right.

    Parameters
    ----------
    width, height : float
        The page, in points.
    head, foot : float
        Heights of title and notes, in points.
    legend : float, optional
        Height of the legend in points where an inset stands above it, which gets the rest; null for no inset.
    """
    has_inset = legend is not None
    column = WIDE_COLUMN if has_inset else _COLUMN
    inner = width - 2 * MARGIN
    upper = height - MARGIN - head
    lower = MARGIN * 0.6 + foot
    main = Frame(MARGIN, lower, inner - column - GAP, upper - lower)
    x = main.right + GAP
    least, most = (share * main.height for share in _INSET_SHARE)
    inset_h = 0.0 if legend is None else min(max(main.height - legend - GAP, least), most)
    inset = Frame(x, upper - inset_h, column, inset_h) if has_inset else None
    legend_top = upper - inset_h - (GAP if has_inset else 0.0)
    return Layout(
        head=Frame(MARGIN, upper, inner, head),
        main=main,
        inset=inset,
        legend=Frame(x, lower, column, legend_top - lower),
        foot=Frame(MARGIN, MARGIN * 0.6, inner, foot),
        legend_columns=2 if has_inset else 1,
    )
