"""The words of a text in, its sentences out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from geo.extract.tokens import Token, tokens

MOST_WORDS: Final = 160
"""A longer sentence is cut: no writer means it as one, and the time that a text takes grows with its length only."""
_ENDS: Final = frozenset(".!?…")
_CLOSERS: Final = frozenset('")]')
_ABBREVIATIONS: Final = frozenset(
    {"art", "br", "brig", "capt", "col", "dr", "dt", "gen", "god", "gov", "inc", "lt", "maj", "mr", "mrs", "ms", "no"}
    | {"npr", "nr", "prof", "sen", "sgt", "sl", "st", "str", "tj", "tzv", "ul", "vs"}
)
_LIST_MARK: Final = re.compile(r"[-–—•*·▪]|\(?\d{1,2}[.)]")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a document."""

    words: tuple[Token, ...]
    paragraph: int

    @property
    def start(self) -> int:
        """Offset of its first character."""
        return self.words[0].start

    @property
    def end(self) -> int:
        """Offset after its last character."""
        return self.words[-1].end


def sentences(text: str) -> list[Sentence]:
    """Return the sentences of a text, in time linear in its length."""
    lines = _paragraph_starts(text)
    found: list[Sentence] = []
    current: list[Token] = []
    paragraph, next_line = 0, 0
    words = tokens(text)
    for i, token in enumerate(words):
        while next_line < len(lines) and token.start >= lines[next_line]:
            next_line += 1
            if current:
                found.append(Sentence(tuple(current), paragraph))
                current = []
            paragraph = next_line
        current.append(token)
        if len(current) >= MOST_WORDS or _is_end(words, i, current):
            found.append(Sentence(tuple(current), paragraph))
            current = []
    if current:
        found.append(Sentence(tuple(current), paragraph))
    return [s for s in found if any(t.is_word for t in s.words)]


def _paragraph_starts(text: str) -> list[int]:
    """Offsets at which a new paragraph begins; a single line break inside hard-wrapped text is none."""
    starts: list[int] = []
    lines = text.splitlines(keepends=True)
    wrapped = _is_hard_wrapped(lines)
    offset, blank, ended = 0, False, True
    for line in lines:
        bare = line.strip()
        if bare and offset and (blank or ended or not wrapped or _LIST_MARK.match(bare)):
            starts.append(offset)
        blank = not bare
        ended = bare[-1:] in _ENDS or bare[-1:] in _CLOSERS
        offset += len(line)
    return starts


def _is_hard_wrapped(lines: list[str]) -> bool:
    full = [len(line.rstrip()) for line in lines if line.strip()]
    if len(full) < 3 or max(full) > 120:
        return False
    return sorted(full)[len(full) // 2] >= 55


def _is_end(words: list[Token], i: int, current: list[Token]) -> bool:
    mark = words[i].norm
    following = words[i + 1] if i + 1 < len(words) else None
    if following is None:
        return True
    if mark in _CLOSERS and i and words[i - 1].norm in _ENDS:
        return _opens(following) and following.start > words[i].end
    if mark not in _ENDS or following.start == words[i].end:
        return False
    if not _opens(following):
        return False
    return mark != "." or not _is_abbreviation(words, i, current)


def _opens(token: Token) -> bool:
    return token.is_capital or token.text[0].isdigit() or token.norm in ('"', "-", "(", "[")


def _is_abbreviation(words: list[Token], i: int, current: list[Token]) -> bool:
    before = words[i - 1] if i else None
    if before is None or before.end != words[i].start:
        return False
    if before.text.isdigit():
        return len(before.text) <= 2 and len(current) <= 2
    return before.norm in _ABBREVIATIONS or (len(before.text) == 1 and before.is_capital)
