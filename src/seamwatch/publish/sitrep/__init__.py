"""Situation reports as documents: one file a format. Each takes the same blocks from `document`."""

from __future__ import annotations

from collections.abc import Callable

from seamwatch.model.sitrep import Sitrep

FORMATS = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "md": "text/markdown; charset=utf-8",
}
"""Media types by the format's name, which is also the file's ending."""


def render(report: Sitrep, format: str) -> bytes:
    """Return the report as a file of a format: html, pdf, docx or md. KeyError for any other."""
    from seamwatch.publish.sitrep import docx, html, markdown, pdf
    from seamwatch.publish.sitrep.document import document_of

    writers: dict[str, Callable[..., bytes]] = {
        "html": html.write,
        "pdf": pdf.write,
        "docx": docx.write,
        "md": markdown.write,
    }
    return writers[format](document_of(report))


def file_name(report: Sitrep, format: str) -> str:
    """Return a plain file name for a report: letters, digits and hyphens only.

    >>> from datetime import UTC, date, datetime
    >>> from seamwatch.model.sitrep import Period, Sitrep
    >>> week = Period(since=date(2024, 3, 4), until=date(2024, 3, 10))
    >>> made = datetime(2024, 3, 11, tzinfo=UTC)
    >>> file_name(Sitrep(made=made, period=week, before=week, area="Qara Tapa"), "pdf")
    'sitrep-qara-tapa-2024-03-04-2024-03-10.pdf'
    """
    plain = "".join(c if c.isascii() and c.isalnum() else " " for c in (report.area or "").lower())
    parts = ("sitrep", *plain.split()[:6], str(report.period.since), str(report.period.until))
    return f"{'-'.join(part[:40] for part in parts)}.{format}"
