"""A place and how a text speaks of it in, how far off the truth may lie and the codes for that out.

The codes are ACLED's geo-precision (1 the named place, 2 near it or a small area, 3 a larger region) and UCDP's
where_prec (1 exact, 2 within about 25 km, 3 a municipality, 4 a larger area, 5 along a line, 6 a country, 7 beyond).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from geo.model import Place, Toponym

PINNED_WITHIN_M: Final = 15_000.0
"""A place that reaches farther than this (a road, a river) says as little as a region does: it is no point."""
_NEAR_M: Final = 5_000.0
"""What "near" adds to a radius, at least."""
_SITE_M: Final = 6_000.0
_LONG: Final = frozenset(("road", "river", "canal"))
_LINES: Final = frozenset(("border_line", "ground_safety_zone"))


@dataclass(frozen=True, slots=True)
class Precision:
    """How far off the truth may lie, in metres, and the codes of ACLED and UCDP."""

    uncertainty_m: float
    geo_precision: int
    where_prec: int


def is_pinned(place: Place) -> bool:
    """Tell whether an event there has a position; what happened in an area is never put on its centre."""
    return not place.is_area and place.radius_m <= PINNED_WITHIN_M


def precision_of(place: Place, relation: Toponym | str = "at") -> Precision:
    """Return the precision of an event at, near, in a part of, or between places."""
    said = relation.relation if isinstance(relation, Toponym) else relation
    if not is_pinned(place):
        return Precision(place.radius_m, *_area_codes(place))
    if said in ("near", "between"):
        return Precision(place.radius_m + max(_NEAR_M, place.radius_m), 2, 2)
    if place.radius_m > _SITE_M or place.kind in _LONG:
        return Precision(place.radius_m, 2, 2)
    return Precision(place.radius_m, 1, 1)


def _area_codes(place: Place) -> tuple[int, int]:
    if place.kind == "municipality":
        return 2, 3
    if place.kind == "country":
        return 3, 6
    return 3, 5 if place.kind in _LONG or place.id in _LINES else 4


def precision_within(uncertainty_m: float | None) -> tuple[int, int]:
    """Return the codes for a position that a source gave, by the uncertainty that it states."""
    return (1, 1) if uncertainty_m is None or uncertainty_m <= _SITE_M else (2, 2)
