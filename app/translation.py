"""A request in, the language of its answer and the reader's choice of place names out."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from flask import Flask, has_request_context, request
from flask_babel import Babel

from app.text_language import text_language

LANGUAGES: Final = {"en": "English", "sq": "Shqip", "sr-Latn": "Srpski", "sr-Cyrl": "Српски"}
"""The languages that there is a translation for, as BCP 47 writes them, each with its own name for itself."""
NAME_CHOICES: Final = ("both", "sq", "sr")
"""Values of `labels`: places by both names, by the Albanian or by the Serbian one."""
THEMES: Final = ("light", "dark")
"""Values of `theme`: the colours of the page, whatever the reader's device prefers."""
PLAIN: Final = {"lang": None, "labels": None, "theme": None}
"""For `url_for`: an address that is the same for every reader."""
_DEFAULT: Final = "en"
_SCRIPTLESS: Final = "sr"
"""Serbian without a script: Latin is meant, which both alphabets' readers read."""
_KNOWN: Final = "ibar.language"
"""Where a request keeps the language of its answer: every word of an answer asks for it."""
_KEEPING: Final = frozenset({"pages.map_page", "pages.event_page", "pages.about", "embed.view", "embed.share"})
"""Pages whose links carry the reader's choices on: there is no cookie to keep them."""


def register(app: Flask) -> None:
    """Set up gettext for templates and code."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    app.config["BABEL_DEFAULT_LOCALE"] = _DEFAULT
    Babel(app, locale_selector=lambda: language().replace("-", "_"))
    app.jinja_env.globals.update(
        language=language,
        languages=LANGUAGES,
        name_choice=name_choice,
        here_with=here_with,
        choices=choices,
        theme=theme,
        plain=PLAIN,
        text_language=text_language,
    )
    app.url_defaults(_keep_choices)


def language() -> str:
    """Return the language of the answer: `?lang=`, else the best of Accept-Language, else English."""
    if not has_request_context():
        return _DEFAULT
    known: str | None = request.environ.get(_KNOWN)
    if known is None:
        known = request.environ[_KNOWN] = _asked_language()
    return known


def _asked_language() -> str:
    asked = request.args.get("lang", "")
    if asked in LANGUAGES:
        return asked
    if asked == _SCRIPTLESS:
        return "sr-Latn"
    wanted = (_offered(code) for code, _quality in request.accept_languages)
    return next((code for code in wanted if code), _DEFAULT)


def _offered(code: str) -> str | None:
    """Return the language that a tag such as `sr-Cyrl-RS` asks for, less what is not needed to find it."""
    parts = code.split("-")
    for length in range(len(parts), 0, -1):
        prefix = "-".join(parts[:length]).lower()
        found = next((known for known in LANGUAGES if known.lower() == prefix), None)
        if found or prefix == _SCRIPTLESS:
            return found or "sr-Latn"
    return None


def name_choice() -> str:
    """Return which names of places the reader wants: one of `NAME_CHOICES`."""
    asked = request.args.get("labels", "") if has_request_context() else ""
    return asked if asked in NAME_CHOICES else NAME_CHOICES[0]


def theme() -> str:
    """Return the colours that the reader chose: one of `THEMES`, or empty for those that the device prefers."""
    asked = request.args.get("theme", "") if has_request_context() else ""
    return asked if asked in THEMES else ""


def choices() -> dict[str, str]:
    """Return what the reader chose in the address and links must carry on: language, place names, colours."""
    known = {"lang": (*LANGUAGES, _SCRIPTLESS), "labels": NAME_CHOICES[1:], "theme": THEMES}
    given = {name: request.args.get(name, "") for name in known}
    return {name: value for name, value in given.items() if value in known[name]}


def here_with(**changed: str) -> str:
    """Return the address of this page with some parameters changed."""
    given = {**request.args.to_dict(flat=False), **changed}
    given.pop("cursor", None)
    return f"{request.script_root}{request.path}?{urlencode(given, doseq=True, safe=',/:')}"


def _keep_choices(endpoint: str, arguments: dict[str, Any]) -> None:
    if endpoint in _KEEPING and has_request_context():
        for name, value in choices().items():
            arguments.setdefault(name, value)
