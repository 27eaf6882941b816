"""Every command, option group, setting, endpoint and field is documented, and what the documents name exists."""

import re
from pathlib import Path

import click
import pytest
from flask import Flask

from app.cli import cli
from geo.record import FIELDS

ROOT = Path(__file__).resolve().parents[1]
DOCS = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md")}
README = (ROOT / "README.md").read_text(encoding="utf-8")
SOURCES = [*ROOT.glob("app/**/*.py"), *ROOT.glob("geo/**/*.py"), *ROOT.glob("tests/*.py"), *ROOT.glob("bench/*.py")]


def commands(group: click.Group, prefix: str = "ibar") -> list[str]:
    context = click.Context(group)
    found: list[str] = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        path = f"{prefix} {name}"
        found += commands(command, path) if isinstance(command, click.Group) else [path]
    return found


@pytest.mark.parametrize("command", commands(cli))
def test_command_is_documented(command: str) -> None:
    assert command in DOCS["cli.md"]


@pytest.mark.parametrize("command", commands(cli))
def test_command_help_has_an_example(command: str) -> None:
    node: click.Command = cli
    for word in command.split()[1:]:
        assert isinstance(node, click.Group)
        node = node.commands[word] if word in node.commands else node.get_command(click.Context(node), word)  # type: ignore[assignment]
    assert re.search(r"(?im)^\s*examples?\b", node.help or ""), f"{command} --help shows no example"


def settings() -> set[str]:
    return {name for path in SOURCES for name in re.findall(r"\bIBAR_[A-Z_]+[A-Z]\b", path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("setting", sorted(settings()))
def test_setting_is_documented(setting: str) -> None:
    assert setting in README + "".join(DOCS.values()) + (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_endpoints_are_documented(app: Flask) -> None:
    rules = {re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", rule.rule) for rule in app.url_map.iter_rules()}
    text = README + "".join(DOCS.values())
    assert sorted(rule for rule in rules if f"`{rule}`" not in text and f"{rule}`" not in text) == []


@pytest.mark.parametrize("field", [field.name for field in FIELDS])
def test_field_is_in_the_codebook(field: str) -> None:
    assert f"`{field}`" in DOCS["data.md"]


def test_local_links_lead_somewhere() -> None:
    broken = []
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("boundaries/*.md")]:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text(encoding="utf-8")):
            if not target.startswith(("http://", "https://")) and not (path.parent / target).exists():
                broken.append(f"{path.name}: {target}")
    assert broken == []
