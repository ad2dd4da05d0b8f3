"""What python-docx has no words for: fonts of all scripts, lines and shades of cells, page numbers."""

from __future__ import annotations

from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

_RUN, _TEXT, _VALUE = qn("w:r"), qn("w:t"), qn("w:val")


def set_font(element: Any, name: str) -> None:
    """Give a style one font for all scripts; the theme's own would win otherwise."""
    fonts = element.get_or_add_rPr().get_or_add_rFonts()
    for key in list(fonts.attrib):
        del fonts.attrib[key]
    for part in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{part}"), name)


def _sub(parent: Any, tag: str) -> Any:
    child = parent.makeelement(tag)
    parent.append(child)
    return child


def add_run(
    paragraph: Any,
    text: str,
    *,
    bold: bool = False,
    colour: str = "",
    points: float = 0,
    raised: bool = False,
) -> None:
    """Add some text to a paragraph. Written at once: property by property takes ten times as long."""
    run = _sub(paragraph, _RUN)
    if bold or colour or points or raised:
        about = _sub(run, qn("w:rPr"))
        if bold:
            _sub(about, qn("w:b"))
        if colour:
            _sub(about, qn("w:color")).set(_VALUE, colour)
        if points:
            _sub(about, qn("w:sz")).set(_VALUE, str(round(points * 2)))
        if raised:
            _sub(about, qn("w:vertAlign")).set(_VALUE, "superscript")
    for n, part in enumerate(text.split("\t")):
        if n:
            _sub(run, qn("w:tab"))
        if part:
            held = _sub(run, _TEXT)
            held.text = part
            held.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def add_paragraph(body: Any, style: str, *, together: bool = False, stay: bool = False) -> Any:
    """Return a new paragraph element at the end of a body, in a style of this name.

    `together` keeps its lines on one page, `stay` keeps it with the next one.
    """
    paragraph = OxmlElement("w:p")
    # Its last child holds the page's size; python-docx would look through all the others for it.
    body[-1].addprevious(paragraph)
    about = _sub(paragraph, qn("w:pPr"))
    _sub(about, qn("w:pStyle")).set(_VALUE, style.replace(" ", ""))
    if stay:
        _sub(about, qn("w:keepNext"))
    if together:
        _sub(about, qn("w:keepLines"))
    return paragraph


def remove_rules(element: Any) -> None:
    """Remove the lines around a style's paragraphs."""
    for rule in element.findall(f".//{qn('w:pBdr')}"):
        rule.getparent().remove(rule)


def add_page_number(paragraph: Any) -> None:
    """Add the number of the page to a paragraph."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)


def shade(cell: Any, colour: str) -> None:
    """Fill a cell with a colour."""
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def draw_side(cell: Any, side: str, colour: str, eighths: int) -> None:
    """Draw one side of a cell; the width is in eighths of a point."""
    properties = cell._tc.get_or_add_tcPr()
    borders = properties.find(qn("w:tcBorders"))
    if borders is None:
        borders = OxmlElement("w:tcBorders")
        properties.append(borders)
    line = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", str(eighths)), ("space", "0"), ("color", colour)):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)


def repeat_head(row: Any) -> None:
    """Make a row the head of its table, which stands on each page."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
