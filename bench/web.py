"""Stores of made-up events in, what a reader waits for out: the map in headless Chromium beside plain Folium pages.

    python -m bench.web [NUMBER ...] [--folder FOLDER] [--peers-up-to NUMBER]

For each number: bytes until the events are drawn, the time to that, and how long a pan and a step of the time slider
take, with the processor as it is and slowed down 4 times. Beside it the same events as Folium markers, as Folium's
FastMarkerCluster, and as GeoJSON written into a Folium page; those pages load their libraries from the same local
server, so that no network is measured. Stores are kept in the folder for the next run. Needs the `test` extra and
the `chromium` package.
"""

from __future__ import annotations

import argparse
import http.server
import json
import re
import shutil
import statistics
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import gettempdir
from typing import Any
from urllib.request import urlopen

import folium
from folium.plugins import FastMarkerCluster
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from bench.synthetic import positions, write

NUMBERS = (1_000, 10_000, 100_000, 1_000_000)
SLOWDOWNS = (1, 4)
STEPS = 7
LONGEST_S = 180
READY = "body[data-ready=true]"
DRAWINGS = ("overview", "areas")
_TELL_DRAWN = """(() => {
  let isOver = false;
  const look = () => {
    if (isOver || !(document.body?.dataset.drawn || window.drawnAt !== undefined)) return;
    isOver = true;
    seen.disconnect();
    requestAnimationFrame(() => setTimeout(() => ibarDrawn(String(performance.now()))));
  };
  const seen = new MutationObserver(look);
  seen.observe(document, { subtree: true, attributes: true, attributeFilter: ["data-drawn"] });
  document.addEventListener("DOMContentLoaded", look);
})()"""
"""Tells when a page has drawn its events and a frame with them is painted, in milliseconds since it was asked for.

The page itself tells it: a driver that looks again and again takes time from the processor that it measures.
"""
LEAFLET = Path(__file__).resolve().parents[1] / "app" / "static" / "vendor" / "leaflet"
_NEXT_DRAWING = """async (act) => {
  const area = document.querySelector('.folium-map');
  const started = performance.now();
  const drawn = new Promise((done) => {
    let rest = 0;
    const seen = new MutationObserver(() => { clearTimeout(rest); const at = performance.now();
      rest = setTimeout(() => { seen.disconnect(); done(at - started); }, 400); });
    seen.observe(area, { childList: true, subtree: true, attributes: true });
    setTimeout(() => { seen.disconnect(); done(null); }, 5000);
  });
  if (act === 'pan') window.ibar.map.panBy([200, 60], { animate: false });
  else document.querySelectorAll('.time-head button')[2].click();
  return drawn;
}"""


@contextmanager
def ours(store: Path) -> Iterator[str]:
    """Serve the map over a store."""
    command = [sys.executable, "-c", "from app.cli import cli; cli()", "serve", "--port", "0", "--workers", "1"]
    environment = {"IBAR_STORE": str(store), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path(__file__).parents[1])}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        address = _address(process)
        warmed = ("/", "/api/clusters", "/api/histogram", *(f"/boundaries/{name}.geojson" for name in DRAWINGS))
        for path in warmed * 2:  # a server that has answered before: the store is open, the pyramid built
            urlopen(address + path).read()
        yield address
    finally:
        process.terminate()
        process.wait()


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        found = re.search(r"http://[\d.]+:\d+", line)
        if found:
            threading.Thread(target=process.stdout.read, daemon=True).start()
            return found[0]
    raise RuntimeError("the service did not start")


@contextmanager
def folder_served(folder: Path) -> Iterator[str]:
    """Serve the files of a folder."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def peer_pages(number: int, folder: Path, clusters: Path | None) -> dict[str, str]:
    """Write Folium pages with the same number of events, with no library but Leaflet and its clusters: the least."""
    import numpy as np

    lons, lats = positions(number, np.random.default_rng(1))
    shutil.copytree(LEAFLET, folder / "leaflet", dirs_exist_ok=True)
    images = folder / "leaflet" / "images"
    for name in ("marker-shadow.png", "marker-icon-2x.png"):  # Leaflet asks for them, and the project ships neither
        shutil.copy(images / "marker-icon.png", images / name)
    if clusters:
        shutil.copytree(clusters, folder / "markercluster", dirs_exist_ok=True)
    pages = {}
    for name in ("markers", "fast-marker-cluster", "geojson"):
        if name == "fast-marker-cluster" and not clusters:
            continue
        text = _peer(name, lons.tolist(), lats.tolist()).get_root().render()
        text = re.sub(r"<(script|link)[^>]*(https?:)?//[^>]*>(</script>)?", "", text)
        head = '<link rel="stylesheet" href="leaflet/leaflet.css"><script src="leaflet/leaflet.js"></script>'
        if name == "fast-marker-cluster":
            head += '<script src="markercluster/leaflet.markercluster.js"></script>'
        end = "<script>window.drawnAt = performance.now()</script></html>"
        text = text.replace("<head>", f"<head>{head}", 1).replace("</html>", end, 1)
        (folder / f"{name}-{number}.html").write_text(text, encoding="utf-8")
        pages[name] = f"{name}-{number}.html"
    return pages


def _peer(name: str, lons: list[float], lats: list[float]) -> folium.Map:
    page = folium.Map(location=(42.6, 21.0), zoom_start=9, tiles=None)
    if name == "markers":
        for lon, lat in zip(lons, lats, strict=True):
            folium.Marker((lat, lon)).add_to(page)
    elif name == "geojson":
        places = [{"type": "Point", "coordinates": place} for place in zip(lons, lats, strict=True)]
        features = [{"type": "Feature", "properties": {}, "geometry": place} for place in places]
        folium.GeoJson({"type": "FeatureCollection", "features": features}).add_to(page)
    else:
        FastMarkerCluster(list(zip(lats, lons, strict=True))).add_to(page)
    return page


def opened(browser: Browser, slowdown: int) -> tuple[Page, CDPSession, list[float]]:
    """Return a fresh page, its processor slowed, and the list to which each answer adds its bytes."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
    return page, session, sizes


def measured(browser: Browser, address: str, slowdown: int) -> dict[str, float | None]:
    """Return what one visit to our map takes: times in milliseconds, sizes in bytes."""
    page, session, sizes = opened(browser, slowdown)
    data: list[float] = []
    kinds: dict[str, bool] = {}
    session.on("Network.responseReceived", lambda e: kinds.update({e["requestId"]: "/api/" in e["response"]["url"]}))
    session.on(
        "Network.loadingFinished",
        lambda e: data.append(e["encodedDataLength"]) if kinds.get(e["requestId"]) else None,
    )
    drawn = _time_to_drawn(page, session, address)
    total, of_data = sum(sizes), sum(data)
    page.wait_for_selector(READY, timeout=60_000)
    page.wait_for_timeout(1000)
    pans = [page.evaluate(_NEXT_DRAWING, "pan") for _ in range(3)]
    steps = [page.evaluate(_NEXT_DRAWING, "step") for _ in range(STEPS)]
    page.context.close()
    return {"drawn": drawn, "bytes": total, "data": of_data, "pan": _middle(pans), "slider": _middle(steps)}


def peer_measured(browser: Browser, address: str, slowdown: int) -> dict[str, float | None]:
    """Return what a Folium page takes until its script has run and the browser has painted."""
    page, session, sizes = opened(browser, slowdown)
    drawn = _time_to_drawn(page, session, address)
    page.wait_for_timeout(300)
    page.context.close()
    return {"drawn": drawn, "bytes": sum(sizes)}


def _time_to_drawn(page: Page, session: CDPSession, address: str) -> float:
    """Open an address; return when its events were painted, in milliseconds."""
    told: list[float] = []
    session.on("Runtime.bindingCalled", lambda event: told.append(float(event["payload"])))
    session.send("Runtime.enable")
    session.send("Runtime.addBinding", {"name": "ibarDrawn"})
    page.add_init_script(_TELL_DRAWN)
    page.goto(address, wait_until="commit", timeout=180_000)
    for _ in range(LONGEST_S * 20):
        if told:
            return told[0]
        page.wait_for_timeout(50)
    raise TimeoutError(f"{address} has drawn nothing in {LONGEST_S} s")


def _middle(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


def report(name: str, number: int, slowdown: int, told: dict[str, float | None]) -> None:
    """Print one row."""
    times = [f"{told[key]:6.0f} ms" if told.get(key) is not None else "        -" for key in ("drawn", "pan", "slider")]
    sizes = [f"{told[key] / 1000:8.0f} kB" if told.get(key) is not None else "          -" for key in ("data", "bytes")]
    print(f"{name:<28} {number:>9,} {slowdown}x  " + "  ".join((*times, *sizes)), flush=True)


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("numbers", type=int, nargs="*", default=list(NUMBERS), help="how many events")
    parser.add_argument("--folder", type=Path, default=Path(gettempdir()) / "ibar-bench")
    parser.add_argument("--peers-up-to", type=int, default=10_000, help="the most events for Folium's own pages")
    parser.add_argument("--markercluster", type=Path, help="folder of leaflet.markercluster.js, which is not shipped")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    print(f"{'page':<28} {'events':>9}     {'drawn':>9}  {'pan':>9}  {'slider':>9}  {'data':>11}  {'all':>11}")
    figures = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for number in asked.numbers:
            store = asked.folder / f"{number}.gpkg"
            if not store.exists():
                write(number, store)
            with ours(store) as address:
                for slowdown in SLOWDOWNS:
                    told = measured(browser, address, slowdown)
                    report("ibar", number, slowdown, told)
                    figures.append({"page": "ibar", "events": number, "slowdown": slowdown, **told})
            if number > asked.peers_up_to:
                continue
            pages = peer_pages(number, asked.folder, asked.markercluster)
            with folder_served(asked.folder) as address:
                for name, path in pages.items():
                    for slowdown in SLOWDOWNS:
                        told = peer_measured(browser, f"{address}/{path}", slowdown)
                        report(f"folium {name}", number, slowdown, told)
                        figures.append({"page": name, "events": number, "slowdown": slowdown, **told})
        browser.close()
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
