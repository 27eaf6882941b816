"""One stored event in, what its page says beside the record out: surroundings, history, citation and JSON-LD."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from flask import request, url_for
from flask_babel import gettext as _

from app import words
from app.resources import Resources
from app.rows import Row
from app.translation import PLAIN, choices, language
from app.words import Record
from geo.geojson import LICENCE
from geo.model import LonLat
from geo.nearby import DAYS, RADIUS_M, nearest_crossing, surroundings
from geo.store import Stored, Version

LICENCE_URL: Final = "https://creativecommons.org/licenses/by/4.0/"
_VIEW_ZOOM: Final = 12
_MOST_FIELDS: Final = 60
_CONTEXT: Final = "https://schema.org"


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """Another event nearby, in the words of a reader."""

    row: Row
    distance: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPage:
    """What stands on the page of an event."""

    row: Row
    alternatives: tuple[dict[str, Any], ...]
    crossing: str
    """Names of the nearest crossing point and how far it is; empty without a position."""
    crossing_names: list[tuple[str, str]]
    neighbours: tuple[Neighbour, ...] | None
    """Null where position or date are not known, so that nothing can be said."""
    number: int
    """Of all events around, of which `neighbours` are the nearest."""
    radius: str
    days: int
    history: tuple[tuple[str, str], ...]
    """When, and what was done; reviewers and their reasons stay inside."""
    citation: str
    description: str
    linked_data: dict[str, Any]
    back: str
    """Address of the map at the event, with the filter of the map that the reader came from."""


def event_page(here: Resources, stored: Stored) -> EventPage:
    """Return the page of a published event."""
    feature = json.loads(stored.feature)
    row, event = Row(feature), stored.event
    around = surroundings(here.store, event)
    crossing = nearest_crossing(event.location.position) if event.location.position else None
    published = [version for version in here.store.history(event.id) if version.status == "published"]
    names = dict(crossing.names) if crossing else {}
    return EventPage(
        row=row,
        alternatives=tuple(feature.get("alternatives") or ()),
        crossing=words.length_words(crossing.distance_m) if crossing else "",
        crossing_names=words.named({**_NO_NAMES, **_as_record(names)}) if crossing else [],
        neighbours=None if around is None else tuple(map(_neighbour, around.neighbours)),
        number=around.number if around else 0,
        radius=words.length_words(RADIUS_M),
        days=DAYS,
        history=tuple(map(_step, published)),
        citation=_citation(row, stored.revision),
        description=_description(row),
        linked_data=_linked_data(row, event.location.position),
        back=_back(row),
    )


def _back(row: Row) -> str:
    """Return the map's address as the reader left it, where the browser says so, with this event open."""
    own = url_for("pages.map_page", _external=True, **PLAIN)
    came_from, _mark, query = (request.referrer or "").partition("?")
    try:
        given = parse_qsl(query, max_num_fields=_MOST_FIELDS) if came_from == own else []
    except ValueError:
        given = []
    kept = {name: text for name, text in given if name not in ("event", "cursor")}
    at = {"map": view_of(row)} if view_of(row) else {}
    return f"{own}?{urlencode({**choices(), **at, **kept, 'event': row.id}, safe=',/:')}"


_NO_NAMES: Final = {"place_name": "", "toponym": ""}


def _as_record(names: dict[str, Any]) -> dict[str, Any]:
    return {
        "place_name_sq": names.get("name_sq") or "",
        "place_name_sr": names.get("name_sr_latn") or "",
        "place_name": names.get("name_en") or "",
    }


def _neighbour(found: Any) -> Neighbour:
    return Neighbour(row=Row(json.loads(found.feature)), distance=words.length_words(found.distance_m))


def _step(version: Version) -> tuple[str, str]:
    acts = {
        "accept": _("accepted by a reviewer"),
        "edit": _("changed by a reviewer"),
        "ingest": _("taken in"),
        "import": _("taken over from the shipped data set"),
    }
    return _moment(version.decision.at), str(acts.get(version.decision.action, version.decision.action))


def _moment(written: str) -> str:
    """Return a moment as readers write it, in UTC; what is not one stays as it is."""
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return written
    return f"{words.day_words(moment.date().isoformat())}, {moment:%H:%M} UTC"


def _citation(row: Row, revision: int) -> str:
    return str(
        _(
            "“%(title)s” (%(date)s). Ibar, incident map of the Kosovo–Serbia border,"
            " event %(id)s, revision %(revision)s. %(url)s",
            title=row.title,
            date=row.date,
            id=row.id,
            revision=revision,
            url=url_for("pages.event_page", event_id=row.id, _external=True, **PLAIN),
        )
    )


def _description(row: Row) -> str:
    parts = (row.type, row.date, row.place, row.precision, row.border, row.casualties)
    return " · ".join(part for part in parts if part)


def _linked_data(row: Row, position: LonLat | None) -> dict[str, Any]:
    """Return the event in the vocabulary of schema.org; what is not known is left out."""
    record = row.record
    address = url_for("pages.event_page", event_id=row.id, _external=True, **PLAIN)
    found = {
        "@context": _CONTEXT,
        "@type": "Event",
        "@id": address,
        "url": address,
        "identifier": row.id,
        "name": row.title,
        "description": record["summary"],
        "startDate": record["date_start"] if record["date_prec"] <= 1 else _partial(record),
        "endDate": record["date_end"] if record["date_prec"] <= 1 else None,
        "additionalType": record["event_type"],
        "location": _linked_place(row, position),
        "subjectOf": {
            "@type": "Dataset",
            "name": "Ibar",
            "license": LICENCE_URL,
            "inLanguage": language(),
            "description": LICENCE,
            "dateModified": record["updated_at"],
            "url": url_for("pages.map_page", _external=True, **PLAIN),
            "isBasedOn": [_linked_source(source) for source in row.sources],
        },
    }
    return {name: value for name, value in found.items() if value}


def _partial(record: Record) -> str | None:
    """Return a date no finer than it is known: the year, the month, or nothing for a span of days."""
    start = record["date_start"]
    if not start or record["date_prec"] < 4:
        return start or None
    return str(start)[: 7 if record["date_prec"] == 4 else 4]


def _linked_place(row: Row, position: LonLat | None) -> dict[str, Any]:
    names = [name for _language, name in row.names]
    place: dict[str, Any] = {"@type": "Place", "name": " / ".join(names)}
    if position:
        circle = {"@type": "GeoCircle", "geoMidpoint": _linked_point(position)}
        radius = row.record["uncertainty_m"]
        place["geo"] = {**circle, "geoRadius": str(radius)} if radius else _linked_point(position)
    return place


def _linked_point(position: LonLat) -> dict[str, Any]:
    return {"@type": "GeoCoordinates", "longitude": position.lon, "latitude": position.lat}


def _linked_source(source: dict[str, Any]) -> dict[str, Any]:
    known = {"@type": "CreativeWork", "name": source["name"], "url": source["url"], "datePublished": source["date"]}
    return {name: value for name, value in known.items() if value}


def view_of(row: Row) -> str:
    """Return the view of the map that shows an event, as the map's address writes it; empty without a position."""
    geometry = row.feature["geometry"]
    if not geometry:
        return ""
    lon, lat = geometry["coordinates"]
    return f"{_VIEW_ZOOM}/{lat:.4f}/{lon:.4f}"
