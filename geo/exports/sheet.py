"""Features and the wishes of whoever asks in, one drawn page out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from geo.boundaries import Municipalities
from geo.errors import InvalidInput
from geo.exports import areas, basemap, extent, furniture, labels, locator, marks, names, symbols
from geo.exports.basemap import Basemap
from geo.exports.fonts import Faces
from geo.exports.layout import SIZES, WIDE_COLUMN, Layout, overview
from geo.exports.legend import Legend, Shown
from geo.exports.marks import Contents
from geo.exports.page import INK, MUTED, Font, Page
from geo.exports.symbols import Drawn, Scale
from geo.exports.view import PROJECTION_NAME, Frame, View, Window, view
from geo.model import BBox, Place
from geo.wording import Wording, line_name, status_note

Translate = Callable[[str], str]
_EMPTY: Final = Font(size_pt=12, face="semibold", colour=MUTED)
_INSET_TITLE: Final = Font(size_pt=8.4, face="bold", halo="#fffefb", halo_pt=2.5)
_COUNTRY_MARGIN_M: Final = 3_500.0
_LOCATOR_PT: Final = 104.0
_TEXT_LIMIT: Final = 1_000
_SOURCES: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What a map is to say and show."""

    title: str = ""
    """Empty for one that names the line."""
    subtitle: str = ""
    """The filter in words."""
    extent: str | BBox = "data"
    """A name of `geo.exports.extent.NAMED`, or a box."""
    size: str = "a4"
    """A name of `geo.exports.layout.SIZES`."""
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
    """A page with everything on it, and what it says in words."""

    page: Page
    title: str
    description: str
    """A text for those who do not see it."""
    views: tuple[View, ...]
    """The main map, and the inset where there is one."""
    drawn: tuple[Drawn, ...]
    shown: Shown


def draw(
    features: Iterable[Mapping[str, Any]], sheet: Sheet, faces: Faces, *, translate: Translate = str
) -> DrawnSheet:
    """Draw a map sheet.

    Parameters
    ----------
    features : iterable of mapping
        GeoJSON features whose properties are the flat record.
    sheet : Sheet
        What to say and show.
    faces : Faces
        The fonts.

    Raises
    ------
    InvalidInput
        Extent, size or distance cannot be used.
    """
    return _Drawing(marks.read(features), sheet, faces, translate).draw()


class _Drawing:
    """The steps from contents to page, which share what the first of them find out."""

    def __init__(self, contents: Contents, sheet: Sheet, faces: Faces, translate: Translate) -> None:
        if sheet.size not in SIZES:
            raise InvalidInput(f"size {sheet.size!r}: is not one of {', '.join(SIZES)}")
        self.contents, self.sheet, self._ = contents, sheet, translate
        self.basemap: Basemap = basemap.load()
        self.page = Page(*SIZES[sheet.size], faces)
        self.scale: Scale = symbols.scale(contents)
        self.shapes = areas.shapes(contents.areas, sheet.areas, sheet.municipalities)
        self.title = sheet.title.strip() or self._default_title()

    def _default_title(self) -> str:
        return self._("Incidents and deployments along the {line}").format(line=self._line_name(is_short=False))

    def _line_name(self, *, is_short: bool) -> str:
        return line_name(self.sheet.wording, is_short=is_short, translate=self._)

    def draw(self) -> DrawnSheet:
        """Draw everything."""
        inner = self.page.frame.width - 56
        head = furniture.Head(self.page, self.title, self.sheet.subtitle, inner)
        wish = extent.main_window(self.sheet.extent, self.contents, self.basemap)
        layout, main, inset = self._plan(wish, head.height, self._foot(wish, inner).height)
        foot = self._foot(main.window, inner)
        drawn = [self._main(main, inset)]
        if inset:
            drawn.append(self._inset(inset, main))
        shown = self._shown(drawn, [main, *([inset] if inset else [])])
        head.draw(self.page, layout.head)
        foot.draw(self.page, layout.foot)
        Legend(self.page, shown, self.scale, self._).draw(layout.legend, columns=layout.legend_columns)
        views = (main, inset) if inset else (main,)
        return DrawnSheet(self.page, self.title, self._description(shown), views, tuple(drawn), shown)

    def _plan(self, wish: Window, head: float, foot: float) -> tuple[Layout, View, View | None]:
        """Return the layout with an inset if a part of the main map is too crowded to read."""
        width, height = SIZES[self.sheet.size]
        legend = Legend(self.page, self._expected(), self.scale, self._).height(WIDE_COLUMN)
        layout = overview(width, height, head=head, foot=foot, legend=legend)
        if layout.inset is not None:
            main = view(layout.main, wish)
            crowd = extent.inset_window(main, self.contents, self.scale, layout.inset)
            if crowd is not None:
                return layout, main, view(layout.inset, crowd)
        layout = overview(width, height, head=head, foot=foot, legend=None)
        return layout, view(layout.main, wish), None

    def _base(self, shown: View) -> labels.Obstacles:
        basemap.draw_land(self.page, shown, self.basemap)
        if self.sheet.within_m:
            basemap.draw_strip(self.page, shown, self.basemap, self.sheet.within_m)
        symbols.draw_areas(self.page, shown, self.shapes)
        basemap.draw_line(self.page, shown, self.basemap)
        obstacles = labels.Obstacles(shown.frame)
        along = [basemap.points_along(self.basemap.line, shown)]
        along += [basemap.points_along(t.shape.boundary, shown, 6.0) for t in self.basemap.territories]
        obstacles.lines = np.vstack(along)
        crossings = self.basemap.crossings[shown.window.holds(self.basemap.crossings)]
        obstacles.add_circles(shown.on_page(crossings), [basemap.CROSSING_PT / 2] * len(crossings))
        return obstacles

    def _main(self, main: View, inset: View | None) -> Drawn:
        obstacles = self._base(main)
        skip = inset.window if inset else None
        drawn = symbols.draw(self.page, main, self.contents, self.scale, inset=skip)
        _add_symbols(obstacles, drawn)
        self._corners(main, obstacles, drawn)
        if skip:
            self._inset_box(main, skip, obstacles)
        if not self.contents.marks:
            self._say_empty(main, obstacles)
        self._label(main, obstacles, drawn, skip=skip, stories=1)
        basemap.draw_frame(self.page, main)
        return drawn

    def _say_empty(self, main: View, obstacles: labels.Obstacles) -> None:
        words = self._("No event with a position matches")
        x, y = main.frame.x + main.frame.width / 2, main.frame.y + main.frame.height / 2
        half = self.page.width(words, _EMPTY) / 2 + 4
        self.page.text(x, y, words, _EMPTY, align="center", gid="label-empty")
        obstacles.boxes.append((x - half, y - _EMPTY.size_pt * 0.5, x + half, y + _EMPTY.size_pt * 1.1))

    def _inset_box(self, main: View, window: Window, obstacles: labels.Obstacles) -> None:
        (x, y), (right, top) = main.on_page([(window.west, window.south), (window.east, window.north)])
        box = Frame(float(x), float(y), float(right - x), float(top - y))
        self.page.rectangle(box, facecolor="none", edgecolor=INK, linewidth=1.0, zorder=11, gid="inset-box")
        along = np.arange(0, 1, 0.02)
        sides = [(box.x + box.width * s, y) for s in along for y in (box.y, box.top)]
        sides += [(x, box.y + box.height * s) for s in along for x in (box.x, box.right)]
        obstacles.lines = np.vstack([obstacles.lines, np.repeat(sides, 3, axis=0)])

    def _corners(self, main: View, obstacles: labels.Obstacles, drawn: Drawn) -> None:
        """Put the locator and the scale bar into corners of the map, the locator where it covers least."""
        frame = main.frame
        half = _LOCATOR_PT
        spots = {
            "left": Frame(frame.x, frame.y, half, half),
            "right": Frame(frame.right - half, frame.y, half, half),
        }
        hidden = {side: _within(spot, np.vstack([drawn.at, drawn.symbols_at])) for side, spot in spots.items()}
        side = min(spots, key=lambda name: (hidden[name], name == "left"))
        other = "left" if side == "right" else "right"
        if hidden[side] == 0:
            locator.draw(self.page, spots[side], main.window, translate=self._)
            obstacles.boxes.append(spots[side].box)
        furniture.draw_scale_bar(self.page, main, other)
        obstacles.boxes.append(furniture.scale_bar_box(main, other))

    def _inset(self, inset: View, main: View) -> Drawn:
        obstacles = self._base(inset)
        drawn = symbols.draw(self.page, inset, self.contents, self.scale)
        _add_symbols(obstacles, drawn)
        lower = Frame(inset.frame.x, inset.frame.y, inset.frame.width, 30)
        left = _within(Frame(lower.x, lower.y, 110, 30), drawn.symbols_at)
        right = _within(Frame(lower.right - 110, lower.y, 110, 30), drawn.symbols_at)
        corner = "left" if left <= right else "right"
        furniture.draw_scale_bar(self.page, inset, corner)
        obstacles.boxes.append(furniture.scale_bar_box(inset, corner))
        self._label(inset, obstacles, drawn, skip=None, stories=1)
        furniture.outline(self.page, inset)
        return drawn

    def _label(
        self, shown: View, obstacles: labels.Obstacles, drawn: Drawn, *, skip: Window | None, stories: int
    ) -> None:
        prefix = f"label-{shown.frame.x:.0f}"
        first = names.stories(drawn, skip=skip, view=shown, most=stories)
        placed = list(labels.place(self.page, first, obstacles))
        margin = max(_COUNTRY_MARGIN_M, self.sheet.within_m or 0.0)
        found = names.countries(
            self.page, shown, self.basemap, obstacles, margin_m=min(margin, 25_000.0), translate=self._
        )
        for i, (text, x, y, font) in enumerate(found):
            self.page.text(x, y, text, font, align="center", zorder=6, gid=f"{prefix}-country-{i}")
        wanted = names.events(drawn, skip=skip, view=shown) + names.towns(shown, self.basemap, drawn, skip=skip)
        placed += labels.place(self.page, wanted, obstacles)
        labels.draw(self.page, placed, prefix)

    def _expected(self) -> Shown:
        """Return all that there may be to explain: the legend's room is set aside before the maps are drawn."""
        everything = Drawn(self.contents.marks, np.empty((0, 2)), np.empty((0, 2)), (), True, np.empty((1, 2)))
        return replace(self._shown([everything], []), has_crossings=True, has_led=True)

    def _shown(self, drawn: list[Drawn], views: list[View]) -> Shown:
        seen = {(m.lon, m.lat): m for one in drawn for m in one.marks}
        counts: dict[str, int] = {}
        for mark in seen.values():
            for name, number in mark.families:
                counts[name] = counts.get(name, 0) + number
        return Shown(
            families=tuple((name, counts[name]) for name in symbols.FAMILY if name in counts),
            has_several=any(mark.count > 1 for mark in seen.values()),
            killed=tuple(mark.killed for mark in seen.values()),
            has_precision=any(one.has_precision for one in drawn),
            areas=self.contents.areas,
            line_name=self._line_name(is_short=False),
            within_km=self.sheet.within_m / 1000 if self.sheet.within_m else None,
            has_crossings=any(bool(v.window.holds(self.basemap.crossings).any()) for v in views),
            has_elsewhere=any(len(one.elsewhere) for one in drawn),
            has_led=any(bool(one.is_led.any()) for one in drawn),
        )

    def _foot(self, window: Window, width: float) -> furniture.Foot:
        _ = self._
        named = self.contents.sources[:_SOURCES]
        rest = len(self.contents.sources) - len(named)
        sources = "; ".join(named) + (" " + _("and {n} more").format(n=rest) if rest else "")
        data = [_("Sources: {names}.").format(names=sources)] if named else []
        date = self.sheet.data_date or self.contents.data_date
        data += [_("Data as of {date}.").format(date=date)] if date else []
        credit = [
            _("Boundaries © OpenStreetMap contributors (ODbL); place names NGA GNS, GeoNames (CC BY 4.0)."),
            _("Projection: {name}.").format(name=PROJECTION_NAME),
            *([self.sheet.permalink] if self.sheet.permalink else []),
        ]
        notes = [" ".join([*self._left_out(window), *data])[:_TEXT_LIMIT], " ".join(credit)]
        return furniture.Foot(self.page, [*filter(None, notes), "* " + status_note(translate=_)], width)

    def _left_out(self, window: Window) -> list[str]:
        """Say how many events are not on the map, and why."""
        _ = self._
        by_area = sum(area.count for area in self.contents.areas)
        outside = sum(
            mark.count
            for mark, is_in in zip(self.contents.marks, window.holds(self.contents.positions), strict=True)
            if not is_in
        )
        not_placed = self.contents.not_placed + self.sheet.not_placed
        found = [
            (by_area, _("{n} known only by area")),
            (not_placed, _("{n} not placed")),
            (outside, _("{n} beyond the edge of this map")),
        ]
        said = [words.format(n=number) for number, words in found if number]
        return [_("Not shown as symbols: {what}.").format(what=", ".join(said))] if said else []

    def _description(self, shown: Shown) -> str:
        types = [f"{self._(symbols.FAMILY[name].label)}: {count}" for name, count in shown.families]
        places = [f"{mark.names[0]}: {mark.count}" for mark in _busiest(self.contents)]
        parts = [self.title, self.sheet.subtitle, "; ".join(types), "; ".join(places)]
        return ". ".join(part.rstrip(".") for part in parts if part) + "."


def _busiest(contents: Contents) -> list[marks.Mark]:
    return sorted((m for m in contents.marks if m.names[0]), key=lambda m: (-m.count, m.names))[:8]


def _add_symbols(obstacles: labels.Obstacles, drawn: Drawn) -> None:
    """Keep labels off symbols, and off the lines and dots of those that stand aside."""
    obstacles.add_circles(drawn.symbols_at, drawn.radii)
    obstacles.add_circles(drawn.elsewhere, [symbols.DOT_PT / 2] * len(drawn.elsewhere))
    led = drawn.is_led
    obstacles.add_circles(drawn.at[led], [symbols.LEAD_DOT_PT] * int(led.sum()))
    for place, symbol in zip(drawn.at[led], drawn.symbols_at[led], strict=True):
        obstacles.boxes.extend(labels.along((float(place[0]), float(place[1])), (float(symbol[0]), float(symbol[1]))))


def _within(frame: Frame, at: np.ndarray) -> int:
    left, lower, right, upper = frame.box
    pad = 8
    x, y = at[:, 0], at[:, 1]
    return int(((x > left - pad) & (x < right + pad) & (y > lower - pad) & (y < upper + pad)).sum())
