"""Events in, a document of A4 pages out: the layout `report`.

Cover with map, charts by time, type and kilometre, a table of every event with its sources and precision, and how all
of it was made.
"""

from __future__ import annotations

from typing import Final

from geo.exports.composer import Composer
from geo.exports.layouts import overview, report_charts, report_method, report_table
from geo.exports.page import MUTED, Font, Page
from geo.exports.sheet import DrawnSheet

_FOLIO: Final = Font(size_pt=6.6, colour=MUTED)
_MOST_TITLE: Final = 90


def draw(composer: Composer) -> DrawnSheet:
    """Draw all pages."""
    cover = overview.draw(composer)
    pages = [
        *cover.pages,
        *report_charts.pages(composer),
        *report_table.pages(composer),
        *report_method.pages(composer),
    ]
    for number, page in enumerate(pages, 1):
        _folio(composer, page, number, len(pages))
    return DrawnSheet(tuple(pages), cover.title, cover.description, cover.views, cover.drawn, cover.shown)


def _folio(composer: Composer, page: Page, number: int, total: int) -> None:
    """Draw the title and the number of the page at its lower edge."""
    words, margin = composer.words, composer.size.margin
    said = words.translate("Page {number} of {total}")
    said = said.format(number=words.number(number), total=words.number(total))
    title = composer.title if len(composer.title) <= _MOST_TITLE else composer.title[:_MOST_TITLE] + "…"
    y = margin * 0.42
    page.text(page.frame.right - margin, y, said, _FOLIO, align="right", gid="folio")
    if number > 1:
        page.text(margin, y, title, _FOLIO, gid="folio-title")
