"""A data set with one thing wrong in, exactly that problem out."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from geo.border import Border
from geo.boundaries import shipped
from geo.check import check
from geo.errors import UnreadableFile
from geo.gazetteer import Gazetteer

GOOD: dict[str, Any] = {
    each["id"]: each for each in json.loads(shipped("incidents.geojson").read_text(encoding="utf-8"))["features"]
}
POINT = "xk-20230924-01"
AREA = "xk-20240830-01"
DEPLOYMENT = "dep083"


@pytest.fixture
def problems(tmp_path: Path, gazetteer: Gazetteer, border: Border) -> Callable[..., list[tuple[str, str]]]:
    def found(*features: Any) -> list[tuple[str, str]]:
        path = tmp_path / "set.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
        count, problems = check(path, gazetteer, border)
        assert count == len(features)
        return [(problem.feature, problem.field) for problem in problems]

    return found


def changed(name: str = POINT, **properties: Any) -> dict[str, Any]:
    made: dict[str, Any] = deepcopy(GOOD[name])
    made["properties"].update(properties)
    return made


def with_member(name: str, value: Any, of: str = POINT) -> dict[str, Any]:
    return {**deepcopy(GOOD[of]), name: value}


def moved(lon: float, lat: float, of: str = POINT) -> dict[str, Any]:
    return with_member("geometry", {"type": "Point", "coordinates": [lon, lat]}, of)


@pytest.mark.parametrize("name", [POINT, AREA, DEPLOYMENT])
def test_good_features_pass(problems: Callable[..., Any], name: str) -> None:
    assert problems(GOOD[name]) == []


@pytest.mark.parametrize(
    ("properties", "field"),
    [
        ({"event_type": "bang"}, "event_type"),
        ({"event_type": "base"}, "event_type"),
        ({"fatalities": "4"}, "fatalities"),
        ({"fatalities": True}, "fatalities"),
        ({"fatalities": 9}, "fatalities"),
        ({"fatalities_low": 7}, "fatalities"),
        ({"date_start": "24.9.2023"}, "date_start"),
        ({"date_end": "2023-09-01"}, "date_end"),
        ({"date_start": "2999-01-01", "date_end": None}, "date_start"),
        ({"date_prec": 9}, "date_prec"),
        ({"support": "rumour"}, "support"),
        ({"confidence": 1.5}, "confidence"),
        ({"title": " "}, "title"),
        ({"summary": None}, "summary"),
        ({"stage": "arrived"}, "stage"),
        ({"personnel": 12}, "personnel"),
        ({"source_name": "Somebody else"}, "source_name"),
        ({"source_url": "https://elsewhere.example"}, "source_url"),
        ({"titel": "x"}, "titel"),
        ({"border_side_certain": "yes"}, "border_side_certain"),
        ({"place_name": "Nowhereville"}, "place_name"),
        ({"place_name": "Prizren"}, "geometry"),
        ({"uncertainty_m": -1}, "uncertainty_m"),
    ],
)
def test_one_wrong_value_is_named(problems: Callable[..., Any], properties: dict[str, Any], field: str) -> None:
    found = problems(changed(**properties), GOOD[AREA])
    assert (POINT, field) in found
    assert {name for name, _ in found} == {POINT}


@pytest.mark.parametrize(
    ("field", "change", "is_wrong"),
    [
        ("border_distance_m", 0.9, False),
        ("border_distance_m", 1.2, True),
        ("border_distance_m", -5.0, True),
        ("border_km", 0.01, False),
        ("border_km", 0.5, True),
    ],
)
def test_distances_are_computed_anew(problems: Callable[..., Any], field: str, change: float, is_wrong: bool) -> None:
    found = problems(changed(**{field: GOOD[POINT]["properties"][field] + change}))
    assert found == ([(POINT, field)] if is_wrong else [])


@pytest.mark.parametrize(("field", "value"), [("border_side", "RS"), ("border_side_certain", False), ("where_prec", 6)])
def test_side_and_precision_are_computed_anew(problems: Callable[..., Any], field: str, value: Any) -> None:
    assert GOOD[POINT]["properties"][field] != value
    assert problems(changed(**{field: value})) == [(POINT, field)]


def test_a_moved_pin_is_found_out(problems: Callable[..., Any]) -> None:
    fields = {field for _, field in problems(moved(20.7808, 43.1))}
    assert {"geometry", "border_distance_m"} <= fields


def test_swapped_coordinates_are_found_out(problems: Callable[..., Any]) -> None:
    lon, lat = GOOD[POINT]["geometry"]["coordinates"]
    assert (POINT, "geometry") in problems(moved(lat, lon))


@pytest.mark.parametrize(
    ("made", "field"),
    [
        (with_member("sources", []), "sources"),
        (with_member("sources", None), "sources"),
        (with_member("sources", [{"name": "A", "url": None, "date": None}]), "sources[0].url"),
        (with_member("sources", [{"name": "A", "url": "ftp://a.example", "date": None}]), "sources[0].url"),
        (with_member("sources", [{"name": "A", "url": "https://a.example", "date": "May 2023"}]), "sources[0].date"),
        (with_member("geometry", {"type": "Polygon", "coordinates": []}), "geometry"),
        (with_member("geometry", None), "area_id"),
        (with_member("properties", None), "properties"),
        (with_member("type", "Thing"), "type"),
        (moved(20.8, 43.0, AREA), "geometry"),
        (changed(AREA, area_id="atlantis"), "area_id"),
        (changed(AREA, area_id="banjska"), "area_id"),
        (changed(AREA, place_name="Banjska"), "place_name"),
        (changed(DEPLOYMENT, stage=None), "stage"),
        (changed(DEPLOYMENT, force=""), "force"),
    ],
)
def test_one_wrong_member_is_named(problems: Callable[..., Any], made: dict[str, Any], field: str) -> None:
    assert (made["id"], field) in problems(made)


def test_a_missing_field_is_named(problems: Callable[..., Any]) -> None:
    made = changed()
    del made["properties"]["disputed"]
    assert problems(made) == [(POINT, "disputed")]


def test_every_problem_of_every_feature_is_named(problems: Callable[..., Any]) -> None:
    found = problems(changed(title="", support="rumour"), "not a feature", GOOD[AREA], GOOD[AREA])
    assert {(POINT, "title"), (POINT, "support"), (AREA, "id")} <= set(found)
    assert ("feature 2", "type") in found


def test_file_that_is_no_collection(tmp_path: Path, gazetteer: Gazetteer, border: Border) -> None:
    path = tmp_path / "x.geojson"
    path.write_text("{}")
    with pytest.raises(UnreadableFile):
        check(path, gazetteer, border)


def test_command_prints_problems_and_fails(tmp_path: Path, ibar: Callable[..., Result]) -> None:
    path = tmp_path / "set.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [changed(support="rumour\x1b[2J")]}))
    result = ibar("check", str(path))
    assert result.exit_code == 1
    assert f"{POINT}: support: " in result.output
    assert "\x1b" not in result.output
    assert "set.geojson: 1 feature, " in result.output
    said = json.loads(ibar("check", str(path), "--format", "json").output)
    assert said["features"] == 1
    assert {problem["field"] for problem in said["problems"]} == {"support"}


def test_command_on_a_file_that_cannot_be_read(tmp_path: Path, ibar: Callable[..., Result]) -> None:
    result = ibar("check", str(tmp_path / "absent.geojson"))
    assert result.exit_code == 2
    assert "cannot be read" in result.output
