"""A piece of HTML in, its paragraphs out, without what is never part of an article.

It stands apart from `geo.sources.html` because a feed needs no more: the library that finds the article of a whole page
takes longer to start than most files take to read. Imported in the child process of `geo.sources.foreign` only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from lxml import etree

from geo.errors import UnreadableFile
from geo.sources.parts import one_line

_NO_CONTENT: Final = frozenset((
    "aside", "button", "footer", "form", "head", "iframe", "nav", "noscript", "script", "select", "style", "svg",
    "template", "textarea",
))  # fmt: skip
_BLOCKS: Final = frozenset((
    "address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "fieldset", "figcaption", "figure", "h1",
    "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre", "section", "table", "td", "th",
    "tr", "ul",
))  # fmt: skip


def fragment(markup: str) -> list[str]:
    """Return the paragraphs of a piece of HTML, such as the description of a feed's item."""
    tree = _tree(markup)
    return [] if tree is None else list(blocks(tree))


def blocks(tree: Any) -> Iterator[str]:
    """Yield the text of a tree block by block, without what is never part of an article."""
    words: list[str] = []
    skipped = None
    for event, node in etree.iterwalk(tree, events=("start", "end", "comment", "pi")):
        if event in ("comment", "pi"):
            words.append(node.tail or "" if skipped is None else "")
            continue
        is_start, tag = event == "start", node.tag.rpartition("}")[2]
        if skipped is None and tag in _BLOCKS:
            yield "".join(words)
            words = []
        if is_start and skipped is None:
            skipped = node if tag in _NO_CONTENT else None
            words.append(node.text or "" if skipped is None else "")
        elif not is_start:
            skipped = None if skipped is node else skipped
            words.append(node.tail or "" if skipped is None else "")
    yield "".join(words)


def _tree(markup: str) -> Any:
    """Return the tree of some HTML, or None where it holds no element or text."""
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    try:
        return etree.fromstring(markup.encode("utf-8", errors="replace"), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        if "empty" in str(error):
            return None
        raise UnreadableFile(f"cannot be read as HTML: {one_line(str(error))[:200]}") from error
