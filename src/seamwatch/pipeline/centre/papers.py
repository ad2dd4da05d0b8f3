"""The signed papers that are in force, handed over as they are: versions of the charter and notices.

They mostly come through feeds. Two ways are beside them. A party that takes part no longer has no feed that
would tell it so: it is refused with the papers, and shows its own where they are others. And where two nodes
do not go by the same papers, because one was restored from a backup, they show each other theirs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from seamwatch.coordinate.canonical import canonical, digest_of
from seamwatch.coordinate.charter_codec import notice_from_json, notice_json, signed_from_json, signed_json
from seamwatch.errors import SeamwatchError
from seamwatch.pipeline.centre.agreeing import adopt
from seamwatch.pipeline.centre.charters import sign_keys, standing

if TYPE_CHECKING:
    from seamwatch.pipeline.centre.node import Node
    from seamwatch.store.base import Store

MOST_PAPERS = 200


def former_key(node: Node, party: str) -> str | None:
    """Return the key with which a party signed last, None where it was never in the charter."""
    keys = sign_keys(node.store, party)
    return keys[-1] if keys else None


def papers_mark(store: Store) -> str:
    """Return the digest of the papers in force: nodes with the same one go by the same papers."""
    now = standing(store)
    notices = now.state.notices if now.state is not None else ()
    return digest_of([[v.digest for v in now.chain], sorted(n.digest for n in notices)])


def papers_for(node: Node, parted: str | None = None) -> dict[str, Any]:
    """Return the versions and the notices in force here: JSON for `take_papers`.

    Also to who is refused (`parted`): whether a notice about it holds may hang on those about others. What
    was agreed after it went is not for it: it gets the versions up to the first that names it no longer.
    """
    now = standing(node.store)
    chain = now.chain
    notices = now.state.notices if now.state is not None else ()
    if parted is not None:
        named = [at for at, v in enumerate(chain) if v.charter.party(parted) is not None]
        chain = chain[: named[-1] + 2] if named else ()
        later = {v.digest for v in now.chain[len(chain) :]}
        notices = tuple(n for n in notices if n.charter not in later)
    return {
        "versions": [signed_json(signed) for signed in chain[-MOST_PAPERS:]],
        "notices": [notice_json(n) for n in notices][-MOST_PAPERS:],
    }


def differ(node: Node, papers: object) -> bool:
    """Return whether another party's papers are others than those in force here."""
    ours: object = json.loads(canonical(papers_for(node)))
    return papers != ours


def take_papers(node: Node, papers: object) -> bool:
    """Take another party's papers; return whether what is in force here is another thing since.

    Each is taken only where it bears a signature of a party that may sign it; all else is ignored. What comes
    into force follows from the signatures, whoever brings them.
    """
    if not isinstance(papers, Mapping):
        return False
    before = papers_mark(node.store)
    versions, notices = papers.get("versions"), papers.get("notices")
    for rows, kind in ((versions, "version"), (notices, "notice")):
        for row in rows[:MOST_PAPERS] if isinstance(rows, list) else ():
            try:
                if kind == "version":
                    adopt(node, (signed_from_json(row),), (), actor="node")
                else:
                    adopt(node, (), (notice_from_json(row),), actor="node")
            except SeamwatchError:
                continue
    return papers_mark(node.store) != before
