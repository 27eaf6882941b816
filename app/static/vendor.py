"""The pinned npm packages of vendor/manifest.json in, their unmodified browser files in vendor/ out.

Run by `make vendor`; it needs npm and the standard library only. `--check` compares the files on disk with the
manifest and fetches nothing. To add a package, write its name, version, licence and files into the manifest and leave
the checksums out: the first run records them, every later run insists on them.
"""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

VENDOR = Path(__file__).with_name("vendor")
MANIFEST = "manifest.json"


class VendorError(Exception):
    """A package or file is not what the manifest says."""


def read_manifest(folder: Path = VENDOR) -> dict[str, Any]:
    """Return the manifest: `packages`, each with name, version, licence, integrity and files."""
    manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
    return manifest


def fetch(package: dict[str, Any], into: Path) -> Path:
    """Return the package's archive, fetched by npm and checked against its sha512."""
    wanted = f"{package['name']}@{package['version']}"
    command = ["npm", "pack", "--silent", "--pack-destination", str(into), wanted]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise VendorError(f"{wanted}: npm could not fetch it ({getattr(error, 'stderr', '') or error})") from error
    archive = into / done.stdout.strip().splitlines()[-1]
    digest = hashlib.sha512(archive.read_bytes()).digest()
    agree(package, "integrity", f"sha512-{base64.b64encode(digest).decode()}", wanted)
    return archive


def agree(record: dict[str, Any], key: str, found: str, what: str) -> None:
    """Hold `found` against the recorded value, or record it where there is none."""
    if record.setdefault(key, found) != found:
        raise VendorError(f"{what}: {key} is {found}, but the manifest says {record[key]}; nothing was replaced")


def unpack(package: dict[str, Any], archive: Path) -> dict[str, bytes]:
    """Return the listed files of an archive by the path that they are kept under, each checked."""
    contents = {}
    with tarfile.open(archive) as tar:
        for path, entry in package["files"].items():
            member = tar.extractfile(f"package/{entry['from']}")
            if member is None:
                raise VendorError(f"{package['name']}: {entry['from']} is not a file of the package")
            contents[path] = member.read()
            agree(entry, "sha256", hashlib.sha256(contents[path]).hexdigest(), path)
    return contents


def write(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    fresh.write_bytes(content)
    fresh.replace(path)


def refresh(folder: Path = VENDOR) -> int:
    """Fetch every package anew and write its files; return how many files were written."""
    manifest = read_manifest(folder)
    contents: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for package in manifest["packages"]:
            print(f"{package['name']} {package['version']}", flush=True)  # noqa: T201
            contents |= unpack(package, fetch(package, Path(scratch)))
    for path, content in contents.items():
        write(folder / path, content)
    write(folder / MANIFEST, (json.dumps(manifest, indent=2, ensure_ascii=False) + "\n").encode())
    return len(contents)


def check(folder: Path = VENDOR) -> list[str]:
    """Return what differs between the files on disk and the manifest; empty when all is well."""
    listed = {path: entry for package in read_manifest(folder)["packages"] for path, entry in package["files"].items()}
    present = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} - {MANIFEST}
    faults = [f"{path}: not in the manifest" for path in sorted(present - listed.keys())]
    for path, entry in listed.items():
        if path not in present:
            faults.append(f"{path}: missing")
        elif hashlib.sha256((folder / path).read_bytes()).hexdigest() != entry.get("sha256"):
            faults.append(f"{path}: sha256 differs from the manifest")
    return faults


def main(arguments: list[str]) -> int:
    """Run the program; return its exit status."""
    try:
        if arguments == ["--check"]:
            faults = check()
            print("\n".join(faults) or "all files are as the manifest says")  # noqa: T201
            return 1 if faults else 0
        print(f"{refresh()} files written to {VENDOR.name}/")  # noqa: T201
    except VendorError as error:
        print(f"vendor: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
