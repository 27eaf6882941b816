"""The `ibar` command as its users type it: query, review, serve, and how it tells of errors."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from app.cli import COMMANDS, cli
from app.config import Settings
from geo.record import FIELD
from geo.store import open_store
from tests.conftest import environment, serving, snapshot

Ibar = Callable[..., Result]
PROGRAM = str(Path(sys.executable).parent / "ibar")
ARTICLE = (
    "Four people were killed on Sunday when armed men clashed with police in the village of Banjska in Zvečan, the"
    " Kosovo Police said.\n"
)


def queried(ibar: Ibar, *words: str) -> dict[str, Any]:
    result = ibar("query", "--format", "geojson", *words)
    assert result.exit_code == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def ids(found: dict[str, Any]) -> set[str]:
    return {feature["id"] for feature in found["features"]}


def test_every_command_is_listed_with_what_it_does(ibar: Ibar) -> None:
    listed = ibar("--help").stdout
    assert [name for name in COMMANDS if f"\n  {name} " not in listed] == []


@pytest.mark.parametrize("words", [("--help",), ("query", "--help"), ("review", "-h"), ("--version",)])
def test_help_opens_no_store(ibar: Ibar, settings: Settings, words: tuple[str, ...]) -> None:
    assert ibar(*words).exit_code == 0
    assert not settings.store.exists()


@pytest.mark.usefixtures("small_settings")
class TestQuery:
    @pytest.mark.parametrize(
        ("words", "expected"),
        [
            ((), {"clash", "block", "raids", "nowhere", "battalion"}),
            (("--near-border", "15km"), {"clash", "block", "raids"}),
            (("--within-m", "15000"), {"clash", "block", "raids"}),
            (("--near-border", "15km", "--certainty", "certain"), {"clash", "block"}),
            (("--kind", "deployment"), {"battalion"}),
            (("--type", "raid", "--type", "threat"), {"raids", "nowhere"}),
            (("--type", "raid,threat"), {"raids", "nowhere"}),
            (("--datetime", "2022"), {"block"}),
            (("--bbox", "20.7,42.9,20.9,43"), {"clash"}),
            (("--near", "20.7813,42.9728", "--radius", "1km"), {"clash"}),
            (("--polygon", "POLYGON((20.7 42.9,20.9 42.9,20.9 43,20.7 43,20.7 42.9))"), {"clash"}),
            (("--q", "lorries"), {"block"}),
            (("--municipality", "Zvečan"), {"clash"}),
            (("--status", "draft"), {"draft-secret"}),
        ],
    )
    def test_filters(self, ibar: Ibar, words: tuple[str, ...], expected: set[str]) -> None:
        assert ids(queried(ibar, *words)) == expected

    def test_geojson_says_how_many_and_how_certain(self, ibar: Ibar) -> None:
        found = queried(ibar, "--near-border", "15km", "--limit", "2")
        assert (found["numberMatched"], found["numberReturned"], found["notPlaced"]) == (3, 2, 1)
        assert all(feature["properties"]["certainty"] for feature in found["features"])
        assert found["licence"]

    def test_table_says_the_filter_and_what_it_found(self, ibar: Ibar) -> None:
        out = ibar("query", "--near-border", "15km").stdout
        assert out.startswith(
            "2 events, certainly or likely within 15 km of the border / boundary line;"
            " 1 more known only by area; 3 in all"
        )
        row = next(line for line in out.splitlines() if line.endswith("clash"))
        assert row.split("  ")[0] == "2023-09-24"
        assert re.search(r"  11\.\d km \(certain\)  XK  ", row)
        area = next(line for line in out.splitlines() if line.endswith("raids"))
        assert "Kosovo (area)" in area
        assert " km" not in area

    def test_a_cut_table_says_so(self, ibar: Ibar) -> None:
        assert "2 of 5 shown" in ibar("query", "--limit", "2").stdout

    def test_nothing_found_is_not_an_error(self, ibar: Ibar) -> None:
        result = ibar("query", "--datetime", "1999")
        assert result.exit_code == 0
        assert result.stdout.startswith("0 events")

    def test_csv_has_the_columns_of_the_record(self, ibar: Ibar) -> None:
        rows = list(csv.DictReader(io.StringIO(ibar("query", "--format", "csv", "--sort", "fatalities").stdout)))
        assert list(rows[0]) == [*FIELD, "lon", "lat"]
        assert rows[0]["id"] == "clash"
        assert len(rows) == 5

    def test_counts(self, ibar: Ibar) -> None:
        assert ibar("query", "--count-by", "kind", "--format", "csv").stdout.splitlines() == [
            "kind,count",
            "deployment,1",
            "incident,4",
        ]

    def test_nearest(self, ibar: Ibar) -> None:
        found = queried(ibar, "--nearest", "20.7813,42.9728", "--k", "2")
        assert found["features"][0]["properties"]["distance_m"] == 0
        assert len(found["features"]) == 2
        assert ibar("query", "--nearest", "20.7813,42.9728").stdout.splitlines()[1].startswith("0.0 km")

    @pytest.mark.parametrize(
        ("words", "says"),
        [
            (("--near-border", "5 leagues"), "is not a distance (write 5000m, 15km or 3mi)"),
            (("--near-border", "1e400km"), "is not a distance"),
            (("--near-border", "5km", "--within-m", "5"), "says the same as"),
            (("--near", "20,42"), "--near: needs --radius"),
            (("--near", "42"), "longitude first"),
            (("--bbox", "nan,1,2,3"), "not a finite number"),
            (("--datetime", "yesterday"), "not a date"),
            (("--type", "raidd"), "did you mean raid"),
            (("--status", "secret"), "is not known"),
            (("--sort", "title"), "is not known"),
            (("--limit", "0"), "0"),
            (("--format", "xml"), "xml"),
            (("--k", "5"), "--k: needs --nearest"),
            (("--nearest", "20,42", "--count-by", "type"), "do not go together"),
            (("--count-by", "type", "--format", "geojson"), "table or csv"),
            (("--witin-m", "5"), "--within-m"),
            (("extra",), "extra"),
        ],
    )
    def test_a_mistake_is_one_clear_error(
        self, ibar: Ibar, settings: Settings, words: tuple[str, ...], says: str
    ) -> None:
        before = snapshot(settings.store)
        result = ibar("query", *words)
        assert result.exit_code == 2
        assert says in result.stderr
        assert result.stdout == ""
        assert "Traceback" not in result.output
        assert snapshot(settings.store) == before


def test_text_of_an_event_cannot_steer_the_terminal(
    ibar: Ibar, settings: Settings, make_event: Callable[..., Any]
) -> None:
    settings.store.parent.mkdir()
    store = open_store(settings.store)
    store.seed([make_event(id="evil", title="\x1b[2Jgone\u202eleft\u2028right")])
    store.close()
    for words in (("query",), ("review", "show", "evil"), ("review", "list", "--status", "published")):
        out = ibar(*words).stdout
        assert "\\u001b[2Jgone\\u202eleft\\u2028right" in out
        assert not {"\x1b", "\u202e", "\u2028"} & set(out)


def test_a_cell_that_starts_a_formula_is_neutralised(
    ibar: Ibar, settings: Settings, make_event: Callable[..., Any]
) -> None:
    settings.store.parent.mkdir()
    store = open_store(settings.store)
    titles = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", " =1", "＝1", "plain - text"]
    store.seed([make_event(id=f"e{n}", title=title, date_start="2023-01-01") for n, title in enumerate(titles)])
    store.close()
    rows = csv.DictReader(io.StringIO(ibar("query", "--format", "csv").stdout, newline=""))
    for row in rows:
        starts = row["title"].strip()[:1]
        assert starts in ("'", "p"), row["title"]


@pytest.mark.usefixtures("small_settings")
class TestReview:
    def test_list_and_show(self, ibar: Ibar) -> None:
        listed = ibar("review", "list").stdout
        assert "draft-secret" in listed
        assert "clash" not in listed
        shown = ibar("review", "show", "draft-secret").stdout
        for word in ("Unreviewed zebrafinch", "Leposavić", "Example Gazette", "import by ibar", "20.8022, 43.1003"):
            assert word in shown
        feature = json.loads(ibar("review", "show", "draft-secret", "--format", "geojson").stdout)
        assert feature["properties"]["status"] == "draft"

    def test_a_list_of_nothing_says_so(self, ibar: Ibar) -> None:
        ibar("review", "reject", "draft-secret", "--why", "hearsay")
        assert ibar("review", "list").stdout == "No event is draft.\n"

    def test_accept_publishes_and_keeps_who_and_why(self, ibar: Ibar) -> None:
        result = ibar("review", "accept", "draft-secret", "--why", "police statement", "--who", "Ana")
        assert result.stdout == "draft-secret is published (revision 2)\n"
        assert "accept by Ana: police statement -> published" in ibar("review", "show", "draft-secret").stdout
        assert "draft-secret" in ids(queried(ibar))

    def test_reject_withdraws(self, ibar: Ibar) -> None:
        assert ibar("review", "reject", "clash", "--why", "taken back", "--who", "Ana").exit_code == 0
        assert "clash" not in ids(queried(ibar))
        assert "clash" in ids(queried(ibar, "--status", "withdrawn"))

    @pytest.mark.parametrize(
        ("words", "status", "says"),
        [
            (("accept", "draft-secret"), 2, "--why"),
            (("accept", "draft-secret", "--why", "  "), 2, "why: is empty"),
            (("accept", "draft-secret", "--why", "a\nb"), 2, "one line"),
            (("accept", "--why", "x"), 2, "ID"),
            (("accept", "draft-secret", "never-was", "--why", "x"), 2, "nothing was decided"),
            (("accept", "clash", "--why", "x"), 1, "is published, not draft"),
            (("accept", "withdrawn-secret", "--why", "x"), 1, "is withdrawn, not draft"),
            (("reject", "withdrawn-secret", "--why", "x"), 1, "is withdrawn"),
            (("show", "never-was"), 1, "there is no event"),
        ],
    )
    def test_a_mistake_decides_nothing(
        self, ibar: Ibar, settings: Settings, words: tuple[str, ...], status: int, says: str
    ) -> None:
        before = snapshot(settings.store)
        result = ibar("review", *words)
        assert (result.exit_code, says in result.stderr) == (status, True), result.stderr
        assert snapshot(settings.store) == before


def test_an_article_becomes_a_draft_and_is_found_near_the_border(
    ibar: Ibar, settings: Settings, tmp_path: Path
) -> None:
    article = tmp_path / "article.txt"
    article.write_text(ARTICLE, encoding="utf-8")
    assert ibar("ingest", str(article), "--published", "2023-09-25").exit_code == 0
    drafts = queried(ibar, "--near-border", "15km", "--status", "draft")
    (clash,) = (feature for feature in drafts["features"] if feature["properties"]["event_type"] == "armed_clash")
    assert clash["properties"]["border_distance_m"] == pytest.approx(11_200, abs=200)
    assert clash["properties"]["border_side"] == "XK"
    assert clash["id"] not in ids(queried(ibar, "--near-border", "15km"))
    assert ibar("review", "accept", clash["id"], "--why", "checked").exit_code == 0
    assert clash["id"] in ids(queried(ibar, "--near-border", "15km"))


def test_a_fresh_store_is_filled_once(ibar: Ibar, settings: Settings) -> None:
    first = ibar("query", "--limit", "1")
    assert first.exit_code == 0
    assert int(first.stdout.split()[0]) > 180
    assert settings.store.exists()
    before = snapshot(settings.store)
    again = ibar("query", "--limit", "1")
    assert again.stderr == ""
    assert again.stdout == first.stdout
    assert snapshot(settings.store) == before


def test_a_newer_shipped_file_renews_only_what_nobody_touched(ibar: Ibar, settings: Settings) -> None:
    ibar("query", "--limit", "1")
    one, other = sorted(ids(queried(ibar, "--limit", "2")))
    assert ibar("review", "reject", one, "--why", "wrong").exit_code == 0
    mark = settings.store.with_name("ibar.gpkg.shipped")
    mark.write_text("0" * 64, encoding="ascii")
    assert ibar("query", "--limit", "1").exit_code == 0
    assert mark.read_text(encoding="ascii") != "0" * 64
    assert one in ids(queried(ibar, "--status", "withdrawn"))
    assert other in ids(queried(ibar))


@pytest.mark.parametrize(
    ("content", "says"), [(b"no store at all", "not an Ibar store"), (b"\0" * 5000, "not an Ibar store")]
)
def test_a_file_that_is_no_store_is_left_alone(ibar: Ibar, settings: Settings, content: bytes, says: str) -> None:
    settings.store.parent.mkdir()
    settings.store.write_bytes(content)
    result = ibar("query")
    assert result.exit_code == 1
    assert says in result.stderr
    assert settings.store.read_bytes() == content


def test_a_setting_that_cannot_be_used_is_named(settings: Settings) -> None:
    given = {**os.environ, **environment(settings), "IBAR_WORDING": "flag"}
    done = subprocess.run([PROGRAM, "query"], env=given, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stderr == "Error: IBAR_WORDING: 'flag' is not one of border, abl, neutral\n"


def test_output_that_nobody_reads_to_the_end_is_no_error(real_settings: Settings) -> None:
    given = {**os.environ, **environment(real_settings)}
    command = f"'{PROGRAM}' query --format csv | head -n 1"
    done = subprocess.run(["sh", "-c", command], env=given, capture_output=True, text=True, timeout=60)
    assert done.stdout.startswith("id,kind")
    assert "Traceback" not in done.stderr


def test_unknown_command_is_an_error(ibar: Ibar) -> None:
    result = ibar("querry")
    assert result.exit_code == 2
    assert "querry" in result.stderr


def test_commands_start_without_the_mapping_libraries() -> None:
    code = (
        "import sys; from app.cli import cli; cli.main(['query', '--help'], standalone_mode=False);"
        " print([m for m in ('folium', 'matplotlib', 'geopandas', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "[]", done.stderr


class TestServe:
    def test_it_answers_the_three_addresses(self, live_server: str) -> None:
        for path, media in (("/", "text/html"), ("/api/", "application/json"), ("/healthz", "application/json")):
            with urllib.request.urlopen(live_server + path, timeout=30) as answer:
                assert answer.status == 200
                assert answer.headers.get_content_type() == media

    def test_it_keeps_connections_open(self, live_server: str) -> None:
        host, port = live_server.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=30) as connection:
            for _ in range(3):
                connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                answer = b""
                while not answer.endswith(b"}\n"):
                    answer += connection.recv(4096)
                assert answer.startswith(b"HTTP/1.1 200")

    def test_it_shows_what_another_process_published(
        self, ibar: Ibar, small_settings: Settings, settings: Settings
    ) -> None:
        with serving(settings) as address:
            event = f"{address}/api/events/draft-secret"
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(event, timeout=30)
            assert ibar("review", "accept", "draft-secret", "--why", "x").exit_code == 0
            with urllib.request.urlopen(event, timeout=30) as answer:
                assert json.load(answer)["id"] == "draft-secret"

    def test_a_port_that_is_taken_is_one_clear_error(self, ibar: Ibar, settings: Settings) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            result = ibar("serve", "--port", str(taken.getsockname()[1]))
        assert result.exit_code == 2
        assert "cannot listen on 127.0.0.1" in result.stderr
        assert not settings.store.exists()

    @pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
    def test_it_ends_when_told(self, small_settings: Settings, sent: signal.Signals) -> None:
        given = {**os.environ, **environment(small_settings), "PYTHONUNBUFFERED": "1"}
        command = [PROGRAM, "serve", "--port", "0", "--workers", "1"]
        with subprocess.Popen(command, env=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert "http://127.0.0.1:" in process.stdout.readline()
            process.send_signal(sent)
            _, errors = process.communicate(timeout=30)
        assert process.returncode == 0
        assert "Traceback" not in errors


def test_group_is_flasks_without_its_default_commands() -> None:
    assert {"run", "shell", "routes"}.isdisjoint(cli.commands)
    assert cli.params == [param for param in cli.params if param.name == "version"]


def test_settings_are_frozen(settings: Settings) -> None:
    assert replace(settings, wording="abl").wording == "abl"
    with pytest.raises(AttributeError):
        settings.wording = "abl"  # type: ignore[misc]
