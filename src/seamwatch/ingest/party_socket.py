"""Connections to a party: to the checked address alone, with the agreed certificate, until a deadline."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore
from httpcore import SOCKET_OPTION

from seamwatch.errors import FetchError
from seamwatch.ingest.party_address import PartyAddress, checked_ip


def tls_context(certificate: str | None) -> ssl.SSLContext:
    """Return what a party's server must prove: with a PEM that it has this one certificate, else its name.

    FetchError (code "bad_certificate") where the PEM is none.
    """
    if certificate is None:
        return ssl.create_default_context()
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    # The certificate itself is agreed, so the name in it says nothing more.
    made.check_hostname = False
    made.verify_mode = ssl.CERT_REQUIRED
    made.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    try:
        made.load_verify_locations(cadata=certificate)
        ssl.PEM_cert_to_DER_cert(certificate.strip())
    except (ssl.SSLError, ValueError) as wrong:
        raise FetchError(
            "the charter's certificate of this party can't be read: agree on another one",
            code="bad_certificate",
        ) from wrong
    return made


class PartyBackend(httpcore.NetworkBackend):
    """Connects to one party alone. `deadline` (of `clock`) ends every wait of the request under way."""

    def __init__(
        self,
        where: PartyAddress,
        *,
        certificate: str | None,
        private_addresses: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.deadline = 0.0
        self._where = where
        self._private = private_addresses
        self._clock = clock
        self._der = ssl.PEM_cert_to_DER_cert(certificate.strip()) if certificate else None
        self._sockets = httpcore.SyncBackend()

    def left(self, timeout: float | None) -> float:
        """Return the seconds that one wait may take."""
        return max(0.001, min(timeout if timeout is not None else 1e9, self.deadline - self._clock()))

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Return a connection to the party's checked address; FetchError where that is refused."""
        if (host, port) != (self._where.host, self._where.port):
            raise FetchError("only the party's own address is asked", code="private_address")
        ip = checked_ip(self._where, private_addresses=self._private)
        made = self._sockets.connect_tcp(ip, port, self.left(timeout), local_address, socket_options)
        return _Stream(made, self, self._der)


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, backend: PartyBackend, der: bytes | None) -> None:
        self._inner = inner
        self._backend = backend
        self._der = der

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._backend.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._backend.left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        made = self._inner.start_tls(ssl_context, server_hostname, self._backend.left(timeout))
        if self._der is not None:
            shown = made.get_extra_info("ssl_object").getpeercert(True)
            if shown != self._der:  # one that the agreed certificate signed is not the agreed one
                made.close()
                raise wrong_certificate()
        return _Stream(made, self._backend, self._der)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def wrong_certificate() -> FetchError:
    """Return the fault that a server has another certificate than the charter names."""
    return FetchError(
        "the server has another certificate than the charter names, or it has expired: nothing was sent; "
        "ask the party, and agree on the new one in the charter",
        code="wrong_certificate",
    )
