"""A language's code in, its phrases, numbers and dates out, wherever there is no request to ask: prints and workers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations

from app.translation import LANGUAGES
from app.translations.cyrillic import transliterate
from geo.errors import InvalidInput
from geo.exports.words import Words
from geo.query import Formats

_FOLDER: Final = Path(__file__).resolve().parent / "translations"
_ALIASES: Final = {"sr": "sr-Latn"}


def code(written: str) -> str:
    """Return the code of a language that there is a translation for.

    Raises
    ------
    InvalidInput
        There is none.
    """
    found = _ALIASES.get(written, written)
    if found not in LANGUAGES:
        raise InvalidInput(f"{written!r} is not one of {', '.join(LANGUAGES)}")
    return found


def words(language: str) -> Words:
    """Return how prints in a language are written; in English as `geo` writes them itself."""
    if language == "en":
        return Words()
    locale = Locale.parse(language.replace("-", "_"))
    return Words(
        language=language,
        translate=_catalogue(language).gettext,
        formats=Formats(
            number=lambda number: str(format_decimal(number, "#,##0", locale=locale)),
            day=lambda day: str(format_date(day, "long", locale=locale)),
            month=lambda day: _month(day, locale),
            distance=lambda metres: _distance(metres, locale, _catalogue(language).gettext),
        ),
        country=lambda code, name: str(locale.territories.get(code) or name),
        cyrillic=transliterate if language == "sr-Cyrl" else str,
    )


@cache
def _catalogue(language: str) -> NullTranslations:
    return Translations.load(str(_FOLDER), [language.replace("-", "_")])


def _month(day: date, locale: Locale) -> str:
    return str(format_skeleton("yMMMM", day, locale=locale))


def _distance(metres: float, locale: Locale, translate: Callable[[str], str]) -> str:
    if metres < 995:
        return translate("%(number)s m") % {"number": format_decimal(round(metres), "#,##0", locale=locale)}
    return translate("%(number)s km") % {"number": format_decimal(metres / 1000, "#,##0.#", locale=locale)}
