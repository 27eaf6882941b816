"""The shipped events of 2023 in, how long a print of them takes out: ours beside three ways to a static map.

    python -m bench.export [--rounds N] [--many NUMBER]

Ours: the overview as PNG (A4 at 300 dpi), SVG and PDF, in a fresh process (cold, with imports), then each again in the
same process (warm, the median of the rounds). Beside it, each in a process of its own likewise:

- a Folium page of the same events and outlines, pictured by headless Chromium at the same number of pixels
  (cold with the start of the browser, warm without);
- py-staticmaps, if it is installed (`pip install py-staticmaps`): markers without tiles or labels, as PNG and SVG;
- a plain GeoPandas plot of the outlines and the points, as PNG, SVG and PDF.

The peers draw no labels, insets, legend or notes: a ratio of 1 would be a good one. Times of the processor stand beside
those of the clock, for a machine may be busy. Needs the `test` extra, and `chromium` for Folium.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LEAFLET = ROOT / "app" / "static" / "vendor" / "leaflet"
PIXELS = (3508, 2480)
DPI = 300
Draw = Callable[[str], object]
Features = list[dict[str, Any]]


def ours(features: Features) -> Draw:
    from app.config import Settings
    from geo.exports import Sheet, export_map

    fonts = Settings.from_environ({}).cache / "fonts"
    sheet = Sheet(within_m=15_000, subtitle="Events of 2023")
    return lambda form: export_map(features, format=form, cache_folder=fonts, sheet=sheet, dpi=DPI)  # type: ignore[arg-type]


def geopandas_plot(features: Features) -> Draw:
    from io import BytesIO

    import geopandas
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot

    from geo.boundaries import shipped

    points = geopandas.GeoDataFrame.from_features([f for f in features if f["geometry"]], crs="OGC:CRS84")
    land = [geopandas.read_file(shipped(f"{name}.geojson")) for name in ("kosovo", "serbia", "neighbours")]

    def draw(form: str) -> bytes:
        figure, axes = pyplot.subplots(figsize=(11.69, 8.27))
        for layer in land:
            layer.to_crs(25834).plot(ax=axes, facecolor="#eeeeee", edgecolor="#999999")
        points.to_crs(25834).plot(ax=axes, column="event_type", legend=True, markersize=20)
        buffer = BytesIO()
        figure.savefig(buffer, format=form, dpi=DPI)
        pyplot.close(figure)
        return buffer.getvalue()

    return draw


def staticmaps_picture(features: Features) -> Draw:
    import staticmaps
    from PIL import ImageDraw

    if not hasattr(ImageDraw.ImageDraw, "textsize"):  # py-staticmaps 0.4 expects a Pillow before 10
        ImageDraw.ImageDraw.textsize = lambda self, text, **_: self.textbbox((0, 0), text)[2:]

    def draw(form: str) -> object:
        context = staticmaps.Context()
        context.set_tile_provider(staticmaps.tile_provider_None)
        for feature in features:
            if feature["geometry"]:
                lon, lat = feature["geometry"]["coordinates"]
                context.add_object(staticmaps.Marker(staticmaps.create_latlng(lat, lon), size=12))
        if form == "svg":
            return context.render_svg(*PIXELS).tostring()
        return context.render_pillow(*PIXELS)

    return draw


def folium_picture(features: Features) -> Draw:
    import folium
    from playwright.sync_api import sync_playwright

    from geo.boundaries import shipped

    place = TemporaryDirectory()
    path = Path(place.name) / "map.html"
    driver = sync_playwright().start()
    browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
    kept = (place, driver, browser)

    def draw(_form: str) -> bytes:
        made = folium.Map(location=(42.8, 20.9), zoom_start=9, tiles=None)
        for name in ("kosovo", "serbia"):
            folium.GeoJson(json.loads(shipped(f"{name}.geojson").read_text("utf-8"))).add_to(made)
        for feature in features:
            if feature["geometry"]:
                lon, lat = feature["geometry"]["coordinates"]
                folium.CircleMarker((lat, lon), radius=6).add_to(made)
        path.write_text(_local(made.get_root().render()), encoding="utf-8")
        page = kept[2].new_page(viewport={"width": PIXELS[0] // 3, "height": PIXELS[1] // 3}, device_scale_factor=3)
        page.goto(path.as_uri())
        page.wait_for_selector("path.leaflet-interactive")
        picture: bytes = page.screenshot()
        page.close()
        return picture

    return draw


def _local(html: str) -> str:
    """Return a Folium page whose Leaflet comes from this disk and which asks the network for nothing."""
    import re

    html = re.sub(r'<script src="https[^"]*"></script>|<link rel="stylesheet" href="https[^"]*"/>', "", html)
    found = {end: next(LEAFLET.rglob(f"leaflet*.{end}")).as_uri() for end in ("js", "css")}
    head = f'<script src="{found["js"]}"></script><link rel="stylesheet" href="{found["css"]}"/>'
    return html.replace("<head>", f"<head>{head}", 1)


MAKERS: dict[str, tuple[Callable[[Features], Draw], tuple[str, ...]]] = {
    "ibar": (ours, ("png", "svg", "pdf")),
    "folium": (folium_picture, ("png",)),
    "py-staticmaps": (staticmaps_picture, ("png", "svg")),
    "geopandas": (geopandas_plot, ("png", "svg", "pdf")),
}


def measure(name: str, rounds: int) -> None:
    """Draw in this process, and print the times of each format, cold and warm."""
    started = time.perf_counter()
    features = json.loads(sys.stdin.read())
    maker, forms = MAKERS[name]
    draw = maker(features)
    found: dict[str, Any] = {}
    with _timed(found, "cold"):
        for form in forms:
            draw(form)
    found["cold"]["clock"] = time.perf_counter() - started
    found["cold"]["cpu"] = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    for form in forms:
        times: list[dict[str, float]] = []
        for _ in range(rounds):
            one: dict[str, Any] = {}
            with _timed(one, form):
                draw(form)
            times.append(one[form])
        found[form] = {kind: statistics.median(t[kind] for t in times) for kind in ("clock", "cpu")}
    found["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(found), flush=True)


@contextmanager
def _timed(found: dict[str, Any], name: str) -> Iterator[None]:
    clock, cpu = time.perf_counter(), time.process_time()
    yield
    found[name] = {"clock": time.perf_counter() - clock, "cpu": time.process_time() - cpu}


def events() -> Features:
    from geo.boundaries import shipped

    features: Features = json.loads(shipped("incidents.geojson").read_text("utf-8"))["features"]
    return [f for f in features if str(f["properties"]["date_start"]).startswith("2023")]


def synthetic(number: int) -> Features:
    import random

    chosen, types = random.Random(1), ("shooting", "raid", "protest", "road_block", "base", "rotation")
    made = []
    for i in range(number):
        place = {"type": "Point", "coordinates": [chosen.gauss(20.9, 0.25), chosen.gauss(42.8, 0.25)]}
        record = {"id": str(i), "event_type": chosen.choice(types), "title": f"Event {i}", "uncertainty_m": 500}
        made.append({"type": "Feature", "id": str(i), "geometry": place, "properties": record})
    return made


def run(name: str, features: Features, rounds: int) -> dict[str, Any]:
    """Measure in a process of its own."""
    command = [sys.executable, "-m", "bench.export", "--measure", name, "--rounds", str(rounds)]
    done = subprocess.run(command, input=json.dumps(features), capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode:
        return {"failed": (done.stderr.strip().splitlines() or ["no output"])[-1]}
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


def is_there(name: str) -> bool:
    if name == "folium":
        return shutil.which("chromium") is not None and find_spec("playwright") is not None
    return name != "py-staticmaps" or find_spec("staticmaps") is not None


def report(features: Features, rounds: int) -> None:
    print(f"{len(features)} events; seconds by the clock (and of the processor); ratio is the peer's time over ours")
    print(f"{'':16}{'cold, all':>16}" + "".join(f"{form:>16}" for form in ("png", "svg", "pdf")))
    base: dict[str, Any] = {}
    for name in MAKERS:
        if not is_there(name):
            print(f"{name:16}not installed")
            continue
        found = run(name, features, rounds)
        base = base or found
        print(f"{name:16}" + _line(found))
        if found is not base and "failed" not in found:
            print(f"{'  ratio':16}" + "".join(_ratio(found, base, key) for key in ("cold", "png", "svg", "pdf")))


def _line(found: dict[str, Any]) -> str:
    if "failed" in found:
        return f"failed: {found['failed'][:90]}"
    cells = [found.get(key) for key in ("cold", "png", "svg", "pdf")]
    return "".join(f"{c['clock']:8.2f} ({c['cpu']:5.2f})" if c else f"{'–':>16}" for c in cells)


def _ratio(found: dict[str, Any], base: dict[str, Any], key: str) -> str:
    return f"{found[key]['clock'] / base[key]['clock']:15.2f}x" if key in found and key in base else f"{'–':>16}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--measure", choices=MAKERS)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--many", type=int, default=100_000)
    chosen = parser.parse_args()
    if chosen.measure:
        measure(chosen.measure, chosen.rounds)
        return
    report(events(), chosen.rounds)
    print()
    found = run("ibar", synthetic(chosen.many), 1)
    print(f"{chosen.many:,} events, ours: {_line(found)}  {found.get('memory_mb', 0):.0f} MB")


if __name__ == "__main__":
    main()
