"""Arguments in, text on standard output and an exit status out: the `ibar` command.

To add a command, write it in a file of its own and name it in `COMMANDS`. A command is imported when it is asked for,
so that `ibar border` starts without the mapping libraries. Inside a command `app.resources.resources()` gives the
gazetteer, the border and the store.
"""

from __future__ import annotations

import sys
from contextlib import closing
from importlib import import_module
from typing import Any, Final, cast

import click
from flask.cli import FlaskGroup, ScriptInfo

from app import create_base
from app.resources import resources
from app.tables import plain
from geo.errors import GeoError, InvalidInput

COMMANDS: Final = {
    "border": "app.cli.border:border",
    "boundaries": "app.cli.boundaries:boundaries",
    "check": "app.cli.check:check",
    "export": "app.cli.export:export",
    "extract": "app.cli.extract:extract",
    "gazetteer": "app.cli.gazetteer:gazetteer",
    "geocode": "app.cli.gazetteer:geocode",
    "ingest": "app.cli.ingest:ingest",
    "map": "app.cli.map:map_",
    "query": "app.cli.query:query",
    "review": "app.cli.review:review",
    "serve": "app.cli.serve:serve",
    "template": "app.cli.ingest:template",
}
"""Each command, with the module and the attribute that hold it."""


class InputRefused(click.ClickException):
    """The caller's input is to blame."""

    exit_code = 2


class CommandLine(FlaskGroup):
    """The group of `COMMANDS`, run inside an application context, with library errors told in one line."""

    def __init__(self, **extra: Any) -> None:
        settings = {"auto_envvar_prefix": None, "help_option_names": ["-h", "--help"], "max_content_width": 100}
        super().__init__(
            add_default_commands=False,
            add_version_option=False,
            create_app=create_base,
            load_dotenv=False,
            set_debug_flag=False,
            context_settings=settings,
            **extra,
        )
        self.params = []  # Flask's --app and --env-file would only load another application

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in alphabetical order."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import a command by its name."""
        if name not in COMMANDS:
            return None
        module, attribute = COMMANDS[name].split(":")
        return cast(click.Command, getattr(import_module(module), attribute))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for."""
        try:
            ctx.with_resource(ctx.ensure_object(ScriptInfo).load_app().app_context())
            here = resources()
            here.say = _on_a_terminal
            with closing(here):
                return super().invoke(ctx)
        except GeoError as error:
            refused = InputRefused if isinstance(error, InvalidInput) else click.ClickException
            raise refused(plain(str(error))) from error


def _on_a_terminal(text: str) -> None:
    if sys.stderr.isatty():
        click.echo(text, err=True)


@click.version_option(package_name="ibar", prog_name="ibar")
@click.group(cls=CommandLine)
def cli() -> None:
    """Incident map of the Kosovo–Serbia border: articles and tables in; maps, answers and prints out.

    \b
    Start here:
      ibar serve                            open http://127.0.0.1:8000
      ibar query --near-border 5km          what happened within 5 km of the border
      ibar extract article.txt --published 2023-11-07
      ibar COMMAND --help                   the options of a command, with an example
    """
