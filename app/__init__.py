"""Settings in, a Flask application out; the command line stands beside it in `app.cli`."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Final

from flask import Flask

from app.config import Settings
from app.resources import EXTENSION, Resources

DAY_S: Final = 86_400
VIEWS: Final = (
    "app.views.health",
    "app.views.api",
    "app.views.collections",
    "app.views.features",
    "app.views.items",
    "app.views.data",
    "app.views.lookups",
    "app.views.clusters",
    "app.views.extract",
    "app.views.pages",
    "app.views.embed",
    "app.views.feed",
    "app.views.assets",
    "app.views.export",
)
"""The modules that serve: each has a `blueprint`."""


def create_app(settings: Settings | Mapping[str, str] | None = None) -> Flask:
    """Return the web application.

    Parameters
    ----------
    settings : Settings or mapping, optional
        The settings, or a mapping to read them from instead of the environment variables.

    Raises
    ------
    InvalidInput
        A setting has a value that cannot be used.
    """
    from app import compression, errors, security, turn_taking

    app = create_base(settings, is_web=True)
    compression.register(app)
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = DAY_S
    security.protect(app)
    errors.register(app)
    turn_taking.register(app)
    for name in VIEWS:
        app.register_blueprint(import_module(name).blueprint)
    return app


def create_base(settings: Settings | Mapping[str, str] | None = None, *, is_web: bool = False) -> Flask:
    """Return the application without its views: what the command line needs, without the start-up time of the rest.

    On the web a question to the store may take only so long; a command may take its time.
    """
    from app import translation

    if not isinstance(settings, Settings):
        settings = Settings.from_environ() if settings is None else Settings.from_environ(settings)
    app = Flask(__name__)
    app.extensions[EXTENSION] = Resources(settings, read_limit_s=settings.read_limit_s if is_web else None)
    translation.register(app)
    return app
