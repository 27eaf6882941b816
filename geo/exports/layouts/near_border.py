"""Events in, the line drawn straight out: each at its kilometre along it and its distance from it.

Lengths along and across are at one scale, so that one scale bar holds for both. Between places at different distances
from a winding line a straight strip cannot keep true lengths, and the sheet says so.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import compress
from typing import Any, Final

import numpy as np
import shapely

from geo.border import Border
from geo.exports import basemap, labels, names, notes, symbols
from geo.exports.basemap import Basemap
from geo.exports.composer import Composer, Plan, add_symbols
from geo.exports.layouts.cells import NUMBER_PT, Classes, class_bounds, draw_cell
from geo.exports.legend import Shown
from geo.exports.marks import Contents
from geo.exports.page import INK, MUTED, Font
from geo.exports.sheet import DrawnSheet
from geo.exports.sizes import GAP, Frames
from geo.exports.symbols import Drawn
from geo.exports.view import Frame, Points, View, Window

_DEFAULT_M: Final = 15_000.0
_MOST_M: Final = 40_000.0
_MARGIN: Final = 1.06
"""So that a symbol at the greatest distance is seen whole."""
_ROWS: Final = (1, 2, 3, 4, 5)
_TICKS_PT: Final = 13.0
_AWAY_PT: Final = 30.0
"""Width of the distances at the right of a strip."""
_ENDS_M: Final = 2_500.0
"""What a strip shows beyond its own part of the line, so that symbols at its ends are whole."""
_ROW_GAP_PT: Final = 8.0
_TICK_KM: Final = 10
_MOST_PLACES: Final = 400
"""Of more, no symbol could be told from the next."""
_CELL_PT: Final = 24.0
_Cells = dict[tuple[int, int], int]
_TWO_COLUMNS_PT: Final = 270.0
_SIDES: Final = {"RS": 1.0, "XK": -1.0, "line": 1.0}
_TICK: Final = Font(size_pt=6.4, colour=MUTED)
_SIDE: Final = Font(size_pt=8.0, face="semibold", colour="country", halo="halo")
_FAR_M: Final = 1e7
"""Where what lies on no side of the line is put: outside every strip."""


@dataclass(frozen=True)
class _Straight(Contents):
    """Contents whose positions are metres along the line and metres from it, Serbia's side upwards."""

    straight: Points = None  # type: ignore[assignment]  # always given

    @property
    def positions(self) -> Points:
        """Where the marks are."""
        return self.straight


def draw(composer: Composer) -> DrawnSheet:
    """Draw the strips, one below the other."""
    border = Border.load()
    asked = min(composer.sheet.within_m or _DEFAULT_M, _MOST_M)
    half = asked * _MARGIN
    composer.sheet = replace(composer.sheet, within_m=None)
    composer.notes.append(_about(composer, asked))
    contents = _straightened(composer.contents, border)
    rest = notes.beyond(contents, np.abs(contents.positions[:, 1]) <= half)
    if _is_crowded(contents, half):
        said = composer.words.translate("More than {n} places: drawn as numbers of events by cell, not as symbols.")
        composer.notes.append(said.format(n=composer.words.number(_MOST_PLACES)))
    plan, foot = _plan(composer, replace(composer.expected(), has_shapes=False), rest)
    views = _views(plan.frames.main, border.length_m, half)
    ground = _ground(composer.basemap, border)
    cells, classes = _cells(contents, views) if _is_crowded(contents, half) else ({}, ())
    drawn = [_Strip(composer, ground, contents, shown, cells, classes).draw() for shown in views]
    shown = replace(composer.shown(drawn, []), has_crossings=True, has_shapes=False, is_hexagonal=False)
    shown = replace(shown, classes=classes)
    plan.head.draw(composer.page, plan.frames.head)
    foot.draw(composer.page, plan.frames.foot)
    room, columns = _legend_room(composer, plan, views[0])
    composer.legend(shown).draw(room, columns=columns)
    return composer.sheet_of(views, drawn, shown)


def _is_crowded(contents: Contents, half: float) -> bool:
    return int((np.abs(contents.positions[:, 1]) <= half).sum()) > _MOST_PLACES


def _cells(contents: Contents, views: list[View]) -> tuple[_Cells, Classes]:
    """Return how many events lie in each cell of the strips, by column and row, and the classes of these numbers."""
    size = _cell_m(views[0])
    shown = np.abs(contents.positions[:, 1]) <= views[0].window.north
    places = np.floor(contents.positions[shown] / (size, size / 2)).astype(int)
    counts: Counter[tuple[int, int]] = Counter()
    for (column, row), mark in zip(places.tolist(), compress(contents.marks, shown), strict=True):
        counts[column, row] += mark.count
    return dict(sorted(counts.items())), class_bounds(list(counts.values()))


def _cell_m(shown: View) -> float:
    """Return a round length of a cell along the line that gives its number room."""
    wanted = _CELL_PT / shown.points_per_metre
    return next(float(step) for step in (500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000) if step >= wanted)


def _about(composer: Composer, half: float) -> str:
    words = composer.words
    said = words.translate(
        "The line is drawn straight: events stand at their kilometre from the north-west tripoint and at their distance"
        " from the line, up to {distance}; lengths between them are not true."
    )
    return said.format(distance=words.formats.distance(half))


def _plan(composer: Composer, expected: Shown, rest: int) -> tuple[Plan, Any]:
    """Return where everything goes; the foot counts what is too far from the line."""
    foot = composer.foot(rest)
    frames, head = composer.frames(Window(0, 0, 1, 1), expected, has_inset=False)
    if not composer.size.is_stacked and composer.legend(expected).height(frames.legend.width, 1) > frames.legend.height:
        frames = _with_wide_legend(frames)
    composer.page.resize(frames.height)
    return Plan(frames, View(frames.main, Window(0, 0, 1, 1)), None, head), foot


def _with_wide_legend(frames: Frames) -> Frames:
    """Return the frames with room for a legend of two columns."""
    more = _TWO_COLUMNS_PT + 6 - frames.legend.width
    main, legend = frames.main, frames.legend
    return replace(
        frames,
        main=replace(main, width=main.width - more),
        legend=replace(legend, x=legend.x - more, width=legend.width + more),
        legend_columns=2,
    )


def _legend_room(composer: Composer, plan: Plan, strip: View) -> tuple[Frame, int]:
    """Return the room of the legend, which takes what the strips leave of the width."""
    legend = plan.frames.legend
    if composer.size.is_stacked:
        return legend, plan.frames.legend_columns
    x = strip.frame.right + _AWAY_PT + GAP
    width = legend.right - x
    return Frame(x, legend.y, width, legend.height), 2 if width >= _TWO_COLUMNS_PT else 1


def _straightened(contents: Contents, border: Border) -> _Straight:
    positions = _along([(mark.lon, mark.lat) for mark in contents.marks], border)
    fields = {name: getattr(contents, name) for name in ("marks", "areas", "not_placed", "sources", "data_date")}
    return _Straight(**fields, straight=positions)


def _along(degrees: list[tuple[float, float]], border: Border) -> Points:
    """Return metres along the line and metres from it, Serbia's side upwards; what lies on no side is far away."""
    if not degrees:
        return np.empty((0, 2))
    found = border.measure_many(*np.array(degrees).T)
    across = [
        distance * _SIDES[side] if side in _SIDES else _FAR_M
        for distance, side in zip(found.distance_m, found.side, strict=True)
    ]
    return np.column_stack([np.asarray(found.km) * 1000, across])


def _ground(shipped: Basemap, border: Border) -> Basemap:
    """Return crossings and towns by kilometre and distance."""
    towns = _along([town.lonlat for town in shipped.towns], border)
    crossings = _along([(float(x), float(y)) for x, y in shipped.crossings_lonlat], border)
    crossings[:, 1] = 0.0
    moved = tuple(replace(t, position=(float(x), float(y))) for t, (x, y) in zip(shipped.towns, towns, strict=True))
    line = shapely.LineString([(0, 0), (border.length_m, 0)])
    return replace(shipped, territories=(), line=line, towns=moved, crossings=crossings)


def _views(frame: Frame, length_m: float, half: float) -> list[View]:
    """Return the strips that show the line at the largest scale that the frame has room for."""
    scales = {rows: _scale(frame, rows, length_m, half) for rows in _ROWS}
    rows = max(_ROWS, key=lambda number: (scales[number], -number))
    scale, long = scales[rows], length_m / rows
    high = 2 * half * scale
    step = (frame.height - rows * (high + _TICKS_PT)) / max(rows - 1, 1) if rows > 1 else 0.0
    step = min(step, GAP * 2)
    views = []
    for row in range(rows):
        top = frame.top - row * (high + _TICKS_PT + step)
        strip = Frame(frame.x, top - high, (long + 2 * _ENDS_M) * scale, high)
        views.append(View(strip, Window(row * long - _ENDS_M, -half, (row + 1) * long + _ENDS_M, half)))
    return views


def _step_m(half: float) -> int:
    """Return a round distance of which two to four lie within the strip."""
    return next(step for step in (200, 500, 1_000, 2_000, 5_000, 10_000, 20_000) if half / step < 4)


def _scale(frame: Frame, rows: int, length_m: float, half: float) -> float:
    """Return points for a metre."""
    room = (frame.height - (rows - 1) * _ROW_GAP_PT) / rows - _TICKS_PT
    return min((frame.width - _AWAY_PT) / (length_m / rows + 2 * _ENDS_M), room / (2 * half))


class _Strip:
    """One strip at work."""

    def __init__(
        self, composer: Composer, ground: Basemap, contents: _Straight, shown: View, cells: _Cells, classes: Classes
    ) -> None:
        self.cells, self.classes = cells, classes
        self.composer, self.page, self.shown = composer, composer.page, shown
        self.ground, self.contents = ground, contents
        self.prefix = f"label-{shown.frame.y:.0f}"

    def draw(self) -> Drawn:
        """Draw the strip with its events and places."""
        composer, shown, frame = self.composer, self.shown, self.shown.frame
        self._sides()
        basemap.draw_line(self.page, shown, self.ground)
        obstacles = labels.Obstacles(frame)
        obstacles.lines = basemap.points_along(self.ground.line, shown)
        crossings = self.ground.crossings[shown.window.holds(self.ground.crossings)]
        obstacles.add_circles(shown.on_page(crossings), [basemap.CROSSING_PT / 2] * len(crossings))
        drawn = self._counts(obstacles) if self.cells else self._symbols(obstacles)
        if shown.window.west < 0 and not self.cells:
            corner = self._free_corner(drawn)
            composer.scale_bar(shown, corner, obstacles)
        self._side_names(obstacles)
        wanted = names.events(drawn, composer.words, skip=None, view=shown)
        wanted += names.towns(shown, self.ground, drawn, composer.words, skip=None)
        labels.draw(self.page, labels.place(self.page, wanted, obstacles), self.prefix)
        self.page.rectangle(frame, facecolor="none", edgecolor=basemap.FRAME, linewidth=0.8, zorder=30)
        self._ticks()
        return drawn

    def _symbols(self, obstacles: labels.Obstacles) -> Drawn:
        window = self.shown.window
        along = self.contents.positions[:, 0]
        is_own = (along >= window.west + _ENDS_M) & (along < window.east - _ENDS_M)
        own = np.where(is_own[:, None], self.contents.positions, _FAR_M)
        drawn = symbols.draw(self.page, self.shown, replace(self.contents, straight=own), self.composer.scale)
        add_symbols(obstacles, drawn)
        return drawn

    def _counts(self, obstacles: labels.Obstacles) -> Drawn:
        """Draw the cells whose middle lies in this strip."""
        shown, size, middles = self.shown, _cell_m(self.shown), []
        for (column, row), count in self.cells.items():
            middle = np.array([((column + 0.5) * size, (row + 0.5) * size / 2)])
            if shown.window.holds(middle)[0]:
                west, south = column * size, row * size / 2
                outline = shapely.box(west, south, west + size, south + size / 2)
                middles.append(shown.on_page(middle)[0])
                name = f"cell-{column}-{row}"
                draw_cell(self.composer, shown, outline, middles[-1], count, self.classes, name)
        obstacles.add_circles(np.array(middles).reshape(-1, 2), [NUMBER_PT] * len(middles))
        return Drawn((), np.empty((0, 2)), np.empty((0, 2)), (), False, np.empty((0, 2)))

    def _free_corner(self, drawn: Drawn) -> str:
        frame = self.shown.frame
        low = drawn.symbols_at[drawn.symbols_at[:, 1] < frame.y + 36]
        left = int((low[:, 0] < frame.x + 130).sum())
        return "left" if left <= int((low[:, 0] > frame.right - 130).sum()) else "right"

    def _sides(self) -> None:
        frame = self.shown.frame
        half, window = frame.height / 2, self.shown.window
        self.page.rectangle(frame, facecolor="land", edgecolor="none", zorder=0)
        lower = Frame(frame.x, frame.y, frame.width, half)
        self.page.rectangle(lower, facecolor="kosovo", edgecolor="none", zorder=1)
        step = _step_m(window.north)
        for away in range(step, int(window.north), step):
            words = self.composer.words.formats.distance(away)
            for side in (1, -1):
                y = frame.y + half + side * away * self.shown.points_per_metre
                self.page.line([(frame.x, y), (frame.right, y)], edgecolor="boundary@0.45", linewidth=0.5, zorder=2)
                self.page.text(frame.right + 3, y - 2.2, words, _TICK, gid=f"away-{side * away}-{frame.y:.0f}")

    def _side_names(self, obstacles: labels.Obstacles) -> None:
        frame = self.shown.frame
        for name, y in (("SERBIA", frame.top - 12), ("KOSOVO*", frame.y + 6.5)):
            words = self._side_word(name)
            font = _SIDE
            half_w = self.page.width(words, font) / 2 + 3
            xs = [frame.x + half_w + 5 + i * 20 for i in range(int((frame.width - 2 * half_w) // 20))]
            free = (x for x in xs if obstacles.is_free((x - half_w, y - 2.6, x + half_w, y + font.size_pt)))
            x = next(free, None)
            if x is not None:
                obstacles.boxes.append((x - half_w, y - 2.6, x + half_w, y + font.size_pt))
                self.page.text(x, y, words, font, align="center", zorder=6, gid=f"{self.prefix}-side-{name}")

    def _side_word(self, name: str) -> str:
        plain = {"SERBIA": "Serbia", "KOSOVO*": "Kosovo"}[name]
        star = "*" if name.endswith("*") else ""
        return "\u2009".join(self.composer.words.translate(plain).upper()) + star

    def _ticks(self) -> None:
        frame, window = self.shown.frame, self.shown.window
        for km in self._kilometres():
            x = frame.x + (km * 1000 - window.west) * self.shown.points_per_metre
            self.page.line([(x, frame.y), (x, frame.y - 3)], edgecolor=INK, linewidth=0.6, zorder=30)
            number = self.composer.words.number(km)
            words = self.composer.words.translate("%(number)s km") % {"number": number} if km % 50 == 0 else number
            half = self.page.width(words, _TICK) / 2
            at = min(max(x, frame.x + half), frame.right - half)
            self.page.text(at, frame.y - 10, words, _TICK, align="center", gid=f"tick-{km}-{frame.y:.0f}")

    def _kilometres(self) -> Iterator[int]:
        window = self.shown.window
        wide = 1000 * self.shown.points_per_metre * _TICK_KM
        step = _TICK_KM * max(1, math.ceil(26 / wide))
        first = max(math.ceil(window.west / 1000 / step) * step, 0)
        end = min(window.east, self.ground.line.length)
        yield from range(first, int(end / 1000) + 1, step)
