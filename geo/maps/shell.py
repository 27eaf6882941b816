"""Layer names in, the shell of a Folium page out: its assets, its container and the script that wires it.

Folium compiles what it renders as a template a second time, so nothing that comes from data passes through here: only
names of layers out of the translations, and numbers. The data reach the page by fetch, or in a JSON block that
`app` appends.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeVar

import folium
from branca.element import CssLink, Element, Figure, JavascriptLink, MacroElement
from folium.map import CustomPane
from folium.plugins import Fullscreen
from folium.template import Template

from geo.maps.tiles import Tiles
from geo.model import BBox

Kind = TypeVar("Kind", bound=Element)
_START: Final = (42.72, 20.95)
"""Latitude and longitude, as Leaflet has them; the page's script then fits the view to the border."""
_START_ZOOM: Final = 8
_MIN_ZOOM: Final = 7
_MAX_ZOOM: Final = 17
_WINDOW: Final = BBox(18.4, 40.9, 24.0, 44.6)
"""How far a reader may pan: what the shipped boundaries cover."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MapLayer:
    """A layer that the layer control offers."""

    key: str
    label: str
    """In English: the message id of its translations."""
    is_shown: bool = True


LAYERS: Final = (
    MapLayer(key="incidents", label="Incidents"),
    MapLayer(key="deployments", label="Deployments"),
    MapLayer(key="areas", label="Known only by area"),
    MapLayer(key="border", label="Border line"),
    MapLayer(key="crossings", label="Crossing points"),
    MapLayer(key="places", label="Place names"),
    MapLayer(key="precision", label="Precision of every place", is_shown=False),
    MapLayer(key="zones", label="Safety zones of 1999 (historical)", is_shown=False),
)
_PANES: Final = {"land": 210, "zones": 220, "shade": 230, "line": 240, "labels": 250, "precision": 420}
"""Names of Leaflet panes and their order from below; symbols stand above, at 600."""
_TOUCHABLE_PANES: Final = frozenset({"zones", "shade"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """The parts of a Folium page, as markup that needs no escaping and holds no data."""

    styles: tuple[str, ...]
    """Style sheets, as paths below the vendored assets."""
    scripts: tuple[str, ...]
    """Classic scripts, in order, as paths below the vendored assets."""
    container: str
    """The element that becomes the map."""
    script: str
    """Makes the map and its controls, and leaves them in `window.ibar`."""


# Folium adds to these lists in place where a caller asks it to, so each class has its own.
_MAP_JS: Final = [("leaflet", "leaflet/leaflet.js")]
_MAP_CSS: Final = [("leaflet_css", "leaflet/leaflet.css")]
_FULLSCREEN_JS: Final = [("fullscreen", "leaflet.fullscreen/Control.FullScreen.js")]
_FULLSCREEN_CSS: Final = [("fullscreen_css", "leaflet.fullscreen/Control.FullScreen.css")]


class _Map(folium.Map):
    default_js = _MAP_JS
    default_css = _MAP_CSS


class _Fullscreen(Fullscreen):
    default_js = _FULLSCREEN_JS
    default_css = _FULLSCREEN_CSS


class _Wiring(MacroElement):
    """Hands the map and its layers to the page's own script."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            window.ibar = {
                map: {{ this._parent.get_name() }},
                layers: {
                    {%- for key, name in this.layers.items() %}
                    {{ key }}: {{ name }},
                    {%- endfor %}
                },
            };
        {% endmacro %}
        """
    )

    def __init__(self, layers: dict[str, str]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Wiring"
        self.layers = layers


@lru_cache(maxsize=64)
def shell(
    *,
    labels: tuple[str, ...] = tuple(layer.label for layer in LAYERS),
    base_labels: tuple[str, str] = ("Boundaries only", "Tiles"),
    fullscreen: tuple[str, str] = ("Full screen", "Leave full screen"),
    tiles: Tiles | None = None,
) -> Shell:
    """Return the shell of the map page.

    Parameters
    ----------
    labels : tuple of str, optional
        The translated name of each of `LAYERS`, in order.
    base_labels : tuple of str
        The translated names of the shipped base map and of the tiles.
    fullscreen : tuple of str
        What the full-screen button is called, off and on.
    tiles : Tiles, optional
        A tile server that the operator chose; it becomes the base map, and the shipped one the other choice.
    """
    figure = Figure()
    page_map = _base_map()
    page_map.add_to(figure)
    for name, order in _PANES.items():
        _named(CustomPane(name, z_index=order, pointer_events=name in ("zones", "shade", "line")), name).add_to(
            page_map
        )
    groups = {**_add_base_layers(page_map, base_labels, tiles), **_add_layers(page_map, labels)}
    off, on = fullscreen
    button = _Fullscreen(position="topright", title=off, title_cancel=on)  # type: ignore[no-untyped-call]
    _named(button, "fullscreen").add_to(page_map)
    _named(folium.LayerControl(position="topright", collapsed=True), "control").add_to(page_map)
    _named(_Wiring(groups), "ibar").add_to(page_map)
    return _rendered(figure)


def _base_map() -> folium.Map:
    west, south, east, north = _WINDOW
    return _named(
        _Map(
            location=_START,
            zoom_start=_START_ZOOM,
            tiles=None,
            minZoom=_MIN_ZOOM,
            maxZoom=_MAX_ZOOM,
            zoomSnap=0.5,
            zoom_control="topright",
            control_scale=True,
            max_bounds=True,
            min_lat=south,
            max_lat=north,
            min_lon=west,
            max_lon=east,
        ),
        "ibar",
    )


def _add_base_layers(page_map: folium.Map, labels: tuple[str, str], tiles: Tiles | None) -> dict[str, str]:
    land = _named(folium.FeatureGroup(labels[0], overlay=False, control=tiles is not None, show=tiles is None), "land")
    land.add_to(page_map)
    if tiles is not None:
        layer = folium.TileLayer(
            tiles.url,
            attr=html.escape(tiles.attribution),
            name=labels[1],
            max_zoom=tiles.max_zoom,
            subdomains=tiles.subdomains,
        )
        _named(layer, "tiles").add_to(page_map)
    return {"land": land.get_name()}


def _add_layers(page_map: folium.Map, labels: tuple[str, ...]) -> dict[str, str]:
    groups = {}
    for layer, label in zip(LAYERS, labels, strict=True):
        group = _named(folium.FeatureGroup(name=label, show=layer.is_shown), layer.key)
        group.add_to(page_map)
        groups[layer.key] = group.get_name()
    markers = _named(folium.FeatureGroup(name="markers", control=False), "markers")
    markers.add_to(page_map)
    return {**groups, "markers": markers.get_name()}


def _named(element: Kind, name: str) -> Kind:
    """Give an element an id of our own in place of a random one, so that the page is the same at every start."""
    element._id = name
    return element


def _rendered(figure: Figure) -> Shell:
    for child in tuple(figure._children.values()):
        child.render()
    links: tuple[object, ...] = tuple(figure.header._children.values())
    return Shell(
        styles=tuple(link.url for link in links if isinstance(link, CssLink)),
        scripts=tuple(link.url for link in links if isinstance(link, JavascriptLink)),
        container=figure.html.render().strip(),
        script=figure.script.render().strip(),
    )
