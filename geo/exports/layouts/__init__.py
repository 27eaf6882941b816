"""The name of a layout in, the module that draws it out.

To add one, write a module here with a function `draw(composer)` that returns a `DrawnSheet`, and name it in `LAYOUTS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

from geo.errors import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A kind of sheet."""

    module: str
    meaning: str
    size: str
    """The size that it has unless another is asked for."""
    sizes: tuple[str, ...] = ()
    """The sizes that it can have; empty for all."""
    formats: tuple[str, ...] = ("png", "svg", "pdf")

    def draw(self, composer: Any) -> Any:
        """Draw what a composer was given, and return the sheet."""
        return import_module(f"geo.exports.layouts.{self.module}").draw(composer)


LAYOUTS: Final = {
    "overview": Layout(module="overview", meaning="all matching events, with an inset where they crowd", size="a4"),
    "locator": Layout(module="locator", meaning="where one event was, for an article", size="double"),
    "near-border": Layout(
        module="near_border",
        meaning="the line drawn straight, events by kilometre along it and distance from it",
        size="a4",
        sizes=("a4", "a4-portrait", "slide", "web", "square"),
    ),
    "density": Layout(module="density", meaning="numbers of events by H3 hexagon", size="a4"),
    "report": Layout(
        module="report",
        meaning="a document of A4 pages: map, charts, table of events, method",
        size="a4-portrait",
        sizes=("a4-portrait",),
        formats=("pdf",),
    ),
}


def layout_of(name: str, *, size: str = "", form: str = "pdf") -> Layout:
    """Return a layout by its name.

    Raises
    ------
    InvalidInput
        There is none of that name, or it has no such size or format.
    """
    if name not in LAYOUTS:
        raise InvalidInput(f"layout {name!r}: is not one of {', '.join(LAYOUTS)}")
    found = LAYOUTS[name]
    if size and found.sizes and size not in found.sizes:
        raise InvalidInput(f"size {size!r}: the layout {name} has {', '.join(found.sizes)}")
    if form not in found.formats:
        raise InvalidInput(f"layout {name}: is written as {', '.join(found.formats)}, not as {form}")
    return found
