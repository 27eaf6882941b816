"""Hostile files in; one clear error out, within the limits of time and memory, and nothing fetched or written."""

import signal
import socket
import subprocess
import sys
import threading
import zlib
from pathlib import Path
from typing import Any

import pytest

from geo import sources
from geo.errors import GeoError, TooLarge, UnreadableFile
from geo.sources import foreign, limits, pdf
from tests import made_files
from tests.made_files import item, page, rss

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
XXE = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


def packed(start: bytes, repeated: bytes, times: int) -> bytes:
    """Compress a long run without ever holding it."""
    packer = zlib.compressobj(9)
    parts = [packer.compress(start), *(packer.compress(repeated * 1_000) for _ in range(times // 1_000))]
    return b"".join((*parts, packer.flush()))


TEXT_BOMB = packed(b"BT /F1 12 Tf 100 700 Td ", b"(aaaaaaaaaaaa) Tj ", 12_000_000)
DOUBLE_BOMB = zlib.compress(packed(b"", bytes(1_000), 1_200_000), 9)
"""1.2 GB of zeros in a few kB."""
TABLE = b"<html><body><table>" + b"<tr><td>Shots in Banjska were fired.<td>" * 100_000
"""Its parser would take minutes."""


def read(data: bytes, name: str) -> None:
    sources.read_documents(data, name=name)


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (made_files.pdf(packed=TEXT_BOMB), "bomb.pdf", "512 MB"),
        (made_files.pdf(packed=DOUBLE_BOMB, filters="/FlateDecode/FlateDecode"), "bomb.pdf", "512 MB"),
        (rss("<item><title>&l9;</title></item>", head=f'<!DOCTYPE rss [<!ENTITY l0 "lol">{LAUGHS}]>'), "a.xml", "XML"),
        (rss("<item><title>&x;</title></item>", head=XXE), "a.xml", "declares XML entities"),
        (rss("<item>" * 300_000), "a.xml", "not well-formed XML"),
        (TABLE, "a.html", "longer than 10 seconds; save what it says as plain text"),
        (b"<html><body>" + b"<div>" * 900_000 + b"x", "a.html", ""),
        (page(("x",), head="<script>" + "[" * 4_000_000 + "</script>"), "a.html", None),
        (b"<p " + b" ".join(b"a%d=1" % n for n in range(5_000)) + b">Shots in Banjska", "a.html", None),
    ],
    ids=["text-bomb", "zip-bomb", "laughs", "xxe", "unclosed", "loop", "deep", "script", "attributes"],
)
def test_hostile_file_is_read_or_refused_within_the_limits(data: bytes, name: str, message: str | None) -> None:
    assert len(data) < foreign.MAX_BYTES
    if message is None:
        read(data, name)
        return
    with pytest.raises(UnreadableFile) as error:
        read(data, name)
    assert str(error.value).startswith(f"{name}: ")
    assert message in str(error.value)
    assert "Traceback" not in str(error.value)


def test_document_that_takes_too_long_by_the_clock_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The parser would work on this page for minutes; who started it ends it long before its own limits would."""
    monkeypatch.setattr(foreign, "SECONDS", 1.5)
    with pytest.raises(UnreadableFile, match=r"a\.html: reading it took longer than 1\.5 seconds; save what it says"):
        read(TABLE, "a.html")


def test_parser_that_waits_without_working_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that sleeps uses no processor time; it is ended by the clock, and leaves no process behind."""
    begun: list[subprocess.Popen[bytes]] = []

    class Asleep(subprocess.Popen[bytes]):
        def __init__(self, command: list[str], **options: Any) -> None:
            super().__init__([sys.executable, "-c", "import time; time.sleep(600)"], **options)
            begun.append(self)

    monkeypatch.setattr(foreign.subprocess, "Popen", Asleep)
    monkeypatch.setattr(foreign, "SECONDS", 0.5)
    with pytest.raises(UnreadableFile, match=r"a\.html: reading it took longer than 0\.5 seconds;"):
        read(page(), "a.html")
    assert [child.returncode for child in begun] == [-signal.SIGKILL]


@pytest.mark.parametrize(
    ("act", "ended_by"),
    [("import time; time.sleep(600)", signal.SIGALRM), ("while True: pass", signal.SIGKILL)],
    ids=["clock", "processor"],
)
def test_child_ends_by_itself_when_nobody_waits_for_it(act: str, ended_by: signal.Signals) -> None:
    """The kernel counts both times; the parser's own code is not asked."""
    spare = "signal.setitimer(signal.ITIMER_REAL, 0)" if ended_by == signal.SIGKILL else ""
    code = f"import signal; from geo.sources import limits; limits.SECONDS = 1; limits.take(); {spare}\n{act}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == -ended_by, done.stderr


def test_file_that_is_too_long_meets_no_parser() -> None:
    with pytest.raises(TooLarge, match=r"a\.html: is longer than 5 MB"):
        read(b"<html>" + b" " * foreign.MAX_BYTES, "a.html")


def test_text_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TooLarge, match=r"a\.pdf: has 1,001 pages"):
        read(made_files.pdf(*[[(72.0, 700.0, "x")]] * 1_001), "a.pdf")
    monkeypatch.setattr(pdf, "MAX_TEXT", 10_000)
    with pytest.raises(TooLarge, match="holds more than"):
        pdf.read(made_files.pdf(*[[(72.0, 700.0, "word " * 500)]] * 5))


def test_nothing_that_a_file_names_is_fetched() -> None:
    """A server on this machine waits for a call that must not come."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        at = f"http://127.0.0.1:{server.getsockname()[1]}"
        dtd = f'<!DOCTYPE rss SYSTEM "{at}/x.dtd">'
        read(rss(item("Shots", f'<img src="{at}/a.png">'), head=dtd), "a.xml")
        base = f'<base href="{at}/"><link rel="stylesheet" href="{at}/a.css"><script src="{at}/a.js"></script>'
        include = f'<html xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="{at}/x"/>'
        read(
            page(head=base + f'<meta http-equiv="refresh" content="0;url={at}/b"><link rel="canonical" href="{at}/">'),
            "a",
        )
        read(include.encode() + page(), "a.html")
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.parametrize(
    "act",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9), 1)",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.system('true')",
        "open('written', 'w')",
        "import pathlib; pathlib.Path('written').write_bytes(b'x')",
        "import os; os.open('written', os.O_CREAT | os.O_RDWR)",
    ],
)
def test_child_can_reach_neither_network_nor_programs_nor_files(act: str, tmp_path: Path) -> None:
    code = f"import sys; from geo.sources import limits; limits.take(); sys.addaudithook(limits.refuse)\n{act}"
    done = subprocess.run([sys.executable, "-B", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "is not allowed while a foreign file is read" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_child_has_512_megabytes() -> None:
    code = "from geo.sources import limits; limits.take()\nbytearray({})"
    for size, status in ((200 << 20, 0), (limits.MEMORY_BYTES, 1)):
        done = subprocess.run([sys.executable, "-c", code.format(size)], capture_output=True, text=True, check=False)
        assert done.returncode == status, done.stderr
        assert ("MemoryError" in done.stderr) == bool(status)


def test_child_sees_nothing_secret_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IBAR_STORE", "/secret")
    seen: list[str] = []
    start = subprocess.run
    monkeypatch.setattr(foreign.subprocess, "run", lambda *a, **k: seen.extend(k["env"]) or start(*a, **k))
    read(page(), "a.html")
    assert "PATH" in seen
    assert "IBAR_STORE" not in seen


def test_parser_in_a_folder_with_modules_of_the_same_names_does_not_run_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("json.py", "lxml.py", "trafilatura.py"):
        (tmp_path / name).write_text("raise SystemExit(9)", encoding="ascii")
    monkeypatch.chdir(tmp_path)
    read(page(), "a.html")


def test_many_files_at_once() -> None:
    found: list[object] = []

    def work() -> None:
        try:
            found.append(sources.read_documents(page(), name="a.html")[0].title)
        except GeoError as error:
            found.append(error)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["Shots near Banjska"] * 3
