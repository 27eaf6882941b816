"""The mentions of one event in, how many it killed and injured out."""

from __future__ import annotations

from geo.extract.casualties import TOTAL, Count
from geo.extract.groups import Group
from geo.extract.mentions import Mention


def toll(event: Group, role: str) -> tuple[int | None, int | None, int | None, list[tuple[Mention, Count]]]:
    """Return best, least and greatest count of the killed or injured, and what says so.

    People of different groups are added ("a police officer and three attackers"); of one group, and of a count of
    everybody, the greatest is taken, so that a count that is told twice is not added twice.
    """
    said = [(m, c) for m in event.mentions for c in m.counts if c.role == role and c.value is not None]
    if not said:
        return None, None, None, []
    by_sentence: dict[tuple[str, int], list[Count]] = {}
    for mention, count in {(c.start, m.order): (m, c) for m, c in said}.values():
        by_sentence.setdefault((count.group, mention.order), []).append(count)
    best = _combined(by_sentence, "value")
    return best, _combined(by_sentence, "low"), _combined(by_sentence, "high"), said


def _combined(by_sentence: dict[tuple[str, int], list[Count]], name: str) -> int | None:
    greatest: dict[str, int] = {}
    for (kind, _), counts in by_sentence.items():
        values = [getattr(c, name) for c in counts]
        if any(v is None for v in values):
            return None
        greatest[kind] = max(greatest.get(kind, 0), sum(values))
    parts = sum(value for kind, value in greatest.items() if kind != TOTAL)
    return max(greatest.get(TOTAL, 0), parts)
