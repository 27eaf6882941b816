"""Arbitrary Unicode through every reader and the whole way to GeoJSON: events or one clear error, never a crash."""

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.border import Border
from geo.errors import GeoError, InvalidInput
from geo.extract.language import languages
from geo.extract.lexicon import language_codes
from geo.extract.sentences import sentences
from geo.gazetteer import Gazetteer
from geo.geojson import collection, document_members, feature
from geo.model import Document
from geo.pipeline import events_from_document
from geo.sources import feeds, html, read_document
from tests.made_files import item, rss

TOLD = (
    "Two police officers were killed in Banjska", " on 24 September 2023", "Lorries blocked the road at Jarinje",
    "Policia arrestoi tre persona në Zveçan", " mbrëmë", "U Leposaviću je bačena bomba", "У Звечану је убијено",
    " 3.735 ", "KFOR sent 200 soldiers to", " near ", " and ", ", ", ". ", "\n", "\n\n", "- ", "yesterday", "u blizini",
    "Mitrovica", "north",
)  # fmt: skip
ODD = (
    "\u200b", "\u200f", "\u202e", "\ufeff", "\u00ad", "\u0301", "\u0360\u0360\u0360", "\u2028", "\x85", "\x0b",
    "ﬁ", "İ", "ı", "ß", "ǅ", "Ǆ", "𝐁𝐚𝐧𝐣𝐬𝐤𝐚", "Ｂａｎｊｓｋａ", "Zvеčan", "👮\u200d♀️", "\U0010ffff", "\ud7ff", "٣", "²",
    "½", "Ⅳ", "１２", "\u180e", "⁇", "…", "’", "„",
)  # fmt: skip
WRITTEN = st.lists(st.sampled_from(TOLD) | st.sampled_from(ODD) | st.text(max_size=12), max_size=25).map("".join)
PUBLISHED = st.none() | st.dates()


def check(document: Document, gazetteer: Gazetteer, border: Border) -> None:
    events = events_from_document(document, gazetteer, border)
    told = json.loads(collection(feature(event) for event in events))
    text = json.loads(json.dumps(document_members(document)))["text"]
    for span in (span for found in told["features"] for span in found["evidence"]):
        assert text[span["start"] : span["end"]] == span["text"]
    assert len({event.id for event in events}) == len(events)


@settings(max_examples=150)
@given(text=WRITTEN, published=PUBLISHED)
def test_any_plain_text(text: str, published: date | None, gazetteer: Gazetteer, border: Border) -> None:
    try:
        document = read_document(text.encode("utf-8", errors="surrogatepass"), name="a.txt", published=published)
    except InvalidInput as error:
        assert str(error).startswith("a.txt: ")
        return
    check(document, gazetteer, border)


@settings(max_examples=100)
@given(paragraphs=st.lists(WRITTEN, max_size=5), published=PUBLISHED)
def test_any_page_and_any_feed(
    paragraphs: list[str], published: date | None, gazetteer: Gazetteer, border: Border
) -> None:
    page = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    items = rss(*(item(p, p) for p in paragraphs)) if all(p.isprintable() for p in paragraphs) else b""
    for reader, data in ((html.read, page.encode("utf-8", errors="surrogatepass")), (feeds.read, items)):
        try:
            parts = reader(data)
        except GeoError:
            continue
        for part in parts:
            check(Document(id="d", text=part.text, published=published), gazetteer, border)


@given(text=WRITTEN)
def test_every_paragraph_has_a_language(text: str) -> None:
    found = sentences(text)
    assert set(languages(found)) == {sentence.paragraph for sentence in found}
    assert set(languages(found).values()) <= set(language_codes())


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_character_beside_a_name_loses_no_event(odd: str, gazetteer: Gazetteer, border: Border) -> None:
    text = f"Two police officers were killed in Banjska {odd} on 24 September 2023, in the municipality of Zvečan."
    document = Document(id="d", text=text, published=date(2023, 9, 25))
    assert [event.facts.fatalities for event in events_from_document(document, gazetteer, border)] == [2]
    check(document, gazetteer, border)
