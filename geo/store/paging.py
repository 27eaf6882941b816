"""Criteria and a cursor in, one page of ready features out; or all of them, one after another."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from geo.errors import InvalidInput
from geo.geojson import with_certainty
from geo.model import Criteria
from geo.store import cursor as cursors
from geo.store.access import Access, access, access_among
from geo.store.choosing import Chosen, Wanted
from geo.store.columns import is_usable
from geo.store.counting import counted_by
from geo.store.criteria_sql import Condition, certainty, compiled
from geo.store.interface import Count, Page, Sort, checked_sort
from geo.store.lookup import revision
from geo.store.tally import Tally

_BATCH: Final = 500
_PLACE: Final = "SELECT fid, NULL, date_start, id FROM events WHERE fid = ?"
_TEXTS: Final = """
SELECT group_concat(fid), CAST(group_concat(feature, char(10)) AS BLOB)
FROM json_each(?) AS wanted CROSS JOIN event_text ON event_text.fid = wanted.value
"""
"""Many features as one value: each row that SQLite hands over costs more than what is in it. Encoded JSON holds no line
feed, so that the value can be parted again; SQLite does not promise the order, so that their numbers come as well."""


@dataclass(frozen=True, slots=True)
class Order:
    """A sort as SQL has it: rows with a value first, then those without, both by id in the same direction."""

    column: str
    is_descending: bool

    @classmethod
    def of(cls, sort: str) -> Order:
        """Return the order that a sort names."""
        return cls(checked_sort(sort).removeprefix("-"), sort.startswith("-"))

    @property
    def is_number(self) -> bool:
        """Whether the column holds numbers."""
        return self.column in ("border_distance_m", "fatalities")

    def after(self, place: cursors.Place | None, *, has_value: bool) -> Condition:
        """Return the condition on rows with (or without) a value that follow a place."""
        sign = "<" if self.is_descending else ">"
        if not has_value:
            none = f"{self.column} IS NULL"
            return Condition(f"{none} AND id {sign} ?", (place.id,)) if place else Condition(none)
        if place is None:
            return Condition(f"{self.column} IS NOT NULL")
        return Condition(f"({self.column}, id) {sign} (?, ?)", (place.value, place.id))

    @property
    def sql(self) -> str:
        """The ORDER BY of the columns `k` and `id`."""
        direction = "DESC" if self.is_descending else "ASC"
        return f"ORDER BY k {direction}, id {direction}"


def page(
    connection: sqlite3.Connection, criteria: Criteria, tally: Tally, *, sort: Sort, limit: int, cursor: str | None
) -> Page:
    """Read one page."""
    order = Order.of(sort)
    if limit < 1:
        raise InvalidInput(f"limit: {limit} is less than 1")
    start = cursors.decode(cursor, sort=sort, is_number=order.is_number) if cursor else None
    at = revision(connection)
    found = _chosen(criteria, tally, order, Wanted(limit + 1, order.is_descending, start), at)
    if found is not None:
        chosen, counted = found
        rows = _chosen_rows(connection, criteria, chosen, order, start, limit)
    else:
        read = access(connection, criteria, sort=order.column)
        rows = _rows(connection, criteria, read, order, start, limit + 1)
        counted = counted_by(connection, criteria, tally, read if order.column == "date_start" else None, at=at)
    more = cursors.encode(sort, cursors.Place(rows[limit - 1][2], rows[limit - 1][3])) if len(rows) > limit else None
    return Page(
        features=tuple(_features(connection, rows[:limit], has_certainty=criteria.within_m is not None)),
        number_matched=counted.number_matched,
        not_placed=counted.not_placed,
        next_cursor=more,
        area_only=counted.area_only,
        revision=at,
    )


def _chosen(criteria: Criteria, tally: Tally, order: Order, wanted: Wanted, at: int) -> tuple[Chosen, Count] | None:
    """Return what the columns in memory know of a page of a box by date; null where they had better not be asked."""
    if criteria.bbox is None or order.column != "date_start" or not is_usable(criteria):
        return None
    compiled(criteria)  # refuses what cannot be used
    return tally.choose(criteria, wanted, at)


def _chosen_rows(
    connection: sqlite3.Connection,
    criteria: Criteria,
    chosen: Chosen,
    order: Order,
    start: cursors.Place | None,
    limit: int,
) -> list[Any]:
    if not chosen.is_page or criteria.within_m is not None:
        return _rows(connection, criteria, access_among(criteria, chosen.fids), order, start, limit + 1)
    rows: list[Any] = [(fid, None, None, None) for fid in chosen.fids]
    if len(rows) > limit:
        rows[limit - 1] = connection.execute(_PLACE, (chosen.fids[limit - 1],)).fetchone()
    return rows


def iterate(connection: sqlite3.Connection, criteria: Criteria, *, sort: Sort) -> Iterator[bytes]:
    """Yield every matching feature, in constant memory."""
    order = Order.of(sort)
    read = access(connection, criteria, sort=order.column)
    for has_value in (True, False):
        query = _query(read, criteria, order, None, has_value=has_value)
        found = connection.execute(query.sql, query.params)
        while keys := found.fetchmany(_BATCH):
            yield from _features(connection, keys, has_certainty=criteria.within_m is not None)


def _rows(
    connection: sqlite3.Connection,
    criteria: Criteria,
    read: Access,
    order: Order,
    start: cursors.Place | None,
    wanted: int,
) -> list[Any]:
    rows: list[Any] = []
    if start is None or start.value is not None:
        query = _query(read, criteria, order, start, has_value=True, limit=wanted)
        rows = connection.execute(query.sql, query.params).fetchall()
        start = None
    if len(rows) < wanted:
        query = _query(read, criteria, order, start, has_value=False, limit=wanted - len(rows))
        rows += connection.execute(query.sql, query.params).fetchall()
    return rows


def _query(
    read: Access,
    criteria: Criteria,
    order: Order,
    start: cursors.Place | None,
    *,
    has_value: bool,
    limit: int | None = None,
) -> Condition:
    """Return the select of the keys of matching rows, in order: number, certainty, sorted value and id."""
    sure = certainty(criteria)
    columns = Condition(f"fid, {sure.sql} AS certainty, {order.column} AS k, id", sure.params)
    arms = read.compiled.undated if order.column == "date_start" and not has_value else None
    keys = read.selects(columns, order.after(start, has_value=has_value), arms=arms)
    if not keys:
        return Condition("SELECT NULL WHERE 0")
    limited = "" if limit is None else f" LIMIT {limit}"
    return Condition(f"{keys.sql} {order.sql}{limited}", keys.params)


def _features(connection: sqlite3.Connection, keys: Sequence[Any], *, has_certainty: bool) -> list[bytes]:
    """Return the features of some keys in their order."""
    if not keys:
        return []
    wanted = ",".join([str(key[0]) for key in keys])
    found, texts = connection.execute(_TEXTS, (f"[{wanted}]",)).fetchone()
    features: list[bytes] = texts.split(b"\n")
    if found != wanted:
        of = dict(zip(found.split(","), features, strict=True))
        features = [of[fid] for fid in wanted.split(",")]
    if not has_certainty:
        return features
    return [with_certainty(feature, key[1]) for feature, key in zip(features, keys, strict=True)]
