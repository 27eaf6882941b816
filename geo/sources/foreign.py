"""A foreign file's bytes in, its texts out: parsed in a child process that has little time, memory and nothing else."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from typing import Any, Final

from geo.errors import TooLarge, UnreadableFile
from geo.sources.formats import Format
from geo.sources.limits import MEMORY_BYTES, OUT_OF_MEMORY, SECONDS
from geo.sources.parts import Part

MAX_BYTES: Final = 5_000_000
"""Longest file that is given to a parser."""
_KEPT: Final = ("LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "PYTHONHOME", "PYTHONPATH", "SYSTEMROOT", "TZ")
"""What the child sees of the environment: nothing that may be secret."""
_OUT_OF_TIME: Final = frozenset((-signal.SIGALRM, -signal.SIGXCPU, -signal.SIGKILL))
_ADVICE: Final = "save what it says as plain text and read that"


def parse(data: bytes, form: Format, *, name: str, encoding: str | None = None) -> tuple[Part, ...]:
    """Return the texts of a web page, a PDF document or a feed.

    The parser runs in a process of its own with 10 seconds by the clock, 512 MB, no network, no other programs and no
    files to write; nothing is ever fetched.

    Raises
    ------
    TooLarge
        The file, or the text in it, is too long.
    UnreadableFile
        It is damaged, holds no text, or its parser crashed or ran out of time or memory.
    """
    if len(data) > MAX_BYTES:
        raise TooLarge(f"{name}: is longer than {MAX_BYTES / 1e6:g} MB; cut it into parts")
    with tempfile.TemporaryFile() as answer:  # a file, so that the kernel bounds it
        code = _run(data, (form, encoding or ""), answer)
        answer.seek(0)
        written = answer.read()
    if code:
        raise UnreadableFile(f"{name}: {_failure(code)}; {_ADVICE}")
    return _parts(written, name)


def _run(data: bytes, arguments: tuple[str, str], answer: Any) -> int:
    """Return the child's exit status, negative for the signal that ended it."""
    command = [sys.executable, "-B", "-P", "-X", "utf8", "-m", "geo.sources.child", *arguments]
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    try:
        done = subprocess.run(  # our own module, with a format and the name of an encoding
            command,
            input=data,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            env=environment,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return -signal.SIGKILL
    return done.returncode


def _failure(code: int) -> str:
    if code in _OUT_OF_TIME:
        return f"reading it took longer than {SECONDS} seconds"
    if code == OUT_OF_MEMORY:
        return f"reading it needed more than {MEMORY_BYTES >> 20} MB of memory"
    return f"its parser crashed (status {code}): the file is damaged, or needs more than {MEMORY_BYTES >> 20} MB"


def _parts(written: bytes, name: str) -> tuple[Part, ...]:
    try:
        answer = json.loads(written)
    except ValueError as error:
        raise UnreadableFile(f"{name}: its parser gave no answer; {_ADVICE}") from error
    if "error" in answer:
        raise (TooLarge if answer.get("is_large") else UnreadableFile)(f"{name}: {answer['error']}")
    return tuple(Part(**part) for part in answer["parts"])
