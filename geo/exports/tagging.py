"""A plain PDF in, the same with language, title and a structure tree out: a screen reader can tell its figures."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String

from geo.exports.page import Page


def tagged(pdf: bytes, pages: Sequence[Page], *, title: str, description: str, language: str) -> bytes:
    """Return a PDF whose maps and charts are figures with an alternative text, and whose other pages are paragraphs.

    Parameters
    ----------
    pdf : bytes
    pages : sequence of Page
        In the order of the file's.
    title, description : str
    language : str
        As BCP 47 writes it.
    """
    with pikepdf.open(BytesIO(pdf)) as document:
        _structure(document, pages)
        root = document.Root
        root.Lang = String(language)
        root.MarkInfo = Dictionary(Marked=True)
        root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        with document.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
            metadata["dc:title"] = title
            metadata["dc:description"] = description
            metadata["dc:language"] = [language]
        buffer = BytesIO()
        document.save(buffer, deterministic_id=True, fix_metadata_version=False)
    return buffer.getvalue()


def _structure(document: Pdf, pages: Sequence[Page]) -> None:
    """Mark the content of each page as one element of the document."""
    tree = document.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    whole = document.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, P=tree))
    elements = [
        _element(document, whole, number, page, leaf)
        for number, (page, leaf) in enumerate(zip(document.pages, pages, strict=True))
    ]
    numbers = Array()
    for number, element in enumerate(elements):
        numbers.append(number)
        numbers.append(Array([element]))
    whole.K = Array(elements)
    tree.K = Array([whole])
    tree.ParentTree = document.make_indirect(Dictionary(Nums=numbers))
    tree.ParentTreeNextKey = len(elements)
    document.Root.StructTreeRoot = tree


def _element(document: Pdf, whole: pikepdf.Object, number: int, page: pikepdf.Page, drawn: Page) -> pikepdf.Object:
    kind = Name.P if drawn.is_text else Name.Figure
    opening = b"/P <</MCID 0>> BDC\n" if drawn.is_text else b"/Figure <</MCID 0>> BDC\n"
    page.contents_add(opening, prepend=True)
    page.contents_add(b"\nEMC")
    page.contents_coalesce()
    page.obj.StructParents = number
    page.obj.Tabs = Name.S
    element = Dictionary(Type=Name.StructElem, S=kind, P=whole, Pg=page.obj, K=0)
    if not drawn.is_text:
        element.Alt = String(drawn.faces.printable(drawn.alt))
        element.A = Dictionary(O=Name.Layout, Placement=Name.Block, BBox=page.mediabox)
    return document.make_indirect(element)
