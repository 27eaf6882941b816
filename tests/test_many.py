"""The map with more events than a page can carry, in a real browser: clusters, hexagons, time, charts, place search."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from app.config import Settings
from bench.synthetic import events
from geo.model import Event
from geo.store import open_store
from tests.browsing import visit
from tests.conftest import serving

pytestmark = pytest.mark.browser

NUMBER = 2_500
BY_AREA = 3


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, make_event: Callable[..., Event]) -> Iterator[str]:
    path: Path = tmp_path_factory.mktemp("many") / "ibar.gpkg"
    store = open_store(path)
    store.seed(events(NUMBER - BY_AREA))
    store.seed(
        make_event(
            id=f"area-{n}", event_type="raid", title=f"Area event {n}", date_start="2021-03", place_name="Kosovo"
        )
        for n in range(BY_AREA)
    )
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
        expect(marker).to_have_attribute("aria-label", re.compile(rf"^{number:,} events\. .*: \d+"))
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


def test_clusters_tell_types_and_certainty_to_eye_and_ear(browser: Browser, address: str) -> None:
    with visit(browser) as seen:
        page = seen.go(f"{address}/?within_km=60")
        number = max(int(text.replace(",", "")) for text in clusters(page).all_text_contents())
        marker = clusters(page).filter(has_text=re.compile(f"^{number:,}$")).first
        assert marker.locator(".count-arc").count() > 3
        assert marker.locator(".sure-frame").count() == 1
        told = marker.get_attribute("aria-label") or ""
        parts = {name: int(n) for name, n in re.findall(r"(?:\. |; )([^;:]+): (\d+)", told)}
        sure = {name: n for name, n in parts.items() if "within the distance" in name}
        assert sum(sure.values()) == number
        assert sum(parts.values()) == 2 * number
        marker.hover()
        expect(page.locator(".leaflet-tooltip .breakdown li")).to_have_count(len(parts))
        patterns = page.evaluate(
            "[...document.querySelectorAll('.count-arc')].map(a => a.getAttribute('stroke-dasharray'))"
        )
        assert len(set(patterns)) > 4
        assert seen.errors == []


@pytest.mark.parametrize("query", ["", "?view=hexagons"])
def test_layer_control_narrows_what_is_counted(browser: Browser, address: str, query: str) -> None:
    with visit(browser) as seen:
        page = seen.go(f"{address}/{query}")
        name = "hexagons" if query else "clusters"
        page.locator(".leaflet-control-layers").hover()
        with page.expect_response(
            lambda answer: f"/api/{name}" in answer.url and "kind=deployment" in answer.url
        ) as told:
            page.get_by_label("Incidents").last.uncheck()
        body = told.value.json()
        drawn = page.locator("path.hexagon" if query else ".event-marker")
        if query:
            expect(drawn).to_have_count(len(body[name]))
        else:
            total = sum(row[2] for row in body[name])
            expect(page.locator("body")).to_have_attribute("data-in-view", str(total))
        page.get_by_label("Deployments").last.uncheck()
        expect(drawn).to_have_count(0)
        page.get_by_label("Incidents").last.check()
        expect(drawn.first).to_be_attached()
        assert seen.errors == []


def test_areas_are_shaded_with_their_count_beside_clusters(browser: Browser, address: str) -> None:
    with visit(browser) as seen:
        page = seen.go(address)
        assert clusters(page).count() > 10
        area = page.locator(".area-label")
        expect(area).to_have_attribute("aria-label", f"Kosovo: {BY_AREA} events known only by this area")
        assert page.locator("path.area-shade").count() >= 1
        expect(page.locator("#status")).to_contain_text(f"{BY_AREA} known only by area")
        area.focus()
        page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog")
        expect(dialog.locator(".event-button")).to_have_count(BY_AREA)
        dialog.get_by_role("button", name="Area event 1").click()
        expect(dialog).to_contain_text("known only by area")
        page.keyboard.press("Escape")
        expect(area).to_be_focused()
        page.locator("#by-area .event-button").click()
        expect(dialog.locator(".event-button")).to_have_count(BY_AREA)
        page.keyboard.press("Escape")
        page.evaluate("window.ibar.map.panBy([40, 0], { animate: false })")
        page.get_by_role("button", name="One interval forward").click()
        expect(area).to_have_count(0)
        assert seen.errors == []


def test_the_page_asks_for_nothing_twice(browser: Browser, address: str) -> None:
    for query in (
        "",
        "?kind=deployment",
        "?within_km=15&certainty=likely",
        "?from=2010-01-01&to=2011-12-31",
        "?q=event",
    ):
        with visit(browser) as seen:
            seen.go(f"{address}/{query}")
            assert sorted(seen.asked) == sorted(set(seen.asked)), query
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
        assert (page.locator(".time-bar.is-in").get_attribute("d") or "").count("M") > 300
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
        expect(page).to_have_url(re.compile("to=1999-12-31"))
        page.get_by_role("button", name="One interval forward").click()
        expect(page).to_have_url(re.compile("to=2000-12-31&from=2000-01-01"))
        page.get_by_role("button", name="Play").click()
        expect(page).to_have_url(re.compile("from=2001-01-01"))
        page.get_by_role("button", name="Pause").click()
        assert seen.errors == []


def test_hexagons_are_in_the_address_and_zoom_by_key(browser: Browser, address: str) -> None:
    with visit(browser) as seen:
        page = seen.go(address)
        page.get_by_role("button", name="Hexagons").click()
        expect(page.locator("path.hexagon").first).to_be_attached()
        assert "view=hexagons" in page.url
        legend = page.get_by_role("region", name="Events per hexagon").get_by_role("listitem")
        ranges = [text.strip() for text in legend.all_text_contents()]
        assert re.fullmatch(r"1(–\d+)?", ranges[0])
        assert ranges[-1].endswith("or more")
        classes = set(page.evaluate("[...document.querySelectorAll('.hexagon')].map(h => h.classList[1])"))
        assert len(classes) <= len(ranges)
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
