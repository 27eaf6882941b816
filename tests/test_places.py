"""boundaries/places.csv: what every row must hold, the known traps, and the check against OpenStreetMap."""

from __future__ import annotations

import csv
import os
import re
from collections import Counter
from pathlib import Path

import pytest

from geo.boundaries import read_layer, shipped
from geo.crs import distances_m
from geo.errors import MissingData
from geo.gazetteer.places import COLUMNS, read_places
from geo.model import AREA_KINDS, Place
from geo.text import key

PLACES = read_places(shipped("places.csv"))
BY_ID = {place.id: place for place in PLACES}
SETTLEMENTS = [p for p in PLACES if p.kind in ("city", "town", "village")]
CYRILLIC = dict(zip("абвгдђежзијклмнопрстћуфхцчш", "abvgdđežzijklmnoprstćufhcčš", strict=True))
CYRILLIC |= {"љ": "lj", "њ": "nj", "џ": "dž"}
RECORD = re.compile(
    r"(GNS:-?\d+|GN:\d+|OSM:\d+|geoBoundaries:.+|geo-maps:countries-coastline-1m|Wikipedia:(de|en):.+|crossing:\w+|computed:.+)"
)
REFERENCE = os.environ.get("IBAR_REFERENCE_DIR")
APART = {
    "badovac", "bajgora_mitrovica", "bare_leposavic", "brasaljce", "brnjak", "busince", "dazdince", "dobrosevac",
    "donja_dubnica", "donja_stubla", "dragash", "dragovac", "glogovica", "gornja_bitinja", "gornja_dubnica",
    "gornje_jarinje", "grastica", "grebno", "gumniste_vushtrri", "jahoc", "jarinje", "jezerce", "kacandol",
    "kacikol", "kamena_glava", "korilje", "kosovo_polje", "kostrc", "kovrage", "kraljane", "kusevac", "lapusnik",
    "lausa", "lausa_skenderaj", "lipovica", "lukare_pristina", "macitevo", "marevce", "meja", "meja_orize",
    "meki_dio", "mramor", "necavce", "north_mitrovica", "oklap", "oraovica", "orlate", "ostrace", "pagarusa",
    "paralovo_novo_brdo", "pozar", "prepolac", "raskoc", "rudine", "sarban", "sevce", "slivovo_ferizaj", "slubica",
    "srednja_klina", "strbulovo", "surlane", "susica_istog", "svirce", "topilo", "trpeza_malisheva", "tudjevce",
    "turicevac", "viljance", "zac", "zborce", "zegovac_gjilan", "zegra", "zegra_gjilan", "zlatare_pristina",
}  # fmt: skip
"""Settlements whose record lies more than 1 km from OpenStreetMap's node of the name: hamlets strung along a valley, or
a record of the wider place. North Mitrovica stands on Mitrovica. The radius of each reaches to the other position."""


def latin(text: str) -> str:
    return "".join(_latin(c) for c in text)


def _latin(character: str) -> str:
    plain = CYRILLIC.get(character.lower(), character)
    return plain.capitalize() if character.isupper() else plain


def away_m(place: Place, lon: float, lat: float) -> float:
    return float(distances_m(*place.position, lon, lat))


def test_enough_places_each_known_by_one_id() -> None:
    assert len(PLACES) >= 700
    assert [i for i, n in Counter(p.id for p in PLACES).items() if n > 1] == []
    assert all(re.fullmatch(r"[a-z0-9_]+", p.id) for p in PLACES)


@pytest.mark.parametrize("name", ["name_en", "name_sq", "name_sr_latn", "name_sr_cyrl"])
def test_every_place_has_four_names(name: str) -> None:
    assert [p.id for p in PLACES if not getattr(p, name).strip()] == []


def test_serbian_scripts_say_the_same() -> None:
    assert [(p.id, p.name_sr_cyrl) for p in PLACES if latin(p.name_sr_cyrl) != p.name_sr_latn] == []


def test_albanian_and_latin_names_hold_no_cyrillic() -> None:
    names = [n for p in PLACES for n in (p.name_en, p.name_sq, p.name_sr_latn, *p.aliases)]
    assert [n for n in names if re.search("[\u0400-\u04ff]", n)] == []


def test_aliases_add_something() -> None:
    for place in PLACES:
        folded = [(key(a), a[:1].islower()) for a in place.aliases]
        assert len(set(folded)) == len(folded), place.id
        assert all(k for k, _ in folded), place.id


def test_records_and_radii() -> None:
    assert [(p.id, p.record) for p in PLACES if not RECORD.fullmatch(p.record)] == []
    limits = {"village": (1_000, 4_500), "town": (2_000, 5_000), "city": (2_500, 12_000), "country": (80_000, 500_000)}
    for place in PLACES:
        least, greatest = limits.get(place.kind, (50, 250_000))
        assert least <= place.radius_m <= greatest, place.id


def test_positions_of_home_lie_about_here() -> None:
    for place in PLACES:
        if place.country in ("XK", "RS") and place.kind != "country":
            assert 19.5 < place.position.lon < 23 and 41.8 < place.position.lat < 45, place.id


def test_38_municipalities_each_with_its_seat() -> None:
    municipalities = {p.municipality for p in PLACES if p.kind == "municipality"}
    assert len(municipalities) == 38
    assert {p.municipality for p in PLACES if p.country == "XK"} - {""} <= municipalities
    assert municipalities <= {p.name_en for p in PLACES if p.kind in ("city", "town")}


def test_crossings_stand_where_the_layer_of_crossings_has_them() -> None:
    layer = {str(f.id): f.geometry for f in read_layer("crossings")}
    for name, point in layer.items():
        assert away_m(BY_ID[f"crossing_{name}"], point.x, point.y) < 1, name


@pytest.mark.parametrize(
    ("place_id", "lon", "lat"),
    [
        ("banjska", 20.78083, 42.97333),
        ("banjska_vushtrri", 20.95389, 42.85861),
        ("leposavic", 20.80278, 43.10389),
        ("jarinje", 20.72056, 43.20028),
        ("crossing_jarinje", 20.69167, 43.21861),
        ("varage", 20.73583, 42.90361),
    ],
)
def test_known_positions(place_id: str, lon: float, lat: float) -> None:
    assert away_m(BY_ID[place_id], lon, lat) < 50


def test_traps() -> None:
    assert away_m(BY_ID["crossing_mutivode"], *BY_ID["mutivode"].position) > 40_000
    assert BY_ID["north_mitrovica"].position == BY_ID["mitrovica"].position
    assert key("Kosovo") not in {key(n) for n in (BY_ID["kosovo_polje"].name_en, *BY_ID["kosovo_polje"].aliases)}


def test_areas_are_the_kinds_that_are_never_pinned() -> None:
    assert {p.kind for p in PLACES if p.is_area} == AREA_KINDS
    assert {"kosovo", "serbia", "north_kosovo", "presevo_valley", "border_line", "mun_zvecan"} <= set(BY_ID)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("x,X,X,X,Х,,village,M,XK,200,42,1500,,GNS:1", "line 2"),
        ("x,X,X,X,Х,,village,M,XK,nowhere,42,1500,,GNS:1", "line 2"),
        ("x,X", "line 2"),
    ],
)
def test_damaged_file_names_the_line(tmp_path: Path, line: str, says: str) -> None:
    path = tmp_path / "places.csv"
    path.write_text(f"{','.join(COLUMNS)}\n{line}\n", encoding="utf-8")
    with pytest.raises(MissingData, match=says):
        read_places(path)


def test_wrong_columns_and_absent_file(tmp_path: Path) -> None:
    path = tmp_path / "places.csv"
    with pytest.raises(MissingData, match="cannot be read"):
        read_places(path)
    path.write_text("id,name\n", encoding="utf-8")
    with pytest.raises(MissingData, match="columns"):
        read_places(path)


def openstreetmap() -> dict[str, list[tuple[float, float]]]:
    """Every settlement node by the keys of its names."""
    nodes: dict[str, list[tuple[float, float]]] = {}
    for file in ("kosovo_places.csv", "serbia_places.csv"):
        with Path(REFERENCE or "", file).open(encoding="utf-8") as rows:
            for row in csv.DictReader(rows):
                if row["place"] != "country":
                    for name in {key(n) for n in (*re.split(r" - |/", row["name"]), row["name_en"])} - {""}:
                        nodes.setdefault(name, []).append((float(row["lon"]), float(row["lat"])))
    return nodes


def _may_be(place: Place, lon: float, lat: float) -> bool:
    return abs(place.position.lon - lon) < 0.1 and abs(place.position.lat - lat) < 0.1


@pytest.mark.reference
@pytest.mark.skipif(not REFERENCE, reason="IBAR_REFERENCE_DIR is not set")
def test_openstreetmap_has_the_settlements_within_a_kilometre() -> None:
    nodes, compared, apart = openstreetmap(), 0, {}
    for place in SETTLEMENTS:
        names = {key(n) for n in (place.name_en, place.name_sq, place.name_sr_latn, *place.aliases)}
        away = min(
            (away_m(place, *at) for name in names for at in nodes.get(name, ()) if _may_be(place, *at)), default=8_000.0
        )
        if away < 8_000:
            compared += 1
            if away > 1_000:
                apart[place.id] = away
    assert compared > 700
    assert set(apart) == APART, "add to APART, with a radius that reaches, or correct the record"
    assert [i for i, away in apart.items() if away > BY_ID[i].radius_m + 1] == []
