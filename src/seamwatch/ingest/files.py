"""Files and folders: one raw article a document, many of a JSON Lines file."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from seamwatch.errors import InputError
from seamwatch.ingest.jsonl import limit_lines, read_jsonl_lines
from seamwatch.ingest.options import IngestOptions
from seamwatch.ingest.telegram import MOST_EXPORT, is_telegram, read_telegram
from seamwatch.ingest.whatsapp import is_whatsapp, read_whatsapp
from seamwatch.model.text import RawArticle, Rejected

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MEDIA_TYPES = {
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "text/html",
    ".pdf": "application/pdf",
    ".docx": DOCX,
    ".eml": "message/rfc822",
}
JSONL_SUFFIXES = (".jsonl", ".ndjson")
KNOWN = "txt, md, html, pdf, docx, eml, jsonl, chats as Telegram (json) and WhatsApp (txt) export them"
_EXPORT = ".json"
# Kinds that are often met and can't be read, each with what to do instead.
_INSTEAD = {
    ".warc": "web archives can't be read yet; give the pages as HTML files",
    ".warc.gz": "web archives can't be read yet; give the pages as HTML files",
    ".doc": "old Word files can't be read; save it as .docx",
    ".rtf": "RTF can't be read; save it as .docx or .txt",
    ".odt": "ODT can't be read; save it as .docx or .txt",
    ".msg": "Outlook's .msg can't be read; save it as .eml",
    ".gz": "packed files can't be read; unpack it first",
    ".zip": "packed files can't be read; unpack it first",
    ".json": (
        "a JSON file that is no Telegram export can't be read; write one article a line and name it .jsonl"
    ),
    ".csv": "of tables only those of ACLED and UCDP GED can be read, known by the names of their columns; "
    "write one article a line as JSON and name it .jsonl",
    ".xml": "a feed can't be read from a file; give its URL",
    ".rss": "a feed can't be read from a file; give its URL",
    ".atom": "a feed can't be read from a file; give its URL",
}


def read_path(path: Path, options: IngestOptions) -> Iterator[RawArticle | Rejected]:
    """Yield what a file or folder holds; a path that can't be read gives one rejection."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as wrong:
        yield reject(path, *_why(wrong))
        return
    if stat.S_ISDIR(mode):
        yield from _read_folder(path, options)
    elif stat.S_ISREG(mode) or (options.jsonl and stat.S_ISFIFO(mode)):
        yield from _read_file(path, options)
    else:
        yield reject(path, "not_a_file", "this is neither a file nor a folder; give one of them")


def reject(path: Path | str, code: str, reason: str) -> Rejected:
    """Return a rejection at the ingest stage."""
    return Rejected(origin=show_path(path), stage="ingest", code=code, reason=reason)


def show_path(path: Path | str) -> str:
    """Return a path as text that can always be written out, whatever bytes its name has."""
    return str(path).encode("utf-8", errors="replace").decode("utf-8")


def fill_in(item: RawArticle | Rejected, options: IngestOptions) -> RawArticle | Rejected:
    """Return a JSON line's article with the options where the line itself is silent."""
    if isinstance(item, Rejected):
        return item
    return replace(
        item,
        published=item.published or options.published,
        source=item.source or options.source,
        language=item.language or options.language,
    )


def _why(wrong: Exception) -> tuple[str, str]:
    if isinstance(wrong, FileNotFoundError):
        return "not_found", "there is no such file or folder; check the path"
    if isinstance(wrong, PermissionError):
        return "unreadable", "you may not read this; change its permissions"
    what = wrong.strerror if isinstance(wrong, OSError) and wrong.strerror else str(wrong)
    return "unreadable", f"this can't be read ({what}); check the path and the disk"


def _read_folder(folder: Path, options: IngestOptions) -> Iterator[RawArticle | Rejected]:
    broken: list[OSError] = []
    skipped: Counter[str] = Counter()
    read = 0
    for here, folders, files in os.walk(folder, onerror=broken.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(here) / name
            if name.startswith("."):
                continue
            if _is_known(path) or options.jsonl:
                read += 1
                yield from read_path(path, options)
            else:
                skipped[path.suffix.lower() or "no suffix"] += 1
    for wrong in broken:
        yield reject(wrong.filename or folder, *_why(wrong))
    if skipped:
        kinds = ", ".join(f"{kind} {n}" for kind, n in sorted(skipped.items()))
        options.note(f"{show_path(folder)}: {skipped.total()} files of other kinds skipped ({kinds})")
    if not read and not broken:
        yield reject(folder, "empty_folder", f"no file here can be read; these kinds can: {KNOWN}")


def _is_known(path: Path) -> bool:
    suffix = path.suffix.lower()
    return suffix in MEDIA_TYPES or suffix in JSONL_SUFFIXES or (suffix == _EXPORT and _is_export(path))


def _is_export(path: Path) -> bool:
    """Return whether a JSON file begins as an export of Telegram; one that can't be opened is none."""
    try:
        with path.open("rb") as stream:
            return stat.S_ISREG(os.fstat(stream.fileno()).st_mode) and is_telegram(stream.read(4096))
    except (OSError, ValueError):
        return False


def _read_file(path: Path, options: IngestOptions) -> Iterator[RawArticle | Rejected]:
    try:
        if options.jsonl or path.suffix.lower() in JSONL_SUFFIXES:
            with path.open("rb") as stream:
                for item in read_jsonl_lines(limit_lines(stream), show_path(path)):
                    yield fill_in(item, options)
        elif path.suffix.lower() == _EXPORT and _is_export(path):
            for item in read_telegram(_read_bytes(path, MOST_EXPORT), show_path(path)):
                yield fill_in(item, options)
        else:
            yield from _read_document(path, options)
    except (OSError, ValueError) as wrong:
        yield reject(path, *_why(wrong))
    except InputError as wrong:
        yield reject(path, wrong.code, str(wrong))


def _read_document(path: Path, options: IngestOptions) -> Iterator[RawArticle | Rejected]:
    """Yield the one article of a document, or those of a chat that was exported as text."""
    name, suffix = path.name.lower(), path.suffix.lower()
    for ending, instead in _INSTEAD.items():
        if name.endswith(ending):
            raise InputError(instead, code="unsupported")
    content = _read_bytes(path, options.most_bytes)
    media_type = sniff_media_type(content, MEDIA_TYPES.get(suffix, ""))
    if media_type == "text/plain" and is_whatsapp(content, path.name):
        for item in read_whatsapp(content, path, show_path(path), options.note):
            yield fill_in(item, options)
        return
    yield RawArticle(
        origin=show_path(path),
        media_type=media_type,
        content=content,
        title=options.title,
        published=options.published,
        source=options.source,
        language=options.language,
    )


def _read_bytes(path: Path, most: int) -> bytes:
    with path.open("rb") as stream:
        # One byte more than allowed: a file's stated size may be wrong (pipes, /proc, still growing).
        content = stream.read(most + 1)
    if len(content) > most:
        raise InputError(
            f"this file is larger than {most / 1_000_000:g} MB; split it into its articles", code="too_large"
        )
    return content


def sniff_media_type(content: bytes, named: str) -> str:
    """Return the media type: the one that the name says, unless the content is surely another."""
    head = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(b"%pdf-"):
        return "application/pdf"
    if named:
        return named
    if head.startswith(b"pk\x03\x04") and b"word/" in content:
        return DOCX
    if head.startswith((b"<!doctype html", b"<html")):
        return "text/html"
    return "text/plain"
