"""Environment variables in, one frozen `Settings` out: read once, when the application is created."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from geo.errors import InvalidInput
from geo.wording import WORDINGS, Wording

_ORIGIN: Final = re.compile(r"'self'|'none'|https?://(\*\.)?[A-Za-z0-9.-]+(:\d{1,5})?")
_ROOT: Final = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an operator may choose; every field has an environment variable in `VARIABLES`."""

    store: Path
    """The GeoPackage file that holds the events."""
    cache: Path
    """Folder for what can be made anew, such as the compiled gazetteer."""
    tiles: str | None = None
    """Tile server of the web map: an `xyzservices` name or a URL template; null for the offline basemap."""
    wording: Wording = "neutral"
    """How pages and prints call the line."""
    embed_origins: str = "*"
    """Who may show `/embed` in a frame: `*`, or origins with a space between; see `frame-ancestors` of CSP."""
    max_request_bytes: int = 65_536
    """Longest request body that is read, but for texts to be extracted."""
    read_limit_s: int = 15
    """Longest that one question to the store may take before it is answered 503, in seconds."""
    max_renders: int = 2
    """How many maps for print one process draws, or has waiting, at the same time."""
    render_wait_s: float = 20.0
    """How long a request for such a map waits for its turn before it is answered 503."""
    extracts_per_minute: int = 0
    """How many texts a minute one client may send to `/api/extract`; 0 keeps that address off."""
    extracts_per_minute_total: int = 60
    """How many texts a minute all clients together may send there."""
    max_extract_bytes: int = 1_000_000
    """Longest text or page that is read there."""
    render_limit_s: int = 30
    """How long a map for print may take to draw before it is given up, in seconds."""
    trusted_proxies: int = 0
    """How many reverse proxies stand in front, whose X-Forwarded headers are believed."""

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Read the settings from environment variables; what is unset or empty takes its default.

        Raises
        ------
        InvalidInput
            A variable has a value that cannot be used; the message names the variable.
        """
        given = {field: read(environ[name]) for name, (field, read) in VARIABLES.items() if environ.get(name)}
        defaults = {"store": _default_store(environ), "cache": _default_cache(environ)}
        return cls(**{**defaults, **given})  # type: ignore[arg-type]  # each reader returns its field's type


def _path(value: str) -> Path:
    return Path(value).expanduser().absolute()


def _wording(value: str) -> Wording:
    for wording in WORDINGS:
        if value == wording:
            return wording
    raise InvalidInput(f"IBAR_WORDING: {value!r} is not one of {', '.join(WORDINGS)}")


def _origins(value: str) -> str:
    origins = value.split()
    for origin in origins if origins != ["*"] else ():
        if not _ORIGIN.fullmatch(origin):
            raise InvalidInput(
                f"IBAR_EMBED_ORIGINS: {origin!r} is not an origin"
                " (write https://news.example.org, several with spaces between, or *)"
            )
    return " ".join(origins) or "*"


def _tiles(value: str) -> str:
    from geo.maps import tile_server  # only where it is set: it brings folium

    tile_server(value)
    return value


def _whole(name: str, least: int, greatest: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not (value.isascii() and value.isdigit() and len(value) < 12 and least <= int(value) <= greatest):
            raise InvalidInput(f"{name}: {value!r} is not a whole number from {least} to {greatest}")
        return int(value)

    return read


VARIABLES: Final[Mapping[str, tuple[str, Callable[[str], object]]]] = {
    "IBAR_STORE": ("store", _path),
    "IBAR_CACHE": ("cache", _path),
    "IBAR_TILES": ("tiles", _tiles),
    "IBAR_WORDING": ("wording", _wording),
    "IBAR_EMBED_ORIGINS": ("embed_origins", _origins),
    "IBAR_MAX_REQUEST_BYTES": ("max_request_bytes", _whole("IBAR_MAX_REQUEST_BYTES", 1024, 1 << 30)),
    "IBAR_READ_LIMIT_S": ("read_limit_s", _whole("IBAR_READ_LIMIT_S", 1, 3600)),
    "IBAR_MAX_RENDERS": ("max_renders", _whole("IBAR_MAX_RENDERS", 1, 64)),
    "IBAR_EXTRACT_PER_MINUTE": ("extracts_per_minute", _whole("IBAR_EXTRACT_PER_MINUTE", 0, 6000)),
    "IBAR_EXTRACT_TOTAL_PER_MINUTE": (
        "extracts_per_minute_total",
        _whole("IBAR_EXTRACT_TOTAL_PER_MINUTE", 1, 60_000),
    ),
    "IBAR_EXTRACT_MAX_BYTES": ("max_extract_bytes", _whole("IBAR_EXTRACT_MAX_BYTES", 1024, 5_000_000)),
    "IBAR_RENDER_LIMIT_S": ("render_limit_s", _whole("IBAR_RENDER_LIMIT_S", 1, 600)),
    "IBAR_TRUSTED_PROXIES": ("trusted_proxies", _whole("IBAR_TRUSTED_PROXIES", 0, 8)),
}
"""Each variable, with the field that it sets and the function that reads it."""


def _default_store(environ: Mapping[str, str]) -> Path:
    return _in_checkout("instance/ibar.gpkg") or _xdg(environ, "XDG_DATA_HOME", ".local/share") / "ibar" / "ibar.gpkg"


def _default_cache(environ: Mapping[str, str]) -> Path:
    return _in_checkout(".cache") or _xdg(environ, "XDG_CACHE_HOME", ".cache") / "ibar"


def _in_checkout(relative: str) -> Path | None:
    """Return the path below the source tree, or null where the package is installed elsewhere."""
    return _ROOT / relative if (_ROOT / "setup.cfg").is_file() else None


def _xdg(environ: Mapping[str, str], name: str, otherwise: str) -> Path:
    return Path(environ.get(name) or Path.home() / otherwise)
