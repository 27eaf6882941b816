"""An operator's choice of wording in, the phrases that pages, prints and data carry out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Literal, get_args

Wording = Literal["border", "abl", "neutral"]
"""How the line is called: border, administrative boundary line, or both."""

WORDINGS: Final[tuple[Wording, ...]] = get_args(Wording)
LINE_NAMES: Final[Mapping[Wording, str]] = {
    "border": "Kosovo–Serbia border",
    "abl": "Kosovo–Serbia administrative boundary line",
    "neutral": "Kosovo–Serbia border / administrative boundary line",
}
"""The line's full name in English: the message ids of its translations."""
SHORT_NAMES: Final[Mapping[Wording, str]] = {
    "border": "border",
    "abl": "boundary line",
    "neutral": "border / boundary line",
}
"""What sentences call it after the first mention."""
STATUS_NOTE: Final = (
    "The name Kosovo is used without prejudice to positions on status, and is in line with UNSCR 1244/1999 and the ICJ"
    " Opinion on the Kosovo declaration of independence. Lines and names on this map imply no judgement on status."
)
"""Stands on every page, print, export and embed."""


def line_name(wording: Wording = "neutral", *, is_short: bool = False, translate: Callable[[str], str] = str) -> str:
    """Return what to call the line that Kosovo and Serbia share."""
    return translate((SHORT_NAMES if is_short else LINE_NAMES)[wording])


def status_note(*, translate: Callable[[str], str] = str) -> str:
    """Return the note on status, translated."""
    return translate(STATUS_NOTE)
