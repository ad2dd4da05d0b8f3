"""PDF files: the text of their pages, lines joined into paragraphs, by pypdf."""

from __future__ import annotations

import io
import logging
import re
from typing import TYPE_CHECKING

from seamwatch.errors import InputError
from seamwatch.read.document import Document, clean_line, describe_error, join_lines

if TYPE_CHECKING:
    from pypdf import PdfReader

# Titles that programs write by themselves: "Microsoft Word - report3.doc", "untitled", a file name.
_NO_TITLE = re.compile(r"microsoft |untitled|.*\.(?:docx?|pdf|indd|rtf|odt|qxd)$|\W*\d*\W*$", re.IGNORECASE)


def read_pdf(content: bytes | str, *, limit: int) -> Document:
    """Return the text of a PDF, read until `limit` characters are passed; raise InputError.

    Codes: bad_pdf, encrypted, no_text. A PDF's dates tell when the file was made, so none is taken.
    """
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, PdfReadError

    if isinstance(content, str) or b"%PDF-" not in content[:1024]:
        raise InputError("this is not a PDF (it lacks the mark %PDF); check the file", code="bad_pdf")
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it tells of every oddity of every file
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise InputError("this PDF is locked with a password; save it without one", code="encrypted")
        pages, broken = _page_texts(reader, limit)
        title = clean_line(str(reader.metadata.title)) if reader.metadata and reader.metadata.title else None
    except InputError:
        raise
    except DependencyError as wrong:
        raise InputError("this PDF is encrypted; save it without encryption", code="encrypted") from wrong
    except (PdfReadError, Exception) as wrong:  # pypdf raises many kinds on broken files
        raise InputError(
            f"this PDF is damaged ({describe_error(wrong)}); save it anew or give its text",
            code="bad_pdf",
        ) from wrong
    text = join_lines("\n\n".join(pages))
    if not text.strip():
        raise InputError(
            "this PDF holds no text: probably a scanned PDF; run OCR on it first (for example ocrmypdf)",
            code="no_text",
        )
    return Document(
        text=text,
        title=None if title is None or _NO_TITLE.match(title) else title,
        warnings=(f"{broken} pages of the PDF could not be read",) if broken else (),
    )


def _page_texts(reader: PdfReader, limit: int) -> tuple[list[str], int]:
    """Return the pages' texts and how many pages failed; a failed page doesn't lose the others."""
    pages: list[str] = []
    total = failed = 0
    for page in reader.pages:
        try:
            text = page.extract_text() or ""
        except Exception:  # one page with a broken font or stream
            failed += 1
            continue
        pages.append(text)
        total += len(text)
        if total > limit:
            break
    return pages, failed
