"""Claims in, located events out."""

from geo.geocode.given import given_place
from geo.geocode.locate import locate, with_municipality
from geo.geocode.resolve import resolve

__all__ = ["given_place", "locate", "resolve", "with_municipality"]
