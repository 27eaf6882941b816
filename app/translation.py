"""A request in, the language of its answer out."""

from __future__ import annotations

from typing import Final

from flask import Flask, has_request_context, request
from flask_babel import Babel, get_locale

LANGUAGES: Final = ("en",)
"""The languages that there is a translation for; English is the source text."""


def register(app: Flask) -> None:
    """Set up gettext for templates and code."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    app.config["BABEL_DEFAULT_LOCALE"] = LANGUAGES[0]
    Babel(app, locale_selector=language)
    app.jinja_env.globals["get_locale"] = get_locale


def language() -> str:
    """Return the language of the answer: `?lang=`, else the best of Accept-Language, else English."""
    if not has_request_context():
        return LANGUAGES[0]
    asked = request.args.get("lang", "")
    return asked if asked in LANGUAGES else request.accept_languages.best_match(LANGUAGES, LANGUAGES[0])
