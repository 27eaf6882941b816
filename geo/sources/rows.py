"""What the readers of tables and feature files hand on: a claim, and where in the file it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from geo.errors import InvalidInput
from geo.model import Claim, Source
from geo.record import FIELD, GIVEN, claim_from_record

IGNORED: Final = frozenset({"certainty", "citation", "fid", "licence", "ogc_fid"})
"""Columns that our own answers and GIS programs add; they say nothing that a claim keeps."""
KNOWN: Final = frozenset({*FIELD, *GIVEN, *IGNORED})
REQUIRED: Final = ("kind", "event_type")


@dataclass(frozen=True, slots=True)
class Row:
    """A claim and its place in a file."""

    claim: Claim
    number: int
    """Line of a table, from 1, or position among the features of a file, from 1."""
    unit: str
    """What is counted: line or feature."""
    name: str
    """Of the file."""

    @property
    def where(self) -> str:
        """Where it stands, as error messages say it."""
        return f"{self.name}: {self.unit} {self.number}"

    def error(self, message: str) -> InvalidInput:
        """Return the error for this row; the message begins with the name of a field and a colon."""
        return InvalidInput(f"{self.where}, {'column ' if self.unit == 'line' else ''}{message}")


def check_names(names: Iterable[str], *, where: str) -> None:
    """Refuse a name that is not a field of the record, and say which one is nearest.

    Raises
    ------
    InvalidInput
        A name is unknown or empty.
    """
    for number, name in enumerate(names, 1):
        if name not in KNOWN:
            raise InvalidInput(f"{where}: {_unknown(name, number)}")


def _unknown(name: str, number: int) -> str:
    if not name.strip():
        return f"column {number} has no name"
    from rapidfuzz import process  # for the advice alone: most tables need none

    nearest = process.extractOne(name.strip().lower()[:64], GIVEN, score_cutoff=60)
    advice = f"did you mean {nearest[0]!r}?" if nearest else "`ibar template csv` prints those that are known"
    return f"column {name[:64]!r} is not known; {advice}"


def claim(values: Mapping[str, Any], *, where: str, sources: tuple[Source, ...] = ()) -> Claim:
    """Return the claim that a row makes; an error begins with `where`, a space and the name of the field.

    Raises
    ------
    InvalidInput
        A value cannot be used.
    """
    try:
        return claim_from_record(values, sources=sources)
    except InvalidInput as error:
        raise InvalidInput(f"{where} {error}") from error
