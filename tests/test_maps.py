"""The shell of the Folium page, tile servers, drawings under the map, areas, and the table of symbols."""

from __future__ import annotations

import json
import re
from itertools import combinations

import pytest
import shapely
from shapely.geometry import shape

from app.joint import STATIC
from geo import boundaries, style
from geo.boundaries import Feature, Municipalities
from geo.errors import InvalidInput, NotFound
from geo.maps import DRAWINGS, LAYERS, areas_drawing, drawing, shell, tile_server
from geo.model import EVENT_TYPES, LonLat, Place

PROTANOPIA = ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998))
DEUTERANOPIA = ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881))
"""Machado, Oliveira and Fernandes 2009, severity 1.0, for linear RGB."""
SEEN_AS_IT_IS = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


def place(place_id: str, kind: str, *, lon: float = 20.8, lat: float = 42.97, radius_m: float = 10_000.0) -> Place:
    return Place(
        id=place_id,
        name_en=place_id,
        name_sq="",
        name_sr_latn="",
        name_sr_cyrl="",
        kind=kind,
        municipality="",
        country="XK",
        position=LonLat(lon, lat),
        radius_m=radius_m,
        record="test",
    )


# The shell.


def test_shell_names_only_files_that_ship() -> None:
    made = shell()
    assert made.scripts[0] == "leaflet/leaflet.js"
    for path in (*made.scripts, *made.styles):
        assert (STATIC / "vendor" / path).is_file(), path


def test_shell_asks_no_other_host_and_holds_no_inline_handler() -> None:
    made = shell()
    text = made.container + made.script
    assert "http" not in text
    assert not re.search(r"\son\w+=", made.container)


def test_shell_is_the_same_at_every_start() -> None:
    first = shell()
    shell.cache_clear()
    assert shell() == first


def test_shell_hands_every_layer_to_the_script_under_its_translated_name() -> None:
    labels = tuple(f"Schicht {layer.key}" for layer in LAYERS)
    made = shell(labels=labels)
    for layer, label in zip(LAYERS, labels, strict=True):
        assert f'"{label}" : feature_group_{layer.key}' in made.script
        assert f"{layer.key}: feature_group_{layer.key}" in made.script


def test_shell_with_tiles_keeps_the_shipped_map_as_the_other_choice() -> None:
    made = shell(tiles=tile_server("https://tiles.example.org/{z}/{x}/{y}.png"))
    assert '"https://tiles.example.org/{z}/{x}/{y}.png"' in made.script
    assert '"Boundaries only" : feature_group_land' in made.script
    assert "feature_group_land.addTo" not in made.script


# Tile servers.


def test_tile_server_by_name_has_credit_and_origins() -> None:
    tiles = tile_server("OpenTopoMap")
    assert "OpenStreetMap" in tiles.attribution
    assert len(tiles.origins) == 3
    assert all(origin.startswith("https://") and origin.endswith(".tile.opentopomap.org") for origin in tiles.origins)


def test_tile_server_by_address() -> None:
    tiles = tile_server("https://tiles.example.org/{z}/{x}/{y}{r}.png")
    assert tiles.origins == ("https://tiles.example.org",)


@pytest.mark.parametrize(
    "given",
    [
        "NoSuchServer",
        "https://tiles.example.org/map.png",
        "https://tiles.example.org/{z}/{x}/{y}/{{7*7}}.png",
        "https://tiles.example.org/{z}/{x}/{y}{%.png",
        "javascript://x/{z}/{x}/{y}",
        'https://tiles.example.org/{z}/{x}/{y}"onload=x',
        "Jawg.Streets",
    ],
)
def test_tile_server_that_cannot_be_used_is_refused(given: str) -> None:
    with pytest.raises(InvalidInput, match="IBAR_TILES"):
        tile_server(given)


# Drawings.


@pytest.mark.parametrize("name", DRAWINGS)
def test_drawing_is_geojson_of_this_corner_of_the_world(name: str) -> None:
    features = json.loads(drawing(name))["features"]
    assert features
    for feature in features:
        west, south, east, north = shape(feature["geometry"]).bounds
        assert 10 < west <= east < 30
        assert 35 < south <= north < 50


def test_drawn_border_line_strays_less_than_two_metres_from_the_measured_one() -> None:
    drawn = shape(json.loads(drawing("border_line"))["features"][0]["geometry"])
    measured = boundaries.read_layer("border_line")[0].geometry
    assert shapely.hausdorff_distance(drawn, measured) < 2e-5


def test_drawings_stay_small_enough_for_a_first_view() -> None:
    assert sum(len(drawing(name)) for name in ("land", "border_line", "crossings")) < 400_000


def test_place_names_come_with_the_important_ones_first() -> None:
    zooms = [feature["properties"]["from_zoom"] for feature in json.loads(drawing("places"))["features"]]
    assert zooms == sorted(zooms)
    assert zooms[0] < zooms[-1]


def test_unknown_drawing_is_not_found() -> None:
    with pytest.raises(NotFound, match="border_line"):
        drawing("../../setup.cfg")


# Areas.


def test_area_without_an_outline_is_a_disc_cut_at_its_country() -> None:
    (feature,) = areas_drawing([place("near_the_line", "region", radius_m=30_000)])["features"]
    assert feature["properties"]["is_approximate"]
    kosovo = boundaries.read_layer("kosovo")[0].geometry
    assert shapely.difference(shape(feature["geometry"]), kosovo.buffer(0.002)).is_empty


def test_country_and_line_have_their_own_outlines() -> None:
    country, line = areas_drawing([place("kosovo", "country"), place("border_line", "region")])["features"]
    assert not country["properties"]["is_approximate"]
    assert line["geometry"]["type"] == "LineString"


def test_imported_municipalities_give_outlines_and_their_sum_is_the_north() -> None:
    ids = ("mun_leposavic", "mun_zvecan", "mun_zubin_potok", "mun_north_mitrovica")
    boxes = [shapely.box(20.0 + i, 42.0, 20.9 + i, 42.9) for i in range(4)]
    layer = Municipalities(tuple(Feature(box, {"name": name}) for box, name in zip(boxes, ids, strict=True)))
    parts = [place(name, "municipality", lon=20.5 + i, lat=42.5) for i, name in enumerate(ids)]
    drawn = areas_drawing([*parts, place("north_kosovo", "region")], municipalities=layer)["features"]
    assert not any(feature["properties"]["is_approximate"] for feature in drawn)
    assert shape(drawn[-1]["geometry"]).area == pytest.approx(sum(box.area for box in boxes), rel=1e-6)
    incomplete = areas_drawing(
        [*parts, place("north_kosovo", "region")], municipalities=Municipalities(layer.features[:2])
    )
    assert incomplete["features"][-1]["properties"]["is_approximate"]


# Symbols.


def test_every_event_type_has_exactly_one_family_of_its_kind_and_words() -> None:
    for kind, event_types in EVENT_TYPES.items():
        for event_type in event_types:
            found = [family for family in style.FAMILIES if event_type in family.event_types]
            assert [family.kind for family in found] == [kind]
            assert style.label(event_type)


def test_unknown_event_type_is_refused() -> None:
    with pytest.raises(InvalidInput, match="party"):
        style.family("party")


def test_symbols_differ_in_shape_and_none_is_degenerate() -> None:
    outlines = [shapely.Polygon(family.vertices) for family in style.FAMILIES]
    for outline in outlines:
        assert outline.is_valid
        assert outline.area > 0.8
    for one, other in combinations(outlines, 2):
        assert one.symmetric_difference(other).area / one.union(other).area > 0.15


def linear(colour: str) -> list[float]:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]


def oklab(rgb: list[float]) -> list[float]:
    """Björn Ottosson's perceptual space, from linear RGB."""
    r, g, b = rgb
    cones = (
        0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b,
        0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b,
        0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b,
    )
    long, medium, short = (max(c, 0.0) ** (1 / 3) for c in cones)
    return [
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    ]


def test_symbols_stand_out_from_the_land() -> None:
    for family in style.FAMILIES:
        for ground in (style.KOSOVO_LAND, "#ffffff"):
            luminances = [0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (linear(family.colour), linear(ground))]
            dark, light = sorted(luminances)
            assert (light + 0.05) / (dark + 0.05) >= 3, family.name


@pytest.mark.parametrize("eye", [SEEN_AS_IT_IS, PROTANOPIA, DEUTERANOPIA])
def test_colours_stay_apart_for_colour_blind_readers(eye: tuple[tuple[float, ...], ...]) -> None:
    seen = {}
    for family in style.FAMILIES:
        rgb = linear(family.colour)
        seen[family.name] = oklab([sum(weight * c for weight, c in zip(row, rgb, strict=True)) for row in eye])
    for (one, first), (other, second) in combinations(seen.items(), 2):
        distance = sum((a - b) ** 2 for a, b in zip(first, second, strict=True)) ** 0.5
        assert distance > 0.06, (one, other, distance)
