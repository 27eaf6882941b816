"""Matching events in, one HTML file that shows them from disk without a network out."""

from __future__ import annotations

import json
import secrets
from typing import Any, Final

from flask import render_template
from flask_babel import gettext as _

from app.assets import InlineAssets, json_block, packed_block
from app.filter_form import FilterForm, family_choices
from app.map_config import standalone_config, standalone_data
from app.resources import Resources
from app.rows import Row
from app.views.pages import areas, last_updated, map_shell
from app.words import described
from geo import geojson, query
from geo.errors import TooLarge
from geo.model import Criteria
from geo.store import Page

MOST_EVENTS: Final = 5_000
"""More would make a file that browsers open slowly: each event is in the table and in the data."""
_PAGE: Final = 1_000
_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'nonce-{nonce}'",
        "style-src 'nonce-{nonce}'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    )
)


def standalone_page(resources: Resources, criteria: Criteria) -> tuple[str, int]:
    """Return the page as text, and how many events it holds.

    Raises
    ------
    TooLarge
        More than `MOST_EVENTS` events match.
    """
    page, encoded = _everything(resources, criteria)
    features: list[dict[str, Any]] = [json.loads(feature) for feature in encoded]
    nonce = secrets.token_urlsafe(16)
    events = json.loads(geojson.collection(encoded, members=_members(page), translate=_))
    config = standalone_config(resources.settings.wording)
    data = standalone_data(events=events, areas=_areas_of(features))
    text = render_template(
        "map.html",
        is_standalone=True,
        assets=InlineAssets(nonce),
        policy=_POLICY.format(nonce=nonce),
        shell=map_shell(None),
        config=json_block(config, element_id="ibar-config", nonce=nonce)
        + packed_block(data, element_id="ibar-data", nonce=nonce),
        tiles=None,
        families=family_choices(FilterForm(criteria=criteria, asked={}, raw={}), _count_types(features)),
        page=page,
        rows=[Row(feature) for feature in features],
        described=described(criteria, page),
        updated=last_updated(),
    )
    return text, len(features)


def _everything(resources: Resources, criteria: Criteria) -> tuple[Page, list[bytes]]:
    page = query.find(resources.store, criteria, limit=_PAGE)
    if page.number_matched > MOST_EVENTS:
        raise TooLarge(
            f"{page.number_matched:,} events match, and one file holds {MOST_EVENTS:,} at most; narrow the filter,"
            " for instance with --datetime or --near-border"
        )
    features = list(page.features)
    cursor = page.next_cursor
    while cursor:
        further = query.find(resources.store, criteria, limit=_PAGE, cursor=cursor)
        features += further.features
        cursor = further.next_cursor
    return page, features


def _members(page: Page) -> dict[str, Any]:
    return {"numberMatched": page.number_matched, "notPlaced": page.not_placed}


def _areas_of(features: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the areas that these events are known by, and no others."""
    wanted = {feature["properties"]["area_id"] for feature in features}
    known = areas()
    return {**known, "features": [area for area in known["features"] if area["id"] in wanted]}


def _count_types(features: list[dict[str, Any]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for feature in features:
        event_type = feature["properties"]["event_type"]
        counts[event_type] = counts.get(event_type, 0) + 1
    return counts
