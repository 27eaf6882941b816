"""A language's folder of TOML files in, its compiled lexicon out."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from geo.errors import MissingData
from geo.extract.patterns import Index
from geo.extract.tokens import normal
from geo.model import DEPLOYMENT_TYPES, INCIDENT_TYPES, Kind

FOLDER: Final = files("geo.extract").joinpath("languages")
"""Each language is a folder here, named by its code."""
GENERIC: Final = "violence"
"""The type of a word such as "incident", which refers to an event and never makes one."""
FAMILIES: Final = {
    "armed_clash": "armed", "shooting": "armed", "killing": "armed", "attack": "armed",
    "explosion": "explosive", "grenade_attack": "explosive", "landmine": "explosive",
    "riot": "unrest", "stone_throwing": "unrest", "protest": "unrest",
    "raid": "police", "weapons_seizure": "police", "arrest": "police", "abduction_or_detention": "police",
    "road_block": "road_block", "border_closure": "border_closure",
    "arson": "property", "property_destruction": "property",
    "threat": "threat", "other": "other", GENERIC: GENERIC,
}  # fmt: skip
"""Types of one family may be one event told in two ways."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a trigger phrase stands for, and what must be in its sentence for it to count."""

    id: int
    event_type: str
    kind: Kind
    noun: bool = False
    """Whether it names the event and so may refer to one told elsewhere ("the shootout")."""
    needs: tuple[tuple[str, ...], ...] = ()
    """Groups of classes: of each group one must occur near the trigger."""
    without: tuple[str, ...] = ()
    """Classes that must not occur near the trigger."""
    window: int = 12
    """How many words away "near" is."""
    stage: str = ""
    strength: float = 0.8


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of one language, compiled."""

    code: str
    classes: Index
    phrases: Index
    """The triggers, labelled with the numbers of their rules, and the cues."""
    rules: tuple[Rule, ...]
    numbers: Mapping[str, int]
    links: Mapping[str, frozenset[str]]
    """Words and marks that join the parts of numbers and dates."""
    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    days: Mapping[str, tuple[str, int, int]]
    """For the label of a phrase such as "last night": unit, first and last, counted from the publication."""
    casualties: Mapping[str, tuple[str, str, bool]]
    """For the label of a phrase: killed or injured, the side on which those stand, and whether it speaks of one."""
    actors: Mapping[str, str]
    forces: Mapping[str, str]
    countries: Mapping[str, str]
    areas: Mapping[str, str]
    month_first: bool = False

    def rule(self, label: str) -> Rule | None:
        """Return the rule that a trigger's label names; null for a cue's."""
        return self.rules[int(label)] if label.isdigit() else None


@cache
def lexicon(code: str) -> Lexicon:
    """Return the lexicon of a language, compiled once in a process.

    Raises
    ------
    MissingData
        The language's folder is absent, or one of its files is damaged.
    """
    tables = _tables(code)
    try:
        return _compile(code, tables)
    except KeyError as error:
        raise MissingData(f"lexicon of {code!r}: {error} is missing; the English folder shows what there is") from error


@cache
def language_codes() -> tuple[str, ...]:
    """Return the codes of the languages that there are, English first: it is the one where nothing tells."""
    found = (entry.name for entry in FOLDER.iterdir() if entry.joinpath("language.toml").is_file())
    return tuple(sorted(found, key=lambda code: (code != "en", code)))


@dataclass(frozen=True, slots=True)
class Traits:
    """By what a language is recognised; its lexicon is not needed for that."""

    common: frozenset[str]
    """Frequent words."""
    is_cyrillic: bool
    """Whether it is also, or only, written in Cyrillic: then every Cyrillic word speaks for it."""


@cache
def traits(code: str) -> Traits:
    """Return by what a language is recognised.

    Raises
    ------
    MissingData
        The language's folder is absent, or its `language.toml` is damaged.
    """
    try:
        text = FOLDER.joinpath(code, "language.toml").read_text(encoding="utf-8")
        told = tomllib.loads(text)
        return Traits(frozenset(normal(word) for word in told["common"]), told.get("cyrillic", False))
    except (OSError, KeyError, tomllib.TOMLDecodeError) as error:
        raise MissingData(f"lexicon of {code!r}: {error}") from error


def _tables(code: str) -> dict[str, Any]:
    tables: dict[str, Any] = {}
    try:
        for entry in sorted(FOLDER.joinpath(code).iterdir(), key=lambda e: e.name):
            if entry.name.endswith(".toml"):
                _merge(tables, tomllib.loads(entry.read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise MissingData(f"lexicon of {code!r}: {error}") from error
    if "trigger" not in tables:
        raise MissingData(f"lexicon of {code!r}: no folder of that name, or no triggers in it")
    return tables


def _merge(tables: dict[str, Any], more: Mapping[str, Any]) -> None:
    for name, value in more.items():
        known = tables.get(name)
        if isinstance(known, list):
            known.extend(value)
        elif isinstance(known, dict):
            _merge(known, value)
        else:
            tables[name] = value


def _compile(code: str, tables: Mapping[str, Any]) -> Lexicon:
    rules = tuple(_rule(i, row, code) for i, row in enumerate(tables["trigger"]))
    triggers = [(str(i), phrase) for i, row in enumerate(tables["trigger"]) for phrase in row["phrases"]]
    days = {f"day:{i}": row for i, row in enumerate(tables["days"])}
    casualties = {f"casualty:{i}": row for i, row in enumerate(tables["casualty"])}
    named = {
        kind: dict(_labels(kind, tables.get(kind + "s" if kind != "country" else "countries", {}))) for kind in _NAMED
    }
    cues = [(label, phrase) for label, phrases in tables["cues"].items() for phrase in phrases]
    for label, row in (*days.items(), *casualties.items()):
        cues.extend((label, phrase) for phrase in row["phrases"])
    return Lexicon(
        code=code,
        classes=Index.build(_class_phrases(tables, named)),
        phrases=Index.build([*triggers, *cues]),
        rules=rules,
        numbers=_by_word(tables["numbers"]),
        links={name: frozenset(map(normal, words)) for name, words in tables["links"].items()},
        months=_by_word(tables["months"]),
        weekdays=_by_word(tables["weekdays"]),
        days={label: (row["unit"], row["first"], row.get("last", row["first"])) for label, row in days.items()},
        casualties={label: (row["role"], row["side"], row.get("one", False)) for label, row in casualties.items()},
        actors={label: name for label, (name, _) in named["actor"].items()},
        forces={label: name for label, (name, _) in named["force"].items()},
        countries={label: name for label, (name, _) in named["country"].items()},
        areas={label: name for label, (name, _) in named["area"].items()},
        month_first=tables.get("month_first", False),
    )


_NAMED: Final = ("actor", "force", "country", "area")


def _labels(kind: str, table: Mapping[str, list[str]]) -> list[tuple[str, tuple[str, list[str]]]]:
    return [(f"{kind}:{i}", (name, phrases)) for i, (name, phrases) in enumerate(table.items())]


def _class_phrases(tables: Mapping[str, Any], named: Mapping[str, Any]) -> list[tuple[str, str]]:
    pairs = [(name, phrase) for name, phrases in tables["classes"].items() for phrase in phrases]
    for group, forms in tables["people"].items():
        pairs += [(f"one:{group}", phrase) for phrase in forms["one"]]
        pairs += [(f"many:{group}", phrase) for phrase in forms["many"]]
    for labels in named.values():
        pairs += [(label, phrase) for label, (_, phrases) in labels.items() for phrase in phrases]
    return pairs


def _rule(number: int, row: Mapping[str, Any], code: str) -> Rule:
    event_type = row["type"]
    if event_type not in (*INCIDENT_TYPES, *DEPLOYMENT_TYPES, GENERIC):
        raise MissingData(f"lexicon of {code!r}: no event type {event_type!r}")
    needs = tuple(tuple(group.split("|")) for group in row.get("needs", ()))
    return Rule(
        id=number,
        event_type=event_type,
        kind="deployment" if event_type in DEPLOYMENT_TYPES else "incident",
        noun=row.get("noun", False),
        needs=needs,
        without=tuple(row.get("without", ())),
        window=row.get("window", 12),
        stage=row.get("stage", ""),
        strength=row.get("strength", 0.8),
    )


def _by_word(table: Mapping[str, list[str]]) -> dict[str, int]:
    return {normal(word): int(value) for value, words in table.items() for word in words}
