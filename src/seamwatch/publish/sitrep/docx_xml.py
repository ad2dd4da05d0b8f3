"""What python-docx has no words for: fonts of all scripts, lines and shades of cells, page numbers."""

from __future__ import annotations

from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn


def set_font(element: Any, name: str) -> None:
    """Give a style one font for all scripts; the theme's own would win otherwise."""
    fonts = element.get_or_add_rPr().get_or_add_rFonts()
    for key in list(fonts.attrib):
        del fonts.attrib[key]
    for part in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{part}"), name)


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
