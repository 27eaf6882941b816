"""OGC API - Features, Part 1: the abstract tests of core, GeoJSON, HTML and OpenAPI 3.0, over every collection."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import shapely
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV30SpecValidator
from shapely.geometry import shape

from app.conformance import CLASSES
from app.params import MAX_LIMIT
from geo.features import COLLECTIONS
from tests.ogc import (
    CRS84,
    EVENT_IDS,
    GEOJSON,
    IDS,
    LAYER_IDS,
    asked,
    checked,
    every,
    got,
    ids,
    items,
    links,
    local,
    refused,
)

BANJSKA = "20.7,42.9,20.9,43.05"
every_collection = pytest.mark.parametrize("collection", IDS)
core = pytest.mark.conformance("ogcapi-features-1/1.0/conf/core")
geojson = pytest.mark.conformance("ogcapi-features-1/1.0/conf/geojson")
html = pytest.mark.conformance("ogcapi-features-1/1.0/conf/html")
oas30 = pytest.mark.conformance("ogcapi-features-1/1.0/conf/oas30")


def description(client: FlaskClient) -> Any:
    return got(client, "/openapi.json")


def parameter(client: FlaskClient, collection: str, name: str) -> Any:
    """Return a query parameter of the items of a collection as the interface document has it."""
    document = description(client)
    for given in document["paths"][f"/collections/{collection}/items"]["get"]["parameters"]:
        found = document["components"]["parameters"][given["$ref"].split("/")[-1]] if "$ref" in given else given
        if found["name"] == name:
            return found
    raise AssertionError(f"{name} is not described")


def addresses(client: FlaskClient) -> list[str]:
    """Return every address of the document that may be read, filled in with something that is there."""
    event = items(client, "incidents", limit=1)["features"][0]["id"]
    filled = []
    for path in (path for path, methods in description(client)["paths"].items() if "get" in methods):
        collection = re.match(r"/collections/([\w-]+)/items/{", path)
        feature = items(client, collection[1], limit=1)["features"][0]["id"] if collection else event
        filled.append(re.sub(r"{\w+}", feature, path))
    return filled


QUERIES = {"/along": {"from_km": 0}, "/nearest": {"near": "20.8,43"}, "/geocode": {"q": "Banjska"}}


def test_every_declared_class_has_a_test_and_every_tested_class_is_declared() -> None:
    tested = {
        name
        for path in Path(__file__).parent.glob("test_conformance_*.py")
        for name in re.findall(r"\.conformance\(\"([^\"]+)\"\)", path.read_text(encoding="utf-8"))
    }
    assert {name.removeprefix("http://www.opengis.net/spec/") for name in CLASSES} == tested
    assert len(set(CLASSES)) == len(CLASSES)


@core
def test_http_every_address_of_the_document_answers(service: FlaskClient) -> None:
    found = addresses(service)
    assert len(found) > 7 * 6
    for path in found:
        asked(service, path, **QUERIES.get(path, {}))


@core
@every_collection
def test_crs84(service: FlaskClient, collection: str) -> None:
    shapes = [shape(feature["geometry"]) for feature in every(service, collection) if feature["geometry"]]
    assert shapes
    for found in shapes:
        west, south, east, north = found.bounds
        assert 12 < west <= east < 30  # the clipped neighbours reach farthest
        assert 38 < south <= north < 48


@core
def test_root_and_api_definition(service: FlaskClient) -> None:
    landing = checked("landing", got(service, "/"))
    for rel in ("self", "service-desc", "service-doc", "conformance", "data"):
        assert links(landing, rel), rel
    for link in landing["links"]:
        with asked(service, local(link["href"])) as answer:
            assert answer.mimetype == link["type"].split(";")[0], link
    OpenAPIV30SpecValidator(description(service)).validate()


@core
def test_conformance(service: FlaskClient) -> None:
    declared = checked("conformance", got(service, "/conformance"))["conformsTo"]
    assert declared == list(CLASSES)
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in declared


@core
def test_collections(service: FlaskClient) -> None:
    listed = checked("collections", got(service, "/collections"))
    assert [link["type"] for link in links(listed, "self")] == ["application/json"]
    assert [link["type"] for link in links(listed, "alternate")] == ["text/html"]
    assert [each["id"] for each in listed["collections"]] == list(COLLECTIONS)
    for each in listed["collections"]:
        assert each["crs"][0] == CRS84
        assert {link["type"] for link in links(each, "items")} == {GEOJSON, "text/html"}
        assert links(each, "license")


@core
@every_collection
def test_collection_says_the_same_alone(service: FlaskClient, collection: str) -> None:
    alone = checked("collection", got(service, f"/collections/{collection}"))
    (listed,) = (each for each in got(service, "/collections")["collections"] if each["id"] == collection)
    assert alone == listed
    for link in alone["links"]:
        if link["rel"] != "license":
            assert asked(service, local(link["href"])).mimetype == link["type"]


@core
@every_collection
def test_extent_holds_every_geometry_and_every_day(service: FlaskClient, collection: str) -> None:
    extent = got(service, f"/collections/{collection}")["extent"]
    features = every(service, collection)
    (box,) = extent["spatial"]["bbox"]
    whole = shapely.box(*box).buffer(1e-9)
    assert all(whole.covers(shape(f["geometry"])) for f in features if f["geometry"])
    if collection in LAYER_IDS:
        assert "temporal" not in extent
        return
    ((first, last),) = extent["temporal"]["interval"]
    days = [day for f in features for day in (f["properties"]["date_start"], f["properties"]["date_end"]) if day]
    assert first[:10] == min(days)
    assert last is None or last[:10] >= max(days)


@core
@every_collection
def test_bbox_definition_and_response(service: FlaskClient, collection: str) -> None:
    bbox = parameter(service, collection, "bbox")
    assert (bbox["in"], bbox["required"], bbox["style"], bbox["explode"]) == ("query", False, "form", False)
    assert (bbox["schema"]["type"], bbox["schema"]["items"]) == ("array", {"type": "number"})
    assert (bbox["schema"]["minItems"], bbox["schema"]["maxItems"]) == (4, 6)
    features = every(service, collection)
    west, south, east, north = map(float, BANJSKA.split(","))
    box = shapely.box(west, south, east, north)
    wanted = {f["id"] for f in features if not f["geometry"] or shape(f["geometry"]).intersects(box)}
    assert ids(every(service, collection, bbox=BANJSKA)) == wanted
    assert ids(every(service, collection, bbox=f"{west},{south},0,{east},{north},9000")) == wanted
    null = {f["id"] for f in features if not f["geometry"]}
    across = ids(every(service, collection, bbox="170,-20,-170,20"))
    assert across == null
    around = ids(every(service, collection, bbox="20.0,30,-170,60"))  # from Kosovo eastward across 180
    assert around == {f["id"] for f in features if not f["geometry"] or shape(f["geometry"]).bounds[2] >= 20}
    assert (collection == "incidents") <= bool(null)


@core
@every_collection
def test_limit_definition_and_response(service: FlaskClient, collection: str) -> None:
    limit = parameter(service, collection, "limit")
    assert (limit["in"], limit["required"], limit["style"], limit["explode"]) == ("query", False, "form", False)
    schema = limit["schema"]
    assert (schema["type"], schema["minimum"], schema["maximum"]) == ("integer", 1, MAX_LIMIT)
    total = items(service, collection)["numberMatched"]
    for wanted in (1, 2, schema["default"], MAX_LIMIT, MAX_LIMIT + 1, 10**9):
        page = items(service, collection, limit=wanted)
        assert page["numberReturned"] == len(page["features"]) == min(wanted, MAX_LIMIT, total)
        assert page["numberMatched"] == total
    assert len(got(service, f"/collections/{collection}/items")["features"]) == min(schema["default"], total)


TIMES = ("2023-09-24T12:00:00Z", "2023-09-01T00:00:00Z/2023-10-31T23:59:59Z", "2023-06-01T00:00:00Z/..")
TIMES += ("2023-06-01T00:00:00Z/", "../2012-01-01T00:00:00Z", "/2012-01-01T00:00:00Z", "2023-09-24", "../..")


@core
@pytest.mark.parametrize("time", TIMES)
@every_collection
def test_time_response(service: FlaskClient, collection: str, time: str) -> None:
    first, _, last = time.partition("/")
    start = first[:10].replace("..", "") or "0000"
    end = (last[:10].replace("..", "") or "9999") if "/" in time else first[:10]
    features = every(service, collection)

    def is_meant(record: dict[str, Any]) -> bool:
        begins = record.get("date_start")
        return not begins or (begins <= end and (record["date_end"] or begins) >= start)

    wanted = {f["id"] for f in features if is_meant(f["properties"])}
    assert ids(every(service, collection, datetime=time)) == wanted
    assert collection in EVENT_IDS or len(wanted) == len(features)


@core
@every_collection
def test_time_definition_and_what_goes_together(service: FlaskClient, collection: str) -> None:
    time = parameter(service, collection, "datetime")
    assert (time["in"], time["required"], time["style"], time["explode"]) == ("query", False, "form", False)
    assert time["schema"]["type"] == "string"
    both = ids(every(service, collection, bbox=BANJSKA, datetime="2023-01-01/.."))
    dated = ids(every(service, collection, datetime="2023-01-01/.."))
    assert both == ids(every(service, collection, bbox=BANJSKA)) & dated


@core
def test_unknown_parameters_are_refused_everywhere(service: FlaskClient) -> None:
    for path in addresses(service):
        assert "no such parameter" in refused(service, path, "unknownParameter", unknownParameter="1")


INVALID = {
    "limit": ("0", "-1", "ten", "1.5", ""),
    "bbox": ("1,2,3", "a,b,c,d", "20,43,21,42", "1,2,3,4,5", "0,0,nan,1", "-200,0,0,1", "1,2,3,4,5,6,7"),
    "datetime": (
        "2023-01-01/P",
        "9999-01-01/P9999Y",
        "P1D/P1D",
        "yesterday",
        "2023-13-01T00:00:00Z",
        "2023-12-31/2023-01-01",
        "2023-02-30",
        "/2023/",
    ),
    "crs": ("nowhere", "http://www.opengis.net/def/crs/EPSG/0/2154"),
    "bbox-crs": ("nowhere", "http://www.opengis.net/def/crs/EPSG/0/2154"),
    "f": ("gml", ""),
}


@core
@pytest.mark.parametrize("name", INVALID)
@every_collection
def test_invalid_values_are_refused(service: FlaskClient, collection: str, name: str) -> None:
    for value in INVALID[name]:
        refused(service, f"/collections/{collection}/items", name, **{name: value})


@core
@every_collection
def test_features_have_links_counts_and_a_stamp(service: FlaskClient, collection: str) -> None:
    page = items(service, collection, limit=1, bbox="19,41,23,44")
    assert [link["type"] for link in links(page, "self")] == [GEOJSON]
    assert "text/html" in [link["type"] for link in links(page, "alternate")]
    assert bool(links(page, "next")) == (page["numberMatched"] > 1)
    assert links(page, "collection")
    stamp = datetime.fromisoformat(page["timeStamp"])
    assert abs(datetime.now(UTC) - stamp) < timedelta(minutes=1)
    again = got(service, local(links(page, "self")[0]["href"]))
    assert again["features"] == page["features"]


@core
@geojson
@every_collection
def test_each_feature_alone(service: FlaskClient, collection: str) -> None:
    features = every(service, collection)
    for feature in features[:: max(1, len(features) // 40)]:
        address = f"/collections/{collection}/items/{feature['id']}"
        answer = asked(service, address)
        assert answer.content_type == GEOJSON
        alone = checked("feature", answer.get_json(force=True))
        assert alone["id"] == feature["id"]
        assert {name: alone[name] for name in feature} == feature
        assert [local(link["href"]) for link in links(alone, "self")] == [f"/api{address}"]
        assert [link["type"] for link in links(alone, "alternate")] == ["text/html"]
        assert [link["type"] for link in links(alone, "collection")] == ["application/json"]
    for missing in ("no-such-feature", "%00", "a%2Fb", "..%2F..", "x" * 3000):
        asked(service, f"/collections/{collection}/items/{missing}", answers=404)
    refused(service, f"/collections/{collection}/items/{features[0]['id']}", "limit", limit="1")
    asked(service, "/collections/no-such/items", answers=404)


@geojson
@every_collection
def test_geojson_is_what_accept_asks_for(service: FlaskClient, collection: str) -> None:
    path = f"/collections/{collection}/items"
    for accept in (GEOJSON, "application/json", "*/*", ""):
        assert asked(service, path, accept=accept, limit=1).content_type == GEOJSON
    assert asked(service, f"/collections/{collection}", accept="application/json").content_type == "application/json"
    assert asked(service, f"/collections/{collection}", accept=GEOJSON).mimetype == "application/json"
    for feature in every(service, collection):
        if feature["geometry"]:
            assert shape(feature["geometry"]).is_valid


class _Heads(HTMLParser):
    """Collects the tags of a page, for what a reader and a search engine look for."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.languages: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "html":
            self.languages.append(dict(attrs)["lang"] or "")


@html
def test_html_is_what_accept_asks_for_everywhere(service: FlaskClient) -> None:
    for path in [path for path in addresses(service) if path == "/" or "collections" in path or path == "/conformance"]:
        answer = service.get(f"/api{path}", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
        if answer.status_code == 303:  # the page of an event
            answer = service.get(local(answer.location))
        assert answer.status_code == 200, path
        assert answer.content_type == "text/html; charset=utf-8"
        page = _Heads(answer.text)
        assert page.languages == ["en"]
        assert (page.tags.count("h1"), page.tags.count("title"), page.tags.count("main")) == (1, 1, 1)


@html
@every_collection
def test_html_has_the_information_of_the_features(service: FlaskClient, collection: str) -> None:
    page = items(service, collection, limit=3)
    text = asked(service, f"/collections/{collection}/items", f="html", limit=3).text
    for feature in page["features"]:
        assert f">{feature['id']}<" in text
    assert bool(links(page, "next")) == ('rel="next"' in text)
    about = asked(service, f"/collections/{collection}", f="html").text
    for field in COLLECTIONS[collection].fields:
        assert field.name in about


@oas30
def test_document_is_openapi_3_0_and_says_what_is_answered(service: FlaskClient) -> None:
    landing = got(service, "/")
    (described,) = links(landing, "service-desc")
    assert described["type"] == "application/vnd.oai.openapi+json;version=3.0"
    answer = asked(service, local(described["href"]))
    assert answer.content_type == described["type"]
    (for_people,) = links(landing, "service-doc")
    assert (for_people["type"], asked(service, local(for_people["href"])).mimetype) == ("text/html", "text/html")
    document = answer.get_json(force=True)
    OpenAPIV30SpecValidator(document).validate()
    assert document["openapi"].startswith("3.0.")
    assert document["servers"][0]["url"].startswith("http://")
    for path, operations in document["paths"].items():
        (answers,) = (operation["responses"] for operation in operations.values())
        assert answers.keys() >= {"200", "400", "404", "500"}, path


@oas30
@every_collection
def test_every_enumerated_value_of_a_parameter_works(service: FlaskClient, collection: str) -> None:
    document = description(service)
    path = f"/collections/{collection}/items"
    for given in document["paths"][path]["get"]["parameters"]:
        found = document["components"]["parameters"][given["$ref"].split("/")[-1]] if "$ref" in given else given
        schema = found["schema"]
        values = schema.get("enum", schema.get("items", {}).get("enum", ()))
        for value in [*values, *([found["example"]] if "example" in found else [])]:
            text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
            needs = {"certainty": {"within_m": 1}, "filter-lang": {"filter": "id = 'x'"}, "radius_m": {"near": "20,43"}}
            needs |= {"near": {"radius_m": 5}, "k": {"near": "20,43"}}
            if (found["name"], text) == ("filter-lang", "cql2-json"):
                needs["filter-lang"] = {"filter": '{"op":"=","args":[{"property":"id"},"x"]}'}
            asked(service, path, **{"limit": 1} | needs.get(found["name"], {}) | {found["name"]: text})
