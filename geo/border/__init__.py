"""Positions and areas in; distance to the Kosovo–Serbia border line, position along it and side out."""

from geo.border.certainty import certainty, thresholds
from geo.border.measure import GREATEST_GAP_M, Border, Measures

__all__ = ["GREATEST_GAP_M", "Border", "Measures", "certainty", "thresholds"]
