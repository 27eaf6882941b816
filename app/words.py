"""A flat record in, the words that a reader sees out: date, place, precision, distance to the border, casualties.

The page's script says the same in `static/js/words.js`; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Any, Final

from babel import Locale
from babel.dates import format_date, format_skeleton
from flask_babel import get_translations, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _later

from app.resources import resources
from app.translation import language, name_choice
from app.translations.cyrillic import name_in_cyrillic
from geo.border import GREATEST_GAP_M
from geo.model import Criteria
from geo.query import Formats, describe, sureness
from geo.store import Page

Record = Mapping[str, Any]

SIDES: Final = {
    "XK": _later("on the Kosovo side"),
    "RS": _later("on the Serbian side"),
    "ME": _later("in Montenegro"),
    "MK": _later("in North Macedonia"),
    "AL": _later("in Albania"),
}
SUPPORTS: Final = {
    "official": _later("stated by an official source"),
    "several_sources": _later("reported by several sources"),
    "one_source": _later("reported by one source"),
    "claimed": _later("claimed by one side"),
}
STAGES: Final = {
    "announced": _later("announced"),
    "authorised": _later("authorised"),
    "under_way": _later("under way"),
    "arrived": _later("arrived"),
    "stationed": _later("stationed"),
    "in_reserve": _later("in reserve"),
    "withdrawn": _later("withdrawn"),
}
CERTAINTIES: Final = {
    "certain": _later("certainly within the distance asked for"),
    "likely": _later("likely within the distance asked for"),
    "possible": _later("possibly within the distance asked for"),
}
AREA_CERTAINTIES: Final = {
    "certain": _later("the whole area is within the distance asked for"),
    "likely": _later("most of the area is within the distance asked for"),
    "possible": _later("part of the area is within the distance asked for"),
}
_DASH: Final = "–"


def date_words(record: Record) -> str:
    """Say when it was, no more precisely than is known."""
    start, end, precision = record["date_start"], record["date_end"], record["date_prec"]
    if not start:
        return str(_("date unknown"))
    first, last = date.fromisoformat(start), date.fromisoformat(end or start)
    if precision >= 5:
        return f"{first.year}" if first.year == last.year else f"{first.year}{_DASH}{last.year}"
    if precision == 4:
        return _span(_month(first), _month(last))
    if first != last:
        days = _days(first, last)
        return str(_("between %(range)s", range=days)) if precision > 1 else days
    return str(_("about %(day)s", day=_day(first))) if precision > 1 else _day(first)


def _day(day: date) -> str:
    return str(format_date(day, "long", locale=reading_locale()))


def _month(day: date) -> str:
    return str(format_skeleton("yMMMM", day, locale=reading_locale()))


def _span(first: str, last: str) -> str:
    return first if first == last else f"{first} {_DASH} {last}"


def _days(first: date, last: date) -> str:
    is_one_month = (first.year, first.month) == (last.year, last.month)
    if not is_one_month:
        return _span(_day(first), _day(last))
    return str(_("%(first)s–%(last)s", first=first.day, last=_day(last)))


def reading_locale() -> Locale:
    """Return the locale of the language in use; English is written as in Europe, the day before the month."""
    return _locale(language())


@cache
def _locale(code: str) -> Locale:
    return Locale("en", "GB") if code == "en" else Locale.parse(code.replace("-", "_"))


def day_words(written: str | None) -> str:
    """Return a day, YYYY-MM-DD, or a month, YYYY-MM, as readers write it; anything else, such as a year, stays."""
    text = written or ""
    try:
        return (
            _month(date.fromisoformat(f"{text}-01")) if len(text) == len("2023-09") else _day(date.fromisoformat(text))
        )
    except ValueError:
        return text


def format_patterns() -> dict[str, Any]:
    """Return how days, months and numbers are written, for the page's script: browsers do not know every language."""
    locale = reading_locale()
    wide = [locale.months["format"]["wide"][month] for month in range(1, 13)]
    alone = [locale.months["stand-alone"]["wide"][month] for month in range(1, 13)]
    symbols = locale.number_symbols["latn"]
    return {
        "day": locale.date_formats["long"].pattern,
        "month": locale.datetime_skeletons["yMMMM"].pattern,
        "months": wide,
        "months_alone": alone,
        "decimal": symbols["decimal"],
        "group": symbols["group"],
    }


def length_words(metres: float) -> str:
    """Return a distance in metres as `400 m`, `3 km` or `11.3 km`."""
    if metres < 995:
        return str(_("%(number)s m", number=round(metres / 10) * 10))
    kilometres = round(metres / 1000, 1 if metres < 19950 else 0)
    return str(_("%(number)s km", number=number_words(kilometres)))


def place_names(record: Record) -> str:
    """Return the place's names as the reader chose them: Albanian, Serbian, or both, once where they are alike."""
    return " / ".join(name for _language, name in named(record))


def named(record: Record) -> list[tuple[str, str]]:
    """Return the place's names as the reader chose them, each with its language; empty for one that is not known.

    Of both the Albanian stands first, for readers of Serbian the Serbian. An area has its English name in English: it
    is a description ("Northern Kosovo") rather than a name on signposts.
    """
    if record.get("area_id") and language() == "en" and record["place_name"]:
        return [("", record["place_name"])]
    albanian, (script, serbian) = record["place_name_sq"], serbian_name(record["place_name_sr"])
    if albanian and albanian == serbian:
        return [("", albanian)]
    known = [(code, name) for code, name in (("sq", albanian), (script, serbian)) if name]
    if language().startswith("sr"):
        known.reverse()
    chosen = [(code, name) for code, name in known if name_choice() in ("both", code[:2])]
    return chosen or known or [("", record["place_name"] or record["toponym"] or str(_("place unknown")))]


def serbian_name(name: str | None) -> tuple[str, str | None]:
    """Return a Serbian name of a place, which records hold in Latin script, as readers of the page write it."""
    if language() != "sr-Cyrl" or not name:
        return "sr-Latn", name
    written = name_in_cyrillic(name)
    return ("sr-Latn" if written == name else "sr-Cyrl"), written


def precision_words(record: Record) -> str:
    """Say how precisely the place is known."""
    if record["area_id"]:
        return str(_("known only by area"))
    if record["uncertainty_m"] is None:
        return ""
    return str(_("somewhere within %(distance)s", distance=length_words(record["uncertainty_m"])))


def border_words(record: Record) -> str:
    """Say how far from the line it was and on which side, as far as that is certain."""
    if record["border_distance_m"] is None:
        return ""
    if record["border_side"] == "line":
        return str(_("at a crossing point on the line"))
    distance = length_words(record["border_distance_m"])
    if record["area_id"]:
        return str(_("%(distance)s from the middle of the area", distance=distance))
    side = SIDES.get(record["border_side"], record["border_side"])
    if record["border_side_certain"] is False:
        return _unsure_side(record, distance, str(side))
    return str(_("%(distance)s away, %(side)s", distance=distance, side=side))


def _unsure_side(record: Record, distance: str, side: str) -> str:
    """Say why a side is not certain: the line is in reach, its two outlines differ there, or another border is near."""
    clear_m = record["border_distance_m"] - (record["uncertainty_m"] or 0)
    if clear_m <= 0:
        return str(_("at the line (measured %(distance)s; the side is not certain)", distance=distance))
    if clear_m > GREATEST_GAP_M and side:
        return str(_("%(distance)s away, %(side)s or across another border", distance=distance, side=side))
    return str(_("%(distance)s away; the side is not certain", distance=distance))


def certainty_words(record: Record) -> str:
    """Say whether it, or how much of its area, lies within the distance that was asked for."""
    words = AREA_CERTAINTIES if record["area_id"] else CERTAINTIES
    return str(words.get(record.get("certainty") or "", ""))


def casualty_words(record: Record) -> str:
    """Say who was harmed; nothing where no source says."""
    parts = [_killed(record)] if record["fatalities"] is not None else []
    if record["injured"]:
        parts.append(ngettext("%(num)s injured", "%(num)s injured", record["injured"]))
    return ", ".join(parts)


def _killed(record: Record) -> str:
    killed, low, high = record["fatalities"], record["fatalities_low"], record["fatalities_high"]
    words = ngettext("%(num)s killed", "%(num)s killed", killed) if killed else str(_("nobody killed"))
    if low is None or high is None or low == high:
        return str(words)
    return f"{words} ({_('sources say %(low)s to %(high)s', low=low, high=high)})"


def described(criteria: Criteria, count: Page) -> str:
    """Return a filter and what it found, in the words of the reader's language and of the operator."""
    here = resources()
    parts = sureness(here.store, criteria, count)
    wording = here.settings.wording
    return describe(criteria, count, parts=parts, translate=translator(), wording=wording, formats=reading_formats())


def sureness_words(criteria: Criteria, count: Page) -> str:
    """Return how many are surely, possibly and by area within the distance asked for; empty where none was."""
    parts = sureness(resources().store, criteria, count)
    if parts is None:
        return ""
    counted = (
        (_("%(number)s certainly or likely within", number=number_words(parts.likely)), True),
        (_("%(number)s possibly within", number=number_words(parts.possible)), parts.possible),
        (_("%(number)s known only by area", number=number_words(count.area_only)), count.area_only),
    )
    return ", ".join(str(words) for words, is_said in counted if is_said)


def translator() -> Callable[[str], str]:
    """Return the translation into the reader's language, for who needs it often: it is looked for once."""
    if language() == "en":
        return str
    translate: Callable[[str], str] = get_translations().ugettext
    return translate


def reading_formats() -> Formats:
    """Return how the reader's language writes numbers, days and distances."""
    own = {} if language() == "en" else {"day": _day, "month": _month}
    return Formats(number=number_words, distance=length_words, **own)


def number_words(number: float) -> str:
    """Return a number with at most one decimal, as the reader's language groups and points it."""
    symbols = _symbols(language())
    whole, point, tenth = f"{number:,.1f}".removesuffix(".0").partition(".")
    return whole.replace(",", symbols["group"]) + (symbols["decimal"] + tenth if point else "")


@cache
def _symbols(code: str) -> Mapping[str, str]:
    symbols: Mapping[str, str] = _locale(code).number_symbols["latn"]
    return symbols


def plural_forms(singular: str, plural: str) -> dict[str, str]:
    """Return the translations of a counted phrase by CLDR plural category; `{n}` stays for the page's script."""
    plural_tag = reading_locale().plural_form
    samples = {plural_tag(number): number for number in range(120, -1, -1)}
    return {tag: ngettext(singular, plural, number) for tag, number in samples.items()}
