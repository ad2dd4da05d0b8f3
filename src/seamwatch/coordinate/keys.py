"""A party's keys: signatures (Ed25519), and boxes that only two parties can open (X25519, ChaCha20-Poly1305).

The key of a box follows from both parties' keys and from the box's own salt. Without the salt, which is
erased with the box, nobody can tell from the digest in the chain what the box held.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from seamwatch.errors import InputError, SeamwatchError
from seamwatch.model.exchange import Sealed

SALT_BYTES = 32
_NONCE = bytes(12)  # each key seals one content only
_FIELD = (1 << 255) - 19
_EIGHTH = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
# The y of the eight points of Ed25519 whose order divides 8.
_SMALL_ORDER = frozenset((0, 1, _FIELD - 1, _EIGHTH, _FIELD - _EIGHTH))
_SIGN_SEED, _AGREE_SEED = b"seamwatch sign", b"seamwatch agree"


class KeyRing:
    """The private keys of one party. Kept apart from the database, so that its backups hold no keys."""

    def __init__(self, party: str, secret: bytes) -> None:
        """Take the party's id and its one secret of 32 bytes, from which all its keys follow."""
        if len(secret) != 32:
            raise SeamwatchError("a party's secret must have 32 bytes: restore its key file", code="bad_key")
        self.party = party
        self._secret = secret
        self._sign = Ed25519PrivateKey.from_private_bytes(_derived(secret, _SIGN_SEED))
        self._agree = X25519PrivateKey.from_private_bytes(_derived(secret, _AGREE_SEED))
        self._pairs: dict[str, bytes] = {}

    @classmethod
    def new(cls, party: str) -> KeyRing:
        """Return new keys for a party."""
        return cls(party, secrets.token_bytes(32))

    @classmethod
    def load(cls, path: Path) -> KeyRing:
        """Return the keys of a file; SeamwatchError where it can't be read or is no key file."""
        try:
            row = json.loads(path.read_text("utf-8"))
            return cls(str(row["party"]), bytes.fromhex(row["secret"]))
        except OSError as wrong:
            raise SeamwatchError(
                f"can't read the key file {path} ({wrong.strerror}): restore it, or name it with --keys",
                code="no_keys",
            ) from wrong
        except (ValueError, KeyError, TypeError) as wrong:
            raise SeamwatchError(f"{path} is no key file of Seamwatch: restore it", code="bad_key") from wrong

    def save(self, path: Path) -> None:
        """Write the keys to a new file that only its owner can read; SeamwatchError where there is one."""
        try:
            made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise SeamwatchError(
                f"there is a key file at {path} already: it is never overwritten", code="keys_exist"
            ) from None
        except OSError as wrong:
            raise SeamwatchError(f"can't write the key file {path} ({wrong.strerror})") from wrong
        with os.fdopen(made, "w", encoding="utf-8") as file:
            json.dump({"party": self.party, "secret": self._secret.hex()}, file)
            file.flush()
            os.fsync(file.fileno())

    @property
    def sign_key(self) -> str:
        """Return the public key of the signatures, raw, in hex."""
        return self._sign.public_key().public_bytes_raw().hex()

    @property
    def agree_key(self) -> str:
        """Return the public key of the boxes, raw, in hex."""
        return self._agree.public_key().public_bytes_raw().hex()

    def sign(self, message: bytes) -> str:
        """Return the signature of a message in hex."""
        return self._sign.sign(message).hex()

    def own_digest(self, message: bytes) -> str:
        """Return a digest that only this party can make: nobody else can try out what it is of."""
        return hashlib.blake2b(
            message, key=self._secret, digest_size=32, person=b"seamwatch digest"
        ).hexdigest()

    def seal(self, content: bytes, other_agree_key: str, context: bytes) -> Sealed:
        """Return a content sealed for another party. `context` says what the box belongs to."""
        salt = secrets.token_bytes(SALT_BYTES)
        box = ChaCha20Poly1305(self._box_key(other_agree_key, salt, context)).encrypt(
            _NONCE, content, context
        )
        return Sealed(salt=salt, box=box)

    def open(self, sealed: Sealed, other_agree_key: str, context: bytes) -> bytes:
        """Return the content of a box of two parties, whichever made it; InputError where it is another's."""
        key = self._box_key(other_agree_key, sealed.salt, context)
        try:
            return ChaCha20Poly1305(key).decrypt(_NONCE, sealed.box, context)
        except InvalidTag:
            raise InputError(
                "a content can't be opened: it was sealed for another party, or changed", code="forged"
            ) from None

    def _box_key(self, other: str, salt: bytes, context: bytes) -> bytes:
        pair = self._pairs.get(other)
        if pair is None:
            try:
                pair = self._agree.exchange(X25519PublicKey.from_public_bytes(bytes.fromhex(other)))
            except ValueError as wrong:
                raise InputError(f"this is no X25519 key: {other[:80]!r}", code="bad_key") from wrong
            self._pairs[other] = pair
        return HKDF(algorithm=SHA256(), length=32, salt=salt, info=context).derive(pair)


def box_digest(sealed: Sealed) -> str:
    """Return the digest of a sealed content that stands in the chain."""
    return hashlib.sha256(sealed.salt + sealed.box).hexdigest()


def verifies(sign_key: str, message: bytes, signature: str) -> bool:
    """Return whether a signature (hex) of a message is that of a public key (hex)."""
    try:
        _public(sign_key).verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


@lru_cache(maxsize=1024)
def agrees(agree_key: str) -> bool:
    """Return whether something can be sealed for a public key (hex): with a few keys all would be one secret.

    >>> agrees("00" * 32)
    False
    """
    try:
        X25519PrivateKey.generate().exchange(X25519PublicKey.from_public_bytes(bytes.fromhex(agree_key)))
    except ValueError:
        return False
    return True


@lru_cache(maxsize=1024)
def signs(sign_key: str) -> bool:
    """Return whether a public key (hex) can be one that a single party signs with.

    Of a few points everybody can make signatures that verify (those of small order, RFC 8032 and RFC 7748).

    >>> signs("01" + "00" * 31)
    False
    """
    y = int.from_bytes(bytes.fromhex(sign_key), "little") & ((1 << 255) - 1)
    return y < _FIELD and y not in _SMALL_ORDER


def fingerprint(sign_key: str) -> str:
    """Return a key's digest in groups that two people can read to one another.

    >>> fingerprint("00" * 32)
    '6668 7aad f862 bd77 6c8f c18b 8e9f 8e20'
    """
    made = hashlib.sha256(bytes.fromhex(sign_key)).hexdigest()[:32]
    return " ".join(made[at : at + 4] for at in range(0, 32, 4))


@lru_cache(maxsize=256)
def _public(sign_key: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(sign_key))


def _derived(secret: bytes, use: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=use).derive(secret)
