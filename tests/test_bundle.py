"""Browser modules in, one file out: scopes, order, and what is refused."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from app import bundle as bundling
from app.bundle import bundle


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(bundling, "MODULES", tmp_path)
    bundle.cache_clear()
    yield tmp_path
    bundle.cache_clear()


def test_each_module_comes_once_before_those_that_need_it_and_keeps_its_own_names(modules: Path) -> None:
    (modules / "base.js").write_text("const own = 1;\nexport function one() { return own; }\n")
    (modules / "middle.js").write_text('import { one } from "ibar/base.js";\nexport const two = one() + 1;\n')
    (modules / "start.js").write_text(
        'import { one } from "ibar/base.js";\nimport {\n  two,\n} from "ibar/middle.js";\nconst own = one() + two;\n'
        "console.log(own);\n"
    )
    made = bundle("start.js")
    assert made.count("const ibar_base") == 1
    assert made.index("const ibar_base") < made.index("const ibar_middle") < made.index("console.log")
    node = shutil.which("node")
    if node:
        done = subprocess.run([node, "--input-type=module", "-e", made], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "3"


@pytest.mark.parametrize(
    "text",
    ['import one from "ibar/one.js";', "export default 1;", 'export { a } from "ibar/b.js";', 'import "./b.js";'],
)
def test_a_form_that_is_not_known_is_refused(modules: Path, text: str) -> None:
    (modules / "start.js").write_text(text + "\n")
    with pytest.raises(ValueError, match="not known"):
        bundle("start.js")


def test_a_circle_is_refused(modules: Path) -> None:
    (modules / "one.js").write_text('import { two } from "ibar/two.js";\nexport const one = 1;\n')
    (modules / "two.js").write_text('import { one } from "ibar/one.js";\nexport const two = 2;\n')
    with pytest.raises(ValueError, match=r"one -> two -> one"):
        bundle("one.js")
