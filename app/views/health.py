"""A probe in, whether the service can answer out."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from app.resources import resources
from geo import __version__

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Answer 200 while the store can be read; an error of the store is answered as any other."""
    response = jsonify(status="ok", revision=resources().store.revision(), version=__version__)
    response.headers["Cache-Control"] = "no-store"
    return response
