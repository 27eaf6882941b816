"""The embedded store as a GeoPackage: what GDAL, QGIS and pandas make of the file."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pyogrio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.model import BBox, Criteria, LonLat
from geo.record import FIELD
from geo.store.schema import INTERNAL
from geo.store.sqlite import SqliteStore
from tests.back_ends import SLOW, check_integrity, put, rows
from tests.factories import incident, measure, positions
from tests.oracle import ids

ROOT = Path(__file__).parents[1]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new folder" / "store ž?#%.gpkg"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore(path, busy_timeout_s=0.05)) as opened:
        yield opened


def test_the_file_says_that_it_is_a_geopackage(store, path):
    header = path.read_bytes()[:100]
    assert header[:15] == b"SQLite format 3"
    assert header[68:72] == b"GPKG"
    assert int.from_bytes(header[60:64], "big") == 10300
    assert rows(path, "PRAGMA journal_mode") == [("wal",)]


def test_a_write_reaches_the_disk_before_it_is_confirmed(store):
    with store._connections.writing() as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)


def test_the_layer_has_the_columns_of_the_record_and_the_internal_ones(store, path):
    columns = [row[1] for row in rows(path, "PRAGMA table_info(events)")]
    assert columns == ["fid", "geom", *FIELD, *INTERNAL]


@pytest.mark.gdal
def test_gdal_reads_every_kind_of_event(store, path):
    put(
        store,
        incident("pin", fatalities=4),
        incident("area", at=None, area_id="north", border=measure()),
        incident("no", at=None),
    )
    frame = pyogrio.read_dataframe(path, layer="events").set_index("id")
    assert list(frame.index) == ["pin", "area", "no"]
    assert frame.crs == "EPSG:4326"
    assert frame.geometry["pin"].coords[0] == (20.8, 42.97)
    assert list(frame.geometry.isna()) == [False, True, True]
    assert frame["fatalities"]["pin"] == 4
    assert str(frame["date_start"]["pin"].date()) == "2023-03-01"
    assert [name for name, _ in pyogrio.list_layers(path)] == ["events", "event_history"]


@pytest.mark.gdal
def test_gdal_finds_by_box_what_the_store_finds(store, path):
    put(store, *(incident(f"e{n}", at=LonLat(20 + n / 10, 42.5)) for n in range(15)))
    found = pyogrio.read_dataframe(path, layer="events", bbox=(20.25, 42, 20.75, 43))
    assert set(found["id"]) == set(ids(store.page(Criteria(bbox=BBox(20.25, 42, 20.75, 43))).features))


@pytest.mark.gdal
@pytest.mark.skipif(shutil.which("ogrinfo") is None, reason="ogrinfo is not installed")
def test_ogrinfo_reads_the_store_while_it_is_open_and_warns_of_nothing(store, path):
    put(store, incident())
    done = subprocess.run(["ogrinfo", "-al", path], capture_output=True, text=True, check=True)
    assert "Feature Count: 1" in done.stdout
    assert "POINT (20.8 42.97)" in done.stdout
    assert done.stderr == ""


@pytest.mark.gdal
def test_the_geopackage_validator_of_gdal_finds_nothing_wrong(store, path):
    python = shutil.which("python3", path="/usr/bin")
    module = "osgeo_utils.samples.validate_gpkg"
    if python is None or subprocess.run([python, "-c", f"import {module}"], capture_output=True).returncode:
        pytest.skip("the Python bindings of GDAL are not installed")
    put(store, incident("a", title="Звечан"), incident("b", at=None))
    store.put([incident("a", at=LonLat(21, 42))], who="x", why="x", action="edit")
    done = subprocess.run([python, "-m", module, "-k", path], capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip(), done.stderr.strip()) == (0, "", "")


@settings(SLOW, max_examples=25)
@given(moves=st.lists(st.lists(st.tuples(st.sampled_from("abcde"), st.none() | positions()), max_size=5), max_size=4))
def test_whatever_is_written_every_table_agrees(moves):
    with tempfile.TemporaryDirectory() as folder, closing(SqliteStore(Path(folder) / "s.gpkg")) as store:
        for move in moves:
            latest = dict(move)
            store.put([incident(i, at=at) for i, at in latest.items()], who="x", why="x", action="edit")
        check_integrity(store.path)
