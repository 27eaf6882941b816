"""A text in, its folded form out, with the offset of every folded character in the text.

Folding is what makes `Звечан`, `Zvečan`, `ZVECAN` and `Zveçan` one key: small letters, no diacritics, Serbian and
Macedonian Cyrillic in Latin, `đ` as `dj`, one kind of apostrophe, quotation mark, hyphen and space.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Sequence
from typing import Final, NamedTuple


class Folded(NamedTuple):
    """A folded text and where each of its characters comes from."""

    text: str
    offsets: Sequence[int]
    """For each folded character, and once for the end: the offset in the text that was folded."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the start and end in the unfolded text of a span of the folded one."""
        return self.offsets[start], self.offsets[end]


_CYRILLIC: Final = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "ђ": "dj", "е": "e", "ж": "z", "з": "z", "и": "i", "й": "j",
    "ј": "j", "к": "k", "л": "l", "љ": "lj", "м": "m", "н": "n", "њ": "nj", "о": "o", "п": "p", "р": "r", "с": "s",
    "т": "t", "ћ": "c", "у": "u", "ф": "f", "х": "h", "ц": "c", "ч": "c", "џ": "dz", "ш": "s", "ѓ": "gj", "ѕ": "dz",
    "ќ": "kj", "щ": "st", "ъ": "a", "ь": "", "ю": "ju", "я": "ja", "ы": "i", "э": "e", "ё": "e", "і": "i", "ї": "ji",
}  # fmt: skip
_OTHER: Final = {
    "đ": "dj", "ð": "dj", "ı": "i", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "þ": "th",
    **dict.fromkeys("‘’‚‛ʼʹ′`´", "'"),
    **dict.fromkeys("“”„‟«»″‹›", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
}  # fmt: skip
_AS_LATIN: Final = dict(zip("асеорхујѕіАВСЕНКМОРТХУЈЅІ", "aceopxyjsiABCEHKMOPTXYJSI", strict=True))
_AS_CYRILLIC: Final = {latin: cyrillic for cyrillic, latin in _AS_LATIN.items() if latin.lower() not in "si"}
_LATIN: Final = re.compile(r"[A-Za-zÀ-ɏ]")
_CYRILLIC_LETTER: Final = re.compile(r"[\u0400-\u04ff]")
_LETTERS_OF_A_WORD: Final = re.compile(r"[A-Za-zÀ-ɏ\u0400-\u04ff]+")


class _Letters(dict[int, str]):
    """Each character's folded form, by its code point, worked out at its first use."""

    def __init__(self) -> None:
        super().__init__()
        self.uneven: set[str] = set()
        """Those characters whose folded form is not one character."""

    def __missing__(self, code: int) -> str:
        folded = _folded(chr(code))
        if len(folded) != 1:
            self.uneven.add(chr(code))  # before it is known, because other threads look here
        self[code] = folded
        return folded


def _folded(character: str) -> str:
    small = character.lower()
    known = _CYRILLIC.get(small) if small in _CYRILLIC else _OTHER.get(small)
    if known is not None:
        return known
    if unicodedata.category(character) == "Cf":
        return ""
    if character.isspace():
        return "\n" if character in "\n\r\u2028\u2029" else " "
    bare = (c for c in unicodedata.normalize("NFKD", small) if not unicodedata.combining(c))
    return "".join(_CYRILLIC.get(c, _OTHER.get(c, c)) for c in bare).lower()


_LETTERS: Final = _Letters()


def fold(text: str) -> Folded:
    """Fold a text and keep the offsets.

    Letters lose case and diacritics (`ë` is `e`); Cyrillic becomes Latin; a letter of the wrong script inside a word
    (a Cyrillic `с` in `Zveсan`) is read as the letter that it looks like; format characters vanish. Takes time in
    proportion to the length.

    Returns
    -------
    Folded
        `folded.text[i]` comes from `text[folded.offsets[i]]`; the last offset is `len(text)`.
    """
    if text.isascii():
        return Folded(text.lower().translate(_ASCII), range(len(text) + 1))
    if _LATIN.search(text) and _CYRILLIC_LETTER.search(text):
        text = _LETTERS_OF_A_WORD.sub(_one_script, text)
    folded = text.translate(_LETTERS)
    return Folded(folded, range(len(text) + 1) if _LETTERS.uneven.isdisjoint(text) else _offsets(text))


def _offsets(text: str) -> array[int]:
    """Where each folded character comes from, in a text with letters that fold to none or to several."""
    uneven = _LETTERS.uneven
    offsets, at = array("L"), 0
    for place in [place for place, character in enumerate(text) if character in uneven]:
        offsets.extend(range(at, place))
        offsets.extend([place] * len(_LETTERS[ord(text[place])]))
        at = place + 1
    offsets.extend(range(at, len(text) + 1))
    return offsets


_ASCII: Final = str.maketrans({"`": "'", "\t": " ", "\r": "\n", "\v": " ", "\f": " "})


def _one_script(word: re.Match[str]) -> str:
    """Read the letters of the script that a word has fewer of as their twins in the other one."""
    written = word.group()
    cyrillic = sum(1 for c in written if "\u0400" <= c <= "\u04ff")
    if cyrillic in (0, len(written)):
        return written
    twins = _AS_CYRILLIC if 2 * cyrillic > len(written) else _AS_LATIN
    return "".join(twins.get(c, c) for c in written)


def key(name: str) -> str:
    """Return the form under which a name is looked up: folded, words parted by single spaces."""
    return " ".join(_WORD.findall(fold(name).text))


_WORD: Final = re.compile(r"[^\W_]+")
