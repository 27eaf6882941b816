"""A file in, drafts in the store out: all of it or none, the same when read again, errors that name their place."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from app.cli import cli
from app.config import Settings
from geo.border import Border
from geo.errors import Conflict, InvalidInput
from geo.gazetteer import Gazetteer
from geo.model import Criteria, Event
from geo.pipeline import About, events_from_document, events_from_table, identified, ingest
from geo.record import GIVEN
from geo.review import accept
from geo.sources import read_document, template
from geo.store import Store, open_store

HEAD = "kind,event_type,title,date_start,place_name,municipality,lon,lat,source_name,source_url"
ROW = "incident,shooting,Shots near Banjska,2023-09-24,,,20.7808,42.9733,Example Gazette,https://example.org/1"
ARTICLE = (
    "Shots in Zvečan\n\n"
    "Unknown gunmen fired at a police patrol in Zvečan on Tuesday, wounding two officers. "
    "A grenade was thrown at a house in Leposavić on 2 May 2023, police said.\n"
)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def made(*lines: str, name: str = "events.csv") -> Path:
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return made


@pytest.fixture
def read(gazetteer: Gazetteer, border: Border) -> Callable[..., list[Event]]:
    def events(path: Path, **options: Any) -> list[Event]:
        return list(events_from_table(path, gazetteer, border, **options))

    return events


@pytest.fixture
def take(gazetteer: Gazetteer, border: Border) -> Callable[..., Any]:
    def taken(path: Path, store: Store | None, **options: Any) -> Any:
        return ingest(path, gazetteer, border, store, **options)

    return taken


@pytest.fixture
def store(tmp_path: Path) -> Any:
    opened = open_store(tmp_path / "own" / "ibar.gpkg")
    yield opened
    opened.close()


def drafts(store: Store) -> int:
    return store.count(Criteria(statuses=("draft",))).number_matched


# Tables


def test_row_with_coordinates_keeps_them(write: Callable[..., Path], read: Callable[..., list[Event]]) -> None:
    (event,) = read(write(HEAD, ROW))
    assert event.location.position is not None
    assert tuple(event.location.position) == (20.7808, 42.9733)
    assert event.location.border is not None
    assert (event.location.border.side, event.status) == ("XK", "draft")
    assert 11_000 < event.location.border.distance_m < 11_600


def test_row_without_coordinates_is_geocoded(write: Callable[..., Path], read: Callable[..., list[Event]]) -> None:
    (event,) = read(write(HEAD, "incident,riot,A riot,2023-05-26,Leposaviq,,,,,"))
    assert event.location.position is not None
    assert event.location.municipality == "Leposavić"
    assert event.location.border is not None


@pytest.mark.parametrize("name", ["Zvečan", "Zveçan", "Звечан", "zvecan"])
def test_every_name_form_finds_the_place(
    write: Callable[..., Path], read: Callable[..., list[Event]], name: str
) -> None:
    (event,) = read(write(HEAD, f"incident,riot,A riot,2023-05-26,{name},Zvečan,,,,"))
    assert event.location.municipality == "Zvečan"


def test_municipality_decides_between_places_of_one_name(
    write: Callable[..., Path], read: Callable[..., list[Event]]
) -> None:
    rows = (f"incident,riot,A riot,2023-05-26,Banjska,{municipality},,,," for municipality in ("Zvečan", "Vushtrri"))
    one, other = read(write(HEAD, *rows))
    assert one.location.position != other.location.position
    assert (one.location.municipality, other.location.municipality) == ("Zvečan", "Vushtrri")


def test_a_name_that_may_be_several_places_lists_them(
    write: Callable[..., Path], read: Callable[..., list[Event]]
) -> None:
    with pytest.raises(InvalidInput) as error:
        read(write(HEAD, ROW, "incident,riot,A riot,2023-05-26,Banjska,,,,,"))
    said = str(error.value)
    assert said.startswith("events.csv: line 3, column place_name: 'Banjska' may be ")
    assert "Zvečan" in said
    assert "Vushtrri" in said
    assert "municipality" in said


def test_the_id_of_a_place_may_be_written(write: Callable[..., Path], read: Callable[..., list[Event]]) -> None:
    (event,) = read(write(HEAD, "incident,riot,A riot,2023-05-26,crossing_jarinje,,,,,"))
    assert event.location.border is not None
    assert event.location.border.side == "line"
    assert event.location.place_name == "Jarinje crossing"


def test_an_unknown_name_says_what_is_near(write: Callable[..., Path], read: Callable[..., list[Event]]) -> None:
    with pytest.raises(InvalidInput, match=r"line 2, column place_name: 'Leposavci' is not .*Leposavić"):
        read(write(HEAD, "incident,riot,A riot,2023-05-26,Leposavci,,,,,"))


def test_an_area_has_no_position(write: Callable[..., Path], read: Callable[..., list[Event]]) -> None:
    north, country = read(
        write(
            HEAD + ",area_id",
            "incident,raid,Searches,2023-10-01,,,,,,,north_kosovo",
            "incident,raid,Searches,2023-10-02,kosovo,,,,,,",
        )
    )
    assert (north.location.position, north.location.area_id) == (None, "north_kosovo")
    assert (country.location.position, country.location.area_id) == (None, "kosovo")
    assert north.location.place_name == "Northern Kosovo"


def test_an_unknown_area_is_refused(write: Callable[..., Path], read: Callable[..., list[Event]]) -> None:
    with pytest.raises(InvalidInput, match="line 2, column area_id: 'atlantis' is not an area"):
        read(write(HEAD + ",area_id", "incident,raid,Searches,2023-10-01,,,,,,,atlantis"))


def test_neither_name_nor_position_is_not_placed(
    write: Callable[..., Path], take: Callable[..., Any], store: Store
) -> None:
    done = take(write(HEAD, "incident,threat,A letter,2023-05-26,,,,,,"), store)
    assert (done.events, done.not_placed) == (1, 1)


def test_an_id_given_twice_names_both_lines(write: Callable[..., Path], read: Callable[..., list[Event]]) -> None:
    with pytest.raises(InvalidInput, match=r"line 3, column id: 'a' is that of line 2"):
        read(write("id,kind,event_type", "a,incident,other", "a,incident,riot"))
    with pytest.raises(InvalidInput, match=r"line 4, column id: empty, and all else is as in line 2"):
        read(write(HEAD, ROW, ROW.replace("Shots", "Some shots"), ROW))


def test_a_source_is_given_to_rows_that_name_none(write: Callable[..., Path], read: Callable[..., list[Event]]) -> None:
    path = write(HEAD, ROW, "incident,riot,A riot,2023-05-26,Leposavić,Leposavić,,,,")
    one, other = read(path, about=About(source="Own notes", url="https://example.org/notes"))
    assert [event.facts.sources[0].name for event in (one, other)] == ["Example Gazette", "Own notes"]


def test_swapped_coordinates_are_warned_of(write: Callable[..., Path], read: Callable[..., list[Event]]) -> None:
    warnings: list[str] = []
    read(
        write(HEAD, ROW.replace("20.7808,42.9733", "42.9733,20.7808"), ROW.replace("20.7808", "60")),
        warn=warnings.append,
    )
    assert len(warnings) == 2
    assert "line 2" in warnings[0]
    assert "are longitude and latitude swapped?" in warnings[0]
    assert "swapped" not in warnings[1]


def test_status_of_the_file_is_kept_only_where_asked(
    write: Callable[..., Path], read: Callable[..., list[Event]], take: Callable[..., Any], store: Store
) -> None:
    path = write("id,kind,event_type,status", "a,incident,other,published")
    assert read(path)[0].status == "published"
    take(path, store)
    assert dict(store.statuses(["a"])) == {"a": "draft"}


# Articles


def test_article_gives_events_with_evidence(gazetteer: Gazetteer, border: Border) -> None:
    document = read_document(ARTICLE.encode(), name="a.txt")
    events = events_from_document(document, gazetteer, border)
    assert {event.facts.event_type for event in events} >= {"grenade_attack"}
    for event in events:
        assert event.status == "draft"
        assert event.facts.evidence
        for evidence in event.facts.evidence:
            assert document.text[evidence.start : evidence.end] == evidence.text


def test_ids_of_an_article_rest_on_its_text(gazetteer: Gazetteer, border: Border) -> None:
    one, other = (
        [e.id for e in events_from_document(read_document(ARTICLE.encode(), name=name), gazetteer, border)]
        for name in ("a.txt", "b.txt")
    )
    assert one == other
    assert len(set(one)) == len(one) > 0


def test_ids_are_distinct_even_for_claims_that_begin_together(gazetteer: Gazetteer) -> None:
    from geo.model import Claim, Facts

    claims = [Claim(kind="incident", facts=Facts(event_type="other"))] * 3
    names = [claim.id for claim in identified(claims, scope="doc")]
    assert len(set(names)) == 3
    assert names == [claim.id for claim in identified(claims, scope="doc")]
    assert names[0] != next(iter(identified(claims, scope="doc-2"))).id


# Into the store


def test_reading_again_changes_nothing(write: Callable[..., Path], take: Callable[..., Any], store: Store) -> None:
    path = write(HEAD, ROW)
    first, again = take(path, store), take(path, store)
    assert (first.is_changed, first.known, again.is_changed, again.known) == (True, 0, False, 1)
    assert first.revision == again.revision
    assert drafts(store) == 1


def test_a_changed_row_with_an_id_renews_its_draft(
    write: Callable[..., Path], take: Callable[..., Any], store: Store
) -> None:
    head = "id,kind,event_type,title"
    take(write(head, "a,incident,other,Before"), store)
    done = take(write(head, "a,incident,other,After"), store)
    assert (done.is_changed, done.known) == (True, 1)
    assert store.get("a", statuses=("draft",)).event.facts.title == "After"


def test_a_published_event_is_not_overwritten(
    write: Callable[..., Path], take: Callable[..., Any], store: Store
) -> None:
    head = "id,kind,event_type,title"
    path = write(head, "a,incident,other,Before")
    take(path, store)
    accept(store, "a", who="reviewer", why="read it")
    assert not take(path, store).is_changed
    with pytest.raises(Conflict):
        take(write(head, "b,incident,other,New", "a,incident,other,After"), store)
    assert store.get("a").event.facts.title == "Before"
    assert drafts(store) == 0


def test_all_or_nothing(write: Callable[..., Path], take: Callable[..., Any], store: Store) -> None:
    rows = [ROW.replace("Shots", f"Shots {n}") for n in range(550)]
    path = write(HEAD, *rows, "incident,bang,x,,,,,,,")
    before = store.revision()
    with pytest.raises(InvalidInput, match="line 552, column event_type"):
        take(path, store)
    assert (store.revision(), drafts(store)) == (before, 0)


def test_progress_counts_up_to_all(write: Callable[..., Path], take: Callable[..., Any], store: Store) -> None:
    shown: list[int] = []
    take(write(HEAD, *(ROW.replace("Shots", f"Shots {n}") for n in range(550))), store, progress=shown.append)
    assert shown == sorted(set(shown))
    assert shown[-1] == drafts(store) == 550


# The commands


def test_command_stores_drafts_and_says_so(write: Callable[..., Path], ibar: Callable[..., Result]) -> None:
    path = write(HEAD, ROW)
    done = ibar("ingest", str(path))
    assert done.exit_code == 0, done.output
    assert "events.csv: 1 event stored as drafts" in done.output
    assert "11." in done.output
    assert "nothing changed" in ibar("ingest", str(path)).output
    found = json.loads(ibar("query", "--near-border", "15km", "--status", "draft", "--format", "geojson").stdout)
    assert [f["properties"]["title"] for f in found["features"]] == ["Shots near Banjska"]


def test_command_reads_an_article_from_standard_input(ibar: Callable[..., Result]) -> None:
    done = ibar("ingest", "-", "--published", "2023-05-03", "--source", "Example Gazette", stdin=ARTICLE)
    assert done.exit_code == 0, done.output
    assert "standard input: " in done.output
    found = json.loads(ibar("query", "--status", "draft", "--format", "geojson").stdout)
    assert {f["properties"]["source_name"] for f in found["features"]} == {"Example Gazette"}


def test_dry_run_opens_no_store(write: Callable[..., Path], ibar: Callable[..., Result], settings: Settings) -> None:
    done = ibar("ingest", str(write(HEAD, ROW)), "--dry-run")
    assert done.exit_code == 0
    assert "would be read; nothing was stored" in done.output
    assert not settings.store.exists()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.txt", b"", "is empty"),
        ("a.txt", b"%PDF-1.7", "PDF"),
        ("a.txt", "Zvečan".encode("windows-1250"), "--encoding"),
        ("a.txt", b"word " * 2_000_000, "longer than 5 MB"),
        ("a.docx", b"PK\x03\x04", "no reader"),
        ("a.csv", b"kind;event_typ\n", "did you mean 'event_type'"),
        ("a.csv", b"kind,event_type,lon,lat\nincident,other,nan,42\n", "line 2, column lon"),
        ("a.geojson", b'{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{}}]}', "feature 1"),
        ("a.geojson", b"[" * 100_000, "nested too deeply"),
        ("a.geojson", b"\x00\x01", "binary"),
    ],
)
def test_bad_input_is_one_clear_error_and_writes_nothing(
    tmp_path: Path, ibar: Callable[..., Result], settings: Settings, name: str, content: bytes, said: str
) -> None:
    settings.store.parent.mkdir()
    open_store(settings.store).close()
    path = tmp_path / name
    path.write_bytes(content)
    done = ibar("ingest", str(path))
    assert done.exit_code == 2
    assert said in done.output
    assert done.output.startswith("Error: ")
    assert len(done.output.strip().splitlines()) == 1
    store = open_store(settings.store)
    assert drafts(store) == 0
    store.close()


def test_a_published_day_that_is_none(ibar: Callable[..., Result]) -> None:
    for given in ("2023-13-01", "2023", "yesterday", "2023-01-01/2023-01-02"):
        done = ibar("ingest", "-", "--published", given, stdin="text")
        assert done.exit_code == 2
        assert "--published" in done.output


def test_template_is_printed(ibar: Callable[..., Result]) -> None:
    assert ibar("template", "csv").stdout == template("csv")
    assert ibar("template", "csv").stdout.strip().split(",") == list(GIVEN)
    assert ibar("template", "xlsx").exit_code == 2


def test_exported_csv_can_be_read_again(write: Callable[..., Path], ibar: Callable[..., Result]) -> None:
    ibar("ingest", str(write(HEAD, ROW)))
    exported = ibar("query", "--status", "draft", "--near-border", "15km", "--format", "csv").stdout
    done = ibar("ingest", str(write(exported.strip(), name="again.csv")), "--dry-run")
    assert done.exit_code == 0, done.output
    assert "again.csv: 1 event would be read" in done.output


def test_killing_an_ingest_leaves_all_or_nothing(write: Callable[..., Path], settings: Settings) -> None:
    """`kill -9` at any moment: the drafts are all there, or none, and the store opens and goes on."""
    number = 550
    path = write(HEAD, *(ROW.replace("Shots", f"Shots {n}") for n in range(number)))
    environ = {**os.environ, "IBAR_STORE": str(settings.store), "IBAR_CACHE": str(settings.cache)}
    command = [str(Path(sys.executable).parent / "ibar"), "ingest", str(path), "--progress"]
    settings.store.parent.mkdir()
    open_store(settings.store).close()
    chance, caught = random.Random(7), 0
    for _ in range(5):
        with subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL) as running:
            assert running.stderr is not None
            running.stderr.read(8)
            time.sleep(chance.uniform(0, 0.6))
            running.send_signal(signal.SIGKILL)
            caught += running.wait() == -signal.SIGKILL
        store = open_store(settings.store)
        assert drafts(store) in (0, number)
        store.close()
    assert caught
    assert subprocess.run(command, env=environ, capture_output=True, check=True).returncode == 0
    store = open_store(settings.store)
    assert drafts(store) == number
    store.close()


def test_help_shows_how(ibar: Callable[..., Result]) -> None:
    for command in ("ingest", "template", "check"):
        assert "Example" in ibar(command, "--help").output
    assert {"ingest", "template", "check"} <= set(cli.list_commands(None))  # type: ignore[arg-type]  # it needs none


def test_an_imported_layer_names_the_municipalities_of_stored_events(
    ibar: Callable[..., Result], small_settings: Settings, tmp_path: Path
) -> None:
    ring = [[20.7, 42.9], [20.9, 42.9], [20.9, 43.0], [20.7, 43.0], [20.7, 42.9]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": {"name": "Around Banjska"}, "geometry": geometry}
    layer = tmp_path / "layer.geojson"
    layer.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    before = ibar("query", "--count-by", "municipality", "--status", "any", "--format", "csv").stdout
    assert "Zvečan,2" in before
    done = ibar("boundaries", "import", "municipalities", str(layer))
    assert done.exit_code == 0, done.output
    after = ibar("query", "--count-by", "municipality", "--status", "any", "--format", "csv").stdout
    assert "Around Banjska,2" in after
    assert "Zvečan" not in after
    again = ibar("boundaries", "import", "municipalities", str(layer)).output
    assert "0 stored events" in again
