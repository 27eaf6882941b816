"""A filter in, the links to the same events in other forms out, each with a line on what it gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import url_for
from flask_babel import gettext as _

from app.filter_form import FilterForm
from app.preview import view_box
from app.translation import language
from geo.model import BBox

_START: Final = "border"
"""The extent of a print that the map shows when it opens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """One link."""

    label: str
    note: str
    href: str
    is_file: bool = True
    drawn: str = ""
    """`view` for a print of what the map shows, `events` for one of all the events; empty for what is not drawn."""


def downloads(form: FilterForm) -> list[Download]:
    """Return the links: data, prints, and last the feed."""
    feed = Download(
        label=_("Atom feed"),
        note=_("what is new or changed, for a feed reader"),
        href=f"{url_for('feed.feed')}?{form.page_query()}".rstrip("?"),
        is_file=False,
    )
    return [*_data(form), *_prints(form), feed]


def _data(form: FilterForm) -> list[Download]:
    forms = (
        ("GeoJSON", "geojson", _("for map programs and for the web")),
        ("CSV", "csv", _("a table for a spreadsheet")),
        ("GeoPackage", "gpkg", _("for QGIS and other GIS")),
        ("KML", "kml", _("for Google Earth")),
    )
    return [
        Download(label=label, note=note, href=f"{url_for('data.export')}?{form.query(f=ending)}")
        for label, ending, note in forms
    ]


def _prints(form: FilterForm) -> list[Download]:
    pdf = {"name": "PDF"}
    sheets: tuple[tuple[str, str, str, dict[str, str]], ...] = (
        (_("Map of all of them (%(name)s)", **pdf), "pdf", _("one A4 sheet with inset, legend and sources"), {}),
        (_("The same as %(name)s", name="PNG"), "png", _("a picture"), {}),
        (_("The same as %(name)s", name="SVG"), "svg", _("to edit in a drawing program"), {}),
        (
            _("Strip along the line (%(name)s)", **pdf),
            "pdf",
            _("the line unrolled: events by kilometre and distance"),
            {"layout": "near-border"},
        ),
        (_("Hexagons (%(name)s)", **pdf), "pdf", _("a map of how many are where"), {"layout": "density"}),
        (
            _("Report (%(name)s)", **pdf),
            "pdf",
            _("several pages: map, charts, a table of every event, all sources"),
            {"layout": "report"},
        ),
    )
    found = [
        Download(label=label, note=note, href=_print(form, ending, wishes), drawn="events")
        for label, ending, note, wishes in sheets
    ]
    view = Download(
        label=_("Map of this view (%(name)s)", **pdf),
        note=_("one A4 sheet of what the map shows now"),
        href=_print(form, "pdf", {"extent": _extent(view_box(form.asked.get("map", "")))}),
        drawn="view",
    )
    return [view, *found]


def _extent(box: BBox | None) -> str:
    return ",".join(f"{degrees:.4f}" for degrees in box) if box else _START


def _print(form: FilterForm, ending: str, wishes: dict[str, str]) -> str:
    lang = {} if language() == "en" else {"lang": language()}
    return f"/export/map.{ending}?{form.query(**wishes, **lang)}".rstrip("?")
