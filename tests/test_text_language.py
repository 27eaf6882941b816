"""Titles in, their language out; Serbian names in Cyrillic where the page is."""

from __future__ import annotations

import csv

import pytest

from app.text_language import text_language
from app.translations.cyrillic import name_in_cyrillic
from geo.boundaries import shipped


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Exchange of fire at Banjska", "en"),
        ("Zvečan", "en"),
        ("Policia e Kosovës bastisi objekte në veri", "sq"),
        ("Kosovska policija pretresla objekte na severu", "sr-Latn"),
        ("Полиција претресла објекте", "sr-Cyrl"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_language_of_a_title(text: str | None, code: str) -> None:
    assert text_language(text) == code


def test_every_shipped_place_is_written_in_cyrillic_as_the_list_has_it() -> None:
    with shipped("places.csv").open(encoding="utf-8", newline="") as file:
        names = [(row["name_sr_latn"], row["name_sr_cyrl"]) for row in csv.DictReader(file)]
    names = [pair for pair in names if not set("qwxyQWXY") & set(pair[0])]  # EULEX stays in Latin script
    assert [(latin, name_in_cyrillic(latin)) for latin, cyrillic in names if name_in_cyrillic(latin) != cyrillic] == []


@pytest.mark.parametrize("text", ["Kukës", "Wien", "Quai", "Preševë", "{{ x }}"])
def test_what_is_not_serbian_stays_as_it_is(text: str) -> None:
    assert name_in_cyrillic(text) == text
