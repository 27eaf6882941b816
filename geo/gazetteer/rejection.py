"""A name found in a text in, the reason why it is no place here out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from geo.gazetteer.reading import Reading
from geo.gazetteer.spotting import Spot
from geo.model import Place

_ANCHORS: Final = frozenset(("country", "region", "municipality", "city", "town", "crossing", "military_base"))
_NORTH: Final = frozenset(("Leposavić", "Zvečan", "Zubin Potok", "North Mitrovica"))
"""Municipalities whose villages news names without saying where they lie."""
_SHORTEST: Final = 5
"""Letters of the shortest village name that alone shows, in a foreign language, that a text is about this region."""
_LONG: Final = 7
"""Letters from which on a village's name that nothing else has is hardly chance in a text that names no far place."""
_HOME: Final = frozenset(("XK", "RS"))
_DATELINE: Final = re.compile(r"(?:(?:, ?[^.\n;:]{1,40}| ?\([^)\n]{1,40}\))+|) ?(?:-{1,2}) ")
_DATELINE_REACH: Final = 90
_BEFORE_DATELINE: Final = re.compile(r"(?:^|\n)[^\w\n]*(?:\w+[,/ ]+){0,3}$")
_SENTENCE_END: Final = re.compile(r"[.!?:;\n\"(]")


@dataclass(frozen=True, slots=True)
class Scope:
    """What a text is about, as far as the names in it tell."""

    is_here: bool
    """Whether it names something of this region: then its village names are meant."""
    is_kosovo: bool
    """Whether it names something in Kosovo: then "the north" and "the main bridge" are those there."""

    @classmethod
    def of(cls, reading: Reading) -> Scope:
        """Look for what shows where a text is about."""
        meant = [spot for at, spot in enumerate(reading.spots) if _may_anchor(reading, at)]
        anchors = {place.country for spot in meant for place in spot.places if place.rank == 0 and _is_anchor(place)}
        villages = {place.country for place in _villages(reading) if place.country in _HOME}
        has_word = any(word.norm in reading.vocabulary.region for word in reading.words)
        if not has_word and not villages and _is_stray(reading, meant):
            return cls(is_here=False, is_kosovo=False)
        anchors |= villages
        return cls(is_here=has_word or bool(anchors), is_kosovo=has_word or "XK" in anchors)


def _is_stray(reading: Reading, meant: Sequence[Spot]) -> bool:
    """Whether a text names a larger town elsewhere, and here one name only, to which no preposition leads."""
    here = [spot for spot in meant if any(p.rank == 0 and _is_anchor(p) for p in spot.places)]
    named = {place for spot in here for place in spot.places if place.rank == 0}
    is_firm = len(named) > 1 or any(place.kind != "town" for place in named)
    return reading.is_abroad and not is_firm and not any(reading.is_led_to(spot) for spot in here)


def _may_anchor(reading: Reading, at: int) -> bool:
    """Whether a name is surely one of a place: no person, no everyday word, no quarter of London like a camp here."""
    spot = reading.spots[at]
    if spot.is_described or _is_elsewhere(spot) or _is_everyday(reading, at) or _is_person(reading, at):
        return False
    is_base = any(place.kind == "military_base" for place in spot.places)
    return not is_base or "military_base" in map(reading.vocabulary.kinds.get, _norms_about(reading, spot))


def _norms_about(reading: Reading, spot: Spot) -> Iterator[str]:
    """Yield the words of a name and the one before it."""
    for word in reading.words[max(0, spot.first - 1) : spot.last]:
        yield word.norm


def _is_anchor(place: Place) -> bool:
    return place.country in _HOME and place.kind in _ANCHORS


def _villages(reading: Reading) -> Iterator[Place]:
    """Yield the villages that a text names in such a way that they are meant, whatever else it is about.

    Those that it calls a village right before the name; those that a preposition leads to in Serbian or Albanian
    text; in English, those with a name that nothing else here has, in the north or where Serbs or Albanians are named.
    """
    peoples = any(word.norm in reading.vocabulary.peoples for word in reading.words)
    for spot in reading.spots:
        own = [place for place in spot.places if place.rank == 0 and place.kind != "military_base"]
        is_shared = len(own) < len(spot.places) or (
            spot.has_namesake and (reading.is_abroad or spot.is_form or not _is_northern(own))
        )
        if not own or spot.is_described or is_shared or _has_everyday_word(reading, spot):
            continue
        long = _letters(reading, spot) >= _SHORTEST
        near = peoples or own[0].municipality in _NORTH or (not reading.is_abroad and _letters(reading, spot) >= _LONG)
        alone = len(own) == 1 and near
        opens = alone and not spot.is_english and _letters(reading, spot) >= _LONG and _opens_line(reading, spot)
        if _is_called(reading, spot) or opens or (long and reading.is_led_to(spot) and (alone or not spot.is_english)):
            yield from own


def _letters(reading: Reading, spot: Spot) -> int:
    return sum(word.end - word.start for word in reading.words[spot.first : spot.last])


def _opens_line(reading: Reading, spot: Spot) -> bool:
    """Whether a name heads a line of text: "Graqanicë: ..."."""
    before = reading.before(spot)
    return (before is None or "\n" in reading.gap_before(spot)) and reading.gap_after(spot)[:1] in (":", ",", "-")


def _is_northern(places: Sequence[Place]) -> bool:
    return bool(places) and places[0].municipality in _NORTH


def _has_everyday_word(reading: Reading, spot: Spot) -> bool:
    return reading.words[spot.first].norm in reading.vocabulary.everyday


def _is_called(reading: Reading, spot: Spot) -> bool:
    """Whether "village of", "selu", "fshatin" stands right before a name."""
    words = list(reading.back(spot, 2))
    if words and words[0].norm in ("of", "e", "i"):
        words = words[1:]
    return bool(words) and reading.vocabulary.kinds.get(words[0].norm) == "village"


def rejection(reading: Reading, at: int, scope: Scope) -> str:
    """Return why the spot at an index is not a place of the text, or nothing where it is one."""
    spot = reading.spots[at]
    if not scope.is_here and (
        is_small(spot) or _is_elsewhere(spot) or (_may_be_surname(spot) and not reading.is_led_to(spot))
    ):
        return "a small place in a text on elsewhere"
    if not scope.is_kosovo and spot.is_described:
        return "a description in a text on elsewhere"
    return next((reason for reason, holds in _RULES if holds(reading, at)), "")


def _is_elsewhere(spot: Spot) -> bool:
    """Whether it is the name of a town elsewhere as it is written, and only a case form of the name of a place here."""
    return spot.is_form and spot.has_namesake


def is_small(spot: Spot) -> bool:
    """Tell whether every place of a name is so little known that the name is as likely something else."""
    return all(p.rank > 0 or p.kind in _SMALL for p in spot.places)


_SMALL: Final = frozenset(("village", "neighbourhood", "mountain", "river", "pass", "gorge", "valley", "military_base"))


def _is_single(reading: Reading, at: int) -> bool:
    spot = reading.spots[at]
    return spot.last - spot.first == 1


def _is_everyday(reading: Reading, at: int) -> bool:
    spot = reading.spots[at]
    word = reading.words[spot.first]
    return _is_single(reading, at) and word.norm in reading.vocabulary.everyday and not reading.is_led_to(spot)


def _is_person(reading: Reading, at: int) -> bool:
    spot = reading.spots[at]
    if not _may_be_surname(spot) or not _is_single(reading, at):
        return False
    return _follows_a_name(reading, spot) or (is_small(spot) and _precedes_a_name(reading, spot))


def _may_be_surname(spot: Spot) -> bool:
    """Whether it is no city or country: "Maria Vitina" is a person, "President Serbia" nobody."""
    return is_small(spot) or all(p.rank > 0 or p.kind in _SMALL or p.kind == "town" for p in spot.places)


def _follows_a_name(reading: Reading, spot: Spot) -> bool:
    """Whether a given name or a title stands right before: "Besim Hoti", "ministri Kurti"."""
    known = reading.vocabulary
    before = reading.before(spot)
    if before is None or reading.gap(before.end, reading.words[spot.first].start) not in (" ", ". "):
        return False
    if before.norm in known.titles or before.norm in known.governing:
        return is_small(spot) or before.norm in known.titles
    if not before.is_capital or before.is_shouted or (reading.is_spotted(spot.first - 1) and is_small(spot)):
        return False
    if spot.is_form and _opens_sentence(reading, spot.first - 1):
        return False  # "Meštani Banjske"
    plain = known.not_given_names | known.locative | known.fillers | known.kinds.keys()
    return before.norm not in plain and not _SENTENCE_END.search(
        reading.gap(before.end, reading.words[spot.first].start)
    )


def _opens_sentence(reading: Reading, at: int) -> bool:
    before = reading.words[at - 1].end if at else 0
    return not at or bool(_SENTENCE_END.search(reading.gap(before, reading.words[at].start)))


def _precedes_a_name(reading: Reading, spot: Spot) -> bool:
    """Whether a surname stands right after, and nothing before says that it is a place: "Milan Radoičić"."""
    after = reading.after(spot)
    if after is None or reading.gap(reading.words[spot.last - 1].end, after.start) != " " or reading.is_led_to(spot):
        return False
    is_name = after.is_capital and not after.is_shouted and not reading.is_spotted(spot.last)
    return is_name and after.norm not in reading.vocabulary.kinds


def _is_organisation(reading: Reading, at: int) -> bool:
    spot, known = reading.spots[at], reading.vocabulary
    before, after = reading.before(spot), reading.after(spot)
    if after and after.is_capital and after.norm in known.organisations_after and reading.gap_after(spot) in (" ", "-"):
        return True
    return bool(before and before.norm in known.organisations_before and reading.gap_before(spot) in (" ", ' "'))


def _is_river(reading: Reading, at: int) -> bool:
    """Whether the text calls it a river, and no river of that name is known: "the Bistrica river", "the Bistrica,"."""
    spot, known = reading.spots[at], reading.vocabulary
    before, after = reading.before(spot), reading.after(spot)
    is_bare = after is None or not reading.gap_after(spot).isspace()
    if before and before.norm == "the" and spot.is_english and is_bare and not reading.is_spotted(spot.last):
        return all(place.kind in ("village", "town") for place in spot.places)
    is_dry = not any(place.kind in ("river", "lake", "bridge") for place in spot.places)
    if is_dry and any(word.norm in known.bathing for word in reading.back(spot, 3)):
        return all(place.kind == "village" for place in spot.places)
    is_called = (after and after.norm in known.waters_after and reading.gap_after(spot) == " ") or (
        before and before.norm in known.waters_before and reading.gap_before(spot) == " "
    )
    return bool(is_called) and is_dry


def _is_demonym(reading: Reading, at: int) -> bool:
    """Whether a name is a part of a word: "Zvečan-born", "Niš-ekspres"."""
    spot = reading.spots[at]
    after = reading.after(spot)
    if after is None or reading.gap_after(spot) != "-" or reading.is_spotted(spot.last):
        return False
    return after.norm in reading.vocabulary.demonyms or (not after.is_capital and after.norm.isalpha())


def _is_dateline(reading: Reading, at: int) -> bool:
    """Whether it says where an article was written: "PRISTINA, 5 June 2023 - "; from a village it tells of itself."""
    spot = reading.spots[at]
    if all(place.kind == "village" for place in spot.places):
        return False
    start, end = reading.words[spot.first].start, reading.words[spot.last - 1].end
    before = reading.text[max(0, start - 40) : start]
    if start - len(before) > 0 and "\n" not in before:
        return False
    if not _BEFORE_DATELINE.search(before):
        return False
    found = _DATELINE.match(reading.text, end, end + _DATELINE_REACH)
    if found is None:
        return False
    is_marked = any(c in found.group() for c in ",(") and any(c.isdigit() or c == "(" for c in found.group())
    opens = not before.strip() and reading.gap_after(spot) == " - " and not reading.is_spotted(spot.last)
    return is_marked or opens or reading.words[spot.first].is_shouted


_RULES: Final[Sequence[tuple[str, Callable[[Reading, int], bool]]]] = (
    ("an everyday word", _is_everyday),
    ("a river's name", _is_river),
    ("a person's name", _is_person),
    ("an organisation's name", _is_organisation),
    ("says where somebody was born", _is_demonym),
    ("where the article was written", _is_dateline),
)
