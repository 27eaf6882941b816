"""A filter and a view of the map in, the picture of that very view out: for link previews, embeds and `<noscript>`.

Pictures are drawn by `geo.exports`, at most a few at a time, and kept in the cache folder, at most `MOST_KEPT`.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

from app import languages
from app.resources import Resources
from app.security import Turns
from app.translation import language
from app.words import described
from geo import __version__, boundaries, query
from geo.errors import InvalidInput
from geo.model import BBox, Criteria

WIDTH, HEIGHT = 1200, 675
"""What link previews ask for, in pixels."""
DPI: Final = 100
"""The picture is as wide as a slide."""
MOST_EVENTS: Final = 2_000
"""More symbols than that are a blot at this size; the newest are drawn, and the picture says how many match."""
MOST_KEPT: Final = 300
_VIEW: Final = re.compile(r"(\d{1,2}(?:\.\d{1,4})?)/(-?\d{1,2}(?:\.\d{1,8})?)/(-?\d{1,3}(?:\.\d{1,8})?)", re.ASCII)
_TILE_PX: Final = 256


def view_box(written: str) -> BBox | None:
    """Return what a window of the picture's size shows of the map; null for a view that cannot be read.

    Parameters
    ----------
    written : str
        `zoom/latitude/longitude`, as the address of the map page has it.
    """
    match = _VIEW.fullmatch(written)
    if match is None:
        return None
    zoom, lat, lon = (float(part) for part in match.groups())
    degrees_per_px = 360 / (_TILE_PX * 2**zoom)
    half_lon, half_lat = WIDTH / 2 * degrees_per_px, HEIGHT / 2 * degrees_per_px * math.cos(math.radians(lat))
    with suppress(InvalidInput):
        return BBox(lon - half_lon, lat - half_lat, lon + half_lon, lat + half_lat)
    return None


def preview_png(here: Resources, criteria: Criteria, *, box: BBox | None = None) -> bytes:
    """Return the picture of the matching events, in the language of the request.

    Raises
    ------
    TooBusy
        Too many pictures are being drawn.
    """
    page = query.find(here.store, criteria, limit=1)
    key = f"{__version__} {page.revision} {criteria} {box} {language()} {here.settings.wording}"
    kept = here.settings.cache / "previews" / f"{hashlib.sha256(key.encode()).hexdigest()}.png"
    with suppress(OSError):
        return kept.read_bytes()
    with _turns(here.settings.max_renders, here.settings.render_wait_s).turn():
        picture = _drawn(here, criteria, box)
    with suppress(OSError):  # without a cache folder each is drawn anew
        _keep(kept, picture)
    return picture


@cache
def _turns(places: int, wait_s: float) -> Turns:
    return Turns(places, wait_s=wait_s)


def _drawn(here: Resources, criteria: Criteria, box: BBox | None) -> bytes:
    from geo.exports import Sheet, export_map

    page = query.find(here.store, criteria, limit=MOST_EVENTS)
    features = [json.loads(feature) for feature in page.features]
    words = described(criteria, page)

    def drawn(extent: BBox | str) -> bytes:
        sheet = Sheet(
            subtitle=words,
            size="slide",
            words=languages.words(language()),
            extent=extent,
            within_m=criteria.within_m,
            wording=here.settings.wording,
            not_placed=page.not_placed,
            areas=tuple(here.gazetteer.areas()),
            municipalities=boundaries.municipalities(here.municipalities_path),
        )
        return export_map(features, format="png", cache_folder=here.settings.cache / "fonts", sheet=sheet, dpi=DPI)

    try:
        return drawn(box or "data")
    except InvalidInput:  # the reader has moved the map to where no land is drawn
        return drawn("data")


def _keep(path: Path, picture: bytes) -> None:
    """Write a picture whole, and let go of the oldest where there are too many."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".new", delete=False) as file:
        file.write(picture)
    os.replace(file.name, path)  # noqa: PTH105  # the name is text here
    kept = sorted(path.parent.glob("*.png"), key=lambda each: each.stat().st_mtime, reverse=True)
    for old in kept[MOST_KEPT:]:
        old.unlink(missing_ok=True)
