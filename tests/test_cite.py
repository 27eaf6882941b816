"""What `make cite` makes of the results of the OGC's test suite."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cite.__main__ import said

RESULTS = """<testng-results><suite name="s"><test name="Core"><class name="c">
<test-method is-config="true" status="PASS" name="before"/>
<test-method status="PASS" name="landing"/>
<test-method status="{status}" name="paging"><exception><message>expected [182] but found [100]</message></exception>
</test-method></class></test>
<test name="{part}"><class name="c"><test-method status="PASS" name="header"/></class></test>
</suite></testng-results>"""


@pytest.mark.parametrize(
    ("status", "part", "code", "printed"),
    [
        ("PASS", "CRS - Part 2", 0, "Core: 2 passed, 0 failed, 0 skipped"),
        ("SKIP", "CRS - Part 2", 0, "SKIP Core: paging: expected [182] but found [100]"),
        ("FAIL", "CRS - Part 2", 1, "FAIL Core: paging: expected [182] but found [100]"),
        ("PASS", "another", 1, "CRS - Part 2: 0 passed, 0 failed, 0 skipped"),
    ],
)
def test_results_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], status: str, part: str, code: int, printed: str
) -> None:
    results = tmp_path / "testng-results.xml"
    results.write_text(RESULTS.format(status=status, part=part), encoding="utf-8")
    assert said(results) == code
    assert printed in capsys.readouterr().out.splitlines()
