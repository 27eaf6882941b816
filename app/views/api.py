"""The entrance of the HTTP interface: its landing page, what it conforms to, and its description."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, request
from flask_babel import gettext as _

from app import conformance, openapi
from app.answers import Link, answer, as_json, check_cached, check_fresh, link, page_of
from app.operations import CSV, FORMATS, GEOJSON, HTML, JSON, OPENAPI, operation
from app.resources import resources
from geo.features import FUNCTIONS
from geo.geojson import CITATION, LICENCE
from geo.wording import line_name, status_note

blueprint = Blueprint("api", __name__, url_prefix="/api")

_FUNCTIONS_REL = "http://www.opengis.net/def/rel/ogc/1.0/functions"


@blueprint.get("/", strict_slashes=False)
@operation("Where to go from here", formats=("json", "html"), schema="Landing")
def landing(asked: dict[str, Any]) -> Response:
    """Answer links to everything else."""
    validators = check_fresh(asked)
    line = line_name(resources().settings.wording, translate=_)
    value = {
        "title": "Ibar",
        "description": _("Incidents and deployments around the %(line)s: how far from it, which side.", line=line),
        "licence": LICENCE,
        "citation": CITATION,
        "status_note": status_note(translate=_),
        "revision": resources().store.revision(),
        "links": _links(asked["f"]),
    }
    return answer(asked, value, validators, template="api/landing.html")


def _links(form: str) -> list[Link]:
    mine, other = ("json", "html") if form == "json" else ("html", "json")
    media = {"json": JSON, "html": HTML}
    return [
        link("self", "api.landing", _("This document"), media[mine], f=mine),
        link("alternate", "api.landing", f"{_('This document')} ({other.upper()})", media[other], f=other),
        link("service-desc", "api.description", _("Description of this interface (OpenAPI 3.0)"), OPENAPI),
        link("service-doc", "api.documentation", "Description of this interface for people", HTML),
        link("conformance", "api.conforming", "What this interface conforms to"),
        link("http://www.opengis.net/def/rel/ogc/1.0/conformance", "api.conforming", "What this interface conforms to"),
        link("data", "collections.listing", "The collections", f="json"),
        link("http://www.opengis.net/def/rel/ogc/1.0/data", "collections.listing", "The collections", f="json"),
        link(_FUNCTIONS_REL, "api.functions", "Functions that a filter may call"),
        link("items", "items.events", _("Every event"), GEOJSON),
        link("enclosure", "data.export", "Every event as a GeoPackage", FORMATS["gpkg"], f="gpkg"),
        link("related", "data.changes", "What changed since a revision", GEOJSON, since=0),
        link("items", "items.near_border", _("Within 5 km of the border"), GEOJSON, within_m=5000),
        link("items", "items.along", _("Along 10 km of the line"), GEOJSON, from_km=100, to_km=110),
        link("related", "lookups.nearest", _("The ten nearest to a point"), GEOJSON, near="20.87,42.89"),
        link("related", "lookups.counts", _("How many in each month"), by="month"),
        link("related", "lookups.counts", _("How many of each type, for a spreadsheet"), CSV, by="type", f="csv"),
        link("related", "lookups.geocode", _("Where a name may lie"), q="Banjska"),
    ]


@blueprint.get("/conformance")
@operation("What this interface conforms to", formats=("json", "html"), schema="Conformance")
def conforming(asked: dict[str, Any]) -> Response:
    """Answer the conformance classes that are passed."""
    value = {"conformsTo": list(conformance.CLASSES)}
    return answer(asked, value, check_fresh(asked), template="api/value.html")


@blueprint.get("/functions")
@operation("Functions that a filter may call", formats=("json", "html"), schema="Functions")
def functions(asked: dict[str, Any]) -> Response:
    """Answer the functions that filters over incidents and deployments may call beside those of CQL2."""
    types = {"text": "string", "geometry": "geometry", "number": "number", "boolean": "boolean"}
    listed = [
        {
            "name": function.name,
            "description": function.meaning,
            "arguments": [{"type": [types[kind] for kind in kinds]} for kinds in function.takes],
            "returns": [types[function.returns]],
        }
        for function in FUNCTIONS.values()
    ]
    return answer(asked, {"functions": listed}, check_fresh(asked), template="api/value.html")


@blueprint.get("/openapi.json")
@operation("This document", formats=("openapi",), schema="Document")
def description(asked: dict[str, Any]) -> Response:
    """Answer the description of the interface, made from what the code understands."""
    return as_json(_document(), check_cached(asked), media_type=OPENAPI)


@blueprint.get("/docs")
@operation("This document for people", formats=("html",), schema="Document")
def documentation(_asked: dict[str, Any]) -> Response:
    """Answer the description of the interface as a page."""
    return page_of("api/docs.html", document=_document())


def _document() -> dict[str, Any]:
    return openapi.document(current_app, server=f"{request.url_root}api")
