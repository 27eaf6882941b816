from collections.abc import Iterator
from pathlib import Path

import pytest

from geo import review
from geo.errors import Conflict, InvalidInput, NotFound
from geo.model import STATUSES, Criteria
from geo.store import Store, open_store
from tests.factories import incident
from tests.oracle import ids


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "store.gpkg")
    opened.put([incident("e1", status="draft"), incident("e2", status="draft")], who="x", why="x", action="ingest")
    yield opened
    opened.close()


def public(store: Store) -> list[str]:
    return ids(store.page(Criteria()).features)


def test_accepting_publishes_a_draft_and_keeps_who_and_why(store):
    stored = review.accept(store, "e1", who="ana", why="the police confirm it")
    assert (stored.event.status, stored.revision) == ("published", 2)
    assert public(store) == ["e1"]
    decision = store.history("e1")[-1].decision
    assert (decision.action, decision.who, decision.why) == ("accept", "ana", "the police confirm it")
    assert decision.at == stored.event.updated_at


def test_rejecting_withdraws_a_draft(store):
    assert review.reject(store, "e1", who="ana", why="hearsay").event.status == "withdrawn"
    assert public(store) == []
    assert list(store.changes(1)) == []


def test_rejecting_withdraws_what_was_published_and_leaves_a_tombstone(store):
    review.accept(store, "e1", who="ana", why="confirmed")
    review.reject(store, "e1", who="ben", why="the source took it back")
    assert public(store) == []
    assert [(c.id, c.feature) for c in store.changes(0)] == [("e1", None)]
    assert [v.decision.action for v in store.history("e1")] == ["ingest", "accept", "reject"]


@pytest.mark.parametrize(
    ("before", "act"),
    [((review.accept,), review.accept), ((review.reject,), review.accept), ((review.reject,), review.reject)],
)
def test_an_act_that_does_not_fit_the_state_is_a_conflict_and_changes_nothing(store, before, act):
    for step in before:
        step(store, "e1", who="ana", why="first")
    revision = store.revision()
    with pytest.raises(Conflict, match=r"'e1' is (published|withdrawn)"):
        act(store, "e1", who="ben", why="second")
    assert store.revision() == revision
    assert store.history("e1")[-1].decision.who == "ana"


@pytest.mark.parametrize("given", [{"who": " "}, {"why": ""}, {"why": "x" * 2_001}, {"why": "two\nlines"}])
def test_who_and_why_must_be_said(store, given):
    with pytest.raises(InvalidInput, match=next(iter(given))):
        review.accept(store, "e1", **{"who": "ana", "why": "confirmed", **given})
    assert store.statuses(["e1"]) == {"e1": "draft"}


def test_deciding_on_nothing_is_not_found(store):
    with pytest.raises(NotFound):
        review.accept(store, "nothing", who="ana", why="x")
    assert store.count(Criteria(statuses=STATUSES)).number_matched == 2
