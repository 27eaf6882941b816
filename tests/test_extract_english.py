"""Sentences in which English outlets may tell of an event, each way of telling it once; and those that tell of none."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

import pytest

from geo.extract import extract
from geo.gazetteer import Gazetteer
from geo.model import Claim, Document

ROWS: Final = [
    line.split("\t") for line in (Path(__file__).parent / "data" / "english_ways.tsv").read_text("utf-8").splitlines()
]
FOLLOWS: Final = " The Kosovo authorities have said nothing."
"""What shows a text to be on Kosovo, so that its villages are meant."""


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer.open()


def read(text: str, gazetteer: Gazetteer) -> tuple[Claim, ...]:
    return extract(Document(id="d", text=text, published=date(2024, 6, 7)), gazetteer)


@pytest.mark.parametrize(("event_type", "place", "sentence"), [row for row in ROWS if row[0] != "none"])
def test_each_way_of_telling_an_event(event_type: str, place: str, sentence: str, gazetteer: Gazetteer) -> None:
    claims = read(sentence + FOLLOWS, gazetteer)
    assert [claim.facts.event_type for claim in claims] == [event_type]
    assert claims[0].toponym is not None
    assert place in claims[0].toponym.place_ids


@pytest.mark.parametrize("sentence", [row[2] for row in ROWS if row[0] == "none"])
def test_what_is_no_event(sentence: str, gazetteer: Gazetteer) -> None:
    assert read(sentence, gazetteer) == ()


def test_a_number_or_a_date_after_since_is_no_reference(gazetteer: Gazetteer) -> None:
    (claim,) = read("About 30 gunmen have been surrounded in Banjska, Kosovo since this morning.", gazetteer)
    assert claim.facts.event_type == "armed_clash"
    assert claim.facts.when.start == date(2024, 6, 7)


def test_a_modal_inside_a_phrase_makes_it_a_plan(gazetteer: Gazetteer) -> None:
    assert read("In Zubin Potok, Kosovo, roads may be blocked and shots might be fired.", gazetteer) == ()


def test_without_governs_what_stands_right_after_it(gazetteer: Gazetteer) -> None:
    assert read("The men left Zvečan in Kosovo without firing a shot.", gazetteer) == ()
    (claim,) = read("Men cutting wood without a permit fired at a patrol near Zvečan in Kosovo.", gazetteer)
    assert claim.facts.event_type == "shooting"


def test_how_many_serve_already_is_a_deployment_of_its_own(gazetteer: Gazetteer) -> None:
    text = "Germany will send 150 additional soldiers to Kosovo. The Bundeswehr now has 70 soldiers with KFOR."
    assert [(c.facts.event_type, c.facts.personnel) for c in read(text, gazetteer)] == [
        ("reinforcement", 150),
        ("force_strength", 70),
    ]


def test_what_an_article_from_a_village_tells_was_there(gazetteer: Gazetteer) -> None:
    (claim,) = read("BANJSKA - A car was set on fire in this village near Zvečan in Kosovo.", gazetteer)
    assert claim.toponym is not None
    assert claim.toponym.text == "BANJSKA"


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("Two days later", date(2024, 5, 5)),
        ("The next day", date(2024, 5, 4)),
        ("A day earlier", date(2024, 5, 2)),
        ("The same evening", date(2024, 5, 3)),
        ("Five days earlier", date(2024, 4, 28)),
    ],
)
def test_days_count_from_the_day_told_last(words: str, day: date, gazetteer: Gazetteer) -> None:
    text = f"A car was set on fire in Leposavić, Kosovo on 3 May. {words} shots were fired in Zvečan."
    assert read(text, gazetteer)[-1].facts.when.start == day


def test_a_day_soon_to_come_is_meant_where_it_is_planned(gazetteer: Gazetteer) -> None:
    (claim,) = read("A Turkish battalion will arrive in Pristina, Kosovo on 14 June to reinforce KFOR.", gazetteer)
    assert claim.facts.when.start == date(2024, 6, 14)


def test_a_place_named_twice_over_is_one_of_the_list(gazetteer: Gazetteer) -> None:
    claims = read("Fire gutted the customs houses at Gate 1, Jarinje, and Gate 31 in northern Kosovo.", gazetteer)
    assert [c.toponym.text for c in claims if c.toponym] == ["Gate 1", "Gate 31"]


def test_a_namesake_that_lies_elsewhere_is_not_near_a_place(gazetteer: Gazetteer) -> None:
    text = "Children were shot at as they swam in Bistrica, near Goraždevac in Kosovo."
    (claim,) = read(text, gazetteer)
    assert claim.toponym is not None
    assert claim.toponym.text == "Goraždevac"


def test_a_name_joined_to_a_word_is_no_place(gazetteer: Gazetteer) -> None:
    (claim,) = read("A Niš-ekspres bus was stoned in Obilić, Kosovo.", gazetteer)
    assert claim.toponym is not None
    assert claim.toponym.text == "Obilić"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("A patrol was hit by four bullets on the Mitrovica–Leposavić road near the village of Sočanica.", "Sočanica"),
        ("Shots were fired at a taxi not far from Zvečan, where the Leposavić road forks.", "Zvečan"),
        ("Police searched the Zubin Potok premises of the Post of Serbia and took away cash.", "Zubin Potok"),
        ("Police were carrying out searches at the Ministry of Transport in Pristina.", "Pristina"),
        (
            "The bus, on its way from Belgrade to Gjilan, was pelted with stones as it passed through Podujevo.",
            "Podujevo",
        ),
        ("A grenade was thrown at the home of the mayor of Leposavić; he was in Belgrade.", "Leposavić"),
        (
            "GORAŽDEVAC - Two youngsters were gunned down in this enclave as they swam in the Bistrica river.",
            "GORAŽDEVAC",
        ),
        ("A Serb was shot at near Čabra. He turned up at a hospital in Niš with a bullet in his leg.", "Čabra"),
    ],
)
def test_what_stands_by_the_place_is_not_taken_for_it(text: str, place: str, gazetteer: Gazetteer) -> None:
    (claim,) = read(text + FOLLOWS, gazetteer)
    assert claim.toponym is not None
    assert claim.toponym.text == place


def test_what_was_outside_the_region_is_not_moved_into_it(gazetteer: Gazetteer) -> None:
    text = "Three men were killed in Skopje on Saturday. In Pristina, Kosovo, relatives waited for news."
    assert read(text, gazetteer) == ()


def test_each_place_of_a_list_has_its_day(gazetteer: Gazetteer) -> None:
    text = "Stones were thrown at a bus in Mitrovica on 2 May, and on 4 May in Gračanica at a school." + FOLLOWS
    days = [claim.facts.when.start for claim in read(text, gazetteer)]
    assert days == [date(2024, 5, 2), date(2024, 5, 4)]


def test_a_month_is_no_modal(gazetteer: Gazetteer) -> None:
    (claim,) = read("On 2 May in Suvi Do, Kosovo a youth was beaten by three men.", gazetteer)
    assert claim.facts.when.start == date(2024, 5, 2)


@pytest.mark.parametrize(
    ("text", "killed"),
    [
        ("Two grenades exploded in Bresje, Kosovo, leaving two dead and almost fifty wounded.", 2),
        ("A sixteen-year-old Albanian was shot dead near Miratovac, Serbia.", 1),
        ("A battle for Oraovica, Serbia cost 14 rebels their lives.", 14),
    ],
)
def test_the_dead_are_not_mixed_with_others(text: str, killed: int, gazetteer: Gazetteer) -> None:
    (claim,) = read(text, gazetteer)
    assert claim.facts.fatalities == killed


def test_troops_told_of_after_an_incident_are_a_part_of_it(gazetteer: Gazetteer) -> None:
    text = "A bus was stoned in Klina, Kosovo on Tuesday. KFOR soldiers escorted it to Mitrovica."
    (claim,) = read(text, gazetteer)
    assert claim.facts.event_type == "stone_throwing"


def test_what_is_said_outright_is_not_doubted(gazetteer: Gazetteer) -> None:
    text = "Fire gutted the vehicle registration office in Zubin Potok, and in Zvečan, Kosovo two grenades were thrown."
    assert [claim.facts.event_type for claim in read(text, gazetteer)] == ["arson", "grenade_attack"]
