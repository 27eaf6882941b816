"""How sure an answer says it is, against a simulation: the truth drawn at random within each event's precision."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from pyproj import Geod

from geo.border import Border
from tests.ogc import every, ids

DRAWS = 2_000
CURVED = 0.05
"""How far the half of "likely" may be off where the line bends within the disc, and by chance (0.011 each sigma)."""
DISTANCES_M = (500, 1_000, 2_000, 5_000, 10_000, 15_000, 25_000)


@pytest.fixture(scope="module")
def shares(service: FlaskClient, border: Border) -> dict[str, Any]:
    """For each incident with a disc: the distances to the line of places drawn uniformly from it."""
    rng, geod = np.random.default_rng(11), Geod(ellps="WGS84")
    drawn = {}
    for feature in every(service, "incidents"):
        record = feature["properties"]
        if not feature["geometry"] or record["border_side"] == "line":  # a crossing lies on the line by definition
            continue
        lon, lat = feature["geometry"]["coordinates"]
        radius_m = record["uncertainty_m"] * np.sqrt(rng.uniform(size=DRAWS))
        lons, lats, _ = geod.fwd(np.full(DRAWS, lon), np.full(DRAWS, lat), rng.uniform(0, 360, DRAWS), radius_m)
        drawn[feature["id"]] = border.measure_many(lons, lats).distance_m
    return drawn


@pytest.mark.parametrize("within_m", DISTANCES_M)
def test_certainty_is_what_a_simulation_finds(service: FlaskClient, shares: dict[str, Any], within_m: int) -> None:
    said = {f["id"]: f["properties"]["certainty"] for f in every(service, "incidents", within_m=within_m)}
    bounds = {"certain": (1, 1), "likely": (0.5 - CURVED, 1), "possible": (0, 0.5 + CURVED), None: (0, 0)}
    for name, distances_m in shares.items():
        share = np.mean(distances_m <= within_m)
        least, most = bounds[said.get(name)]
        assert least <= share <= most, (name, said.get(name), share)
    assert len({said.get(name) for name in shares}) >= 2


@pytest.mark.parametrize("within_m", DISTANCES_M)
def test_parameters_functions_and_answers_say_the_same(service: FlaskClient, within_m: int) -> None:
    answers = every(service, "incidents", within_m=within_m)
    assert ids(answers) == ids(every(service, "incidents", filter=f"near_border({within_m})"))
    for least, kinds in (("certain", ("certain",)), ("likely", ("certain", "likely"))):
        wanted = {f["id"] for f in answers if f["properties"]["certainty"] in kinds}
        assert ids(every(service, "incidents", within_m=within_m, certainty=least)) == wanted
        listed = ", ".join(f"'{kind}'" for kind in kinds)
        assert ids(every(service, "incidents", filter=f"certainty({within_m}) IN ({listed})")) == wanted
