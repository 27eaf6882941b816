"""Events that never change in, the reviewed pictures of `tests/data/prints` out: each layout, theme and language once.

    python tests/pictures.py [NAME ...]

draws the pictures anew. Whoever does so looks at each before it is committed.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from app import languages  # noqa: E402  # found from the root of the project
from app.config import Settings  # noqa: E402
from geo.exports import Sheet, draw_map  # noqa: E402
from geo.exports.writing import SETTINGS  # noqa: E402
from geo.gazetteer import Gazetteer  # noqa: E402

FOLDER = ROOT / "tests" / "data" / "prints"
CACHE = Settings.from_environ({}).cache
WIDTH = 320
"""Of a kept picture, in pixels: enough to see that something moved, too little for a change of antialiasing."""
PLACES = (
    ("Banjska", "Banjskë", "Banjska", 20.7813, 42.9728),
    ("Jarinje crossing", "Pika kufitare Jarinjë", "Prelaz Jarinje", 20.6914, 43.2255),
    ("Brnjak crossing", "Pika kufitare Bërnjak", "Prelaz Brnjak", 20.4839, 42.9951),
    ("Zvečan", "Zveçan", "Zvečan", 20.8404, 42.9075),
    ("North Mitrovica", "Mitrovica e Veriut", "Severna Mitrovica", 20.8656, 42.8942),
    ("Leposavić", "Leposaviq", "Leposavić", 20.8022, 43.1003),
    ("Merdare crossing", "Pika kufitare Merdarë", "Prelaz Merdare", 21.2500, 42.9700),
    ("Podujevo", "Podujeva", "Podujevo", 21.1931, 42.9106),
    ("Dobrosin", "Dobrosin", "Dobrosin", 21.6300, 42.4200),
    ("Pristina", "Prishtina", "Priština", 21.1655, 42.6629),
)
TYPES = ("shooting", "grenade_attack", "arrest", "protest", "road_block", "arson", "threat", "base", "rotation")


def events() -> list[dict[str, Any]]:
    """Return thirty made-up events at ten places, and two known only by area."""
    placed = [_event(i, PLACES[i * i % len(PLACES)], TYPES[i % len(TYPES)]) for i in range(30)]
    area = {"place_name": "Northern Kosovo", "place_name_sq": "Veriu i Kosovës", "place_name_sr": "Sever Kosova"}
    vague = {"type": "Feature", "id": "vague", "geometry": None, "sources": [{"name": "Example Gazette"}]}
    record = {**placed[0]["properties"], **area, "id": "vague", "area_id": "north_kosovo", "border_km": None}
    return [*placed, {**vague, "properties": {**record, "border_distance_m": None, "uncertainty_m": None}}]


def _event(i: int, place: tuple[str, str, str, float, float], event_type: str) -> dict[str, Any]:
    english, albanian, serbian, lon, lat = place
    record = {
        "id": f"e{i}",
        "kind": "incident",
        "event_type": event_type,
        "title": f"An event at {english}",
        "date_start": f"2023-{i % 12 + 1:02}-{i % 27 + 1:02}",
        "date_prec": 1 if i % 5 else 4,
        "place_name": english,
        "place_name_sq": albanian,
        "place_name_sr": serbian,
        "uncertainty_m": 500.0 + 300 * (i % 7),
        "fatalities": 4 if i == 0 else None,
        "border_distance_m": 1_000.0 * (i % 14),
        "border_km": 12.0 * i,
    }
    geometry = {"type": "Point", "coordinates": [lon, lat]}
    sources = [{"name": "Example Gazette"}, {"name": f"Paper {i % 4}"}]
    return {"type": "Feature", "id": record["id"], "geometry": geometry, "properties": record, "sources": sources}


CASES: Mapping[str, Mapping[str, Any]] = {
    "overview": {"within_m": 15_000},
    "locator": {"layout": "locator", "size": "column"},
    "near-border": {"layout": "near-border"},
    "density": {"layout": "density", "size": "square"},
    "report": {"layout": "report"},
    "dark": {"theme": "dark", "size": "web"},
    "mono": {"theme": "mono", "size": "a4-portrait", "within_m": 10_000},
    "sq": {"lang": "sq", "size": "double"},
    "sr-Latn": {"lang": "sr-Latn", "size": "slide"},
    "sr-Cyrl": {"lang": "sr-Cyrl", "layout": "locator"},
}
"""Each layout once, each theme once (`overview` is light), each language once (`overview` is English)."""


def sheet(lang: str = "en", **wishes: Any) -> Sheet:
    areas = tuple(Gazetteer.open(CACHE / "gazetteer.sqlite").areas())
    return Sheet(**{"subtitle": "31 events", "words": languages.words(lang), "areas": areas, **wishes})


def picture(name: str, **more: Any) -> Image.Image:
    """Return the picture of a case, as small as it is kept."""
    wishes = {**CASES[name], **more}
    features = events()[:1] if wishes.get("layout") == "locator" else events()
    drawn = draw_map(features, cache_folder=CACHE / "fonts", sheet=sheet(**wishes))
    pages = [_small(page) for page in drawn.pages]
    whole = Image.new("RGB", (sum(one.width for one in pages), max(one.height for one in pages)), "#ffffff")
    x = 0
    for page in pages:
        whole.paste(page, (x, 0))
        x += page.width
    return whole


def _small(page: Any) -> Image.Image:
    buffer = BytesIO()
    with mpl.rc_context(SETTINGS):
        page.figure.savefig(buffer, format="png", dpi=72)
    full = Image.open(buffer).convert("RGB")
    return full.resize((WIDTH, round(full.height * WIDTH / full.width)), Image.Resampling.BOX)


def difference(one: Image.Image, other: Image.Image) -> tuple[float, float]:
    """Return the mean difference of two pictures (0 to 255), and the share of pixels that differ plainly.

    Pictures are compared after a blur of one pixel: a line that is drawn a third of a pixel aside is the same line.
    """
    if one.size != other.size:
        return 255.0, 1.0
    apart = np.abs(_blurred(one) - _blurred(other)).max(axis=2)
    return float(apart.mean()), float((apart > 40).mean())


def _blurred(image: Image.Image) -> Any:
    pixels = np.asarray(image.convert("RGB"), dtype=float)
    padded = np.pad(pixels, ((1, 1), (1, 1), (0, 0)), mode="edge")
    rows, columns = pixels.shape[:2]
    return sum(padded[i : i + rows, j : j + columns] for i in range(3) for j in range(3)) / 9


def main(names: list[str]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in names or CASES:
        picture(name).quantize(96, kmeans=2, dither=Image.Dither.NONE).save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main(sys.argv[1:])
