"""Single-line texts of awkward shapes and rising length in, the time that they take and its growth out.

    python -m bench.long_texts [--longest 1000000]

Each shape is repeated to 10 kB, 100 kB and 1 MB without a line break, and read whole: names found, events taken, places
looked up. Two are no repetition of a phrase but the texts of `tests/data/extraction.jsonl`, one after another: news in
which every second sentence tells of an event; one names another village in each sentence. Time is the process's own, in
seconds for a megabyte, with a gazetteer that was just opened; the ratio is that of the longest text to the shortest, so
1 is linear. Beside it the time that Python's own search for words (`re.findall`) takes for the same text, and at the
end the most memory that the process had.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import time
from datetime import date
from itertools import islice, product
from pathlib import Path
from typing import Final

from geo.border import Border
from geo.gazetteer import Gazetteer
from geo.model import Document
from geo.pipeline import events_from_document

SIZES: Final = (10_000, 100_000, 1_000_000)
RUNS: Final = 3
"""Of the shorter ones the best of so many."""
DAY: Final = date(2023, 11, 7)
WARM_UP: Final = "Kosovo police came to the village of Banjskka."
CORPUS: Final = Path(__file__).resolve().parents[1] / "tests" / "data" / "extraction.jsonl"
SHAPES: Final = {
    "one word": "Kosovo ",
    "one village": "Banjska ",
    "capitals": "POLICE SHOT IN ZVEČAN ",
    "names in a row": "Zvečan, Banjska, Leposavić and ",
    "slashes": "Mitrovica/Mitrovicë/",
    "village of": "in the village of ",
    "no spaces": "Zvečan",
    "letters": "a",
    "quotes": "“",
    "brackets": "((((",
    "full stops": ". ",
    "digits": "1.000.",
    "numbers": "24 and ",
    "dates": "24 September 2023 ",
    "killed": "killed and injured 3 people, ",
    "events": "Police shot three people in Zvečan, Kosovo. ",
    "events, no stop": "police shot three people in Zvečan, Kosovo, after an attack in Banjska and ",
    "grenades": "grenade attack in Zvečan, Kosovo after a grenade attack. Another grenade attack in Banjska. ",
    "troops": "will send troops to Kosovo ",
    "Serbian": "u Zvečanu je pucano na policiju, u Banjskoj ",
    "Cyrillic": "пуцано је у Звечану на полицију. ",
    "Albanian": "të shtëna në Zveçan dhe në Banjskë, ",
    "mixed scripts": "Zveсan Звeчан ",
    "combining": "Z\u030cvec\u030can ",
    "invisible": "\u200b\u00ad",
}


def seconds(text: str) -> float:
    """Return the process's own time for one text."""
    gazetteer, border = Gazetteer.open(), Border.load()
    events_from_document(Document(id="w", text=WARM_UP, published=DAY), gazetteer, border)
    start = time.process_time()
    events_from_document(Document(id="d", text=text, published=DAY), gazetteer, border)
    return time.process_time() - start


def misspelt() -> str:
    """Return 1 MB of villages that do not exist, no two alike: each is compared with every name that is like it."""
    letters = "abdefghijklmnoprstuvz"
    words = ("".join(some) for some in product("BGKLMZ", letters, letters, "aeiou", letters, ("ca", "vo")))
    return " ".join(f"Kosovo police came to the village of {word}." for word in islice(words, 23_000))


def plain(text: str) -> float:
    start = time.process_time()
    re.findall(r"\w+", text)
    return time.process_time() - start


def filled(unit: str, size: int) -> str:
    return (unit * (size // len(unit) + 1))[:size]


def news(*, joint: str) -> str:
    """Return the texts of the test corpus, one after another, in no order of language."""
    rows = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    return joint.join(row["text"] for row in sorted(rows, key=lambda row: row["id"][::-1])) + joint


def measured(unit: str, size: int) -> float:
    """Return the seconds that a megabyte of a shape takes."""
    text = filled(unit, size)
    return min(seconds(text) for _ in range(RUNS if size < SIZES[-1] else 1)) / size * 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--longest", type=int, default=SIZES[-1], metavar="CHARACTERS")
    longest = parser.parse_args().longest
    sizes = [size for size in SIZES if size <= longest]
    shapes = {
        "villages, misspelt": misspelt(),
        "news, one line": news(joint=" "),
        "news, paragraphs": news(joint="\n\n"),
        **SHAPES,
    }
    for unit in shapes.values():
        seconds(filled(unit, 2_000))  # lexicons and places are read once
    print(
        f"{'seconds for 1 MB':20}" + "".join(f"{f'of {size // 1000} kB':>11}" for size in sizes) + "   ratio re.findall"
    )
    worst = slowest = 0.0
    for name, unit in shapes.items():
        took = [measured(unit, size) for size in sizes]
        worst, slowest = max(worst, took[-1] / took[0]), max(slowest, took[-1])
        times = "".join(f"{one:>11.2f}" for one in took)
        print(f"{name:20}{times}{took[-1] / took[0]:>8.2f}{plain(filled(unit, sizes[-1])):>9.2f} s", flush=True)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"greatest ratio {worst:.2f} (1 is linear), slowest {slowest:.1f} s for 1 MB, most memory {memory:.0f} MB")


if __name__ == "__main__":
    main()
