"""The map with more events than a page can carry, in a real browser: clusters, hexagons, time, charts, place search."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from app.config import Settings
from bench.synthetic import events
from geo.store import open_store
from tests.browsing import chromium_browser, visit
from tests.conftest import serving

pytestmark = pytest.mark.browser

NUMBER = 2_500


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium_browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path: Path = tmp_path_factory.mktemp("many") / "ibar.gpkg"
    store = open_store(path)
    store.seed(events(NUMBER))
    store.close()
    with serving(replace(Settings.from_environ({}), store=path)) as served:
        yield served


def clusters(page: Page) -> Any:
    return page.locator(".cluster-marker")


def shown_in_chart(page: Page) -> int:
    return sum(int(text.replace(",", "")) for text in page.locator(".types td.number").all_text_contents())


def test_clusters_are_few_and_count_what_the_page_says(browser: Browser, address: str) -> None:
    with visit(browser) as seen:
        page = seen.go(address)
        expect(page.locator("#status")).to_contain_text("2,500 events")
        assert 10 < clusters(page).count() < 200
        loaded = [url for url in seen.asked if "/api/events" in url]
        assert loaded == []
        assert seen.errors == []


def test_a_cluster_opens_as_a_list_by_key_and_gives_the_focus_back(browser: Browser, address: str) -> None:
    with visit(browser) as seen:
        page = seen.go(address)
        numbered = [(int(text.replace(",", "")), i) for i, text in enumerate(clusters(page).all_text_contents())]
        number, at = max(numbered)
        marker = clusters(page).nth(at)
        expect(marker).to_have_attribute("aria-label", f"{number:,} events")
        marker.focus()
        page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_role("heading")).to_have_text(f"{number:,} events")
        expect(dialog.locator(".event-button")).to_have_count(20)
        dialog.get_by_role("button", name="Show more").click()
        expect(dialog.locator(".event-button")).to_have_count(40)
        dialog.locator(".event-button").first.click()
        expect(dialog).to_contain_text("Synthetic event")
        page.keyboard.press("Escape")
        expect(marker).to_be_focused()
        assert seen.errors == []


def test_zooming_in_shows_single_events(browser: Browser, address: str) -> None:
    with visit(browser) as seen:
        page = seen.go(f"{address}/?map=13/42.8830/20.8670")
        expect(clusters(page)).to_have_count(0)
        expect(page.locator(".event-marker[data-anchor]").first).to_be_visible()
        assert seen.errors == []


def test_time_by_key_narrows_address_count_and_clusters(browser: Browser, address: str) -> None:
    with visit(browser) as seen:
        page = seen.go(address)
        assert page.locator(".time-bar").count() > 300
        page.get_by_role("slider", name="Beginning of the interval").focus()
        page.keyboard.press("PageUp")
        expect(page.locator("#status")).not_to_contain_text("2,500")
        told = re.search(r"from=(\d{4}-\d\d-\d\d)", page.url)
        assert told is not None
        expect(page.locator("input[name=from]")).to_have_value(told[1])
        answer = page.request.get(f"{address}/api/events?limit=1&datetime={told[1]}/..").json()
        expect(page.locator("#status")).to_contain_text(f"{answer['numberMatched']:,} events")
        page.get_by_role("button", name="Whole time").click()
        expect(page.locator("#status")).to_contain_text("2,500 events")
        assert "from=" not in page.url
        assert seen.errors == []


def test_steps_and_play_move_the_interval(browser: Browser, address: str) -> None:
    with visit(browser) as seen:
        page = seen.go(address)
        page.get_by_role("button", name="One interval forward").click()
        expect(page).to_have_url(re.compile("to=2000-05-31"))
        page.get_by_role("button", name="One interval forward").click()
        expect(page).to_have_url(re.compile("to=2001-05-31&from=2000-06-01"))
        page.get_by_role("button", name="Play").click()
        expect(page).to_have_url(re.compile("from=2001-06-01"))
        page.get_by_role("button", name="Pause").click()
        assert seen.errors == []


def test_hexagons_are_in_the_address_and_zoom_by_key(browser: Browser, address: str) -> None:
    with visit(browser) as seen:
        page = seen.go(address)
        page.get_by_role("button", name="Hexagons").click()
        expect(page.locator("path.hexagon").first).to_be_attached()
        assert "view=hexagons" in page.url
        page.reload()
        page.wait_for_selector("path.hexagon")
        page.locator("path.hexagon").first.focus()
        before = page.evaluate("window.ibar.map.getZoom()")
        page.keyboard.press("Enter")
        page.wait_for_function("before => window.ibar.map.getZoom() > before", arg=before)
        page.get_by_role("button", name="Hexagons").click()
        expect(page.locator("path.hexagon")).to_have_count(0)
        assert seen.errors == []


def test_strip_leads_to_the_map_and_types_follow_the_view(browser: Browser, address: str) -> None:
    with visit(browser) as seen:
        page = seen.go(address)
        page.get_by_text("Charts", exact=True).click()
        page.wait_for_selector(".types .number", state="attached")
        before = shown_in_chart(page)
        assert before > 1_500
        page.locator(".strip-cell").first.click()
        page.wait_for_function("window.ibar.map.getZoom() >= 11")
        page.wait_for_timeout(1_000)
        assert shown_in_chart(page) < before
        assert seen.errors == []


@pytest.mark.parametrize("name", ["Zveçan", "Звечан", "zvecan", "Zvečan"])
def test_place_search_takes_any_spelling_by_key(browser: Browser, address: str, name: str) -> None:
    with visit(browser) as seen:
        page = seen.go(address)
        field = page.get_by_role("combobox", name="Go to a place")
        field.fill(name)
        expect(page.locator("#place-options li").first).to_contain_text("Zvečan")
        field.press("ArrowDown")
        field.press("Enter")
        page.wait_for_function("window.ibar.map.getCenter().distanceTo([42.909, 20.840]) < 5000")
        expect(page.locator("#status")).to_contain_text("The map shows")
        assert seen.errors == []


def test_measuring_by_key_tells_the_length(browser: Browser, address: str) -> None:
    with visit(browser) as seen:
        page = seen.go(address)
        page.get_by_role("button", name="Measure").click()
        page.keyboard.press("Enter")
        page.evaluate("window.ibar.map.panBy([300, 0], { animate: false })")
        page.keyboard.press("Enter")
        expect(page.locator("#status")).to_contain_text("km in a straight line")
        assert page.locator("path.measure-line").count() == 1
        assert seen.errors == []


@pytest.mark.parametrize(("lang", "words"), [("sq", "ngjarje"), ("sr", "događaja"), ("sr-Cyrl", "догађаја")])
def test_other_languages(browser: Browser, address: str, lang: str, words: str) -> None:
    with visit(browser) as seen:
        page = seen.go(f"{address}/?lang={lang}")
        expect(page.locator(".time-told")).to_contain_text(words)
        assert seen.errors == []


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1440, "dark"), (768, "light"), (320, "dark")])
@pytest.mark.parametrize("query", ["", "?view=hexagons"])
def test_no_axe_violation_and_nothing_wider_than_the_page(
    browser: Browser, address: str, width: int, scheme: Any, query: str
) -> None:
    with visit(browser, width=width, color_scheme=scheme) as seen:
        page = seen.go(f"{address}/{query}")
        page.get_by_text("Charts", exact=True).click()
        page.wait_for_selector(".strip-cell", state="attached")
        box = page.locator(".folium-map").bounding_box()
        assert box is not None
        assert box["height"] > 300
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = Axe().run(page)["violations"]
        assert [(v["id"], [node["html"][:120] for node in v["nodes"][:2]]) for v in found] == []
