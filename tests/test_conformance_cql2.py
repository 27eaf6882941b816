"""CQL2 1.0: the abstract tests of the declared classes, asked over HTTP of every collection and counted by hand."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import pytest
from flask.testing import FlaskClient

from geo.features import COLLECTIONS
from tests.ogc import COMPARISONS, IDS, every, ids, literal, matching, meant, refused, samples

every_collection = pytest.mark.parametrize("collection", IDS)
cql2_text = pytest.mark.conformance("cql2/1.0/conf/cql2-text")
cql2_json = pytest.mark.conformance("cql2/1.0/conf/cql2-json")
basic = pytest.mark.conformance("cql2/1.0/conf/basic-cql2")
advanced = pytest.mark.conformance("cql2/1.0/conf/advanced-comparison-operators")
casei = pytest.mark.conformance("cql2/1.0/conf/case-insensitive-comparison")
accenti = pytest.mark.conformance("cql2/1.0/conf/accent-insensitive-comparison")


@basic
@cql2_text
@every_collection
def test_comparison_of_each_queryable(service: FlaskClient, collection: str) -> None:
    features = every(service, collection)
    for name, kind, value in samples(features, collection):
        for sign, compare in COMPARISONS.items():
            wanted = meant(features, lambda r, c=compare, n=name, v=value: r[n] is not None and c(r[n], v))
            text = f'"{name}" {sign} {literal(value, kind)}'
            assert matching(service, collection, text) == wanted, text


@basic
@every_collection
def test_is_null_and_boolean(service: FlaskClient, collection: str) -> None:
    features = every(service, collection)
    for name, kind in COLLECTIONS[collection].queryables.items():
        null = {f["id"] for f in features if (f["geometry"] if kind == "geometry" else f["properties"][name]) is None}
        assert matching(service, collection, f"{name} IS NULL") == null
        assert matching(service, collection, f"{name} IS NOT NULL") == ids(features) - null
        if kind == "boolean":
            assert matching(service, collection, name) == meant(features, lambda r, n=name: r[n] is True)
    assert matching(service, collection, "TRUE") == ids(features)
    assert matching(service, collection, "FALSE") == set()


@basic
@cql2_json
@every_collection
def test_logical_mixes(service: FlaskClient, collection: str) -> None:
    features = every(service, collection)
    found = list(samples(features, collection))[:5]
    known = [meant(features, lambda r, n=name: r[n] is not None) for name, _, _ in found]
    parts = [f"{name} >= {literal(value, kind)}" for name, kind, value in found]
    true = [matching(service, collection, part) for part in parts]
    for at, part in enumerate(parts):
        other = (at + 1) % len(parts)
        assert matching(service, collection, f"NOT ({part})") == known[at] - true[at]
        assert matching(service, collection, f"({part}) AND ({parts[other]})") == true[at] & true[other]
        assert matching(service, collection, f"({part}) OR ({parts[other]})") == true[at] | true[other]
    nested = f"NOT (({parts[0]}) AND ({parts[1]}) OR NOT ({parts[2]}))"
    tree = json.dumps({"op": "not", "args": [_or(_and(found[0], found[1]), _not(found[2]))]})
    assert matching(service, collection, tree, "cql2-json") == matching(service, collection, nested)


def _at_least(sample: tuple[str, str, Any]) -> dict[str, Any]:
    name, kind, value = sample
    given = {kind: value} if kind in ("date", "timestamp") else value
    return {"op": ">=", "args": [{"property": name}, given]}


def _and(*parts: tuple[str, str, Any]) -> dict[str, Any]:
    return {"op": "and", "args": [_at_least(part) for part in parts]}


def _not(part: tuple[str, str, Any]) -> dict[str, Any]:
    return {"op": "not", "args": [_at_least(part)]}


def _or(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"op": "or", "args": list(parts)}


ESCAPES = {"'": r"\'", "\a": r"\a", "\b": r"\b", "\t": r"\t", "\n": r"\n", "\v": r"\v", "\f": r"\f", "\r": r"\r"}


@cql2_text
def test_escaping(service: FlaskClient) -> None:
    features = every(service, "incidents")
    for name in ("title", "summary", "toponym"):
        for value in [v for f in features if (v := f["properties"][name]) and set("'\"\\%_") & set(v)][:8]:
            wanted = meant(features, lambda r, n=name, v=value: r[n] == v)
            assert matching(service, "incidents", f"{name} = {literal(value, 'text')}") == wanted != set()
    for value in ("it's", "bell\a", "back\b", "tab\t", "line\n", "vertical\v", "form\f", "return\r", "Ćošak 'x' ☂"):
        escaped = "".join(ESCAPES.get(character, character) for character in value)
        assert matching(service, "incidents", f"'{escaped}' = {literal(value, 'text')}") == ids(features)
    assert matching(service, "incidents", r"'100%' LIKE '100\%' AND NOT '1000' LIKE '100\%'") == ids(features)


@cql2_text
@cql2_json
@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("cql2-text", "id = 'a"),
        ("cql2-text", "id == 'a'"),
        ("cql2-text", "AND id = 'a'"),
        ("cql2-text", "id = 'a')"),
        ("cql2-json", "id = 'a'"),
        ("cql2-json", '{"op": "=", "args": [{"property": "id"}]}'),
        ("cql2-json", '{"op": "="}'),
        ("cql2-json", '{"property": "id"}'),
        ("cql2-json", "[]"),
        ("cql2-json", "null"),
        ("cql2-json", '{"op": "=", "args": [{"property": "id"}, "a"]'),
    ],
)
@every_collection
def test_what_is_not_valid_is_refused(service: FlaskClient, collection: str, lang: str, text: str) -> None:
    refused(service, f"/collections/{collection}/items", "filter", filter=text, **{"filter-lang": lang})


@advanced
@every_collection
def test_like_between_in(service: FlaskClient, collection: str) -> None:
    features = every(service, collection)
    for name, kind, value in samples(features, collection):
        if kind == "text" and value:
            start = value[:3].translate(str.maketrans("%_\\", "xxx")).replace("'", "x")
            wanted = meant(features, lambda r, n=name, s=start: bool(r[n]) and r[n].startswith(s))
            assert matching(service, collection, f"{name} LIKE '{start}%'") == wanted
            assert matching(service, collection, f"{name} LIKE '_{start[1:]}%'") >= wanted
            known = meant(features, lambda r, n=name: r[n] is not None)
            assert matching(service, collection, f"{name} NOT LIKE '{start}%'") == known - wanted
        if kind == "number":
            low, high = value - 1, value + 2
            between = meant(features, lambda r, n=name, a=low, b=high: r[n] is not None and a <= r[n] <= b)
            assert matching(service, collection, f"{name} BETWEEN {low} AND {high}") == between
        if kind != "boolean":
            wanted = meant(features, lambda r, n=name, v=value: r[n] == v)
            some = literal(value, kind)
            assert matching(service, collection, f"{name} IN ({some}, {some})") == wanted


@casei
@every_collection
def test_case_does_not_matter(service: FlaskClient, collection: str) -> None:
    features = every(service, collection)
    for name, kind, value in samples(features, collection):
        if kind == "text" and value:
            wanted = meant(features, lambda r, n=name, v=value: (r[n] or "").casefold() == v.casefold())
            for shown in (value.upper(), value.swapcase()):
                if shown.casefold() == value.casefold():
                    text = f"CASEI({name}) = CASEI({literal(shown, kind)})"
                    assert matching(service, collection, text) == wanted, text
            start = value[:4].translate(str.maketrans("%_\\'", "xxxx")).casefold()
            wanted = meant(features, lambda r, n=name, s=start: bool(r[n]) and r[n].casefold().startswith(s))
            assert matching(service, collection, f"CASEI({name}) LIKE CASEI('{start.upper()}%')") == wanted


def bare(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


@accenti
@casei
@pytest.mark.parametrize("name", ["Zvečan", "Leposavić", "Peć", "Đakovica", "Šaja", "Gračanica"])
def test_accents_do_not_matter(service: FlaskClient, name: str) -> None:
    features = every(service, "places")
    wanted = meant(features, lambda r: bare(r["name_sr_latn"]) == bare(name))
    text = f"ACCENTI(name_sr_latn) = ACCENTI('{bare(name)}')"
    assert matching(service, "places", text) == wanted
    assert matching(service, "places", f"ACCENTI(name_sr_latn) = ACCENTI('{name}')") == wanted
    start = bare(name)[:3].upper()
    both = meant(features, lambda r: bare(r["name_sr_latn"]).casefold().startswith(start.casefold()))
    assert matching(service, "places", f"ACCENTI(CASEI(name_sr_latn)) LIKE ACCENTI(CASEI('{start}%'))") == both
    assert matching(service, "places", f"CASEI(ACCENTI(name_sr_latn)) LIKE CASEI(ACCENTI('{start}%'))") == both
