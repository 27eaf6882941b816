"""CQL2 1.0: the abstract tests of spatial, temporal and custom functions and of arithmetic, asked over HTTP."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable
from typing import Any

import pytest
import shapely
from flask.testing import FlaskClient
from shapely.geometry import shape

from tests.ogc import COMPARISONS, EVENT_IDS, IDS, every, ids, literal, matching, meant, refused, samples

every_collection = pytest.mark.parametrize("collection", IDS)
basic_spatial = pytest.mark.conformance("cql2/1.0/conf/basic-spatial-functions")
basic_spatial_plus = pytest.mark.conformance("cql2/1.0/conf/basic-spatial-functions-plus")
spatial = pytest.mark.conformance("cql2/1.0/conf/spatial-functions")
temporal = pytest.mark.conformance("cql2/1.0/conf/temporal-functions")
property_property = pytest.mark.conformance("cql2/1.0/conf/property-property")
functions = pytest.mark.conformance("cql2/1.0/conf/functions")
arithmetic = pytest.mark.conformance("cql2/1.0/conf/arithmetic")
POINT = "POINT(20.8667 42.8833)"
LITERALS = (
    POINT,
    "LINESTRING(20.3 42.6, 20.9 43.1, 21.6 42.4)",
    "POLYGON((20.5 42.6, 21.2 42.6, 21.2 43.2, 20.5 42.6), (20.8 42.7, 20.9 42.7, 20.9 42.8, 20.8 42.7))",
    "MULTIPOINT((20.8667 42.8833), (21.1667 42.6667))",
    "MULTILINESTRING((20.3 42.6, 20.9 43.1), (21 42, 21.6 42.4))",
    "MULTIPOLYGON(((20.5 42.6, 20.9 42.6, 20.9 43.2, 20.5 42.6)), ((21 42.2, 21.5 42.2, 21.5 42.7, 21 42.2)))",
    "GEOMETRYCOLLECTION(POINT(20.8667 42.8833), LINESTRING(20.3 42.6, 20.9 43.1))",
)


def by_shapely(features: list[Any], name: str, wkt: str) -> set[str]:
    other = shapely.from_wkt(wkt)
    test = getattr(shapely, name)
    return {f["id"] for f in features if f["geometry"] and test(shape(f["geometry"]), other)}


@basic_spatial
@every_collection
def test_intersects_points_and_boxes(service: FlaskClient, collection: str) -> None:
    features = every(service, collection)
    at = f"S_INTERSECTS(geometry, {POINT})"
    assert matching(service, collection, at) == by_shapely(features, "intersects", POINT)
    one = next(shape(f["geometry"]).representative_point() for f in features if f["geometry"])
    assert matching(service, collection, f"S_INTERSECTS(geometry, {one.wkt})") == by_shapely(
        features, "intersects", one.wkt
    )
    box = shapely.box(20.5, 42.6, 21.0, 43.1)
    inside = by_shapely(features, "intersects", box.wkt)
    assert matching(service, collection, "S_INTERSECTS(geometry, BBOX(20.5, 42.6, 21.0, 43.1))") == inside
    placed = {f["id"] for f in features if f["geometry"]}
    assert matching(service, collection, "NOT S_INTERSECTS(geometry, BBOX(20.5, 42.6, 21.0, 43.1))") == placed - inside
    assert matching(service, collection, "S_INTERSECTS(geometry, BBOX(170, -80, 169.9, 80))") == placed
    assert matching(service, collection, "S_INTERSECTS(geometry, BBOX(179, -80, -179, 80))") == set()
    for wrong in (
        "POINT(200 43)",
        "POINT(20 100)",
        "BBOX(20, 43, 21, 42)",
        "BBOX(-190, 42, 21, 43)",
        "BBOX(20, 43, 21)",
    ):
        text = f"S_INTERSECTS(geometry, {wrong})"
        refused(service, f"/collections/{collection}/items", "filter", filter=text)


@basic_spatial_plus
@pytest.mark.parametrize("wkt", LITERALS, ids=lambda wkt: wkt.split("(")[0])
@every_collection
def test_intersects_every_geometry(service: FlaskClient, collection: str, wkt: str) -> None:
    features = every(service, collection)
    wanted = by_shapely(features, "intersects", wkt)
    assert matching(service, collection, f"S_INTERSECTS(geometry, {wkt})") == wanted
    tree = json.dumps(
        {"op": "s_intersects", "args": [{"property": "geometry"}, shapely.from_wkt(wkt).__geo_interface__]}
    )
    assert matching(service, collection, tree, "cql2-json") == wanted


SPATIAL = ("intersects", "disjoint", "equals", "touches", "crosses", "within", "contains", "overlaps")


@spatial
@pytest.mark.parametrize("name", SPATIAL)
@every_collection
def test_spatial_functions(service: FlaskClient, collection: str, name: str) -> None:
    features = every(service, collection)
    own = next(shape(f["geometry"]) for f in features if f["geometry"])
    small = own if own.geom_type == "Point" else own.representative_point().buffer(0.02, quad_segs=2)
    for wkt in (*LITERALS[1:3], shapely.to_wkt(small, rounding_precision=-1)):
        text = f"S_{name.upper()}(geometry, {wkt})"
        assert matching(service, collection, text) == by_shapely(features, name, wkt), text


START, END = "2021-06-01", "2023-09-24"
TEMPORAL: dict[str, Callable[[str, str], bool]] = {
    "after": lambda s, e: s > END,
    "before": lambda s, e: e < START,
    "contains": lambda s, e: s < START and e > END,
    "disjoint": lambda s, e: e < START or s > END,
    "during": lambda s, e: s > START and e < END,
    "equals": lambda s, e: (s, e) == (START, END),
    "finishedby": lambda s, e: s < START and e == END,
    "finishes": lambda s, e: s > START and e == END,
    "intersects": lambda s, e: s <= END and e >= START,
    "meets": lambda s, e: e == START,
    "metby": lambda s, e: s == END,
    "overlappedby": lambda s, e: START < s < END < e,
    "overlaps": lambda s, e: s < START < e < END,
    "startedby": lambda s, e: s == START and e > END,
    "starts": lambda s, e: s == START and e < END,
}

BY_START = ("after", "disjoint", "metby")
"""Those that can hold of an interval whose end is null."""


@temporal
@pytest.mark.parametrize("name", TEMPORAL)
@pytest.mark.parametrize("collection", EVENT_IDS)
def test_temporal_functions(service: FlaskClient, collection: str, name: str) -> None:
    features = every(service, collection)

    def test(record: dict[str, Any]) -> bool:
        begins, ends = record["date_start"], record["date_end"]
        is_known = bool(begins) and bool(ends or name in BY_START)
        return is_known and TEMPORAL[name](begins, ends or "9999")

    text = f"T_{name.upper()}(INTERVAL(date_start, date_end), INTERVAL('{START}', '{END}'))"
    assert matching(service, collection, text) == meant(features, test)


@temporal
@pytest.mark.parametrize("collection", EVENT_IDS)
def test_temporal_functions_of_instants(service: FlaskClient, collection: str) -> None:
    features = every(service, collection)
    day = "2023-09-24"
    instants = {"after": operator.gt, "before": operator.lt, "disjoint": operator.ne, "equals": operator.eq}
    for name, compare in {**instants, "intersects": operator.eq}.items():
        wanted = meant(features, lambda r, c=compare: bool(r["date_start"]) and c(r["date_start"], day))
        text = f"T_{name.upper()}(date_start, DATE('{day}'))"
        assert matching(service, collection, text) == wanted, text
    since = meant(features, lambda r: bool(r["date_start"]) and r["date_start"] >= day)
    assert matching(service, collection, f"T_INTERSECTS(date_start, INTERVAL('{day}', '..'))") == since
    assert matching(service, collection, "T_BEFORE(updated_at, TIMESTAMP('2000-01-01T00:00:00Z'))") == set()
    assert matching(service, collection, "T_AFTER(updated_at, TIMESTAMP('2000-01-01T00:00:00Z'))") == ids(features)
    refused(service, f"/collections/{collection}/items", "filter", filter="T_AFTER(title, DATE('2023-01-01'))")


PAIRS = {
    "incidents": ("fatalities", "injured"),
    "deployments": ("uncertainty_m", "border_distance_m"),
    "border-line": ("name_en", "direction"),
    "zones": ("width_m", "area_km2"),
    "boundaries": ("name_en", "name_sq"),
    "crossings": ("name_sq", "name_sr_latn"),
    "places": ("border_distance_m", "radius_m"),
}


@property_property
@every_collection
def test_property_property(service: FlaskClient, collection: str) -> None:
    features = every(service, collection)
    left, right = PAIRS[collection]
    known = meant(features, lambda r: r[left] is not None and r[right] is not None)
    assert known
    for sign, compare in COMPARISONS.items():
        wanted = meant(features, lambda r, c=compare: None not in (r[left], r[right]) and c(r[left], r[right]))
        assert matching(service, collection, f"{left} {sign} {right}") == wanted
        _, kind, value = next(sample for sample in samples(features, collection) if sample[0] == left)
        turned = meant(features, lambda r, c=compare, v=value: r[left] is not None and c(v, r[left]))
        assert matching(service, collection, f"{literal(value, kind)} {sign} {left}") == turned
        constant = ids(features) if compare(1, 2) else set()
        assert matching(service, collection, f"1 {sign} 2") == constant
        assert matching(service, collection, f"'a' {sign} 'b'") == constant


@functions
@pytest.mark.parametrize("collection", EVENT_IDS)
def test_custom_functions(service: FlaskClient, collection: str) -> None:
    steps = [matching(service, collection, f"certainty(15000) = '{how}'") for how in ("certain", "likely", "possible")]
    assert set.union(*steps) == matching(service, collection, "near_border(15000)")
    assert sum(map(len, steps)) == len(set.union(*steps)) > 0
    assert ids(every(service, collection, within_m="15000")) == set.union(*steps)
    assert ids(every(service, collection, within_m="15000", certainty="likely")) == steps[0] | steps[1]
    near = matching(service, collection, "distance_to(POINT(20.87 42.89)) <= 20000")
    assert near == ids(every(service, collection, near="20.87,42.89", radius_m="20000"))
    assert near == matching(service, collection, "distance_to('Mitrovica') <= 20000") | near


@arithmetic
@pytest.mark.parametrize(
    ("text", "test"),
    [
        ("border_distance_m / 1000 < 5 + 5", lambda d, r: d / 1000 < 10),
        ("border_distance_m - radius_m > 0", lambda d, r: d - r > 0),
        ("border_distance_m * 2 > radius_m * 30", lambda d, r: d * 2 > r * 30),
        ("border_distance_m = radius_m * (1 + 2) - radius_m", lambda d, r: d == r * 3 - r),
        ("radius_m ^ 2 > 1000000", lambda d, r: r**2 > 1_000_000),
        ("radius_m % 1000 = 500", lambda d, r: r % 1000 == 500),
        ("radius_m div 1000 = 1", lambda d, r: r // 1000 == 1),
        ("-radius_m < -1000", lambda d, r: -r < -1000),
    ],
)
def test_arithmetic(service: FlaskClient, text: str, test: Callable[[float, float], bool]) -> None:
    features = [f for f in every(service, "places") if f["properties"]["border_distance_m"] is not None]
    wanted = meant(features, lambda r: test(r["border_distance_m"], r["radius_m"]))
    assert matching(service, "places", f"{text} AND border_distance_m IS NOT NULL") == wanted
    assert matching(service, "places", "radius_m / 0 > 1") == set()
