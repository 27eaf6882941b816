"""A reviewer's decision in, an event published or withdrawn out, with who decided, when and why in its history."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final, Literal

from geo.errors import InvalidInput
from geo.model import Decision, Status
from geo.store import Store, Stored

MAX_WHY: Final = 2_000


def accept(store: Store, event_id: str, *, who: str, why: str) -> Stored:
    """Publish a draft, and return it as it now stands.

    Raises
    ------
    NotFound
        There is no such event.
    Conflict
        It is not a draft.
    InvalidInput
        `who` or `why` is empty or too long.
    """
    return _decide(store, event_id, "accept", "published", ("draft",), who, why)


def reject(store: Store, event_id: str, *, who: str, why: str) -> Stored:
    """Withdraw a draft or a published event, and return it as it now stands; errors are those of `accept`."""
    return _decide(store, event_id, "reject", "withdrawn", ("draft", "published"), who, why)


def _decide(
    store: Store,
    event_id: str,
    action: Literal["accept", "reject"],
    status: Status,
    expected: tuple[Status, ...],
    who: str,
    why: str,
) -> Stored:
    decision = Decision(
        event_id=event_id,
        action=action,
        who=_said("who", who),
        why=_said("why", why),
        at=datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    )
    store.decide(event_id, decision, status, expected=expected)
    return store.get(event_id, statuses=(status,))


def _said(name: str, text: str) -> str:
    if not text.strip():
        raise InvalidInput(f"{name}: is empty; say it, for it is kept in the history")
    if len(text) > MAX_WHY or not text.isprintable():
        raise InvalidInput(f"{name}: is longer than {MAX_WHY} characters, or more than one line of text")
    return text.strip()
