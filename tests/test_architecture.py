"""The rules that hold the tree together: layers, types, style, and who may import what."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted([*ROOT.glob("geo/**/*.py"), *ROOT.glob("app/**/*.py")])


def run(*words: str) -> None:
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_imports_point_down() -> None:
    run(str(Path(sys.executable).parent / "lint-imports"))


def test_types_hold_strictly() -> None:
    run(sys.executable, "-m", "mypy")


@pytest.mark.parametrize("words", [("check", "."), ("format", "--check", ".")], ids=" ".join)
def test_ruff_is_clean(words: tuple[str, ...]) -> None:
    run(sys.executable, "-m", "ruff", *words)


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize(
    ("library", "owner"),
    [
        ("folium", "geo/maps"),
        ("branca", "geo/maps"),
        ("matplotlib", "geo/exports"),
        ("lxml", "geo/sources"),
        ("trafilatura", "geo/sources/html.py"),
        ("pypdfium2", "geo/sources/pdf.py"),
        ("psycopg", "geo/store/postgis.py"),
        ("dask", "geo/batch.py"),
    ],
)
def test_one_owner_per_library(library: str, owner: str) -> None:
    users = [path.relative_to(ROOT).as_posix() for path in MODULES if library in imported(path)]
    assert [user for user in users if not user.startswith(owner)] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_module_is_small_and_says_what_it_does(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400, "a file is about 300 lines"
    assert ast.get_docstring(ast.parse(text)), "the first line says what goes in and what comes out"
    assert not {"utils", "helpers", "manager", "common"} & set(path.relative_to(ROOT).with_suffix("").parts)
