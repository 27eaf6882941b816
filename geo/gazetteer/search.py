"""What a person typed in, the places whose names are like it out, each with a score and the reason for it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from geo.model import Place
from geo.text import key

LONGEST_QUERY: Final = 100
_LEAST_ALIKE: Final = 76.0
_SHORTEST_ALIKE: Final = 4
SHORTEST_SLIP: Final = 5
_PREFIXED: Final = (
    "SELECT key, place FROM name WHERE key >= ? AND key < ? AND NOT is_form ORDER BY length(key) LIMIT 300"
)
_ALL_NEAR: Final = (
    "SELECT DISTINCT key FROM name JOIN place ON number = place WHERE NOT is_form"
    " AND (rank < 2 OR country IN ('XK', 'RS', 'ME', 'MK', 'AL'))"
)
_EXACT: Final = "SELECT place, is_form FROM name WHERE key = ?"
_LESS_BY_RANK: Final = (0.0, 0.04, 0.08)
_MORE_BY_KIND: Final = {"country": 0.03, "city": 0.03, "town": 0.02, "crossing": 0.02, "region": 0.01, "village": 0.01}


@dataclass(frozen=True, slots=True)
class Match:
    """A place whose name is like the query."""

    place: Place
    score: float
    reasons: tuple[str, ...]


def matches(query: str, connection: sqlite3.Connection, place: Callable[[int], Place]) -> list[Match]:
    """Return the places whose names are like a query, best first; a query without letters or digits finds none."""
    name, _, where = query[:LONGEST_QUERY].partition(",")
    wanted, qualifier = key(name), key(where)
    if not wanted:
        return []
    best: dict[str, Match] = {}
    for step in (_exact, _beginning, _alike):
        for match in step(wanted, connection, place):
            known = best.get(match.place.id)
            if known is None or known.score < match.score:
                best[match.place.id] = match
        if step is not _exact and len(best) >= 10:
            break
    weighed = (_qualified(_weighed(match), qualifier) for match in best.values())
    return sorted(weighed, key=lambda m: (-m.score, m.place.rank, m.place.id))


def _exact(wanted: str, connection: sqlite3.Connection, place: Callable[[int], Place]) -> Iterator[Match]:
    for number, is_form in connection.execute(_EXACT, (wanted,)).fetchall():
        found = place(number)
        yield Match(found, 0.92 if is_form else 0.95, (_which_name(found, wanted, is_form=bool(is_form)),))


def _which_name(place: Place, wanted: str, *, is_form: bool) -> str:
    if is_form:
        return "a case form of its name"
    names = {"English": place.name_en, "Albanian": place.name_sq, "Serbian": place.name_sr_latn}
    of = [language for language, name in names.items() if key(name) == wanted]
    return f"its name ({', '.join(of)})" if of else "another name of it"


def _beginning(wanted: str, connection: sqlite3.Connection, place: Callable[[int], Place]) -> Iterator[Match]:
    for name, number in connection.execute(_PREFIXED, (wanted, f"{wanted}\uffff")).fetchall():
        yield Match(place(number), 0.55 + 0.3 * len(wanted) / len(name), ("its name begins so",))


def _alike(wanted: str, connection: sqlite3.Connection, place: Callable[[int], Place]) -> Iterator[Match]:
    if len(wanted) < _SHORTEST_ALIKE:
        return
    names = [name for (name,) in connection.execute(_ALL_NEAR)]
    for name, alike, _ in process.extract(wanted, names, scorer=fuzz.ratio, score_cutoff=_LEAST_ALIKE, limit=20):
        for number, _ in connection.execute(_EXACT, (name,)).fetchall():
            yield Match(place(number), 0.8 * alike / 100, (f"spelt like {name!r} ({alike:.0f} %)",))


def _weighed(match: Match) -> Match:
    place = match.place
    return replace(match, score=match.score - _LESS_BY_RANK[place.rank] + _MORE_BY_KIND.get(place.kind, 0.0))


def _qualified(match: Match, qualifier: str) -> Match:
    if not qualifier:
        return match
    place = match.place
    if qualifier in (key(place.municipality), key(place.country)):
        return replace(match, reasons=(*match.reasons, f"in {place.municipality or place.country}"))
    return replace(match, score=match.score * 0.7, reasons=(*match.reasons, f"not in {qualifier!r}"))


_OWN_WORDS: Final = (
    "SELECT key, place FROM name WHERE place IN (SELECT number FROM place WHERE rank = 0)"
    " AND NOT is_form AND instr(key, ' ') = 0"
)
OwnWords = Mapping[tuple[str, int], Sequence[tuple[str, int]]]
"""By first letter and length: one-word names of the project's own places, each with the number of its place."""


def own_words(connection: sqlite3.Connection) -> OwnWords:
    """Return the one-word names of the project's own places; the whole index is read for them, so ask once."""
    found: dict[tuple[str, int], list[tuple[str, int]]] = {}
    for name, number in connection.execute(_OWN_WORDS):
        found.setdefault((name[0], len(name)), []).append((name, number))
    return found


def own_places_alike(word: str, own: OwnWords) -> tuple[int, ...]:
    """Return the numbers of the project's own places whose one-word names are one slip from a word.

    One letter more, less or other, two in a word of nine letters or more; the first letter is as a rule right. The
    places of the closest spelling only, and none for a word of fewer than five letters.
    """
    if len(word) < SHORTEST_SLIP:
        return ()
    most = 2 if len(word) >= 9 else 1
    found: dict[int, set[int]] = {}
    for length in range(len(word) - most, len(word) + most + 1):
        for name, number in own.get((word[0], length), ()):
            if (slips := OSA.distance(name, word, score_cutoff=most)) <= most:
                found.setdefault(slips, set()).add(number)
    return tuple(sorted(found[min(found)])) if found else ()
