"""A PDF document in, its text out: lines put together into paragraphs, running heads and page numbers left out.

This module is imported in the child process of `geo.sources.foreign` only.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pypdfium2

from geo.errors import TooLarge, UnreadableFile
from geo.sources.parts import MAX_TEXT, Part, one_line

MAX_PAGES: Final = 1_000
_HYPHENS: Final = "\u0002\u00ad\ufffe"
"""What the library writes for a hyphen at which a word was divided."""
_WRITTEN_LINE: Final = re.compile(rf"[^\n{_HYPHENS}]+[{_HYPHENS}]?")
"""A divided word's hyphen stands for the end of its line as well."""
_RUNNING: Final = 3
"""A first or last line that stands on so many pages is a running head."""
_PAGE_NUMBER: Final = re.compile(
    r"\W*(?:page|faqe|faqja|strana|str\.|страна)?\W*\d{1,3}(?:\s*(?:/|of|nga|od|од)\s*\d{1,3})?\W*", re.IGNORECASE
)
_DIGITS: Final = re.compile(r"\d+")
_ENDS: Final = (".", "!", "?", "…", ":", ";", '."', ".”", ".»")


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    page: int
    top: float
    bottom: float
    left: float
    right: float

    @property
    def height(self) -> float:
        return max(self.top - self.bottom, 0.1)


def read(data: bytes, *, encoding: str | None = None) -> list[Part]:
    """Return the text of a PDF document, as a list of one; `encoding` is not needed and ignored.

    The day of publication is not taken from the file: it knows only when it was made.

    Raises
    ------
    UnreadableFile
        It is damaged, locked, or holds no text (scanned pages are pictures).
    TooLarge
        It has too many pages or too much text.
    """
    pages = list(_pages(data))
    lines = [line for page in _without_running(pages) for line in page]
    text = "\n\n".join(_paragraphs(lines))
    if not text:
        raise UnreadableFile("holds no text; scanned pages are pictures, which have to be read by an OCR program first")
    return [Part(text=text)]


def _pages(data: bytes) -> Iterator[list[_Line]]:
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        advice = "it is locked with a password" if "assword" in str(error) else "it is damaged"
        raise UnreadableFile(f"cannot be read as PDF: {advice}") from error
    if len(document) > MAX_PAGES:
        raise TooLarge(f"has {len(document):,} pages, more than {MAX_PAGES:,}; cut it into parts")
    characters = 0
    for number in range(len(document)):
        lines = _lines(document, number)
        characters += sum(len(line.text) for line in lines)
        if characters > MAX_TEXT:
            raise TooLarge(f"holds more than {MAX_TEXT / 1e6:g} million characters; cut it into parts")
        yield lines


def _lines(document: Any, number: int) -> list[_Line]:
    try:
        page = document[number].get_textpage()
        written = page.get_text_range() if page.count_chars() else ""
    except pypdfium2.PdfiumError:
        return []  # one damaged page does not lose the others
    found = []
    for part in _WRITTEN_LINE.finditer(written):
        bare = part.group().strip()
        if bare:
            first = part.start() + part.group().index(bare)
            found.append(_placed(page, bare, number, first, first + len(bare) - 1))
    return found


def _placed(page: Any, text: str, number: int, first: int, last: int) -> _Line:
    """Return a line with its box; the box of its first and last characters is near enough."""
    count = page.count_chars()
    boxes = [page.get_charbox(min(index, count - 1), loose=True) for index in (first, last)]
    left, bottom, right, top = zip(*boxes, strict=True)
    return _Line(text, number, max(top), min(bottom), min(left), max(right))


def _without_running(pages: Sequence[Sequence[_Line]]) -> Iterator[list[_Line]]:
    """Yield the lines of each page without heads and feet that are the same on many pages, and without page numbers."""
    edges = [_edges(page) for page in pages]
    seen = Counter(key for keys in edges for key in set(keys.values()))
    for page, keys in zip(pages, edges, strict=True):
        yield [
            line
            for at, line in enumerate(page)
            if at not in keys
            or not (seen[keys[at]] >= _RUNNING or (at in (0, len(page) - 1) and _PAGE_NUMBER.fullmatch(line.text)))
        ]


def _edges(page: Sequence[_Line]) -> dict[int, str]:
    """Return what the outermost lines say; in the first and last line the numbers may differ from page to page."""
    last = len(page) - 1
    inner = {at: page[at].text for at in (1, last - 1) if 0 <= at <= last}
    return inner | {at: _DIGITS.sub("#", page[at].text) for at in (0, last) if last >= 0}


def _paragraphs(lines: Sequence[_Line]) -> Iterator[str]:
    current = ""
    before: _Line | None = None
    for line in lines:
        if before is not None and _begins_paragraph(before, line):
            yield one_line(current)
            current = ""
        current = _continued(current, line.text)
        before = line
    if one_line(current):
        yield one_line(current)


def _begins_paragraph(before: _Line, line: _Line) -> bool:
    if _is_divided(before.text):
        return False
    starts_small = line.text[:1].islower()
    if line.page != before.page or line.bottom > before.top:  # the next page or column
        return not starts_small and before.text.endswith(_ENDS)
    height = min(before.height, line.height)
    if max(before.height, line.height) > 1.2 * height:
        return True
    is_far = before.bottom - line.top > 0.45 * height
    is_short = before.right < line.right - 4 * height and before.text.endswith(_ENDS)
    return is_far or (is_short and not starts_small)


def _is_divided(text: str) -> bool:
    return text.endswith(tuple(_HYPHENS))


def _continued(text: str, more: str) -> str:
    if _is_divided(text):
        return text.rstrip(_HYPHENS) + more
    if len(text) > 2 and text[-1] in "-‐" and text[-2].islower() and more[:1].islower():
        return text[:-1] + more
    return f"{text} {more}"
