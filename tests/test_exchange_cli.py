"""The verbs of the exchange: what they print, how they end, and the exchange that goes on by itself."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from typer.testing import CliRunner, Result

from exchange_serving import TestParty, notice, parties, put_notice, release, shown
from seamwatch.cli.exchange_words import restored
from seamwatch.cli.main import app
from seamwatch.cli.serving_doubts import serving_doubts
from seamwatch.pipeline.centre.bundling import BundleTaken, export_bundle
from seamwatch.store import open_store
from seamwatch.vocabulary.coordination import NoticeKind


def invoked(*words: str) -> Result:
    return CliRunner().invoke(app, ["exchange", *words])


def test_without_a_charter_each_verb_says_what_to_do(tmp_path: Path) -> None:
    """A database that is no party yet gives a message, never a trace."""
    db = str(tmp_path / "alone.db")
    open_store(db).close()
    assert invoked("status", "--db", db).exit_code == 1
    for words in (["sync"], ["withdrawals"], ["export", "x", "--to", "b"], ["import", "x"], ["serve"]):
        found = invoked(*words, "--db", db)
        assert (found.exit_code, getattr(found.exception, "code", None)) == (1, "no_keys")


def test_status_lists_the_parties(tmp_path: Path) -> None:
    """A row for each party: how it stands, when it was reached, what came and went."""
    with parties(tmp_path, ["a", "b"]) as made:
        made["b"].node.store.put_own_party({"id": "b", "name": "B", "sign_key": "00" * 32})
        release(made["a"], "b", 2)
        never = invoked("status", "--db", str(made["b"].db)).stdout
        made["b"].sync()
        lines = invoked("status", "--db", str(made["b"].db)).stdout.splitlines()
        assert lines[0].split() == "PARTY STATE REACHED SENT WITHDRAWN UNRECEIPTED RECEIVED HELD".split()
        assert "never" in never and "never" not in lines[1]
        assert lines[1].split()[:2] == ["a", "active"] and lines[1].split()[-2:] == ["2", "0"]
        assert "this one" in lines[2]


def test_a_bundle_is_told_by_kind_and_is_a_contact(tmp_path: Path) -> None:
    """What a bundle brought is told by kind; the status of both tells of it where there was no line."""
    with parties(tmp_path, ["a", "b"], served=False) as made:
        a, b = made["a"], made["b"]
        for party in (a, b):
            card = {"id": party.id, "name": party.id.upper(), "sign_key": "00" * 32}
            party.node.store.put_own_party(card)
        file = tmp_path / "a.bundle"

        def carried() -> str:
            export_bundle(a.node, "b", file)
            return invoked("import", str(file), "--db", str(b.db)).stdout.strip()

        def status(party: TestParty, other: int) -> str:
            return invoked("status", "--db", str(party.db)).stdout.splitlines()[1 + other]

        (record,) = release(a, "b", 1)
        assert carried() == "from a: 1 release; 0 were known"
        release(a, "b", 2, start=1)
        a.node.withdraw("b", record, "wrong place")
        assert carried() == "from a: 2 releases, 1 withdrawal; 1 was known"
        assert carried() == "from a: nothing new; 4 were known"
        assert re.search(r"active +by bundle, 20[-0-9]+ [:0-9]+  ", status(b, 0))
        assert re.search(r"active +bundle written, 20[-0-9]+ [:0-9]+  ", status(a, 1))


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({"lost": ("a",)}, "entries to a are lost here. Bring b a file"),
        ({"back": ("a",)}, "entries to a that a restore from a backup lost are back"),
        ({"behind": True}, "b was restored from a backup and has lost entries"),
    ],
)
def test_a_bundle_that_tells_of_a_restore_says_what_to_do(found: dict[str, Any], said: str) -> None:
    """Whose database is an older copy, and which file goes next."""
    (line,) = restored(BundleTaken(sender="b", **found))
    assert said in line


def test_withdrawals_name_who_is_waited_for(tmp_path: Path) -> None:
    """A withdrawal that B has not receipted stands under --waiting until B's receipt came."""
    with parties(tmp_path, ["a", "b"]) as made:
        a, b = made["a"], made["b"]
        (record,) = release(a, "b", 1)
        b.sync()
        a.node.withdraw("b", record, "wrong place")

        def waiting() -> list[str]:
            found = invoked("withdrawals", "--waiting", "--db", str(a.db))
            assert found.exit_code == 0
            return found.stdout.splitlines()[1:]

        (line,) = waiting()
        assert line.startswith("i-0") and "wrong place" in line
        b.sync()
        a.sync()
        assert waiting() == []
        told = json.loads(invoked("withdrawals", "--json", "--db", str(a.db)).stdout)["withdrawals"]
        assert told[0]["receivers"][0]["state"] == "receipted"


def test_serve_refuses_other_machines_without_a_certificate(tmp_path: Path) -> None:
    """Beyond loopback it wants a certificate with its key, or a proxy that has one."""
    with parties(tmp_path, ["a", "b"], served=False) as made:
        db = str(made["a"].db)
        cert, key = map(str, made["a"].certificate)
        for words, code in (
            (["--host", "0.0.0.0"], "host_refused"),
            (["--cert", cert], "bad_certificate"),
            (["--cert", cert, "--key", cert], "bad_certificate"),
            (["--cert", key, "--key", str(tmp_path / "none")], "bad_certificate"),
        ):
            found = invoked("serve", "--db", db, "--port", "0", *words)
            assert getattr(found.exception, "code", None) == code


def test_serve_tells_what_keeps_the_others_out(tmp_path: Path) -> None:
    """Another certificate than the charter names, one that ran out, none for https, no charter."""
    with parties(tmp_path, ["a", "b"], served=False) as made:
        a, b = made["a"], made["b"]
        store = a.node.store

        def doubts(cert: Path | None) -> str:
            return "\n".join(serving_doubts(store, cert, behind_proxy=False))

        assert "no charter is in force here yet" in doubts(None)
        store.put_own_party({"id": "a", "name": "A", "sign_key": "00" * 32})
        own, other = a.certificate[0], b.certificate[0]
        assert doubts(own) == ""
        assert "another certificate than the charter names for a" in doubts(other)
        assert "speaks plain http" in doubts(None)
        assert list(serving_doubts(store, None, behind_proxy=True)) == []
        ran_out = tmp_path / "old.pem"
        ran_out.write_bytes(_certificate_of_last_year())
        assert "ran out on" in doubts(ran_out)


def _certificate_of_last_year() -> bytes:
    key, day = ec.generate_private_key(ec.SECP256R1()), timedelta(days=1)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1)
    made = made.not_valid_before(datetime.now(UTC) - 400 * day).not_valid_after(datetime.now(UTC) - day)
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def test_a_bundle_for_oneself_is_refused(tmp_path: Path) -> None:
    """Whoever names the own party made a slip: no file is written."""
    with parties(tmp_path, ["a", "b"], served=False) as made:
        file = tmp_path / "x.bundle"
        found = invoked("export", str(file), "--to", "a", "--db", str(made["a"].db))
        assert "this party itself" in str(found.exception) and not file.exists()


def test_a_watching_sync_goes_on_until_it_is_ended(tmp_path: Path) -> None:
    """With --watch what is released later comes too; Ctrl-C ends it with a line, without a trace."""
    with parties(tmp_path, ["a", "b"]) as made:
        a, b = made["a"], made["b"]
        records = release(a, "b", 1)
        words = ["exchange", "sync", "--watch", "1", "--private-addresses", "--db", str(b.db)]
        process = subprocess.Popen(
            [sys.executable, "-m", "seamwatch.cli.main", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            end = time.monotonic() + 60
            for more in (False, True):
                if more:
                    records += release(a, "b", 1, start=5)
                while shown(b) != set(records):
                    assert time.monotonic() < end and process.poll() is None
                    time.sleep(0.05)
        finally:
            process.send_signal(signal.SIGINT)
            _, told = process.communicate(timeout=30)
        assert "interrupted" in told and "Traceback" not in told


@pytest.mark.parametrize(
    ("kind", "by", "said"),
    [
        (NoticeKind.LEAVE, "b", "you have left this charter; nothing is exchanged any more"),
        (NoticeKind.SUSPEND, "a", "this party is suspended; a was asked whether it was taken back"),
    ],
)
def test_who_takes_part_no_longer_is_told_so(tmp_path: Path, kind: NoticeKind, by: str, said: str) -> None:
    """That the others refuse a party that left, or that is suspended, is no fault of the exchange."""
    with parties(tmp_path, ["a", "b"]) as made:
        given = notice(kind, made["b"], [made[by]])
        for party in made.values():
            put_notice(party, given)
        found = invoked("sync", "--private-addresses", "--db", str(made["b"].db))
        assert (found.exit_code, found.stdout, found.stderr) == (0, "", said + "\n")
