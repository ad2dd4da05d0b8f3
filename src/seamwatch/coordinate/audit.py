"""The audit log's chain: entries made and checked, and a whole log as signed JSON Lines."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from seamwatch.coordinate.canonical import canonical, digest_of, moment_text
from seamwatch.coordinate.keys import KeyRing, verifies
from seamwatch.coordinate.strict import DIGEST, SIGNATURE, Row, read_json
from seamwatch.errors import FieldError, InputError, SeamwatchError
from seamwatch.model.audit import AuditEntry

Json = dict[str, Any]

MOST_LINE = 64 * 1024
MOST_NUMBER = 10**12
_DETAILS = 16 * 1024
_LOG = b"seamwatch audit\n"
_CORE = ("party", "number", "at", "actor", "kind", "subject", "details", "previous")
_OPENING, _CLOSING = ("seamwatch", "party", "charter", "at"), ("entries", "hash", "signature")


def entry_core(entry: AuditEntry) -> Json:
    """Return what an entry says, without its hash. Its hash is the digest of this."""
    return {
        "party": entry.party,
        "number": entry.number,
        "at": moment_text(entry.at),
        "actor": entry.actor,
        "kind": entry.kind,
        "subject": entry.subject,
        "details": dict(entry.details),
        "previous": entry.previous,
    }


def entry_json(entry: AuditEntry) -> Json:
    """Return an entry as JSON."""
    return {**entry_core(entry), "hash": entry.hash}


def make_entry(entry: AuditEntry, number: int, previous: str) -> AuditEntry:
    """Return an entry with its number and hash, after the entry that has the hash `previous`.

    Its details come back as JSON gives them. SeamwatchError where they are no JSON, or too long.
    """
    try:
        told = canonical(_plain(dict(entry.details)))
    except (TypeError, ValueError) as wrong:
        raise SeamwatchError(f"{entry.kind}: these details can't be written down ({wrong})") from wrong
    if len(told) > _DETAILS:
        raise SeamwatchError(
            f"{entry.kind}: details of {len(told)} bytes are too long for the log: tell a digest instead"
        )
    made = replace(
        entry,
        party=str(_plain(entry.party)),
        actor=str(_plain(entry.actor)),
        kind=str(_plain(entry.kind)),
        subject=str(_plain(entry.subject)),
        number=number,
        previous=previous,
        details=json.loads(told),
    )
    return replace(made, hash=digest_of(entry_core(made)))


def _plain(value: Any) -> Any:
    """Return a value without lone surrogates, which neither the database nor UTF-8 can hold."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, Mapping):
        return {str(_plain(key)): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


def chained(entries: Iterable[AuditEntry], number: int, previous: str) -> Iterator[AuditEntry]:
    """Yield entries numbered and chained after the entry `number` with the hash `previous`."""
    for entry in entries:
        number += 1
        made = make_entry(entry, number, previous)
        previous = made.hash
        yield made


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The first line of a log that was handed over: whose it is, under which charter, of which moment."""

    party: str
    charter: str
    at: datetime


def log_lines(entries: Iterable[AuditEntry], opening: Opening, keys: KeyRing) -> Iterator[str]:
    """Yield a log as lines of JSON: who hands it over, its entries, and the signature over the last hash."""
    first = _opening_json(opening)
    yield _line(first)
    number, last = 0, ""
    for entry in entries:
        number, last = entry.number, entry.hash
        yield _line(entry_json(entry))
    yield _line({"entries": number, "hash": last, "signature": keys.sign(_log_message(first, number, last))})


def _opening_json(opening: Opening) -> Json:
    return {
        "seamwatch": "audit",
        "party": opening.party,
        "charter": opening.charter,
        "at": moment_text(opening.at),
    }


def _line(row: Json) -> str:
    return canonical(row).decode("utf-8") + "\n"


def _log_message(opening: Json, number: int, last: str) -> bytes:
    return _LOG + hashlib.sha256(canonical({**opening, "entries": number, "hash": last})).digest()


class LogReader:
    """Reads the lines of a log, checks the chain, and keeps what is wrong in words.

    `problems` is complete when all entries were read. A log that was altered, shortened, put into another
    order or told by another party has some.
    """

    def __init__(self, lines: Iterable[bytes]) -> None:
        """Read the first line; InputError where this is no audit log."""
        self._lines = iter(lines)
        self.problems: list[str] = []
        row = Row(self._json(next(self._lines, b""), "line 1"), "line 1", _OPENING)
        if row.get("seamwatch") != "audit":
            raise InputError("this is no audit log of Seamwatch: its first line does not say so")
        at = row.moment("at")
        self._check_moment(row.get("at"), at, "line 1")
        party = row.text("party", 40, least=0)
        charter = row.text("charter", 64, least=0)
        self.opening = Opening(party=party, charter=charter, at=at)
        self.entries = 0
        self.head = (0, "")
        self._closing: Json | None = None

    def read(self) -> Iterator[AuditEntry]:
        """Yield the entries as they stand, wrong ones too; InputError where a line can't be read at all."""
        number, previous = 0, ""
        for at, line in enumerate(self._lines, 2):
            value = self._json(line, f"line {at}")
            if isinstance(value, dict) and "signature" in value:
                self._closing = value
                if next(self._lines, None) is not None:
                    self.problems.append("lines come after the last one, which bears the signature")
                break
            entry = _entry(value, f"line {at}")
            self._check_moment(value["at"], entry.at, f"line {at}")
            self.entries += 1
            self._check(entry, number, previous)
            number, previous = entry.number, entry.hash
            yield entry
        self.head = (number, previous)

    def _check(self, entry: AuditEntry, number: int, previous: str) -> None:
        name = f"entry {entry.number}"
        if entry.number != number + 1:
            self.problems.append(
                f"{name} comes after entry {number}: entries are missing, or in another order"
            )
        elif entry.previous != previous:
            self.problems.append(f"{name} does not follow entry {number}: one of the two was exchanged")
        if entry.hash != digest_of(entry_core(entry)):
            self.problems.append(f"{name} was altered: its hash is not that of what it says")
        # Entries from before the node had a name bear none.
        if entry.party not in ("", self.opening.party):
            self.problems.append(f"{name} is of the party {entry.party!r}, not of {self.opening.party!r}")

    def _check_moment(self, written: object, at: datetime, where: str) -> None:
        if written != moment_text(at):
            self.problems.append(f"{where}: its moment is not written as logs are: it was changed")

    def check_signature(self, keys: Iterable[str]) -> None:
        """Note where the last line lacks, or the signature is of none of these public keys."""
        number, last = self.head
        if self._closing is None:
            self.problems.append("the last line lacks: the log was cut off")
            return
        try:
            row = Row(self._closing, "the last line", _CLOSING)
            told = row.whole("entries", 0, MOST_NUMBER), row.get("hash")
            signature = row.matching("signature", SIGNATURE, "a signature of 128 hex digits")
        except FieldError as wrong:
            self.problems.append(str(wrong))
            return
        if told != (number, last):
            self.problems.append(
                f"the last line speaks of {told[0]} entries, the last one here is {number}: "
                "entries were left out or added"
            )
        message = _log_message(_opening_json(self.opening), told[0], str(told[1]))
        if not any(verifies(key, message, signature) for key in keys):
            self.problems.append(
                f"the signature is of no key that the charter names for {self.opening.party}: "
                "the log was changed, or signed by another"
            )

    def _json(self, line: bytes, where: str) -> Any:
        try:
            value = read_json(line.decode("utf-8"), where, MOST_LINE)
            plain = canonical(value)
        except (UnicodeDecodeError, UnicodeEncodeError) as wrong:
            raise InputError(f"{where} is no UTF-8 ({wrong.reason}): ask for the log again") from None
        if plain != line.rstrip(b"\r\n"):
            self.problems.append(f"{where} is not written as logs are: it was changed")
        return value


def _entry(value: object, where: str) -> AuditEntry:
    row = Row(value, where, (*_CORE, "hash"))
    details = row.get("details")
    if not isinstance(details, Mapping):
        raise row.wrong("details", "expected an object")
    return AuditEntry(
        party=row.text("party", 40, least=0),
        number=row.whole("number", 1, MOST_NUMBER),
        at=row.moment("at"),
        actor=_any_text(row, "actor"),
        kind=_any_text(row, "kind"),
        subject=_any_text(row, "subject"),
        details=dict(details),
        previous="" if row.get("previous") == "" else row.matching("previous", DIGEST, "a hash"),
        hash=row.matching("hash", DIGEST, "a hash of 64 hex digits"),
    )


def _any_text(row: Row, key: str) -> str:
    value = row.get(key)
    if not isinstance(value, str):
        raise row.wrong(key, "expected a text")
    return value
