"""Words and measures in, the parts of a map sheet around the map out: title, scale bar, sources and notes."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Final

from matplotlib.path import Path

from geo.exports.labels import Box
from geo.exports.page import INK, MUTED, Font, Page
from geo.exports.view import Frame, View

ACCENT: Final = "#8c1c3c"
TITLE: Final = Font(size_pt=20, face="bold")
_TITLE_PT: Final = (20, 19, 18, 17, 16)
SUBTITLE: Final = Font(size_pt=10.5, colour=MUTED)
NOTE: Final = Font(size_pt=6.6, colour=MUTED)
_BAR: Final = Font(size_pt=6.8, halo="#fffefb")
_TITLE_LEADING: Final = 24.0
_SUBTITLE_LEADING: Final = 14.0
NOTE_LEADING: Final = 9.4
_BAR_TOP: Final = 12.0
_STEPS: Final = (1, 2, 5)
_MOST_LINES: Final = 3


def wrapped(page: Page, text: str, font: Font, width: float, *, most: int = 99) -> list[str]:
    """Return text in lines no wider than `width` points; what does not fit into `most` lines ends in an ellipsis."""
    words = [part for word in re.split(r"[ \t\r\n]+", text) for part in _broken(page, word, font, width)]
    lines: list[str] = []
    for word in words:
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and page.width(longer, font) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > most:
        lines = [*lines[: most - 1], _ellipsis(page, lines[most - 1], font, width)]
    return [line for line in lines if line]


def _broken(page: Page, word: str, font: Font, width: float) -> list[str]:
    """Return a word in pieces that each fit into a line."""
    pieces = [""]
    for character in word:
        if pieces[-1] and page.width(pieces[-1] + character, font) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces


def _ellipsis(page: Page, line: str, font: Font, width: float) -> str:
    while line and page.width(f"{line} …", font) > width:
        line = line[:-1]
    return f"{line.rstrip()} …"


class Head:
    """Title and subtitle, broken into lines; their height is known before the map's is."""

    def __init__(self, page: Page, title: str, subtitle: str, width: float) -> None:
        self.font = _fitting(page, title[:400], width)
        self.title = wrapped(page, title[:400], self.font, width, most=2)
        self.subtitle = wrapped(page, subtitle[:600], SUBTITLE, width, most=_MOST_LINES)

    @property
    def height(self) -> float:
        """In points, with the space beneath."""
        return _BAR_TOP + _TITLE_LEADING * len(self.title) + _SUBTITLE_LEADING * len(self.subtitle) + 12

    def draw(self, page: Page, frame: Frame) -> None:
        """Draw into a frame."""
        page.rectangle(Frame(frame.x, frame.top - 4.5, 38, 4.5), facecolor=ACCENT, edgecolor="none", zorder=20)
        y = frame.top - _BAR_TOP
        for i, line in enumerate(self.title):
            y -= _TITLE_LEADING
            page.text(frame.x, y + 5, line, self.font, gid=f"title-{i}")
        for i, line in enumerate(self.subtitle):
            y -= _SUBTITLE_LEADING
            page.text(frame.x, y + 3, line, SUBTITLE, gid=f"subtitle-{i}")


def _fitting(page: Page, title: str, width: float) -> Font:
    """Return the largest font in which a title is one line, or the usual one where it is none in any."""
    fonts = (replace(TITLE, size_pt=size) for size in _TITLE_PT)
    return next((font for font in fonts if page.width(title, font) <= width), TITLE)


class Foot:
    """Sources and notes, broken into lines."""

    def __init__(self, page: Page, notes: list[str], width: float) -> None:
        self.lines = [line for note in notes for line in wrapped(page, note, NOTE, width, most=_MOST_LINES)]

    @property
    def height(self) -> float:
        """In points, with the space above."""
        return NOTE_LEADING * len(self.lines) + 8

    def draw(self, page: Page, frame: Frame) -> None:
        """Draw into a frame."""
        for i, line in enumerate(self.lines):
            page.text(frame.x, frame.top - 8 - NOTE_LEADING * (i + 0.75), line, NOTE, gid=f"note-{i}")


def scale_bar(view: View, *, most_pt: float) -> tuple[float, float]:
    """Return a round number of kilometres and its length in points, true at the middle of the map.

    Parameters
    ----------
    view : View
        The map.
    most_pt : float
        The bar is at most this long.
    """
    metres_per_point = view.metres_per_point
    most_km = most_pt * metres_per_point / 1000
    powers = (10.0**power for power in range(4, -4, -1))
    length_km = next(step * power for power in powers for step in reversed(_STEPS) if step * power <= most_km)
    return length_km, length_km * 1000 / metres_per_point


def scale_bar_box(view: View, corner: str) -> Box:
    """Return the place of the scale bar in the lower left or right corner of a map."""
    length = scale_bar(view, most_pt=_most(view))[1]
    x = view.frame.x + 12 if corner == "left" else view.frame.right - length - 26
    return x - 4, view.frame.y + 6, x + length + 20, view.frame.y + 27


def _most(view: View) -> float:
    return max(60.0, view.frame.width * 0.22)


def draw_scale_bar(page: Page, view: View, corner: str) -> None:
    """Draw the scale bar: two halves, the first filled."""
    length_km, length = scale_bar(view, most_pt=_most(view))
    left, lower, _, _ = scale_bar_box(view, corner)
    x, y = left + 4, lower + 5
    halo: dict[str, Any] = {"facecolor": "#fffefb", "edgecolor": "#fffefb", "linewidth": 2.5, "zorder": 13}
    page.rectangle(Frame(x, y, length, 3.4), **halo)
    for i, colour in enumerate((INK, "#ffffff")):
        half = Frame(x + i * length / 2, y, length / 2, 3.4)
        page.rectangle(
            half, facecolor=colour, edgecolor=INK, linewidth=0.7, zorder=14, gid=f"scale-{view.frame.x:.0f}-{i}"
        )
    for share, words in ((0.0, "0"), (0.5, f"{length_km / 2:g}"), (1.0, f"{length_km:g} km")):
        at = x + share * length
        page.text(at, y + 6.5, words, _BAR, align="center", zorder=15)


def outline(page: Page, view: View, colour: str = INK) -> None:
    """Draw a frame of a map, strong enough to be seen as an inset."""
    page.path(Path([*_corners(view.frame)], closed=True), facecolor="none", edgecolor=colour, linewidth=1.0, zorder=30)


def _corners(frame: Frame) -> list[tuple[float, float]]:
    left, lower, right, upper = frame.box
    return [(left, lower), (right, lower), (right, upper), (left, upper), (left, lower)]
