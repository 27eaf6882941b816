"""What a reader is told of an event: how far from the line, on which side, how surely; on pages and in popups."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from playwright.sync_api import expect

from app.cli import cli
from app.config import Settings
from geo.border import Border
from geo.model import Event, LonLat
from geo.store import open_store
from tests.browsing import chromium_browser, visit
from tests.conftest import environment, running, serving

SIDES = {
    "reach": "at the line (measured 0 m; the side is not certain)",
    "across": "50 km away, on the Kosovo side or across another border",
    "between": "away; the side is not certain",
    "clear": "km away, on the Kosovo side",
}


def between_the_lines(border: Border) -> LonLat:
    """Return a position off the line for which its two outlines name different sides."""
    places = (border.position_at(km) for km in range(5, 380))
    north = (LonLat(at.lon, at.lat + 0.003) for at in places)
    return next(at for at in north if not border.measure(at).side_certain and border.distance_m(at) > 50)


@pytest.fixture(scope="module")
def words_store(tmp_path_factory: pytest.TempPathFactory, make_event: Callable[..., Event], border: Border) -> Path:
    on_line, between = border.position_at(100), between_the_lines(border)
    at = {
        "reach": (on_line, "3000"),
        "across": (LonLat(20.4283, 42.3844), "15000"),
        "between": (between, "0"),
        "clear": (LonLat(20.9, 42.75), "1000"),
    }
    events = [
        make_event(id=name, title=name, lon=str(p.lon), lat=str(p.lat), uncertainty_m=radius, date_start="2023-05-01")
        for name, (p, radius) in at.items()
    ]
    wide = make_event(id="wide", title="wide", area_id="north_kosovo", date_start="2023-05-02")
    banjska = {"place_name": "Banjska", "lon": "20.7813", "lat": "42.9728"}
    found = [
        make_event(id="attack", title="Attack at Banjska", fatalities="4", date_start="2023-09-24", **banjska),
        make_event(id="find", title="Weapons at Banjska", date_start="2023-09-26", source_date="2023-11", **banjska),
    ]
    base = make_event(id="base", title="base", kind="deployment", event_type="base", lon="20.9", lat="42.75")
    path = tmp_path_factory.mktemp("words") / "store" / "ibar.gpkg"
    path.parent.mkdir()
    store = open_store(path)
    store.seed((*events, *found, wide, base))
    store.close()
    return path


@pytest.fixture
def reader(words_store: Path) -> Iterator[FlaskClient]:
    with running(replace(Settings.from_environ({}), store=words_store)) as app:
        yield app.test_client()


@pytest.mark.parametrize(("event_id", "words"), SIDES.items())
def test_at_the_line_is_said_only_where_the_event_may_reach_it(reader: FlaskClient, event_id: str, words: str) -> None:
    page = reader.get(f"/events/{event_id}").text
    assert words in page
    assert ("at the line" in page) == (event_id == "reach")


def test_command_line_marks_a_side_that_is_not_certain(words_store: Path) -> None:
    given = environment(replace(Settings.from_environ({}), store=words_store))
    out = CliRunner().invoke(cli, ["query", "--kind", "incident"], env=given).stdout
    side = {row[-1]: row[-3] for row in (re.split(r"  +", line) for line in out.splitlines()) if len(row) > 5}
    assert side["reach"] == "at the line"
    assert side["across"] == "XK?"
    assert side["between"] in ("XK?", "RS?")
    assert side["clear"] == "XK"


@pytest.mark.browser
def test_the_script_says_the_same_of_the_side(words_store: Path) -> None:
    settings = replace(Settings.from_environ({}), store=words_store)
    with chromium_browser() as browser, serving(settings) as served, visit(browser) as seen:
        for event_id, words in SIDES.items():
            page = seen.go(f"{served}/?event={event_id}&within_m=60000")
            expect(page.get_by_role("dialog")).to_contain_text(words)
            row = page.locator("#results tr", has=page.locator(f"[data-show-event='{event_id}']"))
            for line in row.locator(".border").inner_text().split("\n"):
                expect(page.get_by_role("dialog")).to_contain_text(line)


def test_an_area_is_within_in_part_and_a_count_says_how_many_are_surely(reader: FlaskClient) -> None:
    page = reader.get("/?within_m=9000").text
    assert "part of the area is within the distance asked for" in page
    assert "certainly or likely within 9 km of the border / boundary line" in page
    assert "2 certainly or likely within, 1 known only by area" in page
    assert "known only by area</p>" not in reader.get("/?within_m=9000&certainty=likely").text


@pytest.mark.browser
def test_counts_beside_the_distances_follow_the_choice(words_store: Path) -> None:
    settings = replace(Settings.from_environ({}), store=words_store)
    with chromium_browser() as browser, serving(settings) as served, visit(browser) as seen:
        page = seen.go(served)
        told = page.locator("#sureness")
        expect(told).to_have_text("")
        page.get_by_role("radio", name="15 km").check(force=True)
        expect(told).to_have_text(page.request.get(f"{served}/?within_m=15000").text().split('told">')[1].split("<")[0])
        expect(told).to_contain_text("certainly or likely within")
        page.locator("[name=certainty]").select_option("certain")
        expect(told).to_have_text("")


@pytest.mark.browser
@pytest.mark.parametrize("words", ["Banjska", "Бањска", "at banjska"])
def test_of_what_a_search_finds_the_deadliest_is_first(words_store: Path, words: str) -> None:
    settings = replace(Settings.from_environ({}), store=words_store)
    with chromium_browser() as browser, serving(settings) as served, visit(browser) as seen:
        page = seen.go(f"{served}/?q={words}")
        expect(page.locator("#found li")).to_contain_text(["Attack at Banjska", "Weapons at Banjska"])


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "November 2023"), ("sq", "nëntor 2023"), ("sr-Cyrl", "новембар 2023.")]
)
def test_month_of_a_source_is_written_out(reader: FlaskClient, lang: str, words: str) -> None:
    for path in ("/events/find", "/"):
        page = reader.get(f"{path}?lang={lang}").text
        assert words in page
        assert "2023-11<" not in page


def test_area_has_its_english_name_in_english_and_both_names_in_the_readers_order(reader: FlaskClient) -> None:
    names = {
        "en": "<dd><span>Northern Kosovo</span></dd>",
        "sq": '<span lang="sq">Veriu i Kosovës</span> / <span lang="sr-Latn">Sever Kosova</span>',
        "sr-Latn": '<span lang="sr-Latn">Sever Kosova</span> / <span lang="sq">Veriu i Kosovës</span>',
        "sr-Cyrl": '<span lang="sr-Cyrl">Север Косова</span> / <span lang="sq">Veriu i Kosovës</span>',
    }
    for lang, words in names.items():
        page = reader.get(f"/events/wide?lang={lang}").text
        assert words in page, lang


def test_casualties_that_no_source_states_are_no_dash(reader: FlaskClient) -> None:
    page = reader.get("/").text
    assert page.count("not stated") >= 5
    assert '<td class="casualties">–' not in page
    assert "not stated" in reader.get("/events/clear").text
    assert "not stated" not in reader.get("/events/base").text


@pytest.mark.browser
def test_band_on_the_map_is_as_wide_as_the_distance(words_store: Path) -> None:
    settings = replace(Settings.from_environ({}), store=words_store)
    with chromium_browser() as browser, serving(settings) as served, visit(browser) as seen:
        for page_name in ("", "embed"):
            page = seen.go(f"{served}/{page_name}?within_m=15000&map=10/42.75/20.9")
            band = page.locator(".leaflet-pane path.within-band")
            expect(band).to_have_count(1)
            metres_per_px = 40_075_016.686 * math.cos(math.radians(42.75)) / (256 * 2**10)
            assert float(band.get_attribute("stroke-width") or 0) == pytest.approx(30_000 / metres_per_px, rel=0.01)
        page = seen.go(f"{served}/?within_m=15000&map=10/42.75/20.9")
        expect(page.get_by_text("Within the distance asked for", exact=True)).to_be_visible()
        page.get_by_role("radio", name="5 km", exact=True).check(force=True)
        expect(band).to_have_attribute("stroke-width", re.compile(rf"^{int(10_000 / metres_per_px)}"))
        page.get_by_role("radio", name="Any").check(force=True)
        expect(band).to_have_count(0)
        expect(page.get_by_text("Within the distance asked for", exact=True)).to_be_hidden()
