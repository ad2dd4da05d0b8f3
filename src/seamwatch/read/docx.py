"""DOCX files: paragraphs and table cells in reading order, by python-docx."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date
from typing import Any

from seamwatch.errors import InputError
from seamwatch.read.document import Document, clean_line, describe_error

_MOST_UNPACKED = 200_000_000
# python-docx's own template carries this date into every file that it makes.
_TEMPLATE_DAY = date(2013, 12, 23)


def read_docx(content: bytes | str) -> Document:
    """Return a Word document's text, title and date; raise InputError where it is none.

    The date is the day on which the document was created, with a warning that says so.
    """
    import docx

    if isinstance(content, str) or not content.startswith(b"PK"):
        raise InputError("this is not a DOCX file; save it from the word processor as .docx", code="bad_docx")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(info.file_size for info in archive.infolist())
        if unpacked > _MOST_UNPACKED:
            raise InputError(
                f"this DOCX unpacks to {unpacked // 1_000_000} MB; give its text alone", code="too_large"
            )
        document = docx.Document(io.BytesIO(content))
        text = "\n\n".join(_blocks(document))
        core = document.core_properties
        title, author, created = clean_line(core.title), clean_line(core.author), core.created
    except InputError:
        raise
    except Exception as wrong:  # zipfile, lxml and python-docx raise many kinds on broken files
        raise InputError(
            f"this DOCX is damaged ({describe_error(wrong)}); save it anew or give its text",
            code="bad_docx",
        ) from wrong
    if not text.strip():
        raise InputError("this DOCX holds no text (pictures only?); give the text", code="no_text")
    day = created.date() if created is not None else None
    if day == _TEMPLATE_DAY:
        day = None
    return Document(
        text=text,
        title=None if title == "Word Document" else title,
        author=None if author == "python-docx" else author,
        published=day,
        warnings=(f"publication date {day} is the day on which the document was created",) if day else (),
    )


def _blocks(holder: Any) -> Iterator[str]:
    """Yield each paragraph's text; a table gives its cells, each merged cell once."""
    for block in holder.iter_inner_content():
        if hasattr(block, "rows"):
            seen: set[int] = set()
            for row in block.rows:
                for cell in row.cells:
                    if id(cell._tc) not in seen:
                        seen.add(id(cell._tc))
                        yield from _blocks(cell)
        elif block.text.strip():
            yield block.text.strip()
