"""What a new user's trial of the map page found, each as a test: play, Back, room, measuring, empty answers, frames."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from app.config import Settings
from app.sharing import frame_code
from geo.model import Event
from geo.store import open_store
from tests.browsing import POPUP_FADE_MS, READY, visit
from tests.conftest import serving
from tests.test_embed import newsroom

pytestmark = pytest.mark.browser

AGREES = """() => {
    const asked = new URLSearchParams(location.search);
    const { map } = window.ibar, { lat, lng } = map.getCenter();
    const view = asked.get("map")?.split("/").map(Number) || [map.getZoom(), lat, lng];
    const menu = document.querySelector("a[data-choice=theme][aria-current]");
    return {
        theme: (document.documentElement.dataset.theme || null) === asked.get("theme"),
        menu: (new URL(menu.href).searchParams.get("theme") || null) === asked.get("theme"),
        view: map.getZoom() === view[0] && Math.abs(lat - view[1]) + Math.abs(lng - view[2]) < 0.001,
        kind: document.querySelector("[name=kind]:checked").value === (asked.get("kind") || ""),
        hexagons: document.querySelector(".tool-hexagons").ariaPressed === String(asked.get("view") === "hexagons"),
        event: Boolean(document.querySelector("[role=dialog].popup-dialog")) === asked.has("event"),
    };
}"""
"""Tells for each thing in the address whether the page shows it."""
MARKS_UNDER_CONTROLS = """() => {
    const box = (one) => one.getBoundingClientRect();
    const controls = [...document.querySelectorAll(".map-tools, .legend, .leaflet-control")].map(box);
    const whole = box(document.querySelector(".folium-map"));
    return [...document.querySelectorAll(".event-marker")].map(box).filter((mark) => (
        mark.left < whole.left || mark.right > whole.right || mark.top < whole.top || mark.bottom > whole.bottom
        || controls.some((other) => mark.left < other.right && other.left < mark.right
            && mark.top < other.bottom && other.top < mark.bottom))).length;
}"""


@pytest.fixture(scope="module")
def address(
    tmp_path_factory: pytest.TempPathFactory, small_events: tuple[Event, ...], make_event: Callable[..., Event]
) -> Iterator[str]:
    """The small store, with an early event in the south, and several at Banjska with a long summary."""
    south = {"lon": "20.7397", "lat": "42.2139", "place_name": "Prizren", "uncertainty_m": "1000"}
    place = {"lon": "20.7813", "lat": "42.9728", "place_name": "Banjska", "uncertainty_m": "1000"}
    added = [
        make_event(id="early", event_type="arson", title="A fire", date_start="2019-05-01", **south),
        make_event(
            id="raid", event_type="raid", title="A search", summary="Long. " * 90, date_start="2023-09-25", **place
        ),
    ]
    path: Path = tmp_path_factory.mktemp("page") / "ibar.gpkg"
    store = open_store(path)
    store.seed((*small_events, *added))
    store.close()
    with serving(replace(Settings.from_environ({}), store=path)) as served:
        yield served


def eventually(holds: Callable[[], bool]) -> None:
    """Wait until something is so: the page's own policy keeps Playwright from asking in the page again and again."""
    for _ in range(200):
        if holds():
            return
        sleep(0.1)
    raise AssertionError("it did not come about")


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def box(element: Locator) -> Any:
    found = element.bounding_box()
    assert found is not None
    return found


def test_play_goes_over_periods_with_events_and_gives_the_readers_own_back(browser: Browser, address: str) -> None:
    with visit(browser) as seen:
        page = seen.go(f"{address}/?from=2019-01-01&to=2019-12-31")
        page.get_by_label("Speed").select_option("Fast")
        button(page, "Play").click()
        expect(page).to_have_url(re.compile("from=2022-01-01"))
        expect(page.locator("[name=from]")).to_have_value("2022-01-01")
        expect(page.locator("#described")).to_contain_text("2022")
        expect(page).to_have_url(re.compile("from=2023-01-01"))
        expect(page).to_have_url(re.compile("from=2019-01-01.*to=2019-12-31"))
        expect(page.locator("#status")).to_contain_text("Play has ended")
        button(page, "Play").click()
        expect(page.locator("#described")).to_contain_text("2019")
        assert "from=2019-01-01" in page.url, "a press that was meant for Pause does not start it again"
        expect(button(page, "Play")).to_be_visible()
        assert seen.errors == []


def test_choosing_a_period_or_stop_ends_play(browser: Browser, address: str) -> None:
    with visit(browser) as seen:
        page = seen.go(f"{address}/?from=2019-01-01&to=2019-12-31")
        button(page, "Play").click()
        expect(page).to_have_url(re.compile("from=2022-01-01"))
        button(page, "Pause").click()
        button(page, "Stop").click()
        expect(page).to_have_url(re.compile("from=2019-01-01.*to=2019-12-31"))
        page.get_by_label("Speed").select_option("Fast")
        page.locator("[data-years]").select_option("2022")
        expect(page).to_have_url(re.compile("from=2022-01-01&to=2022-12-31"))
        button(page, "Play").click()
        expect(page).to_have_url(re.compile("from=2023-01-01"))
        button(page, "Whole time").click()
        expect(page).not_to_have_url(re.compile("from="))
        page.wait_for_timeout(1_000)
        assert "from=" not in page.url
        expect(button(page, "Stop")).to_be_disabled()
        expect(page.locator("[data-years]")).to_have_value("")
        assert seen.errors == []


def test_back_and_forward_show_all_that_the_address_says(browser: Browser, address: str) -> None:
    with visit(browser, color_scheme="light") as seen:
        page = seen.go(address)
        for step in (
            lambda: page.get_by_role("radio", name="Incidents", exact=True).check(),
            lambda: page.get_by_role("radio", name="Deployments", exact=True).check(),
            lambda: button(page, "Dark").click(),
            lambda: page.evaluate("window.ibar.map.setView([42.78, 20.95], 12, { animate: false })"),
            lambda: page.locator(".event-marker").first.press("Enter"),
            lambda: page.get_by_role("radio", name="All", exact=True).check(),
            lambda: button(page, "Hexagons").click(),
            page.go_back,
            page.go_back,
            page.go_back,
            page.go_forward,
            page.go_forward,
        ):
            before = page.url
            step()
            eventually(lambda before=before: page.url != before)
            eventually(lambda: set(page.evaluate(AGREES).values()) == {True})
        assert seen.errors == []


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (900, 800), (375, 800)])
def test_show_all_keeps_every_symbol_clear_of_controls(browser: Browser, address: str, width: int, height: int) -> None:
    with visit(browser, width=width, height=height) as seen:
        page = seen.go(address)
        sizes = "(({ x, y }, { clientWidth, clientHeight }) => x === clientWidth && y === clientHeight)"
        assert page.evaluate(f"{sizes}(window.ibar.map.getSize(), document.querySelector('.folium-map'))")
        page.evaluate("window.ibar.map.setView([43.0, 20.9], 13, { animate: false })")
        if width == 900:
            page.locator(".legend summary").click()
        button(page, "Show all on the map").click()
        expect(button(page, "Show all on the map")).to_have_count(0)
        expect(page.locator(".event-marker")).not_to_have_count(0)
        assert page.evaluate(MARKS_UNDER_CONTROLS) == 0
        assert seen.errors == []


@pytest.mark.parametrize(("width", "is_touch"), [(1440, False), (320, True)])
def test_dialog_is_clear_of_the_tools_and_keeps_its_head(
    browser: Browser, address: str, width: int, is_touch: bool
) -> None:
    with visit(browser, width=width, height=800, has_touch=is_touch) as seen:
        page = seen.go(address)
        page.locator("#results a[data-show-event=raid]").click()
        dialog = page.locator(".popup-dialog")
        expect(dialog.locator(".popup-title")).to_have_text("A search")
        expect(button(page, "Back to the list")).to_have_count(0)
        expect(dialog).to_have_class(re.compile("has-more"))
        whole, popup = box(page.locator(".folium-map")), box(dialog)
        assert popup["y"] >= whole["y"]
        tools = box(page.locator(".map-tools"))
        assert popup["y"] >= tools["y"] + tools["height"]
        dialog.evaluate("element => { element.scrollTop = 200; }")
        assert abs(box(button(page, "Close"))["y"] - popup["y"]) < 10
        button(page, "Close").click()
        expect(dialog).to_have_count(0)
        marker = page.locator(".count-marker").first
        marker.tap() if is_touch else marker.click()
        dialog.get_by_role("button", name="A search").click()
        page.wait_for_timeout(POPUP_FADE_MS)
        expect(page.locator(".leaflet-tooltip")).to_have_count(0)
        button(page, "Back to the list").click()
        assert seen.errors == []


def test_measuring_opens_nothing_and_writes_the_length_on_the_map(browser: Browser, address: str) -> None:
    with visit(browser) as seen:
        page = seen.go(address)
        before, zoom = box(page.locator(".distance")), page.evaluate("window.ibar.map.getZoom()")
        button(page, "Measure").click()
        expect(page.locator(".map-note-measure")).to_contain_text("double click ends")
        mark = box(page.locator(".event-marker").first)
        at = (mark["x"] + mark["width"] / 2, mark["y"] + mark["height"] / 2)
        page.mouse.click(*at)
        page.mouse.dblclick(at[0] + 120, at[1] + 60)
        expect(page.locator(".measure-length")).to_contain_text("km")
        expect(page.locator("path.measure-point")).to_have_count(2)
        expect(page.locator(".popup-dialog")).to_have_count(0)
        assert page.evaluate("window.ibar.map.getZoom()") == zoom
        page.mouse.click(at[0] + 200, at[1])
        expect(page.locator("path.measure-point")).to_have_count(1)
        assert box(page.locator(".distance")) == before
        page.locator(".folium-map").focus()
        page.keyboard.press("Escape")
        expect(page.locator(".map-note-measure, .measure-point")).to_have_count(0)
        page.locator(".event-marker").first.click()
        expect(page.locator(".popup-dialog")).to_have_count(1)
        assert seen.errors == []


@pytest.mark.parametrize("width", [1440, 320])
def test_nothing_moves_when_nothing_matches_and_filters_are_cleared_at_once(
    browser: Browser, address: str, width: int
) -> None:
    with visit(browser, width=width) as seen:
        page = seen.go(f"{address}/?theme=dark")
        page.locator(".filter-fold").evaluate("element => { element.open = true; }")
        ground, field = box(page.locator(".folium-map")), box(page.locator(".distance"))
        page.locator("[data-years]").select_option("2023")
        expect(page.locator("#described")).to_contain_text("2023")
        assert box(page.locator(".distance")) == field
        page.locator("#q").fill("nothing like it")
        expect(page.locator(".map-note-empty")).to_contain_text("No event matches.")
        expect(page.get_by_role("region", name="Time", exact=True)).to_be_visible()
        now = box(page.locator(".folium-map"))
        assert (now["width"], now["height"]) == (ground["width"], ground["height"])
        page.locator(".map-note-empty").get_by_role("button", name="Clear all filters").click()
        expect(page.locator("#results tbody tr")).to_have_count(7)
        expect(page.locator("#q")).to_have_value("")
        assert "theme=dark" in page.url
        assert "from=" not in page.url
        assert seen.errors == []


def test_numbers_of_slider_and_list_add_up_and_its_handles_stand_apart(browser: Browser, address: str) -> None:
    with visit(browser, width=320) as seen:
        page = seen.go(f"{address}/?from=2023-09-01&to=2023-09-30&q=fire")
        expect(page.locator(".time-told")).to_contain_text(
            "1 September 2023 to 30 September 2023: 1 event begins in it"
        )
        places = page.evaluate("[...document.querySelectorAll('.time-slider')].map(s => [s.value, s.max])")
        assert places[0] == places[1]
        assert places[0][1] == str(12 * 4 + 5), "words do not shorten the time that the slider spans"
        first, last = (box(page.get_by_role("slider").nth(n)) for n in (0, 1))
        share = int(places[0][0]) / int(places[0][1])
        right = first["x"] + 16 + (first["width"] - 16) * share
        assert last["x"] + (last["width"] - 16) * share >= right
        page.goto(f"{address}/?from=2022-12-20&to=2022-12-31")
        page.wait_for_selector(READY)
        expect(page.locator(".time-told")).to_contain_text("1 event begins in it")
        assert seen.errors == []


def test_legend_follows_what_is_drawn_and_the_ground_has_no_cut_edge(browser: Browser, address: str) -> None:
    with visit(browser) as seen:
        page = seen.go(f"{address}/?view=hexagons")
        legend = page.locator(".legend")
        expect(legend.get_by_text("Larger symbol")).to_be_hidden()
        button(page, "Hexagons").click()
        expect(legend.get_by_text("Larger symbol")).to_be_visible()
        expect(legend.get_by_text("Certainly, likely, possibly within", exact=False).last).to_be_hidden()
        page.get_by_role("radio", name="25 km", exact=True).check()
        expect(legend.get_by_text("Certainly, likely, possibly within", exact=False).last).to_be_visible()
        drawn = page.locator(".land-outline").evaluate_all("paths => paths.map(path => path.getAttribute('d'))")
        parts = [part.split("L") for path in drawn for part in path.split("M")[1:]]
        lines = [[tuple(map(float, corner.split())) for corner in part] for part in parts]
        assert len(lines) > 8
        east = max(x for line in lines for x, _ in line)
        sides = (pair for line in lines for pair in pairwise(line))
        assert not any(min(a[0], b[0]) > east - 0.001 for a, b in sides)
        assert seen.errors == []


@pytest.mark.parametrize("width", [760, 340])
def test_frame_of_fixed_height_shows_slider_link_and_note(browser: Browser, address: str, width: int) -> None:
    code = frame_code(f"{address}/embed?from=2023-01-01&to=2023-12-31&within_m=15000", "Map")
    story = (
        f"<!doctype html><html lang=en><link rel=icon href='data:,'><title>Story</title><body style='margin:0'>{code}"
    )
    with newsroom(story) as page_of_story, visit(browser, width=width, height=900) as seen:
        seen.page.goto(page_of_story)
        frame = seen.page.frames[1]
        frame.wait_for_selector(READY)
        eventually(lambda: frame.evaluate("document.documentElement.scrollHeight - innerHeight") <= 1)
        for words in ("Open the full map", "CC BY 4.0", "without prejudice"):
            expect(frame.get_by_text(words).first).to_be_in_viewport(ratio=1)
        expect(frame.locator(".time-track")).to_be_in_viewport(ratio=1)
        assert box(frame.locator(".folium-map"))["height"] > 200
        assert seen.errors == []
