"""A Serbian place name in, the forms that its cases give it out.

Names and forms are keys (`geo.text.key`): small Latin letters without diacritics, `đ` as `dj`. Too many forms do less
harm than too few: nothing is looked up by a form that no text writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Final

CASES: Final = ("genitive", "dative", "accusative", "instrumental")
_Forms = dict[str, tuple[str, ...]]
_SOFTENED: Final = {"k": "c", "g": "z", "h": "s"}
_IRREGULAR: Final[dict[str, _Forms]] = {
    "pec": {"genitive": ("peci",), "dative": ("peci",), "accusative": ("pec",), "instrumental": ("peci", "pecju")},
    "ibar": {"genitive": ("ibra",), "dative": ("ibru",), "accusative": ("ibar",), "instrumental": ("ibrom",)},
    "do": {"genitive": ("dola",), "dative": ("dolu",), "accusative": ("do",), "instrumental": ("dolom",)},
}


def serbian_forms(name: str) -> frozenset[str]:
    """Return the genitive, dative and locative, accusative and instrumental of a name of one to three words.

    >>> sorted(serbian_forms("zubin potok") & {"zubinom potoku", "zubinog potoka"})
    ['zubinog potoka', 'zubinom potoku']
    """
    words = name.split()
    if not words or len(words) > 3 or not all(w.isascii() and w.isalpha() for w in words):
        return frozenset()
    found: set[str] = set()
    noun = _noun(words[-1], is_adjective=len(words) == 1 and words[-1].endswith(("ska", "cka")))
    for case in CASES:
        before = [_adjective(word, noun_is_feminine=words[-1].endswith("a"))[case] for word in words[:-1]]
        found.update(" ".join(form) for form in product(*before, noun[case]))
    return frozenset(found - {name})


def _noun(word: str, *, is_adjective: bool) -> _Forms:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < 3:
        return dict.fromkeys(CASES, (word,))
    stem, ending = word[:-1], word[-1]
    if ending == "a":
        return _feminine(stem, is_adjective=is_adjective)
    if ending == "o":
        return _cases((f"{stem}a",), (f"{stem}u",), (word,), (f"{stem}om",))
    if ending == "e":
        plural = (f"{stem}ama", f"{stem}ima")
        return _cases((f"{stem}a",), (f"{stem}u", *plural), (word,), (f"{stem}em", *plural))
    if ending == "i":
        # No genitive of the kind "Popovica": it is far oftener somebody's surname.
        genitive = (word,) if word.endswith("ici") else (f"{stem}a",)
        return _cases(genitive, (f"{stem}ima",), (f"{stem}e",), (f"{stem}ima",))
    return _masculine(word)


def _feminine(stem: str, *, is_adjective: bool) -> _Forms:
    soft = stem[:-1] + _SOFTENED[stem[-1]] if stem[-1] in _SOFTENED else stem
    dative = tuple(dict.fromkeys((f"{stem}i", f"{soft}i", *((f"{stem}oj",) if is_adjective else ()))))
    return _cases((f"{stem}e",), dative, (f"{stem}u",), (f"{stem}om",))


def _masculine(word: str) -> _Forms:
    stems: tuple[str, ...] = (word[:-2] + "c",) if word.endswith("ac") and len(word) > 4 else (word,)
    if word.endswith(("vac", "nac")):
        stems = (word[:-2] + "c",)
    if word.endswith("ak") and len(word) > 4 and word[-3] not in "aeiou":
        stems = (word, word[:-2] + "k")  # Račak: Račka; Brnjak: Brnjaka
    return _cases(
        tuple(f"{s}a" for s in stems),
        tuple(f"{s}u" for s in stems),
        (word,),
        tuple(f"{s}{ending}" for s in stems for ending in ("om", "em")),
    )


def _adjective(word: str, *, noun_is_feminine: bool) -> _Forms:
    if noun_is_feminine:
        stem = word.removesuffix("a")
        return _cases((f"{stem}e",), (f"{stem}oj",), (f"{stem}u",), (f"{stem}om",))
    stem = word[:-1] if word[-1] in "ieoa" else word
    return _cases(
        (f"{stem}og", f"{stem}eg", f"{stem}a"),
        (f"{stem}om", f"{stem}em", f"{stem}u", f"{stem}ome"),
        (word,),
        (f"{stem}im",),
    )


def _cases(*forms: tuple[str, ...]) -> _Forms:
    return dict(zip(CASES, forms, strict=True))


def serbian_variants(name: str) -> Iterator[str]:
    """Yield a name and its forms."""
    yield name
    yield from serbian_forms(name)
