"""A filter in, the map for other sites out: the framed page, its code, its picture, and oEmbed.

The framed page asks for no cookie, has no form, and is the only one that other sites may frame.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import NotFound as PageNotFound
from werkzeug.exceptions import NotImplemented as NotOffered

from app import params, values
from app.answers import Validators, as_json
from app.assets import json_block
from app.early import early_addresses
from app.filter_form import FilterForm, read_form, read_query
from app.joint import STATIC
from app.map_config import served_config
from app.params import Parameter
from app.preview import HEIGHT, WIDTH, preview_png, view_box
from app.resources import resources
from app.rows import rows
from app.security import csp_nonce
from app.sharing import FRAME_HEIGHT, FRAME_WIDTH, absolute, frame_code, map_card, view_query
from app.views.pages import chosen_tiles, drawing_version, last_updated, map_shell
from app.words import described
from geo import query
from geo.store import Page
from geo.wording import line_name

blueprint = Blueprint("embed", __name__)

TABLE_ROWS: Final = 50
_HOUR_S: Final = 3_600
_FEW_MINUTES_S: Final = 300
_LEAST_PX, _MOST_PX = 240, 4_000
_URL: Final = Parameter(name="url", meaning="Address of a map", read=lambda text: text)
_FORMAT: Final = Parameter(name="format", meaning="json", read=lambda text: text)
_MAXWIDTH: Final = Parameter(name="maxwidth", meaning="Pixels", read=lambda text: values.whole(text, least=1))
_MAXHEIGHT: Final = Parameter(name="maxheight", meaning="Pixels", read=lambda text: values.whole(text, least=1))


@blueprint.get("/embed")
def view() -> Response:
    """Answer the map without the form around it, for a frame on another site."""
    form = read_form(request)
    page = _page(form)
    tiles = chosen_tiles(resources().settings.tiles)
    wording = resources().settings.wording
    config = {**served_config(wording, version=drawing_version()), "matched": page.number_matched, "is_embed": True}
    text = render_template(
        "embed.html",
        shell=map_shell(tiles),
        config=json_block(config, element_id="ibar-config", nonce=csp_nonce()),
        early=early_addresses(form, page, config),
        tiles=tiles,
        rows=rows(page.features),
        form=form,
        page=page,
        title=map_title(),
        described=_described(form, page),
        full=absolute("pages.map_page", view_query()),
        picture=absolute("embed.preview", view_query()),
        updated=last_updated(),
    )
    response = Response(text, content_type="text/html; charset=utf-8")
    response.cache_control.public = True
    response.cache_control.max_age = _FEW_MINUTES_S
    response.vary.add("Accept-Language")
    return response


@blueprint.get("/share")
def share() -> str:
    """Answer the code for a frame, and the other ways to take the map along."""
    form = read_form(request)
    described = _described(form, _page(form))
    source = absolute("embed.view", view_query())
    codes = {
        "plain": frame_code(source, map_title()),
        "fitting": frame_code(source, map_title(), script=absolute("embed.script")),
    }
    link, picture = absolute("pages.map_page", view_query()), absolute("embed.preview", view_query())
    card = map_card(map_title(), described)
    return render_template(
        "share.html", codes=codes, link=link, picture=picture, source=source, described=described, card=card
    )


@blueprint.get("/embed.js")
def script() -> Response:
    """Answer the script that gives frames of this map the height that they ask for."""
    text = (STATIC / "embed" / "height.js").read_bytes()
    response = Response(text, content_type="text/javascript; charset=utf-8")
    response.cache_control.public = True
    response.cache_control.max_age = _HOUR_S
    return response


@blueprint.get("/preview.png")
def preview() -> Response:
    """Answer the picture of a view of the map."""
    form = read_form(request)
    picture = preview_png(resources(), form.criteria, box=view_box(form.asked.get("map", "")))
    response = Response(picture, content_type="image/png")
    response.cache_control.public = True
    response.cache_control.max_age = _FEW_MINUTES_S
    response.vary.add("Accept-Language")
    return response


@blueprint.get("/oembed")
def oembed() -> Response:
    """Answer what oEmbed asks: the frame for the address of a map of this site."""
    asked = params.read(request.args, (_URL, _FORMAT, _MAXWIDTH, _MAXHEIGHT, params.LANG), is_form=True)
    if asked.get("format", "json") != "json":
        raise NotOffered("oEmbed is answered as JSON only.")
    arguments = _own_query(str(asked.get("url", "")))
    form = read_query(arguments)
    written = urlencode(list(arguments.items(multi=True)), safe=",/:")
    width = max(_LEAST_PX, min(asked.get("maxwidth", FRAME_WIDTH), _MOST_PX))
    height = max(_LEAST_PX, min(asked.get("maxheight", FRAME_HEIGHT), _MOST_PX))
    code = frame_code(absolute("embed.view", written), map_title(), width=str(width), height=height)
    title = f"{map_title()}: {_described(form, _page(form))}"
    return as_json(
        {
            "version": "1.0",
            "type": "rich",
            "title": title,
            "provider_name": "Ibar",
            "provider_url": absolute("pages.map_page"),
            "cache_age": _HOUR_S,
            "width": width,
            "height": height,
            "html": code,
            "thumbnail_url": absolute("embed.preview", written),
            "thumbnail_width": WIDTH,
            "thumbnail_height": HEIGHT,
        },
        Validators(f"{resources().store.revision()}-oembed"),
    )


def _own_query(url: str) -> MultiDict[str, str]:
    """Return the query of a map's address on this site; 404 for every other address, as oEmbed wants it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    own = (absolute("pages.map_page"), absolute("embed.view"))
    if f"{parts.scheme}://{parts.netloc}{parts.path}" not in {
        urlsplit(each)._replace(query="").geturl() for each in own
    }:
        raise PageNotFound("url: is not the address of a map of this site")
    return MultiDict(parse_qsl(parts.query, max_num_fields=60))


def map_title() -> str:
    """Return what the map is called on other sites."""
    return str(_("Incident map of the %(line)s", line=line_name(resources().settings.wording, translate=_)))


def _page(form: FilterForm) -> Page:
    order: Any = form.asked.get("sort", "-date_start")
    return query.find(resources().store, form.criteria, sort=order, limit=TABLE_ROWS)


def _described(form: FilterForm, page: Page) -> str:
    return described(form.criteria, page)
