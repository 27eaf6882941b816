"""Shapes and lines of text in, one matplotlib figure out whose only coordinates are points from the lower left corner.

Text is drawn as text; a halo is a second, stroke-only copy beneath it, so that the words stay words in SVG and PDF.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeVar

import shapely
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.image import BboxImage
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.patheffects import Stroke
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, Bbox, IdentityTransform, Transform, TransformedBbox
from shapely.geometry.base import BaseGeometry

from geo.exports.fonts import FaceName, Faces
from geo.exports.theme import Theme
from geo.exports.view import Frame, Points

Align = Literal["left", "center", "right"]
Drawable = TypeVar("Drawable", bound=Artist)
_COLOURED: Final = ("facecolor", "edgecolor", "facecolors", "edgecolors")
INK: Final = "ink"
MUTED: Final = "muted"
PAPER: Final = "paper"


@dataclass(frozen=True, slots=True, kw_only=True)
class Font:
    """How a line of text is set."""

    size_pt: float = 7.5
    face: FaceName = "regular"
    colour: str = INK
    """A part that the theme gives a colour, or a colour."""
    halo: str | None = None
    """The part whose colour the halo has, or none."""
    halo_pt: float = 2.0


class Page:
    """One page, on which everything is drawn in points, in the colours of a theme."""

    def __init__(self, width: float, height: float, faces: Faces, theme: Theme, *, language: str = "en") -> None:
        self.frame = Frame(0, 0, width, height)
        self.faces, self.theme, self.language = faces, theme, language
        self.alt = ""
        """What the page shows, for those who do not see it."""
        self.is_text = False
        """Whether the page is read rather than looked at."""
        self.written: dict[FaceName, set[str]] = {}
        """Characters that stand on the page, by face."""
        self.figure = Figure(figsize=(width / 72, height / 72), facecolor=theme.colour(PAPER))
        self._axes: Axes = self.figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(0, height))
        self._axes.set_axis_off()

    @property
    def points(self) -> Transform:
        """From points on the page to the figure's own units."""
        return self._axes.transData

    def resize(self, height: float) -> None:
        """Give the page another height, before anything stands on it."""
        self.frame = Frame(0, 0, self.frame.width, height)
        self.figure.set_size_inches(self.frame.width / 72, height / 72)
        self._axes.set_ylim(0, height)

    def width(self, text: str, font: Font) -> float:
        """Return the width of a line of text in points."""
        return self.faces.width(self.faces.printable(text), font.face, font.size_pt)

    def text(
        self, x: float, y: float, line: str, font: Font, *, align: Align = "left", zorder: float = 20, gid: str = ""
    ) -> Text:
        """Draw one line of text whose baseline begins, has its middle, or ends at a point, and return it."""
        line = self.faces.printable(line)
        self.written.setdefault(font.face, set()).update(line)
        style: dict[str, Any] = {
            "fontproperties": self.faces.properties(font.face, font.size_pt),
            "ha": align,
            "va": "baseline",
            "parse_math": False,
            "language": self.language,
            "transform": self.points,
        }
        if font.halo:
            halo_colour = self.theme.colour(font.halo)
            halo = Text(x, y, line, color=halo_colour, zorder=zorder - 0.5, **style)
            halo.set_path_effects([Stroke(linewidth=font.halo_pt, foreground=halo_colour, joinstyle="round")])
            self._axes.add_artist(halo)
        text = Text(x, y, line, color=self.theme.colour(font.colour), zorder=zorder, **style)
        return self._add(text, gid)

    def path(
        self,
        path: Path,
        *,
        transform: Affine2D | None = None,
        clip: Frame | None = None,
        gid: str = "",
        **style: Any,
    ) -> PathPatch:
        """Draw a path, given in points or in what `transform` turns into points; `style` is matplotlib's."""
        patch = PathPatch(path, **self._painted(style))
        patch.set_transform((transform or Affine2D()) + self.points)
        return self._add(patch, gid, clip)

    def rectangle(self, frame: Frame, *, gid: str = "", **style: Any) -> Artist:
        """Draw a rectangle."""
        return self._add(
            Rectangle((frame.x, frame.y), frame.width, frame.height, transform=self.points, **self._painted(style)), gid
        )

    def line(self, points: Sequence[tuple[float, float]] | Points, **style: Any) -> PathPatch:
        """Draw a line through points of the page."""
        return self.path(Path(points), **{"facecolor": "none", "capstyle": "butt", **style})

    def symbols(
        self,
        paths: Sequence[Path],
        offsets: Points,
        diameters_pt: Sequence[float] | Points,
        *,
        clip: Frame | None = None,
        gid: str = "",
        **style: Any,
    ) -> PathCollection:
        """Draw one symbol for each offset; a path's own square from -1 to 1 becomes `diameters_pt` wide."""
        # Matplotlib scales a collection's path by the root of its size, times dpi / 72.
        sizes = [(diameter / 2) ** 2 for diameter in diameters_pt]
        painted = self._painted(style)
        collection = PathCollection(paths, sizes=sizes, offsets=offsets, offset_transform=self.points, **painted)
        collection.set_transform(IdentityTransform())
        return self._add(collection, gid, clip)

    def image(self, pixels: Any, frame: Frame) -> None:
        """Draw a picture, an array of shape (rows, columns, 3 or 4), into a frame."""
        left, lower, right, upper = frame.box
        picture = BboxImage(
            TransformedBbox(Bbox([[left, lower], [right, upper]]), self.points), interpolation="bilinear"
        )
        picture.set_data(pixels)
        picture.set_zorder(25)
        self._axes.add_artist(picture)

    def _painted(self, style: dict[str, Any]) -> dict[str, Any]:
        return {key: self.theme.colour(value) if key in _COLOURED else value for key, value in style.items()}

    def _add(self, artist: Drawable, gid: str, clip: Frame | None = None) -> Drawable:
        self._axes.add_artist(artist)
        if gid:
            artist.set_gid(gid)
        if clip is not None:
            box = Rectangle((clip.x, clip.y), clip.width, clip.height, transform=self.points)
            artist.set_clip_path(box)
        else:
            artist.set_clip_on(False)
        return artist


def path_of(geometry: BaseGeometry) -> Path:
    """Return a geometry of lines and polygons as one path, in the geometry's own coordinates."""
    parts = [Path(line.coords, closed=line.is_ring) for line in _lines(geometry)]
    return Path.make_compound_path(*parts) if parts else Path([(0.0, 0.0)])


def _lines(geometry: BaseGeometry) -> list[Any]:
    lines: list[Any] = []
    for part in shapely.get_parts(geometry):
        if part.geom_type == "Polygon" and not part.is_empty:
            lines += [part.exterior, *part.interiors]
        elif part.geom_type in ("LineString", "LinearRing") and not part.is_empty:
            lines.append(part)
        elif hasattr(part, "geoms"):
            lines += _lines(part)
    return lines
