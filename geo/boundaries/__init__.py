"""The data that ships and the layers that an operator adds: the name of a layer in, its features out."""

from geo.boundaries.layers import LAYERS, Feature, read_layer, shipped
from geo.boundaries.municipalities import Municipalities, import_municipalities, municipalities, municipality_at
from geo.boundaries.outlines import Outline, outlines

__all__ = [
    "LAYERS",
    "Feature",
    "Municipalities",
    "Outline",
    "import_municipalities",
    "municipalities",
    "municipality_at",
    "outlines",
    "read_layer",
    "shipped",
]
