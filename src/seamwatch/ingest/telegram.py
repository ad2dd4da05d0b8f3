"""Telegram's JSON export (result.json): one raw article a message; who wrote it is not kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from seamwatch.errors import ShapeError
from seamwatch.model.text import RawArticle, Rejected

MOST_EXPORT = 200_000_000
"""Bytes of an export that are read: a channel of some 300,000 messages."""
# Chats that bear the name of a person or of nobody: their name is no outlet.
_NAMELESS = ("personal_chat", "bot_chat", "saved_messages", "replies", "verification_codes")
_CHAT = re.compile(rb'"type"\s*:\s*"[a-z_]+"\s*,\s*"id"\s*:\s*-?\d+\s*,\s*"messages"\s*:\s*\[')
_ACCOUNT = re.compile(rb'^\s*\{\s*"about"\s*:\s*"[^"]*(?:export|Telegram)', re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]")


def is_telegram(head: bytes) -> bool:
    """Return whether a JSON file begins as an export of a Telegram chat or account.

    >>> is_telegram(b'{"name": "Daquq news", "type": "public_channel", "id": 17, "messages": [')
    True
    """
    head = head.removeprefix(b"\xef\xbb\xbf")
    return _CHAT.search(head) is not None or _ACCOUNT.match(head) is not None


def read_telegram(content: bytes, origin: str) -> Iterator[RawArticle | Rejected]:
    """Yield one raw article for every message with words, in order; a broken message gives a rejection.

    An article's id is made of the chat's and the message's, so that a later export of the same chat holds
    the same articles; its day is that of the message as the export writes it, its source the chat's name,
    but never the name of a person: a private chat has none. The sender is left out. Calls, joins and other
    service entries, and messages without words (a photo alone), give nothing.

    Codes: bad_json, not_an_export, bad_message.
    """
    import msgspec

    try:
        export = msgspec.json.decode(content.removeprefix(b"\xef\xbb\xbf"), type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, RecursionError) as wrong:
        raise ShapeError(
            f"this is not valid JSON ({str(wrong)[:120]}); export the chat from Telegram again",
            code="bad_json",
        ) from None
    if "messages" in export:
        yield from _read_chat(export, origin)
        return
    chats = [chat for part in ("chats", "left_chats") for chat in _listed(export.get(part))]
    if not chats:
        raise ShapeError(
            "this JSON file is no Telegram export (it has neither messages nor chats); "
            "for articles write one a line and name it .jsonl",
            code="not_an_export",
        )
    for chat in chats:
        yield from _read_chat(chat, origin)


def _listed(part: Any) -> list[dict[str, Any]]:
    """Return the chats in one part of an account's export."""
    import msgspec

    try:
        listed = {} if part is None else msgspec.json.decode(part, type=dict[str, msgspec.Raw])
        return msgspec.json.decode(listed.get("list", b"[]"), type=list[dict[str, msgspec.Raw]])
    except msgspec.DecodeError:
        return []


def _read_chat(chat: dict[str, Any], origin: str) -> Iterator[RawArticle | Rejected]:
    import msgspec

    name, kind, number = (_value(chat.get(key)) for key in ("name", "type", "id"))
    source = " ".join(name.split()) if isinstance(name, str) and kind not in _NAMELESS else None
    try:
        messages = msgspec.json.decode(chat["messages"], type=list[msgspec.Raw])
    except (KeyError, msgspec.DecodeError):
        messages = []
    for at, raw in enumerate(messages, 1):
        try:
            found = _message(_value(raw), number, source or None, origin)
        except ShapeError as wrong:
            where = f"{origin}#{at}"
            yield Rejected(
                origin=where,
                stage="ingest",
                code="bad_message",
                reason=f"message {at} {wrong}; it is left out",
            )
            continue
        if found is not None:
            yield found


def _value(raw: Any) -> Any:
    import msgspec

    try:
        return None if raw is None else msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return None


def _message(row: Any, chat: Any, source: str | None, origin: str) -> RawArticle | None:
    """Return the article of one message; None where it is no message or has no words."""
    if not isinstance(row, dict):
        raise ShapeError("is no object")
    if row.get("type", "message") != "message":
        return None
    text = _text(row.get("text"))
    if not _LETTER.search(text):
        return None
    number = row.get("id")
    if not isinstance(number, int) or isinstance(number, bool):
        raise ShapeError("has no id")
    return RawArticle(
        origin=f"{origin}#{number}",
        media_type="text/plain",
        content=text,
        id=f"telegram-{chat if isinstance(chat, int) else 0}-{number}",
        published=_day(row.get("date")),
        source=source,
    )


def _text(value: Any) -> str:
    """Return the words of a message: a string, or a list of strings and of marked pieces."""
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        return ""
    pieces = (piece.get("text") if isinstance(piece, dict) else piece for piece in value)
    return "".join(piece for piece in pieces if isinstance(piece, str))


def _day(value: Any) -> date:
    try:
        return datetime.fromisoformat(value).date()
    except (TypeError, ValueError):
        raise ShapeError(f"has no date that can be read ({str(value)[:40]!r})") from None
