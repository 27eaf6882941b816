"""Every matching event as one file: the same events and values in each format, each with licence and citation."""

from __future__ import annotations

import csv
import io
import json
import os
import tempfile
import threading
import xml.etree.ElementTree as ET
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas
import pyarrow.parquet as pq
import pyogrio
import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from app import data_files
from app.config import Settings
from app.kept_files import KeptFiles
from geo.errors import TooLarge
from geo.exports.files import FORMATS, write_file
from geo.geojson import CITATION, LICENCE, encode, feature
from geo.model import Criteria, Decision, Event
from geo.record import FIELDS
from geo.store import Store, open_store
from tests.factories import deployment, incident
from tests.factories import events as any_event
from tests.test_hostile import STRINGS

IDS = {"clash", "block", "raids", "nowhere", "battalion"}
KML = "{http://www.opengis.net/kml/2.2}"


def read(path: Path) -> geopandas.GeoDataFrame:
    return geopandas.read_parquet(path) if path.suffix == ".parquet" else pyogrio.read_dataframe(path)


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode(), newline="")))


def fetched(client: FlaskClient, folder: Path, form: str, query: str = "") -> Path:
    path = folder / f"events.{form}"
    with client.get(f"/api/export?f={form}&{query}") as response:
        assert response.status_code == 200, response.text
        path.write_bytes(response.data)
    return path


@pytest.mark.parametrize("form", ["gpkg", "fgb", "parquet"])
def test_tables_hold_the_record_as_typed_columns(client: FlaskClient, tmp_path: Path, form: str) -> None:
    frame = read(fetched(client, tmp_path, form)).set_index("id")
    assert set(frame.index) == IDS
    assert set(frame.columns) == {*(field.name for field in FIELDS), "geometry"} - {"id"}
    clash = frame.loc["clash"]
    assert (clash.geometry.x, clash.geometry.y, clash["fatalities"]) == (20.7813, 42.9728, 4)
    assert str(clash["date_start"])[:10] == "2023-09-24"
    assert frame.loc["raids"].geometry is None
    assert frame.loc["raids"]["area_id"] == "kosovo"
    assert frame.crs.to_authority() == ("OGC", "CRS84")


def test_kml_is_well_formed_and_names_its_placemarks(client: FlaskClient, tmp_path: Path) -> None:
    root = ET.parse(fetched(client, tmp_path, "kml")).getroot()
    marks = {mark.get("id"): mark for mark in root.iter(f"{KML}Placemark")}
    assert set(marks) == IDS
    assert marks["clash"].findtext(f"{KML}name") == "Exchange of fire"
    assert marks["clash"].findtext(f"{KML}description") == "Two groups fire at each other."
    at = marks["clash"].findtext(f"{KML}Point/{KML}coordinates") or ""
    assert at.strip().startswith("20.7813,42.9728")
    assert marks["raids"].find(f"{KML}Point") is None


def test_text_formats_hold_the_same_features_as_the_pages(client: FlaskClient, tmp_path: Path) -> None:
    page = client.get("/api/events?within_m=50000").json["features"]
    whole = json.loads(fetched(client, tmp_path, "geojson", "within_m=50000").read_bytes())["features"]
    texts = fetched(client, tmp_path, "geojsons", "within_m=50000").read_text().split("\x1e")
    sequence = [json.loads(text) for text in texts[1:]]
    assert whole == page
    assert [{k: v for k, v in each.items() if k not in ("licence", "citation")} for each in sequence] == page
    rows = table(fetched(client, tmp_path, "csv", "within_m=50000"))
    assert [(row["id"], row["certainty"]) for row in rows] == [(f["id"], f["properties"]["certainty"]) for f in page]


@pytest.mark.parametrize("form", data_files.FORMATS)
def test_every_file_says_whose_it_is(client: FlaskClient, tmp_path: Path, form: str) -> None:
    path = fetched(client, tmp_path, form)
    if form == "parquet":
        said = {name.decode(): text.decode() for name, text in pq.read_schema(path).metadata.items()}
        assert (said["licence"], said["citation"]) == (LICENCE, CITATION)
    else:
        body = path.read_bytes()
        assert LICENCE.encode() in body
        assert CITATION.encode() in body


@pytest.mark.parametrize("form", data_files.FORMATS)
def test_the_answer_is_named_typed_and_cached(client: FlaskClient, form: str) -> None:
    with client.get(f"/api/export?f={form}") as response:
        assert response.headers["Content-Disposition"] == f'attachment; filename="ibar-events.{form}"'
        assert response.headers["Access-Control-Allow-Origin"] == "*"
    again = client.get(f"/api/export?f={form}", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304
    with client.get("/api/export", headers={"Accept": response.mimetype}) as by_type:
        assert by_type.headers["Content-Disposition"] == response.headers["Content-Disposition"]


@pytest.mark.parametrize("form", data_files.FORMATS)
@pytest.mark.parametrize("query", ["filter=no_such_field%20%3D%201", "within_m=abc", "colour=red", "status=draft"])
def test_what_cannot_be_asked_is_refused_before_anything_is_sent(client: FlaskClient, form: str, query: str) -> None:
    response = client.get(f"/api/export?f={form}&{query}")
    assert response.status_code == 400
    assert response.mimetype == "application/problem+json"


@pytest.mark.parametrize("form", data_files.FORMATS)
def test_no_match_is_a_file_without_events(client: FlaskClient, tmp_path: Path, form: str) -> None:
    path = fetched(client, tmp_path, form, "q=nothinglikethis")
    if form in ("gpkg", "fgb", "parquet"):
        assert len(read(path)) == 0
    else:
        assert b"Exchange of fire" not in path.read_bytes()


def test_a_file_that_grows_too_large_is_given_up(tmp_path: Path) -> None:
    features = [encode(feature(incident(f"e{n}", summary="x" * 500))) for n in range(6_000)]
    with pytest.raises(TooLarge, match="narrow the filter"):
        write_file(features, tmp_path / "a.gpkg", form="gpkg", max_bytes=100_000)


@settings(max_examples=15)
@given(st.lists(any_event(), max_size=8, unique_by=lambda event: event.id))
def test_any_event_is_the_same_in_every_table(made: list[Event]) -> None:
    features = [encode(feature(event)) for event in made]
    with tempfile.TemporaryDirectory() as folder:
        found = []
        for form in ("gpkg", "parquet"):
            write_file(features, Path(folder, f"a.{form}"), form=form)
            frame = read(Path(folder, f"a.{form}"))
            rows = frame.to_dict("records")
            found.append([(row["id"], (row["title"] or "").split("\0")[0], row["geometry"]) for row in rows])
    assert found[0] == found[1]
    assert [row[0] for row in found[0]] == [event.id for event in made]


@pytest.mark.parametrize("form", [*FORMATS, "csv"])
def test_hostile_text_stays_text(tmp_path: Path, form: str) -> None:
    events = [incident(f"e{n}", title=text, summary=text) for n, text in enumerate(STRINGS)]
    path = tmp_path / f"a.{form}"
    with closing(open_store(tmp_path / "ibar.gpkg")) as store:
        store.seed(events)
        data_files.save(store, Criteria(), path, form, sort="date_start")
    if form == "kml":
        names = {
            mark.get("id"): mark.findtext(f"{KML}name") for mark in ET.parse(path).getroot().iter(f"{KML}Placemark")
        }
        assert names == {event.id: event.facts.title for event in events}
    elif form == "csv":
        titles = {row["id"]: row["title"] for row in table(path)}
        assert {text.lstrip("'") for text in titles.values()} == set(STRINGS)
        assert not any(text.startswith(("=", "+", "-", "@")) for text in titles.values())
    else:
        frame = read(path)
        assert dict(zip(frame["id"], frame["title"], strict=True)) == {event.id: event.facts.title for event in events}


class TestCommands:
    @pytest.fixture(autouse=True)
    def _store(self, small_settings: Settings) -> None:
        """The commands run over the small store."""

    @pytest.mark.parametrize("form", data_files.FORMATS)
    def test_query_and_export_write_the_same(self, ibar: Callable[..., Result], tmp_path: Path, form: str) -> None:
        one, other = tmp_path / f"one.{form}", tmp_path / f"other.{form}"
        assert ibar("query", "--near-border", "15km", "--out", str(one)).exit_code == 0
        assert ibar("export", str(other), "--near-border", "15km").exit_code == 0
        if form != "gpkg":  # whose file says when it was made
            assert one.read_bytes() == other.read_bytes()
        assert one.stat().st_size == other.stat().st_size

    @pytest.mark.parametrize(
        ("words", "message"),
        [
            (("--out", "a.xyz"), "must end in one of .geojson"),
            (("--format", "gpkg"), "name a file with --out"),
            (("--out", "a.csv", "--limit", "3"), "--limit: does not go with --out"),
            (("--out", "a.kml", "--status", "any"), "published events only"),
            (("--out", "no/such/folder/a.csv"), "name a folder that exists"),
        ],
    )
    def test_what_does_not_go_is_said(
        self, ibar: Callable[..., Result], tmp_path: Path, words: tuple[str, ...], message: str
    ) -> None:
        given = [str(tmp_path / word) if word.startswith(("a.", "no/")) else word for word in words]
        result = ibar("query", *given)
        assert result.exit_code == 2
        assert message in result.output
        assert [path for path in tmp_path.iterdir() if path.name.startswith("a.")] == []

    def test_a_sequence_goes_to_the_terminal(self, ibar: Callable[..., Result]) -> None:
        result = ibar("query", "--format", "geojsons", "--limit", "2")
        texts = result.output.split("\x1e")[1:]
        assert len(texts) == 2
        assert json.loads(texts[0])["licence"] == LICENCE


class TestKept:
    """The same question of the same state is answered from a file."""

    @pytest.fixture(autouse=True)
    def _cache(self, app: Flask, tmp_path: Path) -> None:
        here = app.extensions["ibar"]
        _ = here.gazetteer  # compiled into the cache that the tests share
        here.settings = replace(here.settings, cache=tmp_path / "cache")

    @pytest.mark.parametrize("form", data_files.FORMATS)
    def test_again_is_ready(
        self, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, form: str
    ) -> None:
        address = f"/api/export?f={form}&within_m=20000"
        with client.get(address) as first:
            body = first.data
        monkeypatch.delattr(data_files, "build")
        monkeypatch.delattr(data_files, "pieces")
        with client.get(address) as again:
            assert again.data == body
            assert again.headers["Content-Disposition"] == first.headers["Content-Disposition"]
            assert again.content_length == len(body)
        assert [path.suffix for path in (tmp_path / "cache" / "exports").iterdir()] == [f".{form}"]

    def test_a_write_is_seen_at_once(self, app: Flask, client: FlaskClient) -> None:
        with client.get("/api/export?f=csv") as before:
            assert b"a-new-one" not in before.data
        app.extensions["ibar"].store.put([incident("a-new-one")], who="tester", why="test", action="ingest")
        with client.get("/api/export?f=csv") as after:
            assert b"a-new-one" in after.data

    def test_an_answer_that_was_broken_off_is_not_kept(self, client: FlaskClient, tmp_path: Path) -> None:
        with client.get("/api/export?f=csv") as response:
            next(iter(response.response))
        assert list((tmp_path / "cache" / "exports").glob("*")) == []

    def test_a_folder_that_cannot_be_keeps_nothing(self, client: FlaskClient, tmp_path: Path) -> None:
        (tmp_path / "cache").write_text("a file where the folder would be")
        for form in data_files.FORMATS:
            with client.get(f"/api/export?f={form}") as response:
                assert response.status_code == 200
                assert len(response.data) > 1_000

    def test_room_is_made_for_new_ones(self, tmp_path: Path) -> None:
        kept = KeptFiles(tmp_path, max_bytes=250)
        for number in range(4):
            kept.make(f"{number}.csv", lambda path: path.write_bytes(b"x" * 100) and None).close()
            os.utime(tmp_path / f"{number}.csv", ns=(number, number))
            if number == 1:
                (asked := kept.find("0.csv")) and asked.close()
        assert sorted(path.name for path in tmp_path.glob("*.csv")) == ["0.csv", "3.csv"]


class Mirror:
    """A copy of the public events, kept by following changes over HTTP."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.revision = 0
        self.events: dict[str, Any] = {}

    def follow(self) -> None:
        answer = self.client.get(f"/api/changes?since={self.revision}").json
        for each in answer["features"]:
            self.events[each["id"]] = each
        for event_id in answer["deleted"]:
            self.events.pop(event_id, None)
        self.revision = answer["revision"]


def write_much(path: Path, done: threading.Event) -> None:
    """Add, edit, withdraw and bring back events, as a process of its own would."""
    try:
        with closing(open_store(path)) as store:
            for turn in range(40):
                _write_once(store, turn)
    finally:
        done.set()


def _write_once(store: Store, turn: int) -> None:
    made = [incident(f"m{turn}-{n}", title=f"first {turn}") for n in range(5)] + [deployment(f"d{turn}")]
    store.put(made, who="tester", why="test", action="ingest")
    store.put([incident(f"m{turn // 2}-1", title=f"edited {turn}")], who="tester", why="test", action="edit")
    for event_id, action, status in (
        (f"m{turn}-2", "withdraw", "withdrawn"),
        (f"m{turn // 3}-3", "withdraw", "withdrawn"),
    ):
        decision = Decision(event_id=event_id, action=action, who="ana", why="test", at="2024-05-01T10:00:00.000Z")
        store.decide(event_id, decision, status)


def test_a_mirror_ends_identical_while_events_are_written(client: FlaskClient, app: Any) -> None:
    mirror, done = Mirror(client), threading.Event()
    writer = threading.Thread(target=write_much, args=(app.extensions["ibar"].store.path, done))
    writer.start()
    polls = 0
    while not done.is_set():
        mirror.follow()
        polls += 1
    writer.join()
    mirror.follow()
    whole = client.get("/api/export?f=geojson").json["features"]
    assert polls > 1
    assert mirror.events == {each["id"]: each for each in whole}
    assert "m39-2" not in mirror.events
    assert "m39-1" in mirror.events


def test_a_mirror_is_told_nothing_of_drafts(client: FlaskClient) -> None:
    answer = client.get("/api/changes").text
    assert "zebrafinch" not in answer
    assert "secret" not in json.dumps(json.loads(answer)["features"])


def test_nothing_new_is_an_empty_answer_with_the_same_revision(client: FlaskClient) -> None:
    first = client.get("/api/changes").json
    again = client.get(f"/api/changes?since={first['revision']}").json
    assert (again["features"], again["deleted"], again["revision"]) == ([], [], first["revision"])
    assert client.get("/api/changes?since=-1").status_code == 400
