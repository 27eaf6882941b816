"""A language that this project does not have, added the way that CONTRIBUTING.md says: one folder, one function."""

import shutil
from collections.abc import Iterator
from datetime import date
from importlib import import_module
from pathlib import Path

import pytest

from geo.errors import MissingData
from geo.extract import extract
from geo.extract.language import languages
from geo.extract.sentences import sentences
from geo.gazetteer import Gazetteer, naming
from geo.gazetteer.naming import Name
from geo.model import Document, LonLat, Place
from geo.text import key

lexicon = import_module("geo.extract.lexicon")  # the package names a function of it alike

LANGUAGE = """
common = ["ve", "bir", "bu", "için", "ile", "olarak", "daha", "dün", "gibi"]
"""
WORDS = """
[links]
number = ["ve"]
range = ["-", "ile"]
date = ["."]
year = []
next = ["gelecek"]
heading = ["tarih"]

[numbers]
1 = ["bir"]
2 = ["iki"]
3 = ["üç"]

[months]
9 = ["eylül"]

[weekdays]
0 = ["pazartesi"]

[[days]]
unit = "day"
first = -1
phrases = ["dün"]

[classes]
and = ["ve"]
placed_at = ["da", "de"]

[people.total]
one = ["kişi"]
many = ["kişi"]

[people.police]
one = ["polis", "polis memuru"]
many = ["polis", "polis memuru"]

[cues]
planned = ["planla*"]
denied = ["değil"]

[[casualty]]
role = "killed"
side = "around"
phrases = ["öldürüldü", "öldü"]

[[trigger]]
type = "shooting"
strength = 0.9
phrases = ["ateş açıldı", "ateş açtı"]
"""
TURKISH = "Zveçan'da dün polise ateş açıldı ve iki polis memuru öldürüldü."


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of languages, to which a test may add; what was read of the real one is forgotten around it."""
    there = tmp_path / "languages"
    shutil.copytree(str(lexicon.FOLDER), there)
    monkeypatch.setattr(lexicon, "FOLDER", there)
    caches = (lexicon.lexicon, lexicon.language_codes, lexicon.traits)
    for cached in caches:
        cached.cache_clear()
    yield there
    for cached in caches:
        cached.cache_clear()


def add(folder: Path, code: str, **files: str) -> None:
    (folder / code).mkdir()
    for name, text in files.items():
        (folder / code / f"{name}.toml").write_text(text, encoding="utf-8")


def test_a_folder_is_all_that_events_of_a_new_language_need(folder: Path, gazetteer: Gazetteer) -> None:
    add(folder, "tr", language=LANGUAGE, words=WORDS)
    assert lexicon.language_codes() == ("en", "sq", "sr", "tr")
    text = f"{TURKISH}\n\nTwo people were injured when a grenade exploded near Leposavić on Sunday."
    read = Document(id="d", text=text, published=date(2023, 9, 25))
    shooting, grenade = extract(read, gazetteer)
    assert (shooting.facts.event_type, shooting.facts.fatalities, shooting.facts.when.start) == (
        "shooting",
        2,
        date(2023, 9, 24),
    )
    assert shooting.toponym is not None
    assert shooting.toponym.text == "Zveçan"
    assert grenade.facts.event_type in ("explosion", "grenade_attack")
    for evidence in shooting.facts.evidence:
        assert text[evidence.start : evidence.end] == evidence.text


def test_another_cyrillic_language_is_told_from_serbian_by_its_words(folder: Path) -> None:
    common = '["во", "беше", "од", "на", "се", "со", "и", "е", "ќе", "дека", "го"]'
    add(folder, "mk", language=f"common = {common}\ncyrillic = true\n", words=WORDS)
    text = "Полицијата соопшти дека во Скопје беше приведен маж.\n\nПолиција је рекла да је у Звечану приведен човек."
    assert list(languages(sentences(text)).values()) == ["mk", "sr"]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"words": WORDS.replace("[months]", "[manths]")}, "'months' is missing"),
        ({"words": "[links]\n"}, "no triggers"),
        ({"words": WORDS.replace('"shooting"', '"shoting"')}, "no event type 'shoting'"),
        ({"words": "= ="}, "tr"),
    ],
)
def test_a_mistake_in_a_folder_is_one_clear_error(folder: Path, files: dict[str, str], said: str) -> None:
    add(folder, "tr", language=LANGUAGE, **files)
    with pytest.raises(MissingData, match=r"lexicon of 'tr'.*") as error:
        lexicon.lexicon("tr")
    assert said in str(error.value)


def test_endings_of_a_new_language_are_one_function(monkeypatch: pytest.MonkeyPatch) -> None:
    def in_turkish(place: Place) -> Iterator[Name]:
        yield from (Name(f"{key(place.name_en)}{ending}", is_form=True) for ending in ("da", "dan"))

    place = Place(
        id="p", name_en="Banjska", name_sq="Banjskë", name_sr_latn="Banjska", name_sr_cyrl="Бањска", kind="settlement",
        municipality="Zvečan", country="XK", position=LonLat(20.78, 42.97), radius_m=1_000.0, record="test",
    )  # fmt: skip
    before = set(naming.names_of(place))
    monkeypatch.setattr(naming, "FORMS", {**naming.FORMS, "tr": in_turkish})
    assert set(naming.names_of(place)) - before == {Name("banjskada", is_form=True), Name("banjskadan", is_form=True)}
