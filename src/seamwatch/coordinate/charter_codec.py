"""Parties, charters and notices as JSON, and back: strict, sized, and the same JSON for the same charter."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from seamwatch.coordinate.canonical import canonical, digest_of, moment_text
from seamwatch.coordinate.keys import agrees, signs
from seamwatch.coordinate.rule_codec import rules_from_json, rules_json
from seamwatch.coordinate.strict import DIGEST, PARTY_ID, Row
from seamwatch.errors import FieldError
from seamwatch.model.charter import AnswerTime, Charter, CharterArea, Notice, SignedCharter
from seamwatch.model.party import Party
from seamwatch.model.release import EVERYONE
from seamwatch.vocabulary.coordination import NoticeKind, PartyRole, Priority, RequestKind

Json = dict[str, Any]
MOST_BYTES = 1024 * 1024
MOST_PARTIES = 64
MOST_VERSION = 1_000_000
INCIDENT = "incident"
"""The kind of an answer time that is about incidents in contested areas, not about a request."""
QUORUMS = ("all", "majority")

_MOST_AREAS, _MOST_TIMES, _MOST_HOURS, _MOST_DAYS = 500, 200, 24 * 366.0, 36_600
_NAME, _TEXT, _WHY, _ADDRESS, _PEM = 120, 20_000, 500, 300, 8_192
_PEM_FORM = re.compile(
    r"-----BEGIN CERTIFICATE-----\n(?:[A-Za-z0-9+/=]{1,76}\n){1,110}-----END CERTIFICATE-----\n?"
)
_PARTY = ("id", "name", "sign_key", "agree_key", "role", "address", "certificate", "term")
_CHARTER = (
    "seamwatch",
    "name",
    "version",
    "previous",
    "parties",
    "areas",
    "rules",
    "answer_times",
    "change",
    "suspend",
    "backlog_days",
    "made",
    "text",
)
_NOTICE = ("seamwatch", "kind", "party", "term", "charter", "at", "why")


def checked_address(address: str, where: str = "address") -> str:
    """Return the address of a party's exchange; FieldError where it is no https URL of a host.

    http is for loopback alone. Who fetches looks up the host and decides whether that may be reached.

    >>> checked_address("https://north.example.org:8443")
    'https://north.example.org:8443'
    """
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError as wrong:
        raise FieldError(f"{where}: this is no address ({wrong})", field=where) from None
    plain = address.isascii() and len(address) <= _ADDRESS and not re.search(r"[\s\\<>\"']", address)
    if not plain or not host or "@" in parts.netloc or parts.query or parts.fragment:
        raise FieldError(
            f"{where}: write the address as https://host:port, with nothing but a path after it", field=where
        )
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(host)):
        raise FieldError(f"{where}: it must begin with https:// (http:// on loopback alone)", field=where)
    return address


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def party_json(party: Party) -> Json:
    """Return a party as JSON: its card."""
    return {
        "id": party.id,
        "name": party.name,
        "sign_key": party.sign_key,
        "agree_key": party.agree_key,
        "role": party.role.value,
        "address": party.address,
        "certificate": party.certificate,
        "term": party.term,
    }


def party_from_json(value: object, where: str = "party") -> Party:
    """Return the party of a JSON object; FieldError that names the field that is wrong."""
    row = Row(value, where, _PARTY)
    if (address := row.get("address")) is not None:
        checked_address(row.text("address", _ADDRESS), f"{where}.address")
    certificate = row.get("certificate")
    if certificate is not None and not (
        isinstance(certificate, str) and len(certificate) <= _PEM and _PEM_FORM.fullmatch(certificate)
    ):
        raise row.wrong("certificate", "expected one certificate as PEM")
    keys = {key: row.matching(key, DIGEST, "a public key of 64 hex digits") for key in _PARTY[2:4]}
    if not (signs(keys["sign_key"]) and agrees(keys["agree_key"])):
        raise row.wrong("sign_key", "one of both keys is none that can be used: ask for the card again")
    return Party(
        id=row.matching("id", PARTY_ID, "small letters, digits and hyphens, at most 40"),
        name=row.text("name", _NAME),
        **keys,
        role=row.word("role", PartyRole),
        address=address,
        certificate=certificate,
        term=row.whole("term", 1, MOST_VERSION),
    )


def charter_json(charter: Charter) -> Json:
    """Return a charter as JSON, every key there. Its digest is that of this."""
    return {
        "seamwatch": "charter",
        "name": charter.name,
        "version": charter.version,
        "previous": charter.previous,
        "parties": [party_json(p) for p in charter.parties],
        "areas": [{"id": a.id, "name": a.name, "contested": a.contested} for a in charter.areas],
        "rules": rules_json(charter.rules),
        "answer_times": [
            {
                "kind": t.kind,
                "priority": t.priority,
                "acknowledge_hours": _hours(t.acknowledge_hours),
                "answer_hours": _hours(t.answer_hours),
                "escalate_to": list(t.escalate_to),
            }
            for t in charter.answer_times
        ],
        "change": charter.change,
        "suspend": charter.suspend,
        "backlog_days": charter.backlog_days,
        "made": None if charter.made is None else moment_text(charter.made),
        "text": charter.text,
    }


def charter_from_json(value: object, where: str = "charter") -> Charter:
    """Return the charter of a JSON object; FieldError that names the field that is wrong."""
    row = Row(value, where, _CHARTER)
    if row.get("seamwatch") != "charter":
        raise row.wrong("seamwatch", "this is no charter: it must say seamwatch: charter")
    charter = Charter(
        name=row.text("name", _NAME),
        version=row.whole("version", 1, MOST_VERSION),
        previous=""
        if row.get("previous") == ""
        else row.matching("previous", DIGEST, "a digest of 64 hex digits"),
        parties=row.rows("parties", MOST_PARTIES, party_from_json),
        areas=row.rows("areas", _MOST_AREAS, _area),
        rules=rules_from_json(row.get("rules"), f"{where}.rules"),
        answer_times=row.rows("answer_times", _MOST_TIMES, _answer_time),
        change=_quorum(row, "change"),
        suspend=_quorum(row, "suspend"),
        backlog_days=None if row.get("backlog_days") is None else row.whole("backlog_days", 0, _MOST_DAYS),
        made=None if row.get("made") is None else row.moment("made"),
        text=row.text("text", _TEXT, least=0, lines=True),
    )
    _check_whole(charter, row)
    try:
        canonical(charter_json(charter))
    except UnicodeError:
        raise row.wrong("rules", "there is a character in it that can't be written as UTF-8") from None
    return charter


def signed_json(signed: SignedCharter) -> Json:
    """Return a charter with its digest and signatures as JSON."""
    return {
        "charter": charter_json(signed.charter),
        "digest": signed.digest,
        "signatures": {party: signed.signatures[party] for party in sorted(signed.signatures)},
    }


def signed_from_json(value: object, where: str = "signed") -> SignedCharter:
    """Return a charter with its signatures; FieldError where the digest is another charter's.

    The signatures are not verified here: `charter.signers` does.
    """
    row = Row(value, where, ("charter", "digest", "signatures"))
    charter = charter_from_json(row.get("charter"), f"{where}.charter")
    digest = row.matching("digest", DIGEST, "a digest of 64 hex digits")
    if digest != digest_of(charter_json(charter)):
        raise row.wrong("digest", "it is not the digest of this charter: the file was changed")
    signatures = row.signatures("signatures", 2 * MOST_PARTIES)
    return SignedCharter(charter=charter, digest=digest, signatures=signatures)


def notice_core(notice: Notice) -> Json:
    """Return what a notice says, without digest and signatures. Its digest is that of this."""
    return {
        "seamwatch": "notice",
        "kind": notice.kind.value,
        "party": notice.party,
        "term": notice.term,
        "charter": notice.charter,
        "at": moment_text(notice.at),
        "why": notice.why,
    }


def notice_json(notice: Notice) -> Json:
    """Return a notice with its digest and signatures as JSON."""
    signatures = dict(sorted(notice.signatures.items()))
    return {**notice_core(notice), "digest": notice.digest, "signatures": signatures}


def notice_from_json(value: object, where: str = "notice") -> Notice:
    """Return the notice of a JSON object; FieldError where a field or the digest is wrong."""
    row = Row(value, where, (*_NOTICE, "digest", "signatures"))
    if row.get("seamwatch") != "notice":
        raise row.wrong("seamwatch", "this is no notice: it must say seamwatch: notice")
    notice = Notice(
        kind=row.word("kind", NoticeKind),
        party=row.matching("party", PARTY_ID, "a party's id"),
        term=row.whole("term", 1, MOST_VERSION),
        charter=row.matching("charter", DIGEST, "a digest of 64 hex digits"),
        at=row.moment("at"),
        why=row.text("why", _WHY, least=0),
        digest=row.matching("digest", DIGEST, "a digest of 64 hex digits"),
        signatures=row.signatures("signatures", MOST_PARTIES),
    )
    if notice.digest != digest_of(notice_core(notice)):
        raise row.wrong("digest", "it is not the digest of this notice: it was changed")
    return notice


def _area(value: object, where: str) -> CharterArea:
    row = Row(value, where, ("id", "name", "contested"))
    return CharterArea(id=row.text("id", 200), name=row.text("name", _NAME), contested=row.flag("contested"))


def _answer_time(value: object, where: str) -> AnswerTime:
    row = Row(value, where, ("kind", "priority", "acknowledge_hours", "answer_hours", "escalate_to"))
    kind = row.text("kind", 40)
    if kind not in (INCIDENT, *RequestKind):
        raise row.wrong("kind", f"{kind!r} is none of: {', '.join((INCIDENT, *RequestKind))}")
    return AnswerTime(
        kind=kind,
        priority=None if row.get("priority") is None else row.word("priority", Priority).value,
        acknowledge_hours=row.number("acknowledge_hours", _MOST_HOURS),
        answer_hours=row.number("answer_hours", _MOST_HOURS),
        escalate_to=row.rows("escalate_to", MOST_PARTIES, _party_id),
    )


def _party_id(value: object, where: str) -> str:
    if not isinstance(value, str) or not PARTY_ID.fullmatch(value):
        raise FieldError(f"{where}: expected a party's id", field=where)
    return value


def _quorum(row: Row, key: str) -> str:
    if (value := row.get(key)) not in QUORUMS:
        raise row.wrong(key, f"{value!r} is none of: {', '.join(QUORUMS)}"[:200])
    return str(value)


def _hours(hours: float | None) -> float | None:
    # 24 and 24.0 are one time, so they are written in one way: both have one digest.
    return int(hours) if hours is not None and float(hours).is_integer() else hours


def _check_whole(charter: Charter, row: Row) -> None:
    """Raise FieldError where parts of a charter do not fit one another."""
    if len(charter.parties) < 2:
        raise row.wrong("parties", "a charter needs at least two parties")
    _once(row, "parties", "id", (p.id for p in charter.parties))
    # One key under two names would have two votes.
    _once(row, "parties", "sign_key", (p.sign_key for p in charter.parties))
    _once(row, "parties", "agree_key", (p.agree_key for p in charter.parties))
    _once(row, "areas", "id", (a.id for a in charter.areas))
    _once(row, "answer_times", "kind and priority", ((t.kind, t.priority) for t in charter.answer_times))
    ids = {p.id for p in charter.parties}
    for time in charter.answer_times:
        for name in set(time.escalate_to) - ids:
            raise row.wrong("answer_times", f"escalate_to: {name!r} is no party of this charter")
    for rule in charter.rules:
        for name in set(rule.to) - ids - {EVERYONE}:
            raise row.wrong("rules", f"{rule.id}: to: {name!r} is no party of this charter")
    if len(relays := [p.id for p in charter.parties if p.role is PartyRole.RELAY]) > 1:
        raise row.wrong("parties", f"one relay at most, these are {len(relays)}: {', '.join(relays)}")


def _once(row: Row, key: str, what: str, values: Iterable[object]) -> None:
    listed = list(values)
    if len(set(listed)) != len(listed):
        raise row.wrong(key, f"two of them have the same {what}: each needs its own")
