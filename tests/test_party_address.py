"""Which addresses of other parties are asked, and which are refused before anything is sent."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest
import yaml

from seamwatch.errors import FetchError
from seamwatch.ingest.party_address import checked_ip, read_address

CASES = yaml.safe_load((Path(__file__).parent / "cases/party_addresses.yaml").read_text(encoding="utf-8"))


def outcome(address: str, private_addresses: bool) -> str:
    try:
        checked_ip(read_address(address), private_addresses=private_addresses)
    except FetchError as wrong:
        return wrong.code
    return "taken"


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Give names of the cases their addresses; all that is no name is looked up as ever."""
    known: dict[str, list[str]] = {}
    real = socket.getaddrinfo

    def looked_up(host: str, port: int, *args: Any, **more: Any) -> Any:
        if host not in known:
            return real(host, port, *args, **more)
        if not known[host]:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return [entry for ip in known[host] for entry in real(ip, port, *args, **more)]

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    return known


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["address"][:40].encode("unicode_escape").decode())
def test_each_address_is_taken_or_refused(case: dict[str, Any], names: dict[str, list[str]]) -> None:
    """An address from the charter leads to a public machine, or to one of an own network where asked for."""
    if "resolves" in case:
        names[case["address"].split("/")[2]] = case["resolves"]
    assert outcome(case["address"], False) == case["public"], case["why"]
    assert outcome(case["address"], True) == case["own"], case["why"]


def test_an_address_keeps_its_path_and_port() -> None:
    """A party behind a proxy may have its exchange under a path."""
    where = read_address("https://centre.example.org:8444/seamwatch/")
    assert (where.host, where.port, where.path) == ("centre.example.org", 8444, "/seamwatch")
    assert where.shown == "https://centre.example.org:8444/seamwatch"
