"""Bytes of unknown origin in, text that may be trusted to be text out; else one error that says where and what next."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from geo.errors import InvalidInput, TooLarge, UnreadableFile

DEFAULT_ENCODING: Final = "utf-8"
_CHUNK: Final = 1 << 16
_SIGNATURES: Final = {
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a ZIP archive or an office document",
    b"\xd0\xcf\x11\xe0": "an old office document",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"\x1f\x8b": "a gzip archive",
    b"SQLite format 3": "a SQLite database or a GeoPackage",
    b"\x7fELF": "a program",
}
_WIDE: Final = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def read_bytes(path: Path | str, *, limit: int) -> bytes:
    """Return what a file holds.

    Raises
    ------
    UnreadableFile
        It cannot be opened.
    TooLarge
        It is longer than `limit` bytes; no more than that is read.
    """
    with open_binary(path) as stream:
        return read_stream(stream, name=Path(path).name, limit=limit)


def read_stream(stream: BinaryIO, *, name: str, limit: int) -> bytes:
    """Return the rest of a stream, or raise `TooLarge` once it has given more than `limit` bytes."""
    data = stream.read(limit + 1)
    if len(data) > limit:
        raise TooLarge(f"{name}: is longer than {limit / 1e6:g} MB; cut it into parts")
    return data


def open_binary(path: Path | str) -> BinaryIO:
    """Open a file for reading, or raise `UnreadableFile`."""
    try:
        return Path(path).open("rb")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableFile(f"{path}: cannot be read: {reason}") from error


def decode(data: bytes, *, name: str, encoding: str | None = None) -> str:
    r"""Return the text that bytes spell, without a byte order mark and with ``\n`` at the end of each line.

    Parameters
    ----------
    encoding : str, optional
        What Python calls the encoding; UTF-8 where it is not given. Nothing is guessed.

    Raises
    ------
    UnreadableFile
        The bytes are empty, binary, or not of that encoding; the message names the first bad byte.
    """
    check(iter((data,)), name=name, encoding=encoding)
    text = data.decode(codec(encoding))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def check(chunks: Iterator[bytes], *, name: str, encoding: str | None = None) -> int:
    """Read bytes to their end as text, and return the number of lines.

    Raises
    ------
    UnreadableFile
        They are empty, binary, or not of the encoding.
    """
    decoder = codecs.getincrementaldecoder(codec(encoding))("strict")
    read, lines, is_blank = 0, 0, True
    for number, chunk in enumerate(chunks):
        if number == 0:
            _refuse_binary(chunk, name=name, encoding=encoding)
        waiting = len(decoder.getstate()[0])
        try:
            text = decoder.decode(chunk)
        except UnicodeDecodeError as error:
            raise _undecodable(error, name, read - waiting + error.start, lines, encoding) from error
        _refuse_nul(text, name=name, lines=lines)
        read, lines, is_blank = (
            read + len(chunk),
            lines + text.count("\n"),
            is_blank and not text.strip("\ufeff \r\n\t"),
        )
    _finish(decoder, name, read, lines, encoding)
    if is_blank:
        raise UnreadableFile(f"{name}: is empty")
    return lines + 1


def chunks(stream: BinaryIO) -> Iterator[bytes]:
    """Yield a stream piece by piece."""
    while piece := stream.read(_CHUNK):
        yield piece


def codec(encoding: str | None) -> str:
    """Return the name of a text encoding as Python knows it; UTF-8 is read with or without a byte order mark.

    Raises
    ------
    InvalidInput
        There is no such text encoding.
    """
    try:
        found = codecs.lookup(encoding or DEFAULT_ENCODING)
        "a".encode(found.name)
    except (LookupError, ValueError) as error:
        raise InvalidInput(f"encoding: {encoding!r} is not known (such as utf-8, windows-1250, utf-16)") from error
    return "utf-8-sig" if found.name == "utf-8" else found.name


def _refuse_binary(head: bytes, *, name: str, encoding: str | None) -> None:
    for signature, what in _SIGNATURES.items():
        if head.startswith(signature):
            raise UnreadableFile(f"{name}: is {what}, not text; save it as plain text in UTF-8 first")
    for mark, what in _WIDE.items():
        if head.startswith(mark) and encoding is None:
            raise UnreadableFile(f"{name}: looks like UTF-16, not UTF-8; say so with --encoding {what}")


def _refuse_nul(text: str, *, name: str, lines: int) -> None:
    if "\0" in text:
        line = lines + text[: text.index("\0")].count("\n") + 1
        raise UnreadableFile(f"{name}: line {line} holds a NUL character: this is a binary file, not text")


def _undecodable(error: UnicodeDecodeError, name: str, offset: int, lines: int, encoding: str | None) -> UnreadableFile:
    line = lines + error.object[: error.start].count(b"\n") + 1
    bad = error.object[error.start] if error.start < len(error.object) else 0
    advice = "save it as UTF-8, or name its encoding, such as --encoding windows-1250"
    return UnreadableFile(
        f"{name}: byte 0x{bad:02x} at offset {offset} (line {line}) is not {encoding or 'UTF-8'}; {advice}"
    )


def _finish(decoder: codecs.IncrementalDecoder, name: str, read: int, lines: int, encoding: str | None) -> None:
    waiting = len(decoder.getstate()[0])
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise _undecodable(error, name, read - waiting + error.start, lines, encoding) from error
