"""Filter options in, one `Criteria` out: what `ibar query`, `ibar map` and `ibar export` share.

The options are the parameters of the HTTP interface with dashes for underscores, and three that suit a keyboard:
`--near-border` and `--radius` take distances with units, and `--status` lets the command line see drafts.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, TypeVar

import click

from app import params, values
from app.params import Parameter
from geo.errors import InvalidInput
from geo.model import STATUSES, Criteria

Command = TypeVar("Command", bound=Callable[..., Any])
_LENGTHS: Final = {"near_border": "within_m", "radius": "radius_m"}


def filter_options(command: Command) -> Command:
    """Decorate a command with the filter options; it is then called with `criteria`.

    Examples
    --------
    >>> @click.command()
    ... @filter_options
    ... def count(criteria: Criteria) -> None:
    ...     click.echo(resources().store.count(criteria))
    """

    @wraps(command)
    def run(*args: Any, **options: Any) -> Any:
        given = {name: options.pop(_identifier(name)) for name in _names()}
        statuses = options.pop("status")
        return command(*args, criteria=_criteria(given, statuses), **options)

    decorated: Any = run
    for option in reversed(_options()):
        decorated = option(decorated)
    return decorated  # type: ignore[no-any-return]


def reader(parameter: Parameter) -> Callable[[click.Context, click.Parameter, str | None], Any]:
    """Return the click callback that reads an option as `app.params` reads the parameter of that name."""
    return _reader(parameter.read)


def _reader(read: Callable[[str], Any]) -> Callable[[click.Context, click.Parameter, Any], Any]:
    def callback(_: click.Context, option: click.Parameter, given: Any) -> Any:
        texts = given if isinstance(given, tuple) else () if given is None else (given,)
        try:
            return read(",".join(texts)) if texts else None
        except InvalidInput as error:
            raise click.BadParameter(str(error), param=option) from error

    return callback


def _options() -> list[Callable[[Any], Any]]:
    lengths = [
        click.option("--near-border", metavar="DISTANCE", callback=_reader(values.length), help=_NEAR_BORDER),
        click.option("--radius", metavar="DISTANCE", callback=_reader(values.length), help=_RADIUS),
    ]
    status = click.option(
        "--status",
        default="published",
        show_default=True,
        metavar="|".join((*STATUSES, "any")),
        callback=_reader(_statuses),
        help="Which events: the public sees published ones only.",
    )
    return [*lengths, *(_option(parameter) for parameter in params.FILTERS), status]


_NEAR_BORDER: Final = "At most this far from the border line, such as 5km, 500m or 3mi."
_RADIUS: Final = "At most this far from the point of --near, such as 10km."


def _option(parameter: Parameter) -> Callable[[Any], Any]:
    return click.option(
        "--" + parameter.name.replace("_", "-"),
        _identifier(parameter.name),
        multiple=parameter.is_list,
        metavar=_metavar(parameter),
        callback=reader(parameter),
        help=f"{parameter.meaning}.",
    )


def _metavar(parameter: Parameter) -> str:
    """Return what stands after an option in the help: an example, where it is short."""
    example = f'"{parameter.example}"' if " " in parameter.example else parameter.example
    return example if 0 < len(example) <= 28 else "WKT" if parameter is params.POLYGON else "TEXT"


def _statuses(text: str) -> tuple[str, ...]:
    return STATUSES if text == "any" else values.choices(text, STATUSES)


def _identifier(name: str) -> str:
    return name.replace("-", "_")


def _names() -> tuple[str, ...]:
    return (*_LENGTHS, *(parameter.name for parameter in params.FILTERS))


def _criteria(given: dict[str, Any], statuses: tuple[str, ...]) -> Criteria:
    for name, parameter in _LENGTHS.items():
        length = given.pop(name)
        if length is not None and given.get(parameter) is not None:
            first, second = (f"--{option.replace('_', '-')}" for option in (name, parameter))
            raise InvalidInput(f"{first} says the same as {second}; give one of them")
        given[parameter] = given[parameter] if length is None else length
    if given["near"] is not None and given["radius_m"] is None:
        raise InvalidInput("--near: needs --radius as well (or use ibar query --nearest)")
    return params.criteria({name: value for name, value in given.items() if value is not None}, statuses=statuses)
