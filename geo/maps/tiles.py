"""What an operator wrote in IBAR_TILES in, a checked tile server out."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import xyzservices
from xyzservices import providers

from geo.errors import InvalidInput

_TEMPLATE: Final = re.compile(r"https?://[^\s\"'<>`\\%|^]+")
_PLACEHOLDER: Final = re.compile(r"\{[^{}]*\}")
_KNOWN: Final = {"{s}", "{x}", "{y}", "{z}", "{r}"}
_SUBDOMAINS: Final = "abc"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiles:
    """A tile server: address template, credit and limits."""

    url: str
    """With {z}, {x}, {y}, and {s} where there are subdomains, {r} where there are tiles for dense screens."""
    attribution: str
    """Plain text."""
    max_zoom: int
    subdomains: str = _SUBDOMAINS

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins that a Content-Security-Policy must let images come from."""
        parts = urlsplit(self.url)
        hosts = (parts.netloc.replace("{s}", s) for s in (self.subdomains if "{s}" in parts.netloc else " "))
        return tuple(f"{parts.scheme}://{host}" for host in hosts)


def tile_server(name_or_url: str) -> Tiles:
    """Return the tile server that an operator named.

    Parameters
    ----------
    name_or_url : str
        A name of the `xyzservices` package, such as `OpenStreetMap.Mapnik`, or an address template such as
        `https://tiles.example.org/{z}/{x}/{y}.png`.

    Raises
    ------
    InvalidInput
        The name is not known or needs a key, or the address is not a template.
    """
    if "{" in name_or_url or "://" in name_or_url:
        return _from_template(name_or_url)
    try:
        provider = providers.query_name(name_or_url)
    except ValueError as error:
        raise InvalidInput(f"IBAR_TILES: no tile server is called {name_or_url!r}; name one of xyzservices") from error
    return _from_provider(provider)


def _from_template(url: str) -> Tiles:
    placeholders = set(_PLACEHOLDER.findall(url))
    rest = _PLACEHOLDER.sub("", url)
    if (
        not _TEMPLATE.fullmatch(rest)
        or "{" in rest
        or "}" in rest
        or not {"{z}", "{x}", "{y}"} <= placeholders <= _KNOWN
    ):
        raise InvalidInput(
            f"IBAR_TILES: {url!r} is not an address template (write https://tiles.example.org/{{z}}/{{x}}/{{y}}.png)"
        )
    return Tiles(url=url, attribution=f"Tiles: {urlsplit(url).hostname}", max_zoom=17)


def _from_provider(provider: xyzservices.TileProvider) -> Tiles:
    if provider.requires_token():
        raise InvalidInput(f"IBAR_TILES: {provider.name} needs a key; write its address template with the key in it")
    keep: dict[str, Any] = {"x": "{x}", "y": "{y}", "z": "{z}", "s": "{s}", "r": "{r}"}
    values = {**provider, **keep}
    url = _PLACEHOLDER.sub(lambda found: str(values.get(found[0][1:-1], found[0])), str(provider["url"]))
    tiles = _from_template(url)
    return Tiles(
        url=tiles.url,
        attribution=html.unescape(str(provider.attribution)),
        max_zoom=min(int(provider.get("max_zoom", 17)), 17),
        subdomains="".join(provider.get("subdomains", _SUBDOMAINS)),
    )
