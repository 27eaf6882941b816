"""The annotated texts of tests/data in, how well and how fast events are taken from them out, Ibar beside a baseline.

    python -m bench.extraction [--wrong]

Prints, for the dev split (rules may be written from it) and the test split (kept aside) apart, of the short texts and
of the longer passages that others than the writers of the rules wrote: place names, places, events, dates and deaths
for each language and script; how often a confidence is right; articles per second on one core; and what opening the
gazetteer takes. `bench/baseline.py` says what the baseline is. `--wrong` lists each event that is missed or too many,
for the dev splits only.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import cycle, pairwise
from pathlib import Path
from typing import Final

from bench import baseline
from bench.scoring import FAMILIES, PASSAGES, Answer, Said, Tally, Text, corpus, ratio, score
from geo.border import Border
from geo.gazetteer import Gazetteer
from geo.geocode import resolve
from geo.model import Document
from geo.pipeline import events_from_document

LANGUAGES: Final = ("en", "sq", "sr-Latn", "sr-Cyrl")
ARTICLE_WORDS: Final = 411
"""Words of an agency report of middling length."""
ARTICLES: Final = 40
RUNS: Final = 5
BINS: Final = (0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 1.01)
Program = Callable[[Text], Answer]
_OPEN: Final = (
    "import time; import geo.gazetteer; start = time.perf_counter();"
    "g = geo.gazetteer.Gazetteer.open(); g.mentions('Zvečan and Banjska, Kosovo'); took = time.perf_counter() - start;"
    "import datetime, geo.border, geo.model, geo.pipeline, pathlib;"
    "d = geo.model.Document(id='d', text='Shots were fired in Zvečan, Kosovo. ' * 80, published=datetime.date.today());"
    "geo.pipeline.events_from_document(d, g, geo.border.Border.load());"
    "lines = pathlib.Path('/proc/self/status').read_text().splitlines();"
    "print(took, [line for line in lines if line.startswith('VmHWM')][0].split()[1])"
)


def ibar(text: Text) -> Answer:
    gazetteer, border = Gazetteer.open(), Border.load()
    document = Document(id=text.id, text=text.text, published=text.published)
    events = [
        Said(
            FAMILIES.get(e.facts.event_type, e.facts.event_type), e.location.position, e.facts.when.start,
            e.facts.fatalities or 0, e.facts.confidence,
        )
        for e in events_from_document(document, gazetteer, border)
    ]  # fmt: skip
    names = gazetteer.mentions(text.text)
    context = [i for name in names for i in name.place_ids]
    best = [resolve(name, gazetteer, context=context, border=border)[:1] for name in names]
    points = [one.place.position for some in best for one in some]
    return Answer(events, frozenset((n.start, n.end) for n in names), points)


def naive(find: baseline.Find) -> Program:
    def answer(text: Text) -> Answer:
        names = list(find(text.text))
        events = [Said(e.family, e.at, e.day, e.deaths) for e in baseline.events(text.text, text.published, find)]
        return Answer(events, frozenset((n.start, n.end) for n in names), [n.at for n in names])

    return answer


def tallies(program: Program, texts: Sequence[Text]) -> dict[str, Tally]:
    found = {language: Tally() for language in (*LANGUAGES, "all")}
    for text in texts:
        answer = program(text)
        for name in (text.language, "all"):
            score(text, answer, found[name])
    return found


def print_split(split: str, texts: Sequence[Text], programs: dict[str, Program]) -> None:
    print(f"\n{split} split: {len(texts)} texts, {sum(len(t.gold) for t in texts)} events,"
          f" {sum(not t.gold for t in texts)} texts without one")  # fmt: skip
    heads = ("", "names P", "names R", "5 km", "161 km", "events P", "R", "F1", "dates", "deaths", "F1 ratio")
    print(f"{heads[0]:34}" + "".join(f"{head:>9}" for head in heads[1:]))
    ours: dict[str, Tally] = {}
    for name, program in programs.items():
        found = tallies(program, texts)
        ours = ours or found
        for language, t in found.items():
            shares = (
                ratio(t.names_right, t.names_said), ratio(t.names_right, t.names), ratio(t.near, t.places),
                ratio(t.far, t.places), ratio(t.right, t.said), ratio(t.right, t.gold), t.f1,
                ratio(t.dates_right, t.dates), ratio(t.deaths_right, t.right),
            )  # fmt: skip
            factor = f"{ours[language].f1 / t.f1:8.1f}x" if t.f1 else "        -"
            print(f"{name:26}{language:8}" + "".join(f"{share:9.2f}" for share in shares) + factor)
    print_calibration(ours["all"])


def print_calibration(tally: Tally) -> None:
    print("\nconfidence      said    right    share")
    for low, high in pairwise(BINS):
        right = [is_right for confidence, is_right in tally.by_confidence if low <= confidence < high]
        print(f"{low:.2f} - {min(high, 1):.2f}{len(right):9}{sum(right):9}{ratio(sum(right), len(right)):9.2f}")
    sure = [is_right for confidence, is_right in tally.by_confidence if confidence >= 0.7]
    share, held = ratio(sum(sure), len(sure)), ratio(sum(sure), tally.right)
    print(f"0.70 and more: precision {share:.2f}, and {held:.0%} of all that are right")


def wrong(texts: Sequence[Text]) -> Iterator[str]:
    for text in texts:
        tally, answer = Tally(), ibar(text)
        score(text, answer, tally)
        if tally.right < max(tally.gold, tally.said):
            yield f"{text.id}: annotated {[(g.family, g.at) for g in text.gold]}"
            yield f"{' ' * len(text.id)}  said {[(s.family, s.at, s.confidence) for s in answer.events]}"


def articles(texts: Sequence[Text]) -> list[Text]:
    """Join texts of a language to articles of the usual length."""
    made = []
    for language in LANGUAGES:
        waiting = cycle([text for text in texts if text.language == language])
        for number in range(ARTICLES // len(LANGUAGES)):
            parts: list[str] = []
            while sum(len(part.split()) for part in parts) < ARTICLE_WORDS:
                parts.append(next(waiting).text)
            made.append(Text(f"{language}{number}", language, "", "\n\n".join(parts), date(2023, 11, 7), (), None))
    return made


def rate(program: Callable[[Text], object], made: Sequence[Text]) -> float:
    """Return articles per second of this process's own time: the best of several runs after one to warm up."""
    took = []
    for _ in range(RUNS + 1):
        start = time.process_time()
        for article in made:
            program(article)
        took.append(time.process_time() - start)
    return len(made) / min(took[1:])


def print_speed(texts: Sequence[Text], programs: dict[str, Program]) -> None:
    made = articles(texts)
    gazetteer, border = Gazetteer.open(), Border.load()

    def whole_way(text: Text) -> object:
        return events_from_document(
            Document(id=text.id, text=text.text, published=text.published), gazetteer, border
        )  # fmt: skip

    ours = rate(whole_way, made)
    print(f"\narticles of {ARTICLE_WORDS} words per second on one core, put together from these texts (an event in"
          f" every second sentence): Ibar {ours:.0f}")  # fmt: skip
    for name, program in list(programs.items())[1:]:
        peer = rate(program, made)
        print(f"  {name} {peer:.0f} ({ours / peer:.2f}x)")
    if folder := os.environ.get("IBAR_EVAL_DIR"):
        report = (Path(folder) / "article-2023-11-07.txt").read_text("utf-8")
        given = Text("given", "en", "", report, date(2023, 11, 7), (), None)
        print(f"the article of the evaluation folder, per second: Ibar {rate(whole_way, [given] * 10):.0f}")
    opened = subprocess.run([sys.executable, "-c", _OPEN], capture_output=True, text=True, check=True).stdout.split()
    print(f"in a fresh process: opening the gazetteer {float(opened[0]):.2f} s; greatest memory, an article read and"
          f" placed, {float(opened[1]) / 1024:.0f} MB")  # fmt: skip
    start = time.perf_counter()
    baseline.towns.cache_clear()
    baseline.towns()
    print(f"reading the baseline's list of towns {time.perf_counter() - start:.2f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--wrong", action="store_true", help="list what is wrong in the dev split, and nothing else")
    asked = parser.parse_args()
    texts, passages = corpus(Gazetteer.open()), corpus(Gazetteer.open(), PASSAGES)
    if asked.wrong:
        print("\n".join(wrong([text for text in (*texts, *passages) if text.split == "dev"])))
        return
    programs: dict[str, Program] = {"Ibar": ibar}
    programs |= {name: naive(find) for name, find in baseline.finders().items()}
    for name, some in (("texts", texts), ("passages", passages)):
        for split in ("dev", "test"):
            print_split(f"{name}, {split}", [text for text in some if text.split == split], programs)
    print_speed(texts, programs)


if __name__ == "__main__":
    main()
