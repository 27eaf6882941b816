"""Catalogues: every message translated, Cyrillic made from Latin, and the pages in every language."""

from __future__ import annotations

import re

import pytest
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from app import create_app
from app.translation import LANGUAGES
from app.translations import build
from app.translations.cyrillic import FOREIGN, transliterate
from app.words import number_words, reading_locale

FOLDER = build.FOLDER

LOCALES = (*build.WRITTEN, *build.DERIVED)
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w*\}")


@pytest.mark.parametrize("locale", LOCALES)
def test_every_message_of_today_is_translated_and_none_is_fuzzy(locale: str) -> None:
    with (FOLDER / locale / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalog = read_po(file, locale=locale)
    assert {message.id for message in catalog if message.id} == set(build.messages())
    assert [message.id for message in catalog if message.fuzzy and message.id] == []
    assert build.missing(catalog) == []


def test_files_are_what_the_program_writes() -> None:
    assert build.faults() == []


@pytest.mark.parametrize("locale", LOCALES)
def test_translations_keep_every_placeholder(locale: str) -> None:
    for message in build.read(locale):
        if message.id:
            wanted = set(PLACEHOLDER.findall(message.id if isinstance(message.id, str) else message.id[1]))
            for text in message.string if isinstance(message.string, tuple) else (message.string,):
                assert set(PLACEHOLDER.findall(text)) == wanted, message.id


def test_new_message_is_reported_until_it_is_translated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "messages", lambda: {"Close": None, "A message nobody has translated": None})
    fresh = build.renewed(build.read("sq"))
    assert build.missing(fresh) == ["A message nobody has translated"]


@pytest.mark.parametrize(
    ("latin", "cyrillic"),
    [
        ("Ljubljana, Njegoš, Džep", "Љубљана, Његош, Џеп"),
        ("LJ NJ DŽ Đ Ž", "Љ Њ Џ Ђ Ж"),
        ("GeoJSON i {count} km %(place)s", "GeoJSON и {count} км %(place)s"),
        ("licencom CC BY 4.0", "лиценцом CC BY 4.0"),
    ],
)
def test_transliteration(latin: str, cyrillic: str) -> None:
    assert transliterate(latin) == cyrillic


@given(st.text("abvgdđežzijklmnoprstćufhcčš ABVGDĐ%(){}0123456789.,–\u201e\u201c", max_size=40))
def test_transliteration_leaves_no_serbian_latin_letter_and_is_stable(text: str) -> None:
    found = transliterate(text)
    rest = re.sub(r"%\(\w+\)s|\{\w*\}|" + "|".join(map(re.escape, FOREIGN)), "", found)
    assert not re.search(r"[a-zđžćčš]", rest, re.IGNORECASE)
    assert transliterate(found) == found


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("en", ("Incidents and deployments", "24 September 2023")),
        ("sq", ("Incidente dhe vendosje forcash", "24 shtator 2023")),
        ("sr-Latn", ("Incidenti i raspoređivanja", "24. septembar 2023.")),
        ("sr-Cyrl", ("Инциденти и распоређивања", "24. септембар 2023.")),
    ],
)
def test_map_page_speaks_the_language(client: FlaskClient, code: str, words: tuple[str, ...]) -> None:
    page = client.get(f"/?lang={code}").text
    assert f'<html lang="{code}">' in page
    for text in words:
        assert text in page
    assert 'lang="en">Exchange of fire' in page


@pytest.mark.parametrize(
    ("header", "code"),
    [("sq,en;q=0.5", "sq"), ("sr-Cyrl-RS", "sr-Cyrl"), ("sr-RS,sr;q=0.9", "sr-Latn"), ("de", "en"), ("", "en")],
)
def test_language_follows_the_browser(client: FlaskClient, header: str, code: str) -> None:
    assert f'<html lang="{code}">' in client.get("/about", headers={"Accept-Language": header}).text


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("path", ["/", "/about", "/events/clash", "/embed", "/share", "/no-such-page"])
def test_status_note_and_language_are_on_every_page(client: FlaskClient, path: str, code: str) -> None:
    page = client.get(f"{path}?lang={code}").text
    assert f'<html lang="{code}">' in page
    marks = {"en": "without prejudice", "sq": "pa paragjykuar", "sr-Latn": "bez prejudiciranja"}
    assert marks.get(code, "без прејудицирања") in page


def test_chosen_language_and_names_are_carried_by_links(client: FlaskClient) -> None:
    page = client.get("/events/clash?lang=sq&labels=sr").text
    links = re.findall(r'href="([^"]*)"', page)
    for path in ("/", "/about"):
        assert any(link.startswith(f"{path}?lang=sq&amp;labels=sr") for link in links), path


@pytest.mark.parametrize(
    ("choice", "shown", "hidden"),
    [
        ("sq", '<span lang="sq">Banjskë</span>', 'lang="sr-Latn">Banjska'),
        ("sr", '<span lang="sr-Latn">Banjska</span>', "Banjskë"),
    ],
)
def test_reader_chooses_the_names_of_places(client: FlaskClient, choice: str, shown: str, hidden: str) -> None:
    both = client.get("/events/clash").text
    assert '<span lang="sq">Banjskë</span> / <span lang="sr-Latn">Banjska</span>' in both
    page = client.get(f"/events/clash?labels={choice}").text
    facts = page.split("<h1", 1)[1].split("</dl>")[0]
    assert shown in facts
    assert hidden not in facts


def test_unknown_choice_of_names_is_refused_by_name(client: FlaskClient) -> None:
    answer = client.get("/?labels=klingon")
    assert answer.status_code == 400
    assert "labels" in answer.text


@pytest.mark.parametrize(
    ("code", "words"),
    [("sq", "1 incident,"), ("sr-Latn", "incidenata: 1,"), ("sr-Cyrl", "инцидената: 1,")],
)
def test_filter_is_described_in_the_language(client: FlaskClient, code: str, words: str) -> None:
    page = client.get(f"/?lang={code}&kind=incident&from=2023-09-01&to=2023-09-30&within_m=19500").text
    described = re.search(r'id="described"[^>]*>([^<]*)<', page)
    assert described is not None
    assert words in described[1]
    assert "19,5" in described[1]


_APP = create_app({})


@pytest.mark.parametrize("lang", LANGUAGES)
@given(st.one_of(st.integers(0, 10**9), st.floats(0, 10**6).map(lambda number: round(number, 1))))
def test_numbers_are_written_as_the_language_groups_and_points_them(lang: str, number: float) -> None:
    with _APP.test_request_context(f"/?lang={lang}"):
        expected = format_decimal(number, "#,##0.#", locale=reading_locale())
        assert number_words(number) == expected
