"""The contract of a store, over every back end: what is written, kept, decided, followed and taken over."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import Conflict, InvalidInput, NotFound
from geo.model import STATUSES, BBox, Criteria, LonLat
from geo.record import record
from geo.store import Store
from tests.back_ends import ANY, BACK_ENDS, SLOW, decision, each_back_end, put
from tests.factories import deployment, event_lists, incident


@pytest.fixture(params=BACK_ENDS)
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    with BACK_ENDS[request.param]() as opened:
        yield opened


@each_back_end
@settings(SLOW, max_examples=40)
@given(events=event_lists(max_size=6))
def test_an_event_comes_back_as_it_was_stored(back_end, events):
    with BACK_ENDS[back_end]() as store:
        revision = put(store, *events)
        for event in events:
            stored = store.get(event.id, statuses=STATUSES)
            assert replace(stored.event, revision=None, created_at=None, updated_at=None) == event
            assert stored.revision == stored.event.revision == revision
            assert json.loads(stored.feature)["properties"] == record(stored.event)


def test_every_write_takes_the_next_revision_and_nothing_else_does(store):
    assert store.revision() == 0
    assert put(store, incident("e1"), incident("e2")) == 1
    assert put(store, incident("e1")) == 1
    assert put(store) == 1
    assert store.put([incident("e1", title="new")], who="ana", why="typo", action="edit") == 2
    assert store.decide("e2", decision("e2", "reject"), "withdrawn") == 3
    assert store.revision() == store.page(Criteria()).revision == 3
    assert {store.get(i, statuses=STATUSES).revision for i in ("e1", "e2")} == {2, 3}


def test_all_of_a_write_is_kept_or_none_of_it(store):
    put(store, incident("old", status="draft"))

    def broken():
        yield incident("new")
        yield incident("old", title="changed")
        raise InvalidInput("row 3 cannot be read")

    with pytest.raises(InvalidInput, match="row 3"):
        store.put(broken(), who="x", why="x", action="ingest")
    assert store.revision() == 1
    assert store.statuses(["old", "new"]) == {"old": "draft"}
    assert store.get("old", statuses=STATUSES).event.facts.title == ""
    assert put(store, incident("new")) == 2


@pytest.mark.parametrize(
    "bad",
    [
        incident("bad", confidence=math.nan),
        incident("bad", title="\ud800"),
        incident("", title="no id"),
        incident("bad", border=None),
        incident("bad", status="secret"),
        incident("good"),
    ],
    ids=["not finite", "half a surrogate pair", "no id", "no distance", "unknown status", "given twice"],
)
def test_an_event_that_cannot_be_stored_is_named_and_nothing_is_written(store, bad):
    with pytest.raises(InvalidInput, match=f"event '{bad.id}'"):
        put(store, incident("good"), bad)
    assert store.count(ANY).number_matched == store.revision() == 0


def test_reading_the_same_again_changes_nothing_whatever_became_of_it(store):
    draft = incident("e1", status="draft")
    put(store, draft)
    store.decide("e1", decision("e1"), "published")
    store.put([replace(store.get("e1").event, status="published")], who="ana", why="looked", action="edit")
    before = store.revision()
    assert put(store, draft) == before
    assert store.get("e1").event.status == "published"
    store.decide("e1", decision("e1", "reject"), "withdrawn")
    assert put(store, draft) == before + 1
    assert store.statuses(["e1"]) == {"e1": "withdrawn"}


def test_reading_renews_a_draft_but_never_undoes_a_review(store):
    put(store, incident("e1", status="draft"))
    put(store, incident("e1", status="draft", title="better"))
    assert store.get("e1", statuses=("draft",)).event.facts.title == "better"
    store.decide("e1", decision("e1"), "published")
    with pytest.raises(Conflict, match="'e1' is published already"):
        put(store, incident("e0", status="draft"), incident("e1", status="draft", title="other"))
    assert store.statuses(["e0", "e1"]) == {"e1": "published"}


def test_an_old_word_no_longer_finds_an_event_that_was_edited(store):
    put(store, incident("e1", title="bridge"))
    store.put([incident("e1", title="tunnel")], who="ana", why="typo", action="edit")
    assert store.count(Criteria(text="bridge")).number_matched == 0
    assert store.count(Criteria(text="tunnel")).number_matched == 1


def test_an_event_that_moves_or_loses_its_position_is_found_where_it_is(store):
    put(store, incident("e1", at=LonLat(20.5, 42.5)))
    there, here = Criteria(bbox=BBox(20, 42, 20.6, 43)), Criteria(bbox=BBox(21, 42, 22, 43))
    store.put([incident("e1", at=LonLat(21.5, 42.5))], who="ana", why="moved", action="edit")
    assert [store.count(c).number_matched for c in (there, here)] == [0, 1]
    store.put([incident("e1", at=None, area_id="north")], who="ana", why="vague", action="edit")
    assert [store.count(c).number_matched for c in (there, here)] == [0, 0]
    store.put([incident("e1", at=LonLat(20.5, 42.5))], who="ana", why="exact", action="edit")
    assert [store.count(c).number_matched for c in (there, here)] == [1, 0]


def test_a_decision_is_kept_with_the_version_that_it_made(store):
    put(store, incident("e1", status="draft"))
    store.decide("e1", decision("e1"), "published", expected=("draft",))
    first, second = store.history("e1")
    assert (first.revision, first.status, first.decision.action, first.decision.who) == (1, "draft", "ingest", "tester")
    assert (second.revision, second.status, second.decision) == (2, "published", decision("e1"))
    assert second.event.created_at == first.event.created_at
    assert second.event.updated_at == "2024-05-01T10:00:00.000Z"


def test_a_decision_on_a_state_that_is_gone_is_a_conflict(store):
    put(store, incident("e1", status="draft"))
    store.decide("e1", decision("e1"), "published", expected=("draft",))
    with pytest.raises(Conflict, match="published, not draft"):
        store.decide("e1", decision("e1"), "published", expected=("draft",))
    assert len(store.history("e1")) == 2


@pytest.mark.parametrize("name", ["get", "history"])
def test_what_is_not_there_is_not_found(store, name):
    with pytest.raises(NotFound):
        getattr(store, name)("nothing")
    with pytest.raises(NotFound):
        store.decide("nothing", decision("nothing"), "published")


# Changes, as a mirror follows them


@each_back_end
@settings(SLOW, max_examples=30)
@given(data=st.data())
def test_a_mirror_that_follows_the_changes_ends_as_the_public_sees_the_store(back_end, data):
    mirror: dict[str, bytes] = {}
    seen = 0
    with BACK_ENDS[back_end]() as store:
        for _ in range(data.draw(st.integers(1, 6))):
            for event_id in data.draw(st.lists(st.sampled_from("abcd"), max_size=3, unique=True)):
                event = incident(
                    event_id, status=data.draw(st.sampled_from(STATUSES)), title=data.draw(st.text(max_size=3))
                )
                store.put([event], who="x", why="x", action="edit")
            if data.draw(st.booleans()):
                for change in store.changes(seen):
                    assert change.revision > seen
                    mirror.pop(change.id, None)
                    if change.feature is not None:
                        mirror[change.id] = change.feature
                seen = store.revision()
        for change in store.changes(seen):
            mirror.pop(change.id, None)
            if change.feature is not None:
                mirror[change.id] = change.feature
        assert sorted(mirror.values()) == sorted(store.iterate(Criteria()))


def test_a_draft_that_is_rejected_never_shows_among_the_changes(store):
    put(store, incident("e1", status="draft"))
    store.decide("e1", decision("e1", "reject"), "withdrawn")
    assert list(store.changes(0)) == []


def test_a_published_event_that_is_withdrawn_leaves_a_tombstone(store):
    put(store, incident("e1"))
    revision = store.decide("e1", decision("e1", "reject"), "withdrawn")
    (change,) = store.changes(1)
    assert (change.id, change.revision, change.feature) == ("e1", revision, None)


# Seeding


def test_seeding_is_idempotent(store):
    shipped = [incident("s1"), deployment("s2")]
    assert store.seed(shipped) == 2
    revision = store.revision()
    assert store.seed(shipped) == 0
    assert store.revision() == revision


def test_a_newer_shipped_file_updates_only_what_nobody_touched(store):
    store.seed([incident(i) for i in ("untouched", "edited", "withdrawn")])
    store.put([incident("edited", title="by hand")], who="ana", why="typo", action="edit")
    store.decide("withdrawn", decision("withdrawn", "reject"), "withdrawn")
    assert store.seed([incident(i, title="newer") for i in ("untouched", "edited", "withdrawn", "added")]) == 2
    titles = {i: store.get(i).event.facts.title for i in ("untouched", "edited", "added")}
    assert titles == {"untouched": "newer", "edited": "by hand", "added": "newer"}
    assert store.statuses(["withdrawn"]) == {"withdrawn": "withdrawn"}


def test_what_a_person_stored_first_is_not_taken_over(store):
    put(store, incident("e1", title="mine"))
    assert store.seed([incident("e1", title="shipped")]) == 0
    assert store.get("e1").event.facts.title == "mine"
