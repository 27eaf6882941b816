"""Positions and areas in; distance to the Kosovo–Serbia border line, position along it and side out."""

from geo.border.certainty import certainty, thresholds
from geo.border.measure import Border, Measures

__all__ = ["Border", "Measures", "certainty", "thresholds"]
