"""The tables and indexes of the embedded store, as its first version has them.

`events` is the layer that GIS programs see: the record, and the numbers that queries need. `event_text` holds the
finished bytes of each feature apart from it, so that filters read small rows. Which index serves which query is decided
in `access`.
"""

from __future__ import annotations

from typing import Final

EVENTS: Final = """
CREATE TABLE events (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom POINT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
  event_type TEXT NOT NULL, title TEXT, summary TEXT, disputed TEXT, date_start DATE, date_end DATE, date_prec INTEGER,
  time_precision INTEGER, place_name TEXT, place_name_sq TEXT, place_name_sr TEXT, toponym TEXT, area_id TEXT,
  municipality TEXT, geo_precision INTEGER, where_prec INTEGER, uncertainty_m REAL, border_distance_m REAL,
  border_km REAL, border_side TEXT, border_side_certain BOOLEAN, fatalities INTEGER, fatalities_low INTEGER,
  fatalities_high INTEGER, injured INTEGER, actors TEXT, force TEXT, unit TEXT, contributor TEXT, personnel INTEGER,
  stage TEXT, from_place TEXT, to_place TEXT, source_name TEXT, source_url TEXT, source_date TEXT,
  source_event_type TEXT, support TEXT, confidence REAL, status TEXT NOT NULL, revision INTEGER NOT NULL,
  created_at DATETIME, updated_at DATETIME,
  lon REAL, lat REAL, border_min_m REAL, border_likely_m REAL, border_max_m REAL,
  date_last DATE, span_days INTEGER);
"""

INTERNAL: Final = ("lon", "lat", "border_min_m", "border_likely_m", "border_max_m", "date_last", "span_days")
"""What `events` holds beyond the record: position, the least distances at which "within" is possible, likely and
certain, the last day, and the days from the first to the last."""

LONG_DAYS: Final = 31
"""Events that go on for longer are few, and have an index of their own: the others can then be found by first day."""
BANDS_M: Final = (5_000, 25_000)
"""Distances from the border that have an index of their own, newest first."""

_COVERED: Final = (
    "status, date_last, span_days, border_min_m, border_likely_m, border_max_m, lon, lat, kind, event_type,"
    " border_side, border_km, municipality, area_id"
)
"""What filters ask: with it an index answers alone. `status` as well, for SQLite reads the row to check even what the
index's own condition says."""
_PUBLIC: Final = "status = 'published'"

INDEXES: Final = f"""
CREATE INDEX events_public_date ON events (date_start, id, {_COVERED}) WHERE {_PUBLIC};
CREATE INDEX events_public_5km ON events (date_start, id, {_COVERED}) WHERE {_PUBLIC} AND border_min_m <= 5000;
CREATE INDEX events_public_25km ON events (date_start, id, {_COVERED}) WHERE {_PUBLIC} AND border_min_m <= 25000;
CREATE INDEX events_public_long ON events (date_start, id, {_COVERED}) WHERE {_PUBLIC} AND span_days > 31;
CREATE INDEX events_public_area ON events (date_start, id, {_COVERED}) WHERE {_PUBLIC} AND lon IS NULL;
CREATE INDEX events_public_distance ON events (border_distance_m, id, date_start, {_COVERED}) WHERE {_PUBLIC};
CREATE INDEX events_public_fatalities ON events (fatalities, id) WHERE {_PUBLIC};
CREATE INDEX events_public_updated ON events (updated_at, id) WHERE {_PUBLIC};
CREATE INDEX events_public_type ON events (event_type, date_start, id, {_COVERED}) WHERE {_PUBLIC};
CREATE INDEX events_public_municipality ON events (municipality, date_start, id, {_COVERED}) WHERE {_PUBLIC};
CREATE INDEX events_desk ON events (status, date_start, id) WHERE status <> 'published';
CREATE INDEX events_revision ON events (revision, id);
"""

SIDE_TABLES: Final = """
CREATE TABLE event_text (fid INTEGER PRIMARY KEY, feature BLOB NOT NULL, words TEXT NOT NULL);
CREATE VIRTUAL TABLE event_words USING fts5(
  words, content='event_text', content_rowid='fid', tokenize='unicode61 remove_diacritics 0', detail=none,
  columnsize=0);
CREATE TABLE event_history (
  hid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, event_id TEXT NOT NULL, revision INTEGER NOT NULL,
  action TEXT NOT NULL, who TEXT NOT NULL, why TEXT NOT NULL, at DATETIME NOT NULL, status TEXT NOT NULL,
  digest TEXT NOT NULL, record TEXT NOT NULL);
CREATE INDEX event_history_event ON event_history (event_id, hid);
CREATE TABLE event_tombstones (id TEXT PRIMARY KEY, revision INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX event_tombstones_revision ON event_tombstones (revision, id);
CREATE TABLE store_state (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO store_state VALUES ('revision', 0), ('schema_version', 0);
"""
