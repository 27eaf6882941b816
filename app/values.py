"""A piece of text in, a checked value out; each function refuses what it cannot use and says what it wants instead."""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import InvalidInput
from geo.model import BBox, LonLat

MAX_METRES: Final = 20_100_000
"""Farther than this lies nothing on Earth."""
MAX_KM: Final = 1_000
MAX_TEXT: Final = 200
MAX_WORDS: Final = 12
MAX_LIST: Final = 100
MAX_WKT: Final = 20_000
MAX_VERTICES: Final = 1_000
HANDED_OUT: Final = "^[A-Za-z0-9_.~=+/:-]{1,400}$"
"""What a word that was handed out looks like."""
_NUMBER: Final = re.compile(r"[+-]?(\d{1,18}(\.\d{0,18})?|\.\d{1,18})(e[+-]?\d{1,3})?", re.IGNORECASE | re.ASCII)
_LENGTH: Final = re.compile(r"(?P<number>.*?)\s*(?P<unit>km|m|mi|)", re.IGNORECASE | re.DOTALL)
_UNITS: Final = {"": 1.0, "m": 1.0, "km": 1000.0, "mi": 1609.344}
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_DURATION: Final = re.compile(r"P(?=\d)(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,6})D)?", re.ASCII)
_DAY: Final = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)


def shown(text: str) -> str:
    """Return given text as an error message may repeat it: quoted, short, on one line."""
    return repr(text if len(text) <= 60 else text[:57] + "...")


def number(text: str) -> float:
    """Read a finite decimal number."""
    value = float(text) if _NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(value):
        raise InvalidInput(f"{shown(text)} is not a finite number")
    return value


def whole(text: str, *, least: int) -> int:
    """Read a whole number of at least `least`; one too long to matter is read as a very great one."""
    if not re.fullmatch(r"\d+", text, re.ASCII):
        raise InvalidInput(f"{shown(text)} is not a whole number")
    value = int(text[:18]) if len(text) > 18 else int(text)
    if value < least:
        raise InvalidInput(f"{value} is less than {least}")
    return value


def metres(text: str) -> float:
    """Read a distance in metres."""
    return _between(number(text), MAX_METRES, "metres")


def metres_from_km(text: str) -> float:
    """Read a distance in kilometres. Returns metres."""
    return _between(number(text) * 1000, MAX_METRES, "metres")


def kilometres(text: str) -> float:
    """Read a position along the border line."""
    return _between(number(text), MAX_KM, "kilometres")


def _between(value: float, greatest: float, unit: str) -> float:
    if not 0 <= value <= greatest:
        raise InvalidInput(f"{value:g} is not within 0 to {greatest:,} {unit}")
    return value


def length(text: str) -> float:
    """Read a distance with its unit, such as 15km, 500 m or 3mi; a bare number is metres. Returns metres."""
    match = _LENGTH.fullmatch(text.strip())
    try:
        value = number(match["number"]) if match else math.nan
    except InvalidInput as error:
        raise InvalidInput(f"{shown(text)} is not a distance (write 5000m, 15km or 3mi)") from error
    return _between(value * _UNITS[match["unit"].lower()] if match else value, MAX_METRES, "metres")


def choice(text: str, among: Sequence[str]) -> str:
    """Read one of a closed list."""
    if text not in among:
        close = get_close_matches(text[:64].lower(), among, n=1)
        rest = f"; did you mean {close[0]}?" if close else f" (one of {', '.join(among)})"
        raise InvalidInput(f"{shown(text)} is not known{rest}")
    return text


def choices(text: str, among: Sequence[str]) -> tuple[str, ...]:
    """Read one or more of a closed list, separated by commas."""
    return tuple(choice(part, among) for part in _parts(text))


def names(text: str) -> tuple[str, ...]:
    """Read one or more names, separated by commas."""
    return tuple(words(part) for part in _parts(text))


def _parts(text: str) -> tuple[str, ...]:
    parts = tuple(dict.fromkeys(part.strip() for part in text.split(",")))
    if len(parts) > MAX_LIST:
        raise InvalidInput(f"{len(parts)} values are more than {MAX_LIST}")
    return parts


def words(text: str) -> str:
    """Read a piece of plain text, of bounded length and without control characters."""
    if not text.strip():
        raise InvalidInput("is empty")
    if len(text) > MAX_TEXT or len(text.split()) > MAX_WORDS:
        raise InvalidInput(f"is longer than {MAX_TEXT} characters or {MAX_WORDS} words")
    if any(ord(c) < 32 or 0xD800 <= ord(c) <= 0xDFFF or c in "\x7f\ufffd" for c in text):
        raise InvalidInput(f"{shown(text)} holds control characters or broken text")
    return text.strip()


def token(text: str) -> str:
    """Read an opaque word, such as a cursor; whoever issued it checks what it says."""
    if not re.fullmatch(HANDED_OUT, text):
        raise InvalidInput(f"{shown(text)} is not what was handed out")
    return text


def day(text: str) -> date:
    """Read one day."""
    try:
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError as error:
        raise InvalidInput(f"{shown(text)} is not a day (write 2023-11-07)") from error


def position(text: str) -> LonLat:
    """Read `lon,lat` in degrees."""
    coordinates = _numbers(text)
    if len(coordinates) != 2:
        raise InvalidInput(f"{shown(text)} is not lon,lat (longitude first)")
    return LonLat(*coordinates)


def box(text: str) -> BBox:
    """Read `west,south,east,north` in degrees; the heights of a box of six numbers are ignored."""
    return BBox(*corners(text))


def corners(text: str) -> tuple[float, float, float, float]:
    """Read the lower and the upper corner of a box, in any coordinates; heights are ignored."""
    found = _numbers(text)
    if len(found) == 6:
        found = (found[0], found[1], found[3], found[4])
    if len(found) != 4:
        raise InvalidInput(f"{shown(text)} is not west,south,east,north")
    return found[0], found[1], found[2], found[3]


def _numbers(text: str) -> tuple[float, ...]:
    parts = text.split(",")
    if len(parts) > 6:
        raise InvalidInput(f"{shown(text)} has too many numbers")
    return tuple(number(part.strip()) for part in parts)


def polygon(text: str) -> str:
    """Read a polygon or multipolygon in WKT, in degrees, longitude first. Returns it in its normal spelling."""
    if len(text) > MAX_WKT:
        raise InvalidInput(f"is longer than {MAX_WKT} characters; simplify it")
    shape = _shape(text)
    if shape is None or shape.geom_type not in ("Polygon", "MultiPolygon") or shape.is_empty:
        raise InvalidInput(f"{shown(text)} is not a polygon or multipolygon")
    if shapely.get_num_coordinates(shape) > MAX_VERTICES:
        raise InvalidInput(f"has more than {MAX_VERTICES} points; simplify it")
    _on_earth(shape.bounds)
    if not shape.is_valid:
        raise InvalidInput(f"is not a valid polygon: {shapely.is_valid_reason(shape)}")
    return str(shapely.to_wkt(shape, rounding_precision=-1))


def _shape(text: str) -> BaseGeometry | None:
    try:
        with np.errstate(invalid="ignore"):
            shape: BaseGeometry | None = shapely.force_2d(shapely.from_wkt(text))
    except (shapely.errors.ShapelyError, TypeError, ValueError) as error:
        raise InvalidInput(f"{shown(text)} is not well-known text (WKT)") from error
    if shape is not None and not np.isfinite(shapely.get_coordinates(shape)).all():
        raise InvalidInput(f"{shown(text)} is not a polygon of finite numbers")
    return shape


def _on_earth(bounds: tuple[float, ...]) -> None:
    west, south, east, north = bounds
    LonLat(west, south), LonLat(east, north)


def interval(text: str) -> tuple[date | None, date | None]:
    """Read a day, or an interval of two, of which either may be open (`..` or nothing). Both ends count.

    A month or a year stands for all its days. Of an instant (RFC 3339) the day is taken as it is written: events here
    are known to the day. The end may be a duration (`2023-09-24/P2D`), as the OGC's own test suite asks.
    """
    first, slash, last = text.partition("/")
    if not slash:
        return _day(first, is_last=False), _day(first, is_last=True)
    start = None if first in ("", "..") else _day(first, is_last=False)
    duration = _DURATION.fullmatch(last)
    if duration and start:
        return start, _later(start, *(int(part or 0) for part in duration.groups()))
    end = None if last in ("", "..") else _day(last, is_last=True)
    if start and end and end < start:
        raise InvalidInput(f"{shown(text)} ends before it starts")
    return start, end


def _day(text: str, *, is_last: bool) -> date:
    try:
        if _INSTANT.fullmatch(text):
            return datetime.fromisoformat(text.upper()).date()
        match = _DAY.fullmatch(text)
        if match is None:
            raise ValueError(text)
        return _completed(match, is_last=is_last)
    except ValueError as error:
        raise InvalidInput(f"{shown(text)} is not a date (write 2023-09-24, or 2023-01-01/.. for a span)") from error


def _later(start: date, years: int, months: int, weeks: int, days: int) -> date:
    try:
        year, month = divmod(start.year * 12 + start.month - 1 + years * 12 + months, 12)
        last = calendar.monthrange(year, month + 1)[1]
        return date(year, month + 1, min(start.day, last)) + timedelta(weeks=weeks, days=days)
    except (ValueError, OverflowError) as error:
        raise InvalidInput("the interval ends after the year 9999") from error


def _completed(match: re.Match[str], *, is_last: bool) -> date:
    """Return the first or the last day of a year, a month or a day."""
    year = int(match[1])
    month = int(match[2] or (12 if is_last else 1))
    last = calendar.monthrange(year, month)[1] if 1 <= month <= 12 and year else 1
    return date(year, month, int(match[3] or (last if is_last else 1)))
