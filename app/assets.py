"""The path of a browser file in, the markup that brings it into a page out: linked by content hash, or written inline.

Modules come as one bundle (`app.bundle`), linked with a hash in its address or written into a standalone file.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final, Protocol

from flask import url_for
from markupsafe import Markup
from werkzeug.security import safe_join

from app.bundle import bundle
from app.joint import JOINT, STATIC, joined, sheet

MODULES: Final = tuple(sorted(path.name for path in (STATIC / "js").glob("*.js")))
BUNDLES: Final = "bundle/"


class Assets(Protocol):
    """How a page gets its style sheets and scripts."""

    nonce: str

    def style(self, path: str) -> Markup:
        """Return the markup of a style sheet."""

    def script(self, path: str) -> Markup:
        """Return the markup of a classic script."""

    def module(self, entry: str) -> Markup:
        """Return the markup of a module with all that it imports."""


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

    def module(self, entry: str) -> Markup:
        """Return a module by the address of its bundle."""
        link = address(f"{BUNDLES}{entry}")
        return Markup('<script type="module" src="{}" nonce="{}"></script>').format(link, self.nonce)


class InlineAssets:
    """The files' content within the page, which then needs no other file."""

    def __init__(self, nonce: str) -> None:
        self.nonce = nonce

    def style(self, path: str) -> Markup:
        """Return a style sheet as text, the images that it names as data."""
        text = joined(path) if path in JOINT else sheet(path)
        return _element("style", text, self.nonce)

    def script(self, path: str) -> Markup:
        """Return a classic script as text."""
        return _element("script", _text(path), self.nonce)

    def module(self, entry: str) -> Markup:
        """Return a module's bundle as text."""
        return _element('script type="module"', bundle(entry), self.nonce)


def asked_early(addresses: Sequence[str], nonce: str) -> Markup:
    """Return a script for the head that asks for addresses while the page and its scripts are still on their way."""
    block = json_block(addresses, element_id="ibar-early", nonce=nonce)
    return block + _element("script", _text("early/early.js"), nonce)


def packed_block(value: object, *, element_id: str, nonce: str) -> Markup:
    """Return a block that holds a value as JSON, compressed: as large as what it tells, not as it is written."""
    packed = gzip.compress(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), 9, mtime=0)
    text = base64.b64encode(packed).decode("ascii")
    return Markup('<script type="text/plain" id="{}" nonce="{}">{}</script>').format(element_id, nonce, text)


def content(path: str) -> bytes:
    """Return what a path below /assets holds: a file below `static`, several in one, or the bundle of a module.

    Raises
    ------
    FileNotFoundError
        There is no such file, or it is not below `static`.
    """
    if path in JOINT:
        return joined(path).encode()
    name = path.removeprefix(BUNDLES)
    if name != path and name in MODULES:
        return bundle(name).encode()
    found = safe_join(str(STATIC), path)
    if found is None or not Path(found).is_file():
        raise FileNotFoundError(path)
    return Path(found).read_bytes()


@cache
def content_hash(path: str) -> str:
    """Return the first half of the SHA-256 of a file's content."""
    return hashlib.sha256(content(path)).hexdigest()[:32]


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


def _element(tag: str, text: str, nonce: str) -> Markup:
    name = tag.split()[0]
    if f"</{name}" in text.lower():
        raise ValueError(f"a {name} holds its own end")
    return Markup('<{} nonce="{}">{}</{}>').format(Markup(tag), nonce, Markup(text), Markup(name))  # noqa: S704


@cache
def _text(path: str) -> str:
    return content(path).decode()
