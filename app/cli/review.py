"""A reviewer's word in, an event published or withdrawn out."""

from __future__ import annotations

import getpass
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

import click

from app import values
from app.resources import resources
from app.tables import aligned, plain
from geo import review as reviews
from geo.errors import InvalidInput
from geo.model import STATUSES, Criteria, Event, Status
from geo.store.interface import Store, Stored, Version

_WHY: Final = click.option("--why", required=True, metavar="TEXT", help="The reason; it is kept in the history.")
_WHO: Final = click.option("--who", metavar="NAME", help="Your name in the history.  [default: the login name]")
_IDS: Final = click.argument("event_ids", metavar="ID...", nargs=-1, required=True)


@click.group()
def review() -> None:
    """List drafts, look at one, and publish or withdraw it.

    \b
    Examples:
      ibar review list
      ibar review show ID
      ibar review accept ID --why "matches the police statement"
    """


@review.command("list")
@click.option("--status", type=click.Choice(STATUSES), default="draft", show_default=True)
@click.option("--limit", type=click.IntRange(min=1), default=200, show_default=True, help="Most events.")
def list_(*, status: Status, limit: int) -> None:
    """List the events that wait for a decision, the newest first.

    \b
    Example:
      ibar review list --status withdrawn
    """
    store, criteria = resources().store, Criteria(statuses=(status,))
    features = [json.loads(f)["properties"] for f in islice(store.iterate(criteria, sort="-updated_at"), limit)]
    if not features:
        click.echo(f"No event is {status}.")
        return
    repeats = [store.get(of["id"], statuses=STATUSES).event.possible_duplicate_of or "" for of in features]
    heads = ("id", "type", "date", "place", "confidence", "title", *(("may repeat",) if any(repeats) else ()))
    rows = [(*_row(of), *((other,) if any(repeats) else ())) for of, other in zip(features, repeats, strict=True)]
    click.echo(aligned(heads, rows))
    total = store.count(criteria).number_matched
    click.echo(f"\n{len(features)} of {total}; ibar review show ID tells all that is known of one")


def _row(of: Mapping[str, Any]) -> tuple[str, ...]:
    place = of["place_name"] or "not placed"
    return (of["id"], of["event_type"], of["date_start"] or "unknown", place, f"{of['confidence']:.2f}", of["title"])


@review.command()
@click.argument("event_id", metavar="ID")
@click.option("--format", "form", type=click.Choice(["text", "geojson"]), default="text", show_default=True)
def show(*, event_id: str, form: str) -> None:
    """Show an event with its evidence, sources, other places that its name may mean, and history.

    \b
    Example:
      ibar review show ID --format geojson
    """
    store = resources().store
    stored = store.get(event_id, statuses=STATUSES)
    if form == "geojson":
        click.echo(stored.feature)
    else:
        told = _told(json.loads(stored.feature), store.history(event_id), _repeated(store, stored.event))
        click.echo("\n".join(plain(line) for line in told))


def _repeated(store: Store, event: Event) -> list[str]:
    """Tell of the event that one may repeat, with both dates; nothing is decided here."""
    if event.possible_duplicate_of is None:
        return []
    other = store.get(event.possible_duplicate_of, statuses=STATUSES).event
    place = other.location.place_name or "not placed"
    return [
        f"{other.id} ({other.status}): {other.facts.title}, {place}, {_days(other)}; this one: {_days(event)}",
        "Reject this one if they are the same; its date was not changed to fit.",
    ]


def _days(event: Event) -> str:
    when = event.facts.when
    return "/".join(day.isoformat() for day in (when.start, when.end) if day) or "no date"


def _told(feature: Mapping[str, Any], history: Iterable[Version], repeated: list[str]) -> Iterator[str]:
    known = {k: v for k, v in feature["properties"].items() if v not in (None, "", [])}
    widest = max(map(len, known))
    yield from (f"{name:{widest}}  {value}" for name, value in known.items())
    at = feature["geometry"]
    yield f"{'position':{widest}}  {'none' if at is None else '{}, {}'.format(*at['coordinates'])}"
    for head, lines in (
        ("May repeat", repeated),
        ("Evidence", [f'{e["supports"]}: "{e["text"]}" ({e["start"]}-{e["end"]})' for e in feature["evidence"]]),
        ("Sources", [" ".join(filter(None, (s["name"], s["date"], s["url"]))) for s in feature["sources"]]),
        ("May also be", [f"{a['name']}, {a['municipality']} ({a['score']:.2f})" for a in feature["alternatives"]]),
        ("History", [f"{v.revision} {v.decision.at} {_act(v)}" for v in history]),
    ):
        yield from _section(head, lines)


def _act(version: Version) -> str:
    decision = version.decision
    return f"{decision.action} by {decision.who}: {decision.why} -> {version.status}"


def _section(head: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield from ("", f"{head}:", *(f"  {line}" for line in lines))


@review.command()
@_IDS
@_WHY
@_WHO
def accept(*, event_ids: tuple[str, ...], why: str, who: str | None) -> None:
    """Publish drafts: from then on everybody sees them.

    \b
    Example:
      ibar review accept ID --why "matches the police statement"
    """
    _decide(reviews.accept, event_ids, why=why, who=who)


@review.command()
@_IDS
@_WHY
@_WHO
def reject(*, event_ids: tuple[str, ...], why: str, who: str | None) -> None:
    """Withdraw drafts or published events: nobody outside sees them any more.

    \b
    Example:
      ibar review reject ID --why "the source took it back"
    """
    _decide(reviews.reject, event_ids, why=why, who=who)


def _decide(act: Callable[..., Stored], event_ids: tuple[str, ...], *, why: str, who: str | None) -> None:
    store, name = resources().store, who or _login()
    _check_known(store, event_ids)
    for event_id in event_ids:
        stored = act(store, event_id, who=name, why=why)
        click.echo(f"{event_id} is {stored.event.status} (revision {stored.revision})")


def _check_known(store: Store, event_ids: tuple[str, ...]) -> None:
    """Refuse the whole list where one of it does not exist, so that a slip of the hand decides nothing."""
    known = store.statuses(event_ids)
    unknown = [event_id for event_id in event_ids if event_id not in known]
    if unknown:
        raise InvalidInput(f"no event {', '.join(map(values.shown, unknown))}; nothing was decided")


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError) as error:
        raise InvalidInput("--who: this system has no login name; give yours") from error
