"""`seamwatch party`, `charter` and `audit` as a user runs them: files, messages, exit codes."""

from __future__ import annotations

import json
import re
import socket
import ssl
import stat
import threading
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from seamwatch.cli.main import app
from seamwatch.errors import SeamwatchError


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which the commands run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SEAMWATCH_DB", raising=False)
    monkeypatch.delenv("SEAMWATCH_KEYS", raising=False)
    return tmp_path


def run(line: str, *, code: int = 0) -> str:
    found: Result = CliRunner().invoke(app, line.split(), catch_exceptions=True)
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    assert found.exit_code == code, found.output
    return found.output


def init(*names: str) -> None:
    for name in names:
        run(f"party init {name.title()} --id {name} --db {name}.db")
        run(f"party card --db {name}.db -o {name}.json")


def agree() -> None:
    """Let north and south agree on a first charter."""
    init("north", "south")
    run("charter draft south.json --name Kirkuk-Diyala --db north.db -o charter.yaml")
    run("charter propose charter.yaml --db north.db")
    run("charter export --db north.db -o charter.json")
    run("charter import charter.json --db south.db")
    run("charter sign --db south.db")
    run("charter export --db south.db -o signed.json")
    run("charter import signed.json --db north.db")


def shown(name: str) -> dict[str, object]:
    return dict(json.loads(run(f"charter show --json --db {name}.db")))


def test_the_key_file_is_for_its_owner_alone(folder: Path) -> None:
    """Keys go to a file that only the owner may read, not into the database, and are never overwritten."""
    init("north")
    path = folder / "north.db.keys"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    secret = json.loads(path.read_text())["secret"]
    assert secret.encode() not in (folder / "north.db").read_bytes()
    with pytest.raises(SeamwatchError, match="already"):
        run("party init Other --id other --db north.db")
    with pytest.raises(SeamwatchError, match="never overwritten"):
        run("party init Other --id other --db other.db --keys north.db.keys")
    with pytest.raises(SeamwatchError, match="no party yet"):
        run("party show --db other.db")


@pytest.mark.parametrize("wrong", ["--id North", "--id ../x", "--id n --address http://example.org"])
def test_a_wrong_card_is_refused_before_keys_are_made(folder: Path, wrong: str) -> None:
    """What other nodes would refuse is refused at once, and nothing is left behind."""
    with pytest.raises(SeamwatchError):
        run(f"party init North {wrong} --db north.db")
    assert not (folder / "north.db.keys").exists()
    init("north")


def test_two_parties_agree_by_file(folder: Path) -> None:
    """After the files went round, both nodes have the same charter in force."""
    agree()
    north, south = shown("north"), shown("south")
    assert north["digest"] == south["digest"]
    assert north["states"] == {"north": "active", "south": "active"}
    assert "Kirkuk-Diyala, version 1" in run("charter show --db south.db")


def test_what_is_missing_is_said(folder: Path) -> None:
    """A proposal says who signed and who is missing, and a second `sign` finds nothing that waits."""
    init("north", "south")
    run("charter draft south.json --db north.db -o charter.yaml")
    assert "signed by north; missing: south" in run("charter propose charter.yaml --db north.db")
    assert "no charter is in force" in run("charter show --db north.db")
    with pytest.raises(SeamwatchError, match="nothing waits"):
        run("charter sign --db north.db")


def test_a_draft_is_edited_as_text(folder: Path) -> None:
    """What people write into the draft is in the charter that is signed."""
    init("north", "south")
    run("charter draft south.json --db north.db -o charter.yaml")
    text = Path("charter.yaml").read_text()
    draft = yaml.safe_load(text)
    draft["areas"] = [{"id": "qara-tapa", "name": "Qara Tapa", "contested": True}]
    draft["answer_times"] = [{"kind": "incident", "answer_hours": 6, "escalate_to": ["south"]}]
    draft["rules"] = [{"id": "all", "to": ["*"], "tlp": "TLP:AMBER", "fields": {"place": "district"}}]
    draft["text"] = "We tell one another.\nAt once."
    Path("charter.yaml").write_text(yaml.safe_dump(draft, sort_keys=False))
    digest = run("charter propose charter.yaml --db north.db").split()[1]
    assert yaml.safe_load(run(f"charter show {digest[:10]} --db north.db"))["text"] == draft["text"]


def test_who_is_to_sign_is_shown_the_fingerprints(folder: Path) -> None:
    """Before anything is in force, the proposal shows each party's fingerprint as that party reads it out."""
    init("north", "south")
    run("charter draft south.json --db north.db -o charter.yaml")
    run("charter propose charter.yaml --db north.db")
    run("charter export --db north.db -o charter.json")
    asked = run("charter import charter.json --db south.db")
    digest = re.search(r"charter show (\w+)", asked)
    assert digest is not None and "fingerprints" in asked
    told = run(f"charter show {digest[1]} --db south.db")
    for name in ("north", "south"):
        assert json.loads(run(f"party show --json --db {name}.db"))["fingerprint"] in told
    assert yaml.safe_load(told)["name"]


def test_an_area_that_is_not_stored_is_told_to_who_signs(folder: Path) -> None:
    """A slip in an area's id would leave its incidents unanswered without a word: it is said at once."""
    init("north", "south")
    run("charter draft south.json --db north.db -o charter.yaml")
    path = Path("charter.yaml")
    path.write_text(path.read_text().replace("areas: []", "areas: [{id: hawja, name: Hawija}]"))
    assert "no area 'hawja' is stored here" in run("charter propose charter.yaml --db north.db")


def test_a_card_is_no_charter_file(folder: Path) -> None:
    """Who imports a card is told where a card goes."""
    init("north", "south")
    with pytest.raises(SeamwatchError, match="seamwatch charter draft south"):
        run("charter import south.json --db north.db")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("version: 1", "version: 0"),
        ("change: all", "change: none"),
        ("name: ", "name: x\nname: "),
        ("areas: []", "areas: ["),
    ],
)
def test_a_wrong_draft_is_told_with_its_field(folder: Path, change: str, said: str) -> None:
    """A draft that can't be is refused, and nothing is signed."""
    init("north", "south")
    run("charter draft south.json --db north.db -o charter.yaml")
    path = Path("charter.yaml")
    path.write_text(path.read_text().replace(change, said, 1))
    with pytest.raises(SeamwatchError):
        run("charter propose charter.yaml --db north.db")
    assert shown("north")["proposals"] == []


def test_a_third_party_joins_and_leaves(folder: Path) -> None:
    """A new version names the new party; after its leaving all who hear of it say so."""
    agree()
    init("east")
    run("charter draft east.json --db north.db -o second.yaml")
    run("charter propose second.yaml --db north.db")
    for giver, taker in (("north", "south"), ("south", "east"), ("east", "north"), ("north", "south")):
        run(f"charter export --db {giver}.db -o round.json")
        said = run(f"charter import round.json --db {taker}.db")
        if "waits for your signature" in said:
            run(f"charter sign --db {taker}.db")
    assert {str(shown(n)["digest"]) for n in ("north", "south", "east")} == {str(shown("north")["digest"])}
    run("charter leave --yes --why done --db east.db")
    run("charter export --db east.db -o left.json")
    assert "came into force: east has left the charter, " in run("charter import left.json --db north.db")
    assert shown("north")["states"] == {"north": "active", "south": "active", "east": "left"}
    assert "charter.signed" in run("audit show --kind charter --db south.db")


def test_leaving_is_told_in_words(folder: Path) -> None:
    """Who leaves, who hears of it and who looks later reads what it means, when it was and why."""
    agree()
    said = run("charter leave --yes --why done --db south.db").splitlines()
    assert said[0] == "south has left the charter; the others are told with the next exchange"
    assert said[1].startswith("signed: ")
    run("charter export --db south.db -o left.json")
    assert re.search(
        r"^came into force: south has left the charter, [-0-9]+ [:0-9]+ UTC \(done\)$",
        run("charter import left.json --db north.db"),
        re.MULTILINE,
    )
    assert "came into force" not in run("charter import left.json --db north.db")
    assert re.search(
        r"  south: South, left [-0-9]+ [:0-9]+ UTC \(done\), ", run("charter show --db north.db")
    )


def test_suspending_is_told_in_words(folder: Path) -> None:
    """Too few signatures are told with whose are missing; with enough the party is suspended, or back."""
    agree()
    init("east")
    run("charter draft east.json --db north.db -o second.yaml")
    run("charter propose second.yaml --db north.db")
    for giver, taker in (("north", "south"), ("south", "east"), ("east", "north")):
        run(f"charter export --db {giver}.db -o round.json")
        if "waits for your signature" in run(f"charter import round.json --db {taker}.db"):
            run(f"charter sign --db {taker}.db")
    for verb, begun, done in (
        ("suspend", "you have signed to suspend east", "east is suspended; the others are told"),
        ("resume", "you have signed to take east back", "east is taken back; the others are told"),
    ):
        said = run(f"charter {verb} east --db north.db").splitlines()
        assert said[:2] == [f"{begun}; it is not enough yet", "signed by north; missing: south"]
        assert said[2] == "needed: majority of the others"
        run("charter export --db north.db -o round.json")
        run("charter import round.json --db south.db")
        assert run(f"charter {verb} east --db south.db").startswith(done)
        shows = run("charter show --db south.db")
        assert ("East, suspended 20" in shows) == (verb == "suspend")
        run("charter export --db south.db -o round.json")
        assert f"came into force: {done.split(';')[0]}, 20" in run("charter import round.json --db north.db")


def test_leaving_asks_first(folder: Path) -> None:
    """Without --yes leaving is confirmed; who does not confirm stays."""
    agree()
    found = CliRunner().invoke(app, ["charter", "leave", "--db", "south.db"], input="n\n")
    assert found.exit_code == 2
    assert shown("south")["states"] == {"north": "active", "south": "active"}


def test_another_keys_file_does_not_sign(folder: Path) -> None:
    """A node whose --keys are another party's can't sign in its name."""
    agree()
    run("charter draft --db north.db -o second.yaml")
    with pytest.raises(SeamwatchError):
        run("party set --address https://x.example.org --db north.db --keys south.db.keys")


def test_a_log_is_verified_by_the_other_party(folder: Path) -> None:
    """An exported log holds; one in which a word was changed ends with exit code 1 and says so."""
    agree()
    run("audit export --db north.db -o north.jsonl")
    assert "it holds" in run("audit verify north.jsonl --db south.db")
    path = Path("north.jsonl")
    path.write_text(path.read_text().replace('"actor":"cli"', '"actor":"me"', 1))
    lines = run("audit verify north.jsonl --db south.db", code=1).splitlines()
    assert [line.split(":")[0] for line in lines[1:3]] == ["problem", "compared"]
    assert not any(line.startswith("compared: chain") for line in lines)
    said = json.loads(run("audit verify north.jsonl --json --db south.db", code=1).splitlines()[0])
    assert said["ok"] is False and "altered" in said["problems"][0]


def test_the_certificate_serves_and_is_trusted_alone(folder: Path) -> None:
    """A TLS server with the certificate is trusted by who has exactly it, for the hosts that it names."""
    init("north")
    run("party certificate --host 127.0.0.1 --db north.db")
    assert stat.S_IMODE((folder / "north.db.cert.key").stat().st_mode) == 0o600
    run("party card --db north.db -o north.json")
    pem = json.loads((folder / "north.json").read_text())["certificate"]
    assert pem == (folder / "north.db.cert.pem").read_text()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain("north.db.cert.pem", "north.db.cert.key")
    client = ssl.create_default_context(cadata=pem)
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

        def answer() -> None:
            made, _ = listening.accept()
            with server.wrap_socket(made, server_side=True) as secured:
                secured.sendall(b"ok")

        thread = threading.Thread(target=answer)
        thread.start()
        with client.wrap_socket(
            socket.create_connection(("127.0.0.1", port)), server_hostname="127.0.0.1"
        ) as got:
            assert got.recv(2) == b"ok"
        thread.join()
