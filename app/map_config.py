"""Settings and language in, the values that the map page's script reads out of its JSON block out."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.map_strings import map_strings
from app.text_language import COMMON
from app.translation import PLAIN, language, name_choice
from app.translations.cyrillic import LETTERS
from app.words import format_patterns, reading_locale
from geo.border import GREATEST_GAP_M
from geo.maps import COUNTRY_LABELS, DRAWINGS, OVERVIEW, OVERVIEW_ZOOM, border_bounds, drawing
from geo.style import FAMILIES, LABELS
from geo.wording import Wording


def served_config(wording: Wording, *, version: str) -> dict[str, Any]:
    """Return the values for a page that fetches its data; `version` marks the drawings for caches."""
    urls = {name: url_for("pages.drawing_data", name=name, v=version) for name in (*DRAWINGS, "areas")}
    return {
        **_common(wording, language(), name_choice()),
        "events_url": url_for("items.events"),
        "api_url": url_for("items.events", lang=None).removesuffix("events"),
        "event_page": url_for("pages.event_page", event_id="", **PLAIN),
        "drawing_urls": urls,
        "overview_zoom": OVERVIEW_ZOOM,
    }


def standalone_config(wording: Wording) -> dict[str, Any]:
    """Return the values for a page that carries its data: those stand in a block of their own."""
    return {**_common(wording, language(), name_choice()), "is_standalone": True}


def standalone_data(*, events: dict[str, Any], areas: dict[str, Any]) -> dict[str, Any]:
    """Return the data that a standalone page carries: the fine drawings alone, for all of it is there at once."""
    drawings = {name: json.loads(drawing(name)) for name in DRAWINGS if name != OVERVIEW}
    return {"events": events, "drawings": {**drawings, "areas": areas}}


@cache
def _common(wording: Wording, written: str, names: str) -> dict[str, Any]:
    """Return what is the same for every request in a written form and with a choice of names: put together once."""
    return {
        "lang": reading_locale().language,
        "labels": names,
        "formats": format_patterns(),
        "locale": str(reading_locale()).replace("_", "-"),
        "families": [
            {
                "name": f.name,
                "label": _(f.label),
                "kind": f.kind,
                "types": f.event_types,
                "colour": f.colour,
                "dash": f.dash,
                "path": f.svg_path(8),
            }
            for f in FAMILIES
        ],
        "types": {event_type: _(label) for event_type, label in LABELS.items()},
        "countries": [
            {"name": _(label.name) + label.mark, "lon": label.lon, "lat": label.lat, "main": bool(label.mark)}
            for label in COUNTRY_LABELS
        ],
        "bounds": border_bounds(),
        "greatest_gap_m": GREATEST_GAP_M,
        "strings": map_strings(wording),
        "common_words": COMMON,
        "cyrillic": LETTERS if written == "sr-Cyrl" else None,
    }
