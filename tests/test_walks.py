"""Every feature of the map by mouse and by keyboard, in each written form and at three widths: one walk for each."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from app.config import Settings
from bench.synthetic import events
from geo.model import Event, Evidence
from geo.store import open_store
from tests.browsing import POPUP_FADE_MS, visit
from tests.conftest import serving

pytestmark = pytest.mark.browser

LANGUAGES = ("en", "sq", "sr-Latn", "sr-Cyrl")
WIDTHS = (320, 768, 1440)
WALKS = [
    (language, width, is_keyboard)
    for row, language in enumerate(LANGUAGES)
    for column, width in enumerate(WIDTHS)
    for is_keyboard in (False, True)
    if language == "en" or (row + column) % 2 == is_keyboard
]
"""English both ways at each width; the other languages by turns, so that each is walked both ways and at each width."""
CYRILLIC = re.compile("[\u0400-\u04ff]")


@pytest.fixture(scope="module")
def addresses(
    tmp_path_factory: pytest.TempPathFactory, small_events: tuple[Event, ...], make_event: Callable[..., Event]
) -> Iterator[dict[str, str]]:
    """Two maps: one that carries its events, one with more than a page carries."""
    folder: Path = tmp_path_factory.mktemp("features")
    clash, *others = small_events
    quote = Evidence(document_id="d", start=0, end=4, text="Four people died.")
    clash = replace(clash, facts=replace(clash.facts, evidence=(quote,)))
    area = make_event(id="area", event_type="raid", title="Area", date_start="2021-03", place_name="Kosovo")
    contents = {"few": (clash, *others), "many": (*events(2_400), area)}
    for name, content in contents.items():
        store = open_store(folder / f"{name}.gpkg")
        store.seed(content)
        store.close()
    settings = {name: replace(Settings.from_environ({}), store=folder / f"{name}.gpkg") for name in contents}
    with serving(settings["few"]) as few, serving(settings["many"]) as many:
        yield {"few": few, "many": many}


class Hand:
    """Presses things with the mouse or with keys alone."""

    def __init__(self, page: Page, *, is_keyboard: bool) -> None:
        self.page, self.is_keyboard = page, is_keyboard

    def press(self, target: Locator, key: str = "Enter") -> None:
        if self.is_keyboard:
            target.focus()
            self.page.keyboard.press(key)
        else:
            target.click()


def words(page: Page) -> dict[str, str]:
    """The strings of the page in its language, so that the walk finds a button by its name in each."""
    told: dict[str, Any] = json.loads(page.locator("#ibar-config").text_content() or "{}")
    return dict(told["strings"])


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


@pytest.mark.parametrize(("language", "width", "is_keyboard"), WALKS, ids=str)
def test_a_walk_over_single_events(
    browser: Browser, addresses: dict[str, str], language: str, width: int, is_keyboard: bool
) -> None:
    with visit(browser, width=width) as seen:
        page = seen.go(f"{addresses['few']}/?lang={language}&labels=sr")
        say, hand = words(page), Hand(page, is_keyboard=is_keyboard)
        assert page.locator("html").get_attribute("lang") == language
        label = page.locator(".map-label-place span[lang^=sr]").first
        assert label.get_attribute("lang") == ("sr-Cyrl" if language == "sr-Cyrl" else "sr-Latn")
        assert bool(CYRILLIC.search(label.text_content() or "")) == (language == "sr-Cyrl")

        symbol = page.locator(".event-marker[aria-label*='Exchange of fire']")
        hand.press(symbol)
        dialog = page.get_by_role("dialog")
        expect(dialog.locator("blockquote")).to_have_text("Four people died.")
        expect(dialog.locator(".popup-title")).to_have_attribute("lang", "en")
        page.keyboard.press("Escape")
        expect(symbol).to_be_focused()

        area = page.locator(".area-label").first
        hand.press(area if is_keyboard else area.locator(".area-chip"))
        expect(dialog.locator(".event-button")).to_have_count(1)
        hand.press(dialog.locator(".event-button"))
        page.wait_for_timeout(POPUP_FADE_MS)
        hand.press(button(dialog, say["back_to_list"]))  # type: ignore[arg-type]
        hand.press(button(dialog, say["close"]))  # type: ignore[arg-type]
        expect(dialog).to_have_count(0)

        fold = page.locator(".filter-fold")
        if fold.get_attribute("open") is None:
            hand.press(fold.locator("> summary"))
        near = page.locator("input[name=within_m][value='5000']")
        hand.press(near, "Space")
        expect(page).to_have_url(re.compile("within_m=5000"))
        expect(page.locator("#results tbody tr")).to_have_count(2)
        hand.press(page.locator("input[name=within_m][value='']"), "Space")
        page.locator("#q").fill("fire")
        hand.press(page.locator("#found .event-button").first)
        expect(dialog.locator(".popup-title")).to_have_text("Exchange of fire")
        page.keyboard.press("Escape")

        hand.press(page.locator("[data-share]"))
        code = page.locator("#share-dialog textarea").nth(1)
        expect(code).to_have_value(re.compile(f"/embed\\?.*lang={language}"))
        page.keyboard.press("Escape")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert seen.errors == []


@pytest.mark.parametrize(("language", "width", "is_keyboard"), WALKS, ids=str)
def test_a_walk_over_many_events(
    browser: Browser, addresses: dict[str, str], language: str, width: int, is_keyboard: bool
) -> None:
    with visit(browser, width=width) as seen:
        page = seen.go(f"{addresses['many']}/?lang={language}")
        say, hand = words(page), Hand(page, is_keyboard=is_keyboard)
        cluster = page.locator(".cluster-marker").last
        cell = page.locator(f"[data-cell='{cluster.get_attribute('data-cell')}']")
        cell.focus() if is_keyboard else cell.click(force=True)
        if is_keyboard:
            page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog")
        expect(dialog.locator(".event-button").first).to_be_visible()
        page.keyboard.press("Escape")
        expect(cell).to_be_focused()

        hand.press(button(page, say["time_forward"]))
        expect(page).to_have_url(re.compile("to="))
        hand.press(button(page, say["time_all"]))
        expect(page).not_to_have_url(re.compile("to="))
        hand.press(button(page, say["time_play"]))
        hand.press(button(page, say["time_pause"]))
        hand.press(button(page, say["time_all"]))

        hand.press(button(page, say["hexagons"]))
        expect(page.locator("path.hexagon").first).to_be_attached()
        expect(page.get_by_role("region", name=say["hexagon_legend"])).to_be_visible()
        hand.press(button(page, say["hexagons"]))
        expect(page.locator("path.hexagon")).to_have_count(0)

        hand.press(button(page, say["dark"]))
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        hand.press(button(page, say["measure"]))
        page.keyboard.press("Escape")
        place = page.get_by_role("combobox", name=say["search_place"])
        place.fill("Leposavić")
        option = page.locator("#place-options li").first
        expect(option).to_contain_text("Leposav")
        place.press("Enter") if is_keyboard else option.click()
        page.wait_for_function("window.ibar.map.getCenter().distanceTo([43.10, 20.80]) < 6000")

        hand.press(page.locator(".charts > summary"))
        hand.press(page.locator(".strip-cell").first)
        page.wait_for_function("window.ibar.map.getCenter().distanceTo([43.10, 20.80]) > 6000")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert seen.errors == []
