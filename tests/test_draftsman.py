"""The process that draws maps for the service: limits on time, memory and queue, a cache, and errors that come back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import draftsman
from app.config import Settings
from app.draftsman import Draftsman
from app.prints import Wish
from app.resources import Resources
from geo.errors import GeoError, InvalidInput, TooBusy
from geo.model import Criteria

WISH = Wish(form="png", dpi=50)


@pytest.fixture
def drawing(small_settings: Settings) -> Iterator[Draftsman]:
    made = Draftsman(small_settings)
    yield made
    made.close()


@pytest.fixture
def small_settings(settings: Settings, small_store: Path) -> Settings:
    return replace(settings, store=small_store)


def test_same_filter_and_state_is_drawn_once(drawing: Draftsman, monkeypatch: pytest.MonkeyPatch) -> None:
    first = drawing.drawn(Criteria(), WISH, "1")
    assert first.startswith(b"\x89PNG")
    asked: list[Wish] = []
    real = Draftsman._ask

    def counted(self: Draftsman, criteria: Criteria, wish: Wish) -> bytes:
        asked.append(wish)
        return real(self, criteria, wish)

    monkeypatch.setattr(Draftsman, "_ask", counted)
    assert drawing.drawn(Criteria(), WISH, "1") is first
    assert asked == []
    assert drawing.drawn(Criteria(), WISH, "2") == first
    assert drawing.drawn(Criteria(), replace(WISH, theme="dark"), "1") != first
    assert drawing.drawn(Criteria(kinds=("incident",)), WISH, "1") != first
    assert len(asked) == 3


def test_fault_of_the_wish_comes_back_as_it_was(drawing: Draftsman) -> None:
    with pytest.raises(InvalidInput, match="layout locator: shows one event"):
        drawing.drawn(Criteria(), replace(WISH, layout="locator"), "1")
    assert drawing.drawn(Criteria(), WISH, "1")


def test_map_that_takes_too_long_is_given_up_and_the_next_is_drawn(
    small_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Draftsman(replace(small_settings, render_limit_s=0))
    monkeypatch.setattr(draftsman, "_START_S", 0.05)
    try:
        with pytest.raises(TooBusy, match="took longer"):
            made.drawn(Criteria(), WISH, "1")
        monkeypatch.setattr(draftsman, "_START_S", 120.0)
        assert made.drawn(Criteria(), WISH, "1")
    finally:
        made.close()


def test_memory_is_bounded_and_a_lost_worker_is_replaced(drawing: Draftsman, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draftsman, "MOST_MEMORY_BYTES", 150 << 20)
    with pytest.raises(GeoError, match="memory"):
        drawing.drawn(Criteria(), WISH, "1")
    monkeypatch.undo()
    drawing.close()
    assert drawing.drawn(Criteria(), WISH, "1")


def test_full_queue_is_told_to_come_back(small_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Draftsman(replace(small_settings, max_renders=1, render_wait_s=30.0))
    go_on = threading.Event()
    started = threading.Semaphore(0)

    def slow(self: Draftsman, criteria: Criteria, wish: Wish) -> bytes:
        started.release()
        go_on.wait(30)
        return wish.title.encode()

    monkeypatch.setattr(Draftsman, "_ask", slow)
    with ThreadPoolExecutor(3) as pool:
        waiting = [pool.submit(made.drawn, Criteria(), replace(WISH, title=f"t{i}"), "1") for i in range(2)]
        assert started.acquire(timeout=30)
        while made._queue._free.acquire(blocking=False):  # until the second has its place in the queue
            made._queue._free.release()
        with pytest.raises(TooBusy):
            made.drawn(Criteria(), replace(WISH, title="third"), "1")
        go_on.set()
        assert {one.result(30) for one in waiting} == {b"t0", b"t1"}


def test_view_draws_what_it_is_asked_for(client: FlaskClient) -> None:
    english = client.get("/export/map.svg?layout=density&theme=dark&size=square")
    assert english.status_code == 200
    assert "Events in a hexagon" in english.get_data(as_text=True)
    assert "ibar-density.svg" in english.headers["Content-Disposition"]
    albanian = client.get("/export/map.svg?layout=locator&id=clash&lang=sq").get_data(as_text=True)
    assert "Vendkalim" in albanian
    assert client.get("/export/map.pdf?layout=report").get_data().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("layout=poster", 400),
        ("theme=/etc/passwd", 400),
        ("theme=own.toml", 400),
        ("size=a0", 400),
        ("layout=report", 400),
        ("layout=locator&id=draft-secret", 400),
        ("id=", 400),
    ],
)
def test_view_answers_what_cannot_be_drawn(client: FlaskClient, query: str, status: int) -> None:
    response = client.get(f"/export/map.png?{query}")
    assert response.status_code == status
    assert "zebrafinch" not in response.get_data(as_text=True)


def test_view_says_when_to_come_back(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: Any) -> bytes:
        raise TooBusy("too many")

    monkeypatch.setattr(Draftsman, "drawn", busy)
    response = client.get("/export/map.png")
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0


def test_cache_lets_go_of_the_oldest() -> None:
    kept = draftsman._Kept(10)
    for name in ("a", "b", "c"):
        kept.keep(name, b"1234")
    assert kept.get("a") is None
    assert kept.get("b") == kept.get("c") == b"1234"
    kept.keep("large", b"x" * 11)
    assert kept.get("large") is None


def test_closing_ends_the_worker(small_settings: Settings) -> None:
    here = Resources(small_settings)
    assert here.draftsman.drawn(Criteria(), WISH, "1")
    worker = here.draftsman._worker
    assert worker is not None
    here.close()
    assert not worker.is_fit
