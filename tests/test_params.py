from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app import params, values
from geo.errors import GeoError, InvalidInput
from geo.model import BBox, Criteria, LonLat

PAGE = (*params.FILTERS, params.SORT, params.LIMIT, params.CURSOR)


def asked(query: dict[str, Any], **options: Any) -> Criteria:
    return params.criteria(params.read(MultiDict(query), PAGE, **options))


def test_nothing_asked_is_what_the_public_sees() -> None:
    assert asked({}) == Criteria()
    assert Criteria().statuses == ("published",)


def test_every_filter_becomes_its_criterion() -> None:
    found = asked(
        {
            "kind": "incident",
            "type": "armed_clash,shooting",
            "datetime": "2023-01-01/2023-12-31",
            "bbox": "20.6,42.8,21.1,43.1",
            "polygon": "POLYGON((20 42,21 42,21 43,20 42))",
            "near": "20.87,42.89",
            "radius_m": "10000",
            "within_m": "5000",
            "certainty": "likely",
            "side": "XK,line",
            "from_km": "10",
            "to_km": "20.5",
            "q": " kfor  patrol ",
            "municipality": "Zvečan,Leposavić",
            "area": "north",
        }
    )
    assert found.kinds == ("incident",)
    assert found.event_types == ("armed_clash", "shooting")
    assert (found.start, found.end) == (date(2023, 1, 1), date(2023, 12, 31))
    assert found.bbox == BBox(20.6, 42.8, 21.1, 43.1)
    assert found.near == LonLat(20.87, 42.89)
    assert (found.radius_m, found.within_m, found.certainty) == (10_000, 5_000, "likely")
    assert found.sides == ("XK", "line")
    assert (found.km_from, found.km_to) == (10, 20.5)
    assert found.text == "kfor  patrol"
    assert found.municipalities == ("Zvečan", "Leposavić")
    assert found.areas == ("north",)
    assert found.polygon is not None
    assert shapely.from_wkt(found.polygon).equals(shapely.from_wkt("POLYGON((20 42,21 42,21 43,20 42))"))


def test_a_list_may_be_repeated_as_forms_do() -> None:
    query = MultiDict([("type", "arrest"), ("type", "raid"), ("type", "arrest")])
    assert params.read(query, PAGE)["type"] == ("arrest", "raid")


def test_an_empty_field_of_a_form_was_left_alone_but_is_an_error_elsewhere() -> None:
    query = {"bbox": "", "q": "", "within_m": "", "certainty": "likely"}
    assert asked(query, is_form=True) == Criteria()
    with pytest.raises(InvalidInput, match="bbox"):
        asked(query)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("kind", "incidents", "did you mean incident"),
        ("type", "armed-clash", "did you mean armed_clash"),
        ("type", "", "not known"),
        ("datetime", "2023-02-30", "not a date"),
        ("datetime", "2023-13", "not a date"),
        ("datetime", "0000", "not a date"),
        ("datetime", "24.9.2023", "not a date"),
        ("datetime", "٢٠٢٣-٠١-٠١", "not a date"),
        ("datetime", "2023-12-31/2023-01-01", "ends before it starts"),
        ("datetime", "2023-01-01/2023-02-01/2023-03-01", "not a date"),
        ("datetime", "2023-09-24T25:00:00Z", "not a date"),
        ("bbox", "20.6,42.8,21.1", "west,south,east,north"),
        ("bbox", "20.6,43.1,21.1,42.8", "south"),
        ("bbox", "20.6,nan,21.1,43.1", "not a finite number"),
        ("bbox", "20.6,inf,21.1,43.1", "not a finite number"),
        ("bbox", "200,42,201,43", "within -180 to 180"),
        ("bbox", ",".join("1" * 50), "too many"),
        ("near", "42.89", "longitude first"),
        ("near", "NaN,42", "not a finite number"),
        ("near", "20.87,142.89", "longitude (which comes first)"),
        ("radius_m", "10km", "not a finite number"),
        ("radius_m", "-1", "not within 0"),
        ("within_m", "1e308", "not within 0"),
        ("within_m", "1e999", "not a finite number"),
        ("within_m", "0x10", "not a finite number"),
        ("within_m", "1_000", "not a finite number"),
        ("within_m", "٥", "not a finite number"),
        ("within_m", "9" * 5000, "not a finite number"),
        ("certainty", "sure", "one of certain, likely, possible"),
        ("side", "KS", "not known"),
        ("from_km", "1001", "kilometres"),
        ("polygon", "POLYGON((20 42,21 42", "not well-known text"),
        ("polygon", "POINT(20 42)", "not a polygon"),
        ("polygon", "POLYGON EMPTY", "not a polygon"),
        ("polygon", "POLYGON((0 0,1 1,1 0,0 1,0 0))", "not a valid polygon"),
        ("polygon", "POLYGON((20 42,21 42,21 143,20 42))", "latitude within"),
        ("polygon", "POLYGON((20 42,21 42,21 nan,20 42))", "polygon"),
        ("polygon", "x" * 30_000, "longer than"),
        ("q", "\0", "control characters"),
        ("q", "   ", "is empty"),
        ("q", "a" * 201, "longer than"),
        ("q", "a " * 50, "longer than"),
        ("limit", "0", "less than 1"),
        ("limit", "-5", "not a whole number"),
        ("limit", "1.5", "not a whole number"),
        ("limit", "ten", "not a whole number"),
        ("sort", "title", "not known"),
        ("cursor", "'; DROP TABLE events", "not what was handed out"),
        ("municipality", ",", "is empty"),
        ("municipality", ",".join(map(str, range(200))), "more than 100"),
    ],
)
def test_a_bad_value_is_refused_by_name(name: str, value: str, says: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        asked({name: value})
    message = str(caught.value)
    assert message.startswith(f"{name}: ")
    assert says in message
    assert len(message) < 1500
    assert "\n" not in message


@pytest.mark.parametrize(
    ("name", "leads_to"),
    [("witin_m", "did you mean within_m?"), ("BBOX", "did you mean bbox?"), ("near-border", ""), ("zzz", "there are")],
)
def test_an_unknown_parameter_names_the_nearest(name: str, leads_to: str) -> None:
    with pytest.raises(InvalidInput, match="no such parameter") as caught:
        asked({name: "1"})
    assert leads_to in str(caught.value)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"near": "20,42"}, "near: needs radius_m"),
        ({"radius_m": "5"}, "radius_m: needs near"),
        ({"certainty": "likely"}, "certainty: needs within_m"),
        ({"from_km": "5", "to_km": "4"}, "greater than"),
        ({"kind": "deployment", "type": "raid"}, "raid is not a type of deployment"),
    ],
)
def test_values_that_do_not_fit_each_other(query: dict[str, str], says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        asked(query)


def test_a_value_given_twice_is_refused() -> None:
    with pytest.raises(InvalidInput, match="limit: given 2 times"):
        params.read(MultiDict([("limit", "1"), ("limit", "2")]), PAGE)


@pytest.mark.parametrize("text", ["1001", "99999999999999999999999999", "1" * 5000])
def test_too_great_a_limit_is_clamped(text: str) -> None:
    assert params.LIMIT.read(text) == params.MAX_LIMIT


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2023-09-24", date(2023, 9, 24), date(2023, 9, 24)),
        ("2023-09-24T10:00:00Z", date(2023, 9, 24), date(2023, 9, 24)),
        ("2023-09-24t10:00:00.123+02:00", date(2023, 9, 24), date(2023, 9, 24)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2023", date(2023, 1, 1), date(2023, 12, 31)),
        ("2023-01-01/..", date(2023, 1, 1), None),
        ("2023-01-01/", date(2023, 1, 1), None),
        ("../2023-01-01", None, date(2023, 1, 1)),
        ("/2023", None, date(2023, 12, 31)),
        ("../..", None, None),
        ("2022/2023-02", date(2022, 1, 1), date(2023, 2, 28)),
        ("2023-09-24/P2D", date(2023, 9, 24), date(2023, 9, 26)),
        ("2023-01-31/P1M", date(2023, 1, 31), date(2023, 2, 28)),
        ("2023-09-24T00:00:00Z/P1Y2M1W3D", date(2023, 9, 24), date(2024, 12, 4)),
    ],
)
def test_intervals(text: str, start: date | None, end: date | None) -> None:
    assert values.interval(text) == (start, end)


@pytest.mark.parametrize(
    ("text", "metres"),
    [("5km", 5000), ("15 km", 15_000), ("500m", 500), ("500", 500), ("0.5KM", 500), ("3mi", 4828.032), (" 2 m ", 2)],
)
def test_lengths_with_units(text: str, metres: float) -> None:
    assert values.length(text) == pytest.approx(metres)


@pytest.mark.parametrize("text", ["", "km", "5 leagues", "-5km", "1e30km", "nan km", "5k m"])
def test_lengths_that_are_none(text: str) -> None:
    with pytest.raises(InvalidInput):
        values.length(text)


@given(st.floats(min_value=0, max_value=values.MAX_METRES, allow_nan=False))
def test_metres_are_read_as_written(metres: float) -> None:
    assert values.metres(f"{metres:.6f}") == pytest.approx(metres, abs=1e-6)


@given(st.dates(min_value=date(1900, 1, 1)), st.integers(0, 5000))
def test_an_interval_is_read_as_written(start: date, days: int) -> None:
    end = min(start + timedelta(days=days), date.max) if start.year < 9980 else start
    assert values.interval(f"{start.isoformat()}/{end.isoformat()}") == (start, end)


@given(st.sampled_from([p.name for p in PAGE]), st.text(max_size=60))
def test_any_text_is_a_value_or_one_clear_error(name: str, text: str) -> None:
    try:
        found = params.read(MultiDict({name: text}), PAGE)
    except GeoError as error:
        assert str(error).startswith(f"{name}: ")
    else:
        assert not isinstance(found[name], float) or math.isfinite(found[name])


@given(st.text(max_size=80).filter(lambda name: name not in {p.name for p in PAGE}))
def test_any_other_name_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="no such parameter"):
        params.read(MultiDict({name: "1"}), PAGE)
