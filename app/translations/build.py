"""The words in code and templates and the translators' files in, complete catalogues for gettext out.

`python app/translations/build.py` takes new words into `sq` and `sr_Latn` (empty, for a translator to fill in), drops
those that are gone, writes Serbian Cyrillic from the Latin one by `transliterate`, and compiles all three. With
`--check` it only says what would change or is not translated.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

FOLDER: Final = Path(__file__).resolve().parent
ROOT: Final = FOLDER.parents[1]
sys.path.insert(0, str(ROOT))

from app.translations.cyrillic import transliterate  # noqa: E402  # found from the root of the project

WRITTEN: Final = ("sq", "sr_Latn")
"""The languages that people translate into."""
DERIVED: Final = {"sr_Cyrl": "sr_Latn"}
"""Catalogues that are made from another one."""
_WHENEVER: Final = datetime(2024, 1, 1, tzinfo=UTC)
"""The same words give the same files."""
_METHODS: Final = [("app/templates/**.html", "jinja2"), ("app/**.py", "python"), ("geo/**.py", "python")]
_KEYWORDS: Final = {**DEFAULT_KEYWORDS, "_later": None, "translate": None, "plural_forms": (1, 2)}
CONSTANTS: Final[Mapping[str, tuple[str, ...]]] = {
    "geo.style": ("LABELS", "FAMILIES"),
    "geo.maps": ("LAYERS", "COUNTRY_LABELS"),
    "geo.wording": ("LINE_NAMES", "SHORT_NAMES", "STATUS_NOTE"),
    "geo.geojson": ("CITATION",),
    "geo.query": ("_NOUNS", "_WITHIN", "_SIDES"),
}
"""Values of modules that hold words for people, which code hands to `translate` by name."""


def messages() -> dict[str | tuple[str, str], None]:
    """Return every message id, in a stable order; a counted one is a pair."""
    found: dict[Any, None] = {}
    options = {"jinja2": {"silent": "false"}}
    for folder in ("app", "geo"):
        rules = [
            (pattern.removeprefix(f"{folder}/"), method) for pattern, method in _METHODS if pattern.startswith(folder)
        ]
        hits = extract_from_dir(
            str(ROOT / folder), rules, {pattern: options.get(m, {}) for pattern, m in rules}, keywords=_KEYWORDS
        )
        for _file, _line, message, _comments, _context in hits:
            found[message] = None
    for module, names in CONSTANTS.items():
        for name in names:
            found |= dict.fromkeys(_words(getattr(import_module(module), name)))
    found.pop("", None)
    pairs = {message[0] for message in found if isinstance(message, tuple)}
    kept = (message for message in found if isinstance(message, tuple) or message not in pairs)
    return dict.fromkeys(sorted(kept, key=lambda message: message if isinstance(message, str) else message[0]))


def _words(value: Any) -> Iterator[str]:
    """Yield the words in a constant: texts, values of mappings, the label (or else the name) of a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _words(each)
    elif isinstance(value, tuple):
        for each in value:
            yield from _words(each)
    else:
        yield value.label if hasattr(value, "label") else value.name


def read(locale: str) -> Catalog:
    """Return the catalogue of a language as its file has it; an empty one where there is none."""
    path = _file(locale, "po")
    if not path.exists():
        return Catalog(locale=locale)
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def renewed(old: Catalog) -> Catalog:
    """Return a catalogue with the messages of today and the translations that it has."""
    fresh = _empty(str(old.locale))
    for message in messages():
        known = old.get(message[0] if isinstance(message, tuple) else message)
        fresh.add(message, known.string if known and (not known.fuzzy) else None)
    return fresh


def derived(source: Catalog, locale: str) -> Catalog:
    """Return the Cyrillic catalogue of a Latin one."""
    fresh = _empty(locale)
    for message in source:
        if message.id:
            strings = message.string if isinstance(message.string, (tuple, list)) else (message.string or "",)
            written = tuple(transliterate(text) for text in strings)
            fresh.add(message.id, written if isinstance(message.string, (tuple, list)) else written[0])
    return fresh


def _empty(locale: str) -> Catalog:
    catalog = Catalog(locale=locale, project="Ibar", fuzzy=False, charset="utf-8")
    catalog.header_comment = "# Written by build.py; translations are filled in by people."
    catalog.creation_date = catalog.revision_date = _WHENEVER
    catalog.last_translator = catalog.language_team = "Ibar"
    return catalog


def written(catalog: Catalog) -> bytes:
    """Return a catalogue as the text that translators edit."""
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=120, sort_output=True, no_location=True)
    return buffer.getvalue()


def compiled(catalog: Catalog) -> bytes:
    """Return a catalogue as gettext reads it."""
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def missing(catalog: Catalog) -> list[str]:
    """Return the messages of a catalogue that have no translation."""
    return [str(m.id) for m in catalog if m.id and not all(m.string if isinstance(m.string, tuple) else (m.string,))]


def files() -> dict[Path, bytes]:
    """Return every file that this program writes, with the content that it should have."""
    catalogs = {locale: renewed(read(locale)) for locale in WRITTEN}
    catalogs |= {locale: derived(catalogs[source], locale) for locale, source in DERIVED.items()}
    found = {_file(locale, "po"): written(catalog) for locale, catalog in catalogs.items()}
    return found | {_file(locale, "mo"): compiled(catalog) for locale, catalog in catalogs.items()}


def faults() -> list[str]:
    """Return what is not as it should be: files that differ, messages without a translation."""
    stale = [
        f"{path.relative_to(ROOT)}: is not what build.py writes"
        for path, content in files().items()
        if not path.exists() or path.read_bytes() != content
    ]
    lacking = [f"{locale}: no translation of {text!r}" for locale in WRITTEN for text in missing(renewed(read(locale)))]
    return stale + lacking


def _file(locale: str, suffix: str) -> Path:
    return FOLDER / locale / "LC_MESSAGES" / f"messages.{suffix}"


def main(arguments: list[str]) -> int:
    """Run the program; return its exit status."""
    if "--check" not in arguments:
        for path, content in files().items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    found = faults()
    print("\n".join(found) or "every message is translated")  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
