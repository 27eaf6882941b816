"""A filter of the map page in, the events that changed last as an Atom feed out."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext as _

from app.answers import tag_of
from app.feeds import MEDIA_TYPE, Feed, atom
from app.filter_form import read_form
from app.resources import resources
from app.sharing import absolute, view_query
from app.translation import PLAIN, language
from app.words import described
from geo import query
from geo.wording import line_name

blueprint = Blueprint("feed", __name__)

ENTRIES: Final = 50
_FEW_MINUTES_S: Final = 300


@blueprint.get("/feed.atom")
def feed() -> Response:
    """Answer the events of a filter, those whose record changed last first."""
    form, here = read_form(request), resources()
    last = here.store.last_write()
    tag = tag_of(last, language())
    if request.if_none_match.contains_weak(tag):
        abort(_cached(Response(status=304), tag))
    page = query.find(here.store, form.criteria, sort="-updated_at", limit=ENTRIES)
    asked = view_query()
    head = Feed(
        title=_("Incident map of the %(line)s", line=line_name(here.settings.wording, translate=_)),
        subtitle=described(form.criteria, page),
        language=language(),
        own=absolute("feed.feed", asked),
        page=absolute("pages.map_page", asked),
        modified=last.at,
        links=(("alternate", "application/geo+json", f"{url_for('items.events', _external=True)}?{form.query()}"),),
    )
    body = atom(
        page.features,
        head,
        page_of=lambda event_id: url_for("pages.event_page", event_id=event_id, _external=True, **PLAIN),
    )
    return _cached(Response(body, content_type=f"{MEDIA_TYPE}; charset=utf-8"), tag)


def _cached(response: Response, tag: str) -> Response:
    response.set_etag(tag, weak=True)
    response.cache_control.public = True
    response.cache_control.max_age = _FEW_MINUTES_S
    response.vary.add("Accept-Language")
    return response
