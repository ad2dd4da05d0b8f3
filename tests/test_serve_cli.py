"""`seamwatch serve` as a process: its address, its end, and what it refuses."""

from __future__ import annotations

import shutil
import signal
import socket
import ssl
import subprocess
from pathlib import Path

import httpx
import pytest

from account_desk import sign_in, with_accounts
from seamwatch.store import open_store
from test_cli import PROGRAM, run


def test_it_prints_its_address_serves_and_ends_cleanly(samples_db: Path, tmp_path: Path) -> None:
    """The first line is the address; Ctrl-C ends it with exit code 0 and no trace."""
    db = tmp_path / "desk.db"
    shutil.copyfile(samples_db, db)
    with subprocess.Popen(
        [PROGRAM, "serve", "--db", str(db), "--port", "0", "--no-open"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            assert httpx.get(f"{address}healthz").json()["status"] == "ok"
            assert httpx.get(f"{address}api/v1/incidents").json()["total"] > 5
            process.send_signal(signal.SIGINT)
            rest, said = process.communicate(timeout=60)
        finally:
            process.kill()
    assert (process.returncode, rest) == (0, "")
    assert "Traceback" not in said
    assert said.splitlines()[-1] == "The desk is closed; what was decided and read is stored."


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org", ""])
def test_a_host_that_others_reach_is_refused(samples_db: Path, host: str) -> None:
    """Without accounts the desk listens on this machine alone, and says why."""
    done = run("serve", "--db", str(samples_db), "--host", host, "--port", "0")
    assert (done.returncode, done.stdout) == (1, "")
    assert "no accounts" in done.stderr and "--host 127.0.0.1" in done.stderr


def test_a_port_in_use_is_said(samples_db: Path) -> None:
    """The message names the port and how to choose another."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run("serve", "--db", str(samples_db), "--port", str(port), "--no-open")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert f"port {port} is in use" in done.stderr and "--port" in done.stderr


def test_a_database_that_is_not_there_is_said(tmp_path: Path) -> None:
    """A mistyped path opens no empty desk."""
    done = run("serve", "--db", str(tmp_path / "nope.db"), "--no-open")
    assert done.returncode == 1
    assert "there is no database" in done.stderr
    assert not (tmp_path / "nope.db").exists()


def test_the_demo_opens_the_desk_on_its_samples() -> None:
    """After the table comes an address; the desk there holds the same incidents; Ctrl-C ends it."""
    with subprocess.Popen(
        [PROGRAM, "demo"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            shown: list[str] = []
            while not shown or not shown[-1].startswith("http://127.0.0.1:"):
                line = process.stdout.readline()
                assert line, "it ended before it served"
                shown.append(line.strip())
            total = httpx.get(f"{shown[-1]}api/v1/incidents").json()["total"]
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 0
    assert sum(line.startswith("i-") for line in shown) == total


def certificate(folder: Path) -> tuple[Path, Path]:
    """Return a self-signed certificate for 127.0.0.1 and its key, as files."""
    import ipaddress
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, "desk")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    cert_file, key_file = folder / "desk.pem", folder / "desk.key"
    cert_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return cert_file, key_file


OPEN_TO_OTHERS = {
    "in clear": (("--host", "0.0.0.0"), "in clear"),
    "an address, in clear": (("--host", "192.0.2.1", "--allowed-host", "desk.example.org"), "in clear"),
    "a proxy elsewhere": (("--host", "0.0.0.0", "--behind-proxy"), "only a proxy on this machine"),
    "under no name": (("--behind-proxy",), "--allowed-host"),
    "under no real name": (("--behind-proxy", "--allowed-host", "https://desk/"), "give a name"),
    "named, without TLS": (("--allowed-host", "desk.example.org"), "in clear"),
}


@pytest.mark.parametrize("case", OPEN_TO_OTHERS)
def test_with_accounts_others_reach_the_desk_only_over_tls_and_by_name(tmp_path: Path, case: str) -> None:
    """Each way that would let passwords be read, or any name lead here, is refused with what to do."""
    given, said = OPEN_TO_OTHERS[case]
    db = with_accounts(tmp_path / "desk.db")
    done = run("serve", "--db", str(db), "--port", "0", "--no-open", *given)
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr


def test_without_accounts_no_name_and_no_proxy_opens_the_desk(tmp_path: Path) -> None:
    """Also on loopback: a proxy before it would let everybody in."""
    db = str(tmp_path / "desk.db")
    open_store(db).close()
    for given in (("--behind-proxy", "--allowed-host", "desk.example.org"), ("--allowed-host", "a.example")):
        done = run("serve", "--db", db, "--port", "0", "--no-open", *given)
        assert done.returncode == 1 and "no accounts" in done.stderr


def test_the_desk_speaks_tls_by_itself(tmp_path: Path) -> None:
    """A real process with a certificate: https, a Secure cookie, HSTS; nothing is answered in clear."""
    cert, key = certificate(tmp_path)
    db = with_accounts(tmp_path / "desk.db")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    given = ("--host", "0.0.0.0", "--port", str(port), "--allowed-host", f"127.0.0.1:{port}")
    with subprocess.Popen(
        [PROGRAM, "serve", "--db", str(db), "--no-open", "--cert", str(cert), "--key", str(key), *given],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            assert address == f"https://127.0.0.1:{port}/"
            trusted = ssl.create_default_context(cafile=str(cert))
            with httpx.Client(base_url=address, verify=trusted) as client:
                assert client.get("/api/v1/incidents").status_code == 401
                answer = sign_in(client, "ada")
                assert answer.status_code == 200 and "Secure" in answer.headers["set-cookie"]
                assert answer.headers["strict-transport-security"]
                assert client.get("/api/v1/incidents").status_code == 200
                foreign = client.get("/healthz", headers={"Host": f"evil.example:{port}"})
                assert foreign.json()["error"]["code"] == "wrong_host"
            with pytest.raises(httpx.HTTPError):
                httpx.get(f"http://127.0.0.1:{port}/healthz")
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 0
