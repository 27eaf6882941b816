"""Encoded features in, the rows of the table that a page shows out."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _

from app import words
from app.text_language import text_language
from geo.style import Family, family, label


class Row:
    """One event in the words of a reader."""

    def __init__(self, feature: dict[str, Any]) -> None:
        self.feature = feature
        self.record: dict[str, Any] = feature["properties"]

    @property
    def id(self) -> str:
        """Its identifier."""
        return str(self.feature["id"])

    @property
    def title(self) -> str:
        """Its title, or the next best that it has."""
        return str(self.record["title"] or self.record["summary"] or _("Untitled event"))

    @cached_property
    def title_language(self) -> str:
        """The language of its title; empty where that is ours, in the language of the page."""
        own = self.record["title"] or self.record["summary"]
        return text_language(own) if own else ""

    @cached_property
    def family(self) -> Family:
        """The family whose symbol it has on the map."""
        return family(self.record["event_type"])

    @property
    def type(self) -> str:
        """Its type in words."""
        return label(self.record["event_type"], translate=_)

    @property
    def date(self) -> str:
        """When it was."""
        return words.date_words(self.record)

    @property
    def place(self) -> str:
        """The names of its place."""
        return words.place_names(self.record)

    @property
    def names(self) -> list[tuple[str, str]]:
        """The names of its place, each with its language."""
        return words.named(self.record)

    @cached_property
    def precision(self) -> str:
        """How precisely the place is known."""
        return words.precision_words(self.record)

    @cached_property
    def border(self) -> str:
        """How far from the line it was, and on which side."""
        return words.border_words(self.record)

    @cached_property
    def certainty(self) -> str:
        """Whether it lies within the distance asked for."""
        return words.certainty_words(self.record)

    @cached_property
    def casualties(self) -> str:
        """Who was harmed."""
        return words.casualty_words(self.record)

    @property
    def stage(self) -> str:
        """How far a deployment has come."""
        return str(words.STAGES.get(self.record["stage"] or "", ""))

    @property
    def support(self) -> str:
        """What the event rests on."""
        return str(words.SUPPORTS.get(self.record["support"], self.record["support"]))

    @cached_property
    def sources(self) -> list[dict[str, Any]]:
        """Its sources, with `url` null unless it is an http or https address."""
        record = self.record
        first = {"name": record["source_name"], "url": record["source_url"], "date": record["source_date"]}
        listed = self.feature.get("sources") or ([first] if first["name"] else [])
        return [
            {**source, "url": web_address(source.get("url")), "date_words": words.day_words(source.get("date"))}
            for source in listed
        ]

    @property
    def quotes(self) -> list[str]:
        """The spans of text that it rests on, each once."""
        return list(dict.fromkeys(evidence["text"] for evidence in self.feature.get("evidence") or ()))


def rows(features: Iterable[bytes]) -> list[Row]:
    """Return the rows of encoded features, in their order."""
    return [Row(json.loads(feature)) for feature in features]


def web_address(url: str | None) -> str | None:
    """Return an address if it is an http or https one with a host; else null."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None
