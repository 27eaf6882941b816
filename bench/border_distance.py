"""Random positions within 100 km of the line in, points per second and error of Ibar and its peers out.

Every method measures the distance to the same full line: Ibar (geodesic), GeoPandas in EPSG:25834 (planar), and PostGIS
geography (geodesic), the last where `IBAR_POSTGIS_DSN` names a database with the extension (needs psycopg).
Each is given longitudes and latitudes and runs several times; the best run counts. The error is that of the distance,
against geodesics to every vertex and along every segment that may be nearer.
"""

import os
import time
from collections.abc import Callable

import geopandas
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.border import Border
from tests.geodesic_truth import scattered, truth_m

Floats = NDArray[np.float64]
DSN = os.environ.get("IBAR_POSTGIS_DSN")
REACH_M = 100_000
RUNS = 9


def ibar(lons: Floats, lats: Floats) -> Floats:
    return Border.load().line.nearest(lons, lats).distance_m


def ibar_with_side(lons: Floats, lats: Floats) -> Floats:
    return Border.load().measure_many(lons, lats).distance_m


def geopandas_planar(lons: Floats, lats: Floats) -> Floats:
    line = geopandas.GeoSeries([border_line()], crs="OGC:CRS84").to_crs(25834).iloc[0]
    points = geopandas.GeoSeries(geopandas.points_from_xy(lons, lats), crs="OGC:CRS84")
    return np.asarray(points.to_crs(25834).distance(line))


def postgis(lons: Floats, lats: Floats) -> Floats:
    import psycopg

    with psycopg.connect(DSN or "") as connection:
        connection.execute("CREATE TEMP TABLE line AS SELECT ST_GeogFromWKB(%s) AS geog", [border_line().wkb])
        asked = (
            "SELECT ST_Distance(ST_SetSRID(ST_MakePoint(lon, lat), 4326)::geography, geog)"
            " FROM unnest(%s::float8[], %s::float8[]) WITH ORDINALITY AS p(lon, lat, n), line ORDER BY n"
        )
        rows = connection.execute(asked, [lons.tolist(), lats.tolist()]).fetchall()
    return np.array(rows)[:, 0]


def border_line() -> shapely.LineString:
    return shapely.LineString(Border.load().line.lonlat)


def rate(method: Callable[[Floats, Floats], Floats], count: int) -> float:
    """Return points per second: the best of several runs after one to warm up."""
    lons, lats = scattered(count, 0, REACH_M, seed=1)
    method(lons[:100], lats[:100])
    took = []
    for _ in range(RUNS):
        start = time.perf_counter()
        method(lons, lats)
        took.append(time.perf_counter() - start)
    return count / min(took)


def main() -> None:
    methods = {"Ibar, distance": (ibar, 20_000), "Ibar, distance, km and side": (ibar_with_side, 20_000)}
    methods["GeoPandas, EPSG:25834"] = (geopandas_planar, 5_000)
    if DSN:
        methods["PostGIS geography"] = (postgis, 500)
    lons, lats = scattered(2_000, 0, REACH_M, seed=2_000)
    truth = truth_m(lons, lats)
    print(f"{'method':30}{'points/s':>12}{'Ibar is':>12}{'greatest error':>18}")
    ours = rate(ibar, 20_000)
    for name, (method, count) in methods.items():
        speed = ours if method is ibar else rate(method, count)
        error_m = np.abs(method(lons, lats) - truth).max()
        print(f"{name:30}{speed:>12,.0f}{ours / speed:>11.1f}x{error_m:>16.3f} m")
    if not DSN:
        print("PostGIS: not measured; IBAR_POSTGIS_DSN names no database")


if __name__ == "__main__":
    main()
