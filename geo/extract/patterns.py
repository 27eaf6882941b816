"""Phrases of a lexicon and the words of a sentence in, every place where a phrase occurs out.

A phrase is words parted by spaces. `word` is that word, `stem*` any word that begins so, `(a|b*|c)` one of several,
`<class>` any phrase of a class, `<number>` a number, `~3` up to three words of any kind (never past a full stop, a
colon or a semicolon), and a `?` after an element makes it optional. Words are folded, so `Zvečan`, `zvecan` and
`Звечан` are one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Final, NamedTuple

from geo.errors import MissingData
from geo.extract.tokens import Token, normal

_ELEMENT: Final = re.compile(r"(?:<(?P<cls>\w+)>|~(?P<gap>\d+)|\((?P<any>[^()]+)\)|(?P<one>[^\s()<>~]+?))(?P<opt>\?)?$")
_GROUP: Final = re.compile(r"\(([^()]*)\)")
_STOPS: Final = frozenset(".;:!?")
_CACHE_LIMIT: Final = 60_000
_NONE: Final[dict[int, int]] = {}
_HEAD: Final = 3
"""Letters of the beginning of a word by which a sentence is asked whether it has the word at all."""

Marks = dict[str, dict[int, int]]
"""For each class, where its phrases begin, and where the longest one there ends (exclusive)."""


@dataclass(frozen=True, slots=True)
class Element:
    """One step of a phrase."""

    words: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()
    cls: str = ""
    gap: int = 0

    def heads(self) -> frozenset[str]:
        """Return how its words begin; nothing where one of them is too short to tell."""
        if any(len(prefix) < _HEAD for prefix in self.prefixes):
            return frozenset()
        return frozenset(word[:_HEAD] for word in (*self.words, *self.prefixes))

    @property
    def is_plain(self) -> bool:
        """Whether it is one word out of those that it names."""
        return not self.gap and not self.cls

    def fits(self, norm: str) -> bool:
        """Whether a folded word is one that this element names."""
        return norm in self.words or (bool(self.prefixes) and norm.startswith(self.prefixes))


@dataclass(frozen=True, slots=True)
class Pattern:
    """A phrase with all its elements required, and what it stands for."""

    label: str
    elements: tuple[Element, ...]
    source: str
    classes: tuple[str, ...] = ()
    """The classes that its later elements name."""
    heads: tuple[frozenset[str], ...] = ()
    """For each later element of words, how those begin."""

    @classmethod
    def of(cls, label: str, elements: tuple[Element, ...], source: str) -> Pattern:
        """Make a pattern, and note what a sentence must have somewhere for it to occur."""
        later = elements[1:]
        heads = (element.heads() for element in later if element.is_plain)
        return cls(label, elements, source, tuple(e.cls for e in later if e.cls), tuple(h for h in heads if h))

    def may_occur(self, heads: frozenset[str], marks: Marks) -> bool:
        """Whether a sentence with words of these beginnings has something for each element."""
        for some in self.heads:
            if some.isdisjoint(heads):
                return False
        for name in self.classes:  # noqa: SIM110 - loops: nothing in extraction is asked more often
            if name not in marks:
                return False
        return True


def _end(elements: tuple[Element, ...], k: int, norms: Sequence[str], at: int, marks: Marks) -> int | None:
    """Return where a phrase ends whose elements from the `k`-th on begin at word `at`."""
    size = len(norms)
    for number in range(k, len(elements)):
        element = elements[number]
        if element.gap:
            return _end_after_gap(elements, number, norms, at, marks)
        if element.cls:
            after = marks.get(element.cls, _NONE).get(at)
            if after is None:
                return None
            at = after
        elif at < size and element.fits(norms[at]):
            at += 1
        else:
            return None
    return at


def _end_after_gap(elements: tuple[Element, ...], k: int, norms: Sequence[str], at: int, marks: Marks) -> int | None:
    following = elements[k + 1] if k + 1 < len(elements) else None
    if following is None or not following.is_plain:
        return _end_after_any(elements, k, norms, at, marks)
    words, prefixes = following.words, following.prefixes
    for place, norm in enumerate(norms[at : at + elements[k].gap + 1], at):
        if norm in words or (prefixes and norm.startswith(prefixes)):
            end = _end(elements, k + 2, norms, place + 1, marks)
            if end is not None:
                return end
        if norm in _STOPS:
            return None
    return None


def _end_after_any(elements: tuple[Element, ...], k: int, norms: Sequence[str], at: int, marks: Marks) -> int | None:
    """The same where a class follows the gap, or nothing."""
    for place in range(at, min(at + elements[k].gap, len(norms)) + 1):
        end = _end(elements, k + 1, norms, place, marks)
        if end is not None:
            return end
        if place < len(norms) and norms[place] in _STOPS:
            return None
    return None


def compile_phrase(label: str, phrase: str) -> list[Pattern]:
    """Return the patterns of a phrase, one for each choice of its optional elements.

    Raises
    ------
    MissingData
        The phrase is not written as the module describes.
    """
    patterns = []
    for one_worded in _spread(phrase):
        steps = [_element(part, phrase) for part in one_worded.split()]
        choices = [((element,), ()) if optional else ((element,),) for element, optional in steps]
        for chosen in product(*choices):
            elements = tuple(element for some in chosen for element in some)
            if elements and not elements[0].gap:
                patterns.append(Pattern.of(label, elements, phrase))
    if not patterns:
        raise MissingData(f"lexicon: the phrase {phrase!r} of {label!r} has nothing to begin with")
    return patterns


def _spread(phrase: str) -> list[str]:
    """Write a phrase out so that every alternative is one word: `(a|b c|<d>) e` as `(a) e`, `b c e` and `<d> e`."""
    for group in _GROUP.finditer(phrase):
        names = group[1].split("|")
        long = [name for name in names if " " in name or name.startswith("<")]
        if long:
            short = "|".join(name for name in names if name not in long)
            chosen = [f"({short})"] if short else []
            before, after = phrase[: group.start()], phrase[group.end() :]
            if after.startswith("?"):
                after, chosen = after[1:], [*chosen, ""]
            return [one for name in (*chosen, *long) for one in _spread(f"{before}{name}{after}")]
    return [phrase]


def _element(part: str, phrase: str) -> tuple[Element, bool]:
    match = _ELEMENT.match(part)
    if match is None:
        raise MissingData(f"lexicon: cannot read {part!r} in the phrase {phrase!r}")
    optional = match["opt"] is not None
    if match["cls"]:
        return Element(cls=match["cls"]), optional
    if match["gap"]:
        return Element(gap=int(match["gap"])), optional
    names = (match["any"] or match["one"]).split("|")
    exact = frozenset(normal(n) for n in names if not n.endswith("*"))
    prefixes = tuple(normal(n[:-1]) for n in names if n.endswith("*"))
    return Element(words=exact, prefixes=prefixes), optional


class Found(NamedTuple):
    """A phrase found in a sentence: words `start` to `end` (exclusive)."""

    label: str
    start: int
    end: int
    source: str = ""


class _Beginning(NamedTuple):
    """The patterns that may begin with a word."""

    whole: tuple[tuple[str, str], ...]
    """Label and source of those that are this word alone."""
    longer: tuple[tuple[frozenset[str] | None, tuple[str, ...], Pattern], ...]
    """The others, each with what its second word is or begins with, so that most are dropped by one look.

    Null where that is no plain word.
    """


@dataclass(slots=True)
class Index:
    """Compiled phrases, ready to be looked up by the word that they begin with."""

    words: dict[str, list[Pattern]] = field(default_factory=dict)
    prefixes: dict[str, list[Pattern]] = field(default_factory=dict)
    """By the first two letters of the prefix."""
    classes: dict[str, list[Pattern]] = field(default_factory=dict)
    _known: dict[str, _Beginning] = field(default_factory=dict)

    @classmethod
    def build(cls, phrases: Iterable[tuple[str, str]]) -> Index:
        """Compile (label, phrase) pairs."""
        index = cls()
        for label, phrase in phrases:
            for pattern in compile_phrase(label, phrase):
                index._add(pattern)
        return index

    def _add(self, pattern: Pattern) -> None:
        first = pattern.elements[0]
        if first.cls:
            self.classes.setdefault(first.cls, []).append(pattern)
        for word in first.words:
            self.words.setdefault(word, []).append(pattern)
        for prefix in first.prefixes:
            self.prefixes.setdefault(prefix[:2], []).append(pattern)

    def _beginning_with(self, norm: str) -> _Beginning:
        if len(self._known) > _CACHE_LIMIT:
            self._known.clear()
        prefixed = (p for p in self.prefixes.get(norm[:2], ()) if norm.startswith(p.elements[0].prefixes))
        known = self._known[norm] = _beginning((*self.words.get(norm, ()), *dict.fromkeys(prefixed)))
        return known

    def find(self, words: Sequence[Token], marks: Marks) -> list[Found]:
        """Return every phrase in a sentence; of one label at one place only the longest."""
        norms = [token.norm for token in words]
        heads = frozenset([norm[:_HEAD] for norm in norms])
        longest: dict[tuple[str, int], Found] = {}
        self._find_by_words(norms, heads, marks, longest)
        for name, patterns in self.classes.items():
            for at in marks.get(name, ()):
                for pattern in patterns:
                    if pattern.may_occur(heads, marks):
                        _keep(longest, pattern, at, _end(pattern.elements, 0, norms, at, marks))
        return sorted(longest.values(), key=lambda f: (f.start, -f.end))

    def _find_by_words(
        self, norms: Sequence[str], heads: frozenset[str], marks: Marks, longest: dict[tuple[str, int], Found]
    ) -> None:
        for at, (norm, following) in enumerate(zip(norms, [*norms[1:], ""], strict=True)):
            whole, longer = self._known.get(norm) or self._beginning_with(norm)
            for label, source in whole:
                longest[label, at] = Found(label, at, at + 1, source)
            for seconds, prefixes, pattern in longer:
                if seconds is None:
                    if pattern.may_occur(heads, marks):
                        _keep(longest, pattern, at, _end(pattern.elements, 1, norms, at + 1, marks))
                elif following in seconds or (prefixes and following and following.startswith(prefixes)):
                    _keep(longest, pattern, at, _end(pattern.elements, 2, norms, at + 2, marks))


def _beginning(patterns: Iterable[Pattern]) -> _Beginning:
    whole: dict[str, str] = {}
    longer: list[tuple[frozenset[str] | None, tuple[str, ...], Pattern]] = []
    for pattern in patterns:
        if len(pattern.elements) == 1:
            whole.setdefault(pattern.label, pattern.source)
        else:
            second = pattern.elements[1]
            longer.append((second.words if second.is_plain else None, second.prefixes, pattern))
    return _Beginning(tuple(whole.items()), tuple(longer))


def _keep(longest: dict[tuple[str, int], Found], pattern: Pattern, at: int, end: int | None) -> None:
    if end is None:
        return
    key = (pattern.label, at)
    if key not in longest or longest[key].end < end:
        longest[key] = Found(pattern.label, at, end, pattern.source)
