"""What a node notes of its doings: lines of the audit log, and refused entries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seamwatch.store.base_exchange import Refused

if TYPE_CHECKING:
    from seamwatch.model.exchange import Head
    from seamwatch.pipeline.centre.node import Node


def audit(node: Node, kind: str, subject: str = "", **details: Any) -> None:
    """Append a line to the audit log, in the transaction around it."""
    from seamwatch.pipeline.centre.auditing import record

    record(node.store, node.keys, "node", kind, subject, at=node.clock(), **details)


def refuse(node: Node, at: Head, *, via: str, problem: str, text: str) -> None:
    """Note that an entry was refused. The same refusal is told once in the audit log, and counted."""
    moment = node.clock()
    store = node.store
    with store.transaction():
        known = store.add_refused(
            Refused(
                sender=at.sender[:80],
                receiver=at.receiver[:80],
                epoch=at.epoch,
                number=at.number,
                via=via[:80],
                problem=problem,
                text=text[:500],
                first=moment,
                last=moment,
            )
        )
        if not known:
            audit(
                node,
                "entry.refused",
                at.sender[:80],
                sender=at.sender[:80],
                receiver=at.receiver[:80],
                epoch=at.epoch,
                number=at.number,
                via=via[:80],
                problem=problem,
            )
