"""From an article to a pin: the commands of the README, the HTTP answers and the page, one after another."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from playwright.sync_api import expect

from app.config import Settings
from tests.browsing import chromium_browser, visit
from tests.conftest import serving

EVALUATION = os.environ.get("IBAR_EVAL_DIR")
pytestmark = [
    pytest.mark.evaluation,
    pytest.mark.skipif(not EVALUATION, reason="IBAR_EVAL_DIR is not set"),
]
TITLE = ".event-marker[aria-label*='Banjska']"


@pytest.fixture
def article() -> Path:
    return Path(EVALUATION or "") / "article-2023-11-07.txt"


def test_extract_prints_the_four_events(ibar: Callable[..., Result], article: Path) -> None:
    printed = ibar("extract", str(article), "--published", "2023-11-07").stdout
    piped = ibar("extract", "-", "--published", "2023-11-07", stdin=article.read_text("utf-8")).stdout
    found = json.loads(printed)
    assert [feature["id"] for feature in json.loads(piped)["features"]] == [f["id"] for f in found["features"]]
    text = article.read_text("utf-8")
    told = {}
    for feature in found["features"]:
        values = feature["properties"]
        told[values["kind"], values["event_type"]] = (
            feature["geometry"] and "pin",
            values["place_name"],
            values["date_start"],
            values["date_end"],
            values["fatalities"],
            values["stage"],
        )
        assert feature["evidence"]
        assert all(text[e["start"] : e["end"]] == e["text"] for e in feature["evidence"])
    assert told == {
        ("incident", "armed_clash"): ("pin", "Banjska", "2023-11-04", "2023-11-05", 4, ""),
        ("incident", "raid"): (None, "Northern Kosovo", None, None, None, ""),
        ("deployment", "reinforcement"): (None, "Kosovo", None, None, None, "authorised"),
        ("deployment", "transfer_of_authority"): (None, "", None, None, None, "in_reserve"),
    }
    by_type = {feature["properties"]["event_type"]: feature["properties"] for feature in found["features"]}
    assert by_type["armed_clash"]["municipality"] == "Zvečan"
    assert by_type["reinforcement"]["force"] == "NATO"
    assert by_type["transfer_of_authority"]["contributor"] == "United Kingdom"
    assert by_type["transfer_of_authority"]["unit"] == "1st Battalion Princess of Wales's Royal Regiment"
    assert by_type["raid"]["actors"] == "Kosovo Police"


@pytest.mark.browser
def test_a_draft_becomes_a_pin_only_when_it_is_accepted(
    ibar: Callable[..., Result], settings: Settings, article: Path
) -> None:
    assert ibar("ingest", str(article), "--published", "2023-11-07").exit_code == 0
    wide = ("query", "--near-border", "15km", "--status", "any", "--format", "geojson")
    near = [f for f in json.loads(ibar(*wide).stdout)["features"] if f["properties"]["status"] == "draft"]
    banjska = next(f for f in near if f["geometry"])
    assert 11_000 <= banjska["properties"]["border_distance_m"] <= 11_600
    assert banjska["properties"]["border_side"] == "XK"
    with chromium_browser() as browser, serving(settings) as address, visit(browser) as seen:
        query = f"{address}/?from=2023-11-01&to=2023-11-30"
        seen.go(query)
        expect(seen.page.locator(TITLE)).to_have_count(0)
        accepted = ibar("review", "accept", banjska["id"], "--why", "read twice", "--who", "editor")
        assert accepted.exit_code == 0, accepted.output
        seen.go(query)
        seen.page.locator(TITLE).click()
        evidence = banjska["evidence"][0]["text"]
        expect(seen.page.get_by_role("dialog")).to_contain_text(evidence)
        assert seen.errors == []


@pytest.mark.gdal
def test_ogr_reads_the_answer_near_the_border(live_server: str, tmp_path: Path) -> None:
    out = tmp_path / "near.gpkg"
    source = f"{live_server}/api/near-border?within_m=5000&datetime=2023-01-01/..&limit=100"
    subprocess.run(["ogr2ogr", "-f", "GPKG", str(out), source, "-nln", "near"], check=True)
    told = subprocess.run(["ogrinfo", "-so", str(out), "near"], check=True, capture_output=True, text=True).stdout
    assert "border_distance_m: Real" in told
    assert "certainty: String" in told
