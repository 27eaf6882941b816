"""Settings, then filters and wishes in from a pipe; printed maps out of it: the process behind `app.draftsman`."""

from __future__ import annotations

import resource
import sys
from contextlib import closing
from multiprocessing.connection import Connection
from typing import Any

from app.config import Settings
from app.prints import Wish, printed
from app.resources import Resources
from geo.errors import GeoError
from geo.model import Criteria


def serve(pipe: Connection) -> None:
    """Draw what is asked for until the pipe is closed."""
    settings, most_bytes = pipe.recv()
    resource.setrlimit(resource.RLIMIT_AS, (most_bytes, most_bytes))
    _warm(settings)
    with closing(Resources(settings)) as here:
        while True:
            try:
                criteria, wish = pipe.recv()
            except EOFError:
                return
            pipe.send(_answer(here, criteria, wish))


def _warm(settings: Settings) -> None:
    """Load what every map needs."""
    from geo.exports import basemap, fonts

    fonts.prepare(settings.cache / "fonts")
    basemap.load()


def _answer(here: Resources, criteria: Criteria, wish: Wish) -> tuple[str, Any]:
    try:
        return "drawn", printed(here, criteria, wish)
    except MemoryError:
        return "MemoryError", ""
    except GeoError as error:
        return type(error).__name__, str(error)


if __name__ == "__main__":
    serve(Connection(int(sys.argv[1])))
