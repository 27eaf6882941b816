"""The published data set: enough of it, right by its own check, and each fact from the row that it names."""

import csv
import json
import os
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from geo.border import Border
from geo.boundaries import read_layer, shipped
from geo.gazetteer import Gazetteer
from geo.geojson import encode, feature
from geo.pipeline import events_from_table
from geo.record import FIELD
from geo.store import open_store

PATH = shipped("incidents.geojson")
DATA: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8"))
FEATURES: list[dict[str, Any]] = DATA["features"]
BY_ID = {each["id"]: each for each in FEATURES}
WEAK = {
    "xk-20080221-01",
    "xk-20110727-01",
    "xk-20151207-01",
    "xk-20130125-01",
    "xk-20160628-01",
}
"""Rows whose day or place their compiler derived."""
UNFIT = re.compile(
    r"blogspot|eurasia\.ro|Wikipedia[^;]*$|politicallyincorrect|KosovoCompromise|Media Observer", re.IGNORECASE
)
"""Blogs, digests and encyclopaedia copies: alone they support a claim and no more."""
WORD = re.compile(r"[\w'-]+")


def test_there_is_enough() -> None:
    kinds = Counter(each["properties"]["kind"] for each in FEATURES)
    assert kinds["incident"] >= 120
    assert kinds["deployment"] >= 60
    assert kinds.total() == len(BY_ID)


def test_it_passes_its_own_check(ibar: Callable[..., Result]) -> None:
    result = ibar("check", str(PATH))
    assert result.exit_code == 0, result.output
    assert "no problems" in result.output


def test_reading_it_gives_the_same_features(gazetteer: Gazetteer, border: Border) -> None:
    read = [json.loads(encode(feature(event))) for event in events_from_table(PATH, gazetteer, border)]
    assert read == FEATURES


def test_it_stands_on_one_line_per_feature_in_the_order_of_ids() -> None:
    lines = PATH.read_text(encoding="utf-8").split("\n")
    assert [json.loads(line.rstrip(","))["id"] for line in lines[1 : 1 + len(FEATURES)]] == sorted(BY_ID)
    assert lines[1].rstrip(",").encode() == encode(FEATURES[0])


def test_it_says_what_it_may_be_used_for() -> None:
    assert DATA["licence"] == "CC-BY-4.0"
    assert "Ibar" in DATA["citation"]
    assert "1244" in DATA["status_note"]


def test_every_field_of_the_record_is_there() -> None:
    assert {tuple(each["properties"]) for each in FEATURES} == {tuple(FIELD)}
    assert {each["properties"]["status"] for each in FEATURES} == {"published"}


def test_an_area_has_no_pin() -> None:
    areas = [each for each in FEATURES if each["properties"]["area_id"]]
    assert len(areas) > 20
    assert all(each["geometry"] is None for each in areas)
    assert all(each["properties"]["place_name"] for each in FEATURES if each["geometry"])


def test_crossings_keep_their_published_positions() -> None:
    published = {(round(f.geometry.x, 5), round(f.geometry.y, 5)) for f in read_layer("crossings")}
    at_crossings = [each for each in FEATURES if each["properties"]["place_name"].endswith(" crossing")]
    assert len(at_crossings) > 20
    for each in at_crossings:
        assert tuple(round(c, 5) for c in each["geometry"]["coordinates"]) in published
        assert each["properties"]["border_side"] == "line"


def test_weak_rows_say_so() -> None:
    for name in WEAK & BY_ID.keys():
        assert BY_ID[name]["properties"]["support"] == "claimed"
        assert BY_ID[name]["properties"]["confidence"] <= 0.3


def test_a_single_blog_or_digest_is_only_a_claim() -> None:
    for each in FEATURES:
        if len(each["sources"]) == 1 and UNFIT.search(each["sources"][0]["name"]):
            assert each["properties"]["support"] == "claimed", each["id"]


def test_several_sources_are_several() -> None:
    for each in FEATURES:
        if each["properties"]["support"] == "several_sources":
            assert len({source["url"] for source in each["sources"]}) > 1, each["id"]


def test_an_uncertain_day_says_so() -> None:
    for each in FEATURES:
        of = each["properties"]
        if of["date_prec"] == 1 and of["date_end"]:
            assert of["date_start"] < of["date_end"]
        if of["date_prec"] > 3:
            assert of["time_precision"] != 1


def test_a_fresh_store_holds_it(real_store: Path) -> None:
    store = open_store(real_store)
    try:
        assert set(store.statuses(BY_ID).values()) == {"published"}
        assert len(store.statuses(BY_ID)) == len(FEATURES)
        assert store.seed(()) == 0
    finally:
        store.close()


REFERENCE = os.environ.get("IBAR_REFERENCE_DIR")
needs_reference = [
    pytest.mark.reference,
    pytest.mark.skipif(not REFERENCE, reason="IBAR_REFERENCE_DIR is not set"),
]


@pytest.fixture(scope="module")
def rows() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for name in ("incidents.csv", "deployments.csv"):
        with (Path(REFERENCE or "") / name).open(encoding="utf-8", newline="") as stream:
            found |= {row["id"]: row for row in csv.DictReader(stream)}
    return found


def runs(text: str, length: int = 6) -> set[tuple[str, ...]]:
    words = WORD.findall(text.lower())
    return {tuple(words[i : i + length]) for i in range(len(words) - length + 1)}


class TestAgainstTheRows:
    pytestmark = needs_reference

    def test_every_event_is_a_row(self, rows: dict[str, dict[str, str]]) -> None:
        assert BY_ID.keys() <= rows.keys()

    def test_no_sentence_is_copied(self, rows: dict[str, dict[str, str]]) -> None:
        copied = {}
        for name, each in BY_ID.items():
            of, row = each["properties"], rows[name]
            own = runs(of["title"]) | runs(of["summary"] or "") | runs(of["disputed"] or "")
            if shared := own & (runs(row["fact"]) | runs(row.get("disputed") or "")):
                copied[name] = shared
        assert copied == {}

    def test_sources_are_those_of_the_row(self, rows: dict[str, dict[str, str]]) -> None:
        for name, each in BY_ID.items():
            listed = [rows[name][f"source{n}_{part}"] for n in "12" for part in ("name", "url", "date")]
            given = [source[part] or "" for source in each["sources"] for part in ("name", "url", "date")]
            assert given == listed[: len(given)], name
            assert len(given) == len(listed) or not any(listed[len(given) :]), name

    def test_numbers_are_those_of_the_row(self, rows: dict[str, dict[str, str]]) -> None:
        for name, each in BY_ID.items():
            for field in ("fatalities", "fatalities_low", "fatalities_high", "injured", "personnel"):
                value = each["properties"][field]
                assert value is None or str(value) == rows[name].get(field), (name, field)

    def test_numbers_in_the_words_are_in_the_row(self, rows: dict[str, dict[str, str]]) -> None:
        spelled = {"18": "eighteen", "200": "two hundred", "36": "XXXVI", "35": "XXXV"}
        for name, each in BY_ID.items():
            of = each["properties"]
            known = " ".join(rows[name].values()).replace(",", "")
            for number in re.findall(r"\d[\d,]*\d|\d", f"{of['title']} {of['summary']} {of['disputed']}"):
                plain = number.replace(",", "")
                assert plain in known or spelled.get(plain, "?") in known, (name, number)

    def test_days_are_those_of_the_row(self, rows: dict[str, dict[str, str]]) -> None:
        for name, each in BY_ID.items():
            of, row = each["properties"], rows[name]
            assert (of["date_start"] or "").startswith(row["date_start"]), name
            if of["date_end"] and row["date_end"]:
                assert of["date_end"].startswith(row["date_end"]), name

    def test_types_are_those_of_the_row(self, rows: dict[str, dict[str, str]]) -> None:
        for name, each in BY_ID.items():
            assert each["properties"]["event_type"] == rows[name]["event_type"], name
            assert (each["properties"]["stage"] or "") == rows[name].get("stage", ""), name

    def test_positions_lie_where_the_row_has_them(
        self, rows: dict[str, dict[str, str]], gazetteer: Gazetteer, border: Border
    ) -> None:
        from geo.crs import distances_m

        for name, each in BY_ID.items():
            row = rows[name]
            if not each["geometry"] or not row["lat"] or each["properties"]["border_side"] == "line":
                continue
            away = float(distances_m(float(row["lon"]), float(row["lat"]), *each["geometry"]["coordinates"]))
            assert away <= max(2_500, each["properties"]["uncertainty_m"]), (name, away)
