"""WhatsApp's text export of a chat: one raw article a message; who wrote it is not kept."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import PurePath
from typing import Literal

from seamwatch.model.text import RawArticle, Rejected

Order = Literal["day first", "month first"]
_SNIFFED = 65_536
# Marks of direction that the phone writes around names and before what it says itself.
_MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_OWN_WORDS = "\u200e"
_BLANK = "[ \u00a0\u202f]"
_STAMP = (
    r"(?P<a>\d{1,4})(?P<sep>[/.\-])(?P<b>\d{1,2})(?P=sep)(?P<c>\d{2,4})[,،]?"
    rf"{_BLANK}(?P<clock>\d{{1,2}}[:.]\d{{2}})(?:[:.]\d{{2}})?(?:{_BLANK}?(?:[AaPp]\.?{_BLANK}?[Mm]\.?|[صم]))?"
)
# "12/04/2020, 14:05 - Name: words" (Android), "[12/04/2020, 14:05:33] Name: words" (iPhone)
_ANDROID = re.compile(rf"{_STAMP} [-–] (?P<rest>.*)", re.DOTALL)
_IPHONE = re.compile(rf"\[{_STAMP}\] (?P<rest>.*)", re.DOTALL)
_SENDER = re.compile(r"(?P<who>[^:\n\"“”]{1,80}): ?(?P<words>.*)", re.DOTALL)
_FILE = r"\S+\.(?:jpe?g|png|webp|gif|mp4|3gp|mov|opus|ogg|mp3|m4a|aac|pdf|docx?|xlsx?|pptx?|vcf|zip|txt)"
# What the phone puts in the place of media and calls, and what it adds to words.
_LEFT_OUT = re.compile(
    rf"<attached: [^<>\n]{{1,200}}>|<This message was edited>|^{_FILE} \([^()\n]{{3,40}}\)$"
    r"|^(?:image|video|audio|sticker|GIF|document|Contact card) omitted$"
    r"|^(?:This message was deleted|You deleted this message|null)\.?$"
    r"|^Missed (?:group )?(?:voice|video) call.*$|^<[^<>\n]{3,80}>$",
    re.MULTILINE | re.IGNORECASE,
)
_FILE_NAME = re.compile(r"WhatsApp Chat (?:with|-) (?P<name>.+?)(?: \(\d+\))?(?:\.txt)?$", re.IGNORECASE)
_PHONE = re.compile(r"[+\d][\d\s().-]{5,}")
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Message:
    """One message: its line in the file, the day as written, the clock, who (None: the phone), words."""

    number: int
    dotted: bool
    written: tuple[str, str, str]
    clock: str
    who: str | None
    words: str


def is_whatsapp(content: bytes, name: str) -> bool:
    """Return whether a text file is a chat's export: it begins with a stamp, and its name or lines say so.

    A log may write its lines in the same way, "12/04/2020, 14:05 - Daquq: one shell": it is an export
    only where it is named as one, or holds a line that the phone itself wrote.
    """
    head = content[:_SNIFFED].decode("utf-8", errors="ignore")
    lines = head.lstrip("\ufeff \r\n\t").split("\n", 1)
    if not lines or _stamped(lines[0]) is None:
        return False
    named = name.lower()
    if named == "_chat.txt" or "whatsapp" in named:
        return True
    found = list(_messages(head))
    return any(m.who is None for m in found[:3]) or _OWN_WORDS in head or "<Media omitted>" in head


def read_whatsapp(
    content: bytes, path: PurePath, origin: str, note: Callable[[str], None]
) -> Iterator[RawArticle | Rejected]:
    """Yield one raw article for every message with words, in order; one with a day that can't be is rejected.

    An article's id is made of day, clock and words: a later export of the chat holds the same articles. Its
    source is the chat's name, from the name of the file or its folder; that of a chat between two is a
    person's and left out, as every sender is. What the phone itself says, and media, give nothing. Whether
    the day or the month comes first is told from the whole chat; where it can't be told the articles have
    no day, and `note` says so. Codes: bad_date.
    """
    found = list(_messages(content.decode("utf-8-sig", errors="replace")))
    order = _day_order(found, origin, note)
    source = _chat_name(path, found)
    for message in found:
        words = _words(message)
        if words is None:
            continue
        where = f"{origin}:{message.number}"
        stamp = "-".join(message.written)
        day: date | None = None
        if order is not None:
            day = _day(message.written, order)
            if day is None:
                reason = f"line {message.number}: there is no day {stamp}; it is left out, check the export"
                yield Rejected(origin=where, stage="ingest", code="bad_date", reason=reason)
                continue
            stamp = day.isoformat()
        mark = hashlib.sha256(
            f"{stamp} {message.clock} {words}".encode("utf-8", errors="replace")
        ).hexdigest()
        yield RawArticle(
            origin=where,
            media_type="text/plain",
            content=words,
            id=f"whatsapp-{mark[:12]}",
            published=day,
            source=source,
        )


def _stamped(line: str) -> re.Match[str] | None:
    plain = _MARKS.sub("", line) if line[:1] in _OWN_WORDS + "\u200f\u202a\u202b\ufeff" else line
    return _IPHONE.match(plain) or _ANDROID.match(plain)


def _messages(text: str) -> Iterator[_Message]:
    """Yield the messages of an export; a line without a stamp goes on with the message before it."""
    opened: re.Match[str] | None = None
    begun, more = 0, []
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        match = _stamped(line)
        if match is None or not any(
            _day(match.group("a", "b", "c"), o) for o in ("day first", "month first")
        ):
            more.append(line)
            continue
        if opened is not None:
            yield _message(begun, opened, more)
        opened, begun, more = match, number, []
    if opened is not None:
        yield _message(begun, opened, more)


def _message(number: int, match: re.Match[str], more: Sequence[str]) -> _Message:
    said = _SENDER.match(match["rest"])
    first = said["words"] if said else match["rest"]
    return _Message(
        number=number,
        dotted=match["sep"] == ".",
        written=(match["a"], match["b"], match["c"]),
        clock=match["clock"].replace(".", ":"),
        who=_MARKS.sub("", said["who"]).strip("~ \u00a0\u202f") if said else None,
        words="\n".join([first, *more]),
    )


def _words(message: _Message) -> str | None:
    """Return what a person wrote in a message; None where that is nothing."""
    if message.who is None:
        return None
    first, _, rest = message.words.partition("\n")
    if first.startswith(_OWN_WORDS):  # "image omitted", "Ali added you": not a person's words
        first = ""
    words = _LEFT_OUT.sub("", _MARKS.sub("", f"{first}\n{rest}")).strip()
    return words if _LETTER.search(words) else None


def _chat_name(path: PurePath, found: Sequence[_Message]) -> str | None:
    match = _FILE_NAME.search(path.parent.name if path.name.lower() == "_chat.txt" else path.name)
    if match is None:
        return None
    name = _MARKS.sub("", match["name"]).strip()
    # iPhones write the chat's own name as the sender of what the phone says.
    people = {m.who.casefold() for m in found if m.who and not m.words.startswith(_OWN_WORDS)}
    private = name.casefold() in people or len(people) < 2 or _PHONE.fullmatch(name) is not None
    return None if private else name


# --- which of day and month comes first


def _day_order(found: Sequence[_Message], origin: str, note: Callable[[str], None]) -> Order | None:
    """Return how the chat writes its days; None where nothing tells."""
    days: dict[Order, list[date]] = {"day first": [], "month first": []}
    for order, known in days.items():
        known += [day for m in found if (day := _day(m.written, order)) is not None]
    first, second = days["day first"], days["month first"]
    if first == second or len(first) != len(second):
        return "day first" if len(first) >= len(second) else "month first"
    back = {order: sum(b < a for a, b in pairwise(known)) for order, known in days.items()}
    wide = {order: (max(known) - min(known)).days for order, known in days.items()}
    if all(m.dotted for m in found):  # nobody writes 04.12.2020 with the month first
        return "day first"
    for told in (back, wide):
        less, more = sorted(days, key=lambda order: told[order])
        if 2 * told[less] < told[more]:
            note(
                f"{origin}: its dates are read with the {less.replace(' ', ' coming ')}: so they are in order"
            )
            return less
    note(
        f"{origin}: whether its dates are day/month or month/day can't be told; its messages get no day, "
        "give one with --published where all are of one day"
    )
    return None


def _day(written: tuple[str | None, ...], order: Order) -> date | None:
    a, b, c = (str(part) for part in written)
    if len(a) == 4:
        year, month, day = int(a), int(b), int(c)
    else:
        day, month = (int(a), int(b)) if order == "day first" else (int(b), int(a))
        year = int(c) + (2000 if len(c) == 2 else 0)
    try:
        return date(year, month, day)
    except ValueError:
        return None
