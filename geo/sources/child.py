"""A foreign file on standard input, its texts as JSON on standard output; this is a process of its own.

`geo.sources.foreign` starts it. It takes limits upon itself before it reads anything, and can reach neither the network
nor other programs nor files to write.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from importlib import import_module
from typing import Any, Final

from geo.errors import InvalidInput, TooLarge
from geo.sources import limits
from geo.sources.parts import MAX_TEXT

_READERS: Final = {"html": "geo.sources.html", "pdf": "geo.sources.pdf", "feed": "geo.sources.feeds"}


def main() -> None:
    """Read the format and the encoding from the arguments, the file from standard input, and answer."""
    form, encoding = sys.argv[1:3]
    limits.take()
    try:
        data = sys.stdin.buffer.read()
        reader = import_module(_READERS[form])
        sys.addaudithook(limits.refuse)  # after the import, for libraries look around once when they start
        answer = _answer(reader, data, encoding or None)
        sys.stdout.buffer.write(json.dumps(answer).encode("ascii"))
        sys.stdout.buffer.flush()
    except MemoryError:
        os._exit(limits.OUT_OF_MEMORY)


def _answer(reader: Any, data: bytes, encoding: str | None) -> dict[str, Any]:
    try:
        parts = reader.read(data, encoding=encoding)
        if sum(len(part.text) for part in parts) > MAX_TEXT:
            raise TooLarge(f"holds more than {MAX_TEXT / 1e6:g} million characters of text; cut it into parts")
        return {"parts": [asdict(part) for part in parts]}
    except InvalidInput as error:
        return {"error": str(error), "is_large": isinstance(error, TooLarge)}
    except RecursionError:
        return {"error": "is nested too deeply to be read"}
    except MemoryError:
        raise
    except Exception as error:  # whatever a parser makes of a hostile file is an answer, not a crash
        return {"error": f"cannot be read: its parser gave up ({type(error).__name__})"}


if __name__ == "__main__":
    main()
