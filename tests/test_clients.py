"""GDAL, OWSLib and QGIS read the collections of a running service, and get what the interface holds."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest
from owslib.ogcapi.features import Features

from geo.features import COLLECTIONS
from tests.ogc import EVENT_IDS, IDS

SYSTEM_PYTHON = "/usr/bin/python3"
"""Debian installs the bindings of QGIS for its own interpreter only."""
TYPES = {"point": "Point", "linestring": "Line String", "multipolygon": "Multi Polygon"}
BOX = (20.4, 42.6, 21.3, 43.25)


def fetched(server: str, path: str, **headers: str) -> Any:
    with urlopen(Request(f"{server}/api{path}", headers=headers), timeout=60) as answer:
        return json.load(answer)


def found(server: str, collection: str, query: str = "") -> list[Any]:
    """Return the features that a query finds, as the interface gives them."""
    page = fetched(server, f"/collections/{collection}/items?limit=1000{query}")
    features: list[Any] = page["features"]
    while following := [link["href"] for link in page["links"] if link["rel"] == "next"]:
        page = fetched(server, following[0].removeprefix(f"{server}/api"))
        features += page["features"]
    assert len(features) == page["numberMatched"]
    return features


def ids(features: Sequence[Any]) -> list[str]:
    return sorted(feature["id"] for feature in features)


# GDAL


def ran(*words: str) -> str:
    done = subprocess.run(words, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    assert "ERROR" not in done.stderr
    assert "Warning" not in done.stderr
    return done.stdout


def read_by_gdal(server: str, collection: str, *options: str) -> list[str]:
    """Return the ids that GDAL reads through its OGC API driver."""
    source = (f"OAPIF:{server}/api", collection, *options)
    text = ran("ogr2ogr", "-f", "GeoJSON", "/vsistdout/", *source, "-oo", "PAGE_SIZE=25")
    return sorted(feature["properties"]["id"] for feature in json.loads(text)["features"])


@pytest.mark.gdal
def test_gdal_lists_every_collection(live_server: str) -> None:
    listed = ran("ogrinfo", f"OAPIF:{live_server}/api")
    for collection in COLLECTIONS.values():
        assert f"{collection.id} (title: {collection.title}) ({TYPES[collection.shape]})" in listed


@pytest.mark.gdal
@pytest.mark.parametrize("collection", IDS)
def test_gdal_reads_every_feature_over_several_pages(live_server: str, collection: str) -> None:
    assert read_by_gdal(live_server, collection) == ids(found(live_server, collection))
    about = ran("ogrinfo", "-so", f"OAPIF:{live_server}/api", collection)
    for field in COLLECTIONS[collection].fields:
        assert f"{field.name}: " in about


@pytest.mark.gdal
@pytest.mark.parametrize(
    ("collection", "where", "meant"),
    [
        ("incidents", "event_type = 'shooting'", "event_type = 'shooting'"),
        ("incidents", "fatalities > 0 AND border_side = 'XK'", "fatalities > 0 AND border_side = 'XK'"),
        ("incidents", "border_distance_m < 5000", "border_distance_m < 5000"),
        ("deployments", "personnel IS NOT NULL OR force = 'KFOR'", "personnel IS NOT NULL OR force = 'KFOR'"),
        ("places", "kind IN ('town', 'city') AND border_km > 100", "kind IN ('town', 'city') AND border_km > 100"),
        ("places", "name_en LIKE 'Ban%'", "CASEI(name_en) LIKE CASEI('Ban%')"),
    ],
)
def test_gdal_filters_by_attributes(live_server: str, collection: str, where: str, meant: str) -> None:
    wanted = ids(found(live_server, collection, f"&filter={quote(meant)}"))
    assert read_by_gdal(live_server, collection, "-where", where) == wanted != []


@pytest.mark.gdal
@pytest.mark.parametrize("collection", ["incidents", "places", "crossings", "zones"])
def test_gdal_filters_by_a_box(live_server: str, collection: str) -> None:
    box = ",".join(map(str, BOX))
    inside = quote(f"S_INTERSECTS(geometry, BBOX({box}))")
    wanted = ids(found(live_server, collection, f"&filter={inside}"))
    assert read_by_gdal(live_server, collection, "-spat", *map(str, BOX)) == wanted != []


@pytest.mark.gdal
def test_gdal_asks_border_functions_through_an_address(live_server: str) -> None:
    text = "near_border(5000) AND certainty(5000) <> 'possible' AND distance_to('Mitrovica') < 60000"
    address = f"{live_server}/api/collections/incidents/items?limit=1000&filter={quote(text)}"
    shown = json.loads(ran("ogr2ogr", "-f", "GeoJSON", "/vsistdout/", address))["features"]
    assert ids(shown) == ids(fetched(live_server, address.removeprefix(f"{live_server}/api"))["features"]) != []
    assert all(feature["properties"]["border_distance_m"] <= 5_000 for feature in shown)


# OWSLib


@pytest.fixture(scope="module")
def service(live_server: str) -> Features:
    return Features(f"{live_server}/api")


def test_owslib_finds_its_way(service: Features) -> None:
    assert service.feature_collections() == list(IDS)
    assert service.api()["openapi"].startswith("3.0")
    assert "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter" in service.conformance()["conformsTo"]
    for collection in IDS:
        assert service.collection(collection)["title"] == COLLECTIONS[collection].title
        names = service.collection_queryables(collection)["properties"].keys()
        assert names == {*(field.name for field in COLLECTIONS[collection].fields), "geometry"}


@pytest.mark.parametrize("collection", IDS)
def test_owslib_reads_features(service: Features, live_server: str, collection: str) -> None:
    page = service.collection_items(collection, limit=3)
    assert page["numberMatched"] == len(found(live_server, collection))
    one = page["features"][0]["id"]
    assert service.collection_item(collection, one)["properties"] == page["features"][0]["properties"]
    assert service.collection_items(collection, bbox=list(BOX))["numberMatched"] == len(
        found(live_server, collection, f"&bbox={','.join(map(str, BOX))}")
    )
    assert ids(service.collection_items(collection, filter=f"id = '{one}'")["features"]) == [one]


def test_owslib_asks_for_times(service: Features) -> None:
    page = service.collection_items("incidents", datetime_="2023-09-24/2023-09-24", limit=100)
    days = [feature["properties"]["date_start"] for feature in page["features"]]
    assert "2023-09-24" in days
    assert all(day <= "2023-09-24" for day in days)


# QGIS


def qgis_version() -> str:
    asked = [SYSTEM_PYTHON, "-c", "import qgis.core; print(qgis.core.Qgis.QGIS_VERSION)"]
    try:
        done = subprocess.run(asked, capture_output=True, text=True, timeout=120, env=quiet(Path("/nonexistent")))
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def quiet(folder: Path) -> dict[str, str]:
    """Return an environment without a screen, and with nothing of this interpreter's."""
    plain = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return {**plain, "QT_QPA_PLATFORM": "offscreen", "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)}


def read_by_qgis(server: str, folder: Path, *asked: dict[str, Any]) -> list[Any]:
    if not qgis_version():
        pytest.skip("needs QGIS (Debian package python3-qgis)")
    script = str(Path(__file__).with_name("qgis_reads.py"))
    command = [SYSTEM_PYTHON, script, server, json.dumps(asked)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, env=quiet(folder))
    assert done.returncode == 0, done.stderr[-2_000:]
    answers: list[Any] = json.loads(done.stdout.splitlines()[-1])
    return answers


SUBSETS = {
    "incidents": ('"fatalities" > 0', "event_type = 'shooting'", "\"border_distance_m\" < 5000 AND border_side = 'XK'"),
    "places": ("kind = 'town'", "\"name_en\" = 'Banjska'"),
    "deployments": ("personnel IS NOT NULL",),
}


@pytest.mark.qgis
def test_qgis_reads_every_layer_and_filters_it(live_server: str, tmp_path: Path) -> None:
    whole: list[dict[str, Any]] = [{"collection": name} for name in IDS]
    parts: list[dict[str, Any]] = [{"collection": name, "subset": text} for name in SUBSETS for text in SUBSETS[name]]
    answers = read_by_qgis(live_server, tmp_path, *whole, *parts)
    for asked, answer in zip([*whole, *parts], answers, strict=True):
        query = f"&filter={quote(asked['subset'])}" if "subset" in asked else ""
        features = found(live_server, asked["collection"], query)
        assert answer["valid"], answer["error"]
        assert answer["accepted"]
        assert answer["ids"] == ids(features) != []
        assert answer["with_geometry"] == sum(feature["geometry"] is not None for feature in features)
        assert answer["crs"] in ("OGC:CRS84", "EPSG:4326")
        assert {field.name for field in COLLECTIONS[asked["collection"]].fields} <= set(answer["fields"])


PUSHED = (
    "(fatalities > 0)",
    "(event_type = 'shooting')",
    "((border_distance_m < 5000) AND (border_side = 'XK'))",
    "(NOT (event_type = 'protest'))",
    "(fatalities IS NULL)",
    "(event_type IN ('shooting','armed_clash'))",
    "(date_start >= DATE('2023-01-01'))",
    "(CASEI(title) LIKE CASEI('%police%'))",
    "(S_INTERSECTS(geometry,BBOX(20.7,42.9,20.9,43.05)))",
)
"""Filters in CQL2 text as QGIS writes them from its expressions, from version 3.30 on."""


@pytest.mark.parametrize("collection", EVENT_IDS)
def test_a_newer_qgis_sends_its_filters(live_server: str, collection: str) -> None:
    """Replay what it asks: conformance, then the queryables by their link, then pages with `filter` and `bbox`."""
    landing = fetched(live_server, "/", Accept="application/json")
    (at,) = [link for link in landing["links"] if link["rel"] == "conformance"]
    assert at["type"] == "application/json"
    (api,) = [link for link in landing["links"] if link["rel"] == "service-desc"]
    assert api["type"] == "application/vnd.oai.openapi+json;version=3.0"
    declared = fetched(live_server, "/conformance")["conformsTo"]
    for name in ("ogcapi-features-3/1.0/conf/filter", "ogcapi-features-3/1.0/conf/features-filter"):
        assert f"http://www.opengis.net/spec/{name}" in declared
    for name in ("basic-cql2", "cql2-text", "advanced-comparison-operators", "case-insensitive-comparison"):
        assert f"http://www.opengis.net/spec/cql2/1.0/conf/{name}" in declared
    document = fetched(live_server, "/openapi.json", Accept="application/vnd.oai.openapi+json;version=3.0")
    described = document["components"]["parameters"]["limit"]["schema"]
    assert described["maximum"] >= described["default"] > 0
    about = fetched(live_server, f"/collections/{collection}")
    (link,) = [link for link in about["links"] if link["rel"].endswith("/queryables")]
    names = fetched(live_server, link["href"].removeprefix(f"{live_server}/api"), Accept=link["type"])["properties"]
    assert names.keys() >= {"fatalities", "event_type", "border_distance_m", "geometry"}
    everything = set(ids(found(live_server, collection)))
    for text in PUSHED:
        query = f"&filter={quote(text)}&filter-lang=cql2-text&bbox=19.5,41.5,23,44"
        asked = set(ids(found(live_server, collection, query)))
        assert asked <= everything, text
        assert collection != "incidents" or set() < asked < everything, text
