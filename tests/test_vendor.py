"""The browser files that ship: each is in the manifest, unmodified, with its licence, and asks no other host."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from app.joint import STATIC

SCRIPT = STATIC / "vendor.py"
VENDOR = STATIC / "vendor"
FOREIGN = re.compile(r"""(?:url\(|import\s*\(?|from\s*|src=)\s*["']?https?://""")


@pytest.fixture(scope="module")
def vendor() -> ModuleType:
    spec = importlib.util.spec_from_file_location("vendor", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def packages() -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads((VENDOR / "manifest.json").read_text("utf-8"))["packages"]
    return listed


def test_every_vendored_file_is_as_the_manifest_says(vendor: ModuleType) -> None:
    assert vendor.check() == []


@pytest.mark.parametrize("package", packages(), ids=lambda package: str(package["name"]))
def test_every_package_says_origin_version_checksum_and_licence(package: dict[str, Any]) -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", package["version"])
    assert package["integrity"].startswith("sha512-")
    assert package["licence"] in ("BSD-2-Clause", "MIT")
    assert any(path.endswith("LICENSE") for path in package["files"])


def test_check_finds_changed_missing_and_unlisted_files(vendor: ModuleType, tmp_path: Path) -> None:
    copy = tmp_path / "vendor"
    shutil.copytree(VENDOR, copy)
    (copy / "leaflet" / "leaflet.js").write_text("changed")
    (copy / "leaflet" / "leaflet.css").unlink()
    (copy / "stray.js").write_text("")
    assert vendor.check(copy) == [
        "stray.js: not in the manifest",
        "leaflet/leaflet.js: sha256 differs from the manifest",
        "leaflet/leaflet.css: missing",
    ]


def test_refresh_replaces_nothing_when_an_archive_has_another_checksum(
    vendor: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "vendor"
    shutil.copytree(VENDOR, copy)
    before = (copy / "leaflet" / "leaflet.js").read_bytes()
    npm = tmp_path / "npm"
    npm.write_text(
        f"#!{sys.executable}\nimport sys, pathlib\n"
        "into = pathlib.Path(sys.argv[sys.argv.index('--pack-destination') + 1])\n"
        "(into / 'forged.tgz').write_bytes(b'forged')\nprint('forged.tgz')\n"
    )
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(vendor.VendorError, match="nothing was replaced"):
        vendor.refresh(copy)
    assert (copy / "leaflet" / "leaflet.js").read_bytes() == before
    assert vendor.check(copy) == []


def test_unpack_takes_listed_files_and_refuses_changed_ones(vendor: ModuleType, tmp_path: Path) -> None:
    content = b"body {}"
    (tmp_path / "a.css").write_bytes(content)
    archive = tmp_path / "a.tgz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(tmp_path / "a.css", "package/dist/a.css")
    package: dict[str, Any] = {"name": "a", "files": {"a/a.css": {"from": "dist/a.css"}}}
    assert vendor.unpack(package, archive) == {"a/a.css": content}
    assert package["files"]["a/a.css"]["sha256"] == hashlib.sha256(content).hexdigest()
    package["files"]["a/a.css"]["sha256"] = base64.b16encode(b"other").decode()
    with pytest.raises(vendor.VendorError):
        vendor.unpack(package, archive)


def test_no_shipped_browser_file_names_another_host_to_load_from() -> None:
    for path in STATIC.rglob("*"):
        if path.suffix in (".js", ".css", ".svg"):
            assert not FOREIGN.search(path.read_text("utf-8")), path


def test_program_runs_with_the_standard_library_alone() -> None:
    done = subprocess.run([sys.executable, "-I", "-S", str(SCRIPT), "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
