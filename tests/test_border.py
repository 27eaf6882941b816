"""The border measure against the geodesic truth, its sides, its certainty, and the command that prints it."""

import csv
import io
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geo.border import Border, certainty, thresholds
from geo.boundaries import import_municipalities, municipalities, read_layer
from geo.errors import InvalidInput
from geo.model import LonLat
from tests.geodesic_truth import GEOD, LINE, scattered, truth_m

BORDER = Border.load()
REFERENCE = os.environ.get("IBAR_REFERENCE_DIR", "")


@pytest.mark.parametrize(
    ("count", "least_m", "most_m", "within_m"),
    [(2_000, 0, 100_000, 0.01), (300, 0, 2_000, 0.001), (200, 100_000, 400_000, 0.01), (100, 400_000, 3_000_000, 0.01)],
)
def test_distance_is_the_geodesic_truth(count: int, least_m: float, most_m: float, within_m: float) -> None:
    lons, lats = scattered(count, least_m, most_m, seed=count)
    found = BORDER.measure_many(lons, lats)
    assert np.abs(found.distance_m - truth_m(lons, lats)).max() < within_m


def test_distance_holds_to_the_other_side_of_the_earth() -> None:
    lons, lats = np.array([-74.0, 151.2, -159.0, 0.0, 0.0]), np.array([40.7, -33.9, -42.7, 90.0, -90.0])
    found = BORDER.measure_many(lons, lats)
    assert found.distance_m == pytest.approx(truth_m(lons, lats), abs=1.0)


def test_no_other_part_of_the_line_is_nearer_where_two_parts_are_equally_near() -> None:
    """Far out the plane misjudges, by centimetres to metres, which of two parts is nearer: the geodesic decides."""
    one, two = LINE[400], LINE[2100]
    azimuth, _, apart = GEOD.inv(*one, *two)
    lon, lat, _ = GEOD.fwd(*one, azimuth, apart / 2)
    out = np.linspace(-95_000, 95_000, 400)
    lons, lats, _ = GEOD.fwd(np.full(400, lon), np.full(400, lat), np.full(400, azimuth + 90), out)
    lons, lats = np.asarray(lons), np.asarray(lats)
    assert np.abs(BORDER.measure_many(lons, lats).distance_m - truth_m(lons, lats)).max() < 0.01


def test_vertices_lie_at_no_distance_and_at_their_own_kilometre() -> None:
    found = BORDER.measure_many(*LINE.T)
    along = np.concatenate([[0], np.cumsum(GEOD.inv(*LINE[:-1].T, *LINE[1:].T)[2])]) / 1000
    assert found.distance_m.max() < 0.001
    assert np.abs(found.km - along).max() < 0.001


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 362.98))
@example(0.0)
def test_position_at_a_kilometre_is_measured_back_to_it(km: float) -> None:
    position = BORDER.position_at(km)
    measure = BORDER.measure(position)
    assert measure.distance_m < 0.01
    assert measure.km == pytest.approx(km, abs=0.001)
    assert not measure.side_certain


@pytest.mark.parametrize("km", [-0.1, 363.1, float("nan")])
def test_a_kilometre_off_the_line_is_refused(km: float) -> None:
    with pytest.raises(InvalidInput, match=r"from 0 to 362\.98"):
        BORDER.position_at(km)


def test_kilometres_run_from_the_north_west() -> None:
    assert tuple(BORDER.position_at(0)) == pytest.approx((20.354045, 42.832634), abs=1e-9)
    assert tuple(BORDER.position_at(BORDER.length_m / 1000)) == pytest.approx((21.586607, 42.262699), abs=1e-7)


def test_one_position_and_many_agree() -> None:
    lons, lats = scattered(50, 0, 150_000, seed=3)
    many = BORDER.measure_many(lons, lats)
    for i in range(50):
        one = BORDER.measure(LonLat(lons[i], lats[i]))
        assert (one.distance_m, one.km, one.side) == (many.distance_m[i], many.km[i], many.side[i])


@pytest.mark.parametrize(("lon", "lat"), [(float("nan"), 42.0), (20.0, float("inf")), (181.0, 42.0), (20.0, -90.1)])
def test_what_is_no_position_is_refused(lon: float, lat: float) -> None:
    with pytest.raises(InvalidInput, match="position"):
        BORDER.measure_many([20.0, lon], [42.0, lat])


def test_nothing_measures_nothing() -> None:
    assert len(BORDER.measure_many([], []).distance_m) == 0


# Sides.


@pytest.mark.parametrize(
    ("lon", "lat", "side"),
    [
        (20.78083, 42.97333, "XK"),  # Banjska in Zvečan
        (21.16, 42.66, "XK"),
        (20.46, 44.80, "RS"),
        (20.62, 43.27, "RS"),
        (19.26, 42.44, "ME"),
        (19.82, 41.33, "AL"),
        (21.43, 42.00, "MK"),
        (23.32, 42.70, "BG"),
        (18.41, 43.86, "BA"),
        (13.40, 52.40, "DE"),
        (19.0, 41.8, "ME"),  # the sea off Ulcinj
        (-0.12, 51.5, ""),  # beyond the layers that ship: not guessed
    ],
)
def test_side(lon: float, lat: float, side: str) -> None:
    assert BORDER.measure(LonLat(lon, lat)).side == side


def test_sides_change_at_the_line() -> None:
    """A step to the right of the line, seen along it, is in Kosovo; a step to the left is in Serbia."""
    ahead, _, lengths = GEOD.inv(*LINE[:-1].T, *LINE[1:].T)
    long = np.flatnonzero(np.asarray(lengths) > 200)
    middle = GEOD.fwd(*LINE[long].T, np.asarray(ahead)[long], np.asarray(lengths)[long] / 2)[:2]
    for turn, side in ((90, "XK"), (-90, "RS")):
        lons, lats, _ = GEOD.fwd(*middle, np.asarray(ahead)[long] + turn, np.full(len(long), 0.5))
        assert set(BORDER.measure_many(lons, lats).side) == {side}


def disputed() -> list[shapely.Polygon]:
    lines = [read_layer(name)[0].geometry for name in ("border_line", "serbia_line")]
    faces = list(shapely.polygonize([shapely.union_all(lines)]).geoms)
    return [face for face in faces if abs(GEOD.geometry_area_perimeter(face)[0]) > 10_000]


def test_a_gap_between_the_two_outlines_is_serbian_side_and_never_certain() -> None:
    faces = disputed()
    assert len(faces) >= 10
    kosovo = read_layer("kosovo")[0].geometry
    for face in faces:
        inside = shapely.get_coordinates(face.representative_point())[0]
        measure = BORDER.measure(LonLat(*inside))
        assert measure.side == ("XK" if kosovo.contains(face.representative_point()) else "RS")
        assert not measure.side_certain


def test_how_far_the_two_outlines_lie_apart() -> None:
    """Serbia's line passes within 756 m of every point of the border line, but strays up to 1.3 km from it."""
    serbian = shapely.get_coordinates(read_layer("serbia_line")[0].geometry)
    assert BORDER.serbian.nearest(*LINE.T).distance_m.max() == pytest.approx(756, abs=1)
    assert BORDER.line.nearest(*serbian.T).distance_m.max() == pytest.approx(1_335.5, abs=1)


@pytest.mark.parametrize("step", range(0, len(LINE), 100))
def test_the_gap_is_at_least_the_distance_between_the_two_outlines_there(step: int) -> None:
    lon, lat = LINE[step]
    apart = BORDER.serbian.nearest([lon], [lat]).distance_m[0]
    assert max(apart, 1.0) <= BORDER.gap_m(LonLat(lon, lat)) < 1_336


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(LINE) - 1), st.floats(0, 360), st.floats(0, 3_000), st.floats(0, 2_000))
def test_a_certain_side_holds_over_the_whole_disc_by_both_outlines(
    vertex: int, azimuth: float, away_m: float, uncertainty_m: float
) -> None:
    lon, lat, _ = GEOD.fwd(*LINE[vertex], azimuth, away_m)
    measure = BORDER.measure(LonLat(lon, lat), uncertainty_m=uncertainty_m)
    if not measure.side_certain:
        return
    assert measure.distance_m > uncertainty_m
    around = [GEOD.fwd(lon, lat, a, uncertainty_m)[:2] for a in range(0, 360, 30)]
    assert set(BORDER.measure_many(*np.array(around).T).side) == {measure.side}
    arcs = shapely.union_all([read_layer("border_line")[0].geometry, read_layer("serbia_line")[0].geometry])
    disc = shapely.Polygon(around) if uncertainty_m > 1 else shapely.Point(lon, lat)
    assert not shapely.intersects(disc, arcs)


def test_side_is_not_certain_where_the_disc_reaches_another_country() -> None:
    near_albania = LonLat(20.52, 42.21)
    assert BORDER.measure(near_albania).side_certain
    assert not BORDER.measure(near_albania, uncertainty_m=10_000).side_certain


def test_a_crossing_lies_on_the_line_wherever_it_was_published() -> None:
    merdare = BORDER.measure(LonLat(21.25639, 42.94814), uncertainty_m=1_500, is_crossing=True)
    assert (merdare.side, merdare.side_certain) == ("line", False)
    assert merdare.distance_m == pytest.approx(1_373.6, abs=0.1)
    assert merdare.min_m == 0


# Within a distance.

metres = st.floats(0, 1e6)


@settings(max_examples=300)
@given(metres, metres)
def test_thresholds_rise(distance_m: float, uncertainty_m: float) -> None:
    low, likely, high = thresholds(distance_m, uncertainty_m)
    assert 0 <= low <= likely <= high == distance_m + uncertainty_m


@pytest.mark.parametrize("ratio", [0.0, 0.01, 0.2, 0.45, 0.5, 0.8, 1.0, 3.0])
def test_half_of_a_uniform_disc_lies_within_the_likely_distance(ratio: float) -> None:
    rng = np.random.default_rng(7)
    radius, angle = np.sqrt(rng.uniform(size=400_000)), rng.uniform(0, 2 * np.pi, 400_000)
    away = np.abs(ratio + radius * np.sin(angle))
    _, likely, _ = thresholds(ratio, 1.0)
    assert np.mean(away <= likely) == pytest.approx(0.5, abs=0.004)


def test_thresholds_of_many_are_those_of_each() -> None:
    d, u = np.array([0.0, 10.0, 5_000.0, 100.0]), np.array([0.0, 1_000.0, 300.0, 250.0])
    together = np.array(thresholds(d, u))
    apart = np.array([thresholds(a, b) for a, b in zip(d, u, strict=True)]).T
    assert np.array_equal(together, apart)


@pytest.mark.parametrize("wrong", [-1.0, float("nan"), float("inf")])
def test_thresholds_refuse_what_is_no_distance(wrong: float) -> None:
    for pair in ((wrong, 1.0), (1.0, wrong)):
        with pytest.raises(InvalidInput, match="finite"):
            thresholds(*pair)


def test_certainty_contains_the_one_before() -> None:
    measure = BORDER.measure(LonLat(20.78083, 42.97333), uncertainty_m=2_000)
    assert 11_000 < measure.distance_m < 11_600
    said = [certainty(measure, within_m) for within_m in (9_000, 10_000, 12_000, 14_000)]
    assert said == [None, "possible", "likely", "certain"]
    assert certainty((0.0, 5.0, 10.0), 5.0) == "likely"


# Areas.


def square(lon: float, lat: float, half_m: float) -> shapely.Polygon:
    corners = [GEOD.fwd(lon, lat, azimuth, half_m * 2**0.5)[:2] for azimuth in (45, 315, 225, 135)]
    return shapely.Polygon(corners)


@pytest.mark.parametrize(("lon", "lat", "half_m"), [(21.0, 42.9, 4_000), (21.0, 42.75, 9_000), (20.9, 43.6, 5_000)])
def test_an_area_is_measured_from_its_nearest_to_its_farthest_point(lon: float, lat: float, half_m: float) -> None:
    polygon = square(lon, lat, half_m)
    measure = BORDER.measure_area(polygon=polygon, interior=LonLat(lon, lat), radius_m=1)
    west, south, east, north = polygon.bounds
    x, y = np.meshgrid(np.linspace(west, east, 250), np.linspace(south, north, 250))
    inside = shapely.intersects_xy(polygon, x, y)
    edge = shapely.get_coordinates(shapely.segmentize(polygon, 0.0005))
    lons, lats = np.concatenate([x[inside], edge[:, 0]]), np.concatenate([y[inside], edge[:, 1]])
    distances = BORDER.measure_many(lons, lats).distance_m
    step_m = half_m * 2 / 250
    assert distances.min() - step_m < measure.min_m <= distances.min() + 0.01
    assert distances.max() <= measure.max_m < distances.max() + step_m
    assert measure.likely_m == pytest.approx(np.median(distances[: inside.sum()]), rel=0.02)


def test_kosovo_reaches_from_the_line_to_its_far_south() -> None:
    kosovo = read_layer("kosovo")[0].geometry
    measure = BORDER.measure_area(polygon=kosovo, interior=LonLat(20.9, 42.57), radius_m=1)
    farthest = BORDER.measure_many(*shapely.get_coordinates(kosovo).T).distance_m.max()
    assert measure.min_m == 0
    assert farthest <= measure.max_m < farthest + 2
    assert (measure.side, measure.side_certain) == ("XK", False)


def test_an_area_without_an_outline_is_a_disc() -> None:
    interior = LonLat(20.7, 42.5)
    measure = BORDER.measure_area(interior=interior, radius_m=10_000)
    assert measure.min_m == pytest.approx(measure.distance_m - 10_000)
    assert measure.max_m == pytest.approx(measure.distance_m + 10_000)


def test_an_area_far_inside_has_a_certain_side() -> None:
    assert BORDER.measure_area(polygon=square(21.0, 42.6, 3_000), interior=LonLat(21.0, 42.6), radius_m=1).side_certain


@pytest.mark.reference
@pytest.mark.skipif(not REFERENCE, reason="IBAR_REFERENCE_DIR is not set")
def test_municipalities_are_measured(tmp_path: Path) -> None:
    import_municipalities(Path(REFERENCE) / "geoBoundaries-XKX-ADM2_simplified.geojson", tmp_path / "m.geojson")
    layer = {f.properties["name"]: f.geometry for f in municipalities(tmp_path / "m.geojson")}
    at_line, away = (
        BORDER.measure_area(
            polygon=layer[name], interior=LonLat(*layer[name].representative_point().coords[0]), radius_m=1
        )
        for name in ("Leposaviq", "Prizren")
    )
    assert at_line.min_m == 0 < at_line.likely_m < at_line.max_m < 30_000
    assert 40_000 < away.min_m < away.likely_m < away.max_m < 90_000


def test_threads_share_the_border() -> None:
    lons, lats = scattered(2_000, 0, 90_000, seed=11)
    expected = BORDER.measure_many(lons, lats).distance_m
    found: list[bool] = []

    def measure() -> None:
        for _ in range(5):
            found.append(np.array_equal(BORDER.measure_many(lons, lats).distance_m, expected))

    threads = [threading.Thread(target=measure) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 20


def test_the_border_loads_without_the_mapping_libraries() -> None:
    program = "import sys, geo.border as b; b.Border.load(); print({'geopandas', 'pandas'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


# The command.


def ibar_border(text: str | bytes, *options: str) -> subprocess.CompletedProcess[str]:
    given_text = text if isinstance(text, str) else text.decode("latin-1")
    command = [sys.executable, "-c", "from app.cli import cli; cli()", "border", *options]
    return subprocess.run(command, input=given_text, capture_output=True, text=True, encoding="utf-8", env=os.environ)


def test_command_prints_csv() -> None:
    done = ibar_border("20.78083,42.97333\n-73.9,40.7\n")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert done.returncode == 0
    assert done.stdout.splitlines()[0] == "lon,lat,border_distance_m,border_side,border_km"
    assert rows[0] == {
        "lon": "20.78083",
        "lat": "42.97333",
        "border_distance_m": "11219.036",
        "border_side": "XK",
        "border_km": "52.763",
    }
    assert rows[1]["border_side"] == ""


def test_command_takes_a_header_blank_lines_spaces_and_no_last_newline() -> None:
    done = ibar_border("\ufefflon,lat\r\n 20.5 , 42.9\r\n\r\n21,43")
    assert done.returncode == 0
    assert [line.split(",")[:2] for line in done.stdout.splitlines()] == [
        ["lon", "lat"],
        ["20.5", "42.9"],
        ["21", "43"],
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("20.5,42.9\n20.5;42.9\n", "line 2"),
        ("lon,lat\n20.5,42.9\n20.5,abc\n", "line 3"),
        ("20.5,42.9\n\nnan,42\n", "line 3"),
        ("42.9\n", "line 1"),
        ("20.5,142.9\n", "latitude"),
        ("20.5,42.9,7\n", "line 1"),
        ("\x00\x01\x02\n", "line 1"),
        ("20_5,42\n", "line 1"),
        ("", "no position"),
        ("lon,lat\n", "no position"),
    ],
)
def test_command_names_the_line_that_is_wrong(text: str, said: str) -> None:
    done = ibar_border(text)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_command_help_has_an_example() -> None:
    done = ibar_border("", "--help")
    assert "ibar border" in done.stdout
    assert "20.78083,42.97333" in done.stdout


def test_command_measures_many_lines_in_flat_memory() -> None:
    lons, lats = scattered(300_000, 0, 100_000, seed=5)
    text = "\n".join(f"{lon:.6f},{lat:.6f}" for lon, lat in zip(lons, lats, strict=True))
    program = (
        "import resource, sys\nfrom app.cli import cli\n"
        "try:\n    cli(['border'])\nfinally:\n"
        "    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)\n"
    )

    def run(given_text: str) -> tuple[int, int]:
        done = subprocess.run(
            [sys.executable, "-c", program], input=given_text, capture_output=True, text=True, check=True
        )
        return done.stdout.count("\n"), int(done.stderr.split()[-1])

    lines, peak_kb = run(text)
    _, least_kb = run("\n".join(text.splitlines()[:100_000]))
    assert lines == 300_001
    assert peak_kb < least_kb * 1.1
