"""Short news in Albanian and in Serbian (both scripts), each with the events that it tells; and news that tell none."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

import pytest

from bench.scoring import FAMILIES
from geo.extract import extract
from geo.gazetteer import Gazetteer
from geo.model import Claim, Document

FOLDER: Final = Path(__file__).parent / "data"
ROWS: Final = [
    line.split("\t") for line in (FOLDER / "albanian_serbian_news.tsv").read_text("utf-8").splitlines()
]  # fmt: skip


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer.open()


def read(text: str, gazetteer: Gazetteer, published: str = "2023-06-07") -> tuple[Claim, ...]:
    return extract(Document(id="d", text=text, published=date.fromisoformat(published)), gazetteer)


def told(claim: Claim, gazetteer: Gazetteer) -> tuple[str, frozenset[str]]:
    """Return the family of an event and the points that it may be at; no point is `-`."""
    ids = claim.toponym.place_ids if claim.toponym else ()
    points = frozenset(i for i in ids if not gazetteer.get(i).is_area)
    return FAMILIES.get(claim.facts.event_type, claim.facts.event_type), points or frozenset("-")


@pytest.mark.parametrize(("events", "published", "text"), [row for row in ROWS if row[0] != "none"])
def test_events_of_short_news(events: str, published: str, text: str, gazetteer: Gazetteer) -> None:
    left = [told(claim, gazetteer) for claim in read(text, gazetteer, published)]
    for event in events.split():
        family, place = event.split("@")
        left.remove(next(one for one in left if one[0] == family and place in one[1]))
    assert left == []


@pytest.mark.parametrize(("published", "text"), [row[1:] for row in ROWS if row[0] == "none"])
def test_news_without_an_event(published: str, text: str, gazetteer: Gazetteer) -> None:
    assert read(text, gazetteer, published) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Komunikata u shpërnda me urdhër të komunës në Zveçan, Kosovë.",  # "ur" is a bridge, "urdhër" an order
        "Në Podujevë të Kosovës kishte mjegull, tha stacioni meteorologjik.",  # "kisha" is a church, "kishte" had
        "U Kosovskoj Kamenici i na Kosovu danas je vedro.",  # "kamen" is a stone, Kamenica a town
        "Skupština opštine Gračanica na Kosovu zaseda u četvrtak.",  # "skup" is a rally, "skupština" an assembly
    ],
)
def test_beginnings_that_words_share(text: str, gazetteer: Gazetteer) -> None:
    assert read(text, gazetteer) == ()


def test_a_word_that_only_hints_is_part_of_what_is_told_beside_it(gazetteer: Gazetteer) -> None:
    (told_one,) = read("Në Zveçan u arrestuan dy vetë; në veturë kishin bomba, tha Policia e Kosovës.", gazetteer)
    assert FAMILIES[told_one.facts.event_type] == "police"
    (hinted,) = read("Një bombë në Zveçan, njofton Policia e Kosovës.", gazetteer)
    assert hinted.facts.event_type == "explosion"
    assert hinted.facts.confidence < 0.7


def test_the_place_of_an_office_is_not_that_of_an_event(gazetteer: Gazetteer) -> None:
    claims = read(
        "Dy granata u hodhën mbi një oborr. Kështu njoftoi drejtori i policisë në Zveçan për KFOR-in.", gazetteer
    )
    assert [claim.facts.event_type for claim in claims if claim.toponym is not None] == []
