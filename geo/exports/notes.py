"""Contents and wishes in, the sentences around a map out: sources and notes, and what it shows in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from geo.exports import symbols
from geo.exports.legend import Shown
from geo.exports.marks import Contents, Mark
from geo.exports.sheet import Sheet
from geo.exports.view import PROJECTION_NAME
from geo.wording import status_note

_TEXT_LIMIT: Final = 1_000
_PLACES: Final = 8


def below(contents: Contents, sheet: Sheet, *, hidden: int, sources: int, said: Sequence[str] = ()) -> list[str]:
    """Return the notes below a map.

    Parameters
    ----------
    contents : Contents
    sheet : Sheet
    hidden : int
        Events that lie beyond the edge.
    sources : int
        How many sources are named.
    said : sequence of str
        What else the layout has to say of itself.
    """
    words = sheet.words
    named = contents.sources[:sources]
    rest = len(contents.sources) - len(named)
    listed = "; ".join(named) + (
        " " + words.translate("and {n} more (the report lists all)").format(n=words.number(rest)) if rest else ""
    )
    data = [words.translate("Sources: {names}.").format(names=listed)] if named else []
    date = sheet.data_date or contents.data_date
    # Where a day itself ends in a full stop, one is enough.
    data += [words.translate("Data as of {date}.").format(date=words.day(date)).replace("..", ".")] if date else []
    notes = [" ".join([*said, *_left_out(contents, sheet, hidden), *data])[:_TEXT_LIMIT], credit(sheet)]
    return [*filter(None, notes), "* " + status_note(translate=words.translate)]


def credit(sheet: Sheet) -> str:
    """Return the licence, whose data the map is drawn from, the projection, and where the map can be seen."""
    translate = sheet.words.translate
    parts = [
        translate("Events: CC BY 4.0."),
        translate("Boundaries © OpenStreetMap contributors (ODbL); place names NGA GNS, GeoNames (CC BY 4.0)."),
        translate("Projection: {name}.").format(name=PROJECTION_NAME),
        *([sheet.permalink] if sheet.permalink else []),
    ]
    return " ".join(parts)


def _left_out(contents: Contents, sheet: Sheet, hidden: int) -> list[str]:
    """Say how many events are not on the map, and why."""
    translate, number = sheet.words.translate, sheet.words.number
    found = [
        (sum(area.count for area in contents.areas), translate("{n} known only by area")),
        (contents.not_placed + sheet.not_placed, translate("{n} not placed")),
        (hidden, translate("{n} beyond the edge of this map")),
    ]
    said = [text.format(n=number(count)) for count, text in found if count]
    return [translate("Not shown as symbols: {what}.").format(what=", ".join(said))] if said else []


def beyond(contents: Contents, is_inside: npt.NDArray[np.bool_]) -> int:
    """Return how many events are at places that a map does not show."""
    return sum(mark.count for mark, is_in in zip(contents.marks, is_inside, strict=True) if not is_in)


def description(title: str, sheet: Sheet, contents: Contents, shown: Shown) -> str:
    """Return a map in words: what it is of, how many of each type, and where most are."""
    translate, number = sheet.words.translate, sheet.words.number
    types = [f"{translate(symbols.FAMILY[name].label)}: {number(count)}" for name, count in shown.families]
    places = [f"{sheet.words.names(mark.names)[0]}: {number(mark.count)}" for mark in _busiest(contents)]
    parts = [title, sheet.subtitle, "; ".join(types), "; ".join(places)]
    return ". ".join(part.rstrip(".") for part in parts if part) + "."


def _busiest(contents: Contents) -> list[Mark]:
    return sorted((m for m in contents.marks if m.names[0]), key=lambda m: (-m.count, m.names))[:_PLACES]
