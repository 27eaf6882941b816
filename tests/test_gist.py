"""The gist of a sentence: what no phrase tells is sensed, and each language's model is that of its sentences."""

from __future__ import annotations

import hashlib
from importlib.resources import files

import numpy as np
import pytest

from geo.errors import MissingData
from geo.extract import explain, gist
from geo.extract.lexicon import language_codes
from geo.gazetteer import Gazetteer
from geo.model import DEPLOYMENT_TYPES, INCIDENT_TYPES, Document

LANGUAGES = files("geo.extract").joinpath("languages")
CODES = ("en", "sq", "sr")


def sentences(code: str) -> list[list[str]]:
    text = LANGUAGES.joinpath(code, "sentences.tsv").read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines()]


@pytest.mark.parametrize("code", CODES)
def test_every_sentence_is_labelled_with_types_that_there_are_and_none_comes_twice(code: str) -> None:
    rows = sentences(code)
    assert len(rows) > 2_000 and all(len(row) == 2 for row in rows)
    assert {t for types, _ in rows for t in types.split(",")} == {*INCIDENT_TYPES, *DEPLOYMENT_TYPES, "none"}
    assert all(types == "none" or "none" not in types.split(",") for types, _ in rows)
    assert len({text for _, text in rows}) == len(rows)
    assert 0.15 < sum(types == "none" for types, _ in rows) / len(rows) < 0.6


@pytest.mark.parametrize("code", CODES)
def test_the_model_was_fitted_on_the_sentences_beside_it(code: str) -> None:
    known = gist.model(code)
    assert known is not None
    written = LANGUAGES.joinpath(code, "sentences.tsv").read_bytes()
    assert known.sentences == hashlib.sha256(written).hexdigest(), "run `python -m bench.gist --write`"
    assert known.weights.shape == (len(known.numbers), len(gist.LABELS))
    assert np.isfinite(known.bias).all()


@pytest.mark.parametrize("code", CODES)
def test_words_alone_tell_a_barricade_from_a_shooting(code: str) -> None:
    known = gist.model(code)
    assert known is not None
    barricade, shots = {
        "en": ("trucks gravel blocked road barricade", "gunman fired bullets shots wounded"),
        "sq": ("kamionë zhavorr bllokuar rrugën barrikadë", "qëlloi plumba armë zjarri plagosur"),
        "sr": ("kamioni sljunak blokiran put barikada", "pucao metaka iz oruzja ranjen"),
    }[code]
    road = known.gist([w.replace("ë", "e") for w in barricade.split()], ()).likely
    shot = known.gist([w.replace("ë", "e") for w in shots.split()], ()).likely
    assert road["road_block"] > 2 * shot["road_block"]
    assert shot["armed"] > 2 * road["armed"]


def test_a_sentence_of_nothing_is_of_no_event() -> None:
    for code in CODES:
        known = gist.model(code)
        assert known is not None
        assert max(known.gist([], ()).likely.values()) < 0.35


def test_a_language_without_sentences_has_no_model() -> None:
    assert gist.model("xx") is None


@pytest.mark.parametrize("damage", [b"", b"no archive", "other labels"])
def test_a_damaged_model_is_one_clear_error(tmp_path, monkeypatch: pytest.MonkeyPatch, damage: bytes | str) -> None:
    folder = tmp_path / "zz"
    folder.mkdir()
    if isinstance(damage, bytes):
        (folder / gist.FILE).write_bytes(damage)
    else:
        np.savez(
            folder / gist.FILE, labels="a\nb", signs="4barr", weights=np.zeros((1, 2)), bias=np.zeros(2), sentences=""
        )
    monkeypatch.setattr(gist, "FOLDER", tmp_path)
    gist.model.cache_clear()
    try:
        with pytest.raises(MissingData, match="run `python -m bench"):
            gist.model("zz")
    finally:
        gist.model.cache_clear()


def test_the_reason_for_a_sensed_event_says_so_and_shows_the_word() -> None:
    text = "Lorries parked nose to tail have kept anyone from driving through Rudare since dawn on 3 August 2022."
    document = Document(id="d", text=f"Kosovo. {text}")
    told = explain(document, Gazetteer.open())
    reasons = [line for lines in told.reasons for line in lines]
    assert any("found by 'the gist of the sentence, " in line for line in reasons)
    assert [claim.facts.event_type for claim in told.claims] == ["road_block"]
    for claim in told.claims:
        for piece in claim.facts.evidence:
            assert document.text[piece.start : piece.end] == piece.text


def test_there_is_a_model_for_each_language() -> None:
    assert set(CODES) == set(language_codes())
