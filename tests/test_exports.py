"""Printed maps: the same bytes twice, embedded fonts, text as text, no label on another, a true scale bar."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from base64 import b64decode
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pyproj
import pytest
from click.testing import Result
from flask.testing import FlaskClient
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from app.config import Settings
from geo.boundaries import shipped
from geo.crs import geod
from geo.errors import InvalidInput
from geo.exports import DrawnSheet, Sheet, draw_map, export_map
from geo.exports.composer import shown_whole
from geo.exports.furniture import scale_bar
from geo.exports.symbols import spread
from geo.exports.view import Frame, project
from geo.exports.writing import SETTINGS
from geo.gazetteer import Gazetteer
from geo.model import BBox

CACHE = Settings.from_environ({}).cache / "fonts"
HOSTILE = [
    "{{7*7}}",
    "{% raw",
    "</script>",
    r"$\input{x}$",
    "$x_1$",
    "\u202eabc",
    "<img src=x onerror=alert(1)>",
    "`${1}`",
    "=cmd()",
]


@pytest.fixture(scope="module")
def real() -> list[dict[str, Any]]:
    features = json.loads(shipped("incidents.geojson").read_text("utf-8"))["features"]
    return [f for f in features if (f["properties"]["date_start"] or "").startswith("2023")]


@pytest.fixture(scope="module")
def sheet(gazetteer: Gazetteer) -> Sheet:
    return Sheet(title="The north, seen twice", subtitle="63 events", within_m=15_000, areas=gazetteer.areas())


@pytest.fixture(scope="module")
def drawn(real: list[dict[str, Any]], sheet: Sheet) -> DrawnSheet:
    return draw_map(real, cache_folder=CACHE, sheet=sheet)


@pytest.fixture(scope="module")
def crowded(gazetteer: Gazetteer) -> DrawnSheet:
    features = json.loads(shipped("incidents.geojson").read_text("utf-8"))["features"]
    return draw_map(features, cache_folder=CACHE, sheet=Sheet(areas=gazetteer.areas()))


def event(title: str = "An event", lon: float = 20.84, lat: float = 42.91, **more: Any) -> dict[str, Any]:
    values = {"kind": "incident", "event_type": "shooting", "title": title, "place_name": title, "uncertainty_m": 900}
    geometry = {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "id": title, "geometry": geometry, "properties": {"id": title, **values, **more}}


@pytest.mark.parametrize("form", ["png", "svg", "pdf"])
def test_same_input_gives_same_bytes(real: list[dict[str, Any]], sheet: Sheet, form: Any) -> None:
    first, second = (export_map(real, format=form, cache_folder=CACHE, sheet=sheet, dpi=60) for _ in range(2))
    assert first == second
    assert first.startswith({"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[form])


def test_svg_keeps_text_and_says_what_it_shows(real: list[dict[str, Any]], sheet: Sheet) -> None:
    svg = export_map(real, format="svg", cache_folder=CACHE, sheet=sheet).decode()
    root = ElementTree.fromstring(svg)
    texts = ["".join(node.itertext()).replace("\u2009", "") for node in root.iter("{http://www.w3.org/2000/svg}text")]
    for wanted in ("The north, seen twice", "KOSOVO*", "Banjskë / Banjska", "People killed"):
        assert wanted in texts
    description = root.find("{http://www.w3.org/2000/svg}desc")
    assert description is not None
    assert "Shooting, attack, armed clash" in (description.text or "")
    assert root.get("role") == "img"
    assert any("UNSCR 1244" in text for text in texts)
    assert any("OpenStreetMap" in text for text in texts)


@pytest.mark.skipif(shutil.which("pdffonts") is None, reason="needs pdffonts (Debian package poppler-utils)")
def test_pdf_embeds_its_fonts_and_its_text_can_be_found(
    real: list[dict[str, Any]], sheet: Sheet, tmp_path: Path
) -> None:
    path = tmp_path / "map.pdf"
    path.write_bytes(export_map(real, format="pdf", cache_folder=CACHE, sheet=sheet))
    fonts = subprocess.run(["pdffonts", path], capture_output=True, text=True, check=True).stdout.splitlines()[2:]
    assert fonts
    assert all(re.search(r"\byes yes yes\b", line) and "NotoSans" in line for line in fonts)
    text = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout
    for wanted in ("The north, seen twice", "Banjskë", "Kuršumlija", "Sources:", "Projection: UTM 34N (EPSG:25834)"):
        assert wanted in text


def text_boxes(drawn: DrawnSheet, pattern: str) -> dict[str, np.ndarray]:
    """Return the box of each drawn text whose id matches, halos left out, in pixels."""
    figure = drawn.page.figure
    texts = [t for t in figure.findobj(Text) if re.match(pattern, t.get_gid() or "")]
    with mpl.rc_context(SETTINGS):
        renderer = FigureCanvasAgg(figure).get_renderer()
        return {t.get_gid() or "": ink(t.get_window_extent(renderer).extents) for t in texts}


def ink(line: np.ndarray) -> np.ndarray:
    """Return a line of text's box less the room that the font keeps above and below its letters."""
    left, lower, right, upper = line
    room = 0.12 * (upper - lower)
    return np.array([left, lower + room, right, upper - room])


def test_no_label_lies_on_another_or_on_a_symbol(drawn: DrawnSheet) -> None:
    boxes = text_boxes(drawn, r"label-")
    assert len(boxes) > 25
    groups: dict[str, list[np.ndarray]] = {}
    for gid, box in boxes.items():
        groups.setdefault(re.sub(r"(label-\d+-\d+)-\d+$", r"\1", gid), []).append(box)
    blocks = {k: np.array([*np.min(v, axis=0)[:2], *np.max(v, axis=0)[2:]]) for k, v in groups.items()}
    names = sorted(blocks)
    clashes = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :] if overlap(blocks[a], blocks[b])]
    assert clashes == []
    scale = drawn.page.figure.dpi / 72
    covered = [
        (name, i)
        for one in drawn.drawn
        for i, (at, radius) in enumerate(zip(one.symbols_at, one.radii, strict=True))
        for name, box in blocks.items()
        if inside(box, at * scale, 0.5 * radius * scale)
    ]
    assert covered == []


def test_no_symbol_hides_another_or_its_place(crowded: DrawnSheet) -> None:
    led = 0
    for view, one in zip(crowded.views, crowded.drawn, strict=True):
        radii = np.array(one.radii)
        for i, at in enumerate(one.symbols_at):
            near = np.hypot(*(np.delete(one.symbols_at, i, axis=0) - at).T)
            least = np.minimum(np.delete(radii, i), radii[i])
            assert (np.delete(radii, i) + radii[i] - near <= 0.67 * least + 0.01).all()
            places = np.delete(one.at, i, axis=0)
            assert (np.hypot(*(places - at).T) >= radii[i]).all()
            assert view.frame.x < at[0] < view.frame.right
        led += int(one.is_led.sum())
    assert led > 0
    assert crowded.shown.has_led


def test_main_map_leaves_to_the_inset_what_it_shows(crowded: DrawnSheet) -> None:
    main, inset = crowded.views
    whole = shown_whole(inset)
    assert whole.holds(project(np.array([(m.lon, m.lat) for m in crowded.drawn[1].marks]))).all()
    assert len(crowded.drawn[0].elsewhere) == len(crowded.drawn[1].marks)
    in_main = project(np.array([(m.lon, m.lat) for m in crowded.drawn[0].marks]))
    assert not whole.holds(in_main).any()
    assert inset.points_per_metre > 2 * main.points_per_metre


def test_svg_rounds_its_coordinates_and_no_word() -> None:
    words = ' d="1.23456789" x="9.87654321"'
    svg = export_map([event(words)], format="svg", cache_folder=CACHE, sheet=Sheet(title=words)).decode()
    root = ElementTree.fromstring(svg)
    assert words.strip() in {"".join(node.itertext()).strip() for node in root.iter()}
    measures = [node.get(name) or "" for node in root.iter() for name in ("d", "x", "y", "transform")]
    assert sum(len(text) for text in measures) > 100_000
    assert [text for text in measures if re.search(r"\.\d{4,}", text)] == []


def test_svg_brings_its_fonts_and_keeps_text(real: list[dict[str, Any]], sheet: Sheet) -> None:
    svg = export_map(real, format="svg", cache_folder=CACHE, sheet=sheet).decode()
    fonts = re.findall(
        r"@font-face\{font-family:'Noto Sans';font-style:(\w+);font-weight:(\d+);.*?base64,([^)]+)\)", svg
    )
    assert {(style, weight) for style, weight, _ in fonts} >= {("normal", "400"), ("normal", "600"), ("normal", "700")}
    regular = next(data for style, weight, data in fonts if (style, weight) == ("normal", "400"))
    with TTFont(BytesIO(b64decode(regular))) as font:
        known = {chr(code) for code in font.getBestCmap()}
    root = ElementTree.fromstring(svg)
    plain = [n for n in root.iter("{http://www.w3.org/2000/svg}text") if "weight" not in n.get("style", "")]
    upright = "".join("".join(n.itertext()) for n in plain if "italic" not in n.get("style", ""))
    assert "Kuršumlija" in upright
    assert set(upright) - {"\n"} <= known


def test_thousands_of_places_are_drawn_in_bounded_time() -> None:
    rng = np.random.default_rng(7)
    spots = rng.uniform((20.1, 42.0), (21.7, 43.2), (4_000, 2))
    events = [event(f"Place {i}", lon=float(x), lat=float(y)) for i, (x, y) in enumerate(spots)]
    started = time.process_time()
    drawn = draw_map(events, cache_folder=CACHE)
    assert time.process_time() - started < 20
    assert drawn.shown.classes
    assert len(text_boxes(drawn, r"label-")) < 400


@given(
    places=st.lists(st.tuples(st.floats(0, 200), st.floats(0, 200)), max_size=30, unique=True),
    radii=st.lists(st.floats(3, 13), min_size=30, max_size=30),
)
def test_spread_keeps_symbols_in_the_frame_and_is_repeatable(places: list[Any], radii: list[float]) -> None:
    at = np.array(places, dtype=float).reshape(-1, 2)
    sizes = np.sort(np.array(radii[: len(at)]))[::-1]
    frame = Frame(-20, -20, 240, 240)
    found = spread(at, sizes, frame)
    assert (found == spread(at, sizes, frame)).all()
    moved = (found != at).any(axis=1)
    assert (np.abs(found[moved] - 100) <= 120 - sizes[moved][:, None]).all()
    for i in np.flatnonzero(moved):
        assert (np.hypot(*(np.delete(found[: i + 1], i, axis=0) - found[i]).T) > sizes[:i] + sizes[i]).all()


def overlap(a: np.ndarray, b: np.ndarray) -> float:
    """Return the share of the smaller box that the two have in common."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    least = min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]))
    return max(width, 0) * max(height, 0) / least


def inside(box: np.ndarray, at: np.ndarray, margin: float) -> bool:
    left, lower, right, upper = box
    return bool(left + margin < at[0] < right - margin and lower + margin < at[1] < upper - margin)


def test_scale_bar_is_true_at_the_middle(drawn: DrawnSheet) -> None:
    for view in drawn.views:
        length_km, length_pt = scale_bar(view, most_pt=120)
        x, y = view.window.centre
        half = length_pt / view.points_per_metre / 2
        (west, south), (east, north) = degrees([(x - half, y), (x + half, y)])
        true_km = geod().inv(west, south, east, north)[2] / 1000
        assert true_km == pytest.approx(length_km, rel=0.005)


def test_legend_explains_exactly_what_is_drawn(drawn: DrawnSheet, real: list[dict[str, Any]]) -> None:
    placed = sum(1 for feature in real if feature["geometry"])
    assert sum(count for _, count in drawn.shown.families) == placed
    shown = {name for one in drawn.drawn for mark in one.marks for name, _ in mark.families}
    assert {name for name, _ in drawn.shown.families} == shown


def test_symbols_stand_where_the_events_are(drawn: DrawnSheet, real: list[dict[str, Any]]) -> None:
    wanted = {tuple(round(n, 5) for n in f["geometry"]["coordinates"]) for f in real if f["geometry"]}
    for view, one in zip(drawn.views, drawn.drawn, strict=True):
        for mark, at in zip(one.marks, one.at, strict=True):
            assert (round(mark.lon, 5), round(mark.lat, 5)) in wanted
            assert view.on_page([project_one(mark.lon, mark.lat)])[0] == pytest.approx(at, abs=0.01)


def degrees(metres: list[tuple[float, float]]) -> list[tuple[float, float]]:
    back = pyproj.Transformer.from_crs(25834, 4326, always_xy=True)
    return [back.transform(x, y) for x, y in metres]


def project_one(lon: float, lat: float) -> tuple[float, float]:
    x, y = project(np.array([(lon, lat)]))[0]
    return float(x), float(y)


def test_hostile_strings_appear_as_written() -> None:
    events = [event(text, lon=20.5 + i / 12, lat=42.7 + (i % 3) / 6) for i, text in enumerate(HOSTILE)]
    svg = export_map(events, format="svg", cache_folder=CACHE, sheet=Sheet(title=HOSTILE[3], extent="kosovo")).decode()
    texts = "\n".join("".join(node.itertext()) for node in ElementTree.fromstring(svg).iter())
    assert HOSTILE[3] in texts
    assert "49" not in re.findall(r"\{\{7\*7\}\}|\b49\b", texts)
    assert "<img" not in svg
    assert "\u202e" not in svg


def test_no_event_still_draws_a_map_that_says_so() -> None:
    svg = export_map([], format="svg", cache_folder=CACHE).decode()
    assert "No event with a position matches" in svg
    boxes = text_boxes(draw_map([], cache_folder=CACHE), r"label-")
    message = boxes.pop("label-empty")
    assert len(boxes) > 10
    assert [gid for gid, box in boxes.items() if overlap(message, box)] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"extent": "nowhere"},
        {"size": "a0"},
        {"extent": BBox(0, 0, 1, 1)},
    ],
)
def test_what_cannot_be_drawn_is_one_error(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        export_map([event()], format="png", cache_folder=CACHE, sheet=Sheet(**wrong))


@pytest.mark.parametrize("size", ["slide", "web"])
@pytest.mark.parametrize("extent", ["north", "border", BBox(20.5, 42.8, 21.0, 43.2)])
def test_other_sizes_and_extents(real: list[dict[str, Any]], size: str, extent: Any) -> None:
    assert export_map(real, format="png", cache_folder=CACHE, dpi=50, sheet=Sheet(size=size, extent=extent))


def test_command_writes_maps_and_data(ibar: Callable[..., Result], tmp_path: Path) -> None:
    for name, start in (("m.svg", b"<?xml"), ("m.csv", b"id,kind"), ("m.geojson", b'{"type"'), ("m.gpkg", b"SQLite")):
        out = tmp_path / name
        done = ibar("export", str(out), "--near-border", "5km", "--datetime", "2023")
        assert done.exit_code == 0, done.output
        assert out.read_bytes().startswith(start)
    assert sorted(p.name for p in tmp_path.iterdir() if p.is_file()) == ["m.csv", "m.geojson", "m.gpkg", "m.svg"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("m.doc",), "must end in one of"),
        (("missing/m.csv",), "name a folder that exists"),
        (("m.csv", "--title", "A"), "only for"),
        (("m.gpkg", "--status", "any"), "published events only"),
        (("m.png", "--extent", "0,0,1,1"), "outside the map"),
        (("m.png", "--extent", "nowhere"), "extent"),
    ],
)
def test_command_errors_are_one_line_and_write_nothing(
    ibar: Callable[..., Result], tmp_path: Path, words: tuple[str, ...], message: str
) -> None:
    done = ibar("export", str(tmp_path / words[0]), *words[1:])
    assert done.exit_code != 0
    assert message in done.output
    assert "Traceback" not in done.output
    assert not (tmp_path / words[0]).exists()


@pytest.mark.parametrize(
    ("form", "media"), [("png", "image/png"), ("svg", "image/svg+xml"), ("pdf", "application/pdf")]
)
def test_view_answers_a_map_and_knows_when_it_is_known(client: FlaskClient, form: str, media: str) -> None:
    response = client.get(f"/export/map.{form}?within_m=15000&datetime=2023&dpi=50")
    assert response.status_code == 200
    assert response.mimetype == media
    again = client.get(
        f"/export/map.{form}?within_m=15000&datetime=2023&dpi=50", headers={"If-None-Match": response.headers["ETag"]}
    )
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("path", "status"),
    [("map.doc", 404), ("map.png?colour=red", 400), ("map.png?extent=0,0,1,1", 400), ("map.png?dpi=x", 400)],
)
def test_view_answers_problems(client: FlaskClient, path: str, status: int) -> None:
    response = client.get(f"/export/{path}")
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"


def test_view_shows_neither_drafts_nor_withdrawn_events(client: FlaskClient) -> None:
    body = client.get("/export/map.svg?extent=kosovo").get_data(as_text=True)
    assert "zebrafinch" not in body
    assert "5 events" in body


def test_label_of_what_happened_is_nearest_to_its_own_symbol(drawn: DrawnSheet) -> None:
    """A label may stand beside a larger symbol than its own, and is then read as that one's."""
    title = "Armed attack on Kosovo"
    words = {text.get_gid(): text.get_text() for text in drawn.page.figure.findobj(Text) if text.get_gid()}
    named = next(gid for gid, said in words.items() if said.startswith(title) and gid.startswith("label-"))
    boxes = [box for gid, box in text_boxes(drawn, re.escape(named.rsplit("-", 1)[0]) + "-").items()]
    block = np.array([*np.min(boxes, axis=0)[:2], *np.max(boxes, axis=0)[2:]])
    scale = drawn.page.figure.dpi / 72
    one = next(one for one in drawn.drawn if any(title in mark.headline for mark in one.marks))
    at, radii = one.symbols_at * scale, np.asarray(one.radii) * scale
    outside = np.maximum(np.maximum(block[:2] - at, at - block[2:]), 0)
    away = np.hypot(*outside.T) - radii
    own = next(i for i, mark in enumerate(one.marks) if title in mark.headline)
    larger = [away[i] for i in range(len(away)) if radii[i] >= radii[own] and i != own]
    assert larger
    assert away[own] < min(larger)
