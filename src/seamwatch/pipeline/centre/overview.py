"""What a person sees of the centre: the charter, the parties, what came and went, and what happened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from seamwatch.coordinate.keys import fingerprint
from seamwatch.errors import UnknownIdError
from seamwatch.model.charter import CharterState
from seamwatch.pipeline.centre.agreeing import standing
from seamwatch.pipeline.visibility import FULL, counts_within, hidden_altogether
from seamwatch.vocabulary.coordination import PartyRole, Tlp

if TYPE_CHECKING:
    from datetime import datetime

    from seamwatch.coordinate.charter import Standing
    from seamwatch.model.audit import AuditEntry
    from seamwatch.model.party import Party
    from seamwatch.pipeline.centre.sending import Withdrawal
    from seamwatch.store.base import Store

Counts = Mapping[str, int | None]
MOST_LOG = 50
_LOGGED = ("charter", "notice", "entry.refused", "bundle", "feed")
_WORDS = {
    "entry.refused": "an entry was refused",
    "feed.restarted": "a feed was begun anew after a restore from a backup",
    "feed.adopted": "own entries were fetched back after a restore from a backup",
    "bundle.exported": "a bundle was written",
    "bundle.imported": "a bundle was read",
}


def centre_json(store: Store, clearance: Tlp = FULL) -> dict[str, Any]:
    """Return what a node knows of its centre, as GET /centre gives it; `me` null where no party is set up.

    Records are counted as far as a clearance may see them; what else counts them is left out below FULL.
    """
    card = store.own_party()
    found = standing(store)
    state = found.state
    return {
        "me": None
        if card is None
        else {
            "id": card["id"],
            "name": card["name"],
            "fingerprint": fingerprint(str(card["sign_key"])),
        },
        "charter": None if state is None else _charter(state),
        "parties": []
        if state is None or card is None
        else _parties(store, state, str(card["id"]), clearance),
        "proposals": _proposals(found),
        "log": _log(store, figures=clearance is FULL),
    }


def withdrawals_json(found: tuple[Withdrawal, ...]) -> dict[str, Any]:
    """Return withdrawals with who has receipted them, as GET /centre/withdrawals gives them."""
    return {
        "withdrawals": [
            {
                "record": w.record,
                "incident": w.incident,
                "field": w.field,
                "why": w.why,
                "at": _moment(w.at),
                "receivers": [
                    {
                        "party": party,
                        "state": "waiting" if receipted is None else "receipted",
                        "receipted": _moment(receipted),
                    }
                    for party, receipted in w.receivers
                ],
            }
            for w in found
        ]
    }


def _charter(state: CharterState) -> dict[str, Any]:
    charter = state.charter
    relay = next((p.id for p in charter.parties if p.role is PartyRole.RELAY), None)
    return {
        "name": charter.name,
        "version": charter.version,
        "digest": state.signed.digest,
        "text": charter.text,
        "areas": [{"id": a.id, "name": a.name, "contested": a.contested} for a in charter.areas],
        "answer_times": [
            {
                "kind": t.kind,
                "priority": t.priority,
                "acknowledge_hours": t.acknowledge_hours,
                "answer_hours": t.answer_hours,
                "escalate_to": list(t.escalate_to),
            }
            for t in charter.answer_times
        ],
        "change": charter.change,
        "suspend": charter.suspend,
        "relay": relay,
        "rules": len(charter.rules),
        "signed": [p.id for p in charter.parties if p.id in state.signed.signatures],
    }


def _parties(store: Store, state: CharterState, me: str, clearance: Tlp) -> list[dict[str, Any]]:
    hidden = None if clearance is FULL else hidden_altogether(store, clearance)

    def counts(party: Party) -> Counts:
        if party.id == me:
            return {}
        return _counts(store, me, party.id) if hidden is None else _seen(store, party.id, clearance, hidden)

    return [_party(store, state, party, me, counts(party)) for party in state.charter.parties]


def _counts(store: Store, me: str, party: str) -> Counts:
    """Return how many records to and of a party there are, and the numbers of the last entries."""
    return {
        **store.count_records(party),
        "sent.number": store.feed_head(me, party).number,
        "received.number": store.feed_head(party, me).number,
    }


def _seen(store: Store, party: str, clearance: Tlp, hidden: frozenset[str]) -> Counts:
    """Return how many records a clearance may see; None for what counts the others too.

    Of what a party withdrew, and of what is held, nobody can tell any longer what it bore.
    """
    sent = store.sent_records(receiver=party)
    names = sorted({row.incident for row in sent})
    stored = zip(names, store.map_keys_of(names), strict=True)
    seen = {name for name, key in stored if (name not in hidden if key else _is_seen(store, name, hidden))}
    rows = [row for row in sent if row.incident in seen]
    return {
        "sent.released": sum(row.state == "released" for row in rows),
        "sent.withdrawn": sum(row.state == "withdrawn" for row in rows),
        "sent.unreceipted": sum(row.receipted is None for row in rows),
        "received.shown": counts_within(store, clearance, party)["articles"],
        **dict.fromkeys(("sent.number", "received.number", "received.withdrawn", "received.held")),
    }


def _is_seen(store: Store, incident: str, hidden: frozenset[str]) -> bool:
    """Return whether what an id leads to is none of those hidden; of what is no more nobody knows."""
    try:
        return store.resolve_id(incident) not in hidden
    except UnknownIdError:
        return False


def _party(store: Store, state: CharterState, party: Party, me: str, counts: Counts) -> dict[str, Any]:
    contact = store.contact(party.id)
    return {
        "id": party.id,
        "name": party.name,
        "role": party.role.value,
        "state": state.states[party.id].value,
        "fingerprint": fingerprint(party.sign_key),
        "address": party.address,
        "me": party.id == me,
        "reached": _moment(contact.reached),
        "bundle": {
            "imported": _last(store, "bundle.imported", party.id),
            "exported": _last(store, "bundle.exported", party.id),
        },
        "problem": contact.problem,
        "sent": {
            "number": counts.get("sent.number", 0),
            "released": counts.get("sent.released", 0),
            "withdrawn": counts.get("sent.withdrawn", 0),
            "unreceipted": counts.get("sent.unreceipted", 0),
        },
        "received": {
            "number": counts.get("received.number", 0),
            "shown": counts.get("received.shown", 0),
            "withdrawn": counts.get("received.withdrawn", 0),
            "held": counts.get("received.held", 0),
        },
    }


def _last(store: Store, kind: str, subject: str) -> str | None:
    """Return when something of a kind and subject was logged last."""
    found = store.audit_entries(kind=kind, subject=subject, limit=1, newest_first=True)
    return _moment(found[0].at) if found else None


def _proposals(found: Standing) -> list[dict[str, Any]]:
    return [
        {
            "digest": signed.digest,
            "version": signed.charter.version,
            "signed": list(quorum.signed),
            "missing": list(quorum.missing),
            "text": signed.charter.text,
        }
        for signed, quorum in found.proposals
    ]


def _log(store: Store, *, figures: bool) -> list[dict[str, Any]]:
    entries = [
        e for kind in _LOGGED for e in store.audit_entries(kind=kind, limit=MOST_LOG, newest_first=True)
    ]
    entries.sort(key=lambda e: e.number, reverse=True)
    return [
        {"at": _moment(e.at), "kind": e.kind, "party": _who(e), "text": _text(e, figures)}
        for e in entries[:MOST_LOG]
    ]


def _who(entry: AuditEntry) -> str | None:
    for key in ("sender", "party", "receiver"):
        if isinstance(entry.details.get(key), str):
            return str(entry.details[key])
    return None


def _text(entry: AuditEntry, figures: bool) -> str:
    """Return a line for people: what happened, and the details that say which, with figures where wanted."""
    kinds = str | int if figures else str
    words = _WORDS.get(entry.kind, entry.kind.replace(".", " ").replace("_", " "))
    if entry.details.get("problem") == "rollback":
        words = "shows fewer entries than it has sent"
    shown = [
        f"{name} {value}"
        for name, value in entry.details.items()
        if isinstance(value, kinds) and not isinstance(value, bool) and name not in ("hash", "digest")
    ]
    return f"{words}: {', '.join(shown)}" if shown else words


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
