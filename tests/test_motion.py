"""How the map moves by itself: at once where little motion is asked for, and never under a press of the mouse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from app.config import Settings
from tests.browsing import visit
from tests.conftest import serving

pytestmark = pytest.mark.browser

NEAR = "/?map=11/42.9700/20.7000"
CLASH = ".event-marker[aria-label*='Exchange of fire']"
AT_RIGHT_EDGE = """(element) => {
  const { map } = window.ibar;
  const [box, view] = [element.getBoundingClientRect(), map.getContainer().getBoundingClientRect()];
  map.panBy([box.right - view.right - 6, box.top - view.top - 300], { animate: false });
}"""


@pytest.fixture(scope="module")
def address(small_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    store = tmp_path_factory.mktemp("motion") / "ibar.gpkg"
    store.write_bytes(small_store.read_bytes())
    with serving(replace(Settings.from_environ({}), store=store)) as served:
        yield served


def center(page: Page) -> Any:
    return page.evaluate("() => { const { lat, lng } = window.ibar.map.getCenter(); return [lat, lng]; }")


def at_right_edge(page: Page) -> Locator:
    """Move the map so that a symbol stands partly over its right edge."""
    symbol = page.locator(CLASH)
    symbol.evaluate(AT_RIGHT_EDGE)
    return symbol


def test_the_map_makes_room_at_once_where_little_motion_is_asked_for(browser: Browser, address: str) -> None:
    with visit(browser, width=768) as seen:
        page = seen.go(address)
        before = center(page)
        page.locator(CLASH).focus()
        moved = page.evaluate(
            f"""() => {{
              const {{ map }} = window.ibar;
              document.querySelector("{CLASH}").click();
              const told = [map.getCenter()];
              return new Promise((done) => {{
                setTimeout(() => done([told[0], map.getCenter()].map(({{ lat, lng }}) => [lat, lng])), 600);
              }});
            }}"""
        )
        assert moved[0] == moved[1] != before
        assert seen.errors == []


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_a_press_of_the_mouse_does_not_move_the_symbol_away(browser: Browser, address: str, motion: Any) -> None:
    with visit(browser) as seen:
        page = seen.go(address + NEAR)
        page.emulate_media(reduced_motion=motion)
        box = at_right_edge(page).bounding_box()
        assert box is not None
        before = center(page)
        page.mouse.move(box["x"] + 8, box["y"] + box["height"] / 2)
        page.mouse.down()
        page.wait_for_timeout(400)
        assert center(page) == before
        page.mouse.up()
        expect(page.get_by_role("dialog")).to_be_visible()
        assert seen.errors == []


def test_a_symbol_that_the_keyboard_reaches_comes_into_view(browser: Browser, address: str) -> None:
    with visit(browser) as seen:
        page = seen.go(address + NEAR)
        symbol = at_right_edge(page)
        page.keyboard.press("Tab")
        symbol.focus()
        inside = """(element) => {
          const [box, view] = [element.getBoundingClientRect(), window.ibar.map.getContainer().getBoundingClientRect()];
          return box.right <= view.right + 1;
        }"""
        assert symbol.evaluate(inside)
        assert seen.errors == []
