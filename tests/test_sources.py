"""Files of every kind and condition in; documents, claims, or one clear error out."""

import csv
import io
import json
import tracemalloc
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import sources
from geo.errors import InvalidInput, TooLarge, UnreadableFile
from geo.model import Claim, LonLat
from geo.record import FIELDS, GIVEN
from geo.sources import documents, files

HOSTILE = (
    "{{7*7}}",
    "{% raw",
    "{# x #}",
    "</script>",
    "<!--<script>",
    "a ` backtick",
    "${1}",
    "<img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "=cmd()",
    r"$\input{x}$",
    "right\u202eleft",
    "line\u2028separator",
    '"quoted", and; more',
    "'apostrophe'; DROP TABLE events;--",
)
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def made(content: str | bytes, name: str = "events.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return made


def claims(path: Path, **options: Any) -> list[Claim]:
    return [row.claim for row in sources.read_claims(path, **options)]


def collection(*features: Any, **members: Any) -> str:
    return json.dumps({"type": "FeatureCollection", **members, "features": list(features)})


def feature(geometry: Any = None, *, beside: dict[str, Any] | None = None, **properties: Any) -> dict[str, Any]:
    record = {"kind": "incident", "event_type": "other", **properties}
    return {"type": "Feature", "geometry": geometry, "properties": record, **(beside or {})}


def point(*coordinates: Any) -> dict[str, Any]:
    return {"type": "Point", "coordinates": list(coordinates)}


# Documents


def test_document_keeps_its_text_and_its_origin() -> None:
    text = "Shots near Zvečan\r\n\r\nTwo people were hurt.\r\n"
    read = sources.read_document(
        b"\xef\xbb\xbf" + text.encode(),
        name="a.txt",
        published=date(2023, 5, 26),
        source="Example Gazette",
        url="https://example.org/a",
    )
    assert read.text == "Shots near Zvečan\n\nTwo people were hurt.\n"
    assert read.title == "Shots near Zvečan"
    assert read.source is not None
    assert (read.source.name, read.source.url, read.source.date) == (
        "Example Gazette",
        "https://example.org/a",
        "2023-05-26",
    )


def test_document_id_rests_on_the_text_alone() -> None:
    one = sources.read_document(b"Shots near Zvecan.", name="a.txt")
    assert one.id == sources.read_document(b"Shots near Zvecan.", name="b.txt", published=date(2023, 1, 1)).id
    assert one.id != sources.read_document(b"Shots near Zvecan!", name="a.txt").id


def test_a_paragraph_is_not_a_title() -> None:
    assert sources.read_document(("word " * 100).encode(), name="a.txt").title == ""


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "a.txt", "is empty"),
        (b"\xef\xbb\xbf \r\n\t", "a.txt", "is empty"),
        (b"%PDF-1.7 rest", "a.txt", "a PDF document"),
        (b"PK\x03\x04rest", "a.txt", "a ZIP archive"),
        (b"text\nthen \x00 bytes", "a.txt", "line 2 holds a NUL"),
        ("Звечан".encode("utf-16"), "a.txt", "--encoding utf-16"),
        ("one\nZvečan".encode("windows-1250"), "a.txt", "byte 0xe8 at offset 7 (line 2) is not UTF-8"),
        (b"cut off \xc4", "a.txt", "byte 0xc4 at offset 8 (line 1)"),
    ],
)
def test_document_that_cannot_be_read(data: bytes, name: str, said: str) -> None:
    with pytest.raises(InvalidInput) as error:
        sources.read_document(data, name=name)
    assert said in str(error.value)
    assert str(error.value).startswith(name)


def test_document_in_another_encoding_that_is_named() -> None:
    text = "Zvečan, Đakovica, Štrpce"
    assert sources.read_document(text.encode("windows-1250"), name="a.txt", encoding="windows-1250").text == text
    assert sources.read_document(text.encode("utf-16"), name="a.txt", encoding="utf-16").text == text


@pytest.mark.parametrize("encoding", ["no-such", "hex", "zlib", "", "a" * 1000])
def test_encoding_that_is_none(encoding: str) -> None:
    if encoding:
        with pytest.raises(InvalidInput, match="encoding"):
            sources.read_document(b"text", name="a.txt", encoding=encoding)
    else:
        assert sources.read_document(b"text", name="a.txt", encoding=encoding).text == "text"


def test_ten_megabytes_are_not_an_article(write: Write) -> None:
    path = write(b"word " * 2_000_000, "long.txt")
    with pytest.raises(TooLarge, match="longer than 5 MB"):
        sources.read_bytes(path, limit=documents.MAX_DOCUMENT_BYTES)
    with pytest.raises(TooLarge, match="long"), path.open("rb") as stream:
        sources.read_stream(stream, name="long", limit=documents.MAX_DOCUMENT_BYTES)


@pytest.mark.parametrize("path", ["no/such/file.txt", ".", "nul\0byte.txt"])
def test_file_that_cannot_be_opened(path: str) -> None:
    with pytest.raises(UnreadableFile, match="cannot be read"):
        sources.read_bytes(path, limit=10)


def test_url_of_a_document_is_http() -> None:
    with pytest.raises(InvalidInput, match="url"):
        sources.read_document(b"text", name="a.txt", url="javascript:alert(1)")


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_one_error(data: bytes) -> None:
    try:
        read = sources.read_document(data, name="a.txt")
    except InvalidInput as error:
        assert str(error).startswith("a.txt: ")
    else:
        assert read.text.strip("\ufeff \n\t")
        assert read.text == data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


@given(st.text(min_size=1, max_size=50), st.integers(1, 7))
def test_bytes_checked_in_pieces_are_checked_as_one(text: str, size: int) -> None:
    data = text.encode()
    pieces = [data[i : i + size] for i in range(0, len(data), size)]
    results = []
    for parts in (pieces, [data]):
        try:
            results.append(str(files.check(iter(parts), name="x")))
        except UnreadableFile as error:
            results.append(str(error))
    assert results[0] == results[1]


# Tables


def test_template_is_read_once_it_is_filled_in(write: Write) -> None:
    header = sources.template("csv")
    assert header.strip().split(",") == list(GIVEN)
    row = {"kind": "incident", "event_type": "shooting", "title": "Shots", "lon": "20.84", "lat": "42.91"}
    (claim,) = claims(write(header + ",".join(row.get(name, "") for name in GIVEN) + "\n"))
    assert claim.position == LonLat(20.84, 42.91)
    assert (claim.facts.event_type, claim.facts.title, claim.status) == ("shooting", "Shots", "draft")


def test_geojson_template_is_read_once_it_is_filled_in(write: Write) -> None:
    made = json.loads(sources.template("geojson"))
    made["features"][0]["properties"].update(kind="deployment", event_type="base", stage="stationed")
    (claim,) = claims(write(json.dumps(made), "t.geojson"))
    assert (claim.kind, claim.facts.stage, claim.position) == ("deployment", "stationed", None)


def test_template_of_an_unknown_format() -> None:
    with pytest.raises(InvalidInput, match="csv, geojson"):
        sources.template("xlsx")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_separator_is_found_and_byte_order_mark_dropped(write: Write, delimiter: str, mark: str, end: str) -> None:
    lines = (("kind", "event_type", "title"), ("incident", "other", '"one, two; three"'), (), ("incident", "riot", "x"))
    path = write(mark + "".join(delimiter.join(line) + end for line in lines))
    assert [(row.claim.facts.title, row.number) for row in sources.read_claims(path)] == [
        ("one, two; three", 2),
        ("x", 4),
    ]


def test_line_of_a_row_is_that_on_which_it_begins(write: Write) -> None:
    path = write('kind,event_type,summary\nincident,other,"one\ntwo\nthree"\nincident,bang,x\n')
    with pytest.raises(
        InvalidInput, match=r"^events\.csv: line 5, column event_type: 'bang' is not one of armed_clash"
    ):
        claims(path)


@pytest.mark.parametrize(
    ("header", "row", "said"),
    [
        ("kind,event_type,fatalites", "", "line 1: column 'fatalites' is not known; did you mean 'fatalities'?"),
        ("kind,event_type,", "", "line 1: column 3 has no name"),
        ("kind,event_type,zzqq", "", "`ibar template csv` prints those that are known"),
        ("kind,event_type,kind", "", "line 1: column 'kind' is given twice"),
        ("kind,title", "", "line 1: there is no column 'event_type'"),
        ("kind,event_type,title", "incident,other", "line 2: has 2 values, though the header names 3 columns"),
        ("kind,event_type,title", "incident,other,a,b", "line 2: has 4 values"),
        ("kind,event_type,title", 'incident,other,"open', "line 2: is not CSV"),
        ("kind,event_type,title", 'incident,other,"a"b', "line 2: is not CSV"),
        ("kind,event_type,lon,lat", "incident,other,nan,42", "line 2, column lon: 'nan' is not a finite number"),
        ("kind,event_type,lon,lat", "incident,other,20,inf", "line 2, column lat: 'inf' is not a finite number"),
        ("kind,event_type,lon,lat", "incident,other,1e400,42", "line 2, column lon: '1e400' is not a finite number"),
        ("kind,event_type,lon,lat", "incident,other,20,", "line 2, column lat: empty"),
        ("kind,event_type,lon,lat", "incident,other,42.9,120.8", "line 2, column lon: position"),
        (
            "kind,event_type,date_start",
            "incident,other,24.9.2023",
            "line 2, column date_start: '24.9.2023' is not a date",
        ),
        ("kind,event_type,date_start", "incident,other,2023-02-30", "line 2, column date_start"),
        ("kind,event_type,date_start,date_end", "incident,other,2023-02-02,2023-02-01", "line 2, column date_end"),
        ("kind,event_type,fatalities", "incident,other,-1", "line 2, column fatalities: -1 is less than 0"),
        ("kind,event_type,fatalities", "incident,other,1.5", "line 2, column fatalities: '1.5' is not a whole number"),
        ("kind,event_type,source_name,source_url", "incident,other,x,javascript:1", "line 2, column source_url"),
        ("kind,event_type", "incident,base", "line 2, column event_type: 'base' is not one of"),
        ("kind,event_type", "rumour,other", "line 2, column kind: 'rumour' is not one of incident, deployment"),
    ],
)
def test_table_that_cannot_be_used(write: Write, header: str, row: str, said: str) -> None:
    with pytest.raises(InvalidInput) as error:
        claims(write(f"{header}\n{row}\n"))
    assert str(error.value).startswith("events.csv: ")
    assert said in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("data", [b"", b"kind\x00event", b"\xff\xfek\x00", b"kind,event_type\nincident,\xe8"])
def test_table_that_is_not_text(write: Write, data: bytes) -> None:
    with pytest.raises(UnreadableFile):
        claims(write(data))


def test_bad_byte_far_down_is_found_before_any_row(write: Write) -> None:
    good = b"kind,event_type,title\n" + b"incident,other,x\n" * 80_000
    path = write(good + b"incident,other,\xe8\n")
    with pytest.raises(UnreadableFile, match=rf"offset {len(good) + 15} \(line 80002\)"):
        next(iter(sources.read_claims(path)))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_passes_as_plain_data(write: Write, text: str) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([["kind", "event_type", "title", "summary"], ["incident", "other", text, text]])
    (claim,) = claims(write(out.getvalue()))
    assert (claim.facts.title, claim.facts.summary) == (text, text)
    (claim,) = claims(write(collection(feature(title=text, actors=text.replace(";", ","))), "e.geojson"))
    assert claim.facts.title == text
    assert claim.facts.actors == (text.replace(";", ","),)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=20), min_size=1))
def test_any_title_survives_the_way_through_csv(tmp_path_factory: pytest.TempPathFactory, titles: list[str]) -> None:
    path = tmp_path_factory.mktemp("t") / "t.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(
            [["kind", "title", "event_type"], *(["incident", title, "other"] for title in titles)]
        )
    assert [claim.facts.title for claim in claims(path)] == [title.strip() for title in titles]


def test_long_table_is_never_held(write: Write) -> None:
    path = write("kind,event_type,title\n" + "incident,other,a title of some length\n" * 60_000)
    tracemalloc.start()
    number = sum(1 for _ in sources.read_claims(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert number == 60_000
    assert peak < 1_500_000 < path.stat().st_size


def test_columns_that_are_computed_are_read_and_ignored(write: Write) -> None:
    names = [field.name for field in FIELDS] + ["lon", "lat", "certainty"]
    values = {"kind": "incident", "event_type": "other", "border_distance_m": "nonsense", "certainty": "likely"}
    (claim,) = claims(write(",".join(names) + "\n" + ",".join(values.get(name, "") for name in names)))
    assert claim.facts.event_type == "other"


def test_unknown_kind_of_file(write: Write) -> None:
    with pytest.raises(InvalidInput, match="not a table that can be read"):
        sources.read_claims(write("x", "events.xlsx"))
    assert not sources.is_table("a.txt")
    assert sources.is_table("A.CSV")
