"""An event in, its full record as JSON out, and back: every source, evidence span and alternative.

What equals the default of its field is left out. `digest` tells whether two events say the same.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from functools import cache
from typing import Any, Final

from geo.errors import InvalidInput, StoreError
from geo.geojson import encode
from geo.model import (
    BorderMeasure,
    Candidate,
    Deployment,
    Event,
    Evidence,
    Facts,
    Incident,
    Location,
    LonLat,
    Place,
    Source,
    When,
)

_ABSENT: Final = object()
_AS_THEY_ARE: Final = frozenset({str, int, float, bool, type(None)})
_WORKFLOW: Final = frozenset({"status", "revision", "created_at", "updated_at", "possible_duplicate_of"})


def to_json(event: Event) -> bytes:
    """Return the full record of an event."""
    return encode(_full(event))


def digest(event: Event) -> str:
    """Return a fingerprint of what an event says, whatever its workflow state."""
    return _fingerprint(_full(event))


def to_json_and_digest(event: Event) -> tuple[bytes, str]:
    """Return both at the cost of one."""
    full = _full(event)
    return encode(full), _fingerprint(full)


def from_json(text: bytes | str) -> Event:
    """Return the event that a full record describes.

    Raises
    ------
    StoreError
        It is damaged, or was written by a newer version.
    """
    try:
        return _event(json.loads(text))
    except (ValueError, TypeError, KeyError, InvalidInput) as error:
        raise StoreError(f"the store holds a record that this version cannot read: {error}") from error


def _full(event: Event) -> dict[str, Any]:
    return {"kind": event.kind, **_plain(event)}


def _fingerprint(full: dict[str, Any]) -> str:
    said = {name: value for name, value in full.items() if name not in _WORKFLOW}
    return hashlib.sha256(encode(said)).hexdigest()[:32]


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return value
    if kind is tuple:
        return [_plain(item) for item in value]
    if kind is date:
        return value.isoformat()
    if not is_dataclass(value):
        return value
    given = ((name, getattr(value, name), default) for name, default in _defaults(kind))  # type: ignore[arg-type]
    return {name: _plain(item) for name, item, default in given if item != default}


@cache
def _defaults(kind: type) -> tuple[tuple[str, Any], ...]:
    return tuple((f.name, _default(f)) for f in fields(kind))


def _default(field: Any) -> Any:
    if field.default is not MISSING:
        return field.default
    return field.default_factory() if field.default_factory is not MISSING else _ABSENT


def _event(given: dict[str, Any]) -> Event:
    made = Incident if given["kind"] == "incident" else Deployment
    facts, location = _facts(given.pop("facts")), _location(given.pop("location", {}))
    return made(**given, facts=facts, location=location)


def _facts(given: dict[str, Any]) -> Facts:
    given["when"] = _when(given.get("when", {}))
    given["actors"] = tuple(given.get("actors", ()))
    given["sources"] = tuple(Source(**source) for source in given.get("sources", ()))
    given["evidence"] = tuple(Evidence(**evidence) for evidence in given.get("evidence", ()))
    return Facts(**given)


def _when(given: dict[str, Any]) -> When:
    for name in given.keys() & {"start", "end"}:
        given[name] = date.fromisoformat(given[name])
    return When(**given)


def _location(given: dict[str, Any]) -> Location:
    if "position" in given:
        given["position"] = LonLat(**given["position"])
    if "border" in given:
        given["border"] = BorderMeasure(**given["border"])
    given["alternatives"] = tuple(_candidate(candidate) for candidate in given.get("alternatives", ()))
    return Location(**given)


def _candidate(given: dict[str, Any]) -> Candidate:
    place = given["place"]
    at, aliases = LonLat(**place.pop("position")), tuple(place.pop("aliases", ()))
    reasons = tuple(given.get("reasons", ()))
    return Candidate(place=Place(**place, position=at, aliases=aliases), score=given["score"], reasons=reasons)
