"""E-mails (.eml): subject, date, sender and the body's text."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr

from seamwatch.errors import InputError
from seamwatch.read.decode import decode_text
from seamwatch.read.document import Document, clean_line, describe_error, join_lines, parse_header_date
from seamwatch.read.html import read_html

_SIGNATURE = re.compile(r"\n-- \n")


def read_mail(content: bytes | str) -> Document:
    """Return an e-mail's body (the plain text part before the HTML one); raise InputError.

    The subject is the title, the Date header the date, the sender's name (else address) the source.
    """
    data = content.encode("utf-8", errors="replace") if isinstance(content, str) else content
    try:
        message = message_from_bytes(data, policy=policy.default)
        headers = {name: _header(message, name) for name in ("subject", "date", "from")}
        body = message.get_body(preferencelist=("plain", "html"))
    except Exception as wrong:  # the standard library raises many kinds on broken headers
        raise InputError(
            f"this e-mail is damaged ({describe_error(wrong)}); give its text",
            code="bad_mail",
        ) from wrong
    if not any(headers.values()):
        raise InputError(
            "this is not an e-mail (no Subject, Date or From line); name it .txt if it is text",
            code="bad_mail",
        )
    attachments = sum(1 for _ in message.iter_attachments()) if message.is_multipart() else 0
    if body is None:
        raise InputError(
            f"this e-mail has no text ({attachments} attachments); save the attachment and give that",
            code="no_text",
        )
    payload = body.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    charset = body.get_content_charset()
    warnings: tuple[str, ...] = ()
    if body.get_content_type() == "text/html":
        page = read_html(raw, charsets=(charset,) if charset else ())
        text, warnings = page.text, page.warnings
    else:
        decoded, warnings = decode_text(raw, charsets=(charset,) if charset else ())
        text = join_lines(_SIGNATURE.split(decoded.replace("\r\n", "\n"))[0])
    if not text.strip():
        raise InputError("this e-mail is empty; nothing to read", code="empty")
    if attachments:
        warnings += (f"{attachments} attachments of the e-mail were not read",)
    name, address = parseaddr(headers["from"] or "")
    return Document(
        text=text,
        title=clean_line(headers["subject"]),
        published=parse_header_date(headers["date"]),
        source=clean_line(name) or clean_line(address),
        warnings=warnings,
    )


def _header(message: EmailMessage, name: str) -> str | None:
    value = message.get(name)
    return None if value is None else str(value)
