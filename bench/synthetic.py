"""A number and a path in, a store of that many made-up events out: what benchmarks and load tests run over.

    python -m bench.synthetic 1000000 OUT.gpkg

The events are seeded, so a number always gives the same store. Their places are made up around real towns and along
the line, their titles say that they are made up, and nothing of them is shipped.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from geo.border import Border, thresholds
from geo.model import EVENT_TYPES, BorderMeasure, Deployment, Event, Facts, Incident, Location, LonLat, Source, When
from geo.store import open_store

TOWNS = ((20.867, 42.883), (21.166, 42.663), (20.69, 42.98), (20.62, 42.91), (20.29, 42.66), (21.47, 42.46))
"""Mitrovica, Prishtina, Leposavić, Zubin Potok, Peja and Gjilan, as longitude and latitude."""
UNCERTAINTIES_M = (200.0, 1000.0, 3000.0)
FIRST_DAY, DAYS = date(1999, 6, 10), 9_500
SOURCE = Source(name="Synthetic events", url="https://example.org/synthetic", date="2024-01-01")


def events(number: int, *, seed: int = 1) -> Iterator[Event]:
    """Yield so many published events, the same ones for the same seed."""
    draw = np.random.default_rng(seed)
    lons, lats = positions(number, draw)
    measures = Border.load().measure_many(lons, lats)
    types = [(kind, name) for kind, names in EVENT_TYPES.items() for name in names]
    chosen = draw.choice(len(types), number, p=_shares(len(types)))
    days = np.sort(draw.integers(0, DAYS, number))
    spreads = draw.choice(UNCERTAINTIES_M, number)
    reaches = [part.tolist() for part in thresholds(measures.distance_m, spreads)]
    for i in range(number):
        kind, event_type = types[chosen[i]]
        distance_m, spread_m = float(measures.distance_m[i]), float(spreads[i])
        side = str(measures.side[i])
        border = BorderMeasure(
            distance_m=distance_m,
            km=float(measures.km[i]),
            side=side,
            side_certain=distance_m > spread_m + 756,
            min_m=reaches[0][i],
            likely_m=reaches[1][i],
            max_m=reaches[2][i],
        )
        facts = Facts(
            event_type=event_type,
            title=f"Synthetic event {i + 1}",
            sources=(SOURCE,),
            when=When(start=FIRST_DAY + timedelta(days=int(days[i])), date_prec=1, time_precision=1),
        )
        location = Location(
            position=LonLat(float(lons[i]), float(lats[i])),
            place_name="Made-up place",
            geo_precision=1,
            where_prec=1,
            uncertainty_m=spread_m,
            border=border,
        )
        make = Incident if kind == "incident" else Deployment
        yield make(id=f"synthetic-{i + 1}", facts=facts, location=location, status="published")


def positions(number: int, draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return longitudes and latitudes: four in five around towns, the others along the line."""
    border = Border.load()
    line = [border.position_at(km) for km in np.linspace(1, border.length_m / 1000 - 1, 400)]
    centres = np.array([*TOWNS, *((p.lon, p.lat) for p in line)])
    shares = np.concatenate([np.full(len(TOWNS), 0.8 / len(TOWNS)), np.full(len(line), 0.2 / len(line))])
    at = centres[draw.choice(len(centres), number, p=shares)]
    spread = draw.normal(0, 0.06, (number, 2))
    return np.round(at[:, 0] + spread[:, 0], 5), np.round(at[:, 1] + spread[:, 1] * 0.7, 5)


def _shares(number: int) -> np.ndarray:
    weights = 1.0 / np.arange(1, number + 1)
    return weights / weights.sum()


def write(number: int, path: Path, *, seed: int = 1, batch: int = 50_000) -> None:
    """Fill a new store, in batches, saying how far it has come."""
    store = open_store(path)
    made, waiting = 0, []
    for event in events(number, seed=seed):
        waiting.append(event)
        if len(waiting) == batch:
            made += store.seed(waiting)
            waiting.clear()
            print(f"{made:,} of {number:,}", file=sys.stderr)
    made += store.seed(waiting)
    store.close()
    print(f"{path}: {made:,} events")


def main() -> None:
    """Read the command line, write the store."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("number", type=int, help="how many events")
    parser.add_argument("path", type=Path, help="the store to make; it must not exist")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    if asked.path.exists():
        parser.error(f"{asked.path} exists; name a new file")
    write(asked.number, asked.path, seed=asked.seed)


if __name__ == "__main__":
    main()
