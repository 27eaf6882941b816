"""The data that ships: boundaries, the border line, crossings, zones and places; `geo.boundaries` reads them."""
