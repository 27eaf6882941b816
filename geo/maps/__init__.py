"""Layer names and a choice of tiles in, the shell of a Folium page out; shipped boundaries in, drawing data out."""

from geo.maps.areas import areas_drawing
from geo.maps.basemap import COUNTRY_LABELS, DRAWINGS, OVERVIEW, OVERVIEW_ZOOM, border_bounds, drawing
from geo.maps.shell import LAYERS, Shell, shell
from geo.maps.tiles import Tiles, tile_server

__all__ = [
    "COUNTRY_LABELS",
    "DRAWINGS",
    "LAYERS",
    "OVERVIEW",
    "OVERVIEW_ZOOM",
    "Shell",
    "Tiles",
    "areas_drawing",
    "border_bounds",
    "drawing",
    "shell",
    "tile_server",
]
