"""OGC API - Features, Part 3, and Common, Part 3: the abstract tests of filters and schemas."""

from __future__ import annotations

import json
from typing import Any

import pytest
import shapely
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator, FormatChecker
from shapely.geometry import shape

from geo.features import COLLECTIONS, FUNCTIONS
from tests.ogc import CRS84, EVENT_IDS, IDS, LAYER_IDS, REL, asked, every, got, ids, links, local, refused

every_collection = pytest.mark.parametrize("collection", IDS)
queryables = pytest.mark.conformance("ogcapi-features-3/1.0/conf/queryables")
by_parameter = pytest.mark.conformance("ogcapi-features-3/1.0/conf/queryables-query-parameters")
filtering = pytest.mark.conformance("ogcapi-features-3/1.0/conf/filter")
features_filter = pytest.mark.conformance("ogcapi-features-3/1.0/conf/features-filter")
schemas = pytest.mark.conformance("ogcapi-common-3/1.0/conf/schemas")
draft_schemas = pytest.mark.conformance("ogcapi-features-5/1.0/conf/schemas")
roles = pytest.mark.conformance("ogcapi-common-3/1.0/conf/advanced-property-roles")
returnables = pytest.mark.conformance("ogcapi-common-3/1.0/conf/returnables-and-receivables")
common_queryables = pytest.mark.conformance("ogcapi-common-3/1.0/conf/queryables")
sortables = pytest.mark.conformance("ogcapi-common-3/1.0/conf/sortables")
KINDS = ("queryables", "schema", "sortables")
DIALECT = "https://json-schema.org/draft/2020-12/schema"
KEYWORDS = {"title", "description", "type", "format", "enum", "x-ogc-role"}


def described(client: FlaskClient, collection: str, kind: str) -> Any:
    """Return a schema of a collection by the link that leads to it."""
    (link,) = links(got(client, f"/collections/{collection}"), f"{REL}/{kind}")
    assert link["type"] == "application/schema+json"
    assert local(link["href"]) == f"/api/collections/{collection}/{kind}"
    answer = asked(client, local(link["href"]), accept="application/schema+json")
    assert answer.content_type == "application/schema+json"
    found = answer.get_json(force=True)
    assert found["$id"] == link["href"]
    return found


def role(schema: Any, name: str) -> list[str]:
    return [key for key, value in schema["properties"].items() if value.get("x-ogc-role") == name]


@queryables
@common_queryables
@schemas
@draft_schemas
@returnables
@sortables
@pytest.mark.parametrize("kind", KINDS)
@every_collection
def test_schema_inspection(service: FlaskClient, collection: str, kind: str) -> None:
    schema = described(service, collection, kind)
    Draft202012Validator.check_schema(schema)
    assert (schema["$schema"], schema["type"]) == (DIALECT, "object")
    assert schema["$id"].startswith("http")
    assert "?" not in schema["$id"]
    assert schema["properties"]
    for name, value in schema["properties"].items():
        assert value.keys() <= KEYWORDS, name
        assert value["title"]
        if "type" not in value:
            assert value["format"] in ("geometry-point", "geometry-linestring", "geometry-multipolygon")
        else:
            assert value["type"] in ("string", "number", "integer", "boolean")
            assert value.get("format") in (None, "date", "date-time")
    assert role(schema, "id") == ["id"]
    assert schema.keys() <= {"$schema", "$id", "type", "title", "description", "properties", "additionalProperties"}


@roles
@pytest.mark.parametrize("kind", KINDS)
@every_collection
def test_roles(service: FlaskClient, collection: str, kind: str) -> None:
    schema = described(service, collection, kind)
    spatial = [name for name, value in schema["properties"].items() if "type" not in value]
    assert role(schema, "primary-geometry") == spatial == ([] if kind == "sortables" else ["geometry"])
    assert role(schema, "primary-instant") == role(schema, "primary-interval") == []
    ends = role(schema, "primary-interval-start") + role(schema, "primary-interval-end")
    assert len(ends) == (0 if collection in LAYER_IDS else 1 if kind == "sortables" else 2)
    assert {schema["properties"][name]["format"] for name in ends} <= {"date"}
    assert all(schema["properties"][name]["type"] == "string" for name in role(schema, "type"))


@returnables
@every_collection
def test_features_are_valid_by_the_schema(service: FlaskClient, collection: str) -> None:
    schema = described(service, collection, "schema")
    kinds = {name: Draft202012Validator(value, format_checker=FormatChecker()) for name, value in properties(schema)}
    shown = schema["properties"]["geometry"]["format"].removeprefix("geometry-")
    for feature in every(service, collection):
        kinds["id"].validate(feature["id"])
        assert not feature["geometry"] or feature["geometry"]["type"].lower() == shown
        assert feature["properties"].keys() == kinds.keys()
        for name, value in feature["properties"].items():
            if value is not None:  # null is a property without a value, for which the standard has no keyword
                kinds[name].validate(value)


def properties(schema: Any) -> list[tuple[str, Any]]:
    return [(name, value) for name, value in schema["properties"].items() if name != "geometry"]


@sortables
@every_collection
def test_sortables_sort(service: FlaskClient, collection: str) -> None:
    schema = described(service, collection, "sortables")
    assert all(value["type"] not in ("object", "array") for value in schema["properties"].values())
    for name in schema["properties"]:
        for sign in ("", "-", "+"):
            values = [f["properties"][name] for f in every(service, collection, sortby=sign + name, limit=400)]
            present = [value for value in values if value is not None]
            assert values == present + [None] * (len(values) - len(present))
            assert present == sorted(present, reverse=sign == "-")
    assert schema["additionalProperties"] is False
    refused(service, f"/collections/{collection}/items", "sortby", sortby="colour")


def text_of(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@by_parameter
@every_collection
def test_each_queryable_is_a_parameter(service: FlaskClient, collection: str) -> None:
    features = every(service, collection)
    path = f"/collections/{collection}/items"
    for name, value in properties(described(service, collection, "queryables")):
        if name == "municipality" and collection in EVENT_IDS:
            continue  # a list of names; see test_parameters_of_events_stay_as_they_are
        present = [f["properties"][name] for f in features if f["properties"][name] not in (None, "")]
        for wanted in present[:1] + present[-1:]:
            meant = {f["id"] for f in features if same(f["properties"][name], wanted)}
            assert ids(every(service, collection, **{name: text_of(wanted)})) == meant, name
        if value["type"] != "string" or "format" in value:
            refused(service, path, name, **{name: "no such thing"})


def same(value: Any, wanted: Any) -> bool:
    if isinstance(value, str) and value.count(":") > 1:  # an instant, which is compared as one
        return value.removesuffix("Z") == str(wanted).removesuffix("Z")
    return bool(value == wanted) and isinstance(value, bool) == isinstance(wanted, bool)


@by_parameter
def test_parameters_of_events_stay_as_they_are(service: FlaskClient) -> None:
    found = ids(every(service, "incidents", municipality="Zvečan,Leposavić"))
    features = every(service, "incidents")
    assert found == {f["id"] for f in features if f["properties"]["municipality"] in ("Zvečan", "Leposavić")} != set()


@filtering
@features_filter
@every_collection
def test_filter_param(service: FlaskClient, collection: str) -> None:
    path = f"/collections/{collection}/items"
    features = every(service, collection)
    one = features[0]["id"]
    assert ids(every(service, collection, filter=f"id = '{one}'")) == {one}
    assert ids(every(service, collection, filter=f"id <> '{one}'")) == ids(features) - {one}
    plain = ids(every(service, collection, filter=f"id > '{one}'"))
    assert ids(every(service, collection, filter=f"id > '{one}'", **{"filter-lang": "cql2-text"})) == plain
    tree = json.dumps({"op": ">", "args": [{"property": "id"}, one]})
    assert ids(every(service, collection, filter=tree, **{"filter-lang": "cql2-json"})) == plain
    for broken in ("id =", "id = 1", "nothing = 1", "id = 'a' OR", "frobnicate(id)", "id", ""):
        refused(service, path, "filter", filter=broken)
    refused(service, path, "filter-lang", filter="id = 'x'", **{"filter-lang": "ecql"})
    assert described(service, collection, "queryables")["additionalProperties"] is False


@filtering
@every_collection
def test_filter_crs(service: FlaskClient, collection: str) -> None:
    path = f"/collections/{collection}/items"
    lon_lat = "S_INTERSECTS(geometry, POLYGON((20.6 42.8, 21.1 42.8, 21.1 43.2, 20.6 43.2, 20.6 42.8)))"
    lat_lon = "S_INTERSECTS(geometry, POLYGON((42.8 20.6, 42.8 21.1, 43.2 21.1, 43.2 20.6, 42.8 20.6)))"
    box = shapely.box(20.6, 42.8, 21.1, 43.2)
    wanted = {f["id"] for f in every(service, collection) if f["geometry"] and shape(f["geometry"]).intersects(box)}
    assert ids(every(service, collection, filter=lon_lat)) == wanted
    assert ids(every(service, collection, filter=lon_lat, **{"filter-crs": CRS84})) == wanted
    epsg = "http://www.opengis.net/def/crs/EPSG/0/4326"
    assert ids(every(service, collection, filter=lat_lon, **{"filter-crs": epsg})) == wanted
    metres = "S_INTERSECTS(geometry, BBOX(1e9, 1e9, 2e9, 2e9))"
    utm = "http://www.opengis.net/def/crs/EPSG/0/25834"
    refused(service, path, "filter", filter=metres, **{"filter-crs": utm})


@filtering
def test_get_functions(service: FlaskClient) -> None:
    (link,) = links(got(service, "/"), f"{REL}/functions")
    listed = got(service, local(link["href"]))["functions"]
    assert [each["name"] for each in listed] == list(FUNCTIONS)
    kinds = {"string", "number", "integer", "datetime", "geometry", "boolean"}
    for each in listed:
        assert set(each["returns"]) <= kinds
        assert all(set(argument["type"]) <= kinds for argument in each["arguments"])
    for text in ("near_border(5000)", "certainty(5000) = 'certain'", "distance_to('Banjska') < 9000"):
        assert ids(every(service, "incidents", filter=text))
        refused(service, "/collections/places/items", "filter", filter=text)


@features_filter
@every_collection
def test_mixing_expressions(service: FlaskClient, collection: str) -> None:
    fields = COLLECTIONS[collection].queryables
    name = "border_side" if "border_side" in fields else "id"
    value = next(f["properties"][name] for f in every(service, collection) if f["properties"][name])
    parts: list[dict[str, str]] = [
        {"filter": "S_INTERSECTS(geometry, BBOX(20.5, 42.6, 21.4, 43.3))"},
        {"bbox": "20.4,42.4,21.2,43.2"},
        {"datetime": "2021-01-01/.."},
        {name: value},
    ]
    wanted = set.intersection(*(ids(every(service, collection, **part)) for part in parts))
    together = {key: text for part in parts for key, text in part.items()}
    assert ids(every(service, collection, **together)) == wanted
    assert collection not in EVENT_IDS or wanted


@features_filter
@every_collection
def test_selected_properties(service: FlaskClient, collection: str) -> None:
    names = [field.name for field in COLLECTIONS[collection].fields][:3]
    for feature in every(service, collection, properties=",".join(names), limit=500)[:50]:
        assert list(feature["properties"]) == names
    refused(service, f"/collections/{collection}/items", "properties", properties="id,colour")
