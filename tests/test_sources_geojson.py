"""GeoJSON files of every kind and condition in; claims, or one clear error that names the feature out."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InvalidInput, UnreadableFile
from geo.model import LonLat
from tests.test_sources import Write, claims, collection, feature, point, write

__all__ = ["write"]


def test_feature_with_everything(write: Write) -> None:
    beside = {
        "id": "e-1",
        "sources": [{"name": "A", "url": "https://a.example", "date": "2023-05"}, {"name": "B", "url": None}],
        "evidence": [{"text": "shots", "start": 3, "end": 8, "document_id": "d", "supports": "event"}],
    }
    given = feature(point(20.84, 42.91, 550), beside=beside, date_start="2023", certainty="likely", status="published")
    (claim,) = claims(write(collection(given), "e.geojson"))
    assert (claim.id, claim.position, claim.status) == ("e-1", LonLat(20.84, 42.91), "published")
    assert [source.name for source in claim.facts.sources] == ["A", "B"]
    assert claim.facts.evidence[0].text == "shots"
    assert claim.facts.when.end == date(2023, 12, 31)


@pytest.mark.parametrize(
    ("geometry", "said"),
    [
        ({"type": "Polygon", "coordinates": [[[20, 42], [21, 42], [21, 43], [20, 42]]]}, "'Polygon' is not a Point"),
        ({"type": "Point", "coordinates": []}, "two coordinates"),
        ({"type": "Point", "coordinates": [20]}, "two coordinates"),
        ({"type": "Point"}, "two coordinates"),
        ({"type": "Point", "coordinates": ["20", "42"]}, "must be numbers"),
        ({"type": "Point", "coordinates": [True, 42]}, "must be numbers"),
        ({"type": "Point", "coordinates": [[20, 42], [21, 43]]}, "must be numbers"),
        ({"type": "Point", "coordinates": [200, 42]}, "lon: position"),
        ([20, 42], "is not a Point"),
        ("POINT (20 42)", "is not a Point"),
    ],
)
def test_broken_geometry_names_the_feature(write: Write, geometry: Any, said: str) -> None:
    path = write(collection(feature(point(20, 42)), feature(geometry, beside={"id": "bad"})), "e.geojson")
    with pytest.raises(InvalidInput) as error:
        claims(path)
    assert str(error.value).startswith("e.geojson: feature 2 (id 'bad'), ")
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not JSON"),
        ("[]", "is not a GeoJSON FeatureCollection"),
        ('{"type":"Feature"}', "is not a GeoJSON FeatureCollection"),
        ('{"type":"FeatureCollection"}', "has no list of features"),
        ('{"type":"FeatureCollection","features":{}}', "has no list of features"),
        ('{"type":"FeatureCollection","features":[NaN]}', "NaN is not a number"),
        ('{"type":"FeatureCollection","features":[' + "9" * 5000 + "]}", "is not JSON"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a":' * 100_000, "nested too deeply"),
        (collection(crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}), "EPSG::3857"),
        (collection(crs="EPSG:25834"), "an unnamed system"),
    ],
)
def test_file_that_is_not_geojson(write: Write, text: str, said: str) -> None:
    with pytest.raises(UnreadableFile) as error:
        claims(write(text, "e.geojson"))
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, "type: this is not a GeoJSON Feature"),
        ({"type": "Feature", "geometry": None, "properties": None}, "properties: are not a JSON object"),
        (feature(titel="x"), "did you mean 'title'?"),
        (feature(title=["x"]), "title: must be text, a number"),
        (feature(title={"a": 1}), "title: must be text, a number"),
        (feature(title="\ud800"), "title: holds half a character"),
        (feature(title="a\0b"), "title: holds a NUL"),
        (feature(beside={"id": "a"}, id="b"), "id: the feature says 'a', its properties say 'b'"),
        (feature(beside={"id": 1.5}), "id: 1.5 is neither"),
        (feature(beside={"sources": "x"}), "sources: is not a list"),
        (feature(beside={"sources": [{"url": "https://a.example"}]}), "sources[0]: has no name"),
        (feature(beside={"sources": [{"name": "A", "url": "javascript:1"}]}), "sources[0].url"),
        (feature(beside={"sources": [{"name": "A", "date": 2023}]}), "sources[0].date: is not text"),
        (feature(beside={"evidence": [{"text": "x"}]}), "evidence[0].document_id"),
        (
            feature(
                beside={"evidence": [{"text": "x", "start": 5, "end": 2, "document_id": "d", "supports": "event"}]}
            ),
            "evidence[0]: start 5 and end 2",
        ),
    ],
)
def test_feature_that_cannot_be_used(write: Write, given: Any, said: str) -> None:
    with pytest.raises(InvalidInput) as error:
        claims(write(collection(given), "e.geojson"))
    assert said in str(error.value)
    assert "feature 1" in str(error.value)


def test_infinite_coordinate(write: Write) -> None:
    text = collection(feature(point(20, 42))).replace("[20, 42]", "[1e400, 42]")
    with pytest.raises(InvalidInput, match="finite"):
        claims(write(text, "e.geojson"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(geometry=JSON, properties=JSON, beside=JSON, members=st.sampled_from(["id", "sources", "evidence"]))
def test_any_feature_is_a_claim_or_one_error(
    tmp_path_factory: pytest.TempPathFactory, geometry: Any, properties: Any, beside: Any, members: str
) -> None:
    path = tmp_path_factory.mktemp("g") / "g.geojson"
    record = {"kind": "incident", "event_type": "other", **properties} if isinstance(properties, dict) else properties
    path.write_text(collection({"type": "Feature", "geometry": geometry, "properties": record, members: beside}))
    try:
        assert len(claims(path)) == 1
    except InvalidInput as error:
        assert "g.geojson: " in str(error)
