"""One event in, a small map of where it was out, for an article: the layout `locator`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np

from geo.errors import InvalidInput
from geo.exports import extent, names
from geo.exports.composer import Composer
from geo.exports.sheet import DrawnSheet
from geo.exports.symbols import Scale
from geo.exports.view import Window, window_around

_AROUND_M: Final = 62_000.0
"""A map this wide shows towns that readers know."""
_SYMBOL_PT: Final = 14.0
_UNCERTAIN: Final = 5.0
"""The map is at least so many times as wide as the circle within which the event lies."""


def draw(composer: Composer) -> DrawnSheet:
    """Draw the place of the event with what is about it.

    Raises
    ------
    InvalidInput
        Not exactly one event matches.
    """
    number = len(composer.features)
    if number != 1:
        raise InvalidInput(f"layout locator: shows one event, and {number} match; name it with its id")
    composer.sheet = _worded(composer, composer.features[0]["properties"])
    composer.scale = Scale(0.0, _SYMBOL_PT)
    expected = replace(composer.expected(), is_single=True, has_led=False, has_elsewhere=False)
    plan = composer.plan(_window(composer), expected)
    drawn = composer.main(plan.main, stories=0)
    return composer.finish(plan, [drawn], replace(composer.shown([drawn], [plan.main]), is_single=True))


def _worded(composer: Composer, record: Any) -> Any:
    """Return the wishes with the event's own title, and with day, place and distance as its subtitle."""
    sheet, words = composer.sheet, composer.words
    place = names.both(composer.contents.marks[0].names, words) if composer.contents.marks else ""
    parts = [words.when(record.get("date_start") or "", int(record.get("date_prec") or 1)), place]
    if record.get("border_distance_m") is not None and composer.contents.marks:
        far = words.translate("{distance} from the {line}")
        parts.append(far.format(distance=_rounded(words, record["border_distance_m"]), line=_short(composer)))
    return replace(sheet, title=sheet.title or str(record.get("title") or ""), subtitle=" · ".join(filter(None, parts)))


def _short(composer: Composer) -> str:
    from geo.wording import line_name

    return line_name(composer.sheet.wording, is_short=True, translate=composer.words.translate)


def _rounded(words: Any, metres: float) -> str:
    rounded = round(metres, -2) if metres >= 1_000 else round(metres, -1)
    return str(words.formats.distance(rounded))


def _window(composer: Composer) -> Window:
    """Return the surroundings of the event; the whole of Kosovo where no more than an area is known."""
    contents = composer.contents
    if composer.sheet.extent != "data" or not contents.marks:
        return extent.main_window(composer.sheet.extent, contents, composer.basemap)
    around = window_around(np.asarray(contents.positions))
    return around.at_least(max(_AROUND_M, _UNCERTAIN * contents.marks[0].uncertainty_m))
