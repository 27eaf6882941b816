"""A PostGIS database for the tests: a scratch cluster of this machine's own."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    has_postgis = any(Path("/usr/share/postgresql").glob("*/extension/postgis.control"))
    return found[-1].parent if found and has_postgis else None


@contextmanager
def scratch(*, port: int | None = None) -> Iterator[str]:
    """Start a scratch cluster on a Unix socket, and on a port of this machine if one is given; yield its DSN."""
    with tempfile.TemporaryDirectory(prefix="ibar-pg-") as folder:
        yield from _cluster(Path(folder), port)


def _cluster(folder: Path, port: int | None) -> Iterator[str]:
    binaries = programs()
    assert binaries is not None
    owner = "postgres" if os.geteuid() == 0 else None
    if owner:
        shutil.chown(folder, owner)

    def run(*words: str) -> None:
        prefix = ["runuser", "-u", owner, "--"] if owner else []
        subprocess.run([*prefix, *words], check=True, stdout=subprocess.DEVNULL, cwd=folder)

    data = str(folder / "data")
    run(str(binaries / "initdb"), "-D", data, "-A", "trust", "--no-sync", "--locale=C", "-E", "UTF8")
    listening = f"-c listen_addresses=127.0.0.1 -p {port}" if port else "-c listen_addresses="
    settings = f"-k {folder} {listening} -c fsync=off"
    run(str(binaries / "pg_ctl"), "-D", data, "-w", "-o", settings, "-l", str(folder / "log"), "start")
    try:
        where = f"host=127.0.0.1 port={port}" if port else f"host={folder}"
        yield f"{where} dbname=postgres user={owner or os.environ.get('USER', 'postgres')}"
    finally:
        run(str(binaries / "pg_ctl"), "-D", data, "-m", "immediate", "stop")
