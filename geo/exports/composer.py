"""Contents and wishes in, the parts of a map sheet out: what the layouts put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np

from geo.exports import areas, basemap, europe, furniture, labels, marks, names, notes, sizes, symbols
from geo.exports.basemap import Basemap
from geo.exports.fonts import Faces
from geo.exports.legend import Legend, Shown
from geo.exports.page import INK, MUTED, Font, Page
from geo.exports.sheet import DrawnSheet, Sheet
from geo.exports.sizes import Frames, Size
from geo.exports.symbols import Drawn, Scale
from geo.exports.theme import Theme
from geo.exports.view import Frame, View, Window, view
from geo.wording import line_name

Feature = Mapping[str, Any]
_EMPTY: Final = Font(size_pt=12, face="semibold", colour=MUTED)
_EDGE_PT: Final = 9.0
_COUNTRY_MARGIN_M: Final = 3_500.0
_MOST_MARGIN_M: Final = 25_000.0
_EUROPE_PT: Final = (66.0, 104.0)
_EUROPE_SHARE: Final = 0.24
"""Of the map's width."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Where everything of a sheet goes, and what the maps show."""

    frames: Frames
    main: View
    inset: View | None
    head: furniture.Head


class Composer:
    """One sheet at work: what every layout shares, and the steps that it may take."""

    def __init__(self, features: Sequence[Feature], sheet: Sheet, faces: Faces, theme: Theme) -> None:
        self.features, self.sheet, self.faces, self.theme = features, sheet, faces, theme
        self.words = self._ = sheet.words
        self.size: Size = sizes.of(sheet.size)
        self.basemap: Basemap = basemap.load()
        self.page = self.new_page()
        self.notes: list[str] = []
        """What the layout has to say of itself."""

    @cached_property
    def contents(self) -> marks.Contents:
        """What a map shows of the features."""
        return marks.read(self.features)

    @cached_property
    def scale(self) -> Scale:
        """How large symbols are."""
        return symbols.scale(self.contents)

    @cached_property
    def shapes(self) -> dict[str, Any]:
        """The areas that events are known by."""
        return areas.shapes(self.contents.areas, self.sheet.areas, self.sheet.municipalities)

    @property
    def title(self) -> str:
        """The title that was asked for, or one that names the line."""
        words = self._("Incidents and deployments along the {line}")
        return self.sheet.title.strip() or words.format(line=self.line_name())

    def line_name(self) -> str:
        """Return the line's name in the operator's wording."""
        return line_name(self.sheet.wording, translate=self.words.translate)

    def new_page(self) -> Page:
        """Return an empty page."""
        width, height = self.size.width, self.size.height or self.size.width
        return Page(width, height, self.faces, self.theme, language=self.words.language)

    def head(self) -> furniture.Head:
        """Return title and subtitle."""
        return furniture.Head(self.page, self.title, self.sheet.subtitle, self.size)

    def foot(self, hidden: int) -> furniture.Foot:
        """Return the notes, which say how many events lie beyond the edge."""
        said = notes.below(self.contents, self.sheet, hidden=hidden, sources=self.size.sources, said=self.notes)
        return furniture.Foot(self.page, said, self.size)

    def foot_of(self, window: Window) -> furniture.Foot:
        """Return the notes below a map of a window."""
        return self.foot(notes.beyond(self.contents, window.holds(self.contents.positions)))

    def frames(self, wish: Window, expected: Shown, *, has_inset: bool) -> tuple[Frames, furniture.Head]:
        """Return where everything goes on a page that holds a map of `wish` and a legend of what is expected."""
        head, foot = self.head(), self.foot_of(wish)
        width = sizes.legend_width(self.size, has_inset=has_inset)
        columns = sizes.legend_columns(self.size, has_inset=has_inset)
        legend = self.legend(expected).height(width, columns)
        if not self.size.is_stacked:
            room = legend if has_inset else None
            return sizes.beside(self.size, head=head.height, foot=foot.height, legend=room), head
        aspect = wish.height / wish.width
        found = sizes.stacked(
            self.size, head=head.height, foot=foot.height, legend=legend, aspect=aspect, has_inset=has_inset
        )
        return found, head

    def plan(self, wish: Window, expected: Shown) -> Plan:
        """Return a plan for one map without an inset, and give the page its height."""
        frames, head = self.frames(wish, expected, has_inset=False)
        self.page.resize(frames.height)
        return Plan(frames, view(frames.main, wish), None, head)

    def legend(self, shown: Shown) -> Legend:
        """Return the legend of what is shown."""
        return Legend(self.page, shown, self.scale, self.words)

    def finish(self, plan: Plan, drawn: Sequence[Drawn], shown: Shown) -> DrawnSheet:
        """Draw what stands around the maps, and return the sheet."""
        plan.head.draw(self.page, plan.frames.head)
        self.foot_of(plan.main.window).draw(self.page, plan.frames.foot)
        self.legend(shown).draw(plan.frames.legend, columns=plan.frames.legend_columns)
        views = (plan.main, plan.inset) if plan.inset else (plan.main,)
        return self.sheet_of(views, drawn, shown)

    def sheet_of(self, views: Sequence[View], drawn: Sequence[Drawn], shown: Shown) -> DrawnSheet:
        """Return the drawn sheet with its description."""
        said = notes.description(self.title, self.sheet, self.contents, shown)
        self.page.alt = said
        return DrawnSheet((self.page,), self.title, said, tuple(views), tuple(drawn), shown)

    def base(self, shown: View) -> labels.Obstacles:
        """Draw land, strip, areas and line, and return what labels must keep off."""
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

    def main(self, main: View, inset: View | None = None, *, stories: int = 1) -> Drawn:
        """Draw the main map with symbols, labels, scale bar and the map of Europe."""
        obstacles = self.base(main)
        skip = shown_whole(inset) if inset else None
        drawn = symbols.draw(self.page, main, self.contents, self.scale, inset=skip)
        add_symbols(obstacles, drawn)
        self.corners(main, obstacles, np.vstack([drawn.at, drawn.symbols_at]))
        if inset:
            self._inset_box(main, inset.window, obstacles)
        if not self.contents.marks:
            self.say_empty(main, obstacles)
        self.label(main, obstacles, drawn, skip=inset.window if inset else None, stories=stories)
        basemap.draw_frame(self.page, main)
        return drawn

    def say_empty(self, main: View, obstacles: labels.Obstacles) -> None:
        """Say that there is nothing to show."""
        words = self._("No event with a position matches")
        font = replace(_EMPTY, size_pt=min(_EMPTY.size_pt, _EMPTY.size_pt * main.frame.width / 280))
        x, y = main.frame.x + main.frame.width / 2, main.frame.y + main.frame.height / 2
        half = self.page.width(words, font) / 2 + 4
        self.page.text(x, y, words, font, align="center", gid="label-empty")
        obstacles.boxes.append((x - half, y - font.size_pt * 0.5, x + half, y + font.size_pt * 1.1))

    def _inset_box(self, main: View, window: Window, obstacles: labels.Obstacles) -> None:
        (x, y), (right, top) = main.on_page([(window.west, window.south), (window.east, window.north)])
        box = Frame(float(x), float(y), float(right - x), float(top - y))
        self.page.rectangle(box, facecolor="none", edgecolor=INK, linewidth=1.0, zorder=11, gid="inset-box")
        along = np.arange(0, 1, 0.02)
        sides = [(box.x + box.width * s, y) for s in along for y in (box.y, box.top)]
        sides += [(x, box.y + box.height * s) for s in along for x in (box.x, box.right)]
        obstacles.lines = np.vstack([obstacles.lines, np.repeat(sides, 3, axis=0)])

    def corners(self, main: View, obstacles: labels.Obstacles, taken: Any) -> None:
        """Put the map of Europe and the scale bar into corners of the map, the former where it covers least."""
        frame = main.frame
        least, most = _EUROPE_PT
        side = min(max(_EUROPE_SHARE * frame.width, least), most)
        if frame.width < 2.4 * side:
            side = 0.0
        spots = {"right": Frame(frame.right - side, frame.y, side, side), "left": Frame(frame.x, frame.y, side, side)}
        hidden = {corner: _within(spot, taken) for corner, spot in spots.items()}
        chosen = min(spots, key=lambda name: (hidden[name], name == "left"))
        other = "left" if chosen == "right" else "right"
        if side and hidden[chosen] == 0:
            europe.draw(self.page, spots[chosen], main.window, words=self.words)
            obstacles.boxes.append(spots[chosen].box)
        self.scale_bar(main, other, obstacles)

    def scale_bar(self, shown: View, corner: str, obstacles: labels.Obstacles) -> None:
        """Draw the scale bar into the lower left or right corner."""
        furniture.draw_scale_bar(self.page, shown, corner, self.words)
        obstacles.boxes.append(furniture.scale_bar_box(shown, corner))

    def inset(self, inset: View) -> Drawn:
        """Draw the inset."""
        obstacles = self.base(inset)
        drawn = symbols.draw(self.page, inset, self.contents, self.scale, only=shown_whole(inset))
        add_symbols(obstacles, drawn)
        lower = Frame(inset.frame.x, inset.frame.y, inset.frame.width, 30)
        left = _within(Frame(lower.x, lower.y, 110, 30), drawn.symbols_at)
        right = _within(Frame(lower.right - 110, lower.y, 110, 30), drawn.symbols_at)
        self.scale_bar(inset, "left" if left <= right else "right", obstacles)
        self.label(inset, obstacles, drawn, skip=None)
        furniture.outline(self.page, inset)
        return drawn

    def label(
        self, shown: View, obstacles: labels.Obstacles, drawn: Drawn, *, skip: Window | None, stories: int = 1
    ) -> None:
        """Label what happened, territories, places with events and towns."""
        prefix = f"label-{shown.frame.x:.0f}-{shown.frame.y:.0f}"
        first = names.stories(drawn, self.words, skip=skip, view=shown, most=stories)
        placed = list(labels.place(self.page, first, obstacles))
        self.territories(shown, obstacles, prefix)
        wanted = names.events(drawn, self.words, skip=skip, view=shown)
        wanted += names.towns(shown, self.basemap, drawn, self.words, skip=skip)
        placed += labels.place(self.page, wanted, obstacles)
        labels.draw(self.page, placed, prefix)

    def territories(self, shown: View, obstacles: labels.Obstacles, prefix: str) -> None:
        """Name the territories where they have room."""
        margin = min(max(_COUNTRY_MARGIN_M, self.sheet.within_m or 0.0), _MOST_MARGIN_M)
        translate = self.words.translate
        found = names.countries(self.page, shown, self.basemap, obstacles, margin_m=margin, translate=translate)
        for i, (text, x, y, font) in enumerate(found):
            self.page.text(x, y, text, font, align="center", zorder=6, gid=f"{prefix}-country-{i}")

    def expected(self) -> Shown:
        """Return all that there may be to explain: the legend's room is set aside before the maps are drawn."""
        everything = Drawn(self.contents.marks, np.empty((0, 2)), np.empty((0, 2)), (), True, np.empty((1, 2)))
        return replace(self.shown([everything], []), has_crossings=True, has_led=True)

    def shown(self, drawn: Sequence[Drawn], views: Sequence[View]) -> Shown:
        """Return what the maps show."""
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
            line_name=self.line_name(),
            within_km=self.sheet.within_m / 1000 if self.sheet.within_m else None,
            has_crossings=any(bool(v.window.holds(self.basemap.crossings).any()) for v in views),
            has_elsewhere=any(len(one.elsewhere) for one in drawn),
            has_led=any(bool(one.is_led.any()) for one in drawn),
        )


def shown_whole(inset: View) -> Window:
    """Return the part of an inset in which no symbol is cut by the edge: the main map shows what lies outside it."""
    return inset.window.padded(0, -_EDGE_PT / inset.points_per_metre)


def add_symbols(obstacles: labels.Obstacles, drawn: Drawn) -> None:
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
