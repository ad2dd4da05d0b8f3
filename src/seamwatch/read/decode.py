"""Bytes to text: byte order mark, UTF-8, a declared charset, then a guess; binary is told apart."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable

from seamwatch.errors import InputError
from seamwatch.read.language import detect_language

# The UTF-32 mark begins with the UTF-16 one, so it is looked for first.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SIGNATURES = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"PK\x03\x04", "a ZIP archive or Office file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x7fELF", "a program"),
    (b"\xd0\xcf\x11\xe0", "an old Office file"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"%PDF-", "a PDF"),
)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffd]")
# More than one control character in a hundred is no text that anybody wrote.
_MOST_CONTROLS = 0.01
_META = re.compile(
    rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]{2,20})|<\?xml[^>]{0,80}encoding=[\"']([\w-]+)", re.I
)
_SAMPLE = 65_536


def decode_text(content: bytes | str, *, charsets: Iterable[str] = ()) -> tuple[str, tuple[str, ...]]:
    r"""Return the text, exactly but for a byte order mark, and warnings; raise InputError on binary.

    `charsets` are those that the document or its server declares; they are tried after UTF-8.

    >>> decode_text(b"\xef\xbb\xbfTwo men died.\r\n")
    ('Two men died.\r\n', ())
    """
    if isinstance(content, str):
        text, warnings = without_surrogates(content)
    else:
        for mark, name in _SIGNATURES:
            if content.startswith(mark):
                raise InputError(f"this is {name}, not text; give the article as text", code="binary")
        text, encoding = _decode(content, charsets)
        warnings = () if encoding == "utf-8" else (f"not UTF-8; read as {encoding}",)
    controls = sum(1 for _ in _CONTROLS.finditer(text))
    if controls > 1 and controls > _MOST_CONTROLS * len(text):
        raise InputError(
            f"binary content, not text ({controls} control or broken characters in {len(text)}); "
            "give the article as text, HTML, PDF, DOCX or e-mail",
            code="binary",
        )
    return text, warnings


def declared_charsets(head: bytes) -> tuple[str, ...]:
    """Return the charsets that an HTML or XML document declares in its first bytes."""
    found = (m.group(1) or m.group(2) for m in _META.finditer(head[:4096]))
    return tuple(name.decode("ascii") for name in found)


def without_surrogates(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the text with its lone surrogates replaced, and the warning that says so, if any."""
    # One character for one, so that offsets into the text that was given stay right.
    if text.isascii():
        return text, ()
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        mended = re.sub("[\ud800-\udfff]", "\ufffd", text)
        return mended, ("half characters (lone surrogates) were replaced",)
    return text, ()


def _decode(data: bytes, charsets: Iterable[str]) -> tuple[str, str]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace"), "utf-8"
    wide = _wide_encoding(data)  # first, since UTF-16 of Latin letters is valid UTF-8 full of NULs
    if wide is not None:
        return data.decode(wide, errors="replace"), wide
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    for name in charsets:
        try:
            return data.decode(name), name.lower()
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    mended = data.decode("utf-8", errors="replace")
    broken = mended.count("\ufffd")
    whole = sum(1 for c in mended if c > "\x7f") - broken
    if whole > 4 * broken:  # UTF-8 with a few broken bytes, as a cut or a faulty copy leaves it
        return mended, f"utf-8 with {broken} broken characters"
    return _guess(data)


def _wide_encoding(data: bytes) -> str | None:
    """Return utf-16-le or utf-16-be where every other byte is mostly NUL and the text decodes."""
    sample = data[:_SAMPLE]
    if len(sample) < 4 or b"\0" not in sample:
        return None
    half = len(sample) / 2
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd > 0.4 * half and even < 0.1 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.1 * half:
        return "utf-16-be"
    return None


def _guess(data: bytes) -> tuple[str, str]:
    sample = data[:_SAMPLE]
    high = sum(1 for byte in sample if byte > 0x7F)
    if high < 0.2 * len(sample):  # Latin letters with some accents: the guesser is poor at these
        turkish = data.decode("cp1254", errors="replace")
        if detect_language(turkish) == "tr":
            return turkish, "windows-1254"
        return data.decode("cp1252", errors="replace"), "windows-1252"
    from charset_normalizer import from_bytes

    best = from_bytes(sample).best()
    name = best.encoding if best is not None else "cp1252"
    return data.decode(name, errors="replace"), name.replace("_", "-").replace("cp12", "windows-12")
