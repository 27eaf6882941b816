"""A wording of the line in, every string that the map page's script shows out, in the language of the request."""

from __future__ import annotations

from flask_babel import gettext as _

from app.words import AREA_CERTAINTIES, CERTAINTIES, SIDES, STAGES, SUPPORTS, plural_forms
from geo.wording import Wording, line_name


def map_strings(wording: Wording) -> dict[str, str]:
    """Return the strings by key; `{name}` marks what the script fills in."""
    return {
        **_record_words(),
        **_coded("side", SIDES),
        **_coded("support", SUPPORTS),
        **_coded("stage", STAGES),
        **_coded("certainty", CERTAINTIES),
        **_coded("area_certainty", AREA_CERTAINTIES),
        **_popup_words(),
        **_map_words(),
        **_tool_words(),
        **_time_words(),
        **_chart_words(),
        **_counted(),
        "line_short": line_name(wording, translate=_),
        "border_distance": _("Distance to the %(line)s", line=line_name(wording, is_short=True, translate=_)),
    }


def _coded(prefix: str, values: dict[str, str]) -> dict[str, str]:
    return {f"{prefix}_{code}": str(words) for code, words in values.items()}


def _record_words() -> dict[str, str]:
    return {
        "date_unknown": _("date unknown"),
        "day_range": _("%(first)s–%(last)s", first="{first}", last="{last}"),
        "metres": _("%(number)s m", number="{number}"),
        "kilometres": _("%(number)s km", number="{number}"),
        "date_within": _("between %(range)s", range="{range}"),
        "date_about": _("about %(day)s", day="{day}"),
        "place_unknown": _("place unknown"),
        "known_by_area": _("known only by area"),
        "within_radius": _("somewhere within %(distance)s", distance="{distance}"),
        "border_at_crossing": _("at a crossing point on the line"),
        "border_at_line": _("at the line (measured %(distance)s; the side is not certain)", distance="{distance}"),
        "border_across": _(
            "%(distance)s away, %(side)s or across another border", distance="{distance}", side="{side}"
        ),
        "border_unsure": _("%(distance)s away; the side is not certain", distance="{distance}"),
        "border_area": _("%(distance)s from the middle of the area", distance="{distance}"),
        "border_away": _("%(distance)s away, %(side)s", distance="{distance}", side="{side}"),
        "killed_none": _("nobody killed"),
        "sources_say": _("sources say %(low)s to %(high)s", low="{low}", high="{high}"),
    }


def _popup_words() -> dict[str, str]:
    return {
        "close": _("Close"),
        "back_to_list": _("Back to the list"),
        "untitled": _("Untitled event"),
        "disputed": _("Disputed"),
        "place": _("Place"),
        "municipality": _("Municipality"),
        "casualties": _("Casualties"),
        "not_stated": _("not stated"),
        "actors": _("Involved"),
        "force": _("Force"),
        "contributor": _("Sent by"),
        "personnel": _("Strength"),
        "stage": _("Stage"),
        "support": _("Rests on"),
        "evidence": _("What the source says"),
        "event_page": _("Full record"),
        "zoom_here": _("Zoom in on these places"),
        "one_place_note": _("All are recorded at this one place; none was moved."),
        "area_note": _("The sources name only this area, so these events have no pin."),
        "area_approximate": _("The outline drawn is approximate."),
    }


def _map_words() -> dict[str, str]:
    return {
        "map_label": _("Map of events; every symbol is a button, and the table below lists the same events"),
        "zoom_in": _("Zoom in"),
        "zoom_out": _("Zoom out"),
        "layers": _("Layers"),
        "attribution": _("© OpenStreetMap contributors (ODbL) | GeoNames (CC BY) | Leaflet"),
        "crossing_label": _("Crossing point %(name)s", name="{name}"),
        "area_label": _("%(area)s: %(events)s known only by this area", area="{area}", events="{events}"),
        "events_at": _("%(events)s at %(place)s", events="{events}", place="{place}"),
        "events_around": _("%(events)s in and around %(place)s", events="{events}", place="{place}"),
        "first_of": _(
            "the %(shown)s newest of %(events)s; narrow the filter to see the others",
            shown="{shown}",
            events="{events}",
        ),
        "show_all": _("Show all on the map"),
        "failed": _("The events could not be loaded: %(reason)s", reason="{reason}"),
    }


def _tool_words() -> dict[str, str]:
    return {
        "tools": _("Ways to look at the map"),
        "hexagons": _("Hexagons"),
        "hexagon_legend": _("Events per hexagon"),
        "at_least": _("%(number)s or more", number="{number}"),
        "measure": _("Measure"),
        "measure_how": _(
            "Click on the map, or move it with the arrow keys and press Enter, to set points; Escape ends."
        ),
        "measure_length": _("about %(distance)s in a straight line", distance="{distance}"),
        "dark": _("Dark"),
        "print": _("Print"),
        "drawing": _(
            "“%(name)s” is being drawn; your browser saves it when it is ready, mostly within ten seconds.",
            name="{name}",
        ),
        "search_place": _("Go to a place"),
        "search_none": _("No place of this name is known."),
        "search_went": _("The map shows %(place)s.", place="{place}"),
        "show_more": _("Show more"),
        "newest_first": _("The %(shown)s newest of them", shown="{shown}"),
        "clustered": _("drawn in groups; zoom in to see single events"),
    }


def _time_words() -> dict[str, str]:
    return {
        "time_label": _("Time"),
        "time_from": _("Beginning of the interval"),
        "time_to": _("End of the interval"),
        "time_play": _("Play"),
        "time_pause": _("Pause"),
        "time_back": _("One interval back"),
        "time_forward": _("One interval forward"),
        "time_all": _("Whole time"),
        "time_told": _("%(first)s to %(last)s: %(events)s", first="{first}", last="{last}", events="{events}"),
    }


def _chart_words() -> dict[str, str]:
    return {
        "charts": _("Charts"),
        "strip_title": _("Along the line, by year"),
        "strip_note": _(
            "Kilometres from the north-west end of the line. Choose a field to see that stretch on the map."
        ),
        "strip_km": _("km %(first)s to %(last)s", first="{first}", last="{last}"),
        "strip_year": _("Year"),
        "types_title": _("Events on the map, by type and month"),
        "types_type": _("Type"),
        "types_number": _("Number"),
        "types_months": _("By month"),
        "types_range": _(
            "From %(first)s to %(last)s; the bars begin at %(shown)s.", first="{first}", last="{last}", shown="{shown}"
        ),
        "chart_empty": _("No events to show."),
    }


def _counted() -> dict[str, str]:
    phrases = {
        "events": plural_forms("{n} event", "{n} events"),
        "begin": plural_forms("{n} event begins in it", "{n} events begin in it"),
        "outside": plural_forms("{n} event is outside the view.", "{n} events are outside the view."),
        "by_area": plural_forms("{n} known only by area", "{n} known only by area"),
        "not_placed": plural_forms("{n} not placed", "{n} not placed"),
        "killed": plural_forms("{n} killed", "{n} killed"),
        "injured": plural_forms("{n} injured", "{n} injured"),
        "people": plural_forms("{n} person", "{n} people"),
        "sources": plural_forms("Source", "Sources"),
        "merged": plural_forms(
            "{n} place that is too close to show apart at this zoom",
            "{n} places that are too close to show apart at this zoom",
        ),
    }
    return {f"{key}_{tag}": words for key, forms in phrases.items() for tag, words in forms.items()}
