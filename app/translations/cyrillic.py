"""Serbian in Latin script in, the same in Cyrillic out; what is not Serbian in it stays as it is."""

from __future__ import annotations

import re
from typing import Final

_LATIN: Final = [
    "a",
    "b",
    "v",
    "g",
    "d",
    "đ",
    "e",
    "ž",
    "z",
    "i",
    "j",
    "k",
    "l",
    "lj",
    "m",
    "n",
    "nj",
    "o",
    "p",
    "r",
    "s",
    "t",
    "ć",
    "u",
    "f",
    "h",
    "c",
    "č",
    "dž",
    "š",
]
_CYRILLIC: Final = [
    "а",
    "б",
    "в",
    "г",
    "д",
    "ђ",
    "е",
    "ж",
    "з",
    "и",
    "ј",
    "к",
    "л",
    "љ",
    "м",
    "н",
    "њ",
    "о",
    "п",
    "р",
    "с",
    "т",
    "ћ",
    "у",
    "ф",
    "х",
    "ц",
    "ч",
    "џ",
    "ш",
]
_LETTER: Final = {
    **dict(zip(_LATIN, _CYRILLIC, strict=True)),
    **{latin.upper(): letter.upper() for latin, letter in zip(_LATIN, _CYRILLIC, strict=True)},
    **{latin.capitalize(): letter.upper() for latin, letter in zip(_LATIN, _CYRILLIC, strict=True)},
}
_SIGN: Final = re.compile("|".join(sorted(_LETTER, key=len, reverse=True)))
LETTERS: Final = _LETTER
_SERBIAN: Final = re.compile(rf"(?:{'|'.join(_LETTER)}|[^A-Za-zÀ-ɏ])+")
FOREIGN: Final = (
    "OpenStreetMap", "GeoNames", "Leaflet", "Folium", "JavaScript", "OpenAPI", "GeoJSON", "oEmbed", "ODbL", "NGA GNS",
    "CC BY", "Esc", "Enter", "Tab", "PNG", "QGIS", "GIS", "Google Earth",
    "GET",
    "HEAD", "PDF", "CSV", "GNS", "NGA", "UTC", "Ibar",
)  # fmt: skip
"""Names and signs that stay in Latin script."""
_KEPT: Final = re.compile(r"%\(\w+\)s|\{\w*\}|<[^>]*>|&\w+;|" + "|".join(rf"\b{re.escape(name)}\b" for name in FOREIGN))


def transliterate(text: str) -> str:
    """Return Serbian text in Cyrillic; placeholders, markup and `FOREIGN` stay.

    Letters outside the Serbian alphabet are left alone, so a word with q, w, x or y must be listed or avoided.
    """
    parts, start = [], 0
    for kept in _KEPT.finditer(text):
        parts += [_cyrillic(text[start : kept.start()]), kept[0]]
        start = kept.end()
    return "".join([*parts, _cyrillic(text[start:])])


def name_in_cyrillic(name: str) -> str:
    """Return a Serbian name in Cyrillic; a name with letters of other alphabets stays as it is."""
    return _cyrillic(name) if _SERBIAN.fullmatch(name) else name


def _cyrillic(text: str) -> str:
    return _SIGN.sub(lambda found: _LETTER[found[0]], text)
