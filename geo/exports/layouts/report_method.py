"""Contents and wishes in, the last pages of a report out: what is not placed, method, sources, credits, citation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from geo.exports import notes
from geo.exports.composer import Composer
from geo.exports.furniture import wrapped
from geo.exports.layouts.report_charts import HEADING
from geo.exports.page import Font, Page
from geo.geojson import CITATION
from geo.wording import status_note

_TEXT: Final = Font(size_pt=8.2)
_LEADING: Final = 1.45
_SPACE: Final = 16.0


def pages(composer: Composer) -> list[Page]:
    """Return the pages of text."""
    return _Text(composer).draw()


class _Text:
    """Paragraphs under headings, on as many pages as they take."""

    def __init__(self, composer: Composer) -> None:
        self.composer = composer
        self.finished = [self._new_page()]
        self.y = self._top()

    def _new_page(self) -> Page:
        page = self.composer.new_page()
        page.is_text = True
        return page

    def _top(self) -> float:
        return self.finished[-1].frame.top - self.composer.size.margin - 6

    def draw(self) -> list[Page]:
        """Draw every section."""
        for heading, paragraphs in _sections(self.composer):
            self._heading(heading)
            for paragraph in paragraphs:
                self._paragraph(paragraph)
            self.y -= _SPACE
        return self.finished

    def _room(self, height: float) -> Page:
        """Return the page that has room for so much, a new one if need be."""
        if self.y - height < self.composer.size.margin + 8:
            self.finished.append(self._new_page())
            self.y = self._top()
        return self.finished[-1]

    def _heading(self, text: str) -> None:
        page = self._room(HEADING.size_pt + 3 * _TEXT.size_pt * _LEADING)
        self.y -= HEADING.size_pt
        page.text(self.composer.size.margin, self.y, text, HEADING)
        page.alt = f"{page.alt} {text}.".strip()
        self.y -= 6

    def _paragraph(self, text: str) -> None:
        step = _TEXT.size_pt * _LEADING
        for line in wrapped(self.finished[-1], text, _TEXT, self.composer.size.inner * 0.86):
            page = self._room(step)
            self.y -= step
            page.text(self.composer.size.margin, self.y, line, _TEXT)
        self.y -= 4


def _sections(composer: Composer) -> Iterator[tuple[str, list[str]]]:
    translate, contents, sheet = composer.words.translate, composer.contents, composer.sheet
    yield translate("What is not on the map"), list(_absent(composer))
    yield (
        translate("How this was made"),
        [
            translate(
                "Each event rests on published reports; its place is the one that they name, with a circle within which"
                " it lies. An event of which no more than an area is known is counted for the area and never pinned."
            ),
            translate(
                "Distances to the line are geodesic, measured against the line in full detail. “Within” a distance"
                " means possibly within it unless the filter says otherwise: the circle of the event reaches so far."
            ),
            translate(
                "Numbers of people killed are best estimates of the sources. Absence of an event says nothing: the"
                " sources do not report everything."
            ),
        ],
    )
    if sheet.subtitle:
        yield translate("The filter"), [sheet.subtitle, *([sheet.permalink] if sheet.permalink else [])]
    if contents.sources:
        yield translate("Sources"), ["; ".join(contents.sources) + "."]
    yield translate("Credits and citation"), [notes.credit(sheet), translate(CITATION)]
    yield translate("On names and lines"), [status_note(translate=translate)]


def _absent(composer: Composer) -> Iterator[str]:
    contents, words = composer.contents, composer.words
    translate, number = words.translate, words.number
    if contents.areas:
        listed = "; ".join(f"{words.names(area.names)[0]}: {number(area.count)}" for area in contents.areas)
        yield translate("Known only by area: {areas}.").format(areas=listed)
    not_placed = contents.not_placed + composer.sheet.not_placed
    if not_placed:
        yield translate("Not placed, for want of a place that could be found: {n}.").format(n=number(not_placed))
    if not contents.areas and not not_placed:
        yield translate("Every event of this filter has a place.")
