"""The name of a browser module in, one module that holds it and all that it imports out.

A browser takes one file sooner than twenty, on a slow processor above all. The modules keep to a small part of the
language, which makes this a matter of text: imports are `import { a, b } from "ibar/name.js"` at the start of a line,
exports stand before a declaration at the start of a line, and only the module that starts may await.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

MODULES: Final = Path(__file__).with_name("static") / "js"
_IMPORT: Final = re.compile(r'^import \{([^{}]*)\} from "ibar/([a-z_]+)\.js";$', re.MULTILINE)
_EXPORT: Final = re.compile(r"^export (?=(?:const|function|async function|class) (\w+))", re.MULTILINE)
_LEFT: Final = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


@cache
def bundle(entry: str) -> str:
    """Return a module's text with everything that it imports, each module in a scope of its own.

    Raises
    ------
    ValueError
        Modules import each other in a circle, or one of them uses a form that is not known here.
    """
    *needed, last = _in_order(entry.removesuffix(".js"), ())
    parts = [_scoped(name) for name in dict.fromkeys(needed)]
    return "\n".join((*parts, _body(last)))


def _in_order(name: str, above: tuple[str, ...]) -> list[str]:
    """Return the names of a module and of those that it needs, each after what it needs itself."""
    if name in above:
        raise ValueError(f"modules import each other in a circle: {' -> '.join((*above, name))}")
    needed = (other for _names, other in _IMPORT.findall(_source(name)))
    return [each for other in needed for each in _in_order(other, (*above, name))] + [name]


def _scoped(name: str) -> str:
    exported = ", ".join(_EXPORT.findall(_source(name)))
    return f"const ibar_{name} = (() => {{\n{_body(name)}return {{ {exported} }};\n}})();"


def _body(name: str) -> str:
    text = _IMPORT.sub(lambda found: f"const {{{found[1]}}} = ibar_{found[2]};", _source(name))
    text = _EXPORT.sub("", text)
    if left := _LEFT.search(text):
        raise ValueError(f"{name}.js: {left[0]!r} is a form of import or export that is not known")
    return text


def _source(name: str) -> str:
    return (MODULES / f"{name}.js").read_text("utf-8")
