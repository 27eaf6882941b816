"""OGC API - Features, Part 2: the abstract tests of coordinate reference systems, over every collection."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
import shapely
from flask.testing import FlaskClient
from pyproj import CRS, Transformer
from shapely.geometry import shape

from tests.ogc import CRS84, GEOJSON, IDS, asked, every, got, ids, items, links, local, refused

pytestmark = pytest.mark.conformance("ogcapi-features-2/1.0/conf/crs")
EPSG = "http://www.opengis.net/def/crs/EPSG/0"
CODES = (4326, 3857, 25834, 9141)
URIS = (CRS84, *(f"{EPSG}/{code}" for code in CODES))
UNLISTED = f"{EPSG}/2154"
BOX = (20.62, 42.85, 21.05, 43.15)
every_collection = pytest.mark.parametrize("collection", IDS)
every_system = pytest.mark.parametrize("uri", URIS)


def from_crs84(uri: str) -> Transformer:
    """Return a transformer from longitude and latitude to a system in the order of its own axes."""
    return Transformer.from_crs("OGC:CRS84", proj(uri), always_xy=False)


def proj(uri: str) -> CRS:
    return CRS.from_authority("EPSG", uri.rsplit("/", 1)[1]) if uri != CRS84 else CRS.from_user_input("OGC:CRS84")


def back(uri: str, geometry: Any) -> shapely.Geometry:
    """Return a GeoJSON geometry in a system, transformed back to longitude and latitude."""
    transformer = from_crs84(uri)

    def inverse(at: Any) -> Any:
        return np.column_stack(transformer.transform(at[:, 0], at[:, 1], direction="INVERSE"))

    return shapely.transform(shape(geometry), inverse)


def box_in(uri: str) -> str:
    """Return a box in a system that lies about `BOX`, lower corner first in the order of its axes."""
    west, south, east, north = BOX
    corners = from_crs84(uri).transform([west, west, east, east], [south, north, south, north])
    (a, c), (b, d) = ((min(axis), max(axis)) for axis in corners)
    return f"{a},{b},{c},{d}"


@every_collection
def test_crs_uri_default_and_storage(service: FlaskClient, collection: str) -> None:
    about = got(service, f"/collections/{collection}")
    assert about["crs"] == list(URIS)
    assert about["storageCrs"] in about["crs"]
    for uri in (*about["crs"], *got(service, "/collections")["crs"]):
        assert re.fullmatch(r"http://www\.opengis\.net/def/crs/(OGC|EPSG)/[\d.]+/\w+", uri)


@every_system
@every_collection
def test_crs_parameter_and_transform(service: FlaskClient, collection: str, uri: str) -> None:
    path = f"/collections/{collection}/items"
    plain = {feature["id"]: feature for feature in items(service, collection, limit=40)["features"]}
    answer = asked(service, path, limit=40, crs=uri)
    assert (answer.content_type, answer.headers["Content-Crs"]) == (GEOJSON, f"<{uri}>")
    shown = answer.get_json(force=True)["features"]
    assert [feature["id"] for feature in shown] == list(plain)
    for feature in shown:
        wanted = plain[feature["id"]]
        assert feature["properties"] == wanted["properties"]
        if wanted["geometry"] is None:
            assert feature["geometry"] is None
            continue
        found = back(uri, feature["geometry"])
        assert shapely.equals_exact(found, shape(wanted["geometry"]), tolerance=2e-6)


@every_system
@every_collection
def test_crs_of_one_feature(service: FlaskClient, collection: str, uri: str) -> None:
    plain = next(f for f in items(service, collection, limit=20)["features"] if f["geometry"])
    path = f"/collections/{collection}/items/{plain['id']}"
    answer = asked(service, path, crs=uri)
    assert answer.headers["Content-Crs"] == f"<{uri}>"
    found = back(uri, answer.get_json(force=True)["geometry"])
    assert shapely.equals_exact(found, shape(plain["geometry"]), tolerance=2e-6)


def test_axes_are_in_the_order_of_the_system(service: FlaskClient) -> None:
    first = {"limit": 1, "filter": "id = 'banjska'"}
    lon, lat = items(service, "places", **first)["features"][0]["geometry"]["coordinates"]
    assert 20 < lon < 22 < 42 < lat < 44
    geographic = items(service, "places", crs=f"{EPSG}/4326", **first)["features"][0]["geometry"]["coordinates"]
    assert geographic == [lat, lon]
    easting, northing = items(service, "places", crs=f"{EPSG}/25834", **first)["features"][0]["geometry"]["coordinates"]
    assert 400_000 < easting < 600_000 < 4_700_000 < northing < 4_800_000


@every_collection
def test_crs_parameter_default_and_invalid(service: FlaskClient, collection: str) -> None:
    path = f"/collections/{collection}/items"
    feature = items(service, collection, limit=1)["features"][0]["id"]
    for address in (path, f"{path}/{feature}"):
        assert asked(service, address).headers["Content-Crs"] == f"<{CRS84}>"
        assert UNLISTED in refused(service, address, "crs", crs=UNLISTED)
    refused(service, path, "bbox-crs", bbox="20,42,21,43", **{"bbox-crs": UNLISTED})
    refused(service, path, "filter-crs", filter="id = 'x'", **{"filter-crs": UNLISTED})


@every_system
@every_collection
def test_bbox_crs_parameter(service: FlaskClient, collection: str, uri: str) -> None:
    found = every(service, collection, bbox=box_in(uri), **{"bbox-crs": uri})
    outline = shapely.segmentize(shapely.box(*map(float, box_in(uri).split(","))), 5_000)
    box = back(uri, outline.__geo_interface__)
    near = box.buffer(1e-5)
    for feature in found:
        assert not feature["geometry"] or near.intersects(shape(feature["geometry"]))
    inside = box.buffer(-1e-5)
    wanted = {
        feature["id"]
        for feature in every(service, collection)
        if not feature["geometry"] or inside.intersects(shape(feature["geometry"]))
    }
    assert wanted <= ids(found)


@every_collection
def test_bbox_crs_parameter_default(service: FlaskClient, collection: str) -> None:
    text = ",".join(map(str, BOX))
    plain = ids(every(service, collection, bbox=text))
    assert ids(every(service, collection, bbox=text, **{"bbox-crs": CRS84})) == plain
    lat_lon = ",".join(str(BOX[place]) for place in (1, 0, 3, 2))
    assert ids(every(service, collection, bbox=lat_lon, **{"bbox-crs": f"{EPSG}/4326"})) == plain


@every_system
@every_collection
def test_an_extent_converted_by_its_corners_holds_the_same_features(
    service: FlaskClient, collection: str, uri: str
) -> None:
    """As the OGC's test suite converts it."""
    west, south, east, north = got(service, f"/collections/{collection}")["extent"]["spatial"]["bbox"][0]
    (a, c), (b, d) = from_crs84(uri).transform([west, east], [south, north])
    converted = ids(every(service, collection, bbox=f"{a},{b},{c},{d}", **{"bbox-crs": uri}))
    assert converted == ids(every(service, collection, bbox=f"{west},{south},{east},{north}"))
    assert converted == ids(every(service, collection))


@every_system
def test_pages_keep_the_system(service: FlaskClient, uri: str) -> None:
    path = "/collections/places/items"
    first = got(service, path, limit=3, crs=uri, bbox=box_in(uri), **{"bbox-crs": uri})
    following = service.get(local(links(first, "next")[0]["href"]))
    assert following.headers["Content-Crs"] == f"<{uri}>"
    wanted = got(service, path, limit=6, crs=uri, bbox=box_in(uri), **{"bbox-crs": uri})["features"]
    assert first["features"] + following.get_json(force=True)["features"] == wanted


@pytest.mark.parametrize("corners", ["1e308,0,1e308,1", "0,0,1e300,1e300", "600000,4700000,500000,4800000"])
def test_a_box_beyond_a_system_is_refused(service: FlaskClient, corners: str) -> None:
    refused(service, "/collections/places/items", "bbox", bbox=corners, **{"bbox-crs": f"{EPSG}/25834"})
