"""A file of any earlier version in, one of this version out; a newer one is refused.

`STEPS` is the registry: a step takes a store from the version of its place in the list to the next. A step that has
been released is never changed; a later schema is a further step.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Final

from geo.errors import StoreError
from geo.store import gpkg, schema

Step = Callable[[sqlite3.Connection], None]


def _first_version(connection: sqlite3.Connection) -> None:
    connection.execute(f"PRAGMA application_id = {gpkg.APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {gpkg.VERSION}")
    for script in (gpkg.TABLES, schema.EVENTS, schema.INDEXES, schema.SIDE_TABLES, gpkg.LAYERS):
        run_script(connection, script)


STEPS: Final[tuple[Step, ...]] = (_first_version,)


def version(connection: sqlite3.Connection) -> int | None:
    """Return the schema version of a file: 0 for an empty one, null for a file that is not an Ibar store."""
    names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    if "store_state" in names:
        row = connection.execute("SELECT value FROM store_state WHERE name = 'schema_version'").fetchone()
        return int(row[0])
    return None if names else 0


def check(connection: sqlite3.Connection, *, newest: int = len(STEPS)) -> int:
    """Return the schema version, and refuse what this program cannot use.

    Raises
    ------
    StoreError
        The file is something else, or was written by a newer version.
    """
    found = version(connection)
    if found is None:
        raise StoreError("this is a SQLite file, but not an Ibar store; name another path")
    if found > newest:
        raise StoreError(
            f"the store has schema version {found}, and this program knows up to {newest}: it was written by a newer"
            " Ibar; install that version, or name another store"
        )
    return found


def migrate(connection: sqlite3.Connection, *, steps: Sequence[Step] = STEPS) -> None:
    """Bring a store to the newest version, in the transaction that the caller has begun."""
    for step in steps[check(connection, newest=len(steps)) :]:
        step(connection)
    connection.execute("UPDATE store_state SET value = ? WHERE name = 'schema_version'", (len(steps),))


def run_script(connection: sqlite3.Connection, script: str) -> None:
    """Run several statements within the transaction at hand; `executescript` would commit it."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""
