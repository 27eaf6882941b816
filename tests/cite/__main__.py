"""A running service over the shipped data set in, what the OGC's test suite says of all its collections out.

The suite (`org.opengis.cite:ets-ogcapi-features10`) comes with its class path from Maven, or as one file that
`IBAR_CITE_JAR` names. It needs Java 17. The exit status is 0 where no test fails and each part passed some.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.sax.saxutils import escape

from app.config import Settings
from tests.conftest import serving

HERE = Path(__file__).parent
SUITE = "org.opengis.cite.ogcapifeatures10.TestNGController"
PARTS = ("Core", "CRS - Part 2")
PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:build-classpath"
ARGUMENTS = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE properties SYSTEM "http://java.sun.com/dtd/properties.dtd">
<properties version="1.0">
  <entry key="iut">{address}</entry>
  <entry key="noofcollections">-1</entry>
</properties>
"""


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        classes = class_path(folder)
        with serving(replace(Settings.from_environ({}), store=folder / "store" / "ibar.gpkg")) as address:
            results = run(classes, f"{address}/api/", folder)
        return said(results)


def class_path(folder: Path) -> str:
    """Return where Java finds the suite."""
    given = os.environ.get("IBAR_CITE_JAR")
    if given:
        return given
    listed = folder / "classpath"
    command = ["mvn", "-q", "-B", "-f", str(HERE / "pom.xml"), PLUGIN, f"-Dmdep.outputFile={listed}"]
    if subprocess.run(command).returncode != 0:
        sys.exit(
            "Maven cannot get the test suite; name a file of it with IBAR_CITE_JAR (ets-ogcapi-features10-*-aio.jar)"
        )
    return listed.read_text(encoding="utf-8").strip()


def run(classes: str, address: str, folder: Path) -> Path:
    """Run the suite. Returns the file of its results."""
    arguments = folder / "arguments.xml"
    arguments.write_text(ARGUMENTS.format(address=escape(address)), encoding="utf-8")
    subprocess.run(["java", "-cp", classes, SUITE, "-o", str(folder), str(arguments)], check=True, stdout=sys.stderr)
    found = sorted(folder.rglob("testng-results.xml"), key=lambda path: path.stat().st_mtime)
    return found[-1] if found else sys.exit("the test suite left no results")


def outcomes(results: Path) -> Iterator[tuple[str, str, str, str]]:
    """Yield the part, the status, the name and the reason of each test."""
    for part in ET.parse(results).getroot().iter("test"):
        for method in part.iter("test-method"):
            if method.get("is-config") != "true":
                reason = (method.findtext(".//message") or "").strip()
                yield part.get("name", ""), method.get("status", ""), method.get("name", ""), reason


def said(results: Path) -> int:
    """Print how many tests passed, failed and were skipped, and why. Returns the exit status."""
    tests = list(outcomes(results))
    for part, status, name, reason in sorted(set(tests)):
        if status != "PASS":
            print(f"{status} {part}: {name}: {reason.splitlines()[0] if reason else ''}")
    counts = Counter((part, status) for part, status, _, _ in tests)
    for part in PARTS:
        numbers = ", ".join(f"{counts[part, status]} {word}" for status, word in WORDS.items())
        print(f"{part}: {numbers}")
    has_failed = any(status == "FAIL" for _, status, _, _ in tests)
    return 1 if has_failed or not all(counts[part, "PASS"] for part in PARTS) else 0


WORDS = {"PASS": "passed", "FAIL": "failed", "SKIP": "skipped"}

if __name__ == "__main__":
    sys.exit(main())
