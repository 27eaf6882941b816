"""Words and measures in, the parts of a map sheet around the map out: title, scale bar, sources and notes."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from matplotlib import image
from matplotlib.path import Path as Outline

from geo.errors import InvalidInput
from geo.exports.labels import Box
from geo.exports.page import INK, MUTED, Font, Page
from geo.exports.sizes import Size
from geo.exports.view import Frame, View
from geo.exports.words import Words

ACCENT: Final = "accent"
TITLE: Final = Font(face="bold")
_SHRINK: Final = (1.0, 0.95, 0.9, 0.85, 0.8)
SUBTITLE: Final = Font(colour=MUTED)
NOTE: Final = Font(colour=MUTED)
_BAR: Final = Font(size_pt=6.8, halo="halo")
_TITLE_LEADING: Final = 1.2
_SUBTITLE_LEADING: Final = 1.34
NOTE_LEADING: Final = 1.42
_LOGO_SHARE: Final = 0.2
_STEPS: Final = (1, 2, 5)
_MOST_LINES: Final = 8


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
    if page.width(word, font) <= width:
        return [word]
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
    """Title and subtitle, broken into lines, and the theme's logo; the height is known before the map's is."""

    def __init__(self, page: Page, title: str, subtitle: str, size: Size) -> None:
        self.size = size
        self.logo = _picture(page.theme.logo) if page.theme.logo else None
        width = size.inner * (1 - _LOGO_SHARE) if self.logo is not None else size.inner
        self.font = _fitting(page, title[:400], replace(TITLE, size_pt=size.title_pt), width)
        self.small = replace(SUBTITLE, size_pt=size.subtitle_pt)
        self.title = wrapped(page, title[:400], self.font, width, most=2 if size.height else 4)
        self.subtitle = wrapped(page, subtitle[:600], self.small, width, most=_MOST_LINES)

    @property
    def _bar(self) -> float:
        return self.size.title_pt * 0.6

    @property
    def height(self) -> float:
        """In points, with the space beneath."""
        lines = self.font.size_pt * _TITLE_LEADING * len(self.title)
        return self._bar + lines + self.small.size_pt * _SUBTITLE_LEADING * len(self.subtitle) + self._bar

    def draw(self, page: Page, frame: Frame) -> None:
        """Draw into a frame."""
        bar = self.size.title_pt
        mark = Frame(frame.x, frame.top - bar * 0.22, bar * 1.9, bar * 0.22)
        page.rectangle(mark, facecolor=ACCENT, edgecolor="none", zorder=20)
        y = frame.top - self._bar
        for i, line in enumerate(self.title):
            y -= self.font.size_pt * _TITLE_LEADING
            page.text(frame.x, y + self.font.size_pt * 0.25, line, self.font, gid=f"title-{i}")
        for i, line in enumerate(self.subtitle):
            y -= self.small.size_pt * _SUBTITLE_LEADING
            page.text(frame.x, y + self.small.size_pt * 0.28, line, self.small, gid=f"subtitle-{i}")
        if self.logo is not None:
            page.image(self.logo, _logo_frame(self.logo, frame))


def _picture(path: Path) -> Any:
    try:
        return image.imread(path)
    except (OSError, ValueError, SyntaxError) as error:
        raise InvalidInput(f"logo: {path.name!r} cannot be read as a PNG: {error}") from error


def _logo_frame(pixels: Any, head: Frame) -> Frame:
    rows, columns = pixels.shape[:2]
    height = min(head.height * 0.7, head.width * (_LOGO_SHARE - 0.02) * rows / columns)
    width = height * columns / rows
    return Frame(head.right - width, head.top - height, width, height)


def _fitting(page: Page, title: str, font: Font, width: float) -> Font:
    """Return the largest font in which a title is one line, or the usual one where it is none in any."""
    fonts = (replace(font, size_pt=font.size_pt * share) for share in _SHRINK)
    return next((one for one in fonts if page.width(title, one) <= width), font)


class Foot:
    """Sources and notes, broken into lines."""

    def __init__(self, page: Page, notes: list[str], size: Size) -> None:
        self.font = replace(NOTE, size_pt=size.note_pt)
        most = 3 if size.height else 99
        self.lines = [line for note in notes for line in wrapped(page, note, self.font, size.inner, most=most)]

    @property
    def _leading(self) -> float:
        return self.font.size_pt * NOTE_LEADING

    @property
    def height(self) -> float:
        """In points, with the space above."""
        return self._leading * len(self.lines) + 8

    def draw(self, page: Page, frame: Frame) -> None:
        """Draw into a frame."""
        for i, line in enumerate(self.lines):
            page.text(frame.x, frame.top - 8 - self._leading * (i + 0.75), line, self.font, gid=f"note-{i}")


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
    return max(78.0, view.frame.width * 0.22)


def draw_scale_bar(page: Page, view: View, corner: str, words: Words) -> None:
    """Draw the scale bar: two halves, the first filled."""
    length_km, length = scale_bar(view, most_pt=_most(view))
    left, lower, _, _ = scale_bar_box(view, corner)
    x, y = left + 4, lower + 5
    halo: dict[str, Any] = {"facecolor": "halo", "edgecolor": "halo", "linewidth": 2.5, "zorder": 13}
    page.rectangle(Frame(x, y, length, 3.4), **halo)
    for i, colour in enumerate((INK, "casing")):
        half = Frame(x + i * length / 2, y, length / 2, 3.4)
        page.rectangle(
            half, facecolor=colour, edgecolor=INK, linewidth=0.7, zorder=14, gid=f"scale-{view.frame.x:.0f}-{i}"
        )
    whole = words.translate("%(number)s km") % {"number": words.decimal(length_km)}
    for share, said in ((0.0, "0"), (0.5, words.decimal(length_km / 2)), (1.0, whole)):
        at = x + share * length
        page.text(at, y + 6.5, said, _BAR, align="center", zorder=15)


def outline(page: Page, view: View, colour: str = INK) -> None:
    """Draw a frame of a map, strong enough to be seen as an inset."""
    page.path(
        Outline([*_corners(view.frame)], closed=True), facecolor="none", edgecolor=colour, linewidth=1.0, zorder=30
    )


def _corners(frame: Frame) -> list[tuple[float, float]]:
    left, lower, right, upper = frame.box
    return [(left, lower), (right, lower), (right, upper), (left, upper), (left, lower)]
