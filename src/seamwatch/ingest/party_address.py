"""Addresses of parties: they come from other people, so each is checked before anything is sent there."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from seamwatch.errors import FetchError

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# Where clouds answer with a machine's own secrets, beside the link-local 169.254.169.254.
_METADATA = frozenset(map(ipaddress.ip_address, ("fd00:ec2::254", "100.100.100.200", "192.0.0.192")))
# Networks whose last 32 bits are an IPv4 address.
_TRANSLATED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("::ffff:0:0:0/96"))
# Where it stands in these, only the network's own translator knows (RFC 8215).
_LOCAL_TRANSLATED = ipaddress.ip_network("64:ff9b:1::/48")
_COMPATIBLE = ipaddress.ip_network("::/96")


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyAddress:
    """A party's address in parts. `path` has no slash at its end. `host` is a name or an address."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def shown(self) -> str:
        """Return the address as it is told to people."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}{self.path}"


def read_address(address: str) -> PartyAddress:
    """Return a party's address in parts; FetchError (code "bad_address") where it is none.

    >>> read_address("https://centre.example.org/seamwatch/").path
    '/seamwatch'
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _bad(address, "it is no URL") from None
    if parts.scheme not in ("https", "http"):
        raise _bad(address, "it must begin with https://")
    if not host or not host.isascii() or "%" in host or any(c.isspace() or ord(c) < 33 for c in address):
        raise _bad(address, "it names no host that can be looked up")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise _bad(address, "it must have no user name, no query and no fragment")
    if ".." in parts.path.split("/") or "\\" in address:
        raise _bad(address, "its path must not lead upwards")
    return PartyAddress(
        scheme=parts.scheme,
        host=host,
        port=port if port is not None else (443 if parts.scheme == "https" else 80),
        path=parts.path.rstrip("/"),
    )


def checked_ip(where: PartyAddress, *, private_addresses: bool = False) -> str:
    """Return the IP address to connect to. Connect to it alone: a second look-up may say another one.

    Without `private_addresses` every address that the name has must be a public one. With them, addresses
    of private networks and of this machine pass too; those of a link, of a cloud's own services, and all
    that are no address of a machine never do. FetchError where it is refused or not found.
    """
    try:
        found = socket.getaddrinfo(where.host, where.port, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError) as wrong:
        raise FetchError(
            f"{where.host} is not found: check the party's address and the network", code="unreachable"
        ) from wrong
    addresses = [ipaddress.ip_address(str(info[4][0]).partition("%")[0]) for info in found]
    for address in addresses:
        if not _may_reach(address, private_addresses):
            hint = "" if private_addresses else "; in a network of your own use --private-addresses"
            raise FetchError(
                f"{where.shown} leads to {address}, which is no address that another party may name{hint}",
                code="private_address",
            )
        if where.scheme == "http" and not (private_addresses and address.is_loopback):
            raise FetchError(
                f"{where.shown} is not encrypted: the party's address must begin with https://",
                code="not_encrypted",
            )
    if not addresses:
        raise FetchError(f"{where.host} has no address: check the party's address", code="unreachable")
    # IPv4 first: where IPv6 leads nowhere, a connection to it would only time out.
    return str(min(addresses, key=lambda a: a.version))


def _may_reach(address: _Address, private_addresses: bool) -> bool:
    meant = _embedded(address)
    if any(
        (
            meant in _METADATA,
            meant.is_link_local,
            meant.is_multicast,
            meant.is_unspecified,
            isinstance(meant, ipaddress.IPv6Address) and meant.is_site_local,
            meant in _LOCAL_TRANSLATED,
        )
    ):
        return False
    if meant.is_global:
        return True
    if not private_addresses:
        return False
    # 100.64.0.0/10, which overlay networks use, is neither private nor global.
    shared = isinstance(meant, ipaddress.IPv4Address) and meant in ipaddress.ip_network("100.64.0.0/10")
    return meant.is_loopback or shared or (meant.is_private and not meant.is_reserved)


def _embedded(address: _Address) -> _Address:
    """Return the IPv4 address that an IPv6 one stands for, else itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    compatible = address in _COMPATIBLE and int(address) > 0xFFFF
    if compatible or any(address in net for net in _TRANSLATED):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _bad(address: str, why: str) -> FetchError:
    return FetchError(f"{address[:100]!r} can't be a party's address: {why}", code="bad_address")
