"""Marks, towns and territories in, the labels that a map wants out, with both names of a place."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.exports.basemap import Basemap, Town
from geo.exports.labels import ASCENT, DESCENT, Box, Label, Obstacles
from geo.exports.marks import Mark
from geo.exports.page import Font, Page
from geo.exports.symbols import Drawn
from geo.exports.view import View, Window
from geo.exports.words import Words

_HALO: Final = "halo"
EVENT_NAME: Final = Font(size_pt=7.6, face="semibold", halo=_HALO)
TOWN_NAME: Final = Font(size_pt=7.2, colour="town", halo=_HALO)
CITY_NAME: Final = Font(size_pt=8.4, face="semibold", halo=_HALO)
STORY: Final = Font(size_pt=6.8, face="italic", halo=_HALO)
STORY_DATE: Final = Font(size_pt=6.8, face="bold", halo=_HALO)
COUNTRY_COLOUR: Final = "country"
_COUNTRY_PT: Final = (13.0, 11.0, 9.5, 8.0, 7.0)
_SPACE: Final = "\u2009"
_TOWN_DOT_PT: Final = 4.0
_CITY: Final = 40_000
_STORY_WIDTH: Final = 27
_STORY_LINES: Final = 4
_MOST_NAMES: Final = 150
"""A page has no room for the names of more places than this."""


def both(names: tuple[str, str, str], words: Words) -> str:
    """Return a place's two names in the order of the web map: the Albanian first, in Serbian the Serbian.

    An English name that is neither of them, such as "Merdare crossing", stands first in English, and then the one that
    is least like it.
    """
    first, second = words.names(names)
    if words.is_english and _folded(first) in map(_folded, names[1:]):
        first, second = names[1:]
    elif words.is_english:
        second = min(names[1:], key=lambda name: _likeness(first, name))
    if not second or _folded(second) == _folded(first):
        return first
    return f"{first} / {second}"


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, _folded(one), _folded(other)).ratio()


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold().replace("đ", "dj"))
    return "".join(c for c in plain if not unicodedata.combining(c))


def events(drawn: Drawn, words: Words, *, skip: Window | None, view: View) -> list[Label]:
    """Return the labels of places with events; `skip` is the window that an inset shows larger."""
    ranked = sorted(zip(drawn.marks, drawn.symbols_at, drawn.radii, strict=True), key=lambda one: -_weight(one[0]))
    labels: list[Label] = []
    for mark, (x, y), radius in ranked[:_MOST_NAMES]:
        name = both(mark.names, words)
        if name and not (skip and _within(x, y, skip, view)):
            labels.append(
                Label(
                    lines=(name,),
                    font=EVENT_NAME,
                    at=(float(x), float(y)),
                    clearance=radius,
                    priority=_weight(mark),
                    may_lead=mark.count > 2 or mark.killed > 0,
                    most_cost=18.0,
                )
            )
    return labels


def _weight(mark: Mark) -> float:
    return 20.0 + mark.count + 4 * mark.killed


def stories(drawn: Drawn, words: Words, *, skip: Window | None, view: View, most: int) -> list[Label]:
    """Return what happened at the deadliest places, in the words of the events' own titles."""
    if not words.is_english:
        return []  # titles are data, and written in English
    deadly = [i for i, mark in enumerate(drawn.marks) if mark.killed > 1 and ": " in mark.headline]
    deadly = [i for i in deadly if not (skip and _within(float(drawn.at[i][0]), float(drawn.at[i][1]), skip, view))]
    deadly.sort(key=lambda i: (-drawn.marks[i].killed, drawn.marks[i].headline))
    return [_story(drawn.marks[i], words, drawn.symbols_at[i], drawn.radii[i]) for i in deadly[:most]]


def _story(mark: Mark, words: Words, at: Sequence[float], radius: float) -> Label:
    day, _, title = mark.headline.partition(": ")
    lines = _wrapped(title)
    return Label(
        lines=(words.day(day), *lines),
        font=STORY,
        first_font=STORY_DATE,
        at=(float(at[0]), float(at[1])),
        clearance=radius,
        priority=500 + mark.killed,
        may_lead=True,
        most_cost=30.0,
    )


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, _STORY_WIDTH, max_lines=_STORY_LINES, placeholder=" …")


def _within(x: float, y: float, window: Window, view: View) -> bool:
    (left, lower), (right, upper) = view.on_page([(window.west, window.south), (window.east, window.north)])
    return bool(left <= x <= right and lower <= y <= upper)


def towns(view: View, basemap: Basemap, drawn: Drawn, words: Words, *, skip: Window | None) -> list[Label]:
    """Return the labels of towns that no event's label names already, the largest first."""
    named: dict[str, list[int]] = {}
    for i, mark in enumerate(drawn.marks):
        named.setdefault(_folded(mark.names[0]), []).append(i)
    labels = []
    for town in basemap.towns:
        ((x, y),) = view.on_page([town.position])
        if not view.window.holds(np.array([town.position]))[0] or (skip and _is_small_within(town, x, y, skip, view)):
            continue
        away = np.hypot(*(drawn.at - (x, y)).T)
        if (away < 4).any() or (away[named.get(_folded(town.names[0]), [])] < 40).any():
            continue
        labels.append(_town(town, words, float(x), float(y)))
    return labels


def _is_small_within(town: Town, x: float, y: float, window: Window, view: View) -> bool:
    return town.population < _CITY and _within(x, y, window, view)


def _town(town: Town, words: Words, x: float, y: float) -> Label:
    is_city = town.country == "XK" and town.population > 100_000
    return Label(
        lines=(both(town.names, words),),
        font=CITY_NAME if is_city else TOWN_NAME,
        at=(x, y),
        clearance=_TOWN_DOT_PT / 2,
        priority=30.0 if is_city else min(town.population / 10_000, 19.0),
        dot_pt=_TOWN_DOT_PT + is_city,
        most_cost=6.0,
    )


def countries(
    page: Page, view: View, basemap: Basemap, obstacles: Obstacles, *, margin_m: float, translate: Callable[[str], str]
) -> list[tuple[str, float, float, Font]]:
    """Return names of territories in spaced letters, each with the middle of its baseline and its font.

    Each stands where there is most room within its own territory, away from the line and from symbols; one that has
    no room is left out.
    """
    away = _beside(basemap.line, view.window, view.points_per_metre, margin_m)
    found = []
    for territory in reversed(basemap.territories):
        room = shapely.intersection(territory.shape, view.window.shape)
        if room.is_empty or not territory.name:
            continue
        room = shapely.difference(shapely.simplify(room, 1 / view.points_per_metre), away)
        text = _SPACE.join(translate(territory.name).upper()) + ("*" if territory.code == "XK" else "")
        spot = _roomiest(page, view, room, text, obstacles, largest=_largest(territory.code))
        if spot:
            x, y, font, box = spot
            obstacles.boxes.append(box)
            found.append((text, x, y, font))
    return found


@lru_cache(maxsize=16)
def _beside(line: BaseGeometry, window: Window, points_per_metre: float, margin_m: float) -> BaseGeometry:
    """Return what lies so near to the line that no name of a territory may stand there."""
    thin = shapely.simplify(line, 0.5 / points_per_metre)
    return shapely.buffer(shapely.intersection(thin, window.padded(0.1).shape), margin_m, quad_segs=6)


def _largest(code: str) -> float:
    return {"XK": 13.0, "RS": 13.0}.get(code, 9.5)


def _roomiest(
    page: Page, view: View, room: BaseGeometry, text: str, obstacles: Obstacles, *, largest: float
) -> tuple[float, float, Font, Box] | None:
    polygon = _on_page(view, room)
    for size in (s for s in _COUNTRY_PT if s <= largest):
        font = Font(size_pt=size, face="semibold", colour=COUNTRY_COLOUR)
        half_w, half_h = page.width(text, font) / 2 + 5, size * (ASCENT + DESCENT) / 2 + 3
        middle = roomiest(polygon, half_w, half_h, obstacles)
        if middle:
            x, y = middle
            return x, y - size * 0.36, font, (x - half_w, y - half_h, x + half_w, y + half_h)
    return None


def _on_page(view: View, shape: BaseGeometry) -> BaseGeometry:
    return shapely.transform(shape, view.on_page)


def roomiest(
    room: BaseGeometry, half_w: float, half_h: float, obstacles: Obstacles, *, step: float = 6.0
) -> tuple[float, float] | None:
    """Return the middle of the box of this size that has most room around it within a shape, in points of the page."""
    if room.is_empty:
        return None
    left, lower, right, upper = room.bounds
    x, y = (a.ravel() for a in np.meshgrid(np.arange(left + 1, right, step), np.arange(lower + 1, upper, step)))
    boxes = shapely.box(x - half_w, y - half_h, x + half_w, y + half_h)
    shapely.prepare(room)
    fits = shapely.contains_properly(room, boxes)
    spots = [(x_, y_, box) for x_, y_, box in zip(x[fits], y[fits], boxes[fits], strict=True)]
    free = [(x_, y_, box) for x_, y_, box in spots if obstacles.is_free(box.bounds)]
    if not free:
        return None
    edge = room.boundary
    space = [min(shapely.distance(edge, box), _symbol_distance(box, obstacles)) for _, _, box in free]
    best = max(range(len(free)), key=lambda i: (round(space[i], 3), -i))
    return float(free[best][0]), float(free[best][1])


def _symbol_distance(box: BaseGeometry, obstacles: Obstacles) -> float:
    left, lower, right, upper = box.bounds
    x, y, r = obstacles.circles.T
    dx = np.maximum(np.maximum(left - x, x - right), 0)
    dy = np.maximum(np.maximum(lower - y, y - upper), 0)
    return float((np.hypot(dx, dy) - r).min(initial=1e6))
