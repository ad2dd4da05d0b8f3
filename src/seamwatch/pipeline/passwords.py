"""Passwords: their rules, their hashes, and verifying one so that nothing tells whether the name exists."""

from __future__ import annotations

import secrets
import unicodedata
from typing import TYPE_CHECKING

from seamwatch.errors import FieldError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

LEAST, MOST = 12, 1024
"""How many characters a password has."""


def check_password(password: str, name: str = "") -> None:
    """Raise FieldError where a password is too short, too long, or repeats the account's name."""
    if len(password) < LEAST:
        raise FieldError(
            f"the password has {len(password)} characters: take at least {LEAST}, as four words that do not "
            "belong together",
            field="password",
            code="weak_password",
        )
    if len(password) > MOST:
        raise FieldError(f"the password has more than {MOST} characters", field="password")
    rest = _plain(password).casefold().replace(_plain(name).casefold(), "") if name else password
    if len(rest) < LEAST // 2 or len(set(password)) < 4:
        raise FieldError(
            "the password is the account's name or a few characters again and again: take another",
            field="password",
            code="weak_password",
        )


def check_new_password(old: str, new: str, name: str) -> None:
    """Raise FieldError where a person's new password can't be, or is the old one."""
    try:
        check_password(new, name)
    except FieldError as wrong:
        raise FieldError(str(wrong), field="new", code=wrong.code) from wrong
    if _plain(new) == _plain(old):
        raise FieldError("the new password is the old one: take another", field="new", code="weak_password")


class Passwords:
    """Makes and verifies argon2id hashes, with the parameters that the library recommends (RFC 9106)."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        if hasher is None:
            from argon2 import PasswordHasher

            hasher = PasswordHasher()
        self._hasher = hasher
        # Made at the start: a name that nobody has costs one verification, as one that somebody has does.
        self._nobody = hasher.hash(secrets.token_bytes(32))

    def hash(self, password: str) -> str:
        """Return the hash of a password, with its salt and its parameters."""
        return self._hasher.hash(_bytes(password))

    def matches(self, kept: str | None, password: str) -> bool:
        """Return whether a password is the one of a hash. One full verification, also where there is none."""
        from argon2.exceptions import InvalidHashError, VerificationError

        for known in (kept, self._nobody):
            if known is None:
                continue
            try:
                return self._hasher.verify(known, _bytes(password)) and known is kept
            except InvalidHashError:
                continue  # a damaged row: like an account without a password
            except VerificationError:
                return False
        return False

    def is_outdated(self, kept: str) -> bool:
        """Return whether a hash was made with other parameters than those of now."""
        return self._hasher.check_needs_rehash(kept)


def _plain(text: str) -> str:
    # A keyboard may send é as one character or as two.
    return unicodedata.normalize("NFKC", text)


def _bytes(password: str) -> bytes:
    return _plain(password).encode("utf-8", "surrogatepass")
