"""schemathesis asks the running service all that its own interface document allows, and much that it does not."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

PROGRAM = Path(sys.executable).parent / "schemathesis"
RULES_OF_VALUES = "positive_data_acceptance,negative_data_rejection"
"""What OpenAPI 3.0 cannot say: that CQL2 parses, that a cursor was handed out, that `near` needs `radius_m`; and that
too great a `limit` is no error, as the standard has it. `tests/test_conformance_*.py` hold those rules."""
FREE = (
    r"/(items|events|near-border|along|nearest|counts|geocode|clusters|hexagons|histogram|strip|types-by-month|export)$"
)


def failures(server: str, folder: Path, *options: str) -> str:
    """Return what schemathesis found, the same at every run."""
    command = (str(PROGRAM), "run", f"{server}/api/openapi.json", "--generation-deterministic", "--no-color")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SCHEMATHESIS")}
    done = subprocess.run(
        [*command, "--phases", "examples,coverage,fuzzing", "--max-examples", "5", *options],
        cwd=folder,  # it keeps what it found beside it
        env=environment,
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert re.search(r"Test cases:\s+\d+ generated", done.stdout), done.stdout[-2_000:] + done.stderr[-2_000:]
    return "" if done.returncode == 0 else done.stdout[-6_000:]


def test_no_request_breaks_the_service_or_the_document(small_server: str, tmp_path: Path) -> None:
    assert failures(small_server, tmp_path, "--exclude-checks", RULES_OF_VALUES) == ""


def test_what_the_document_allows_is_accepted_and_all_else_refused(small_server: str, tmp_path: Path) -> None:
    assert failures(small_server, tmp_path, "--exclude-path-regex", FREE) == ""
