"""A sentence that was read in, the counts of people killed and injured that it gives out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from geo.extract.numbers import Number
from geo.extract.patterns import Found
from geo.extract.reading import Reading

TOTAL: Final = "total"
_ENDS: Final = frozenset(".;:!?")
_REACH: Final = 14


@dataclass(frozen=True, slots=True)
class Count:
    """How many people of one group: the words `start` to `end` (exclusive) say it."""

    role: str
    """killed, injured or people."""
    group: str
    value: int | None
    low: int | None
    high: int | None
    start: int
    end: int


def people(reading: Reading) -> list[Count]:
    """Return the people that a sentence counts: "a police officer", "three of the attackers", "at least nine"."""
    found: list[Count] = []
    taken: set[int] = set()
    for start, end, group, plural in sorted(_nouns(reading), key=lambda n: (n[0], -n[1])):
        if start not in taken:
            found.append(_counted(reading, start, end, group, plural, taken))
            taken.update(range(start, end))
    found += _bare(reading, taken)
    return sorted(found, key=lambda c: c.start)


def _nouns(reading: Reading) -> Iterator[tuple[int, int, str, bool]]:
    for name, spans in reading.marks.items():
        form, _, group = name.partition(":")
        if group and form in ("one", "many"):
            for start, end in spans.items():
                yield start, end, group, form == "many"


def _counted(reading: Reading, start: int, end: int, group: str, plural: bool, taken: set[int]) -> Count:
    number = None
    at = start
    aged = _aged(reading)
    while at > 0 and start - at < 5 and at - 1 not in taken:
        number = next((n for n in reading.numbers if n.end == at), None)
        if number is not None or not _may_stand_between(reading, at - 1):
            break
        at -= 1
    if number is not None and number.start in aged:
        number = None  # "a sixteen-year-old Albanian"
    if number is not None:
        taken.update(range(number.start, number.end))
        low, high, first = _bounds(reading, number.start, number.value)
        return Count("people", group, number.value, low, high, first, end)
    if plural:
        return Count("people", group, None, None, None, start, end)
    return Count("people", group, 1, 1, 1, at, end)


def _may_stand_between(reading: Reading, at: int) -> bool:
    return at in reading.marks.get("adjective", {}) or any(p.start <= at < p.end for p in reading.places)


def _bounds(reading: Reading, start: int, value: int) -> tuple[int, int | None, int]:
    """Return the least and the greatest that a number may mean, and where its phrase begins."""
    for name, low, high in (("at_least", value, None), ("at_most", 0, value), ("about", value, value)):
        for first, end in reading.marks.get(name, {}).items():
            if end == start:
                return low, high, first
    return value, value, start


def _bare(reading: Reading, taken: set[int]) -> Iterator[Count]:
    """Numbers that stand for people without a noun: "three were killed", "killing two", "three of them"."""
    for start, end in reading.marks.get("pronoun_one", {}).items():
        if start not in taken and any(end <= cue.start <= end + 2 for cue in _said(reading)):
            yield Count("people", TOTAL, 1, 1, 1, start, end)
    aged = _aged(reading)
    for number in reading.numbers:
        if (
            number.start in taken
            or number.start in aged
            or (number.value > 99 and not reading.words[number.start].norm.isalpha())
        ):
            continue
        if _is_person_alone(reading, number) and not _is_in_date(reading, number.start):
            low, high, first = _bounds(reading, number.start, number.value)
            yield Count("people", TOTAL, number.value, low, high, first, number.end)


def _aged(reading: Reading) -> set[int]:
    """Return the words that say how old somebody is."""
    return {at for start, end in reading.marks.get("age", {}).items() for at in range(start, end)}


def _is_person_alone(reading: Reading, number: Number) -> bool:
    after = number.end
    if after >= len(reading.words) or reading.words[after].norm in ".,;)":
        before = {number.start, number.start - 1} if reading.ends("be", number.start) else {number.start}
        return any(cue.end in before for cue in _said(reading))
    if after in reading.marks.get("be", {}) or after in reading.marks.get("clause", {}):
        return True
    if any(cue.start == after for cue in _said(reading)):
        return True
    return any(after + k in reading.marks.get("them", {}) for k in (0, 1))


def _said(reading: Reading) -> list[Found]:
    return [cue for cue in reading.cues if cue.label in reading.lexicon.casualties]


def _is_in_date(reading: Reading, at: int) -> bool:
    return any(d.start <= at < d.end for d in reading.dates)


def casualties(reading: Reading) -> list[Count]:
    """Return the killed and the injured that a sentence counts; a value of 0 where it says that there are none."""
    table = reading.lexicon.casualties
    said = _undisputed(_said(reading), table)
    counted = people(reading)
    found: list[Count] = []
    used: set[int] = set()
    for cue in said:
        role, side, of_one = table[cue.label]
        if side == "none":
            found.append(Count(role.removeprefix("none_"), TOTAL, 0, 0, 0, cue.start, cue.end))
            continue
        beside = _beside(reading, cue, side, counted, said, used)
        if not beside and of_one:
            found.append(Count(role, TOTAL, 1, 1, 1, cue.start, cue.end))
        for count in beside:
            used.add(count.start)
            found.append(Count(role, count.group, count.value, count.low, count.high, count.start, count.end))
    return found


def _undisputed(cues: list[Found], table: Mapping[str, tuple[str, str, bool]]) -> list[Found]:
    """Of phrases that overlap keep "nobody was injured" rather than "was injured", then the longer one."""
    none = [cue for cue in cues if table[cue.label][1] == "none"]
    some = [cue for cue in cues if cue not in none and not any(_overlap(cue, other) for other in none)]
    some.sort(key=lambda cue: not table[cue.label][2])
    distinct = {(table[cue.label][0], cue.start, cue.end): cue for cue in reversed(some)}
    kept = [cue for cue in distinct.values() if not any(_holds(other, cue) for other in some)]
    return sorted([*none, *kept], key=lambda cue: cue.start)


def _overlap(one: Found, other: Found) -> bool:
    return one.start < other.end and other.start < one.end


def _holds(outer: Found, inner: Found) -> bool:
    inside = outer.start <= inner.start and inner.end <= outer.end
    return inside and outer.end - outer.start > inner.end - inner.start


def _beside(
    reading: Reading, cue: Found, side: str, counted: list[Count], said: list[Found], used: set[int]
) -> list[Count]:
    free = [c for c in counted if c.value is not None and c.start not in used]
    left = _to_left(reading, cue, free, said) if side != "right" else []
    right = _to_right(reading, cue, free, said) if side != "left" else []
    if not left or not right:
        return left or right
    passive = any(reading.ends("be", at) for at in (cue.start, cue.start - 1))
    if side == "around":
        return left if reading.breaks_between(left[0].end - 1, cue.start) == 0 else right
    return left if passive else right


def _to_right(reading: Reading, cue: Found, free: list[Count], said: list[Found]) -> list[Count]:
    """Take the first people after the phrase, and those joined to them by "and" or a comma."""
    found: list[Count] = []
    at = cue.start
    for count in sorted((c for c in free if c.start >= cue.start), key=lambda c: c.start):
        stop = any(reading.words[k].norm in _ENDS for k in range(at, count.start))
        other = any(cue.end <= o.start < count.start for o in said) or _is_other_role(reading, cue, count, said)
        far = count.start - at > (5 if not found else 3)
        if stop or other or far or (found and (_is_part(reading, count) or not _joined(reading, at, count.start))):
            break
        found.append(count)
        at = count.end
    return found


def _to_left(reading: Reading, cue: Found, free: list[Count], said: list[Found]) -> list[Count]:
    """Take the last people before the phrase, and those joined to them by "and" or a comma."""
    found: list[Count] = []
    at = cue.start
    for count in sorted((c for c in free if c.end <= cue.end), key=lambda c: -c.start):
        stop = any(reading.words[k].norm in _ENDS for k in range(count.end, at))
        other = any(count.end <= o.start < cue.start for o in said)
        far = at - count.end > (_REACH if not found else 3)
        if stop or other or far or (found and not _joined(reading, count.end, at)):
            break
        found.append(count)
        at = count.start
    return found


def _is_other_role(reading: Reading, cue: Found, count: Count, said: list[Found]) -> bool:
    """Whether people are named by what befell them, and that is something else: "two dead and fifty wounded"."""
    table = reading.lexicon.casualties
    own = [table[o.label][0] for o in said if count.start <= o.start < count.end and o.end <= count.end]
    return bool(own) and table[cue.label][0] not in own


def _is_part(reading: Reading, count: Count) -> bool:
    """Whether a count is of people counted before: "two people, one of them seriously"."""
    them = reading.marks.get("them", {})
    return any(count.end + k in them for k in (0, 1))


def _joined(reading: Reading, start: int, end: int) -> bool:
    joiners = {at for name in ("clause", "adjective", "article") for at in reading.marks.get(name, ())}
    return start < end and all(reading.words[at].norm == "," or at in joiners for at in range(start, end))
