"""Threads of the service compute one after another, and a slow request holds nobody up."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from app.turn_taking import PATIENCE_S, TurnTaking


class Busy:
    """An application that tells how many requests it answers at the same time."""

    def __init__(self) -> None:
        self.most = 0
        self.gate = threading.Event()
        self._now = 0
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], _start_response: Any) -> Iterable[bytes]:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        if environ["PATH_INFO"] == "/slow":
            assert self.gate.wait(30)
        time.sleep(PATIENCE_S / 20)
        with self._lock:
            self._now -= 1
        if environ["PATH_INFO"] == "/broken":
            raise ValueError("broken")
        return [b"answer"]


def ask(application: TurnTaking, path: str) -> list[bytes]:
    return list(application({"PATH_INFO": path}, None))


def test_quick_requests_are_answered_one_after_another() -> None:
    busy = Busy()
    application = TurnTaking(busy)
    with ThreadPoolExecutor(3) as threads:
        answers = list(threads.map(lambda _: ask(application, "/api/events"), range(6)))
    assert answers == [[b"answer"]] * 6
    assert busy.most <= 2  # on a busy machine patience may run out once


def test_a_slow_request_and_long_ones_hold_nobody_up() -> None:
    busy = Busy()
    application = TurnTaking(busy)
    with ThreadPoolExecutor(1) as thread:
        slow = thread.submit(ask, application, "/slow")
        try:
            for path in ("/api/events", "/api/export"):
                assert ask(application, path) == [b"answer"]
            assert not slow.done()
        finally:
            busy.gate.set()
        assert slow.result(timeout=30) == [b"answer"]


def test_a_turn_ends_with_an_error() -> None:
    application = TurnTaking(Busy())
    with pytest.raises(ValueError, match="broken"):
        ask(application, "/broken")
    assert not application._turn.locked()
    assert ask(application, "/api/events") == [b"answer"]
