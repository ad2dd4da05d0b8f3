"""Why the other parties would not come through to an exchange that is about to be served."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seamwatch.model.party import Party
    from seamwatch.store.base import Store


def serving_doubts(store: Store, cert: Path | None, *, behind_proxy: bool) -> Iterator[str]:
    """Yield what keeps the others out: no charter, another certificate than theirs, one that has run out.

    A certificate that can't be read is no matter of this: the server itself refuses it.
    """
    from seamwatch.pipeline.centre.charters import charter_in_force

    card, state = store.own_party(), charter_in_force(store)
    if state is None or card is None:
        yield "no charter is in force here yet: every party is refused until one is"
        return
    agreed = state.charter.party(str(card.get("id")))
    if agreed is None or behind_proxy:
        return
    if cert is not None:
        yield from _certificate_doubts(cert, agreed)
    elif (agreed.address or "").startswith("https:"):
        yield "the others come over https, and without --cert and --key this server speaks plain http"


def _certificate_doubts(cert: Path, named: Party) -> Iterator[str]:
    from cryptography import x509

    try:
        shown = x509.load_pem_x509_certificate(cert.read_bytes())
    except (OSError, ValueError):
        return
    now = datetime.now(UTC)
    if named.certificate is not None and x509.load_pem_x509_certificate(named.certificate.encode()) != shown:
        yield (
            f"{cert} is another certificate than the charter names for {named.id}: the others "
            "refuse it. Serve that one, or propose a charter with this one"
        )
    if shown.not_valid_after_utc < now:
        yield (
            f"{cert} ran out on {shown.not_valid_after_utc:%Y-%m-%d}: make a new one (`seamwatch party "
            "certificate`) and propose a charter with it"
        )
    elif shown.not_valid_before_utc > now:
        since = f"{shown.not_valid_before_utc:%Y-%m-%d %H:%M}"
        yield f"{cert} is good from {since} UTC on: is this machine's clock right?"
