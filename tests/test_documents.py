"""Web pages, PDF documents and feeds in; the documents that an editor would copy out of them out."""

import json
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import sources
from geo.errors import InvalidInput, UnreadableFile
from geo.extract import extract
from geo.gazetteer import Gazetteer
from geo.model import Document
from geo.sources import feeds, html, pdf
from geo.sources.formats import recognise
from tests import made_files
from tests.made_files import ARTICLE, item, page, rss

Ibar = Callable[..., Result]
NEWS = {"@type": "NewsArticle", "datePublished": "2023-09-25T08:00:00+02:00", "dateModified": "2023-10-02"}


def one(data: bytes, name: str = "a", **given: object) -> Document:
    (found,) = sources.read_documents(data, name=name, **given)  # type: ignore[arg-type]
    return found


# Formats


@pytest.mark.parametrize(
    ("data", "name", "form"),
    [
        (b"Shots near Zvecan.", "a.txt", "text"),
        (b"Shots < 5 km from <b>Zvecan</b>", "a", "text"),
        (b"<img src=x onerror=alert(1)>", "a.txt", "text"),
        (page(), "a.txt", "html"),
        (b"\n<!-- saved -->\n<html lang=sr><p>x", "a.txt", "html"),
        (b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN" "x"><html><p/></html>', "a", "html"),
        ("<!doctype html><p>x".encode("utf-16"), "a", "html"),
        (b"<p>x", "a", "html"),
        (b"Shots near Zvecan.", "a.html", "html"),
        (b"%PDF-1.7\n", "a.txt", "pdf"),
        (b"\x00\x01junk%PDF-1.4\n", "", "pdf"),
        (b"<p>about %PDF-1.4 files", "", "html"),
        (rss(), "a.html", "feed"),
        (b'<feed xmlns="http://www.w3.org/2005/Atom"/>', "a", "feed"),
        (b"<rdf:RDF xmlns:rdf='x'/>", "a", "feed"),
        (b"<?xml version='1.0'?><other/>", "a.xml", "feed"),
        (b"", "", "text"),
    ],
)
def test_format_is_known_by_content_before_name(data: bytes, name: str, form: str) -> None:
    assert recognise(data, name=name) == form


def test_format_can_be_said() -> None:
    assert one(b"<p>Shots near Zvecan.</p>", form="text").text == "<p>Shots near Zvecan.</p>"
    assert one(b"Shots near Zvecan.", "a.txt", form="html").text == "Shots near Zvecan."
    assert one(b"Shots near Zvecan.", "a.docx", form="text").text == "Shots near Zvecan."
    with pytest.raises(InvalidInput, match=r"a\.docx: no reader .*--as text"):
        one(b"Shots near Zvecan.", "a.docx")
    with pytest.raises(InvalidInput, match="'docx' is not one of text, html, pdf, feed"):
        one(b"x", form="docx")


# Web pages


def test_page_gives_its_article_without_what_stands_around_it() -> None:
    read = one(page(ld=NEWS), "a.html")
    assert read.text == "\n\n".join(("Shots near Banjska", *ARTICLE))
    assert read.title == "Shots near Banjska"
    assert read.id == one(page(), "b.html").id


@pytest.mark.parametrize(
    ("about", "day"),
    [
        ({"ld": NEWS}, date(2023, 9, 25)),
        ({"ld": {"@graph": [{"@type": "WebPage"}, NEWS]}}, date(2023, 9, 25)),
        ({"head": '<meta property="article:published_time" content="2023-09-25T23:30:00+02:00">'}, date(2023, 9, 25)),
        ({"head": '<meta property="article:published_time" content="2999-09-25">'}, None),
        ({"head": '<meta property="article:published_time" content="2023-09-01">'}, date(2023, 9, 1)),
        ({"head": '<meta name="date" content="1 September 2023">'}, date(2023, 9, 1)),
        ({"head": '<meta name="date" content="01.09.2023">'}, date(2023, 9, 1)),
        ({"head": '<meta name="date" content="Mon, 25 Sep 2023 08:00:00 GMT">'}, date(2023, 9, 25)),
        ({"head": '<link rel="canonical" href="https://example.org/2023/9/25/shots">'}, date(2023, 9, 25)),
        ({"head": '<meta property="article:published_time" content="2023-09">'}, None),
        ({"head": '<meta property="article:published_time" content="2023-02-31">'}, None),
        ({"head": '<script type="application/ld+json">{"datePublished": "2023-09-</script>'}, None),
        ({}, None),
    ],
)
def test_day_of_publication_is_what_the_page_states_and_no_date_of_its_text(about: dict, day: date | None) -> None:
    assert one(page(**about)).published == day


def test_what_the_caller_says_goes_before_what_the_page_says() -> None:
    head = '<meta property="og:site_name" content="Example Gazette"><link rel="canonical" href="https://example.org/a">'
    read = one(page(head=head, ld=NEWS))
    assert read.source is not None
    assert (read.source.name, read.source.url, read.source.date) == (
        "Example Gazette",
        "https://example.org/a",
        "2023-09-25",
    )
    told = one(page(head=head, ld=NEWS), published=date(2023, 9, 26), source="Other", url="https://example.org/b")
    assert told.source is not None
    assert (told.source.name, told.source.url, told.source.date) == ("Other", "https://example.org/b", "2023-09-26")


def test_address_that_is_none_is_not_kept() -> None:
    read = one(page(head='<link rel="canonical" href="javascript:alert(1)">'))
    assert read.source is not None
    assert read.source.url is None


@pytest.mark.parametrize("charset", ["utf-8", "windows-1250", "utf-16"])
def test_page_is_read_in_the_encoding_that_it_declares(charset: str) -> None:
    assert "municipality of Zvečan" in one(page(charset=charset)).text


def test_page_of_another_encoding_than_it_says_is_one_clear_error() -> None:
    data = page(charset="windows-1250").replace(b"windows-1250", b"utf-8")
    with pytest.raises(UnreadableFile, match=r"^a\.html: byte 0x\w\w at offset \d+ .* is not utf-8.*--encoding"):
        one(data, "a.html")
    assert "Leposavić" in one(data, "a.html", encoding="windows-1250").text


def test_short_page_gives_its_words() -> None:
    data = b"<body><nav>Home</nav><p>Shots were fired in <b>Banj</b>ska.<br>Nobody was hurt.</p><script>x()</script>"
    assert one(data).text == "Shots were fired in Banjska.\n\nNobody was hurt."


@pytest.mark.parametrize("data", [b"<html></html>", b"<html><script>x</script>", b"<!doctype html>", b"<p>\x01\x02"])
def test_page_without_words_is_one_clear_error(data: bytes) -> None:
    with pytest.raises(UnreadableFile, match=r"^a\.html: the page holds no text"):
        one(data, "a.html")


# PDF documents


def lines(*texts: str, x: float = 72, top: float = 700) -> list[tuple[float, float, str]]:
    return [(x, top - 14 * i, text) for i, text in enumerate(texts)]


def test_pdf_lines_become_paragraphs() -> None:
    data = made_files.pdf(
        [
            *lines("On 24 September two were injur-", "ed near the village of Banjska, and the road", "was shut."),
            *lines("On 25 September lorries blocked the road at", "Rudare for several hours.", top=630),
        ]
    )  # fmt: skip
    assert one(data, "a.pdf").text == (
        "On 24 September two were injured near the village of Banjska, and the road was shut.\n\n"
        "On 25 September lorries blocked the road at Rudare for several hours."
    )


def test_pdf_sentence_goes_on_over_the_page_and_running_heads_are_left_out() -> None:
    pages = [
        [
            (72, 760, "Example Mission - Weekly report"),
            *lines(f"On {n} September the patrol went to"),
            (300, 30, f"{n}"),
        ]
        for n in (11, 12, 13)
    ]
    text = one(made_files.pdf(*pages, lines("the village of Banjska."))).text
    assert "Weekly report" not in text
    assert text.endswith("On 13 September the patrol went to the village of Banjska.")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"%PDF-1.7 hello", "cannot be read as PDF: it is damaged"),
        (made_files.pdf(lines("x"))[:300], "damaged"),
        (made_files.pdf([]), "holds no text; scanned pages"),
    ],
)
def test_pdf_that_gives_nothing_is_one_clear_error(data: bytes, message: str) -> None:
    with pytest.raises(UnreadableFile, match=rf"^a\.pdf: .*{message}"):
        one(data, "a.pdf")


@pytest.mark.browser
def test_printed_page_keeps_every_letter_and_its_paragraphs(tmp_path: Path) -> None:
    said = (
        "Më 27 shtator policia arrestoi dy persona në Leposaviq dhe sekuestroi armë në një shtëpi, tha policia.",
        "Полиција је саопштила да је у селу Бањска 24. септембра рањен полицајац и да је пут био затворен до вечери.",
        "Policija je saopštila da su dve osobe uhapšene u Zvečanu i da je pretresena kuća u selu Žerovnica.",
    )
    (tmp_path / "a.html").write_bytes(page(said))
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", f"--user-data-dir={tmp_path}"]
    where = [f"--print-to-pdf={tmp_path / 'a.pdf'}", str(tmp_path / "a.html")]
    subprocess.run(["chromium", *options, *where], check=True, capture_output=True, timeout=120)
    text = one((tmp_path / "a.pdf").read_bytes(), "a.pdf").text
    assert [paragraph in text.split("\n\n") for paragraph in said] == [True] * 3


# Feeds


def test_feed_gives_a_document_for_each_item() -> None:
    data = rss(
        item("Shots near Banjska", "<p>A patrol came under fire.</p><p>Nobody was hurt.</p>", more=(
            "<link>https://example.org/1</link><pubDate>Thu, 28 Sep 2023 23:30:00 +0200</pubDate>")),
        item("", "<script>x()</script>"),
        item("Only a title"),
        item("Shots near Banjska", "A patrol came under fire.<br/>Nobody was hurt."),
    )  # fmt: skip
    first, second = sources.read_documents(data, name="a.rss")
    assert first.text == "Shots near Banjska\n\nA patrol came under fire.\n\nNobody was hurt."
    assert first.source is not None
    assert (first.source.name, first.source.url, first.published) == (
        "Example Gazette",
        "https://example.org/1",
        date(2023, 9, 28),
    )
    assert second.text == second.title == "Only a title"


def test_atom_is_read_too() -> None:
    entry = (
        "<entry><title type='html'>Shots &amp;amp; smoke</title><link rel='self' href='https://example.org/s'/>"
        "<link href='https://example.org/1'/><updated>2023-10-02T01:00:00Z</updated>"
        "<published>2023-09-25T01:00:00Z</published><summary>Short.</summary>"
        "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>"
        "<p>Fire at <i>Banjska</i>.</p><p>Calm.</p></div>"
        "</content></entry>"
    )
    read = one(f"<feed xmlns='http://www.w3.org/2005/Atom'><title>Agency</title>{entry}</feed>".encode())
    assert read.text == "Shots & smoke\n\nFire at Banjska.\n\nCalm."
    assert read.published == date(2023, 9, 25)
    assert read.source is not None
    assert (read.source.name, read.source.url) == ("Agency", "https://example.org/1")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<?xml version='1.0'?><other/>", "neither RSS nor Atom"),
        (rss(), "without an item"),
        (rss(item("x"))[:-9], "not well-formed XML"),
        (rss("<item><title>&eacute;</title></item>"), "not well-formed XML"),
        (rss(item("x"), head='<!DOCTYPE rss [<!ENTITY a "b">]>'), "declares XML entities"),
    ],
)
def test_feed_that_cannot_be_read_is_one_clear_error(data: bytes, message: str) -> None:
    with pytest.raises(UnreadableFile, match=rf"^a\.xml: .*{message}"):
        one(data, "a.xml")


# Evidence, and any input


def test_evidence_of_a_page_in_three_languages_equals_the_text_at_its_offsets(gazetteer: Gazetteer) -> None:
    said = (
        *ARTICLE,
        "Policia arrestoi dje dy persona dhe sekuestroi armë në Zveçan.",
        "У Лепосавићу је јуче бачена ручна бомба на зграду општине.",
    )
    read = one(page(said, ld=NEWS))
    found = extract(read, gazetteer)
    assert {claim.facts.event_type for claim in found} >= {"shooting", "grenade_attack", "weapons_seizure"}
    for claim in found:
        for evidence in claim.facts.evidence:
            assert read.text[evidence.start : evidence.end] == evidence.text


MARKUP = st.lists(
    st.sampled_from(
        ("<p>", "</p>", "<div", ">", "<!--", "-->", "<![CDATA[", "]]>", "&#0;", "&amp;", "&#xD800;", "<br/>")
    )
    | st.sampled_from(("<script>", "<table><tr><td>", "<li>", "Banjska", "Звечан", "\x00", "<?xml", "\u2028", "'", '"'))
    | st.text(max_size=20),
    max_size=30,
).map("".join)


@settings(max_examples=150)
@given(text=MARKUP)
def test_any_page_gives_text_or_one_clear_error(text: str) -> None:
    try:
        (part,) = html.read(text.encode("utf-8", errors="surrogatepass"))
    except UnreadableFile:
        return
    assert part.text.strip() == part.text != ""
    part.text.encode()


@given(title=MARKUP, body=MARKUP, more=MARKUP)
def test_any_feed_gives_text_or_one_clear_error(title: str, body: str, more: str) -> None:
    wrapped = (
        f"<rss><channel><item><title>{title}</title><description>{body}</description></item>{more}</channel></rss>"
    )
    for data in (wrapped.encode("utf-8", errors="surrogatepass"), more.encode("utf-8", errors="surrogatepass")):
        try:
            for part in feeds.read(data):
                part.text.encode()
                assert part.text.strip() == part.text != ""
        except UnreadableFile:
            pass


@settings(max_examples=60)
@given(cut=st.integers(0, 900), junk=st.binary(max_size=40))
def test_any_damage_to_a_pdf_gives_text_or_one_clear_error(cut: int, junk: bytes) -> None:
    whole = made_files.pdf(lines("On 24 September two people were hurt.", "Nobody was killed."), lines("Calm since."))
    for data in (whole[:cut] + junk + whole[cut + len(junk) :], whole[:cut] + junk, junk + whole):
        try:
            (part,) = pdf.read(data)
        except UnreadableFile:
            continue
        part.text.encode()


@settings(max_examples=200)
@given(data=st.binary(max_size=200) | MARKUP.map(lambda text: text.encode("utf-8", errors="surrogatepass")))
def test_any_bytes_have_a_format(data: bytes) -> None:
    assert recognise(data, name="a.txt") in sources.FORMATS


@settings(max_examples=100)
@given(text=MARKUP | st.text(max_size=200))
def test_any_text_is_extracted_with_evidence_that_it_holds(text: str, gazetteer: Gazetteer) -> None:
    sentence = f"Two people were killed in Banjska{text} on 24 September 2023 near Zvečan. {text}"
    read = Document(id="d", text=sentence, published=date(2023, 9, 25))
    for claim in extract(read, gazetteer):
        for evidence in claim.facts.evidence:
            assert sentence[evidence.start : evidence.end] == evidence.text


# The command line


def test_extract_prints_the_text_that_offsets_count_in(ibar: Ibar, tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_bytes(page(ld=NEWS))
    told = json.loads(ibar("extract", str(path), "--format", "documents").stdout)
    assert (told["published"], told["title"]) == ("2023-09-25", "Shots near Banjska")
    features = json.loads(ibar("extract", str(path)).stdout)["features"]
    assert features
    for span in (span for feature in features for span in feature["evidence"]):
        assert span["document_id"] == told["id"]
        assert told["text"][span["start"] : span["end"]] == span["text"]


def test_extract_reads_standard_input_and_explains_each_document(ibar: Ibar) -> None:
    data = rss(item("Shots near Banjska", ARTICLE[0]), item("Calm", "Nothing else happened."))
    done = ibar("extract", "-", "--explain", "--format", "table", stdin=data)
    assert "shooting" in done.stdout
    assert "Shots near Banjska (no day of publication)" in done.stderr
    assert "Calm (no day of publication)" in done.stderr


def test_ingest_stores_every_item_of_a_feed_or_none(ibar: Ibar, tmp_path: Path) -> None:
    path = tmp_path / "news.rss"
    path.write_bytes(rss(item("Shots", ARTICLE[0]), item("Grenade", ARTICLE[1]), item("Shots", ARTICLE[0])))
    done = ibar("ingest", str(path))
    assert done.exit_code == 0, done.output
    assert "stored as drafts" in done.stdout
    assert "nothing changed" in ibar("ingest", str(path)).stdout
    path.write_bytes(rss(item("Shots", ARTICLE[0]))[:-3])
    done = ibar("ingest", str(path))
    assert done.exit_code == 2
    assert "not well-formed XML" in done.stderr


def test_ingest_reads_a_table_as_text_when_told_so(ibar: Ibar, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(ARTICLE[0], encoding="utf-8")
    assert "is not known" in ibar("ingest", str(path)).stderr
    assert "stored as drafts" in ibar("ingest", str(path), "--as", "text").stdout
