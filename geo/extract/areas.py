"""A sentence in, the areas that it describes without naming them out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.extract.reading import Named, Reading
from geo.model import Toponym

if TYPE_CHECKING:
    from geo.gazetteer import Gazetteer


def described_areas(reading: Reading, gazetteer: Gazetteer) -> list[Named]:
    """Return the areas that a sentence describes without naming them ("a region mainly inhabited by Serbs").

    A town whose adjective stands beside a thing of the town's ("na klinskom groblju") is described too.
    """
    found: list[Named] = []
    for label, name in reading.lexicon.areas.items():
        for start, end in reading.marks.get(label, {}).items():
            named = gazetteer.named(name)
            areas = tuple(place.id for place in named if place.is_area)
            ids = areas or tuple(place.id for place in named if place.rank == 0 and place.kind in ("town", "city"))
            if ids and not any(p.start < end and start < p.end for p in (*reading.places, *found)):
                first, last = reading.span(start, end)
                text = "".join(t.text for t in reading.words[start:end])
                found.append(Named(Toponym(text=text, start=first, end=last, place_ids=ids), start, end))
    return found
