"""A situation report as DOCX, with Word's own heading styles; the map and the chart are pictures."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from seamwatch.publish.sitrep.blocks import (
    Block,
    Cards,
    Document,
    Entry,
    Figure,
    Heading,
    Items,
    Line,
    Paragraph,
    Run,
    Source,
    Sources,
    Table,
)
from seamwatch.publish.sitrep.pdf import png

if TYPE_CHECKING:
    from docx.document import Document as Word

_INK, _SOFT, _ACCENT, _WARN, _TINT, _RULE = "1D2730", "5D6A75", "14506E", "8A4B00", "F3F5F6", "CFD6DC"
_WIDTH_CM = 16.9
_MOST_TOGETHER = 12
_FONT, _HEAD_FONT = "Calibri", "Cambria"


def write(document: Document) -> bytes:
    """Return the document as a DOCX file for A4."""
    word = _page(document)
    _paragraph(word, "Kicker", "SITUATION REPORT")
    _paragraph(word, "Title", document.title)
    _facts(word, document.facts)
    for block in document.blocks:
        _block(word, block)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def _page(document: Document) -> Word:
    import docx
    from docx.enum.style import WD_STYLE_TYPE
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm, Pt, RGBColor

    from seamwatch.publish.sitrep.docx_xml import add_page_number, remove_rules, set_font

    word: Word = docx.Document()
    section = word.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(2)
    core = word.core_properties
    core.title, core.author, core.subject = document.title[:255], "Seamwatch", document.subtitle[:255]
    core.created = core.modified = document.made.replace(tzinfo=None)
    core.comments = ""

    def style(name: str, size: float, colour: str = _INK, **fields: Any) -> None:
        known = name in [s.name for s in word.styles]
        found = word.styles[name] if known else word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        if not known:
            found.base_style = word.styles["Normal"]
        font, shape = found.font, found.paragraph_format
        set_font(found.element, fields.get("font", _FONT))
        font.size, font.color.rgb = Pt(size), RGBColor.from_string(colour)
        font.bold, font.italic = fields.get("bold", False), False
        shape.space_before, shape.space_after = Pt(fields.get("above", 0)), Pt(fields.get("below", 4))
        shape.keep_with_next = fields.get("stay", False)
        shape.line_spacing = 1.08
        if fields.get("hang"):
            shape.left_indent, shape.first_line_indent = Cm(fields["hang"]), Cm(-fields["hang"])
            shape.tab_stops.add_tab_stop(Cm(fields["hang"]))

    style("Normal", 10.5)
    style("Kicker", 8.5, _ACCENT, bold=True)
    style("Title", 24, font=_HEAD_FONT, bold=True, below=8)
    style("Heading 1", 16, font=_HEAD_FONT, bold=True, above=18, below=6, stay=True)
    style("Heading 2", 12.5, _ACCENT, font=_HEAD_FONT, bold=True, above=12, below=4, stay=True)
    style("Heading 3", 11, bold=True, above=10, below=0, stay=True)
    style("Report lead", 12.5, above=8, below=6)
    style("Report small", 8.5, _SOFT, below=8)
    style("Report fact", 9.5, below=1, hang=2.6)
    style("Report head", 10, below=1, hang=3.8)
    style("Report where", 10, _SOFT, below=2, stay=True)
    style("Report source", 9, below=3, hang=0.9)
    style("Report cell", 9.5, below=0)
    remove_rules(word.styles["Title"].element)
    foot = section.footer.paragraphs[0]
    foot.style = word.styles["Report small"]
    foot.alignment = WD_ALIGN_PARAGRAPH.LEFT
    foot.add_run(f"{document.running} · page ")
    add_page_number(foot)
    return word


def _paragraph(word: Word, style: str, text: str = "") -> Any:
    from docx.text.paragraph import Paragraph as Words

    from seamwatch.publish.sitrep.docx_xml import add_paragraph, add_run

    made = add_paragraph(word.element.body, style)
    if text:
        add_run(made, text)
    return Words(made, word._body)


def _write(paragraph: Any, line: Line) -> None:
    from seamwatch.publish.sitrep.docx_xml import add_run

    for run in line:
        add_run(paragraph, run.text, bold=run.style == "strong", colour=_SOFT if run.style == "soft" else "")
        if run.notes:
            add_run(paragraph, f"[{', '.join(map(str, run.notes))}]", colour=_ACCENT, raised=True)


def _facts(word: Word, facts: tuple[tuple[str, str], ...]) -> None:
    from seamwatch.publish.sitrep.docx_xml import add_paragraph, add_run

    for label, value in facts:
        paragraph = add_paragraph(word.element.body, "Report head")
        add_run(paragraph, f"{label}\t", colour=_SOFT)
        add_run(paragraph, value)


def _block(word: Word, block: Block) -> None:
    match block:
        case Heading():
            _paragraph(word, f"Heading {block.level - 1}", block.text)
        case Paragraph():
            style = {"lead": "Report lead", "small": "Report small", "plain": "Normal"}[block.kind]
            _write(_paragraph(word, style)._p, block.line)
        case Items():
            for line in block.lines:
                _write(_paragraph(word, "List Bullet")._p, line)
        case Cards():
            _cards(word, block)
        case Table():
            _table(word, block)
        case Figure():
            _figure(word, block)
        case Entry():
            _entry(word, block)
        case Sources():
            for source in block.sources:
                _source(word, source)


def _cards(word: Word, block: Cards) -> None:
    from docx.shared import Pt, RGBColor

    from seamwatch.publish.sitrep.docx_xml import draw_side, shade

    table = word.add_table(rows=1, cols=len(block.cards))
    for cell, card in zip(table.rows[0].cells, block.cards, strict=True):
        draw_side(cell, "left", _ACCENT, 24)
        shade(cell, _TINT)
        paragraph = cell.paragraphs[0]
        paragraph.style = word.styles["Report cell"]
        figure = paragraph.add_run(card.value)
        figure.bold, figure.font.size = True, Pt(22)
        label = paragraph.add_run(f"  {card.label}")
        label.bold, label.font.size = True, Pt(11)
        for text in (card.range, card.compared):
            if text:
                below = cell.add_paragraph(style=word.styles["Report cell"])
                run = below.add_run(text)
                run.font.size, run.font.color.rgb = Pt(9), RGBColor.from_string(_SOFT)
    _paragraph(word, "Report small")


def _table(word: Word, block: Table) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm

    from seamwatch.publish.sitrep.docx_xml import draw_side, repeat_head

    table = word.add_table(rows=0, cols=len(block.head))
    table.autofit = False
    widths = (5.4, *((_WIDTH_CM - 5.4) / (len(block.head) - 1),) * (len(block.head) - 1))
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    last = len(block.rows)
    for n, row in enumerate((block.head, *block.rows)):
        cells = table.add_row().cells
        for m, (cell, text) in enumerate(zip(cells, row, strict=True)):
            cell.width = Cm(widths[m])
            paragraph = cell.paragraphs[0]
            paragraph.style = word.styles["Report cell"]
            paragraph.add_run(text).bold = n == 0 or (block.total and n == last)
            if m:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            if block.total and n == last:
                draw_side(cell, "top", _INK, 8)
            draw_side(cell, "bottom", _INK if n == 0 else _RULE, 8 if n == 0 else 4)
    if len(table.rows):
        repeat_head(table.rows[0])
    _paragraph(word, "Report small")


def _figure(word: Word, block: Figure) -> None:
    from docx.shared import Cm

    paragraph = _paragraph(word, "Normal")
    paragraph.paragraph_format.keep_with_next = bool(block.caption)
    picture = paragraph.add_run().add_picture(io.BytesIO(png(block.svg)), width=Cm(_WIDTH_CM))
    picture._inline.docPr.set("descr", block.alt)
    for side in "TBLR":  # without them some programs leave room around it
        picture._inline.set(f"dist{side}", "0")
    if block.caption:
        _paragraph(word, "Report small", block.caption)


def _entry(word: Word, block: Entry) -> None:
    from seamwatch.publish.sitrep.docx_xml import add_paragraph, add_run

    body = word.element.body
    head = add_paragraph(body, "Heading 3")
    _write(head, (block.title,))
    for text, colour in ((block.mark, _ACCENT), (block.badge, _ACCENT if block.calm else _WARN)):
        if text:
            add_run(head, f"  ·  {text}", bold=True, colour=colour, points=9)
    _write(add_paragraph(body, "Report where"), (block.day, Run(" · "), block.where))
    # A short entry stays on one page.
    stays = len(block.facts) <= _MOST_TOGETHER
    for n, (label, line) in enumerate(block.facts):
        last = n == len(block.facts) - 1
        paragraph = add_paragraph(body, "Report fact", together=True, stay=stays and not last)
        add_run(paragraph, f"{label}\t", colour=_SOFT)
        _write(paragraph, line)


def _source(word: Word, source: Source) -> None:
    from seamwatch.publish.sitrep.docx_xml import add_paragraph, add_run

    paragraph = add_paragraph(word.element.body, "Report source")
    title = f" “{source.title}”." if source.title else ""
    also = f" {source.also}." if source.also else ""
    add_run(paragraph, f"{source.number}\t", colour=_SOFT)
    add_run(paragraph, f"{source.outlet}.{title}")
    add_run(paragraph, f" Article {source.article}.{also}", colour=_SOFT)
    if source.url:
        # The address stands as text: a document that is sent on opens nothing by itself.
        add_run(paragraph, f" {source.url}", colour=_ACCENT)
