"""Single-line texts of awkward shapes and rising length in, the time that they take and its growth out.

    python -m bench.long_texts [--longest 1000000]

Each shape is repeated to 100 kB, 300 kB and 1 MB without a line break, and read whole: names found, events taken,
places looked up. The growth is the exponent of time against length between the shortest and the longest: 1 is linear.
Beside it the time that Python's own search for words (`re.findall`) takes for the same text.
"""

from __future__ import annotations

import argparse
import math
import re
import time
from collections.abc import Callable
from datetime import date
from typing import Final

from geo.border import Border
from geo.gazetteer import Gazetteer
from geo.model import Document
from geo.pipeline import events_from_document

SIZES: Final = (100_000, 300_000, 1_000_000)
DAY: Final = date(2023, 11, 7)
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
    start = time.process_time()
    events_from_document(Document(id="d", text=text, published=DAY), gazetteer, border)
    return time.process_time() - start


def plain(text: str) -> float:
    start = time.process_time()
    re.findall(r"\w+", text)
    return time.process_time() - start


def filled(unit: str, size: int) -> str:
    return (unit * (size // len(unit) + 1))[:size]


def growth(of: Callable[[int], float], short: int, long: int) -> float:
    return math.log(max(of(long), 1e-4) / max(of(short), 1e-4)) / math.log(long / short)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--longest", type=int, default=SIZES[-1], metavar="CHARACTERS")
    longest = parser.parse_args().longest
    sizes = [size for size in SIZES if size <= longest]
    seconds(filled(SHAPES["events"], 5_000))
    print(f"{'shape':18}" + "".join(f"{size // 1000:>9} kB" for size in sizes) + f"{'growth':>9}{'re.findall':>12}")
    worst = 0.0
    for name, unit in SHAPES.items():
        took = {size: seconds(filled(unit, size)) for size in sizes}
        grown = growth(took.__getitem__, sizes[0], sizes[-1])
        worst = max(worst, grown)
        times = "".join(f"{took[size]:>10.2f} s" for size in sizes)
        print(f"{name:18}{times}{grown:>9.2f}{plain(filled(unit, sizes[-1])):>10.2f} s", flush=True)
    print(f"greatest growth {worst:.2f} (1 is linear)")


if __name__ == "__main__":
    main()
