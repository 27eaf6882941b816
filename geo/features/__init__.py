"""The id of a collection in, what it is and its features out: the store's events and the layers that ship, alike."""

from geo.features.collection import COLLECTIONS, EVENTS, FUNCTIONS, Collection, Features
from geo.features.events import Events
from geo.features.layer import Layer
from geo.features.shipped import read
from geo.store.interface import Extent

__all__ = ["COLLECTIONS", "EVENTS", "FUNCTIONS", "Collection", "Events", "Extent", "Features", "Layer", "read"]
