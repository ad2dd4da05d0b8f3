"""What the server is started with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

DEFAULT_HOST, DEFAULT_PORT = "127.0.0.1", 8765
MOST_BYTES = 16 * 2**20
"""The largest body of a request, in bytes."""
MOST_UPLOAD = 256 * 2**20
"""The largest body that holds files: it goes to the disk as it comes in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeOptions:
    """Which database is served, and how.

    `port` is what the Host header must name; None: the port on which a request came in. `style_url` is a
    MapLibre style to use in place of the own base map. With `private_addresses` a job may fetch URLs of the
    private network.

    `shared`: others than this machine's users reach the server, so nothing is answered without accounts.
    `allowed_hosts` are the names, with a port where it is not the scheme's own, under which they do. `tls`:
    it speaks TLS itself; `behind_proxy`: a proxy on this machine does, and says so in X-Forwarded headers.

    `keys` is the party's key file, None: beside the database. `exchange_every`: seconds between exchanges
    with the other parties, None: only when somebody asks; `exchange_private`: also at private addresses.
    """

    db: str
    port: int | None = None
    style_url: str | None = None
    private_addresses: bool = False
    most_upload: int = MOST_UPLOAD
    most_bytes: int = MOST_BYTES
    shared: bool = False
    allowed_hosts: tuple[str, ...] = ()
    tls: bool = False
    behind_proxy: bool = False
    keys: Path | None = None
    exchange_every: float | None = None
    exchange_private: bool = False
