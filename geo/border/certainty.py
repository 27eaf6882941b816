"""A distance and an uncertainty in, the distances within which it is possible, likely and certain out.

The truth is taken to lie anywhere in a disc about the position, each spot as likely as the next, and the line to be
straight at the scale of the disc. The signed distance to the line is then d + u·w, where w has the distribution of one
coordinate of a uniform unit disc: F(w) = 1/2 + (w √(1 - w²) + arcsin w) / π.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from geo.crs import Floats
from geo.errors import InvalidInput
from geo.model import BorderMeasure, Certainty

HALVINGS: Final = 60


def thresholds(distance_m: ArrayLike, uncertainty_m: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Return the smallest D for which "within D of the border" is possible, likely and certain.

    Parameters
    ----------
    distance_m : array_like
        Distance of the position to the line, metres, not negative.
    uncertainty_m : array_like
        Radius of the disc that the truth lies in, metres, not negative; broadcast against `distance_m`.

    Returns
    -------
    min_m, likely_m, max_m : ndarray
        Rising. `likely_m` solves F((D - d) / u) - F((-D - d) / u) = 0.5; it is d itself where the disc reaches less
        than twice as far as the line (u <= 2d).

    Raises
    ------
    InvalidInput
        A value is negative or not finite.
    """
    d, u = np.broadcast_arrays(np.asarray(distance_m, dtype=float), np.asarray(uncertainty_m, dtype=float))
    if not (np.isfinite(d).all() and np.isfinite(u).all() and (d >= 0).all() and (u >= 0).all()):
        raise InvalidInput("distance and uncertainty must be finite numbers of metres, zero or more")
    likely, is_wide = d.copy(), u > 2 * d
    likely[is_wide] = _median(d[is_wide], u[is_wide])
    return np.maximum(d - u, 0.0), likely, d + u


def _median(d: Floats, u: Floats) -> Floats:
    """Return by bisection the D within which half of the disc lies."""
    low, high = d, d + u
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        is_enough = _share_below((middle - d) / u) - _share_below((-middle - d) / u) >= 0.5
        low, high = np.where(is_enough, low, middle), np.where(is_enough, middle, high)
    return high


def _share_below(w: Floats) -> Floats:
    """Return the share of a uniform unit disc whose coordinate is below w."""
    w = np.clip(w, -1.0, 1.0)
    share: Floats = 0.5 + (w * np.sqrt(1 - w * w) + np.arcsin(w)) / np.pi
    return share


def certainty(measure: BorderMeasure | tuple[float, float, float], within_m: float) -> Certainty | None:
    """Return how sure it is that an event lies within a distance of the border, or None where it cannot.

    Parameters
    ----------
    measure : BorderMeasure or (min_m, likely_m, max_m)
        As `thresholds` gives them.
    within_m : float
        The distance asked for, in metres.
    """
    if isinstance(measure, BorderMeasure):
        measure = (measure.min_m, measure.likely_m, measure.max_m)
    min_m, likely_m, max_m = measure
    if max_m <= within_m:
        return "certain"
    if likely_m <= within_m:
        return "likely"
    return "possible" if min_m <= within_m else None
