"""The path of a browser file in, the markup that brings it into a page out: linked by content hash, or written inline.

Modules name each other through an import map (`ibar/popup.js`), so the same files work as linked files with a hash in
their address, and as data inside one standalone file.
"""

from __future__ import annotations

import base64
import hashlib
import json
import mimetypes
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import quote

from flask import url_for
from markupsafe import Markup

STATIC: Final = Path(__file__).with_name("static")
MODULES: Final = tuple(sorted(path.name for path in (STATIC / "js").glob("*.js")))
_IMPORT: Final = re.compile(r'from "ibar/([\w.]+)"')
_URL: Final = re.compile(r"url\((?P<quote>[\"']?)(?P<path>[\w./-]+)(?P=quote)\)")


class Assets(Protocol):
    """How a page gets its style sheets and scripts."""

    nonce: str

    def style(self, path: str) -> Markup:
        """Return the markup of a style sheet."""

    def script(self, path: str) -> Markup:
        """Return the markup of a classic script."""

    def module_map(self, entry: str) -> Markup:
        """Return the markup, for the head, that says where modules are, before any of them is asked for."""

    def start(self, entry: str) -> Markup:
        """Return the markup of the module that starts."""


class LinkedAssets:
    """Files below /static, each with a hash of its content in the address."""

    def __init__(self, nonce: str) -> None:
        self.nonce = nonce

    def style(self, path: str) -> Markup:
        """Return a link to a style sheet."""
        return Markup('<link rel="stylesheet" href="{}" nonce="{}">').format(address(path), self.nonce)

    def script(self, path: str) -> Markup:
        """Return a classic script by its address."""
        return Markup('<script src="{}" nonce="{}"></script>').format(address(path), self.nonce)

    def module_map(self, entry: str) -> Markup:
        """Return the import map, and links that load at once what `entry` imports, however deep."""
        names = {f"ibar/{name}": address(f"js/{name}") for name in MODULES}
        link = Markup('<link rel="modulepreload" href="{}" nonce="{}">')
        links = (link.format(address(f"js/{name}"), self.nonce) for name in imported(entry))
        return _import_map(names, self.nonce) + Markup("").join(links)

    def start(self, entry: str) -> Markup:
        """Return the starting module by its address."""
        return Markup('<script type="module" src="{}" nonce="{}"></script>').format(address(f"js/{entry}"), self.nonce)


class InlineAssets:
    """The files' content within the page, which then needs no other file."""

    def __init__(self, nonce: str) -> None:
        self.nonce = nonce

    def style(self, path: str) -> Markup:
        """Return a style sheet as text, the images that it names as data."""
        sheet = _URL.sub(lambda found: f'url("{_data_address((STATIC / path).parent / found["path"])}")', _text(path))
        return _element("style", sheet, self.nonce)

    def script(self, path: str) -> Markup:
        """Return a classic script as text."""
        return _element("script", _text(path), self.nonce)

    def module_map(self, entry: str) -> Markup:
        """Return the import map, with the modules that `entry` needs as data."""
        names = {f"ibar/{name}": _data_address(STATIC / "js" / name) for name in imported(entry)}
        return _import_map(names, self.nonce)

    def start(self, entry: str) -> Markup:
        """Return a line that starts one module."""
        return Markup('<script type="module" nonce="{}">import "ibar/{}";</script>').format(self.nonce, entry)


@cache
def imported(entry: str) -> tuple[str, ...]:
    """Return a module's file name and those of all that it imports, directly or not."""
    found, waiting = [], [entry]
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found.append(name)
            waiting += _IMPORT.findall(_text(f"js/{name}"))
    return tuple(found)


def asked_early(addresses: Sequence[str], nonce: str) -> Markup:
    """Return a script for the head that asks for addresses while the page and its scripts are still on their way."""
    block = json_block(addresses, element_id="ibar-early", nonce=nonce)
    return block + _element("script", _text("early/early.js"), nonce)


@cache
def content_hash(path: str) -> str:
    """Return the first half of the SHA-256 of a file below `static`."""
    return hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:32]


@cache
def address(path: str) -> str:
    """Return the address of a file below `static`, its content's hash in the path."""
    return url_for("assets.hashed", version=content_hash(path), path=path)


def json_block(value: object, *, element_id: str, nonce: str, media_type: str = "application/json") -> Markup:
    """Return a JSON block that no text within it can end or escape from."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    opening = Markup('<script type="{}" id="{}" nonce="{}">').format(media_type, element_id, nonce)
    return opening + Markup(text) + Markup("</script>")  # noqa: S704  # every < is escaped above


def _import_map(names: dict[str, str], nonce: str) -> Markup:
    text = json.dumps({"imports": names}, separators=(",", ":")).replace("<", "\\u003c")
    return Markup('<script type="importmap" nonce="{}">{}</script>').format(nonce, Markup(text))  # noqa: S704


def _element(tag: str, text: str, nonce: str) -> Markup:
    if f"</{tag}" in text.lower():
        raise ValueError(f"a {tag} holds its own end")
    return Markup('<{} nonce="{}">{}</{}>').format(Markup(tag), nonce, Markup(text), Markup(tag))  # noqa: S704


@cache
def _text(path: str) -> str:
    return (STATIC / path).read_text("utf-8")


def _data_address(path: Path) -> str:
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"data:{quote(kind, safe='/+')};base64,{base64.b64encode(path.read_bytes()).decode()}"
