"""The annotated texts and the scorer of `bench/extraction.py`: spans are names, and right is what agrees."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bench.scoring import PASSAGES, Answer, Said, Tally, Text, corpus, score
from geo.gazetteer import Gazetteer
from geo.model import LonLat

BANJSKA, NEAR, FAR = LonLat(20.78, 42.98), LonLat(20.79, 42.98), LonLat(20.9, 42.9)
DAY = date(2023, 9, 24)
CLASH = Said("armed", BANJSKA, DAY, 4)
TEXT = Text("x", "en", "dev", "A clash in Banjska.", None, (CLASH,), frozenset({(11, 18)}))


@pytest.fixture(scope="module")
def texts() -> list[Text]:
    return corpus(Gazetteer.open())


@pytest.fixture(scope="module")
def passages() -> list[Text]:
    return corpus(Gazetteer.open(), PASSAGES)


def tally_of(*events: Said, names: frozenset[tuple[int, int]] = frozenset()) -> Tally:
    tally = Tally()
    score(TEXT, Answer(events, names, [e.at for e in events if e.at]), tally)
    return tally


@pytest.mark.parametrize(("of", "least"), [("texts", 0.4), ("passages", 0.25)])
def test_the_corpus_is_large_in_every_language_and_a_part_of_it_is_kept_aside(
    of: str, least: float, request: pytest.FixtureRequest
) -> None:
    texts: list[Text] = request.getfixturevalue(of)
    assert len({text.id for text in texts}) == len(texts) >= 120
    assert sum(not text.gold for text in texts) >= 20
    for language in ("en", "sq", "sr-Latn", "sr-Cyrl"):
        own = [text for text in texts if text.language == language]
        assert len(own) >= 25
        assert least <= sum(text.split == "test" for text in own) / len(own) <= 0.6


def test_annotated_names_are_words_of_the_text(texts: list[Text]) -> None:
    for text in texts:
        assert text.names is not None
        for start, end in text.names:
            name = text.text[start:end]
            assert name and name == name.strip() and "{" not in name, (text.id, name)


@pytest.mark.parametrize(
    ("said", "right"),
    [
        (CLASH, 1),
        (CLASH._replace(at=NEAR), 1),
        (CLASH._replace(at=FAR), 0),
        (CLASH._replace(at=None), 0),
        (CLASH._replace(family="unrest"), 0),
        (CLASH._replace(day=None, deaths=0), 1),
    ],
)
def test_an_event_is_right_where_family_and_place_agree(said: Said, right: int) -> None:
    assert tally_of(said).right == right


def test_one_annotated_event_is_found_once_and_by_the_one_with_its_date() -> None:
    tally = tally_of(CLASH._replace(day=None, deaths=0), CLASH)
    assert (tally.right, tally.said, tally.dates_right, tally.deaths_right) == (1, 2, 1, 1)
    assert tally.by_confidence == [(1.0, False), (1.0, True)]


def test_names_and_places_are_counted() -> None:
    tally = tally_of(CLASH._replace(at=FAR), names=frozenset({(8, 18), (0, 1)}))
    assert (tally.names, tally.names_said, tally.names_right) == (1, 2, 1)
    assert (tally.places, tally.near, tally.far) == (1, 0, 1)
    nothing = replace(TEXT, gold=(), names=None)
    score(nothing, Answer((), frozenset(), ()), tally)
    assert tally.names == 1
