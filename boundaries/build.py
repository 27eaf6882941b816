"""The npm package @geo-maps/countries-coastline-1m in, every GeoJSON file of this folder out.

Run it from an installed checkout: `python boundaries/build.py` fetches the package with `npm pack`, or give it the file
with `--package FILE.tgz`. The same package gives the same bytes. Needs Shapely 2.1 or newer.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
import shapely.prepared
from shapely.geometry import box, shape
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from geo.border.line import GeodesicLine
from geo.crs import Floats, LocalProjection, area_m2

HERE: Final = Path(__file__).parent
PACKAGE: Final = "@geo-maps/countries-coastline-1m@0.6.0"
SHA256: Final = "3dce5cc4f2f727b2509ef420cea0cc95a8ce858eb0aae039c0d7a078fb5622c7"
MEMBER: Final = "package/map.geo.json"
ATTRIBUTION: Final = "© OpenStreetMap contributors (ODbL 1.0), through @geo-maps/countries-coastline-1m 0.6.0"
STATUS_NOTE: Final = (
    "References to Kosovo are without prejudice to positions on status, and are in line with UNSCR 1244/1999 and the"
    " ICJ Opinion on the Kosovo declaration of independence. A border line says nothing of status either."
)
WINDOW: Final = (17.5, 40.4, 24.5, 46.5)
LOCATOR_WINDOW: Final = (4.0, 33.5, 36.0, 52.5)
NEIGHBOUR_TOLERANCE_M: Final = 60.0
LOCATOR_TOLERANCE_M: Final = 2_500.0
LOCATOR_LEAST_M2: Final = 1e8
LOCATOR_DECIMALS: Final = 3
ZONES_M: Final = {"ground_safety_zone": 5_000.0, "air_safety_zone": 25_000.0}
DECIMALS: Final = 6
"""As in the source: about 0.1 m."""

Ring = tuple[tuple[float, float], ...]


def main(arguments: list[str]) -> int:
    """Fetch or read the package, check it, and write every file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--package", type=Path, metavar="FILE.tgz", help="the package, where it is at hand")
    parser.add_argument("--output", type=Path, default=HERE, metavar="FOLDER", help="where to write (default: here)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        package = options.package or fetched(Path(folder))
        countries = read_countries(package)
    options.output.mkdir(parents=True, exist_ok=True)
    for name, (features, about) in layers(countries).items():
        path = options.output / f"{name}.geojson"
        path.write_text(collection(features, about), encoding="utf-8")
        print(f"{path.name:24} {path.stat().st_size:>9,} bytes  {hashlib.sha256(path.read_bytes()).hexdigest()}")
    return 0


def fetched(folder: Path) -> Path:
    """Return the package as `npm pack` brings it into a folder."""
    print(f"npm pack {PACKAGE}", flush=True)
    try:
        subprocess.run(["npm", "pack", PACKAGE, "--silent"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError) as error:
        raise SystemExit(
            f"npm brought no package ({error}); give its file with --package; nothing was written"
        ) from error
    return next(folder.glob("*.tgz"))


def read_countries(package: Path) -> dict[str, BaseGeometry]:
    """Return the countries about the region by their three-letter code; stop where the file is not the one meant."""
    found = hashlib.sha256(package.read_bytes()).hexdigest()
    if found != SHA256:
        raise SystemExit(f"{package}: SHA-256 is {found}, not {SHA256}: not {PACKAGE}, or damaged; nothing was written")
    with tarfile.open(package) as archive:
        member = archive.extractfile(MEMBER)
        features = json.load(member)["features"] if member else []
    return {f["properties"]["A3"]: _plain(shape(f["geometry"])) for f in features if f["properties"]["A3"] in names()}


def _plain(geometry: BaseGeometry) -> BaseGeometry:
    parts = shapely.get_parts(geometry)
    return parts[0] if len(parts) == 1 else geometry


# The lines.


@dataclass(frozen=True)
class Lines:
    """The lines about Kosovo, each of shape (n, 2) in degrees."""

    border: Floats
    """Kosovo's edge with Serbia, from the tripoint with Montenegro to that with North Macedonia."""
    serbian: Floats
    """Serbia's own edge with Kosovo in the same source, between the same tripoints."""
    former_fry: Floats
    """Kosovo's edge with Montenegro and Serbia, from the tripoint with Albania to that with North Macedonia."""
    serbia_rest: Floats
    """The rest of Serbia's ring, from the North Macedonia tripoint on."""


def lines(countries: Mapping[str, BaseGeometry]) -> Lines:
    """Find the lines by the vertices that neighbouring rings share.

    Kosovo's ring is walked from vertex to vertex. What it shares with Montenegro, North Macedonia and Albania it shares
    to the last vertex; the rest is the border line. (Of its edge with Serbia only 88 % is shared exactly, so the two
    rings cannot be intersected.)
    """
    shared = {code: _vertices(countries[code]) for code in ("SRB", "MNE", "MKD", "ALB")}
    ring = _ring(countries["XKX"])
    north_west, south_east, south_west = (
        next(p for p in ring if p in shared[one] and p in shared[two])
        for one, two in (("SRB", "MNE"), ("SRB", "MKD"), ("MNE", "ALB"))
    )
    border = _walk(ring, north_west, south_east)
    if any(p in shared[code] for p in border[1:-1] for code in ("MNE", "MKD", "ALB")):
        border = _walk(ring[::-1], north_west, south_east)
        ring = ring[::-1]
    serbia = _ring(countries["SRB"])
    arcs = [_walk(way, north_west, south_east) for way in (serbia, serbia[::-1])]
    serbian, rest = sorted(arcs, key=lambda arc: GeodesicLine(arc).length_m)
    return Lines(*(np.array(part) for part in (border, serbian, _walk(ring, south_west, south_east), rest[::-1])))


def _ring(country: BaseGeometry) -> Ring:
    return tuple(country.exterior.coords)[:-1]


def _vertices(country: BaseGeometry) -> frozenset[tuple[float, float]]:
    return frozenset(map(tuple, shapely.get_coordinates(country).tolist()))


def _walk(ring: Ring, start: tuple[float, float], end: tuple[float, float]) -> Ring:
    i, j = ring.index(start), ring.index(end)
    return ring[i : j + 1] if i < j else ring[i:] + ring[: j + 1]


# The layers.


def layers(countries: Mapping[str, BaseGeometry]) -> dict[str, tuple[list[dict[str, Any]], str]]:
    """Return every layer's features, and what it is in a sentence."""
    found = lines(countries)
    border = GeodesicLine(found.border)
    kosovo = countries["XKX"]
    serbia = fitted_serbia(countries, found)
    fitted = {**countries, "SRB": serbia}
    return {
        "kosovo": ([country("XKX", kosovo)], "Kosovo in full detail."),
        "serbia": (
            [country("SRB", serbia, area_m2(countries["SRB"]))],
            "Serbia in full detail, fitted to the border line: the gaps between its own line (serbia_line) and the"
            " border line are counted in, the overlaps and a Bosnian enclave out. source_area_km2 is the area before.",
        ),
        "neighbours": (
            neighbours(fitted),
            f"The other countries about, clipped to {WINDOW} and simplified to {NEIGHBOUR_TOLERANCE_M:.0f} m except"
            " where they meet Kosovo or Serbia. For drawing, and for telling which country a position lies in.",
        ),
        "border_line": ([border_feature(border)], "The line that Kosovo and Serbia share: Kosovo's edge, full detail."),
        "serbia_line": (
            [line_feature("serbia_line", GeodesicLine(found.serbian))],
            "Serbia's own edge with Kosovo in the same source. Where it leaves the border line, the side is uncertain.",
        ),
        "crossings": (crossings(border), "Crossing points at their published positions; none is moved to the line."),
        "zones": (
            zones(found.former_fry, kosovo, shapely.union_all([serbia, countries["MNE"]])),
            "Safety zones of the Military Technical Agreement of 1999: historical. Strips outside Kosovo, on the"
            " territory of the then FRY, within a geodesic distance of Kosovo's boundary with Serbia and Montenegro.",
        ),
        "locator": (
            locator(fitted),
            f"Europe about the region, clipped to {LOCATOR_WINDOW} and simplified to {LOCATOR_TOLERANCE_M:.0f} m: for"
            " inset maps, never for measuring.",
        ),
    }


def fitted_serbia(countries: Mapping[str, BaseGeometry], found: Lines) -> BaseGeometry:
    """Return Serbia up to the border line, without what lies wholly inside it and belongs to another country."""
    shell = np.vstack([found.border, found.serbia_rest[1:]])
    inside = shapely.prepared.prep(shapely.Polygon(shell))
    others = [part for code, g in countries.items() if code not in ("XKX", "SRB") for part in shapely.get_parts(g)]
    return shapely.Polygon(shell, [part.exterior for part in others if inside.contains(part)])


def country(code: str, geometry: BaseGeometry, source_area_m2: float | None = None) -> dict[str, Any]:
    """Return the feature of a country, with its geodesic area."""
    area = {"area_km2": round(area_m2(geometry) / 1e6, 1)}
    if source_area_m2 is not None:
        area["source_area_km2"] = round(source_area_m2 / 1e6, 1)
    return feature(names()[code]["iso"], geometry, {**names()[code], **area})


@cache
def names() -> dict[str, dict[str, str]]:
    """Return the two-letter code and the names of each country of countries.csv, by its three-letter code."""
    return {row.pop("code"): row for row in rows("countries.csv")}


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a table of this folder."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def border_feature(border: GeodesicLine) -> dict[str, Any]:
    """Return the border line, with its direction and the names that it goes by."""
    return line_feature(
        "border_line",
        border,
        name_en="Kosovo–Serbia border / administrative boundary line",
        name_sq="Kufiri Kosovë–Serbi / vija administrative kufitare",
        name_sr_latn="Granica / administrativna linija između Kosova i Srbije",
        name_sr_cyrl="Граница / административна линија између Косова и Србије",
    )


def line_feature(name: str, line: GeodesicLine, **names: str) -> dict[str, Any]:
    """Return a line's feature, with its geodesic length."""
    direction = "from the Montenegro tripoint (north-west) to the North Macedonia tripoint (south-east)"
    properties = {**names, "length_km": round(line.length_m / 1000, 3), "direction": direction}
    return feature(name, shapely.LineString(line.lonlat), properties)


def crossings(border: GeodesicLine) -> list[dict[str, Any]]:
    """Return the crossings of crossings.csv at the positions written there, measured against the line."""
    known = rows("crossings.csv")
    nearest = border.nearest([float(r["lon"]) for r in known], [float(r["lat"]) for r in known])
    features = []
    for row, distance_m, km in zip(known, nearest.distance_m, nearest.km, strict=True):
        point = shapely.Point(float(row.pop("lon")), float(row.pop("lat")))
        row["uncertainty_m"] = int(row["uncertainty_m"])  # type: ignore[assignment]
        measured = {"border_distance_m": round(distance_m, 1), "border_km": round(km, 2), "border_side": "line"}
        features.append(feature(row.pop("id"), point, {**row, **measured}))
    return features


# Strips.


def zones(boundary: Floats, kosovo: BaseGeometry, territory: BaseGeometry) -> list[dict[str, Any]]:
    """Return the safety zones: what of a territory lies within a distance of a boundary, outside Kosovo."""
    outside = shapely.difference(territory, kosovo)
    features = []
    for name, width_m in ZONES_M.items():
        strip = shapely.intersection(within(boundary, width_m), outside)
        properties = {
            "name_en": f"{'Ground' if 'ground' in name else 'Air'} safety zone ({width_m / 1000:.0f} km)",
            "width_m": int(width_m),
            "historical": True,
            "source": "Military Technical Agreement between KFOR and the governments of the Federal Republic of"
            " Yugoslavia and the Republic of Serbia, 1999",
            "area_km2": round(area_m2(strip) / 1e6, 1),
        }
        features.append(feature(name, strip, properties))
    return features


def within(line: Floats, width_m: float, *, stretch: int = 40) -> BaseGeometry:
    """Return what lies within a geodesic distance of a line, stretch by stretch in a projection about each."""
    parts = []
    for start in range(0, len(line) - 1, stretch):
        piece = line[start : start + stretch + 1]
        projection = LocalProjection(*piece.mean(axis=0))
        parts.append(projection.unproject(shapely.LineString(projection.forward(piece)).buffer(width_m, quad_segs=64)))
    return shapely.union_all(parts)


# Countries about.


def neighbours(countries: Mapping[str, BaseGeometry]) -> list[dict[str, Any]]:
    """Return the countries in the map window other than Kosovo and Serbia, simplified away from those two."""
    window = box(*WINDOW)
    chosen = {c: g for c, g in countries.items() if c not in ("XKX", "SRB") and g.intersects(window)}
    kept = _vertices(countries["XKX"]) | _vertices(countries["SRB"])
    light = simplified(chosen, NEIGHBOUR_TOLERANCE_M, kept)
    clipped = {c: shapely.MultiPolygon(_polygons(shapely.intersection(g, window))) for c, g in light.items()}
    return [country(c, g) for c, g in sorted(clipped.items()) if not g.is_empty]


def locator(countries: Mapping[str, BaseGeometry]) -> list[dict[str, Any]]:
    """Return all countries about, coarsely, without small islands and without states too small to see."""
    window, margin = box(*LOCATOR_WINDOW), box(*LOCATOR_WINDOW).buffer(1)
    large = {c: _large(shapely.intersection(shapely.make_valid(g), margin)) for c, g in countries.items()}
    light = simplified({c: g for c, g in large.items() if not g.is_empty}, LOCATOR_TOLERANCE_M, frozenset())
    clipped = {c: _large(shapely.intersection(g, window)) for c, g in light.items()}
    whole = {c: g for c, g in sorted(clipped.items()) if not g.is_empty}
    return [feature(names()[c]["iso"], g, names()[c], decimals=LOCATOR_DECIMALS) for c, g in whole.items()]


def _large(geometry: BaseGeometry) -> BaseGeometry:
    return shapely.MultiPolygon([p for p in _polygons(geometry) if area_m2(p) >= LOCATOR_LEAST_M2])


def _polygons(geometry: BaseGeometry) -> list[BaseGeometry]:
    parts = shapely.get_parts(shapely.get_parts(geometry))  # a collection may hold multipolygons
    return [part for part in parts if part.geom_type == "Polygon"]


def simplified(
    countries: Mapping[str, BaseGeometry], tolerance_m: float, kept: frozenset[tuple[float, float]]
) -> dict[str, BaseGeometry]:
    """Simplify countries so that an edge that two share stays one edge.

    A vertex stays where it is in `kept` or where another set of countries meets; each run between two such vertices is
    simplified (Douglas and Peucker) in one direction, whichever country it is read from.
    """
    owners: dict[tuple[float, float], frozenset[str]] = {}
    for code, geometry in countries.items():
        for vertex in _vertices(geometry):
            owners[vertex] = owners.get(vertex, frozenset()) | {code}
    thin = partial(_thin_ring, owners=owners, kept=kept, tolerance_m=tolerance_m)
    return {code: _thin(geometry, thin) for code, geometry in countries.items()}


def _thin(geometry: BaseGeometry, thin: Any) -> BaseGeometry:
    rings = [[thin(tuple(r.coords)[:-1]) for r in (p.exterior, *p.interiors)] for p in shapely.get_parts(geometry)]
    parts = [shapely.Polygon(shell, [h for h in holes if len(h) > 3]) for shell, *holes in rings if len(shell) > 3]
    return shapely.MultiPolygon(_polygons(shapely.make_valid(shapely.MultiPolygon(parts))))


def _thin_ring(
    ring: Ring, *, owners: Mapping[Any, frozenset[str]], kept: frozenset[tuple[float, float]], tolerance_m: float
) -> list[tuple[float, float]]:
    count = len(ring)
    around = [(owners[ring[i - 1]], owners[p], owners[ring[(i + 1) % count]]) for i, p in enumerate(ring)]
    fixed = [i for i, p in enumerate(ring) if p in kept or len(set(around[i])) > 1]
    fixed = fixed or [ring.index(min(ring)), (ring.index(min(ring)) + count // 2) % count]
    out: list[tuple[float, float]] = []
    for start, end in zip(fixed, [*fixed[1:], fixed[0] + count], strict=True):
        run = [ring[i % count] for i in range(start, end + 1)]
        out += _thin_run(run, tolerance_m)[:-1]
    return [*out, out[0]]


def _thin_run(run: list[tuple[float, float]], tolerance_m: float) -> list[tuple[float, float]]:
    if len(run) < 3:
        return run
    if run[0] > run[-1]:
        return _thin_run(run[::-1], tolerance_m)[::-1]
    projection = LocalProjection(21.0, 42.8)
    line = shapely.simplify(shapely.LineString(projection.forward(run)), tolerance_m, preserve_topology=False)
    return [tuple(p) for p in projection.inverse(line.coords).round(DECIMALS).tolist()]


# Writing.


def feature(
    identifier: str, geometry: BaseGeometry, properties: Mapping[str, Any], *, decimals: int = DECIMALS
) -> dict[str, Any]:
    """Return a GeoJSON feature with rounded coordinates and the winding of RFC 7946 (shells counterclockwise)."""
    if geometry.geom_type.endswith("Polygon"):
        rounded = shapely.normalize(shapely.set_precision(geometry, 10**-decimals))
        geometry = _plain(shapely.MultiPolygon([orient(part) for part in _polygons(rounded)]))
    if not geometry.is_valid:
        raise SystemExit(f"{identifier}: not valid after rounding: {shapely.is_valid_reason(geometry)}")
    plain = json.loads(shapely.to_geojson(geometry), parse_float=lambda text: round(float(text), decimals))
    return {"type": "Feature", "id": identifier, "properties": dict(properties), "geometry": plain}


def collection(features: Iterable[Mapping[str, Any]], about: str) -> str:
    """Return a FeatureCollection as text, one feature to a line."""
    head = {"type": "FeatureCollection", "description": about, "attribution": ATTRIBUTION, "status_note": STATUS_NOTE}
    dump = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))
    return dump(head)[:-1] + ',"features":[\n' + ",\n".join(map(dump, features)) + "\n]}\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
