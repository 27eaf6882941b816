"""An application in, the same one out whose threads compute one after another instead of all at once.

Python's threads share one lock, and each call of SQLite gives it away: with four threads at work a request waits for it
again and again, and a process answers half as many requests as with one. Who comes while another computes therefore
waits here, but not for long, so that a slow question holds nobody up. What is long by nature takes no turn.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any, Final

from flask import Flask

PATIENCE_S: Final = 0.03
"""Some ten times what a usual answer takes."""
LONG: Final = ("/export", "/api/export", "/api/changes", "/api/extract", "/preview.png", "/embed")

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def register(app: Flask) -> None:
    """Let the threads of this process take turns."""
    app.wsgi_app = TurnTaking(app.wsgi_app)  # type: ignore[method-assign]


class TurnTaking:
    """A WSGI application that answers one request after another, as far as that is quick."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._turn = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a request; what it streams is sent after its turn."""
        if environ.get("PATH_INFO", "").startswith(LONG):
            return self._application(environ, start_response)
        has_turn = self._turn.acquire(timeout=PATIENCE_S)
        try:
            return self._application(environ, start_response)
        finally:
            if has_turn:
                self._turn.release()
