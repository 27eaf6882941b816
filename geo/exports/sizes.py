"""The name of a size in, its page and the frames of everything on it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from geo.errors import InvalidInput
from geo.exports.view import Frame

GAP: Final = 14.0
_COLUMN: Final = 176.0
_WIDE_COLUMN: Final = 286.0
_WIDE_SHARE: Final = 0.36
_INSET_SHARE: Final = (0.34, 0.6)
"""Least and most of the column's height."""
_TWO_COLUMNS: Final = 230.0
"""A legend this wide has two columns."""
_FLATTEST, _TALLEST = 0.72, 1.3
"""Least and most height of a map over its width, where the page's height follows what is on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """A page, in points; the height may follow what is on it."""

    width: float
    height: float | None
    margin: float = 28.0
    title_pt: float = 20.0
    subtitle_pt: float = 10.5
    note_pt: float = 6.6
    is_stacked: bool = False
    """Whether the legend stands below the map rather than beside it."""
    sources: int = 12
    """How many sources are named before "and 3 more"."""

    @property
    def inner(self) -> float:
        """The width between the margins."""
        return self.width - 2 * self.margin


SIZES: Final[Mapping[str, Size]] = {
    "a4": Size(width=841.9, height=595.3),
    "a4-portrait": Size(width=595.3, height=841.9, is_stacked=True),
    "slide": Size(width=864.0, height=486.0, margin=22.0, sources=6),
    "web": Size(width=900.0, height=506.25, margin=22.0, sources=6),
    "square": Size(width=720.0, height=720.0, margin=24.0, sources=8),
    "double": Size(
        width=351.5,
        height=None,
        margin=8.0,
        title_pt=14.0,
        subtitle_pt=8.6,
        note_pt=5.8,
        is_stacked=True,
        sources=5,
    ),
    "column": Size(
        width=175.7,
        height=None,
        margin=5.0,
        title_pt=11.0,
        subtitle_pt=7.4,
        note_pt=5.4,
        is_stacked=True,
        sources=3,
    ),
}
"""A4 lying and standing, a 16:9 slide, 16:9 and square figures for the web, newspaper columns of 124 and 62 mm."""


def of(name: str) -> Size:
    """Return a size by its name.

    Raises
    ------
    InvalidInput
        There is none of that name.
    """
    if name not in SIZES:
        raise InvalidInput(f"size {name!r}: is not one of {', '.join(SIZES)}")
    return SIZES[name]


@dataclass(frozen=True, slots=True)
class Frames:
    """Where everything goes."""

    height: float
    """Of the page."""
    head: Frame
    main: Frame
    inset: Frame | None
    legend: Frame
    foot: Frame
    legend_columns: int


def legend_width(size: Size, *, has_inset: bool) -> float:
    """Return how wide a legend is."""
    if size.is_stacked:
        return (size.inner - GAP) / 2 if has_inset else size.inner
    return min(_WIDE_COLUMN, _WIDE_SHARE * size.inner) if has_inset else min(_COLUMN, 0.26 * size.inner)


def legend_columns(size: Size, *, has_inset: bool) -> int:
    """Return how many columns a legend has."""
    return 2 if legend_width(size, has_inset=has_inset) >= _TWO_COLUMNS else 1


def beside(size: Size, *, head: float, foot: float, legend: float | None) -> Frames:
    """Return a map on the left, and inset and legend in a column on the right.

    Parameters
    ----------
    size : Size
    head, foot : float
        Heights of title and notes, in points.
    legend : float, optional
        Height of the legend in points where an inset stands above it, which gets the rest; null for no inset.
    """
    has_inset, height = legend is not None, size.height or size.width
    column = legend_width(size, has_inset=has_inset)
    upper, lower = height - size.margin - head, size.margin * 0.6 + foot
    main = Frame(size.margin, lower, size.inner - column - GAP, upper - lower)
    x = main.right + GAP
    least, most = (share * main.height for share in _INSET_SHARE)
    inset_h = 0.0 if legend is None else min(max(main.height - legend - GAP, least), most)
    legend_top = upper - inset_h - (GAP if has_inset else 0.0)
    return Frames(
        height=height,
        head=Frame(size.margin, upper, size.inner, head),
        main=main,
        inset=Frame(x, upper - inset_h, column, inset_h) if has_inset else None,
        legend=Frame(x, lower, column, legend_top - lower),
        foot=Frame(size.margin, size.margin * 0.6, size.inner, foot),
        legend_columns=legend_columns(size, has_inset=has_inset),
    )


def stacked(size: Size, *, head: float, foot: float, legend: float, aspect: float, has_inset: bool) -> Frames:
    """Return a map above, and below it the legend, with an inset on its left where there is one.

    Parameters
    ----------
    aspect : float
        Height over width that suits what the map shows.
    """
    low = max(legend, size.inner * 0.34) if has_inset else legend
    bottom = size.margin * 0.6 + foot
    rest = size.margin + head + GAP * 0.7 + low + bottom
    map_h = size.inner * min(max(aspect, _FLATTEST), _TALLEST) if size.height is None else size.height - rest
    height = rest + map_h
    upper = height - size.margin - head
    main = Frame(size.margin, upper - map_h, size.inner, map_h)
    width = legend_width(size, has_inset=has_inset)
    return Frames(
        height=height,
        head=Frame(size.margin, upper, size.inner, head),
        main=main,
        inset=Frame(size.margin, bottom, width, low) if has_inset else None,
        legend=Frame(main.right - width, bottom, width, low),
        foot=Frame(size.margin, size.margin * 0.6, size.inner, foot),
        legend_columns=legend_columns(size, has_inset=has_inset),
    )
