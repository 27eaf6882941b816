"""The entrance of the HTTP interface: its landing page and its description."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app
from flask_babel import gettext as _

from app import openapi
from app.answers import Link, as_json, check_cached, link
from app.operations import CSV, GEOJSON, OPENAPI, operation
from app.resources import resources
from geo.geojson import CITATION, LICENCE
from geo.wording import line_name, status_note

blueprint = Blueprint("api", __name__, url_prefix="/api")


@blueprint.get("/")
@operation("Where to go from here", schema="Landing")
def landing(asked: dict[str, Any]) -> Response:
    """Answer links to everything else."""
    validators = check_cached(asked)
    line = line_name(resources().settings.wording, translate=_)
    return as_json(
        {
            "title": "Ibar",
            "description": _("Incidents and deployments around the %(line)s: how far from it, which side.", line=line),
            "licence": LICENCE,
            "citation": CITATION,
            "status_note": status_note(translate=_),
            "revision": resources().store.revision(),
            "links": _links(),
        },
        validators,
    )


def _links() -> list[Link]:
    return [
        link("self", "api.landing", _("This document")),
        link("service-desc", "api.description", _("Description of this interface (OpenAPI 3.0)"), OPENAPI),
        link("data", "items.events", _("Every event"), GEOJSON),
        link("items", "items.near_border", _("Within 5 km of the border"), GEOJSON, within_m=5000),
        link("items", "items.along", _("Along 10 km of the line"), GEOJSON, from_km=100, to_km=110),
        link("related", "lookups.nearest", _("The ten nearest to a point"), GEOJSON, near="20.87,42.89"),
        link("related", "lookups.counts", _("How many in each month"), by="month"),
        link("related", "lookups.counts", _("How many of each type, for a spreadsheet"), CSV, by="type", f="csv"),
        link("related", "lookups.geocode", _("Where a name may lie"), q="Banjska"),
    ]


@blueprint.get("/openapi.json")
@operation("This document", formats=("openapi",), schema="Document")
def description(asked: dict[str, Any]) -> Response:
    """Answer the description of the interface, made from what the code understands."""
    return as_json(openapi.document(current_app), check_cached(asked), media_type=OPENAPI)
