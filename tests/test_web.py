"""The map page in a real browser: what a reader sees, with the mouse, with the keyboard, and without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from axe_core_python.sync_playwright import Axe
from click.testing import Result
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect

from app.config import Settings
from app.joint import STATIC
from geo.model import Event, Evidence
from geo.store import open_store
from tests.browsing import POPUP_FADE_MS, READY, follow, visit
from tests.conftest import SMALL, running, serving

pytestmark = pytest.mark.browser

QUOTE = "Four people died in the exchange of fire at Banjska."
CROWD = 12


@pytest.fixture(scope="module")
def store_path(
    tmp_path_factory: pytest.TempPathFactory, small_events: tuple[Event, ...], make_event: Callable[..., Event]
) -> Path:
    """The small store, with a quotation for the clash and with several events at one place."""
    clash, *others = small_events
    evidence = Evidence(document_id="d", start=0, end=len(QUOTE), text=QUOTE)
    clash = replace(clash, facts=replace(clash.facts, evidence=(evidence,)))
    at = {"lon": "20.8667", "lat": "42.8833", "place_name": "Mitrovica", "uncertainty_m": "3000"}
    crowd = [
        make_event(id=f"crowd-{n}", event_type="protest", title=f"Protest {n}", date_start=f"2022-05-{n + 1:02}", **at)
        for n in range(CROWD)
    ]
    path = tmp_path_factory.mktemp("web") / "store" / "ibar.gpkg"
    path.parent.mkdir()
    store = open_store(path)
    store.seed((clash, *others, *crowd))
    store.close()
    return path


@pytest.fixture(scope="module")
def address(store_path: Path) -> Iterator[str]:
    with serving(replace(Settings.from_environ({}), store=store_path)) as served:
        yield served


def copy(store: Path, settings: Settings) -> None:
    settings.store.parent.mkdir()
    settings.store.write_bytes(store.read_bytes())


def marker(page: Page, title: str) -> Any:
    return page.locator(f".event-marker[aria-label*='{title}']")


def dialog(page: Page) -> Any:
    return page.get_by_role("dialog")


def test_page_asks_no_other_host_and_logs_no_error(browser: Browser, address: str) -> None:
    with visit(browser) as seen:
        page = seen.go(address)
        box = page.locator(".folium-map").bounding_box()
        assert box is not None
        assert box["height"] > 600
        assert page.locator(".event-marker").count() == 4
        assert seen.errors == []
        assert seen.hosts() == {address.removeprefix("http://").strip("/")}
        assert page.context.cookies() == []


def test_public_page_shows_neither_drafts_nor_withdrawn_events(browser: Browser, address: str) -> None:
    with visit(browser) as seen:
        page = seen.go(address)
        assert "zebrafinch" not in page.content()
        page.goto(f"{address}/events/draft-secret")
        assert "zebrafinch" not in page.content()


def test_legend_counts_and_live_region_tell_the_same_number(browser: Browser, address: str) -> None:
    published = sum(fields["status"] == "published" for fields in SMALL) + CROWD
    with visit(browser) as seen:
        page = seen.go(address)
        counts = [int(text) for text in page.locator(".family-count").all_inner_texts()]
        assert sum(counts) == published
        expect(page.locator("#status")).to_contain_text(f"{published} events")
        expect(page.locator("#described")).to_contain_text(str(published))


def test_mouse_opens_event_with_evidence_precision_border_and_source(browser: Browser, address: str) -> None:
    with visit(browser) as seen:
        page = seen.go(address)
        marker(page, "Exchange of fire").click()
        expect(dialog(page)).to_contain_text("Exchange of fire")
        expect(dialog(page)).to_contain_text("24 September 2023")
        expect(dialog(page)).to_contain_text("somewhere within 1 km")
        expect(dialog(page)).to_contain_text("on the Kosovo side")
        expect(dialog(page)).to_contain_text("4 killed")
        expect(dialog(page).locator("blockquote")).to_have_text(QUOTE)
        expect(dialog(page).get_by_role("link", name="Example Gazette")).to_have_attribute(
            "href", "https://example.org/1"
        )
        assert page.locator("path.precision-selected").count() == 1
        assert "event=clash" in page.url
        dialog(page).get_by_role("link", name="Full record").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Exchange of fire")
        assert seen.errors == []


def test_keyboard_opens_dialog_and_escape_gives_the_focus_back(browser: Browser, address: str) -> None:
    with visit(browser) as seen:
        page = seen.go(address)
        marker(page, "Exchange of fire").focus()
        page.keyboard.press("Enter")
        expect(dialog(page)).to_be_focused()
        for _ in range(8):
            page.keyboard.press("Tab")
            assert page.locator("[role=dialog]:focus-within").count() == 1
        page.keyboard.press("Escape")
        expect(dialog(page)).to_have_count(0)
        expect(marker(page, "Exchange of fire")).to_be_focused()
        assert page.locator("path.precision-selected").count() == 0
        assert "event=" not in page.url


def test_many_events_at_one_place_are_one_marker_that_opens_a_list(browser: Browser, address: str) -> None:
    with visit(browser) as seen:
        page = seen.go(f"{address}/?map=14/42.8833/20.8667")
        crowd = page.locator(".count-marker")
        expect(crowd).to_have_count(1)
        expect(crowd).to_have_attribute("aria-label", f"{CROWD} events at Mitrovica / Kosovska Mitrovica")
        crowd.click()
        items = dialog(page).locator(".event-button")
        expect(items).to_have_count(CROWD)
        items.first.click()
        page.wait_for_timeout(POPUP_FADE_MS)
        expect(dialog(page).get_by_role("heading", level=3)).to_have_text(f"Protest {CROWD - 1}")
        dialog(page).get_by_role("button", name="Back to the list").click()
        expect(items).to_have_count(CROWD)


def test_event_known_by_area_is_shaded_listed_and_never_pinned(browser: Browser, address: str) -> None:
    with visit(browser) as seen:
        page = seen.go(address)
        assert marker(page, "Searches in the north").count() == 0
        assert page.locator("path.area-shade").count() >= 1
        area = page.locator(".area-label")
        area.focus()
        page.keyboard.press("Enter")
        expect(dialog(page)).to_contain_text("Searches in the north")
        page.keyboard.press("Escape")
        expect(area).to_be_focused()
        page.locator("#by-area summary").click()
        expect(page.locator("#by-area .event-button")).to_contain_text("Searches in the north")
        expect(page.locator("#not-placed")).to_contain_text("A letter without a place")


def test_filter_lives_in_the_address_and_back_undoes_it(browser: Browser, address: str) -> None:
    with visit(browser) as seen:
        page = seen.go(address)
        before = page.locator("#results tbody tr").count()
        page.get_by_role("radio", name="5 km", exact=True).check()
        expect(page.locator("#results tbody tr")).to_have_count(2)
        assert "within_m=5000" in page.url
        expect(page.locator("#results tr", has_text="Searches in the north")).to_contain_text("known only by area")
        expect(page.locator(".event-marker")).to_have_count(1)
        expect(page.locator("#results")).to_contain_text("Lorries across the road")
        page.locator("#q").fill("nothing like it")
        expect(page.locator("#results")).to_contain_text("No event matches")
        page.go_back()
        page.go_back()
        expect(page.locator("#results tbody tr")).to_have_count(before)
        expect(page.get_by_role("radio", name="Any")).to_be_checked()
        assert seen.errors == []


def test_shared_link_restores_filter_view_and_open_event(browser: Browser, address: str) -> None:
    with visit(browser) as seen:
        page = seen.go(f"{address}/?from=2023-09-01&to=2023-09-30&kind=incident&map=12/42.97/20.78&event=clash")
        expect(dialog(page)).to_contain_text("Exchange of fire")
        expect(page.locator("[name=from]")).to_have_value("2023-09-01")
        expect(page.locator("#results tbody tr")).to_have_count(1)
        expect(page.get_by_role("radio", name="Incidents")).to_be_checked()


def test_family_filter_narrows_and_its_download_links_follow(browser: Browser, address: str) -> None:
    with visit(browser) as seen:
        page = seen.go(address)
        page.get_by_role("checkbox", name="Road block, border closure").check()
        expect(page.locator("#results tbody tr")).to_have_count(1)
        links = page.locator("#downloads a")
        for link in links.all():
            assert "type=road_block,border_closure" in (link.get_attribute("href") or "")
        answer = page.request.get(address + (links.first.get_attribute("href") or ""))
        assert [feature["id"] for feature in answer.json()["features"]] == ["block"]


def test_layer_control_hides_deployments(browser: Browser, address: str) -> None:
    with visit(browser) as seen:
        page = seen.go(address)
        expect(marker(page, "A battalion arrives")).to_have_count(1)
        page.locator(".leaflet-control-layers").hover()
        page.get_by_label("Deployments").last.uncheck()
        expect(marker(page, "A battalion arrives")).to_have_count(0)
        page.get_by_label("Precision of every place").check()
        assert page.locator("path.precision-every").count() >= 2 + CROWD
        page.get_by_label("Safety zones of 1999").check()
        page.wait_for_selector("path.zone")


def test_table_and_filters_work_without_javascript(browser: Browser, address: str) -> None:
    with visit(browser, java_script_enabled=False) as seen:
        page = seen.page
        page.goto(address)
        expect(page.locator("#results")).to_contain_text("Exchange of fire")
        page.locator("[name=from]").fill("2023-09-01")
        page.locator("[name=to]").fill("2023-09-30")
        page.get_by_role("button", name="Apply").click()
        expect(page.locator("#results tbody tr")).to_have_count(1)
        page.get_by_role("link", name="Exchange of fire").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Exchange of fire")


def test_table_says_the_same_as_the_dialog(browser: Browser, address: str) -> None:
    with visit(browser) as seen:
        page = seen.go(address)
        for event_id in ("clash", "block", "raids", "battalion", "crowd-3"):
            row = page.locator("#results tr", has=page.locator(f"[data-show-event='{event_id}']"))
            cells = [row.locator(f".{name}").inner_text() for name in ("when", "where", "border", "casualties")]
            row.locator("a").first.click()
            told = dialog(page).inner_text()
            for words in (line for cell in cells for line in cell.split("\n") if line.strip("–")):
                assert words in told, (event_id, words)
            page.keyboard.press("Escape")


@pytest.mark.parametrize(
    ("width", "height", "scheme"), [(1440, 900, "light"), (768, 1024, "dark"), (320, 640, "light")]
)
def test_no_page_has_an_axe_violation(browser: Browser, address: str, width: int, height: int, scheme: Any) -> None:
    with visit(browser, width=width, height=height, color_scheme=scheme) as seen:
        page = seen.go(address)
        box = page.locator(".folium-map").bounding_box()
        assert box is not None
        assert box["height"] > 300
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        marker(page, "Exchange of fire").focus()
        page.keyboard.press("Enter")
        expect(dialog(page)).to_be_visible()
        assert violations(page) == []
        for path in ("/about", "/events/clash"):
            page.goto(address + path)
            assert violations(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def violations(page: Page) -> list[str]:
    found = Axe().run(page)["violations"]
    return [f"{fault['id']}: {[node['target'] for node in fault['nodes']][:3]}" for fault in found]


def test_standalone_file_works_from_disk_without_a_network(
    browser: Browser, store_path: Path, settings: Settings, ibar: Callable[..., Result], tmp_path: Path
) -> None:
    copy(store_path, settings)
    out = tmp_path / "map.html"
    done = ibar("map", str(out), "--datetime", "2023")
    assert done.exit_code == 0, done.output
    with visit(browser, offline=True) as seen:
        page = seen.go(out.as_uri())
        assert page.locator(".event-marker").count() == 2
        assert "Lorries" not in page.content()
        marker(page, "Exchange of fire").focus()
        page.keyboard.press("Enter")
        expect(dialog(page)).to_contain_text(QUOTE)
        assert seen.hosts() == set()
        assert seen.errors == []


def test_standalone_file_has_its_time_slider_and_layers(
    browser: Browser, store_path: Path, settings: Settings, ibar: Callable[..., Result], tmp_path: Path
) -> None:
    copy(store_path, settings)
    out = tmp_path / "time.html"
    assert ibar("map", str(out)).exit_code == 0
    with visit(browser, offline=True) as seen:
        page = seen.go(out.as_uri())
        expect(page.locator(".timeline")).to_be_visible()
        total = page.locator("#results tbody tr").count()
        expect(page.locator("body")).to_have_attribute("data-events", str(total))
        page.get_by_role("slider", name="Beginning of the interval").focus()
        page.keyboard.press("End")
        expect(page.locator("body")).not_to_have_attribute("data-events", str(total))
        assert page.locator(".event-marker").count() <= 2
        page.get_by_role("button", name="Whole time").click()
        expect(page.locator("body")).to_have_attribute("data-events", str(total))
        page.get_by_role("button", name="One interval forward").click()
        expect(page.locator("body")).not_to_have_attribute("data-events", str(total))
        page.get_by_role("button", name="Play").click()
        expect(page.get_by_role("button", name="Pause")).to_be_visible()
        page.get_by_role("button", name="Pause").click()
        page.get_by_role("button", name="Whole time").click()
        page.locator(".leaflet-control-layers").hover()
        page.get_by_label("Deployments").last.uncheck()
        expect(marker(page, "A battalion arrives")).to_have_count(0)
        assert violations(page) == []
        assert seen.hosts() == set()
        assert seen.errors == []


def test_standalone_file_that_cannot_be_written_is_one_clear_error(
    store_path: Path, settings: Settings, ibar: Callable[..., Result], tmp_path: Path
) -> None:
    copy(store_path, settings)
    done = ibar("map", str(tmp_path / "no" / "such" / "map.html"))
    assert done.exit_code != 0
    assert "name a folder that exists" in done.output
    assert list(tmp_path.glob("**/*.new")) == []


@pytest.mark.parametrize(
    "query", ["colour=red", "from=soon", "within_km=-3", "type=party", "from=2024-01-01&to=2023-01-01"]
)
def test_bad_filter_is_one_clear_page(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/?{query}", headers={"Accept": "text/html"})
    assert answer.status_code == 400
    assert query.split("=")[0] in answer.text


def test_every_page_forbids_foreign_and_unmarked_scripts(client: FlaskClient) -> None:
    for path in ("/", "/about", "/events/clash"):
        answer = client.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        tags = re.findall(r"<(?:script|style)\b[^>]*>", answer.text)
        assert all(" nonce=" in tag for tag in tags)
        assert re.findall(r"\son\w+=|\sstyle=", answer.text) == []


def test_operators_tiles_are_allowed_as_images_alone_and_readers_are_told(small_settings: Settings) -> None:
    template = "https://tiles.example.org/{z}/{x}/{y}.png"
    with running(replace(small_settings, tiles=template)) as app:
        answer = app.test_client().get("/")
    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    assert [name for name, sources in policy.items() if "tiles.example.org" in sources] == ["img-src"]
    assert "https://tiles.example.org, which sees the address of your device" in answer.text
    assert template in answer.text


@pytest.mark.parametrize(("wording", "words"), [("border", "border"), ("abl", "administrative boundary line")])
def test_line_is_called_as_the_operator_chose(small_settings: Settings, wording: Any, words: str) -> None:
    with running(replace(small_settings, wording=wording)) as app:
        text = app.test_client().get("/?within_m=5000").text
    assert f"Incident map of the Kosovo–Serbia {words}" in text
    assert "border / administrative boundary line" not in text


def test_both_ways_to_dark_colours_have_the_same_ones() -> None:
    text = (STATIC / "css" / "page.css").read_text("utf-8")
    chosen = re.search(r':root\[data-theme="dark"\] \{(.*?)\}', text, re.DOTALL)
    device = re.search(r':root:not\(\[data-theme="light"\]\) \{(.*?)\}', text, re.DOTALL)
    assert chosen is not None
    assert device is not None
    colours = [re.findall(r"--[\w-]+: [^;]+", found[1]) for found in (chosen, device)]
    assert colours[0] == colours[1]


def test_reader_switches_the_colours_and_the_address_remembers(browser: Browser, address: str) -> None:
    with visit(browser, color_scheme="light") as seen:
        page = seen.go(address)
        ground = "getComputedStyle(document.querySelector('.land-kosovo')).fill"
        light = page.evaluate(ground)
        switch = page.get_by_role("button", name="Dark", exact=True)
        switch.focus()
        page.keyboard.press("Enter")
        expect(switch).to_have_attribute("aria-pressed", "true")
        assert page.evaluate(ground) != light
        assert "theme=dark" in page.url
        assert violations(page) == []
        page.reload()
        page.wait_for_selector(READY)
        assert page.evaluate(ground) != light
        follow(page.get_by_role("link", name="About").first)
        assert "theme=dark" in page.url
        assert violations(page) == []
        page.locator(".choices summary").click()
        follow(page.get_by_role("link", name="As on my device"))
        assert page.evaluate("document.documentElement.dataset.theme") is None
        assert page.context.cookies() == []
        assert seen.errors == []


def test_downloads_say_what_they_give_and_a_print_that_it_is_being_drawn(browser: Browser, address: str) -> None:
    with visit(browser) as seen:
        page = seen.go(f"{address}/?map=11.0/42.9700/20.7800")
        section = page.get_by_role("region", name="Download these events")
        for link in section.get_by_role("link").all():
            expect(link).to_have_accessible_description(re.compile(r"\w{3}"))
        with page.expect_download() as started:
            section.get_by_role("link", name="Map of this view (PDF)").click()
        expect(section.get_by_role("status")).to_contain_text("“Map of this view (PDF)” is being drawn")
        assert started.value.suggested_filename == "ibar-overview.pdf"
        extent = re.search(r"extent=([^&]*)", unquote(started.value.url))
        assert extent is not None
        west, south, east, north = map(float, extent[1].split(","))
        assert west < 20.78 < east < 21.3
        assert 42.7 < south < 42.97 < north
