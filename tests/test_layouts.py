"""Layouts, sizes, themes and languages of prints: reviewed pictures, no collision, a true legend, contrast."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from io import BytesIO
from itertools import combinations, pairwise, product
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pikepdf
import pytest
from click.testing import Result
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.text import Text
from PIL import Image

from app import languages, prints
from geo import style
from geo.border import Border
from geo.boundaries import shipped
from geo.errors import InvalidInput
from geo.exports import LAYOUTS, SIZES, THEMES, DrawnSheet, Sheet, draw_map, export_map, theme
from geo.exports.layouts.cells import class_bounds
from geo.exports.layouts.report_charts import periods
from geo.exports.writing import SETTINGS
from tests.pictures import CACHE, CASES, FOLDER, difference, events, picture, sheet
from tests.test_exports import HOSTILE, event, overlap
from tests.test_maps import DEUTERANOPIA, PROTANOPIA, SEEN_AS_IT_IS, linear, oklab

FONTS = CACHE / "fonts"
MANY = [("overview", "a4"), ("overview", "column"), ("overview", "slide"), ("overview", "square")]
MANY += [("near-border", "a4"), ("near-border", "slide"), ("density", "web"), ("overview", "a4-portrait")]


@pytest.fixture(scope="module")
def real() -> list[dict[str, Any]]:
    features: list[dict[str, Any]] = json.loads(shipped("incidents.geojson").read_text("utf-8"))["features"]
    return features


def drawn_as(features: list[dict[str, Any]], **wishes: Any) -> DrawnSheet:
    return draw_map(features, cache_folder=FONTS, sheet=sheet(**wishes))


def reviewed(name: str) -> Image.Image:
    with Image.open(FOLDER / f"{name}.png") as kept:
        return kept.convert("RGB")


@pytest.mark.parametrize("name", CASES)
def test_picture_is_as_it_was_reviewed(name: str) -> None:
    mean, share = difference(picture(name), reviewed(name))
    assert mean < 4, f"{name}: look at it, then draw it anew with tests/pictures.py"
    assert share < 0.02, f"{name}: look at it, then draw it anew with tests/pictures.py"


@pytest.mark.parametrize("change", [{"extent": "kosovo"}, {"title": "Another"}, {"theme": "mono"}, {"size": "slide"}])
def test_comparison_of_pictures_sees_a_change(change: dict[str, Any]) -> None:
    mean, share = difference(picture("overview", **change), reviewed("overview"))
    assert mean >= 4 or share >= 0.02 or change.keys() == {"title"}
    if "title" in change:
        assert share > difference(picture("overview"), reviewed("overview"))[1]


def test_choices_are_those_that_there_are() -> None:
    assert tuple(LAYOUTS) == prints.LAYOUTS
    assert tuple(SIZES) == prints.SIZES
    assert THEMES == prints.THEMES


def boxes(drawn: DrawnSheet, pattern: str) -> dict[str, np.ndarray]:
    figure = drawn.page.figure
    texts = [t for t in figure.findobj(Text) if re.match(pattern, t.get_gid() or "")]
    with mpl.rc_context(SETTINGS):
        renderer = FigureCanvasAgg(figure).get_renderer()
        found = {}
        for text in texts:
            left, lower, right, upper = text.get_window_extent(renderer).extents
            trim = (upper - lower) * 0.18  # a line's box has room above and below its letters
            found[text.get_gid() or ""] = np.array([left, lower + trim, right, upper - trim])
        return found


@pytest.mark.parametrize(("layout", "size"), MANY)
def test_no_label_lies_on_another_or_off_the_page(real: list[dict[str, Any]], layout: str, size: str) -> None:
    drawn = drawn_as(real, layout=layout, size=size)
    found = boxes(drawn, r"label-|title-|subtitle-|note-|away-|tick-")
    assert len(found) > 10
    assert [(a, b) for a, b in combinations(found, 2) if overlap(found[a], found[b]) > 0.02] == []
    scale = drawn.page.figure.dpi / 72
    width, height = drawn.page.frame.width * scale, drawn.page.frame.height * scale
    for name, (left, lower, right, upper) in found.items():
        assert left >= 0, name
        assert lower >= 0, name
        assert right <= width + 0.5, name
        assert upper <= height + 0.5, name


@pytest.mark.parametrize(("layout", "size"), MANY)
def test_no_label_lies_on_a_symbol(real: list[dict[str, Any]], layout: str, size: str) -> None:
    drawn = drawn_as(real, layout=layout, size=size)
    scale = drawn.page.figure.dpi / 72
    for name, box in boxes(drawn, r"label-").items():
        for one in drawn.drawn:
            for at, radius in zip(one.symbols_at * scale, one.radii, strict=True):
                nearest = np.clip(at, box[:2], box[2:])
                assert np.hypot(*(nearest - at)) >= 0.6 * radius * scale, name


@pytest.mark.parametrize(("layout", "size"), [*MANY, ("locator", "double"), ("locator", "column")])
@pytest.mark.parametrize("look", THEMES)
def test_legend_explains_every_symbol_and_no_other(
    real: list[dict[str, Any]], layout: str, size: str, look: str
) -> None:
    features = [one for one in real if one["geometry"]][:1] if layout == "locator" else real
    drawn = drawn_as(features, layout=layout, size=size, theme=look, within_m=9_000)
    names = [c.get_gid() or "" for c in drawn.page.figure.findobj(PathCollection)]
    on_map = {name.split("-")[1] for name in names if name.startswith("event-")}
    explained = {name.split("-")[1] for name in names if name.startswith("legend-")}
    in_rings = {name for one in drawn.drawn for mark in one.marks for name, _ in mark.families}
    assert on_map <= in_rings
    assert explained == in_rings
    texts = [t.get_text() for t in drawn.page.figure.findobj(Text)]
    assert ("Crossing" in texts) == any(name.startswith("crossings-") for name in names)
    assert ("lies somewhere" in " ".join(texts)) == any(name.startswith("precision-") for name in names)


def test_legend_keeps_to_its_frame(real: list[dict[str, Any]]) -> None:
    for layout, size in MANY:
        drawn = drawn_as(real, layout=layout, size=size)
        lowest = min(box[3] for box in boxes(drawn, "note-").values())
        signs = [c for c in drawn.page.figure.findobj(PathCollection) if (c.get_gid() or "").startswith("legend-")]
        for sign in signs:
            x, y = drawn.page.points.transform(sign.get_offsets())[0]
            assert 0 < x < drawn.page.frame.width * drawn.page.figure.dpi / 72
            assert y > lowest, (layout, size)


def contrast(one: str, other: str) -> float:
    lums = [0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (linear(one), linear(other))]
    return (max(lums) + 0.05) / (min(lums) + 0.05)


@pytest.mark.parametrize("name", THEMES)
def test_themes_can_be_read(name: str) -> None:
    look = theme.load(name)
    colour = look.colours
    for text, grounds, least in (
        ("ink", ("paper", "land", "kosovo", "halo"), 7),
        ("muted", ("paper",), 4.5),
        ("town", ("land", "kosovo", "halo"), 4.5),
        ("country", ("land", "kosovo"), 3),
        ("line", ("land", "kosovo", "casing"), 7),
        ("accent", ("paper",), 3),
    ):
        for ground in grounds:
            assert contrast(colour[text], colour[ground]) >= least, (text, ground)
    for family, ground in product(style.FAMILIES, ("paper", "outline", "kosovo")):
        assert contrast(colour[family.name], colour[ground]) >= 3, (family.name, ground)
    steps = [contrast(step, look.ramp[0]) for step in look.ramp]
    assert steps == sorted(steps)
    assert all(b / a > 1.2 for a, b in pairwise(steps))


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("eye", [SEEN_AS_IT_IS, PROTANOPIA, DEUTERANOPIA])
def test_colours_of_themes_stay_apart_for_colour_blind_readers(name: str, eye: Any) -> None:
    look = theme.load(name)
    seen = []
    for family in style.FAMILIES:
        rgb = linear(look.colours[family.name])
        seen.append(oklab([sum(w * c for w, c in zip(row, rgb, strict=True)) for row in eye]))
    for first, second in combinations(seen, 2):
        assert sum((a - b) ** 2 for a, b in zip(first, second, strict=True)) ** 0.5 > 0.06


def test_light_theme_has_the_colours_of_the_web_map() -> None:
    assert all(theme.load("light").colours[family.name] == family.colour for family in style.FAMILIES)


def test_mono_theme_has_no_colour() -> None:
    look = theme.load("mono")
    for colour in (*look.colours.values(), *look.ramp):
        assert colour[1:3] == colour[3:5] == colour[5:7]


def test_own_theme_is_used(tmp_path: Path) -> None:
    Image.new("RGB", (40, 20), "#00ff00").save(tmp_path / "logo.png")
    font = next(FONTS.glob("noto-sans-*/NotoSans-Bold.ttf"))
    shutil.copy(font, tmp_path / "own.ttf")
    path = tmp_path / "ours.toml"
    path.write_text(
        'base = "dark"\nlogo = "logo.png"\nrings = "plain"\n[fonts]\nregular = "own.ttf"\n'
        '[colours]\naccent = "#123456"\n[symbols]\nexplosion = "#ABCDEF"\n'
    )
    look = theme.load(str(path))
    assert look.colour("accent") == "#123456"
    assert look.colour("explosion") == "#abcdef"
    assert look.colour("paper") == theme.load("dark").colour("paper")
    svg = export_map(events(), format="svg", cache_folder=FONTS, sheet=sheet(theme=str(path))).decode()
    assert "#123456" in svg
    assert "data:image/png" in svg
    png = export_map(events(), format="png", cache_folder=FONTS, sheet=sheet(theme=str(path)), dpi=50)
    assert (np.asarray(Image.open(BytesIO(png)).convert("RGB")) == (0, 255, 0)).all(axis=2).any()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x =", "t.toml: is not TOML"),
        ('[colours]\nink = "blue"', r"t.toml: colours.ink: 'blue' is not a colour"),
        ('[colours]\nimk = "#000000"', r"t.toml: colours.imk: is not a key of a theme; did you mean ink"),
        ('colours = "red"', "t.toml: colours: must be a table"),
        ('base = "neon"', "t.toml: base: 'neon' is not one of"),
        ('ramp = ["#000000"]', "t.toml: ramp: must be a list of 5"),
        ('ramp = ["#000000", 1, 2, 3, 4]', r"t.toml: ramp\[1\]: 1 is not a colour"),
        ('logo = "missing.png"', "t.toml: logo: 'missing.png' cannot be read"),
        ('logo = "t.toml"', "t.toml: logo: 't.toml' is not a PNG"),
        ('[fonts]\nbold = "t.toml"', "t.toml: fonts.bold: 't.toml' is not a TrueType"),
        ("[fonts]\nbold = 3", "t.toml: fonts.bold: must be the path"),
        ('[symbols]\nstar = "#000000"', "t.toml: symbols.star: is not a key"),
    ],
)
def test_fault_of_a_theme_names_its_key(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "t.toml"
    path.write_text(text)
    with pytest.raises(InvalidInput, match=message):
        theme.load(str(path))


@pytest.mark.parametrize("wish", ["neon", "no/such.toml", "../light"])
def test_theme_that_is_not_there_is_one_error(wish: str) -> None:
    with pytest.raises(InvalidInput, match="theme"):
        theme.load(wish)


@given(st.text(max_size=200))
def test_any_text_is_a_theme_or_one_error(text: str) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        path = Path(folder) / "t.toml"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        try:
            assert theme.load(str(path)).colours
        except InvalidInput as error:
            assert "t.toml" in str(error)


@pytest.mark.parametrize("lang", ["sq", "sr-Latn", "sr-Cyrl"])
def test_language_reaches_phrases_dates_names_and_the_file(lang: str) -> None:
    wishes = sheet(lang, layout="overview")
    root = ElementTree.fromstring(export_map(events(), format="svg", cache_folder=FONTS, sheet=wishes))
    texts = ["".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")]
    wanted = {
        "sq": ("Vendkalim", "Mitrovica e Veriut / Severna Mitrovica", "Veriu i Kosovës"),
        "sr-Latn": ("Prelaz", "Severna Mitrovica / Mitrovica e Veriut", "Sever Kosova"),
        "sr-Cyrl": ("Прелаз", "Северна Митровица / Mitrovica e Veriut", "Север Косова"),
    }[lang]
    assert set(wanted) <= set(texts)
    assert root.get("lang") == lang
    months = {"sq": "dhjetor", "sr-Latn": "decembar", "sr-Cyrl": "децембар"}
    assert any(months[lang] in text for text in texts)
    kilometres = " км" if lang == "sr-Cyrl" else " km"
    assert any(text.endswith(kilometres) for text in texts)
    assert lang != "sr-Cyrl" or not any(text.endswith(" km") for text in texts)
    assert not any("Data as of" in text or ".." in text for text in texts)


def test_serbian_has_its_own_letter_forms() -> None:
    def drawn(lang: str) -> bytes:
        words = languages.words("sr-Cyrl")
        own = Sheet(title="баба", words=type(words)(language=lang, translate=words.translate, formats=words.formats))
        return export_map([], format="png", cache_folder=FONTS, sheet=own, dpi=60)

    assert drawn("sr-Cyrl") != drawn("ru")


def test_numbers_are_written_as_the_language_does() -> None:
    assert languages.words("en").number(1234) == "1,234"
    assert languages.words("sr-Latn").number(1234) == "1.234"
    assert languages.words("sq").decimal(2.5) == "2,5"
    assert languages.words("en").when("2023-05-01", 4) == "May 2023"
    assert languages.words("en").when("2023-05-01", 5) == "2023"
    with pytest.raises(InvalidInput):
        languages.code("xx")


def test_strip_places_events_by_kilometre_and_distance(real: list[dict[str, Any]]) -> None:
    drawn = drawn_as(real, layout="near-border")
    border, seen = Border.load(), 0
    for view, one in zip(drawn.views, drawn.drawn, strict=True):
        for mark, at in zip(one.marks, one.at, strict=True):
            (x, y) = (at - (view.frame.x, view.frame.y)) / view.points_per_metre + (view.window.west, view.window.south)
            found = border.measure_many([mark.lon], [mark.lat])
            assert x == pytest.approx(found.km[0] * 1000, abs=1)
            assert abs(y) == pytest.approx(found.distance_m[0], abs=1)
            assert (y < 0) == (found.side[0] == "XK") or found.side[0] == "line"
            seen += 1
    assert seen > 30
    shares = {round(view.frame.height / view.window.height, 9) for view in drawn.views}
    assert shares == {round(view.points_per_metre, 9) for view in drawn.views}


def many(number: int) -> list[dict[str, Any]]:
    rng = np.random.default_rng(5)
    spots = rng.normal((20.9, 42.8), (0.25, 0.25), (number, 2))
    return [event(f"Place {i}", lon=float(x), lat=float(y)) for i, (x, y) in enumerate(spots)]


@pytest.mark.parametrize(("layout", "number"), [("overview", 2_000), ("near-border", 3_000), ("density", 500)])
def test_numbers_take_over_from_symbols_and_lose_no_event(layout: str, number: int) -> None:
    drawn = drawn_as(many(number), layout=layout)
    texts = {t.get_gid() or "": t.get_text() for t in drawn.page.figure.findobj(Text)}
    notes = " ".join(text for gid, text in texts.items() if gid.startswith("note-"))
    if layout != "density":
        assert "drawn as numbers of events" in notes
    assert not any((c.get_gid() or "").startswith("event-") for c in drawn.page.figure.findobj(PathCollection))
    counted = sum(int(text.replace(",", "")) for gid, text in texts.items() if gid.startswith("number-"))
    beyond = re.search(r"([\d,]+) beyond", notes)
    hidden = int(beyond[1].replace(",", "")) if beyond else 0
    assert counted + hidden == pytest.approx(number, rel=0.02)  # a number at the very edge is not written
    assert drawn.shown.classes


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=50))
def test_classes_hold_every_number_once(counts: list[int]) -> None:
    classes = class_bounds(counts)
    assert 1 <= len(classes) <= 5
    assert classes[0][0] == 1
    assert classes[-1][1] == max(counts)
    assert all(low <= high for low, high in classes)
    assert all(one[1] + 1 == other[0] for one, other in pairwise(classes))


@given(st.lists(st.dates(), min_size=1, max_size=40))
def test_periods_count_every_day_once(days: list[Any]) -> None:
    counts, is_monthly = periods([day.isoformat() for day in days])
    assert sum(counts.values()) == len(days)
    assert list(counts) == sorted(counts)
    assert all(len(key) == (7 if is_monthly else 4) for key in counts)


def test_locator_wants_one_event(real: list[dict[str, Any]]) -> None:
    for features in (real, []):
        with pytest.raises(InvalidInput, match="shows one event"):
            drawn_as(features, layout="locator")
    area = next(one for one in real if not one["geometry"])
    assert "known only by area" in export_map(
        [area], format="svg", cache_folder=FONTS, sheet=sheet(layout="locator")
    ).decode().replace("\u2009", "")


@pytest.mark.parametrize(
    ("wishes", "form"),
    [
        ({"layout": "poster"}, "png"),
        ({"layout": "report"}, "png"),
        ({"layout": "report", "size": "a4"}, "pdf"),
        ({"layout": "near-border", "size": "column"}, "svg"),
    ],
)
def test_what_does_not_go_together_is_one_error(wishes: dict[str, Any], form: Any) -> None:
    with pytest.raises(InvalidInput):
        export_map(events(), format=form, cache_folder=FONTS, sheet=sheet(**wishes))


@pytest.mark.parametrize("layout", [name for name in LAYOUTS if name != "report"])
def test_hostile_strings_appear_as_written_in_every_layout(layout: str) -> None:
    features = [event(text, lon=20.5 + i / 12, lat=42.7 + (i % 3) / 6) for i, text in enumerate(HOSTILE)]
    wishes = sheet(title=HOSTILE[0], subtitle=HOSTILE[6], layout=layout, permalink=HOSTILE[2])
    chosen = features[4:5] if layout == "locator" else features
    svg = export_map(chosen, format="svg", cache_folder=FONTS, sheet=wishes).decode()
    texts = {"".join(node.itertext()) for node in ElementTree.fromstring(svg).iter()}
    assert HOSTILE[0] in texts
    assert any(HOSTILE[2] in text for text in texts)
    assert layout == "locator" or HOSTILE[6] in texts
    assert "<img" not in svg


def report(features: list[dict[str, Any]], **wishes: Any) -> bytes:
    return export_map(features, format="pdf", cache_folder=FONTS, sheet=sheet(layout="report", **wishes))


def test_report_is_tagged_and_same_twice() -> None:
    first, second = report(events()), report(events())
    assert first == second
    with pikepdf.open(BytesIO(first)) as document:
        assert str(document.Root.Lang) == "en"
        assert document.Root.MarkInfo.Marked
        whole = document.Root.StructTreeRoot.K[0]
        kinds = [str(element.S) for element in whole.K]
        assert kinds[:2] == ["/Figure", "/Figure"]
        assert set(kinds[2:]) == {"/P"}
        assert len(kinds) == len(document.pages)
        assert "Shooting, attack, armed clash: 4" in str(whole.K[0].Alt)
        assert "Events by type" in str(whole.K[1].Alt)
        for number, page in enumerate(document.pages):
            assert page.obj.StructParents == number
            assert document.Root.StructTreeRoot.ParentTree.Nums[2 * number + 1][0].objgen == whole.K[number].objgen
            content = page.Contents.read_bytes()
            assert content.count(b"BDC") == content.count(b"EMC") == 1
        with document.open_metadata() as metadata:
            assert metadata["dc:title"].startswith("Incidents and deployments")


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs pdftotext (Debian package poppler-utils)")
def test_report_says_everything(tmp_path: Path) -> None:
    hostile = event(HOSTILE[4], date_start="2023-02-03", date_prec=1, fatalities=2, border_distance_m=950.0)
    path = tmp_path / "report.pdf"
    path.write_bytes(report([*events(), hostile], title="Ћирилица ђ, š, ë", lang="en"))
    text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout
    for wanted in (
        "Ћирилица ђ, š, ë",
        "Example Gazette",
        "Banjskë / Banjska",
        "somewhere within 500 m",
        "known only by area",
        "Known only by area: Northern Kosovo: 1.",
        "Events: CC BY 4.0.",
        "UNSCR 1244",
        "OpenStreetMap",
        "Events by month",
        "Page 1 of",
        HOSTILE[4],
    ):
        assert wanted in text, wanted
    fonts = subprocess.run(["pdffonts", path], capture_output=True, text=True, check=True).stdout.splitlines()[2:]
    assert fonts
    assert all(re.search(r"\byes yes yes\b", line) for line in fonts)


def test_report_of_nothing_says_so() -> None:
    with pikepdf.open(BytesIO(report([]))) as document:
        assert len(document.pages) == 2


def test_build_time_stands_in_files_only_where_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)

    def files() -> tuple[bytes, bytes]:
        pdf = export_map(events(), format="pdf", cache_folder=FONTS, sheet=sheet())
        return pdf, export_map(events(), format="svg", cache_folder=FONTS, sheet=sheet())

    pdf, svg = files()
    assert b"CreationDate" not in pdf
    assert b"<dc:date>" not in svg
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    dated, other = files(), files()
    assert dated == other
    with pikepdf.open(BytesIO(dated[0])) as document:
        assert "2023" in str(document.docinfo["/CreationDate"])
    assert b"2023-11-14T22:13:20" in dated[1]


def test_svg_differs_between_two_states_only_where_the_data_do() -> None:
    before = export_map(events(), format="svg", cache_folder=FONTS, sheet=sheet(data_date="2024-01-01")).decode()
    after = export_map(events(), format="svg", cache_folder=FONTS, sheet=sheet(data_date="2024-01-02")).decode()
    plain = [re.sub(r"base64,[^)]*", "", text).splitlines() for text in (before, after)]
    changed = [(a, b) for a, b in zip(*plain, strict=True) if a != b]
    assert 1 <= len(changed) <= 2
    assert all("2024" in a for a, _ in changed)


def test_command_draws_layouts_themes_and_languages(ibar: Callable[..., Result], tmp_path: Path) -> None:
    features = json.loads(shipped("incidents.geojson").read_text("utf-8"))["features"]
    one = next(f["id"] for f in features if f["properties"]["place_name"] == "Banjska")
    out = tmp_path / "m.svg"
    done = ibar("export", str(out), "--id", one, "--layout", "locator", "--size", "column", "--lang", "sr-Cyrl")
    assert done.exit_code == 0, done.output
    assert "Бањска" in out.read_text("utf-8")
    assert "drawing the locator" in done.output
    for words, message in (
        (("m.png", "--layout", "report"), "is written as pdf"),
        (("m.png", "--theme", "neon"), "theme 'neon'"),
        (("m.png", "--lang", "xx"), "'xx' is not one of"),
        (("m.csv", "--layout", "density"), "only for"),
        (("m.png", "--layout", "locator", "--id", "none"), "0 match"),
    ):
        done = ibar("export", str(tmp_path / words[0]), *words[1:])
        assert done.exit_code != 0
        assert message in done.output
        assert not (tmp_path / words[0]).exists()
