"""Names of downloaded files: they say the filter, and are safe in any header and on any disk."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from app.file_names import file_name
from geo.model import BBox, Criteria
from tests.factories import criteria

YEAR = {"start": date(2023, 1, 1), "end": date(2023, 12, 31)}


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        (Criteria(), "ibar-overview.pdf"),
        (Criteria(**YEAR, within_m=15_000), "ibar-overview-2023-within-15km.pdf"),
        (Criteria(**YEAR, within_m=2_500, certainty="likely"), "ibar-overview-2023-likely-within-2.5km.pdf"),
        (Criteria(start=date(2021, 1, 1), end=date(2023, 12, 31)), "ibar-overview-2021-2023.pdf"),
        (Criteria(start=date(2023, 9, 1), end=date(2023, 9, 30)), "ibar-overview-2023-09.pdf"),
        (Criteria(start=date(2023, 9, 24), end=date(2023, 9, 24)), "ibar-overview-2023-09-24.pdf"),
        (Criteria(start=date(2023, 9, 2), end=date(2023, 9, 30)), "ibar-overview-2023-09-02-to-2023-09-30.pdf"),
        (Criteria(start=date(2023, 9, 2)), "ibar-overview-from-2023-09-02.pdf"),
        (Criteria(kinds=("incident",), text="Бањска"), "ibar-overview-incidents-banjska.pdf"),
        (Criteria(event_types=("armed_clash", "raid")), "ibar-overview-armed-clash-raid.pdf"),
        (Criteria(event_types=("armed_clash", "raid", "riot")), "ibar-overview-some-types.pdf"),
        (Criteria(municipalities=("Leposavić",), bbox=BBox(20, 42, 21, 43)), "ibar-overview-leposavic-part.pdf"),
        (Criteria(text='"../é\r\nX: y'), "ibar-overview-e-x-y.pdf"),
    ],
)
def test_name_says_the_filter(asked: Criteria, name: str) -> None:
    assert file_name("ibar-overview", asked, "pdf") == name


@given(asked=criteria(), text=st.text(), event_id=st.text())
def test_any_filter_has_a_safe_name(asked: Criteria, text: str, event_id: str) -> None:
    for each in (asked, Criteria(text=text, municipalities=(text,))):
        name = file_name("ibar-events", each, "csv", event_id=event_id)
        assert re.fullmatch(r"ibar-events[a-z0-9.-]*\.csv", name)
        assert ".." not in name
        assert len(name) < 100


def test_answers_are_named_so(client: FlaskClient) -> None:
    data = client.get("/api/export?f=csv&datetime=2023-01-01/2023-12-31&within_m=15000&kind=incident")
    assert data.headers["Content-Disposition"] == 'attachment; filename="ibar-events-incidents-2023-within-15km.csv"'
    drawn = client.get("/export/map.svg?layout=near-border&datetime=2023-01-01/2023-12-31")
    assert drawn.headers["Content-Disposition"] == 'inline; filename="ibar-near-border-2023.svg"'
