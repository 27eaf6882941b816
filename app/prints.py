"""A filter and wishes in, the printed map of its events out: what `ibar export` and `/export/map.<format>` share."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from app import params, values
from app.params import Parameter
from app.resources import Resources
from geo import boundaries, query
from geo.errors import NotFound, TooLarge
from geo.model import BBox, Criteria

MOST_EVENTS: Final = 50_000
_ENGLISH: Final = query.Formats()
MOST_TITLE: Final = 200
NAMED_EXTENTS: Final = ("data", "north", "border", "kosovo")
SIZES: Final = ("a4", "slide", "web")
Format = Literal["png", "svg", "pdf"]
FORMATS: Final[tuple[Format, ...]] = get_args(Format)


def extent(text: str) -> Any:
    """Read a named extent, or a box in degrees: west, south, east, north."""
    return text if text in NAMED_EXTENTS else params.BBOX.read(text)


def form(text: str) -> Format:
    """Read a format's name.

    Raises
    ------
    NotFound
        There is no such format.
    """
    if text not in FORMATS:
        raise NotFound(f"map.{text}: maps are printed as {', '.join(FORMATS)}")
    return text


def title(text: str) -> str:
    """Read a title, which is cut to what a page holds."""
    return text.strip()[:MOST_TITLE]


TITLE: Final = Parameter(name="title", meaning="Title of the map", read=title, example="The north in 2023")
EXTENT: Final = Parameter(
    name="extent",
    meaning="What the map shows: data, north, border, kosovo, or west,south,east,north in degrees",
    read=extent,
    example="north",
)
SIZE: Final = Parameter(
    name="size",
    meaning="Size of the page",
    read=lambda text: values.choice(text, SIZES),
    schema={"type": "string", "enum": list(SIZES), "default": "a4"},
    example="a4",
)
DPI: Final = Parameter(
    name="dpi",
    meaning="Resolution of a PNG, 50 to 300 dots per inch",
    read=lambda text: min(max(values.whole(text, least=1), 50), 300),
    schema={"type": "integer", "minimum": 50, "maximum": 300, "default": 150},
    example="150",
)
WISHES: Final = (TITLE, EXTENT, SIZE, DPI, params.LANG)
"""What may be asked of a printed map beside the filters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How a map is to be printed."""

    form: Format
    title: str = ""
    extent: str | BBox = "data"
    size: str = "a4"
    dpi: int = 150
    permalink: str = ""


def printed(
    here: Resources,
    criteria: Criteria,
    wish: Wish,
    *,
    translate: Callable[[str], str] = str,
    formats: query.Formats = _ENGLISH,
) -> bytes:
    """Return the printed map of the events that match, as a file.

    Raises
    ------
    TooLarge
        More than `MOST_EVENTS` match.
    InvalidInput
        The extent lies off the map.
    """
    from geo.exports import Sheet, export_map

    count = here.store.count(criteria)
    if count.number_matched > MOST_EVENTS:
        raise TooLarge(f"{count.number_matched} events match; a printed map holds {MOST_EVENTS}: narrow the filters")
    wording = here.settings.wording
    sheet = Sheet(
        title=wish.title,
        subtitle=query.describe(criteria, count, translate=translate, wording=wording, formats=formats),
        extent=wish.extent,
        size=wish.size,
        within_m=criteria.within_m,
        wording=wording,
        permalink=wish.permalink,
        not_placed=count.not_placed,
        areas=here.gazetteer.areas(),
        municipalities=boundaries.municipalities(here.municipalities_path),
    )
    features = [json.loads(feature) for feature in here.store.iterate(criteria)]
    folder = here.settings.cache / "fonts"
    return export_map(features, format=wish.form, cache_folder=folder, sheet=sheet, dpi=wish.dpi, translate=translate)
