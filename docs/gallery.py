"""The shipped events in, the pictures of `docs/maps.md` out: `make gallery`.

    python docs/gallery.py [FOLDER]

Each layout, theme and kind of language is there at least once. Pictures are reduced to a palette, which keeps the
repository small.
"""

from __future__ import annotations

import json
import sys
from contextlib import closing
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import matplotlib as mpl
from PIL import Image

from app import languages
from app.config import Settings
from app.resources import Resources
from geo import query
from geo.boundaries import shipped
from geo.exports import Sheet, draw_map, export_map
from geo.exports.writing import SETTINGS
from geo.model import Criteria

FOLDER: Final = Path(__file__).resolve().parent / "images"
SETTINGS_HERE: Final = Settings.from_environ({})
COLOURS: Final = 256
LOCATED: Final = "Armed attack on Kosovo Police at Banjska"
_YEAR: Final = Criteria(start=date(2023, 1, 1), end=date(2023, 12, 31))
_NEAR: Final = Criteria(within_m=15_000.0)
_GREY: Final = "#9a9a9a"

Features = list[dict[str, Any]]


def main(folder: Path) -> None:
    """Draw every picture into a folder."""
    with TemporaryDirectory() as place:
        here = Resources(replace(SETTINGS_HERE, store=Path(place) / "events.gpkg"))
        with closing(here):
            gallery = Gallery(here)
            _save(folder, "overview", gallery.png(replace(_YEAR, within_m=15_000.0), dpi=130))
            _save(folder, "near-border", gallery.png(_NEAR, dpi=130, layout="near-border"))
            _save(folder, "density", gallery.png(Criteria(), dpi=110, layout="density", theme="dark", size="web"))
            _save(folder, "mono", gallery.png(_YEAR, dpi=115, theme="mono", lang="sr-Cyrl", size="slide"))
            _save(folder, "locator", gallery.locator("sq", "Sulmi i armatosur në Banjskë"))
            _save(folder, "report", gallery.pages(_YEAR))


class Gallery:
    """Draws filters of the shipped events, as they are in the file: without the day on which a store read them."""

    def __init__(self, here: Resources) -> None:
        self.here = here
        self.features: Features = json.loads(shipped("incidents.geojson").read_text("utf-8"))["features"]

    def _found(self, criteria: Criteria, *, lang: str = "en", **wishes: Any) -> tuple[Features, Sheet]:
        """Return the matching events and a sheet that says which they are."""
        words, store = languages.words(lang), self.here.store
        matching = {json.loads(feature)["id"] for feature in store.iterate(criteria)}
        found = [feature for feature in self.features if feature["id"] in matching]
        count = store.count(criteria)
        said = query.describe(
            criteria,
            count,
            parts=query.sureness(store, criteria, count),
            translate=words.translate,
            formats=words.formats,
            wording=SETTINGS_HERE.wording,
        )
        areas = tuple(self.here.gazetteer.areas())
        within_m = criteria.within_m
        subtitle = said[:1].upper() + said[1:]
        return found, Sheet(subtitle=subtitle, words=words, areas=areas, within_m=within_m, **wishes)

    def png(self, criteria: Criteria, *, dpi: int, **wishes: Any) -> Image.Image:
        """Return the picture of a sheet."""
        return _picture(*self._found(criteria, **wishes), dpi)

    def locator(self, lang: str, title: str) -> Image.Image:
        """Return the picture of one event's place."""
        _, sheet = self._found(Criteria(), lang=lang, layout="locator", title=title)
        return _picture([one for one in self.features if one["properties"]["title"] == LOCATED], sheet, 150)

    def pages(self, criteria: Criteria) -> Image.Image:
        """Return the first pages of a report and its last, side by side."""
        found, sheet = self._found(criteria, layout="report", title="Incidents and deployments of 2023")
        drawn = draw_map(found, cache_folder=SETTINGS_HERE.cache / "fonts", sheet=sheet).pages
        pictures = []
        for page in (*drawn[:3], drawn[-1]):
            buffer = BytesIO()
            with mpl.rc_context(SETTINGS):
                page.figure.savefig(buffer, format="png", dpi=72)
            pictures.append(Image.open(buffer).convert("RGB"))
        return _side_by_side(pictures)


def _picture(features: Features, sheet: Sheet, dpi: int) -> Image.Image:
    file = export_map(features, format="png", cache_folder=SETTINGS_HERE.cache / "fonts", dpi=dpi, sheet=sheet)
    return Image.open(BytesIO(file)).convert("RGB")


def _side_by_side(pictures: list[Image.Image]) -> Image.Image:
    gap, height = 8, pictures[0].height
    whole = Image.new("RGB", (sum(one.width + gap for one in pictures) + gap, height + 2 * gap), _GREY)
    x = gap
    for picture in pictures:
        whole.paste(picture, (x, gap))
        x += picture.width + gap
    return whole


def _save(folder: Path, name: str, picture: Image.Image) -> None:
    path = folder / f"map-{name}.png"
    picture.quantize(COLOURS, kmeans=4, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path.name}: {picture.width} x {picture.height}, {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
