"""Sentences that tell of troops, bases and commands in English; each is one deployment, at its place or at none."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

import pytest

from geo.extract import extract
from geo.gazetteer import Gazetteer
from geo.model import DEPLOYMENT_TYPES, Claim, Document

ROWS: Final = [
    line.split("\t")
    for line in (Path(__file__).parent / "data" / "english_deployments.tsv").read_text("utf-8").splitlines()
]
FOLLOWS: Final = " The Kosovo authorities have said nothing."
AREAS: Final = ("country", "region", "line")


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer.open()


def read(text: str, gazetteer: Gazetteer) -> tuple[Claim, ...]:
    return extract(Document(id="d", text=text, published=date(2024, 6, 7)), gazetteer)


def place_ids(claim: Claim) -> tuple[str, ...]:
    return claim.toponym.place_ids if claim.toponym else ()


def is_pointless(claim: Claim, gazetteer: Gazetteer) -> bool:
    return all(gazetteer.get(i).kind in AREAS for i in place_ids(claim))


@pytest.mark.parametrize(("place", "sentence"), [(row[1], row[2]) for row in ROWS if row[0] != "none"])
def test_each_way_of_telling_a_deployment(place: str, sentence: str, gazetteer: Gazetteer) -> None:
    (claim,) = read(sentence + FOLLOWS, gazetteer)
    assert claim.facts.event_type in DEPLOYMENT_TYPES
    if place == "-":
        assert is_pointless(claim, gazetteer)
    else:
        assert place in place_ids(claim)


@pytest.mark.parametrize("sentence", [row[2] for row in ROWS if row[0] == "none"])
def test_what_troops_do_that_is_no_deployment(sentence: str, gazetteer: Gazetteer) -> None:
    assert read(sentence + FOLLOWS, gazetteer) == ()


def test_troops_are_where_the_sentence_before_says(gazetteer: Gazetteer) -> None:
    (claim,) = read("Calm has come back to Leposavić in Kosovo. KFOR soldiers patrol the streets.", gazetteer)
    assert place_ids(claim) == ("leposavic",)


def test_troops_on_the_line_have_no_point_from_the_sentence_before(gazetteer: Gazetteer) -> None:
    text = "Calm has come back to Leposavić in Kosovo. KFOR soldiers patrol the administrative boundary line."
    (claim,) = read(text, gazetteer)
    assert is_pointless(claim, gazetteer)


def test_where_somebody_went_is_where_the_army_stands(gazetteer: Gazetteer) -> None:
    (claim,) = read("The minister left Belgrade for Raška, where the army has dug in howitzers.", gazetteer)
    assert place_ids(claim) == ("raska",)


def test_the_camp_says_better_than_the_town_near_it(gazetteer: Gazetteer) -> None:
    text = "Camp Casablanca in Kosovo, for years the seat of Austrian soldiers near Suhareka, was vacated on Friday."
    (claim,) = read(text, gazetteer)
    assert place_ids(claim) == ("camp_casablanca",)


def test_whose_troops_are_sent_is_told_at_the_beginning(gazetteer: Gazetteer) -> None:
    (claim,) = read("France, for its part, and in a hurry, is rushing 400 soldiers to Kosovo.", gazetteer)
    assert claim.facts.contributor == "France"
    assert claim.facts.personnel == 400
