"""Who a node is: its name, keys, address and TLS certificate."""

from __future__ import annotations

import ipaddress
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from seamwatch.coordinate.charter_codec import party_from_json, party_json
from seamwatch.coordinate.keys import KeyRing
from seamwatch.errors import SeamwatchError
from seamwatch.model.party import Party
from seamwatch.pipeline.centre.auditing import record
from seamwatch.pipeline.centre.charter_files import own_party
from seamwatch.vocabulary.coordination import PartyRole

if TYPE_CHECKING:
    from cryptography.x509 import GeneralName

    from seamwatch.store.base import Store

CERTIFICATE_DAYS = 3650


def init_party(
    store: Store,
    keys_path: Path,
    *,
    party: str,
    name: str,
    address: str | None = None,
    role: PartyRole = PartyRole.MEMBER,
    actor: str = "cli",
) -> Party:
    """Return the card of the party that this database becomes; its keys go to a new file.

    SeamwatchError where the database is a party already, FieldError where a field is wrong.
    """
    with store.transaction():
        known = store.own_party()
        if known is not None:
            raise SeamwatchError(
                f"this database is the party {known['id']} already: one database is one party",
                code="party_exists",
            )
        keys = KeyRing.new(party)
        made = Party(
            id=party, name=name, sign_key=keys.sign_key, agree_key=keys.agree_key, role=role, address=address
        )
        # What other nodes would refuse is refused here.
        card = party_json(party_from_json(party_json(made)))
        store.put_own_party(card)
        record(store, keys, actor, "party.made", party, sign_key=keys.sign_key)
        # Last: where it fails, nothing is kept.
        keys.save(keys_path)
    return made


def change_party(
    store: Store,
    keys: KeyRing,
    *,
    name: str | None = None,
    address: str | None = None,
    certificate: str | None = None,
    actor: str = "cli",
) -> Party:
    """Return the card with what was changed; the others learn of it by the next version of the charter."""
    with store.transaction():
        own = own_party(store)
        if own.sign_key != keys.sign_key:
            raise SeamwatchError(
                f"the key file is not that of the party {own.id}: name the right one with --keys",
                code="wrong_keys",
            )
        made = replace(
            own,
            name=own.name if name is None else name,
            address=own.address if address is None else address,
            certificate=own.certificate if certificate is None else certificate,
        )
        store.put_own_party(party_json(party_from_json(party_json(made))))
        record(store, keys, actor, "party.changed", own.id)
    return made


def make_certificate(hosts: list[str], name: str, cert_path: Path, key_path: Path) -> str:
    """Return the PEM of a new self-signed certificate for hosts; it and its key are written to new files.

    The key's file can be read by its owner alone. SeamwatchError where a file is there already.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # Another party's clock may be behind.
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=CERTIFICATE_DAYS))
        .add_extension(x509.SubjectAlternativeName([_host(h) for h in hosts]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, SHA256())
    )
    pem = made.public_bytes(Encoding.PEM)
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for path in (cert_path, key_path):
        if path.exists():
            raise SeamwatchError(
                f"there is a file at {path} already: take it away, or name another one", code="file_exists"
            )
    _write(key_path, secret, 0o600)
    _write(cert_path, pem, 0o644)
    return pem.decode("ascii")


def host_of(address: str) -> str:
    """Return the host of an address.

    >>> host_of("https://north.example.org:8443/x")
    'north.example.org'
    """
    return urlsplit(address).hostname or ""


def _host(host: str) -> GeneralName:
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        pass
    if not host.isascii() or not host or any(c.isspace() or c in "/:@" for c in host):
        raise SeamwatchError(f"{host!r} is no host: write a name as north.example.org, or an IP address")
    return x509.DNSName(host)


def _write(path: Path, data: bytes, mode: int) -> None:
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(data)
    except OSError as wrong:
        raise SeamwatchError(f"can't write {path} ({wrong.strerror}): choose another path") from wrong
