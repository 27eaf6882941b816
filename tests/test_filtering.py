"""CQL2 over the events of the store: on the command line, over HTTP, in words, and for the public's eyes only."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import quote

import pytest
from click.testing import Result
from flask.testing import FlaskClient

from geo import query
from geo.errors import InvalidInput
from geo.model import Criteria, LonLat
from geo.record import FIELDS
from geo.store import filtering

EVERY = {"clash", "block", "raids", "nowhere", "battalion"}


def found(client: FlaskClient, text: str, lang: str = "") -> set[str]:
    more = f"&filter-lang={lang}" if lang else ""
    response = client.get(f"/api/events?filter={quote(text)}{more}")
    assert response.status_code == 200, response.get_data(as_text=True)
    answer = response.get_json(force=True)
    assert answer["numberMatched"] == len(answer["features"])
    return {feature["id"] for feature in answer["features"]}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("fatalities > 0", {"clash"}),
        ("NOT fatalities > 0", set()),
        ("fatalities IS NULL", EVERY - {"clash"}),
        ("event_type IN ('road_block', 'raid') OR personnel >= 200", {"block", "raids", "battalion"}),
        ("ACCENTI(CASEI(municipality)) LIKE ACCENTI(CASEI('zvec%'))", {"clash"}),
        ("date_start < DATE('2023-01-01')", {"block"}),
        ("T_DURING(date_start, INTERVAL('2023-09-01', '2023-09-30'))", {"clash"}),
        ("S_INTERSECTS(geometry, BBOX(20.6, 42.9, 20.8, 43.3))", {"clash", "block"}),
        ("NOT S_INTERSECTS(geometry, BBOX(20.6, 42.9, 20.8, 43.3))", {"battalion"}),
        ("near_border(1000)", {"block", "raids"}),
        ("border_distance_m BETWEEN 0 AND 1000 AND kind = 'incident'", {"block"}),
        ("certainty(1000) = 'certain'", {"block"}),
        ("distance_to('Banjska monastery') < 3000", {"clash"}),
        ("distance_to(POINT(20.7813 42.9728)) < 1", {"clash"}),
        ("status = 'draft'", set()),
    ],
)
def test_filter_over_http(client: FlaskClient, text: str, wanted: set[str]) -> None:
    assert found(client, text) == wanted


def test_json_form(client: FlaskClient) -> None:
    tree = {"op": ">", "args": [{"property": "fatalities"}, 0]}
    assert found(client, json.dumps(tree), "cql2-json") == {"clash"}


def test_filter_goes_with_the_other_filters_and_is_said_in_words(ibar: Callable[..., Result]) -> None:
    done = ibar("query", "--datetime", "2023", "--filter", "fatalities > 0 AND border_side = 'XK'")
    assert done.exit_code == 0, done.output
    assert "where fatalities > 0 AND border_side = 'XK'" in done.output
    assert "1 Jan–31 Dec 2023" in done.output


def test_every_field_can_be_asked_for() -> None:
    for field in FIELDS:
        filtering.condition(filtering.parse(f'"{field.name}" IS NULL').tree)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("colour = 'red'", "no property 'colour'"),
        ("fatalities = 'many'", "compares"),
        ("distance_to('Nowhereville Qxz') < 1", "no place"),
        ("distance_to(POLYGON((0 0, 1 0, 1 1, 0 0))) < 1", "takes a POINT"),
        ("near_border(fatalities)", "takes a number"),
        ("fatalities >", "cannot be parsed"),
    ],
)
def test_what_cannot_be_asked_is_a_problem(client: FlaskClient, text: str, message: str) -> None:
    response = client.get(f"/api/events?filter={quote(text)}")
    assert response.status_code == 400
    assert response.mimetype == "application/problem+json"
    assert message in response.get_json(force=True)["detail"]


def test_place_names_need_somebody_who_knows_them() -> None:
    with pytest.raises(InvalidInput, match="takes a POINT here"):
        filtering.parse("distance_to('Banjska') < 1")
    tree = filtering.parse("distance_to('Banjska') < 1", find_place=lambda _: LonLat(20.78, 42.97))
    assert query.describe(Criteria(filter=tree), 0) == "0 events, where distance_to('Banjska') < 1"
