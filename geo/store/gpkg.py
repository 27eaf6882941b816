"""What makes a SQLite file a GeoPackage 1.3: point blobs, the functions its triggers call, and its own tables.

Written after OGC 12-128r18 (GeoPackage 1.3.1), clauses 1.1.2, 2.1 and the R*Tree extension of annex F.3.
"""

from __future__ import annotations

import math
import sqlite3
import struct
from typing import Final

from geo.model import LonLat

APPLICATION_ID: Final = 0x47504B47
VERSION: Final = 10300
SRS_ID: Final = 4326
_POINT: Final = struct.Struct("<2sBBiBIdd")
_ENVELOPE_BYTES: Final = (0, 32, 48, 48, 64)

TABLES: Final = """
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
INSERT INTO gpkg_spatial_ref_sys VALUES
  ('Undefined Cartesian SRS', -1, 'NONE', -1, 'undefined', 'undefined Cartesian coordinate reference system'),
  ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinate reference system'),
  ('WGS 84 geodetic', 4326, 'EPSG', 4326,
   'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],
AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],
UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],AXIS["Longitude",EAST],
AUTHORITY["EPSG","4326"]]', 'longitude and latitude in decimal degrees on WGS 84, longitude first in the blobs');
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE, description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL,
  z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
CREATE TABLE gpkg_extensions (
  table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
"""

LAYERS: Final = """
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES
  ('events', 'features', 'events', 'Incidents and deployments', 4326),
  ('event_history', 'attributes', 'event_history', 'Every version of every event, and the decision behind it', NULL);
INSERT INTO gpkg_geometry_columns VALUES ('events', 'geom', 'POINT', 4326, 0, 0);
INSERT INTO gpkg_extensions VALUES
  ('events', 'geom', 'gpkg_rtree_index', 'http://www.geopackage.org/spec131/#extension_rtree', 'write-only');
CREATE VIRTUAL TABLE rtree_events_geom USING rtree(id, minx, maxx, miny, maxy);
CREATE TRIGGER rtree_events_geom_insert AFTER INSERT ON events
  WHEN (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  INSERT OR REPLACE INTO rtree_events_geom VALUES (
    NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_events_geom_update1 AFTER UPDATE OF geom ON events
  WHEN OLD.fid = NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  INSERT OR REPLACE INTO rtree_events_geom VALUES (
    NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_events_geom_update2 AFTER UPDATE OF geom ON events
  WHEN OLD.fid = NEW.fid AND (NEW.geom IS NULL OR ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_events_geom WHERE id = OLD.fid;
END;
CREATE TRIGGER rtree_events_geom_update3 AFTER UPDATE ON events
  WHEN OLD.fid != NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_events_geom WHERE id = OLD.fid;
  INSERT OR REPLACE INTO rtree_events_geom VALUES (
    NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_events_geom_update4 AFTER UPDATE ON events
  WHEN OLD.fid != NEW.fid AND (NEW.geom IS NULL OR ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_events_geom WHERE id IN (OLD.fid, NEW.fid);
END;
CREATE TRIGGER rtree_events_geom_delete AFTER DELETE ON events WHEN OLD.geom NOT NULL
BEGIN
  DELETE FROM rtree_events_geom WHERE id = OLD.fid;
END;
"""


def point(at: LonLat | None) -> bytes | None:
    """Return the GeoPackage blob of a position: header without envelope, then little-endian WKB."""
    return None if at is None else _POINT.pack(b"GP", 0, 1, SRS_ID, 1, 1, at.lon, at.lat)


def coordinates(blob: bytes) -> tuple[float, float]:
    """Return longitude and latitude of a point blob, NaN for an empty point.

    Raises
    ------
    ValueError
        It is not the blob of a point.
    """
    if blob[:2] != b"GP" or (blob[3] >> 1 & 7) >= len(_ENVELOPE_BYTES):
        raise ValueError("not a GeoPackage geometry")
    start = 8 + _ENVELOPE_BYTES[blob[3] >> 1 & 7]
    order = "<" if blob[start] == 1 else ">"
    kind, lon, lat = struct.unpack_from(f"{order}Idd", blob, start + 1)
    if kind != 1:
        raise ValueError("not a point")
    return lon, lat


def register_functions(connection: sqlite3.Connection) -> None:
    """Give a writing connection the functions that the R*Tree triggers call, which plain SQLite lacks."""
    connection.create_function("ST_IsEmpty", 1, lambda blob: math.isnan(coordinates(blob)[0]), deterministic=True)
    for name, axis in (("ST_MinX", 0), ("ST_MaxX", 0), ("ST_MinY", 1), ("ST_MaxY", 1)):
        connection.create_function(name, 1, lambda blob, axis=axis: coordinates(blob)[axis], deterministic=True)


def touch_contents(
    connection: sqlite3.Connection, *, at: str, extent: tuple[float, float, float, float] | None
) -> None:
    """Record when the layers last changed, and widen the extent of the events to take in new positions."""
    connection.execute("UPDATE gpkg_contents SET last_change = ?", (at,))
    if extent is not None:
        connection.execute(
            "UPDATE gpkg_contents SET min_x = min(?1, ifnull(min_x, ?1)), min_y = min(?2, ifnull(min_y, ?2)),"
            " max_x = max(?3, ifnull(max_x, ?3)), max_y = max(?4, ifnull(max_y, ?4)) WHERE table_name = 'events'",
            extent,
        )
