"""The words of a sentence in, the numbers that they say out."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

from geo.extract.tokens import Token

_PLAIN: Final = re.compile(r"\d{1,9}$")
_GROUPED: Final = re.compile(r"[1-9]\d{0,2}(?:([.,])\d{3})(?:\1\d{3})*$")


class Number(NamedTuple):
    """A number that the words `start` to `end` (exclusive) say."""

    start: int
    end: int
    value: int


def number_of(written: str) -> int | None:
    """Return what digits say: `3735`, `3,735` and `3.735` alike; None for a time, a date or a fraction."""
    if not written[:1].isdecimal():
        return None
    if _PLAIN.match(written):
        return int(written)
    return int(re.sub(r"[.,]", "", written)) if len(written) < 16 and _GROUPED.match(written) else None


def numbers(words: Sequence[Token], table: Mapping[str, int], joiners: Collection[str] = ()) -> list[Number]:
    """Return the numbers of a sentence, in digits and in words ("twenty-two", "dve stotine pedeset")."""
    found: list[Number] = []
    at = 0
    while at < len(words):
        number = _number_at(words, at, table, joiners)
        if number is None:
            at += 1
        else:
            found.append(number)
            at = number.end
    return found


def _number_at(words: Sequence[Token], at: int, table: Mapping[str, int], joiners: Collection[str]) -> Number | None:
    digits = number_of(words[at].norm)
    if digits is not None:
        return _scaled(Number(at, at + 1, digits), words, table)
    if words[at].norm not in table:
        return None
    total, part, end = 0, table[words[at].norm], at + 1
    while end < len(words):
        step = 2 if words[end].norm in joiners and part >= 20 and end + 1 < len(words) else 1
        value = table.get(words[end + step - 1].norm)
        if value is None or not _continues(part, value):
            break
        end += step
        if value == 1000:
            total, part = total + part * value, 0
        else:
            part = part * value if value == 100 and part < 10 else part + value
    return Number(at, end, total + part)


def _continues(part: int, value: int) -> bool:
    """Whether a number word goes on with what was said so far: "two hundred", "twenty two", but not "two three"."""
    if value == 1000:
        return 0 < part < 1000
    if value == 100:
        return 0 < part < 10
    return part == 0 or (part % 100 == 0 and value < 100) or (part % 10 == 0 and part % 100 >= 20 and value < 10)


def _scaled(number: Number, words: Sequence[Token], table: Mapping[str, int]) -> Number:
    following = table.get(words[number.end].norm) if number.end < len(words) else None
    if following in (100, 1000) and number.value < 1000:
        return Number(number.start, number.end + 1, number.value * following)
    return number
