"""Requests of people in, the pages that they read out: the map, one event, about; and the drawings under the map."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache, lru_cache
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _

from app.answers import Validators, as_json
from app.assets import LinkedAssets, asked_early, json_block
from app.downloads import downloads
from app.early import early_addresses
from app.event_page import event_page as event_page_of
from app.event_page import view_of
from app.filter_form import DISTANCES_KM, FilterForm, family_choices, read_form
from app.map_config import served_config
from app.preview import preview_png, view_box
from app.resources import Resources, resources
from app.rows import Row, rows
from app.security import csp_nonce
from app.sharing import Card, absolute, map_card
from app.translation import choices
from app.words import day_words, described, sureness_words
from geo import __version__, boundaries, query
from geo.geojson import CITATION, encode
from geo.maps import LAYERS, Shell, Tiles, areas_drawing, drawing, shell, tile_server
from geo.model import Criteria
from geo.style import LABELS
from geo.tiles import types
from geo.wording import line_name, status_note

blueprint = Blueprint("pages", __name__)

PAGE_SIZE: Final = 50
_FEW_MINUTES_S: Final = 300
_DAY_S: Final = 86_400


@blueprint.app_context_processor
def _common() -> dict[str, Any]:
    """Give every template what stands on every page."""
    wording = resources().settings.wording
    return {
        "line_name": line_name(wording, translate=_),
        "line_short": line_name(wording, is_short=True, translate=_),
        "status_note": status_note(translate=_),
        "assets": LinkedAssets(csp_nonce()),
        "asked_early": asked_early,
        "citation": CITATION,
        "map_card": map_card,
        "is_standalone": False,
    }


@blueprint.get("/")
def map_page() -> str:
    """Answer the map with its filters, and a table of the same events."""
    form, store = read_form(request), resources().store
    page = query.find(
        store,
        form.criteria,
        sort=form.asked.get("sort", "-date_start"),
        limit=PAGE_SIZE,
        cursor=form.asked.get("cursor"),
    )
    tiles = chosen_tiles(resources().settings.tiles)
    wording = resources().settings.wording
    config = {**served_config(wording, version=drawing_version()), "matched": page.number_matched}
    return render_template(
        "map.html",
        shell=map_shell(tiles),
        config=json_block(config, element_id="ibar-config", nonce=csp_nonce()),
        early=early_addresses(form, page, config),
        tiles=tiles,
        form=form,
        families=family_choices(form, type_counts(form)),
        type_labels=LABELS,
        distances_km=DISTANCES_KM,
        page=page,
        rows=rows(page.features),
        described=described(form.criteria, page),
        sureness=sureness_words(form.criteria, page),
        downloads=downloads(form),
        updated=last_updated(),
    )


@blueprint.get("/events/<event_id>")
def event_page(event_id: str) -> str:
    """Answer the page of one event; 404 unless it is published."""
    told = event_page_of(resources(), resources().store.get(event_id))
    card = Card(
        kind="article",
        title=told.row.title,
        description=told.description,
        url=absolute("pages.event_page", urlencode(choices()), event_id=event_id),
        image=absolute("pages.event_picture", urlencode(choices()), event_id=event_id),
    )
    linked_data = json_block(
        told.linked_data, element_id="linked-data", nonce=csp_nonce(), media_type="application/ld+json"
    )
    return render_template("event.html", page=told, row=told.row, card=card, linked_data=linked_data)


@blueprint.get("/events/<event_id>/preview.png")
def event_picture(event_id: str) -> Response:
    """Answer the picture of the map around one event; 404 unless it is published."""
    row = Row(json.loads(resources().store.get(event_id).feature))
    picture = preview_png(resources(), Criteria(ids=(event_id,)), box=view_box(view_of(row)))
    response = Response(picture, content_type="image/png")
    response.cache_control.public = True
    response.cache_control.max_age = _FEW_MINUTES_S
    return response


@blueprint.get("/about")
def about() -> str:
    """Answer the page that says what this is, what it rests on, and how to read it."""
    return render_template("about.html", tiles=chosen_tiles(resources().settings.tiles))


@blueprint.get("/boundaries/<name>.geojson")
def drawing_data(name: str) -> Response:
    """Answer one drawing that lies under the events."""
    body = encode(areas()) if name == "areas" else drawing(name)
    response = as_json(body, Validators(f"{drawing_version()}-{name}"), media_type="application/geo+json")
    response.cache_control.no_cache = None
    response.cache_control.max_age = _DAY_S
    response.make_conditional(request)
    return response


def map_shell(tiles: Tiles | None) -> Shell:
    """Return the Folium page's parts in the language of the request."""
    return shell(
        labels=tuple(_(layer.label) for layer in LAYERS),
        base_labels=(_("Boundaries only"), _("Background map")),
        fullscreen=(_("Full screen"), _("Leave full screen")),
        tiles=tiles,
    )


@cache
def chosen_tiles(name_or_url: str | None) -> Tiles | None:
    """Return the tile server that the operator chose, if any."""
    return tile_server(name_or_url) if name_or_url else None


def type_counts(form: FilterForm) -> dict[str, int]:
    """Return how many events of each type match, whatever types were asked for."""
    every_type = replace(form.criteria, event_types=())
    if resources().tiles.is_built:
        return types(*resources().tiles.select(every_type))
    return dict(query.counts(resources().store, every_type, by="type"))


def last_updated() -> str:
    """Return the day of the last change, in words; empty for a store that nothing was written to."""
    newest = query.find(resources().store, Criteria(), sort="-updated_at", limit=1).features
    return day_words(str(json.loads(newest[0])["properties"]["updated_at"] or "")[:10]) if newest else ""


def areas() -> dict[str, Any]:
    """Return the areas that events may be known by, with the outlines that this installation has."""
    return _areas(resources(), drawing_version())


@lru_cache(maxsize=4)
def _areas(opened: Resources, _version: str) -> dict[str, Any]:
    layer = boundaries.municipalities(opened.municipalities_path)
    return areas_drawing(opened.gazetteer.areas(), municipalities=layer)


def drawing_version() -> str:
    """Return what changes when a drawing does: the version, and the layer of municipalities."""
    path = resources().municipalities_path
    return f"{__version__}-{path.stat().st_mtime_ns if path.exists() else 0}"
