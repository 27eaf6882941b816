"""Events in, a map of all of them out, with an inset of its most crowded part: the layout `overview`.

Of more places than a page has room for, hexagons with their number take over.
"""

from __future__ import annotations

from typing import Final

from geo.exports import extent
from geo.exports.composer import Composer, Plan
from geo.exports.layouts import density
from geo.exports.sheet import DrawnSheet
from geo.exports.view import Window, view

MOST_PLACES: Final = 1_500
"""Of more, no symbol could be told from the next."""


def draw(composer: Composer) -> DrawnSheet:
    """Draw the overview."""
    if len(composer.contents.marks) > MOST_PLACES:
        said = composer.words.translate("More than {n} places: drawn as numbers of events by hexagon, not as symbols.")
        composer.notes.append(said.format(n=composer.words.number(MOST_PLACES)))
        return density.draw(composer)
    wish = extent.main_window(composer.sheet.extent, composer.contents, composer.basemap)
    plan = _plan(composer, wish)
    drawn = [composer.main(plan.main, plan.inset)]
    if plan.inset:
        drawn.append(composer.inset(plan.inset))
    views = [plan.main, *([plan.inset] if plan.inset else [])]
    return composer.finish(plan, drawn, composer.shown(drawn, views))


def _plan(composer: Composer, wish: Window) -> Plan:
    """Return a plan with an inset if a part of the main map is too crowded to read and the page has room."""
    expected = composer.expected()
    if composer.size.height is not None:
        frames, head = composer.frames(wish, expected, has_inset=True)
        if frames.inset is not None:
            main = view(frames.main, wish)
            crowd = extent.inset_window(main, composer.contents, composer.scale, frames.inset)
            if crowd is not None:
                composer.page.resize(frames.height)
                return Plan(frames, main, view(frames.inset, crowd), head)
    return composer.plan(wish, expected)
