"""Filters in, the printed map of the matching events out: PNG, SVG or PDF."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, Response, request, url_for

from app import params, prints
from app.answers import check_cached
from app.file_names import file_name
from app.prints import WISHES, Wish
from app.resources import resources
from app.translation import language

blueprint = Blueprint("export", __name__, url_prefix="/export")

MEDIA_TYPES: Final = {"png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf"}
_NAMES: Final = ("id", "title", "layout", "extent", "size", "theme", "dpi")


@blueprint.get("/map.<form>")
def printed_map(form: str) -> Response:
    """Answer the map of the matching events, drawn for print."""
    asked = params.read(request.args, (*params.FILTERS, *WISHES))
    validators = check_cached({**asked, "f": form, "lang": language()})
    criteria = params.criteria(asked)
    chosen = {name: asked[name] for name in _NAMES if name in asked}
    wish = Wish(form=prints.form(form), permalink=_permalink(), lang=language(), **chosen)
    body = resources().draftsman.drawn(criteria, wish, validators.tag)
    response = Response(body, mimetype=MEDIA_TYPES[form])
    name = file_name(f"ibar-{wish.layout}", criteria, form, event_id=wish.id)
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.set_etag(validators.tag, weak=True)
    response.last_modified = validators.modified
    response.cache_control.no_cache = True
    return response


def _permalink() -> str:
    """Return the address of the web map with the same filters."""
    filters = [(name, value) for name in request.args for value in request.args.getlist(name) if name in _FILTER_NAMES]
    return url_for("pages.map_page", _external=True, **_lists(filters)) if filters else ""


_FILTER_NAMES: Final = frozenset(parameter.name for parameter in params.FILTERS)


def _lists(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found
