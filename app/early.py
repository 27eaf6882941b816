"""A filter and its first answer in, the addresses that the map page will ask for as soon as it runs out.

The page asks for them in its head, so that data and scripts are on their way at the same time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from app.filter_form import FilterForm
from geo.maps import OVERVIEW
from geo.store import Page

MOST_CARRIED: Final = 2_000
"""Up to so many events the page carries each of them; above, it asks for clusters of what it shows."""
PAGE_SIZE: Final = 1_000
"""Events of one answer, when the page loads all of them."""


def early_addresses(form: FilterForm, page: Page, config: Mapping[str, Any]) -> list[str]:
    """Return the addresses in the order in which they are wanted; `config` is what the page's script reads."""
    addresses = [_address(config["api_url"] + "histogram", form.undated_query())]
    is_carried = form.asked.get("view") != "hexagons" and not form.has_slider_days
    if is_carried and 0 < page.number_matched <= MOST_CARRIED:
        addresses.append(_address(config["events_url"], form.query(limit=str(PAGE_SIZE))))
    drawings = (OVERVIEW, "areas") if page.area_only else (OVERVIEW,)
    return addresses + [config["drawing_urls"][name] for name in drawings]


def _address(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path
