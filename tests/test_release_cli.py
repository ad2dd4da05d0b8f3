"""`seamwatch release`: rules, previews, orders and runs from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from release_parties import found_centre
from seamwatch.cli.main import app
from seamwatch.store import open_store
from told_store import BOMB, RAID, opened, tell

ROUGH = """
rules:
  # To b: the district, no outlets.
  - {id: near, to: [b], tlp: amber, fields: {place: province, sources: withheld}}
"""


@pytest.fixture
def db(tmp_path: Path) -> str:
    with opened(tmp_path) as store:
        tell(store, "N1", BOMB)
        tell(store, "R1", RAID)
    found_centre(str(tmp_path / "record.db"), tmp_path)
    return str(tmp_path / "record.db")


def run(db: str, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["release", *arguments, "--db", db], env={"COLUMNS": "200"})


def rules(db: str, text: str = ROUGH) -> Result:
    file = Path(db).parent / "rules.yaml"
    file.write_text(text, "utf-8")
    return run(db, "rules", str(file), "--by", "Ana")


def incident_of(db: str, mention: str = "N1#1") -> str:
    with open_store(db) as store:
        return store.incidents_of([mention])[mention]


def test_rules_are_kept_as_they_were_written(db: str) -> None:
    """`rules FILE` sets them, `--show` prints them with their comments."""
    assert run(db, "rules", "--show").stderr == "no own rules: only the charter's rules decide\n"
    assert "rules version 1 hold" in rules(db).stderr
    assert run(db, "rules", "--show").stdout == ROUGH.rstrip("\n") + "\n"


def test_a_wrong_file_of_rules_changes_nothing(db: str, tmp_path: Path) -> None:
    """A rule that is wrong is named; the rules in force stay."""
    rules(db)
    wrong = rules(db, "rules: [{id: near, to: [b], tlp: amber, fields: {place: street}}]")
    assert "rule 1 (near): fields.place: 'street' is none of" in str(wrong.exception)
    assert run(db, "rules", "--show").stdout.strip() == ROUGH.strip()
    checked = CliRunner().invoke(app, ["release", "rules", "--check", str(tmp_path / "rules.yaml")])
    assert "none of: exact, district" in str(checked.exception)


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        (
            "{id: r, to: [bb], tlp: amber}",
            "rule 1 (r): to: 'bb' is no party of the charter: it gives nothing",
        ),
        ("{id: r, to: [bb], release: nothing}", "it holds nothing back from"),
        ("{id: r, to: [b], areas: [hawja], tlp: amber}", "rule 1 (r): areas: no area 'hawja' is stored here"),
        ("{id: r, to: '*', tlp: amber}", None),
    ],
)
def test_a_rule_that_fits_nobody_is_told(db: str, rule: str, says: str | None) -> None:
    """A slip in a party or an area is no error, since a party may join later; but it is never silent."""
    stored = rules(db, f"rules: [{rule}]").stderr
    checked = run(db, "rules", "--check", str(Path(db).parent / "rules.yaml")).stderr
    assert "rules version 1 hold" in stored
    for told in (stored, checked):
        assert ("doubt:" in told) is (says is not None) and (says or "") in told
    assert ("nothing wrong" in checked) is (says is None)


def test_an_empty_file_of_rules_is_refused(db: str) -> None:
    """It would withdraw all that went out; who wants that writes an empty list."""
    rules(db)
    assert "write `rules: []`" in str(rules(db, "# nothing\n").exception)
    assert "tlp" in str(rules(db, "rules: [{id: a, to: [b]}]").exception)
    assert "begin with `rules:`" in str(rules(db, "rules: []\nrule: [{id: a}]").exception)
    assert run(db, "rules", "--show").stdout.strip() == ROUGH.strip()
    assert "rules version 2 hold" in rules(db, "rules: []").stderr


def test_a_preview_shows_a_line_an_incident(db: str) -> None:
    """Each incident has its state, its label, the place as it is told, and why."""
    rules(db)
    shown = run(db, "preview", "--to", "b").stdout
    assert "Kirkuk, IQ" in shown and "Daquq" not in shown
    assert "goes out by rule near as TLP:AMBER" in shown
    assert "no rule releases it to c" in run(db, "preview", "--to", "c").stdout


def test_a_preview_of_one_shows_every_field_and_why(db: str) -> None:
    """One incident is shown whole: what is told of each field, and the reason."""
    rules(db)
    shown = run(db, "preview", "--to", "b", incident_of(db)).stdout
    assert "place         Kirkuk, IQ (within 65.0 km)" in shown
    assert "only the province: given by rule near" in shown
    assert "withheld by rule near" in shown


def test_a_preview_as_json_holds_what_goes_out(db: str) -> None:
    """`--json` writes one object an incident, with exactly the content that is sent."""
    rules(db)
    rows = [json.loads(line) for line in run(db, "preview", "--to", "b", "--json").stdout.splitlines()]
    assert {row["state"] for row in rows} == {"released"}
    assert rows[0]["content"]["sources"] is None and "outlet of" not in json.dumps(rows)


def test_a_preview_to_who_receives_nothing_is_refused(db: str) -> None:
    """The error names the parties that receive records."""
    assert "'a' receives no records now; the parties that do: b, c" in str(
        run(db, "preview", "--to", "a").exception
    )


def test_a_hold_is_carried_out_at_once(db: str) -> None:
    """An order withdraws what went out, and is told in the status."""
    rules(db)
    assert "b: 2 released, 0 withdrawn" in run(db, "run").stdout
    held = run(db, "hold", incident_of(db), "--to", "b", "--by", "Ana", "--why", "too early")
    assert "b: 0 released, 1 withdrawn" in held.stdout
    assert "held by Ana: too early" in run(db, "preview", "--to", "b", incident_of(db)).stdout
    assert "b: 1 released, 1 withdrawn" in run(db, "status").stdout
    assert "b: 1 released, 0 withdrawn" in run(db, "allow", incident_of(db), "--by", "Ana").stdout


def test_a_withheld_field_and_a_label_go_out_as_new_versions(db: str) -> None:
    """`withhold` takes a field away, `allow --field` gives it back, `label` raises the label."""
    rules(db)
    run(db, "run")
    incident = incident_of(db)
    assert "1 released" in run(db, "withhold", incident, "--field", "weapons", "--by", "Ana").stdout
    assert "withheld by Ana" in run(db, "preview", "--to", "b", incident).stdout
    assert "1 released" in run(db, "allow", incident, "--field", "weapons", "--by", "Ana").stdout
    assert "1 released" in run(db, "label", incident, "amber+strict", "--by", "Ana").stdout
    assert "TLP:AMBER+STRICT" in run(db, "preview", "--to", "b", incident).stdout


def test_a_rule_that_releases_nothing_takes_back_what_went_out(db: str) -> None:
    """What it is about is withdrawn with the next run; the preview says by which rule."""
    rules(db)
    assert "b: 2 released, 0 withdrawn" in run(db, "run").stdout
    rules(db, ROUGH.replace("rules:", "rules:\n  - {id: not-to-b, to: [b], release: nothing}"))
    assert "rule not-to-b releases nothing of it to b" in run(db, "preview", "--to", "b").stdout
    assert "b: 0 released, 2 withdrawn" in run(db, "run").stdout


@pytest.mark.parametrize(
    ("field", "says"),
    [
        ("killed", "with killed go the victims who were killed and all quotes: they would tell it"),
        ("date", "with date go the days of publication and all quotes: they would tell it"),
        ("weapons", "with weapons goes what names it elsewhere, and all quotes: they would tell it"),
        ("quotes", None),
    ],
)
def test_withholding_a_field_says_what_goes_with_it(db: str, field: str, says: str | None) -> None:
    """What would tell the field is withheld too: that is said, and stands in the preview."""
    rules(db, "rules: [{id: all, to: [b], tlp: amber}]")
    told = run(db, "withhold", incident_of(db), "--field", field, "--by", "Ana").stderr
    assert ("they would tell it" in told) == (says is not None) and (says or "") in told
    content = json.loads(run(db, "preview", "--to", "b", incident_of(db), "--json").stdout)["content"]
    assert "quotes" in content["withheld"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("withhold", "--field", "name"), "'name' is no field"),
        (("label", "pink"), "'pink' is no label"),
        (("hold", "--to", "z"), "'z' is no party of the charter"),
    ],
)
def test_an_order_that_can_not_be_is_refused(db: str, arguments: tuple[str, ...], says: str) -> None:
    """What is wrong with an order is said, and nothing is stored."""
    verb, *rest = arguments
    assert says in str(run(db, verb, incident_of(db), *rest, "--by", "Ana").exception)
    with open_store(db) as store:
        assert store.release_orders() == ()


def test_a_second_person_approves(db: str) -> None:
    """What waits for an approval goes out after a second person gave it."""
    rules(db, "rules: [{id: asks, to: [b], tlp: amber, approval: true}]")
    assert "2 wait for a second person" in run(db, "run").stdout
    incident = incident_of(db)
    run(db, "hold", incident, "--by", "Ana")
    run(db, "allow", incident, "--by", "Ana")
    refused = run(db, "approve", incident, "--by", "Ana")
    assert "Ana approved it and ordered its release" in str(refused.exception)
    assert "approved" in run(db, "approve", incident, "--to", "b", "--by", "Ben").stderr
    assert "b: 1 released" in run(db, "run").stdout


def test_without_keys_an_order_waits_for_the_next_run(db: str) -> None:
    """An order is kept on a machine that has no keys; who has them carries it out."""
    Path(f"{db}.keys").unlink()
    assert "with the next `seamwatch release run`" in run(db, "hold", incident_of(db), "--by", "Ana").stderr
    assert "restore it, or name it with --keys" in str(run(db, "run").exception)


def test_status_as_json(db: str) -> None:
    """`status --json` names the rules in their order and what stands at each party."""
    rules(db)
    run(db, "run")
    told = json.loads(run(db, "status", "--json").stdout)
    assert told["rules"] == ["near"] and told["parties"]["b"] == {"released": 2, "withdrawn": 0}
