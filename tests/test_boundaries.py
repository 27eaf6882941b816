"""What ships in boundaries/: lengths, areas, validity, origin; and the import of an operator's municipalities."""

import hashlib
import itertools
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from click.testing import Result

from geo.boundaries import LAYERS, import_municipalities, municipalities, municipality_at, read_layer, shipped
from geo.errors import GeoError, InvalidInput, MissingData, NotFound, UnreadableFile
from geo.model import LonLat
from tests.geodesic_truth import GEOD, LINE

ROOT = Path(__file__).resolve().parents[1]
BOUNDARIES = ROOT / "boundaries"
REFERENCE = os.environ.get("IBAR_REFERENCE_DIR", "")
PACKAGE = os.environ.get("IBAR_GEOMAPS_TGZ", "")


def raw(name: str) -> Any:
    return json.loads((BOUNDARIES / f"{name}.geojson").read_text(encoding="utf-8"))


def only(name: str) -> shapely.Geometry:
    (feature,) = read_layer(name)
    return feature.geometry


def country(iso: str) -> shapely.Geometry:
    return next(f.geometry for f in read_layer("neighbours") if f.properties["iso"] == iso)


CLAIMED_TWICE_DEG2 = {"HR": 0.012, "ME": 0.0007}
"""Land that the source gives to Serbia too: some 100 km² along the Danube, 6 km² in Montenegro."""


# Shape.


def test_border_line_is_one_line_of_its_known_length() -> None:
    line = only("border_line")
    assert line.geom_type == "LineString"
    assert line.is_simple
    assert len(line.coords) == 2_331
    assert GEOD.geometry_length(line) / 1000 == pytest.approx(362.98, abs=0.005)


def test_border_line_is_kosovos_edge_less_that_with_its_other_neighbours() -> None:
    ring = shapely.get_coordinates(only("kosovo").boundary).tolist()
    others = {tuple(p) for iso in ("ME", "MK", "AL") for p in shapely.get_coordinates(country(iso)).tolist()}
    edges = {frozenset(map(tuple, pair)) for pair in itertools.pairwise(ring)}
    line = [frozenset(map(tuple, pair)) for pair in itertools.pairwise(LINE.tolist())]
    assert edges.issuperset(line)
    assert len(edges) == 5_465
    rest = edges.difference(line)
    assert all(vertex in others for edge in rest for vertex in edge)
    assert not any(tuple(vertex) in others for vertex in LINE[1:-1])


@pytest.mark.parametrize(
    ("end", "iso", "lonlat"), [(0, "ME", (20.354045, 42.832634)), (-1, "MK", (21.586607, 42.262699))]
)
def test_border_line_runs_between_the_tripoints(end: int, iso: str, lonlat: tuple[float, float]) -> None:
    assert tuple(LINE[end]) == lonlat
    for polygon in (only("kosovo"), only("serbia"), country(iso)):
        assert list(lonlat) in shapely.get_coordinates(polygon).tolist()


def test_kosovos_area_is_within_the_published_figures() -> None:
    area_km2 = abs(GEOD.geometry_area_perimeter(only("kosovo"))[0]) / 1e6
    assert area_km2 == pytest.approx(10_902.6, abs=0.05)
    assert 10_887 < area_km2 < 10_908
    assert read_layer("kosovo")[0].properties["area_km2"] == 10_902.6


def test_kosovo_and_serbia_meet_along_the_line_without_gap_or_overlap() -> None:
    kosovo, serbia, line = only("kosovo"), only("serbia"), only("border_line")
    assert shapely.intersection(kosovo, serbia).area == 0
    rings = (kosovo.exterior, serbia.exterior, line)
    edges = [{frozenset(pair) for pair in itertools.pairwise(ring.coords)} for ring in rings]
    assert edges[0] & edges[1] == edges[2]


def test_an_enclave_is_no_part_of_what_surrounds_it() -> None:
    """Sastavci / Međurječje belongs to Bosnia and Herzegovina and lies wholly inside Serbia."""
    enclave = shapely.Point(19.402, 43.552)
    assert country("BA").contains(enclave)
    assert not only("serbia").contains(enclave)


@pytest.mark.parametrize("name", LAYERS)
def test_every_geometry_is_valid(name: str) -> None:
    for feature in read_layer(name):
        assert feature.geometry.is_valid, feature.id
        assert not feature.geometry.is_empty


def rings(geometry: dict[str, Any]) -> list[list[list[list[float]]]]:
    return [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]


@pytest.mark.parametrize("name", ["kosovo", "serbia", "neighbours", "zones", "locator"])
def test_rings_wind_as_rfc_7946_has_it(name: str) -> None:
    for feature in raw(name)["features"]:
        for shell, *holes in rings(feature["geometry"]):
            assert shapely.LinearRing(shell).is_ccw
            assert not any(shapely.LinearRing(hole).is_ccw for hole in holes)


@pytest.mark.parametrize("name", LAYERS)
def test_files_are_plain_geojson_with_their_origin(name: str) -> None:
    content = raw(name)
    assert content["type"] == "FeatureCollection"
    assert "OpenStreetMap" in content["attribution"]
    assert "1244" in content["status_note"]
    assert "crs" not in content
    ids = [feature["id"] for feature in content["features"]]
    assert len(set(ids)) == len(ids) > 0
    for feature in content["features"]:
        numbers = shapely.get_coordinates(shapely.geometry.shape(feature["geometry"]))
        assert np.array_equal(numbers, numbers.round(6))


def test_neighbours_fill_the_window_beside_kosovo_and_serbia() -> None:
    west, south, east, north = shapely.total_bounds([f.geometry for f in read_layer("neighbours")])
    assert (west, south, east, north) == (17.5, 40.4, 24.5, 46.5)
    for one in read_layer("neighbours"):
        claimed_twice = CLAIMED_TWICE_DEG2.get(one.properties["iso"], 1e-5)
        assert shapely.intersection(one.geometry, only("kosovo")).area < 1e-5
        assert shapely.intersection(one.geometry, only("serbia")).area < claimed_twice
    assert {"AL", "BA", "BG", "GR", "HR", "HU", "ME", "MK", "RO"} <= {
        f.properties["iso"] for f in read_layer("neighbours")
    }


def test_countries_have_names_in_four_forms() -> None:
    for name in ("kosovo", "serbia", "neighbours", "locator"):
        for feature in read_layer(name):
            forms = [feature.properties[f"name_{form}"] for form in ("en", "sq", "sr_latn", "sr_cyrl")]
            assert all(forms)
            assert re.fullmatch(r"[\u0400-\u04ff ]+", forms[3])


def test_locator_shows_the_region_in_europe() -> None:
    by_iso = {f.properties["iso"]: f.geometry for f in read_layer("locator")}
    assert {"XK", "RS", "IT", "DE", "TR", "UA", "GR"} <= set(by_iso)
    assert shapely.total_bounds(list(by_iso.values())).tolist() == [4.0, 33.5, 36.0, 52.5]
    assert shapely.intersection(by_iso["XK"], only("kosovo")).area > 0.97 * only("kosovo").area


# Zones.


@pytest.fixture(scope="module")
def zones() -> dict[str, shapely.Geometry]:
    return {str(f.id): f.geometry for f in read_layer("zones")}


@pytest.fixture(scope="module")
def former_fry_edge() -> Any:
    """Kosovo's boundary with Serbia and Montenegro, as a line that measures."""
    from geo.border.line import GeodesicLine

    montenegro = {tuple(p) for p in shapely.get_coordinates(country("ME")).tolist()}
    ring = [tuple(p) for p in shapely.get_coordinates(only("kosovo").exterior).tolist()][:-1]
    start = ring.index(tuple(LINE[-1]))
    walked = [*ring[start:], *ring[:start]]
    walked = walked if walked[1] == tuple(LINE[-2]) else [walked[0], *walked[:0:-1]]
    until = next(i for i, p in enumerate(walked) if i >= len(LINE) and p not in montenegro)
    return GeodesicLine(np.array(walked[:until]))


def test_zones_lie_outside_kosovo_on_the_territory_of_the_then_fry(zones: dict[str, shapely.Geometry]) -> None:
    territory = shapely.union_all([only("serbia"), country("ME")])
    for zone in zones.values():
        assert shapely.intersection(zone, only("kosovo")).area == pytest.approx(0, abs=1e-9)
        assert shapely.difference(zone, territory).area < 1e-4  # Montenegro's outline is simplified
    assert shapely.difference(zones["ground_safety_zone"], zones["air_safety_zone"]).area < 1e-8  # rounding


@pytest.mark.parametrize(("name", "width_m"), [("ground_safety_zone", 5_000), ("air_safety_zone", 25_000)])
def test_zones_reach_their_width_from_the_boundary(
    zones: dict[str, shapely.Geometry], former_fry_edge: Any, name: str, width_m: float
) -> None:
    zone = zones[name]
    vertices = shapely.get_coordinates(zone)
    assert former_fry_edge.nearest(*vertices.T).distance_m.max() < width_m + 0.5
    rng = np.random.default_rng(4)
    start = former_fry_edge.lonlat[rng.integers(0, len(former_fry_edge.lonlat), 4_000)]
    lons, lats, _ = GEOD.fwd(*start.T, rng.uniform(0, 360, 4_000), rng.uniform(0, width_m * 1.3, 4_000))
    lons, lats = np.asarray(lons), np.asarray(lats)
    distances = former_fry_edge.nearest(lons, lats).distance_m
    deep_in_fry = shapely.union_all([only("serbia"), country("ME")]).buffer(-0.002)
    on_territory = shapely.contains_xy(deep_in_fry, lons, lats)
    inside = shapely.intersects_xy(zone, lons, lats)
    assert inside[on_territory & (distances < width_m - 5)].all()
    assert not inside[distances > width_m + 0.5].any()


def test_zones_are_marked_as_history_and_carry_no_dates() -> None:
    for feature in read_layer("zones"):
        assert feature.properties["historical"] is True
        assert "Military Technical Agreement" in feature.properties["source"]
        assert not any("date" in name or "start" in name or "end" in name for name in feature.properties)


# Crossings.


def test_crossings_stay_where_they_were_published() -> None:
    published = {
        "jarinje": (20.69167, 43.21861),
        "brnjak": (20.54833, 42.96194),
        "merdare": (21.25639, 42.94814),
        "konculj": (21.67142, 42.48459),
        "mucibaba": (21.55738, 42.36241),
        "mutivode": (21.44756, 42.74973),
        "svirce": (21.58139, 42.72529),
        "izvor": (20.67373, 43.03759),
    }
    assert {f.id: tuple(f.geometry.coords[0]) for f in read_layer("crossings")} == published


@pytest.mark.parametrize(("name", "distance_m"), [("jarinje", 156), ("brnjak", 26), ("merdare", 1_373), ("konculj", 0)])
def test_crossings_tell_their_distance_to_the_line(name: str, distance_m: float) -> None:
    feature = next(f for f in read_layer("crossings") if f.id == name)
    assert feature.properties["border_distance_m"] == pytest.approx(distance_m, abs=1)
    assert feature.properties["border_side"] == "line"
    assert feature.properties["uncertainty_m"] >= 300
    assert feature.properties["position_basis"]
    assert feature.properties["sources"]


# Origin.


def test_readme_gives_origin_and_the_checksum_of_every_file() -> None:
    text = (BOUNDARIES / "README.md").read_text(encoding="utf-8")
    for name in LAYERS:
        path = BOUNDARIES / f"{name}.geojson"
        assert re.search(rf"`{path.name}`.*`{hashlib.sha256(path.read_bytes()).hexdigest()}`", text), name
    for said in ("@geo-maps/countries-coastline-1m", "0.6.0", "Open Database License", "2017"):
        assert said in text


@pytest.mark.skipif(not PACKAGE, reason="IBAR_GEOMAPS_TGZ is not set")
def test_build_gives_the_same_bytes(tmp_path: Path) -> None:
    command = [sys.executable, str(BOUNDARIES / "build.py"), "--package", PACKAGE, "--output", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(f"{name}.geojson" for name in LAYERS)
    changed = [p.name for p in tmp_path.iterdir() if p.read_bytes() != (BOUNDARIES / p.name).read_bytes()]
    assert changed == []


def test_build_refuses_another_package(tmp_path: Path) -> None:
    other = tmp_path / "other.tgz"
    other.write_bytes(b"not that package")
    command = [sys.executable, str(BOUNDARIES / "build.py"), "--package", str(other), "--output", str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode != 0
    assert "nothing was written" in done.stderr
    assert not (tmp_path / "out").exists()


def test_an_unknown_layer_is_named() -> None:
    with pytest.raises(NotFound, match="border_line"):
        read_layer("rivers")


def test_a_file_that_does_not_ship_is_named() -> None:
    with pytest.raises(MissingData, match=r"nothing\.geojson"):
        shipped("nothing.geojson")


def test_a_wheel_takes_the_data_along() -> None:
    """setuptools finds a folder by its `__init__.py`; without it an installed Ibar would have no boundaries."""
    assert (BOUNDARIES / "__init__.py").is_file()


def test_shipped_files_are_found() -> None:
    assert shipped("kosovo.geojson").is_file()


# Municipalities.


def polygon(west: float, south: float, *, size: float = 0.1) -> dict[str, Any]:
    box = shapely.box(west, south, west + size, south + size)
    return dict(json.loads(shapely.to_geojson(box)))


def collection(*features: tuple[dict[str, Any] | None, dict[str, Any]], **members: Any) -> str:
    listed = [{"type": "Feature", "properties": p, "geometry": g} for g, p in features]
    return json.dumps({"type": "FeatureCollection", "features": listed, **members})


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "given.geojson"
    path.write_text(
        collection(
            (polygon(20.0, 42.0), {"shapeName": "Municipality of Here", "n": 1}),
            (polygon(20.1, 42.0), {"shapeName": "Đakovica"}),
        ),
        encoding="utf-8",
    )
    return path


def test_import_keeps_names_and_properties(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "store" / "municipalities.geojson"
    layer = import_municipalities(source, target)
    assert layer.names == municipalities(target).names == ("Here", "Đakovica")
    (first, _) = municipalities(target)
    assert first.properties["source_name"] == "Municipality of Here"
    assert first.properties["n"] == 1
    assert first.properties["area_km2"] == pytest.approx(
        abs(GEOD.geometry_area_perimeter(first.geometry)[0]) / 1e6, abs=0.01
    )
    assert [p.name for p in target.parent.iterdir()] == [target.name]


def test_municipality_of_a_position(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "municipalities.geojson"
    import_municipalities(source, target)
    layer = municipalities(target)
    assert layer.at(LonLat(20.05, 42.05)) == "Here"
    assert layer.at(LonLat(20.1, 42.05)) in layer.names
    assert layer.at(LonLat(21.0, 42.05)) is None
    assert municipality_at(LonLat(20.15, 42.05), path=target) == "Đakovica"
    found = layer.containing(LonLat(20.15, 42.05))
    assert found is not None
    assert found.geometry.contains(shapely.Point(20.15, 42.05))


def test_without_an_import_there_are_no_municipalities(tmp_path: Path) -> None:
    for path in (None, tmp_path / "none.geojson"):
        assert len(municipalities(path)) == 0
        assert municipality_at(LonLat(21, 42.6), path=path) is None


def test_a_second_import_is_seen_by_a_running_process(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "municipalities.geojson"
    import_municipalities(source, target)
    assert municipalities(target) is municipalities(target)
    source.write_text(collection((polygon(20.0, 42.0), {"name": "Elsewhere"})), encoding="utf-8")
    import_municipalities(source, target)
    assert municipalities(target).names == ("Elsewhere",)


def test_rings_are_wound_as_rfc_7946_has_it(tmp_path: Path) -> None:
    clockwise = polygon(20, 42)
    clockwise["coordinates"] = [
        ring[::-1] if shapely.LinearRing(ring).is_ccw else ring for ring in clockwise["coordinates"]
    ]
    source = tmp_path / "given.geojson"
    source.write_text(collection((clockwise, {"name": "A"})), encoding="utf-8")
    import_municipalities(source, tmp_path / "out.geojson")
    written = json.loads((tmp_path / "out.geojson").read_text(encoding="utf-8"))
    assert shapely.LinearRing(written["features"][0]["geometry"]["coordinates"][0]).is_ccw


BOW_TIE = {"type": "Polygon", "coordinates": [[[20, 42], [21, 43], [21, 42], [20, 43], [20, 42]]]}
METRES = {"type": "Polygon", "coordinates": [[[5e5, 4.7e6], [5.1e5, 4.7e6], [5.1e5, 4.8e6], [5e5, 4.7e6]]]}
WEB_MERCATOR = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}


@pytest.mark.parametrize(
    ("text", "said", "error"),
    [
        ("", "not JSON", UnreadableFile),
        ("[" * 100_000, "not JSON", UnreadableFile),
        ('{"type":"FeatureCollection","features":NaN}', "not JSON", UnreadableFile),
        ('{"type":"Topology"}', "not a GeoJSON FeatureCollection", UnreadableFile),
        ("[1,2]", "not a GeoJSON FeatureCollection", UnreadableFile),
        (collection(), "no feature", InvalidInput),
        ('{"type":"FeatureCollection","features":[7]}', "name", InvalidInput),
        ('{"type":"FeatureCollection","features":[{"properties":[1],"geometry":null}]}', "name", InvalidInput),
        (collection((None, {"name": "A"})), "feature 1 .A.*missing", InvalidInput),
        (collection(({"type": "Point", "coordinates": [20, 42]}, {"name": "A"})), "Point", InvalidInput),
        (collection((BOW_TIE, {"name": "A"})), "Self-intersection", InvalidInput),
        (collection((METRES, {"name": "A"})), "not degrees", InvalidInput),
        (collection(({"type": "Polygon", "coordinates": []}, {"name": "A"})), "empty", InvalidInput),
        (collection(({"type": "Polygon", "coordinates": "x"}, {"name": "A"})), "cannot be read", InvalidInput),
        (
            collection(({"type": "Polygon", "coordinates": [[[1, 2], [3]]]}, {"name": "A"})),
            "cannot be read",
            InvalidInput,
        ),
        (collection(({"type": "Polygon"}, {"name": "A"})), "cannot be read", InvalidInput),
        (collection((polygon(20, 42), {"name": " "})), "empty", InvalidInput),
        (collection((polygon(20, 42), {"label": "A"})), "--name-property", InvalidInput),
        (collection((polygon(20, 42), {"name": "A"}), (polygon(21, 42), {"x": 1})), "--name-property", InvalidInput),
        (collection((polygon(20, 42), {"name": "A"}), (polygon(21, 42), {"name": "A"})), "1 and 2", InvalidInput),
        (collection((polygon(20, 42), {"name": "A"}), crs=WEB_MERCATOR), "3857", InvalidInput),
    ],
)
def test_import_refuses_what_it_cannot_use_and_keeps_what_was_there(
    source: Path, tmp_path: Path, text: str, said: str, error: type[GeoError]
) -> None:
    target = tmp_path / "municipalities.geojson"
    import_municipalities(source, target)
    before = target.read_bytes()
    bad = tmp_path / "bad.geojson"
    bad.write_text(text, encoding="utf-8")
    with pytest.raises(error, match=said) as raised:
        import_municipalities(bad, target)
    assert "bad.geojson" in str(raised.value)
    assert target.read_bytes() == before


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"PK\x03\x04" * 50, bytes(range(256))])
def test_import_refuses_what_is_no_text(tmp_path: Path, data: bytes) -> None:
    for name in ("bad.geojson", "bad.gpkg"):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(UnreadableFile, match=name):
            import_municipalities(tmp_path / name, tmp_path / "out.geojson")


def test_import_says_when_there_is_no_file(tmp_path: Path) -> None:
    for name in ("none.geojson", "none.gpkg"):
        with pytest.raises(NotFound, match=name):
            import_municipalities(tmp_path / name, tmp_path / "out.geojson")


def test_import_reads_a_geopackage_in_another_projection(tmp_path: Path) -> None:
    import geopandas

    boxes = [shapely.box(20, 42, 20.1, 42.1), shapely.box(20.1, 42, 20.2, 42.1)]
    frame = geopandas.GeoDataFrame({"NAME_2": ["A", "B"]}, geometry=boxes, crs="OGC:CRS84").to_crs(25834)
    frame.to_file(tmp_path / "given.gpkg")
    layer = import_municipalities(tmp_path / "given.gpkg", tmp_path / "out.geojson")
    assert layer.names == ("A", "B")
    assert layer.at(LonLat(20.05, 42.05)) == "A"


def test_name_property_can_be_chosen(tmp_path: Path) -> None:
    source = tmp_path / "given.geojson"
    source.write_text(collection((polygon(20, 42), {"name": "x", "emri": "Prizreni"})), encoding="utf-8")
    assert import_municipalities(source, tmp_path / "out.geojson", name_property="emri").names == ("Prizreni",)
    with pytest.raises(InvalidInput, match="emir"):
        import_municipalities(source, tmp_path / "out.geojson", name_property="emir")


def test_a_damaged_layer_is_named(tmp_path: Path) -> None:
    (tmp_path / "municipalities.geojson").write_text('{"features":[{"geome', encoding="utf-8")
    with pytest.raises(MissingData, match="import the municipalities again"):
        municipalities(tmp_path / "municipalities.geojson")


@pytest.mark.reference
@pytest.mark.skipif(not REFERENCE, reason="IBAR_REFERENCE_DIR is not set")
def test_import_reads_the_geoboundaries_layer(tmp_path: Path) -> None:
    source = Path(REFERENCE) / "geoBoundaries-XKX-ADM2_simplified.geojson"
    layer = import_municipalities(source, tmp_path / "municipalities.geojson")
    assert len(layer) == 38
    assert {"Leposaviq", "Zveçan", "Zubin Potok", "North Mitrovica", "Pristina"} <= set(layer.names)
    assert layer.at(LonLat(20.78083, 42.97333)) == "Zveçan"
    assert layer.at(LonLat(20.95389, 42.85861)) == "Vushtrri"
    assert sum(f.properties["area_km2"] for f in layer) == pytest.approx(10_902.6, rel=0.01)


def test_command_imports_beside_the_store(source: Path, ibar: Callable[..., Result], settings: Any) -> None:
    done = ibar("boundaries", "import", "municipalities", str(source))
    assert done.exit_code == 0, done.output
    assert "2 municipalities" in done.output
    assert municipalities(settings.store.parent / "municipalities.geojson").names == ("Here", "Đakovica")


def test_command_says_what_is_wrong(tmp_path: Path, ibar: Callable[..., Result]) -> None:
    bad = tmp_path / "bad.geojson"
    bad.write_text(collection((BOW_TIE, {"name": "A"})), encoding="utf-8")
    done = ibar("boundaries", "import", "municipalities", str(bad))
    assert done.exit_code == 2
    assert "feature 1 (A)" in done.output
    assert "Traceback" not in done.output
