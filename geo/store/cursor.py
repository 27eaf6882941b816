"""The last row of a page in, an opaque cursor out, and back: where the next page begins."""

from __future__ import annotations

import base64
import binascii
import json
import math
from dataclasses import dataclass

from geo.errors import InvalidInput

_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a sorted list: after the row of this value and this id."""

    value: str | float | None
    """What the list is sorted by; null among the rows that have none, which come last."""
    id: str


def encode(sort: str, place: Place) -> str:
    """Return the cursor for what follows a place in a list sorted so."""
    text = json.dumps([sort, place.value, place.id], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(cursor: str, *, sort: str, is_number: bool) -> Place:
    """Return the place that a cursor names.

    Raises
    ------
    InvalidInput
        It is not a cursor, or it belongs to a list sorted in another way.
    """
    try:
        if len(cursor) > _LONGEST:
            raise ValueError("too long")
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        made_for, value, last_id = json.loads(text)
    except (ValueError, TypeError, RecursionError, binascii.Error) as error:
        raise InvalidInput("cursor: not one that this service gave out; start again without it") from error
    if made_for != sort:
        raise InvalidInput(f"cursor: belongs to another sort than {sort!r}; start again without it")
    if not (isinstance(last_id, str) and _fits(value, is_number=is_number)):
        raise InvalidInput("cursor: not one that this service gave out; start again without it")
    return Place(value, last_id)


def _fits(value: object, *, is_number: bool) -> bool:
    if value is None or isinstance(value, bool):
        return value is None
    if is_number:
        return isinstance(value, int | float) and math.isfinite(value) and abs(value) < 2**63
    return isinstance(value, str)
