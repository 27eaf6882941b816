"""A theme's name or its TOML file in, the colours, fonts and logo of a map out; a fault names the key that holds it.

What is drawn names its colours by the part that they play ("ink", "land", or the family of a symbol); a theme says
which colour that is. A theme of one's own starts from a shipped one and says only what differs.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Literal

from geo import style
from geo.errors import InvalidInput

SHIPPED: Final = ("light", "dark", "mono")
FACES: Final = ("regular", "semibold", "bold", "italic")
RAMP_STEPS: Final = 5
_HEX: Final = re.compile(r"#[0-9a-fA-F]{6}")
_RINGS: Final = ("types", "plain")
_STRIPS: Final = ("tint", "hatch")
_TOP: Final = ("base", "colours", "symbols", "ramp", "rings", "strip", "fonts", "logo")
_FONT_STARTS: Final = (b"\x00\x01\x00\x00", b"true")
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_MOST_BYTES: Final = 32 << 20


@dataclass(frozen=True, slots=True)
class Theme:
    """How a map looks."""

    name: str
    colours: Mapping[str, str]
    """#rrggbb by part, the families of symbols among them."""
    ramp: tuple[str, ...]
    """From few to many."""
    rings: Literal["types", "plain"]
    """Whether the ring of several events shows their types by colour."""
    strip: Literal["tint", "hatch"]
    """How the strip along the line is filled."""
    fonts: Mapping[str, Path]
    """Files of faces that replace Noto Sans."""
    logo: Path | None

    def colour(self, role: Any) -> Any:
        """Return the colour of a part; `part@0.5` is half transparent, and what is a colour already stays."""
        if isinstance(role, list):
            return [self.colour(one) for one in role]
        if not isinstance(role, str) or role == "none" or role.startswith("#"):
            return role
        part, _, alpha = role.partition("@")
        return self.colours[part] + (f"{round(float(alpha) * 255):02x}" if alpha else "")


def load(wish: str) -> Theme:
    """Return a shipped theme by its name, or one's own by the path of its TOML file.

    Raises
    ------
    InvalidInput
        There is no such theme, or its file is at fault; the message names the key.
    """
    if wish in SHIPPED:
        return _shipped(wish)
    if not wish.endswith(".toml"):
        raise InvalidInput(f"theme {wish!r}: write one of {', '.join(SHIPPED)}, or the path of a .toml file")
    path = Path(wish)
    try:
        return _Reader(path.name, path.parent).theme(_parsed(path.name, path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"theme {wish!r}: cannot be read: {getattr(error, 'strerror', '') or error}") from error


@cache
def _shipped(name: str) -> Theme:
    text = files("geo.exports").joinpath("themes", f"{name}.toml").read_text(encoding="utf-8")
    given = tomllib.loads(text)
    colours = {**given["colours"], **given["symbols"]}
    return Theme(name, colours, tuple(given["ramp"]), given["rings"], given["strip"], {}, None)


def _parsed(file: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(f"{file}: is not TOML: {error}") from error


class _Reader:
    """Checks one file, key by key."""

    def __init__(self, file: str, folder: Path) -> None:
        self.file, self.folder = file, folder

    def theme(self, given: dict[str, Any]) -> Theme:
        self._known("", given, _TOP)
        base = _shipped(self._choice("base", given.get("base", "light"), SHIPPED))
        symbols = [family.name for family in style.FAMILIES]
        colours = {
            **base.colours,
            **self._colours("colours", given, [name for name in base.colours if name not in symbols]),
            **self._colours("symbols", given, symbols),
        }
        return Theme(
            self.file.removesuffix(".toml"),
            colours,
            self._ramp(given["ramp"]) if "ramp" in given else base.ramp,
            self._choice("rings", given.get("rings", base.rings), _RINGS),  # type: ignore[arg-type]
            self._choice("strip", given.get("strip", base.strip), _STRIPS),  # type: ignore[arg-type]
            self._fonts(given),
            self._file("logo", given["logo"], (_PNG,), "a PNG file") if "logo" in given else None,
        )

    def _fault(self, key: str, what: str) -> InvalidInput:
        return InvalidInput(f"{self.file}: {key}: {what}")

    def _known(self, table: str, given: Any, known: Any) -> dict[str, Any]:
        if not isinstance(given, dict):
            raise self._fault(table, "must be a table")
        for key in given:
            if key not in known:
                near = get_close_matches(key, known, n=1)
                advice = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
                raise self._fault(f"{table}.{key}".lstrip("."), f"is not a key of a theme; {advice}")
        return given

    def _choice(self, key: str, value: Any, among: tuple[str, ...]) -> str:
        if value not in among:
            raise self._fault(key, f"{value!r} is not one of {', '.join(among)}")
        return str(value)

    def _colours(self, table: str, given: dict[str, Any], known: list[str]) -> dict[str, str]:
        found = self._known(table, given.get(table, {}), known)
        return {key: self._colour(f"{table}.{key}", value) for key, value in found.items()}

    def _colour(self, key: str, value: Any) -> str:
        if not (isinstance(value, str) and _HEX.fullmatch(value)):
            raise self._fault(key, f"{value!r} is not a colour; write it as #rrggbb")
        return value.lower()

    def _ramp(self, value: Any) -> tuple[str, ...]:
        if not (isinstance(value, list) and len(value) == RAMP_STEPS):
            raise self._fault("ramp", f"must be a list of {RAMP_STEPS} colours, from few events to many")
        return tuple(self._colour(f"ramp[{i}]", one) for i, one in enumerate(value))

    def _fonts(self, given: dict[str, Any]) -> dict[str, Path]:
        found = self._known("fonts", given.get("fonts", {}), FACES)
        return {
            face: self._file(f"fonts.{face}", value, _FONT_STARTS, "a TrueType font file")
            for face, value in found.items()
        }

    def _file(self, key: str, value: Any, starts: tuple[bytes, ...], kind: str) -> Path:
        """Return a file that stands beside the theme's, or anywhere by an absolute path."""
        if not isinstance(value, str):
            raise self._fault(key, "must be the path of a file")
        path = self.folder / value
        try:
            with path.open("rb") as file:
                start = file.read(8)
        except OSError as error:
            raise self._fault(key, f"{value!r} cannot be read: {error.strerror}") from error
        if not start.startswith(starts):
            raise self._fault(key, f"{value!r} is not {kind}")
        if path.stat().st_size > _MOST_BYTES:
            raise self._fault(key, f"{value!r} is too large")
        return path
