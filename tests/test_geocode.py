"""Toponyms resolved to places, and claims made into located events."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from click.testing import Result

from geo.border import Border
from geo.crs import distances_m
from geo.errors import NotFound
from geo.gazetteer import Gazetteer
from geo.geocode import locate, resolve
from geo.geocode.precision import is_pinned, precision_of
from geo.model import Claim, Deployment, Evidence, Facts, Incident, LonLat, Place, Toponym

PLACE = Place(
    id="x", name_en="X", name_sq="X", name_sr_latn="X", name_sr_cyrl="Х", kind="village", municipality="", country="XK",
    position=LonLat(20.8, 43.0), radius_m=1_500, record="GNS:1",
)  # fmt: skip


def claim(**given: Any) -> Claim:
    return Claim(**{"kind": "incident", "facts": Facts(event_type="shooting"), **given})


def meant(gazetteer: Gazetteer, border: Border, text: str, written: str) -> str:
    """The id of the place that a name in a text is resolved to."""
    mentions = gazetteer.mentions(text)
    toponym = next(m for m in mentions if m.text == written)
    context = tuple(i for m in mentions if m is not toponym for i in m.place_ids)
    return resolve(toponym, gazetteer, context=context, border=border)[0].place.id


@pytest.mark.parametrize(
    ("text", "written", "place_id"),
    [
        ("Shots in Banjska, Kosovo.", "Banjska", "banjska"),
        ("Shots in Banjska, a village near Zvečan.", "Banjska", "banjska"),
        ("Shots in Banjska, a village in Vushtrri municipality.", "Banjska", "banjska_vushtrri"),
        ("Shots in Banjska. Two men from Vushtrri and Skenderaj were held.", "Banjska", "banjska_vushtrri"),
        ("Kosovo closed Jarinje.", "Jarinje", "crossing_jarinje"),
        ("Kosovo: shots were heard in the village of Jarinje.", "Jarinje", "jarinje"),
        ("Kosovo closed the Merdare crossing.", "Merdare crossing", "crossing_merdare"),
        ("Kosovo closed the Merdare border crossing.", "Merdare", "crossing_merdare"),
        ("A protest in Kosovo Polje.", "Kosovo Polje", "kosovo_polje"),
        ("Troops in Zvečan, Kosovo.", "Zvečan", "zvecan"),
        ("U selu Bistrica kod Lešaka na Kosovu.", "Bistrica", "bistrica"),
        ("Shots in Suvi Do near Mitrovica in Kosovo.", "Suvi Do", "suvi_do"),
        ("U selu Jasenovik kod Zubinog Potoka na Kosovu.", "Jasenovik", "gornji_jasenovik"),
        ("Mutivode border crossing in Kosovo was shut.", "Mutivode", "crossing_mutivode"),
    ],
)
def test_homonyms(gazetteer: Gazetteer, border: Border, text: str, written: str, place_id: str) -> None:
    assert meant(gazetteer, border, text, written) == place_id


def test_candidates_are_ranked_with_reasons(gazetteer: Gazetteer, border: Border) -> None:
    candidates = resolve(Toponym(text="Banjska", start=0, end=7, within="Zvečan"), gazetteer, border=border)
    assert [c.place.id for c in candidates][:2] == ["banjska", "banjska_vushtrri"]
    assert "in Zvečan" in candidates[0].reasons
    assert all(0 <= c.score <= 1 for c in candidates)
    assert [c.score for c in candidates] == sorted((c.score for c in candidates), reverse=True)


def test_unknown_name_means_no_place(gazetteer: Gazetteer) -> None:
    assert resolve(Toponym(text="Qqxz", start=0, end=4), gazetteer) == ()


def test_unknown_ids_are_passed_over(gazetteer: Gazetteer) -> None:
    toponym = Toponym(text="Banjska", start=0, end=7, place_ids=("gone", "banjska"))
    assert [c.place.id for c in resolve(toponym, gazetteer, context=("gone",))] == ["banjska"]


@pytest.mark.parametrize(
    ("kind", "radius_m", "relation", "uncertainty_m", "geo_precision", "where_prec"),
    [
        ("village", 1_500, "at", 1_500, 1, 1),
        ("village", 1_500, "near", 6_500, 2, 2),
        ("city", 5_000, "near", 10_000, 2, 2),
        ("lake", 12_000, "at", 12_000, 2, 2),
        ("municipality", 18_000, "at", 18_000, 2, 3),
        ("region", 35_000, "at", 35_000, 3, 4),
        ("road", 45_000, "at", 45_000, 3, 5),
        ("country", 110_000, "at", 110_000, 3, 6),
    ],
)
def test_precision(
    kind: str, radius_m: float, relation: str, uncertainty_m: float, geo_precision: int, where_prec: int
) -> None:
    found = precision_of(replace(PLACE, kind=kind, radius_m=radius_m), relation)
    assert (found.uncertainty_m, found.geo_precision, found.where_prec) == (uncertainty_m, geo_precision, where_prec)


def test_long_things_are_not_pinned(gazetteer: Gazetteer) -> None:
    assert not is_pinned(gazetteer.get("road_mitrovica_raska"))
    assert not is_pinned(gazetteer.get("north_kosovo"))
    assert is_pinned(gazetteer.get("gazivode_lake"))


def test_place_of_a_text(gazetteer: Gazetteer, border: Border) -> None:
    toponym = Toponym(text="Banjskoj", start=2, end=10, place_ids=("banjska", "banjska_vushtrri"), within="Zvečan")
    event = locate(claim(toponym=toponym), gazetteer, border)
    assert isinstance(event, Incident)
    found = event.location
    assert found.position == gazetteer.get("banjska").position
    assert (found.place_name, found.place_name_sq, found.place_name_sr) == ("Banjska", "Banjskë", "Banjska")
    assert (found.toponym, found.municipality, found.place_id) == ("Banjskoj", "Zvečan", "banjska")
    assert (found.geo_precision, found.where_prec, found.uncertainty_m) == (1, 1, 1_500)
    assert found.border is not None
    assert 11_000 < found.border.distance_m < 11_600
    assert found.border.side == "XK"
    assert [c.place.id for c in found.alternatives] == ["banjska_vushtrri"]


def test_near_a_place_widens_its_radius(gazetteer: Gazetteer, border: Border) -> None:
    toponym = Toponym(text="Banjska", start=0, end=7, place_ids=("banjska",), relation="near")
    found = locate(claim(toponym=toponym), gazetteer, border).location
    assert (found.uncertainty_m, found.geo_precision) == (6_500, 2)
    assert found.border is not None
    assert found.border.min_m < 5_000 < found.border.max_m


@pytest.mark.parametrize("area_id", ["kosovo", "north_kosovo", "mun_zvecan", "road_mitrovica_raska"])
def test_area_of_a_text_has_no_position(gazetteer: Gazetteer, border: Border, area_id: str) -> None:
    toponym = Toponym(text="there", start=0, end=5, place_ids=(area_id,))
    found = locate(claim(toponym=toponym), gazetteer, border).location
    assert found.position is None
    assert found.area_id == area_id
    assert found.is_placed
    assert found.border is not None
    assert found.border.min_m <= found.border.max_m


def test_area_that_a_table_names(gazetteer: Gazetteer, border: Border) -> None:
    found = locate(claim(area_id="north_kosovo", place_name="Northern Kosovo"), gazetteer, border).location
    assert (found.position, found.area_id, found.where_prec) == (None, "north_kosovo", 4)
    with pytest.raises(NotFound):
        locate(claim(area_id="nowhere"), gazetteer, border)


def test_position_of_the_source_is_kept(gazetteer: Gazetteer, border: Border) -> None:
    at = LonLat(20.79, 42.98)
    found = locate(claim(position=at, place_name="Banjska"), gazetteer, border).location
    assert found.position == at
    assert (found.place_id, found.uncertainty_m, found.municipality) == ("banjska", 1_500, "Zvečan")
    stated = locate(claim(position=at, uncertainty_m=50.0, place_name="Banjska"), gazetteer, border).location
    assert stated.uncertainty_m == 50


def test_position_far_from_every_place_of_the_name(gazetteer: Gazetteer, border: Border) -> None:
    found = locate(claim(position=LonLat(21.5, 42.5), place_name="Banjska"), gazetteer, border).location
    assert (found.place_id, found.place_name, found.uncertainty_m) == (None, "Banjska", None)
    assert found.is_placed


def test_position_at_the_crossing_or_in_the_village(gazetteer: Gazetteer, border: Border) -> None:
    crossing, village = gazetteer.get("crossing_jarinje").position, gazetteer.get("jarinje").position
    at_crossing = locate(claim(position=crossing, place_name="Jarinje"), gazetteer, border).location
    in_village = locate(claim(position=village, place_name="Jarinje"), gazetteer, border).location
    assert (at_crossing.place_id, in_village.place_id) == ("crossing_jarinje", "jarinje")
    assert at_crossing.border is not None
    assert in_village.border is not None
    assert (at_crossing.border.side, in_village.border.side) == ("line", "XK")


def test_name_of_a_table_with_its_municipality(gazetteer: Gazetteer, border: Border) -> None:
    found = locate(claim(place_name="Banjska", municipality="Vushtrri"), gazetteer, border).location
    assert found.place_id == "banjska_vushtrri"
    assert float(distances_m(*(found.position or LonLat(0, 0)), 20.95389, 42.85861)) < 50


def test_place_id_of_a_table_decides(gazetteer: Gazetteer, border: Border) -> None:
    assert locate(claim(place_id="banjska_vushtrri"), gazetteer, border).location.place_id == "banjska_vushtrri"
    with pytest.raises(NotFound):
        locate(claim(place_id="gone"), gazetteer, border)


@pytest.mark.parametrize("given", [{}, {"place_name": "Qqxz"}, {"toponym": Toponym(text="Qqxz", start=0, end=4)}])
def test_without_a_known_place_it_is_not_placed(gazetteer: Gazetteer, border: Border, given: dict[str, Any]) -> None:
    found = locate(claim(**given), gazetteer, border).location
    assert not found.is_placed
    assert found.border is None
    assert found.where_prec == 7


def test_municipality_of_imported_polygons_goes_first(gazetteer: Gazetteer, border: Border) -> None:
    given = claim(place_name="Suvi Do", place_id="suvi_do")
    asked: list[LonLat] = []

    def north(position: LonLat) -> str | None:
        asked.append(position)
        return "North Mitrovica"

    assert locate(given, gazetteer, border, municipality_at=north).location.municipality == "North Mitrovica"
    assert asked == [gazetteer.get("suvi_do").position]
    assert locate(given, gazetteer, border, municipality_at=lambda _: None).location.municipality == "Mitrovica"


def test_ids_are_the_claims_own_or_always_the_same(gazetteer: Gazetteer, border: Border) -> None:
    evidence = Evidence(document_id="d", start=0, end=4, text="shot")
    facts = Facts(event_type="shooting", evidence=(evidence,))
    first = locate(claim(facts=facts), gazetteer, border).id
    assert locate(claim(facts=facts), gazetteer, border).id == first
    elsewhere = replace(facts, evidence=(replace(evidence, start=9, end=13),))
    assert locate(claim(facts=elsewhere), gazetteer, border).id != first
    assert locate(claim(facts=facts, id="mine"), gazetteer, border).id == "mine"


def test_claims_keep_what_they_say(gazetteer: Gazetteer, border: Border) -> None:
    facts = Facts(event_type="reinforcement", personnel=200)
    event = locate(claim(kind="deployment", facts=facts, status="published", assertion="planned"), gazetteer, border)
    assert isinstance(event, Deployment)
    assert (event.kind, event.facts, event.status, event.assertion) == ("deployment", facts, "published", "planned")


def test_geocode_prints_places(ibar: Callable[..., Result]) -> None:
    done = ibar("geocode", "Banjska")
    assert done.exit_code == 0
    lines = done.output.splitlines()
    assert lines[1].split()[1] == "banjska"
    assert "Бањска" in lines[1]
    assert "11." in lines[1]


def test_geocode_as_json(ibar: Callable[..., Result]) -> None:
    places = json.loads(ibar("geocode", "Banjska, Vushtrri", "--format", "json", "--limit", "1").output)
    assert [p["id"] for p in places] == ["banjska_vushtrri"]
    assert {"name_sq", "name_sr_cyrl", "lon", "lat", "record", "border_distance_m", "border_side", "score"} <= set(
        places[0]
    )


def test_geocode_of_a_crossing_says_that_it_is_on_the_line(ibar: Callable[..., Result]) -> None:
    places = json.loads(ibar("geocode", "Jarinje", "--format", "json").output)
    assert (places[0]["id"], places[0]["border_side"]) == ("crossing_jarinje", "line")


def test_geocode_of_a_name_like_others(ibar: Callable[..., Result]) -> None:
    assert "leposavic" in ibar("geocode", "Leposavik").output
    assert "banjska_monastery" in ibar("geocode", "Banjska", "--like", "--limit", "30").output


@pytest.mark.parametrize("name", ["qqqqxz", "", "!!", "\u202e"])
def test_geocode_finds_nothing(ibar: Callable[..., Result], name: str) -> None:
    done = ibar("geocode", name)
    assert done.exit_code == 1
    assert "no place is called" in done.output
