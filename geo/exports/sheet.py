"""The wishes of whoever asks for a map, and what was drawn: the two ends of every layout."""

from __future__ import annotations

from dataclasses import dataclass, field

from geo.boundaries import Municipalities
from geo.exports.legend import Shown
from geo.exports.page import Page
from geo.exports.symbols import Drawn
from geo.exports.view import View
from geo.exports.words import Words
from geo.model import BBox, Place
from geo.wording import Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What a map is to say and show."""

    title: str = ""
    """Empty for one that names the line."""
    subtitle: str = ""
    """The filter in words."""
    layout: str = "overview"
    """A name of `geo.exports.LAYOUTS`."""
    extent: str | BBox = "data"
    """A name of `geo.exports.extent.NAMED`, or a box."""
    size: str = ""
    """A name of `geo.exports.sizes.SIZES`; empty for the one that suits the layout."""
    theme: str = "light"
    """A name of `geo.exports.theme.SHIPPED`, or the path of a TOML file."""
    words: Words = field(default_factory=Words)
    within_m: float | None = None
    """Shade what lies within this distance of the line, in metres."""
    wording: Wording = "neutral"
    data_date: str = ""
    """State of the data, ISO 8601; empty for the last change that the events themselves know."""
    permalink: str = ""
    not_placed: int = 0
    """Events that could not be tried against the filter, for want of a place."""
    areas: tuple[Place, ...] = ()
    """The gazetteer's areas."""
    municipalities: Municipalities | None = None
    """The polygons that an operator imported."""


@dataclass(frozen=True, slots=True)
class DrawnSheet:
    """Pages with everything on them, and what they say in words."""

    pages: tuple[Page, ...]
    title: str
    description: str
    """A text for those who do not see it."""
    views: tuple[View, ...]
    """The main map, and the inset or the other strips where there are any."""
    drawn: tuple[Drawn, ...]
    shown: Shown

    @property
    def page(self) -> Page:
        """The first page."""
        return self.pages[0]
