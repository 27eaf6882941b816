"""Events in, GeoJSON out: features and collections as RFC 7946 has them, as values and as bytes.

A feature's properties are the flat record. Sources, evidence and alternatives stand beside them as foreign members, so
that QGIS and pandas see one flat table. Positions are OGC:CRS84 with six decimals (0.1 m).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

from geo.errors import InvalidInput
from geo.model import CERTAINTIES, Candidate, Certainty, Document, Event, Evidence, LonLat, Source
from geo.record import record
from geo.wording import status_note

DECIMALS: Final = 6
LICENCE: Final = "CC-BY-4.0"
CITATION: Final = (
    "Ibar, incident map of the Kosovo–Serbia border."
    " Border line, sides and distances: OpenStreetMap contributors, ODbL."
)
MEDIA_TYPE: Final = "application/geo+json"
_PROPERTIES: Final = b'"properties":{'
_WITH_CERTAINTY: Final = {name: b'%b"certainty":"%b",' % (_PROPERTIES, name.encode()) for name in CERTAINTIES}
_AT_ONCE: Final = 200
"""Features of one piece of a stream: some 300 kB."""


def position(at: LonLat | None) -> LonLat | None:
    """Return a position as it is written and stored: six decimals of a degree."""
    return at and LonLat(round(at.lon, DECIMALS), round(at.lat, DECIMALS))


def feature(event: Event) -> dict[str, Any]:
    """Return an event as a GeoJSON feature.

    Returns
    -------
    dict
        `type`, `id`, `geometry` (a Point in OGC:CRS84, or null where only an area or nothing is known), `properties`
        (the flat record) and the foreign members `sources`, `evidence` and `alternatives`.
    """
    at = position(event.location.position)
    return {
        "type": "Feature",
        "id": event.id,
        "geometry": at and {"type": "Point", "coordinates": [at.lon, at.lat]},
        "properties": record(event),
        "sources": [_source(source) for source in event.facts.sources],
        "evidence": [_evidence(evidence) for evidence in event.facts.evidence],
        "alternatives": [_alternative(candidate) for candidate in event.location.alternatives],
    }


def document_members(document: Document) -> dict[str, Any]:
    """Return a document as JSON has it; the offsets of evidence count the characters of its `text`."""
    return {
        "id": document.id,
        "title": document.title,
        "published": document.published and document.published.isoformat(),
        "source": document.source and _source(document.source),
        "text": document.text,
    }


def _source(source: Source) -> dict[str, Any]:
    return {"name": source.name, "url": source.url, "date": source.date}


def _evidence(evidence: Evidence) -> dict[str, Any]:
    names = ("text", "start", "end", "document_id", "supports")
    return {name: getattr(evidence, name) for name in names}


def _alternative(candidate: Candidate) -> dict[str, Any]:
    place = candidate.place
    at = LonLat(round(place.position.lon, DECIMALS), round(place.position.lat, DECIMALS))
    return {
        "place_id": place.id,
        "name": place.name_en,
        "municipality": place.municipality,
        "lon": at.lon,
        "lat": at.lat,
        "score": candidate.score,
        "reasons": list(candidate.reasons),
    }


def encode(value: Any) -> bytes:
    """Return a value as compact JSON in UTF-8.

    Raises
    ------
    InvalidInput
        It holds NaN, an infinity, half a surrogate pair or another value that JSON does not have.
    """
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"cannot be written as JSON: {error}") from error


def with_certainty(encoded: bytes, certainty: Certainty) -> bytes:
    """Return an encoded feature whose properties begin with `certainty`; nothing is parsed.

    Quotation marks within strings are escaped, so the first `"properties":{` is the feature's own.
    """
    return encoded.replace(_PROPERTIES, _WITH_CERTAINTY[certainty], 1)


def with_distance(encoded: bytes, distance_m: float) -> bytes:
    """Return an encoded feature whose properties end with `distance_m`, in metres to one decimal."""
    full: dict[str, Any] = json.loads(encoded)
    full["properties"]["distance_m"] = round(distance_m, 1)
    return encode(full)


def collection(
    features: Iterable[bytes | Mapping[str, Any]],
    *,
    members: Mapping[str, Any] | None = None,
    licence: str = LICENCE,
    citation: str = CITATION,
    translate: Callable[[str], str] = str,
) -> bytes:
    """Return a FeatureCollection with its licence, citation and status note; see `stream`."""
    return b"".join(stream(features, members=members, licence=licence, citation=citation, translate=translate))


def stream(
    features: Iterable[bytes | Mapping[str, Any]],
    *,
    members: Mapping[str, Any] | None = None,
    licence: str = LICENCE,
    citation: str = CITATION,
    translate: Callable[[str], str] = str,
    last: Callable[[], Mapping[str, Any]] = dict,
) -> Iterator[bytes]:
    """Yield a FeatureCollection piece by piece, however many features there are.

    Parameters
    ----------
    features : iterable of bytes or mapping
        Encoded features are passed on as they are.
    members : mapping, optional
        Further foreign members, such as `numberMatched` or `links`; they come before the features.
    licence, citation : str
        Of the data.
    translate : callable
        Translates the citation and the status note.
    last : callable
        Gives the members that are known only when every feature is through.
    """
    head = {
        "type": "FeatureCollection",
        "licence": licence,
        "citation": translate(citation),
        "status_note": status_note(translate=translate),
        **(members or {}),
    }
    yield encode(head)[:-1] + b',"features":['
    waiting, separator = iter(features), b""
    while batch := [item if isinstance(item, bytes) else encode(item) for item in islice(waiting, _AT_ONCE)]:
        yield separator + b",\n".join(batch)
        separator = b",\n"
    end = last()
    yield b"]," + encode(end)[1:] if end else b"]}"
