"""One way to write JSON, so that all parties sign and digest the same bytes."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any


def canonical(value: Any) -> bytes:
    """Return JSON as UTF-8 bytes: keys sorted, no white space, no characters escaped that need not be.

    ValueError for a number that JSON does not have (NaN, Infinity).

    >>> canonical({"b": 1, "a": ["é", None]})
    b'{"a":["\\xc3\\xa9",null],"b":1}'
    """
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode("utf-8")


def digest_of(value: Any) -> str:
    """Return the hex SHA-256 of the canonical JSON of a value."""
    return hashlib.sha256(canonical(value)).hexdigest()


def moment_text(at: datetime) -> str:
    """Return a moment in UTC with microseconds, as it is signed.

    >>> moment_text(datetime(2020, 4, 12, 9, 30, tzinfo=UTC))
    '2020-04-12T09:30:00.000000+00:00'
    """
    return at.astimezone(UTC).isoformat(timespec="microseconds")
