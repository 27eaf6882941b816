"""The variable Noto Sans of its package in, static faces in a cache folder out, and what they can write."""

from __future__ import annotations

import os
import re
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Final, Literal

import fontpkg_noto_sans
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

FAMILY: Final = "Noto Sans"
_BLOCKS: Final = (
    range(0x0020, 0x0250),  # Latin
    range(0x02B0, 0x0500),  # modifiers, combining marks, Greek, Cyrillic
    range(0x1E00, 0x1F00),  # more Latin
    range(0x2000, 0x2300),  # punctuation, currency, letterlike signs, arrows, operators
    range(0xFFFD, 0xFFFE),
)
_CORE_BLOCKS: Final = (
    range(0x0020, 0x0180),  # Latin
    range(0x0400, 0x0460),  # Cyrillic
    range(0x2009, 0x200A),  # thin space
    range(0x2010, 0x2028),  # dashes, quotes, bullet, ellipsis
    range(0x20AC, 0x20AD),
    range(0x2190, 0x2194),
)
_CORE_CODES: Final = frozenset(code for block in _CORE_BLOCKS for code in block)
_CORE: Final = "".join(map(chr, sorted(_CORE_CODES)))
FaceName = Literal["regular", "semibold", "bold", "italic"]


@dataclass(frozen=True, slots=True)
class _Cut:
    """One static face of the variable font."""

    file: str
    style: str
    weight: int


_UPRIGHT: Final = "NotoSans[wdth,wght].ttf"
_CUTS: Final[dict[FaceName, _Cut]] = {
    "regular": _Cut(_UPRIGHT, "Regular", 400),
    "semibold": _Cut(_UPRIGHT, "SemiBold", 600),
    "bold": _Cut(_UPRIGHT, "Bold", 700),
    "italic": _Cut("NotoSans-Italic[wdth,wght].ttf", "Italic", 400),
}


@dataclass(frozen=True, slots=True)
class Faces:
    """The four faces as files; every text of a map is set in one of them."""

    files: tuple[tuple[FaceName, Path], ...]

    def replaced(self, files: Mapping[str, Path]) -> Faces:
        """Return the faces with some of them taken from other files."""
        return Faces(tuple((face, files.get(face, path)) for face, path in self.files))

    def file(self, face: FaceName) -> Path:
        """Return the font file of a face."""
        return dict(self.files)[face]

    def properties(self, face: FaceName, size_pt: float) -> FontProperties:
        """Return what matplotlib wants to know: the file itself, so that no installed font is taken for it."""
        cut = _CUTS[face]
        style: Literal["italic", "normal"] = "italic" if cut.style == "Italic" else "normal"
        return FontProperties(family=FAMILY, weight=cut.weight, style=style, size=size_pt, fname=str(self.file(face)))

    def width(self, text: str, face: FaceName, size_pt: float) -> float:
        """Return the width of one line of text in points."""
        return float(_width(str(self.file(face)), text)) * size_pt

    def embeddable(self, face: FaceName, characters: Iterable[str]) -> tuple[str, int, bytes]:
        """Return style and weight as CSS names them, and a WOFF font with these characters alone."""
        cut = _CUTS[face]
        style = "italic" if cut.style == "Italic" else "normal"
        return style, cut.weight, _woff(str(self.file(face)), "".join(sorted(characters)))

    def printable(self, text: str) -> str:
        """Return the text as it can be printed: one line, and what has no visible sign written as [U+202E].

        Controls of direction, which would show the rest of the line in another order than it is written in, are such.
        """
        known = _characters(str(self.file("regular")))
        return "".join(_shown(c, known) for c in re.sub(r"[ \t\r\n]+", " ", text).strip(" "))


def prepare(cache_folder: Path, characters: Iterable[str] | None = None) -> Faces:
    """Return the faces, cut from the variable font at first use.

    Parameters
    ----------
    cache_folder : Path
        Folder for what can be made anew. A face is written beside its place and moved there, so that a reader never
        finds half a file; the same versions of the font and of fontTools give the same bytes.
    characters : iterable of str, optional
        What is to be written. Where the commonest characters suffice, the faces hold these alone, of which the fonts
        of a file are cut five times as fast.
    """
    folder = cache_folder / f"noto-sans-{version('fontpkg-noto-sans')}-{version('fonttools')}"
    is_core = characters is not None and all(ord(c) in _CORE_CODES for c in characters)
    return Faces(tuple((face, _core(folder, cut) if is_core else _cut(folder, cut)) for face, cut in _CUTS.items()))


def _cut(folder: Path, cut: _Cut) -> Path:
    return _made(folder / f"NotoSans-{cut.style}.ttf", lambda: _instance(cut))


def _core(folder: Path, cut: _Cut) -> Path:
    """Return a face of the commonest characters alone."""
    return _made(folder / "core" / f"NotoSans-{cut.style}.ttf", lambda: _subset(str(_cut(folder, cut)), _CORE))


def _made(target: Path, make: Callable[[], bytes]) -> Path:
    if not target.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".ttf")
        with os.fdopen(descriptor, "wb") as file:
            file.write(make())
        Path(name).replace(target)
    return target


def _subset(file: str, characters: str, flavour: str | None = None) -> bytes:
    with TTFont(file, recalcTimestamp=False) as font:
        chosen = subset.Subsetter(subset.Options(notdef_outline=True, hinting=False, name_IDs=["*"]))
        chosen.populate(text=characters)
        chosen.subset(font)
        font.flavor = flavour
        return _bytes(font)


@lru_cache(maxsize=32)
def _woff(file: str, characters: str) -> bytes:
    return _subset(file, characters, "woff")


def _instance(cut: _Cut) -> bytes:
    font = TTFont(BytesIO(_variable(cut.file)), recalcTimestamp=False)
    font = instancer.instantiateVariableFont(font, {"wght": cut.weight}, inplace=True)
    names = {1: FAMILY, 2: cut.style, 4: f"{FAMILY} {cut.style}", 6: f"NotoSans-{cut.style}", 16: FAMILY, 17: cut.style}
    for name_id, value in names.items():
        font["name"].setName(value, name_id, 3, 1, 0x409)
    return _bytes(font)


@lru_cache(maxsize=1)
def _variable(file: str) -> bytes:
    """Return the font of normal width with only the scripts that names here are written in, which cuts faster."""
    with TTFont(Path(fontpkg_noto_sans.ROOT) / "files" / file, recalcTimestamp=False) as font:
        features = ["ccmp", "kern", "locl", "mark", "mkmk"]
        chosen = subset.Subsetter(subset.Options(layout_features=features, notdef_outline=True, hinting=False))
        chosen.populate(unicodes=[code for block in _BLOCKS for code in block])
        chosen.subset(font)
        return _bytes(instancer.instantiateVariableFont(font, {"wdth": 100}, inplace=True))


def _bytes(font: TTFont) -> bytes:
    buffer = BytesIO()
    font.save(buffer)
    return buffer.getvalue()


@cache
def _characters(file: str) -> frozenset[int]:
    with TTFont(file, lazy=True) as font:
        return frozenset(font.getBestCmap())


def _shown(character: str, known: frozenset[int]) -> str:
    is_sign = unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    return character if is_sign and ord(character) in known else f"[U+{ord(character):04X}]"


@cache
def _em(file: str) -> FontProperties:
    return FontProperties(fname=file, size=100)


@lru_cache(maxsize=8192)
def _width(file: str, text: str) -> float:
    """Return the width for a size of one point."""
    return float(text_to_path.get_text_width_height_descent(text, _em(file), False)[0]) / 100
