"""GDAL, the library under QGIS, reads the store and the interface."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app.config import Settings
from geo.record import FIELD

pytestmark = pytest.mark.gdal


def ran(*words: str) -> str:
    done = subprocess.run(words, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "ERROR" not in done.stderr
    assert "Warning" not in done.stderr
    return done.stdout


def described(path: str | Path, layer: str) -> dict[str, Any]:
    """Return what `ogrinfo` says of a layer: `name: value` lines."""
    lines = (line.split(":", 1) for line in ran("ogrinfo", "-so", str(path), layer).splitlines() if ":" in line)
    return {name.strip(): value.strip() for name, value in lines}


def test_ogrinfo_reads_the_store(real_settings: Settings) -> None:
    layer = described(real_settings.store, "events")
    assert int(layer["Feature Count"]) > 180
    assert "Point" in layer["Geometry"]
    assert layer.keys() >= FIELD.keys()
    with closing(sqlite3.connect(real_settings.store)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM events").fetchone()
    assert int(layer["Feature Count"]) == count


def test_ogr_filters_the_store_by_box_and_by_attribute(small_settings: Settings) -> None:
    box = ran("ogrinfo", "-q", str(small_settings.store), "events", "-spat", "20.78", "42.97", "20.79", "42.98")
    assert "clash" in box
    assert "battalion" not in box
    asked = ran("ogrinfo", "-q", str(small_settings.store), "events", "-where", "event_type = 'road_block'")
    assert "block" in asked
    assert "clash" not in asked


def test_ogr2ogr_reads_the_store_while_it_is_served(small_server: str, small_store: Path, tmp_path: Path) -> None:
    out = tmp_path / "events.gpkg"
    ran("ogr2ogr", str(out), str(small_store), "events")
    assert int(described(out, "events")["Feature Count"]) == 7


def test_ogr2ogr_reads_near_border(live_server: str, tmp_path: Path) -> None:
    out = tmp_path / "near.gpkg"
    address = f"{live_server}/api/near-border?within_m=5000&limit=1000"
    ran("ogr2ogr", str(out), address, "-nln", "near")
    layer = described(out, "near")
    assert layer.keys() >= {"border_distance_m", "border_side", "certainty", "title"}
    text = ran("ogr2ogr", "-f", "GeoJSON", "/vsistdout/", str(out), "near")
    features = json.loads(text)["features"]
    assert len(features) == int(layer["Feature Count"]) > 50
    for feature in features:
        if feature["properties"]["certainty"] == "certain":
            assert feature["properties"]["area_id"] or feature["properties"]["border_distance_m"] <= 5000
        if feature["geometry"]:
            lon, lat = feature["geometry"]["coordinates"]
            assert 19 < lon < 23
            assert 41 < lat < 44


def test_ogr_reads_what_the_command_line_writes(ibar: Any, small_settings: Settings, tmp_path: Path) -> None:
    out = tmp_path / "events.geojson"
    out.write_bytes(ibar("query", "--format", "geojson").stdout_bytes)
    assert int(described(out, "events")["Feature Count"]) == 5
