"""A filter and wishes in, the printed map of its events out: what `ibar export` and `/export/map.<format>` share."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, get_args

from app import languages, params, values
from app.params import Parameter
from app.resources import Resources
from geo import boundaries, query
from geo.errors import NotFound, TooLarge
from geo.model import BBox, Criteria

MOST_EVENTS: Final = 200_000
"""More than that is a data set, not a map."""
MOST_TITLE: Final = 200
NAMED_EXTENTS: Final = ("data", "north", "border", "kosovo")
LAYOUTS: Final = ("overview", "locator", "near-border", "density", "report")
SIZES: Final = ("a4", "a4-portrait", "slide", "web", "square", "double", "column")
THEMES: Final = ("light", "dark", "mono")
"""What `geo.exports` has under these names; they stand here too so that a page need not load it (a test compares)."""
Format = Literal["png", "svg", "pdf"]
FORMATS: Final[tuple[Format, ...]] = get_args(Format)
Say = Callable[[str], None]


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


def _choice(name: str, meaning: str, among: tuple[str, ...], default: str, example: str) -> Parameter:
    return Parameter(
        name=name,
        meaning=meaning,
        read=lambda text: values.choice(text, among),
        schema={"type": "string", "enum": list(among), **({"default": default} if default else {})},
        example=example,
    )


IDS: Final = Parameter(name="id", meaning="The event with this id alone", read=values.words, example="dep001")
TITLE: Final = Parameter(name="title", meaning="Title of the map", read=title, example="The north in 2023")
LAYOUT: Final = _choice("layout", "Kind of sheet", LAYOUTS, "overview", "near-border")
EXTENT: Final = Parameter(
    name="extent",
    meaning="What the map shows: data, north, border, kosovo, or west,south,east,north in degrees",
    read=extent,
    example="north",
)
SIZE: Final = _choice("size", "Size of the page; by default one that suits the layout", SIZES, "", "a4")
THEME: Final = _choice("theme", "Colours of the map", THEMES, "light", "dark")
LANG: Final = Parameter(
    name="lang",
    meaning="Language of the words on the map",
    read=languages.code,
    schema=params.LANG.schema,
    example="sq",
)
DPI: Final = Parameter(
    name="dpi",
    meaning="Resolution of a PNG, 50 to 300 dots per inch",
    read=lambda text: min(max(values.whole(text, least=1), 50), 300),
    schema={"type": "integer", "minimum": 50, "maximum": 300, "default": 150},
    example="150",
)
WISHES: Final = (IDS, TITLE, LAYOUT, EXTENT, SIZE, THEME, DPI, params.LANG)
"""What may be asked of a printed map beside the filters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How a map is to be printed."""

    form: Format
    id: str = ""
    title: str = ""
    layout: str = "overview"
    extent: str | BBox = "data"
    size: str = ""
    theme: str = "light"
    lang: str = "en"
    dpi: int = 150
    permalink: str = ""


def printed(here: Resources, criteria: Criteria, wish: Wish, *, say: Say = lambda _text: None) -> bytes:
    """Return the printed map of the events that match, as a file.

    Parameters
    ----------
    here : Resources
    criteria : Criteria
    wish : Wish
    say : callable
        Told in words what is being done.

    Raises
    ------
    TooLarge
        More than `MOST_EVENTS` match.
    InvalidInput
        The extent lies off the map, or layout, size and format do not go together.
    """
    from geo.exports import Sheet, export_map, layout_of

    layout_of(wish.layout, size=wish.size, form=wish.form)
    if wish.id:
        criteria = replace(criteria, ids=(wish.id,))
    count = here.store.count(criteria)
    if count.number_matched > MOST_EVENTS:
        raise TooLarge(f"{count.number_matched} events match; a printed map holds {MOST_EVENTS}: narrow the filters")
    wording, words = here.settings.wording, languages.words(wish.lang)
    parts = query.sureness(here.store, criteria, count)
    described = query.describe(
        criteria, count, parts=parts, translate=words.translate, wording=wording, formats=words.formats
    )
    say(f"reading {count.number_matched:,} events …")
    features = [json.loads(feature) for feature in here.store.iterate(criteria)]
    sheet = Sheet(
        title=wish.title,
        subtitle=described[:1].upper() + described[1:],
        layout=wish.layout,
        extent=wish.extent,
        size=wish.size,
        theme=wish.theme,
        words=words,
        within_m=criteria.within_m,
        wording=wording,
        permalink=wish.permalink,
        not_placed=count.not_placed,
        areas=here.gazetteer.areas(),
        municipalities=boundaries.municipalities(here.municipalities_path),
    )
    say(f"drawing the {wish.layout} as {wish.form.upper()} …")
    return export_map(features, format=wish.form, cache_folder=here.settings.cache / "fonts", sheet=sheet, dpi=wish.dpi)
