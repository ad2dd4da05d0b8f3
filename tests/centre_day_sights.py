"""What must hold after an hour of a scripted day: each check asks the real program and says what differs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from centre_day import AT_ONCE, Day

Script = Mapping[str, Any]
OWN = "own"
"""Who told it where a party has it from its own articles."""


def wrongs(day: Day, checks: Iterable[Script]) -> list[str]:
    """Return what does not hold of an hour's checks, each as a line; nothing where all holds."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [wrong for found in pool.map(lambda check: _wrong(day, check), checks) for wrong in found]


def _wrong(day: Day, check: Script) -> list[str]:
    ((name, given),) = check.items()
    return [
        f"{name} {json.dumps(given)}: {what} is {is_so!r}, expected {should!r}"
        for what, is_so, should in CHECKS[name](day, given)
        if is_so != should
    ]


Found = Iterator[tuple[str, object, object]]


def _sees(day: Day, given: Script) -> Found:
    seen = day.incident(given["at"], given["incident"])
    yield "seen", seen is not None, True
    if seen is None:
        return
    tellers = {m["id"]: m["party"] or OWN for m in seen["mentions"]}
    yield "told_by", sorted(set(tellers.values())), sorted(given["told_by"])
    for outcome in ("killed", "injured"):
        if outcome in given:
            yield outcome, (seen[outcome] or {}).get("best"), given[outcome]
    for key in ("status", "voices"):
        if key in given:
            yield key, seen[key], given[key]
    place = seen["place"] or {}
    if "place" in given:
        yield "place", place.get("name"), given["place"]
    if "radius_at_least" in given:
        yield "radius", place["radius_km"] >= given["radius_at_least"], True
    if "quoted" in given:
        yield "quoted", any(piece["by"] == "quote" for piece in _evidence(seen)), given["quoted"]
    records = {row["party"]: row for row in seen["parties"]}
    for key in ("coarse", "withheld"):
        for party, fields in given.get(key, {}).items():
            yield f"{key} by {party}", sorted(records[party][key]), sorted(fields)
    for name, values in given.get("disagree", {}).items():
        yield f"disagreement on {name}", _disagreement(seen, name, tellers), values


def _evidence(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield all pieces of evidence in an incident."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from inner if key == "evidence" else _evidence(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _evidence(inner)


def _disagreement(seen: Script, name: str, tellers: Mapping[str, str]) -> dict[str, object]:
    """Return who tells which number where tellings of a toll disagree."""
    return {
        tellers[mention]: value["value"]["best"]
        for one in seen["disagreements"]
        if one["field"] == name
        for value in one["values"]
        for mention in value["mentions"]
    }


def _no_sight(day: Day, given: Script) -> Found:
    for party, names in given.items():
        for name in names:
            yield f"{name} at {party}", day.incident(party, name) is not None, False


def _no_trace(day: Day, given: Script) -> Found:
    """Look for words in every byte of a party's database."""
    for party, words in given.items():
        files = [path for path in day.folder.glob(f"{party}.db*") if path.suffix in (".db", ".db-wal")]
        held = b"".join(path.read_bytes() for path in files)
        for word in words:
            yield f"{word!r} in the database of {party}", word.encode() in held, False


def _preview(day: Day, given: Script) -> Found:
    rows = day.does(given["of"], f"release preview --to {given['to']} --json").splitlines()
    states = {row["incident"]: row["state"] for row in map(json.loads, rows)}
    for name, state in given["states"].items():
        yield name, states[day.own_id(given["of"], name)], state


def _request(day: Day, given: Script) -> Found:
    escalated = "escalated" in given
    seen = day.request(given["at"], given["escalated" if escalated else "name"], escalated=escalated)
    yield "state", seen["state"], given["state"]
    if "states" in given:
        states = {one["party"]: one["state"] for one in seen["states"]}
        for party, state in given["states"].items():
            yield f"state of {party}", states.get(party), state
    if "incident" in given:
        yield "incident", seen["incident"], day.own_id(given["at"], given["incident"])


def _unanswered(day: Day, given: Script) -> Found:
    names = {kind: name for name, kind in day.script["incidents"].items()}
    found = day.tells(given["at"], "unanswered --json")["unanswered"]
    kinds = [names[row["incident"]["sub_event_type"]] for row in found]
    yield "unanswered", sorted(kinds), sorted(given["incidents"])


def _withdrawn(day: Day, given: Script) -> Found:
    own = day.own_id(given["by"], given["incident"])
    found = day.tells(given["by"], "exchange withdrawals --json")["withdrawals"]
    those = [row for row in found if (row["incident"], row["field"]) == (own, given["field"])]
    states = {one["party"]: one["state"] for row in those for one in row["receivers"]}
    yield "receipted", sorted(p for p, s in states.items() if s == "receipted"), sorted(given["receipted"])
    yield "waiting", sorted(p for p, s in states.items() if s == "waiting"), sorted(given["waiting"])


def _audit(day: Day, given: Script) -> Found:
    """Have a party verify another's log, and then the same log with one word changed."""
    of, by = given["of"], given["verified_by"]
    name = f"{of}.audit.jsonl"
    day.does(of, "audit export -o", name)
    report = day.tells(by, "audit verify --json", name)
    yield "verified", (report["party"], report["ok"], report["problems"]), (of, True, [])
    lines = (day.folder / name).read_text(encoding="utf-8").splitlines(keepends=True)
    middle = len(lines) // 2
    entry = json.loads(lines[middle])
    entry["actor"] = "somebody else"
    lines[middle] = json.dumps(entry) + "\n"
    (day.folder / f"altered.{name}").write_text("".join(lines), encoding="utf-8")
    altered = json.loads(day.does(by, "audit verify --json", f"altered.{name}", codes=(1,)))
    yield "altered", (altered["ok"], bool(altered["problems"])), (False, True)


def _standing(day: Day, given: Script) -> Found:
    rows = day.tells(given["at"], "exchange status --json")["parties"]
    states = {row["id"]: row["state"] for row in rows}
    for party, state in given["states"].items():
        yield party, states[party], state


CHECKS: Mapping[str, Callable[[Day, Script], Found]] = {
    "sees": _sees,
    "no_sight": _no_sight,
    "no_trace": _no_trace,
    "preview": _preview,
    "request": _request,
    "unanswered": _unanswered,
    "withdrawn": _withdrawn,
    "audit": _audit,
    "standing": _standing,
}
