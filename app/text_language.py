"""A title or summary in, the language that it is written in out, as `lang` attributes and screen readers need it.

Records do not say it: titles are mostly English, and those taken from a text are in the language of that text.
"""

from __future__ import annotations

import re
from typing import Final

COMMON: Final = {
    code: words.split()
    for code, words in (
        ("en", "the of in and at on by to from after for a an was were with near is are has have not over during"),
        ("sq", "të e në dhe me nga për një u së është janë pas afër ka tek te nuk që si i"),
        ("sr-Latn", "u i na je su za od iz sa se da kod posle nakon protiv blizu do o pri nije bio"),
    )
}
"""Little words that tell a language, each of one of them for the most part."""
_USUAL: Final = "en"
_WORD: Final = re.compile(r"[^\W\d_]+")


def text_language(text: str | None) -> str:
    """Return the language of a text as BCP 47 writes it; English where nothing tells."""
    words = _WORD.findall((text or "").lower())
    letters = "".join(words)
    if sum("\u0400" <= sign <= "\u04ff" for sign in letters) * 2 > len(letters):
        return "sr-Cyrl"
    scores = {code: sum(word in common for word in words) for code, common in COMMON.items()}
    best = max(scores, key=lambda code: (scores[code], code == _USUAL))
    return best if scores[best] else _USUAL
