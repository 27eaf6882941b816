"""Texts in, claims out: what is taken, what is left, and that every value shows its words."""

from __future__ import annotations

import json
import os
import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench import scoring
from geo.extract import explain, extract
from geo.extract.lexicon import language_codes, lexicon
from geo.extract.patterns import Index
from geo.extract.sentences import sentences
from geo.extract.tokens import tokens
from geo.gazetteer import Gazetteer
from geo.model import Claim, Document, Source

CORPUS = [json.loads(line) for line in scoring.CORPUS.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer.open()


def read(text: str, gazetteer: Gazetteer, published: str | None = "2023-11-07") -> tuple[Claim, ...]:
    day = date.fromisoformat(published) if published else None
    return extract(Document(id="d", text=text, published=day, source=Source(name="Example Gazette")), gazetteer)


def only(text: str, gazetteer: Gazetteer, published: str | None = "2023-11-07") -> Claim:
    claims = read(text, gazetteer, published)
    assert len(claims) == 1, [(c.facts.event_type, c.toponym and c.toponym.text) for c in claims]
    return claims[0]


def place_kinds(claim: Claim, gazetteer: Gazetteer) -> set[str]:
    return {gazetteer.get(i).kind for i in claim.toponym.place_ids} if claim.toponym else set()


# -- the article that the whole way is shown on


@pytest.mark.evaluation
def test_the_article_gives_its_four_events(gazetteer: Gazetteer) -> None:
    folder = os.environ.get("IBAR_EVAL_DIR")
    if not folder:
        pytest.skip("IBAR_EVAL_DIR is not set")
    text = (Path(folder) / "article-2023-11-07.txt").read_text("utf-8")
    claims = {c.facts.event_type: c for c in read(text, gazetteer)}
    assert sorted(claims) == ["armed_clash", "raid", "reinforcement", "transfer_of_authority"]
    assert len(read(text, gazetteer)) == 4

    clash = claims["armed_clash"]
    assert clash.toponym is not None and clash.toponym.text == "Banjska" and "banjska" in clash.toponym.place_ids
    assert clash.facts.fatalities == 4
    when = clash.facts.when
    assert (when.start, when.end, when.date_prec) == (date(2023, 11, 4), date(2023, 11, 5), 2)
    assert len([e for e in clash.facts.evidence if e.supports == "event"]) > 1

    raid = claims["raid"]
    assert raid.toponym is not None and raid.toponym.place_ids == ("north_kosovo",)
    assert "Kosovo Police" in raid.facts.actors

    reinforcement = claims["reinforcement"]
    assert (reinforcement.facts.force, reinforcement.facts.stage) == ("NATO", "authorised")
    assert reinforcement.facts.personnel is None
    assert reinforcement.toponym is not None and reinforcement.toponym.place_ids == ("kosovo",)

    transfer = claims["transfer_of_authority"]
    assert transfer.facts.unit == "1st Battalion Princess of Wales's Royal Regiment"
    assert (transfer.facts.contributor, transfer.facts.stage) == ("United Kingdom", "in_reserve")
    assert transfer.toponym is None


# -- the corpus


def corpus_of(language: str, split: str) -> list[dict]:
    return [row for row in CORPUS if row["lang"].startswith(language) and row["split"] == split]


def is_found(event: dict, claim: Claim, gazetteer: Gazetteer) -> bool:
    if scoring.FAMILIES.get(event["event_type"]) != scoring.FAMILIES.get(claim.facts.event_type):
        return False
    ids = claim.toponym.place_ids if claim.toponym else ()
    return event["place"] in ids if event["place"] else all(gazetteer.get(i).is_area for i in ids)


def scores(rows: list[dict], gazetteer: Gazetteer) -> tuple[float, list[str]]:
    gold = said = right = 0
    wrong = []
    for row in rows:
        claims = list(read(row["text"], gazetteer, row["published"]))
        gold, said = gold + len(row["events"]), said + len(claims)
        for event in row["events"]:
            match = next((c for c in claims if is_found(event, c, gazetteer)), None)
            if match is None:
                wrong.append(f"{row['id']}: missed {event['event_type']} at {event['place']}")
                continue
            claims.remove(match)
            right += 1
        wrong += [f"{row['id']}: extra {c.facts.event_type} at {c.toponym and c.toponym.text}" for c in claims]
    return 2 * right / max(gold + said, 1), wrong


@pytest.mark.parametrize(("language", "least"), [("en", 0.75), ("sq", 0.7), ("sr", 0.7)])
@pytest.mark.parametrize("split", ["dev", "test"])
def test_events_are_found_in_texts_of_each_language(
    language: str, least: float, split: str, gazetteer: Gazetteer
) -> None:
    f1, wrong = scores(corpus_of(language, split), gazetteer)
    assert f1 >= least, f"F1 {f1:.2f}: {wrong}"


def test_dates_and_deaths_of_found_events_are_right(gazetteer: Gazetteer) -> None:
    dates, deaths = [], []
    for row in CORPUS:
        claims = list(read(row["text"], gazetteer, row["published"]))
        for event in row["events"]:
            match = next((c for c in claims if is_found(event, c, gazetteer)), None)
            if match is not None:
                claims.remove(match)
                start = match.facts.when.start
                dates.append((start.isoformat() if start else None) == event["date_start"])
                deaths.append((match.facts.fatalities or 0) == event.get("fatalities", 0))
    assert sum(dates) / len(dates) >= 0.85
    assert sum(deaths) / len(deaths) >= 0.90


def test_texts_without_an_event_give_few(gazetteer: Gazetteer) -> None:
    empty = [row for row in CORPUS if not row["events"]]
    false = [(row["id"], len(read(row["text"], gazetteer, row["published"]))) for row in empty]
    assert len(empty) >= 15
    assert sum(count > 0 for _, count in false) <= len(empty) * 0.15, false


# -- numbers of dead and injured


@pytest.mark.parametrize(
    ("text", "killed", "injured"),
    [
        ("A police officer and three attackers were killed in a shoot-out in Banjska, near Zvečan.", 4, None),
        ("Three people were killed and five wounded in a shooting in Leposavić, north of Zvečan.", 3, 5),
        ("A shooting in Leposavić, near Zvečan, killed two and injured three people.", 2, 3),
        ("Gunmen opened fire in Zvečan, near Mitrovica. Four people died. The four dead were all men.", 4, None),
        ("Gunmen opened fire in Zvečan, Kosovo, killing a policeman. Police killed three attackers.", 4, None),
        ("Shots were fired in Zvečan, Kosovo. Nobody was hurt.", None, 0),
        ("Shots were fired in Zvečan, Kosovo, but no one was killed or injured.", 0, 0),
        ("U Zvečanu, na severu Kosova, ubijen je jedan policajac, a ranjena su dvojica.", 1, 2),
        ("Një polic u vra dhe tre persona u plagosën në Zveçan, në veri të Kosovës.", 1, 3),
    ],
)
def test_dead_and_injured_are_counted_once(
    text: str, killed: int | None, injured: int | None, gazetteer: Gazetteer
) -> None:
    facts = only(text, gazetteer).facts
    assert (facts.fatalities or 0) == (killed or 0)
    assert facts.injured == injured


def test_a_least_number_bounds_from_below(gazetteer: Gazetteer) -> None:
    facts = only("At least three people were killed in an explosion in Zvečan, Kosovo.", gazetteer).facts
    assert (facts.fatalities, facts.fatalities_low, facts.fatalities_high) == (3, 3, None)


# -- dates


@pytest.mark.parametrize(
    ("said", "start", "end"),
    [
        ("on Sunday", "2023-11-05", None),
        ("on Tuesday", "2023-11-07", None),
        ("yesterday", "2023-11-06", None),
        ("last night", "2023-11-06", None),
        ("this morning", "2023-11-07", None),
        ("over the weekend", "2023-11-04", "2023-11-05"),
        ("two days ago", "2023-11-05", None),
        ("on 2 August", "2023-08-02", None),
        ("on 24 December", "2022-12-24", None),
        ("on September 24, 2022", "2022-09-24", None),
        ("on 24 and 25 September", "2023-09-24", "2023-09-25"),
        ("on 24.09.2023", "2023-09-24", None),
        ("last week", "2023-10-30", "2023-11-05"),
    ],
)
def test_dates_are_reckoned_from_the_publication(said: str, start: str, end: str | None, gazetteer: Gazetteer) -> None:
    when = only(f"Shots were fired near Zvečan, Kosovo, {said}.", gazetteer).facts.when
    assert (when.start and when.start.isoformat(), when.end and when.end.isoformat()) == (start, end)


@pytest.mark.parametrize("said", ["on Sunday", "yesterday", "on 2 August"])
def test_a_relative_date_without_publication_stays_open(said: str, gazetteer: Gazetteer) -> None:
    when = only(f"Shots were fired near Zvečan, Kosovo, {said}.", gazetteer, None).facts.when
    assert when.start is None


# -- places


def test_each_place_of_a_list_is_an_event(gazetteer: Gazetteer) -> None:
    claims = read("Kosovo police closed the crossings at Jarinje and Brnjak on Monday.", gazetteer)
    assert [c.toponym.text for c in claims if c.toponym] == ["Jarinje", "Brnjak"]
    assert {c.facts.event_type for c in claims} == {"border_closure"}


@pytest.mark.parametrize(
    "text",
    [
        "An explosion damaged a house in Varage, a village near Zubin Potok in the north of Kosovo.",
        "In Zubin Potok municipality, in the village of Varage, an explosion damaged a house.",
        "An explosion damaged a house in Varage. Residents of Zvečan heard it too.",
    ],
)
def test_the_most_specific_place_wins(text: str, gazetteer: Gazetteer) -> None:
    claim = only(text, gazetteer)
    assert claim.toponym is not None and "varage" in claim.toponym.place_ids


def test_a_region_gives_no_place_but_an_area(gazetteer: Gazetteer) -> None:
    claim = only("Police raided several houses in northern Kosovo on Monday.", gazetteer)
    assert place_kinds(claim, gazetteer) == {"region"}


def test_a_river_is_no_village_of_its_name(gazetteer: Gazetteer) -> None:
    claim = only("Gunmen opened fire on Serb children near Goraždevac, on the bank of the Bistrica river.", gazetteer)
    assert claim.toponym is not None and claim.toponym.text == "Goraždevac"


@pytest.mark.parametrize(
    "text",
    [
        "U sukobu sa demonstrantima ispred zgrade opštine Zvečan povređeno je 30 vojnika Kfora.",
        "Испред зграде општине Звечан у сукобу са демонстрантима повређено је 30 војника Кфора.",
        "Thirty KFOR soldiers were injured in clashes with protesters outside the town hall of Zvečan.",
    ],
)
def test_a_town_hall_is_in_its_town(text: str, gazetteer: Gazetteer) -> None:
    claim = only(text, gazetteer)
    assert claim.toponym is not None and "zvecan" in claim.toponym.place_ids


def test_a_town_and_a_village_of_one_list_are_two_places(gazetteer: Gazetteer) -> None:
    claims = read("Në një kontroll në fshatin Banjskë dhe në Zveçan, policia ka sekuestruar armë.", gazetteer)
    assert [c.toponym.text for c in claims if c.toponym] == ["Banjskë", "Zveçan"]


def test_between_two_places_is_one_event(gazetteer: Gazetteer) -> None:
    only("Shots were fired at a patrol between the villages of Sočanica and Rudare, Kosovo.", gazetteer)


def test_what_is_thrown_in_a_riot_is_part_of_it(gazetteer: Gazetteer) -> None:
    text = "Mbi 30 ushtarë të KFOR-it u lënduan gjatë përleshjeve në Zveçan. Protestuesit hodhën koktej molotovi."
    assert only(text, gazetteer).facts.event_type == "riot"


def test_a_deployment_is_where_the_next_sentence_camps_it(gazetteer: Gazetteer) -> None:
    text = "Romania will send 100 soldiers to reinforce KFOR. They will be based at Camp Bondsteel."
    claims = read(text, gazetteer)
    assert [c.toponym.text for c in claims if c.toponym] == ["Camp Bondsteel"]


# -- what is no event


@pytest.mark.parametrize(
    "text",
    [
        "Kosovo marked the anniversary of the shooting in Banjska near Zvečan, in which a policeman was killed.",
        "Pristina accused Belgrade of attacking Serbs in Zvečan, in the north of Kosovo.",
        "Serbs in Zvečan, in northern Kosovo, threatened to block the road to Jarinje.",
        "Protesters will block the crossing at Merdare on Friday, the organisers in Podujevo said.",
        "The president called for the deployment of troops in northern Kosovo.",
        "During the war, more than a hundred people were killed in Gjakova, Kosovo.",
        "Kosovo police denied that shots were fired in Zvečan.",
        "Trepça won the football match in Mitrovica, Kosovo, with a shot in the last minute.",
    ],
)
def test_wishes_threats_and_memories_are_no_events(text: str, gazetteer: Gazetteer) -> None:
    assert read(text, gazetteer) == ()


def test_what_is_rejected_is_told_with_its_reason(gazetteer: Gazetteer) -> None:
    text = "Serbs in Zvečan, in northern Kosovo, threatened to block the road to Jarinje."
    told = explain(Document(id="d", text=text), gazetteer)
    assert told.claims == ()
    assert [(r.event_type, text[r.start : r.start + 5]) for r in told.rejected] == [("road_block", "block")]
    assert "threatened" in told.rejected[0].reason


def test_an_allegation_is_kept_with_less_confidence(gazetteer: Gazetteer) -> None:
    plain = only("Shots were fired at a house in Zvečan, Kosovo, on Monday.", gazetteer)
    alleged = only("Shots were allegedly fired at a house in Zvečan, Kosovo, on Monday.", gazetteer)
    assert alleged.assertion == "alleged"
    assert alleged.facts.confidence < plain.facts.confidence
    assert alleged.facts.support == "claimed"


# -- deployments


def test_a_deployment_says_who_sends_how_many_and_how_far_it_has_come(gazetteer: Gazetteer) -> None:
    claim = only("Romania will send 100 soldiers to reinforce KFOR in Kosovo.", gazetteer)
    facts = claim.facts
    assert (facts.contributor, facts.personnel, facts.force, facts.stage) == ("Romania", 100, "KFOR", "announced")


# -- any text


WORDS = """
police Zvečan Banjska killed three attackers were shot on Monday , . ; “ ” ’ - – NATO will deploy 1.500 troops 1st
Battalion of the in and 24 September 2023 vranë policët në Косово у Звечану убијен
"""
PIECES = (*WORDS.split(), "\u200b", "\u0301", "\n", "\n\n", "\u2028")
ANY_TEXT = st.text(max_size=400) | st.lists(st.sampled_from(PIECES), max_size=80).map(" ".join)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=ANY_TEXT, published=st.none() | st.dates())
def test_evidence_is_a_quotation_whatever_the_text(text: str, published: date | None) -> None:
    for claim in extract(Document(id="d", text=text, published=published), Gazetteer.open()):
        assert claim.facts.evidence
        assert 0 <= claim.facts.confidence <= 1
        for evidence in claim.facts.evidence:
            assert evidence.text == text[evidence.start : evidence.end]
        if claim.toponym is not None:
            assert claim.toponym.text == text[claim.toponym.start : claim.toponym.end]


@given(text=st.text(max_size=500))
def test_sentences_hold_every_word_once_and_in_order(text: str) -> None:
    words = [token for token in tokens(text) if token.is_word]
    held = [token for sentence in sentences(text) for token in sentence.words if token.is_word]
    assert held == words


@pytest.mark.parametrize(
    "unit",
    ["police shot ", "killed and ", "Zvečan, Banjska and ", "1.000.", "((((", "will send troops ", "a", "“", "24 and "],
)
def test_time_grows_with_length_not_faster(unit: str, gazetteer: Gazetteer) -> None:
    def seconds(size: int) -> float:
        text = unit * (size // len(unit))
        started = time.process_time()
        extract(Document(id="d", text=text, published=date(2023, 11, 7)), gazetteer)
        return time.process_time() - started

    seconds(2_000)
    short, long = seconds(20_000), seconds(80_000)
    assert long < 12 * short + 0.5


# -- the lexicons


@pytest.mark.parametrize("code", language_codes())
def test_each_language_knows_numbers_months_and_days(code: str) -> None:
    words = lexicon(code)
    assert set(words.months.values()) == set(range(1, 13))
    assert set(words.weekdays.values()) == set(range(7))
    assert set(range(1, 11)) <= set(words.numbers.values())
    assert {rule.event_type for rule in words.rules} > {"shooting", "raid", "road_block", "reinforcement", "protest"}


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("open* fire", "they opened fire", "opened fire"),
        ("(blew up|exploded)", "the car blew up", "blew up"),
        ("raid* ~2 house", "raided the old house", "raided the old house"),
        ("raid* ~1 house", "raided the old house", None),
        ("raid* ~3 house", "raided. The house", None),
        ("at? dawn", "dawn", "dawn"),
        ("Звечан", "u Zvečanu, Zvečan", "Zvečan"),
    ],
)
def test_phrases_match_as_they_are_written(phrase: str, text: str, found: str | None) -> None:
    words = tokens(text)
    matches = Index.build([("x", phrase)]).find(words, {})
    assert [text[words[m.start].start : words[m.end - 1].end] for m in matches] == ([found] if found else [])
