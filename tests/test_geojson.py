import json
import math
from dataclasses import replace
from pathlib import Path

import pyogrio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import geojson
from geo.errors import InvalidInput, StoreError
from geo.model import Evidence, LonLat, Source
from geo.record import FIELD, record
from geo.store.full_record import digest, from_json, to_json
from tests.factories import candidates, events, incident


@given(event=events())
def test_a_feature_is_the_flat_record_at_its_rounded_position(event):
    feature = json.loads(geojson.encode(geojson.feature(event)))
    assert feature["type"] == "Feature"
    assert feature["id"] == event.id
    assert feature["properties"] == record(event)
    assert list(feature["properties"]) == list(FIELD)
    at = event.location.position
    if at is None:
        assert feature["geometry"] is None
    else:
        assert feature["geometry"]["type"] == "Point"
        assert feature["geometry"]["coordinates"] == pytest.approx(list(at), abs=5.1e-7)
        assert all(round(number, 6) == number for number in feature["geometry"]["coordinates"])
    assert len(feature["sources"]) == len(event.facts.sources)
    assert [e["text"] for e in feature["evidence"]] == [e.text for e in event.facts.evidence]
    assert [a["place_id"] for a in feature["alternatives"]] == [c.place.id for c in event.location.alternatives]


def test_sources_evidence_and_alternatives_stand_beside_the_flat_properties():
    event = incident(
        sources=(Source(name="A", url="https://example.org", date="2023"), Source(name="B")),
        evidence=(Evidence(document_id="d", start=0, end=4, text="Four", supports="fatalities"),),
    )
    feature = geojson.feature(event)
    assert feature["sources"] == [
        {"name": "A", "url": "https://example.org", "date": "2023"},
        {"name": "B", "url": None, "date": None},
    ]
    span = {"text": "Four", "start": 0, "end": 4, "document_id": "d", "supports": "fatalities"}
    assert feature["evidence"] == [span]
    assert not any(isinstance(value, list | dict) for value in feature["properties"].values())


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, "\ud800", {"a": [math.nan]}])
def test_what_json_does_not_allow_is_refused(value):
    with pytest.raises(InvalidInput, match="JSON"):
        geojson.encode(value)


@given(event=events(), certainty=st.sampled_from(["certain", "likely", "possible"]))
def test_certainty_is_put_among_the_properties_and_nothing_else_changes(event, certainty):
    encoded = geojson.encode(geojson.feature(event))
    feature = json.loads(geojson.with_certainty(encoded, certainty))
    assert feature["properties"].pop("certainty") == certainty
    assert feature == json.loads(encoded)


@pytest.mark.parametrize("hostile", ['"properties":{', '{"properties":{"a":1}}', '\\"properties\\":{', "properties"])
def test_no_text_in_an_event_misleads_the_splice(hostile):
    event = incident(hostile, title=hostile, evidence=(Evidence(document_id=hostile, start=0, end=1, text=hostile),))
    feature = json.loads(geojson.with_certainty(geojson.encode(geojson.feature(event)), "likely"))
    assert feature["properties"]["certainty"] == "likely"
    assert feature["id"] == feature["properties"]["title"] == hostile


def test_a_collection_says_licence_citation_and_status():
    features = [geojson.feature(incident("a")), geojson.encode(geojson.feature(incident("b", at=None)))]
    made = json.loads(geojson.collection(features, members={"numberMatched": 7}))
    assert made["type"] == "FeatureCollection"
    assert [f["id"] for f in made["features"]] == ["a", "b"]
    assert made["licence"] == "CC-BY-4.0"
    assert "OpenStreetMap contributors" in made["citation"]
    assert "1244" in made["status_note"]
    assert made["numberMatched"] == 7
    assert list(made)[-1] == "features"


def test_an_empty_collection_is_a_collection():
    assert json.loads(geojson.collection([]))["features"] == []


def test_a_stream_is_the_collection_in_pieces_and_reads_no_further_than_it_sends():
    features = [geojson.feature(incident(f"e{n}")) for n in range(500)]
    read = []

    def reading():
        for feature in features:
            read.append(feature)
            yield feature

    stream = geojson.stream(reading(), translate=str.upper)
    begun = next(stream) + next(stream)
    assert len(json.loads(begun + b"]}")["features"]) == len(read) < len(features)
    assert begun + b"".join(stream) == geojson.collection(features, translate=str.upper)
    assert "OPENSTREETMAP" in json.loads(begun + b"]}")["citation"]


@pytest.mark.gdal
def test_gdal_reads_a_collection_with_null_geometry(tmp_path: Path):
    path = tmp_path / "events.geojson"
    path.write_bytes(geojson.collection([geojson.feature(incident("a")), geojson.feature(incident("b", at=None))]))
    frame = pyogrio.read_dataframe(path)
    assert list(frame["event_type"]) == ["shooting", "shooting"]
    assert list(frame.geometry.isna()) == [False, True]


# The full record


@given(event=events())
def test_a_full_record_comes_back_as_the_event(event):
    assert from_json(to_json(event)) == event


@given(candidate=candidates())
def test_alternatives_keep_every_name_and_reason(candidate):
    event = incident(alternatives=(candidate,))
    assert from_json(to_json(event)).location.alternatives == (candidate,)


def test_a_digest_rests_on_what_is_said_and_not_on_the_workflow():
    event = incident()
    later = replace(event, status="withdrawn", revision=9, created_at="x", updated_at="y", possible_duplicate_of="z")
    assert digest(later) == digest(event)
    assert digest(incident(title="other")) != digest(event)
    assert digest(incident(at=LonLat(20.80001, 42.97))) != digest(event)


@pytest.mark.parametrize("damaged", [b"", b"{", b"{}", b"null", b"[1]", b'{"kind":"incident","future":1}', b'"x"'])
def test_a_record_that_cannot_be_read_is_a_store_error(damaged):
    with pytest.raises(StoreError, match="cannot read"):
        from_json(damaged)
