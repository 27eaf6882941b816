"""Fixtures that the tests share: settings, an application, stores with events, and a running server."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from app import create_app
from app.cli import cli
from app.config import Settings
from app.resources import Resources
from geo.border import Border
from geo.gazetteer import Gazetteer
from geo.geocode import locate
from geo.model import Event
from geo.record import claim_from_record
from geo.store import open_store
from tests.browsing import chromium_browser

ROOT = Path(__file__).resolve().parents[1]
SOURCE = {"source_name": "Example Gazette", "source_url": "https://example.org/1", "source_date": "2023-09-25"}
SMALL: Sequence[Mapping[str, Any]] = (
    {
        "id": "clash",
        "kind": "incident",
        "event_type": "armed_clash",
        "title": "Exchange of fire",
        "summary": "Two groups fire at each other.",
        "date_start": "2023-09-24",
        "place_name": "Banjska",
        "municipality": "Zvečan",
        "lon": "20.7813",
        "lat": "42.9728",
        "uncertainty_m": "1000",
        "fatalities": "4",
        "actors": "Kosovo Police; armed group",
        "status": "published",
    },
    {
        "id": "block",
        "kind": "incident",
        "event_type": "road_block",
        "title": "Lorries across the road",
        "date_start": "2022-12-10",
        "date_end": "2022-12-29",
        "place_name": "Jarinje",
        "municipality": "Leposavić",
        "lon": "20.6914",
        "lat": "43.2255",
        "uncertainty_m": "300",
        "status": "published",
    },
    {
        "id": "raids",
        "kind": "incident",
        "event_type": "raid",
        "title": "Searches in the north",
        "date_start": "2023-10",
        "place_name": "Kosovo",
        "status": "published",
    },
    {
        "id": "nowhere",
        "kind": "incident",
        "event_type": "threat",
        "title": "A letter without a place",
        "date_start": "2023-05-02",
        "status": "published",
    },
    {
        "id": "battalion",
        "kind": "deployment",
        "event_type": "reinforcement",
        "title": "A battalion arrives",
        "date_start": "2023-10-01",
        "place_name": "Novo Selo",
        "lon": "20.9560",
        "lat": "42.7790",
        "uncertainty_m": "2000",
        "force": "KFOR",
        "personnel": "200",
        "stage": "arrived",
        "status": "published",
    },
    {
        "id": "draft-secret",
        "kind": "incident",
        "event_type": "shooting",
        "title": "Unreviewed zebrafinch",
        "date_start": "2023-11-01",
        "place_name": "Leposavić",
        "municipality": "Leposavić",
        "lon": "20.8022",
        "lat": "43.1003",
        "uncertainty_m": "500",
        "status": "draft",
    },
    {
        "id": "withdrawn-secret",
        "kind": "incident",
        "event_type": "explosion",
        "title": "Retracted zebrafinch",
        "date_start": "2023-11-02",
        "place_name": "Zvečan",
        "municipality": "Zvečan",
        "lon": "20.8404",
        "lat": "42.9075",
        "uncertainty_m": "500",
        "status": "withdrawn",
    },
)
"""Records of the small store: positions, an area, no place, a deployment, a draft, a withdrawn event. All made up."""


hypothesis.settings.register_profile(
    "ibar", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)  # a busy machine is no fault of the code
hypothesis.settings.load_profile("ibar")
PROGRAMS = {
    "browser": ("chromium", "Chromium (Debian package chromium)"),
    "gdal": ("ogrinfo", "GDAL's programs (Debian package gdal-bin)"),
}
"""What the tests of a marker run; without it they skip, and the report says so."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for marker, (program, name) in PROGRAMS.items():
            if item.get_closest_marker(marker) and shutil.which(program) is None:
                item.add_marker(pytest.mark.skip(reason=f"needs {name}"))


@pytest.fixture(scope="session")
def gazetteer() -> Iterator[Gazetteer]:
    opened = Resources(Settings.from_environ({}))
    yield opened.gazetteer
    opened.close()


@pytest.fixture(scope="session")
def border() -> Border:
    return Border.load()


@pytest.fixture(scope="session")
def make_event(gazetteer: Gazetteer, border: Border) -> Callable[..., Event]:
    """Return a maker of events from fields of the record; a field that is not given has a harmless value."""

    def make(**fields: Any) -> Event:
        basis = {"kind": "incident", "event_type": "other", "title": "An event", "status": "published", **SOURCE}
        claim = claim_from_record({**basis, **fields})
        event = locate(claim, gazetteer, border)
        return replace(event, status=claim.status)

    return make


@pytest.fixture(scope="session")
def small_events(make_event: Callable[..., Event]) -> tuple[Event, ...]:
    return tuple(make_event(**fields) for fields in SMALL)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a store of its own; the compiled gazetteer is shared, for it is only read."""
    return replace(Settings.from_environ({}), store=tmp_path / "store" / "ibar.gpkg")


@pytest.fixture(scope="session")
def small_store(tmp_path_factory: pytest.TempPathFactory, small_events: tuple[Event, ...]) -> Path:
    """The file of a store with the events of `SMALL`; copy it before you write to it."""
    path = tmp_path_factory.mktemp("small") / "ibar.gpkg"
    store = open_store(path)
    store.seed(small_events)
    store.close()
    return path


@pytest.fixture(scope="session")
def real_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a store with the shipped data set; copy it before you write to it."""
    path = tmp_path_factory.mktemp("real") / "ibar.gpkg"
    here = Resources(replace(Settings.from_environ({}), store=path))
    assert here.store.revision() > 0
    here.close()
    return path


@pytest.fixture
def small_settings(settings: Settings, small_store: Path) -> Settings:
    return _with_copy(settings, small_store)


@pytest.fixture
def real_settings(settings: Settings, real_store: Path) -> Settings:
    return _with_copy(settings, real_store)


def _with_copy(settings: Settings, store: Path) -> Settings:
    shutil.copytree(store.parent, settings.store.parent)
    return settings


@contextmanager
def running(settings: Settings) -> Iterator[Flask]:
    app = create_app(settings)
    try:
        yield app
    finally:
        app.extensions["ibar"].close()


@pytest.fixture
def app(small_settings: Settings) -> Iterator[Flask]:
    """The application over a copy of the small store."""
    with running(small_settings) as made:
        yield made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def real_client(real_settings: Settings) -> Iterator[FlaskClient]:
    with running(real_settings) as made:
        yield made.test_client()


@pytest.fixture(scope="session")
def service(real_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A client of the application over a copy of the shipped data set that nothing writes to."""
    folder = tmp_path_factory.mktemp("service") / "store"
    with running(_with_copy(replace(Settings.from_environ({}), store=folder / real_store.name), real_store)) as made:
        yield made.test_client()


def environment(settings: Settings) -> dict[str, str]:
    """Return the environment variables that stand for settings."""
    return {"IBAR_STORE": str(settings.store), "IBAR_CACHE": str(settings.cache)}


@pytest.fixture
def ibar(settings: Settings) -> Callable[..., Result]:
    """Run a command in this process, over the store of `settings`: `ibar("query", "--status", "any")`."""

    def run(*words: str, stdin: str | bytes | None = None) -> Result:
        return CliRunner().invoke(cli, words, input=stdin, env=environment(settings), prog_name="ibar")

    return run


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium; without it the test is skipped by name."""
    with chromium_browser() as opened:
        yield opened


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """Run `ibar serve` over a store in a process of its own; yield its address."""
    command = [str(Path(sys.executable).parent / "ibar"), "serve", "--port", "0", "--workers", "1"]
    given = {**os.environ, **environment(settings), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, env=given, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield _address(process)
        finally:
            process.terminate()
            process.wait(timeout=30)


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if "http://" in line:
            return line.split("http://")[1].split()[0].join(("http://", ""))
    raise AssertionError("ibar serve ended before it said where it is")


@pytest.fixture(scope="session")
def live_server(real_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running server over a copy of the shipped data set."""
    yield from _served(real_store, tmp_path_factory)


@pytest.fixture(scope="session")
def small_server(small_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running server over a copy of the small store."""
    yield from _served(small_store, tmp_path_factory)


def _served(store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("served") / "store"
    settings = replace(Settings.from_environ({}), store=folder / store.name)
    with serving(_with_copy(settings, store)) as address:
        yield address


def snapshot(path: Path) -> str:
    """Return all that a store holds, as text: equal before and after means that nothing was written."""
    store = open_store(path)
    try:
        every = [json.loads(change.feature or b"null") for change in store.changes(0)]
        return json.dumps([store.revision(), every])
    finally:
        store.close()
