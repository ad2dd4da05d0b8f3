"""What an answer of another party that is none means, in words and codes."""

from __future__ import annotations

import json
import ssl
from contextlib import suppress

from seamwatch.errors import REFUSED, FetchError, PartedError

AGAIN = (429, 500, 502, 503, 504)
"""Answers after which a request is worth another try."""


def is_certificate(wrong: BaseException) -> bool:
    """Return whether a connection failed since the other showed another certificate than is trusted."""
    seen: BaseException | None = wrong
    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def status_error(status: int, content: bytes) -> FetchError:
    """Return the fault of an answer; what the other says of it is shown, but only a line of it."""
    said, papers = "", None
    with suppress(ValueError, KeyError, TypeError, RecursionError, AttributeError):
        error = json.loads(content)["error"]
        papers = error.get("papers")
        said = "".join(c for c in str(error["message"])[:300] if c.isprintable())
    if status == 403 and papers is not None:
        return PartedError(f"{REFUSED}: {said or status}", papers)
    if status in (401, 403):
        return FetchError(f"{REFUSED}: {said or status}", code="refused")
    if 300 <= status < 400:
        return FetchError(
            "the server sends us elsewhere, which is not followed: the charter must name its own address",
            code="redirected",
        )
    if status == 413:
        return FetchError(f"the party takes no request as large: {said or status}", code="too_large")
    code = "unreachable" if status in AGAIN else "bad_answer"
    return FetchError(f"the party's server answers {status}: {said or 'check its address'}", code=code)
