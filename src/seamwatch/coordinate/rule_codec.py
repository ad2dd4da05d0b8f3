"""Release rules as JSON and YAML, and back: strict, and what is wrong names the rule and the field."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeVar

from seamwatch.coordinate.strict import read_yaml
from seamwatch.errors import FieldError
from seamwatch.model.release import EVERYONE, FIELDS, ReleaseRule
from seamwatch.vocabulary.acled import EventType, SubEventType
from seamwatch.vocabulary.codes import Status
from seamwatch.vocabulary.coordination import Grain, Tlp

E = TypeVar("E", bound=StrEnum)

GRAINS: Mapping[str, tuple[Grain, ...]] = {
    **dict.fromkeys(FIELDS, (Grain.EXACT, Grain.WITHHELD)),
    "place": (Grain.EXACT, Grain.DISTRICT, Grain.PROVINCE, Grain.COUNTRY, Grain.WITHHELD),
    "date": (Grain.EXACT, Grain.WEEK, Grain.MONTH, Grain.WITHHELD),
}
"""The grains that each field can be given in."""

MOST_RULES = 500
MOST_BYTES = 512 * 1024
MOST_HOURS = 24 * 366 * 10
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_KEYS = ("id", "to", "tlp", "areas", "types", "statuses", "after_hours", "approval", "fields", "release")
_NOTHING = "nothing"
_TYPES = {str(name).casefold(): str(name) for name in (*EventType, *SubEventType)}
_MOST_NAMES = 1000


def rule_json(rule: ReleaseRule) -> dict[str, Any]:
    """Return a rule as JSON, every key there; the same rule always gives the same JSON.

    Only of a rule that releases nothing `release` is there: rules that were signed before stay the same.

    >>> rule = ReleaseRule(id="near", to=("b",), tlp=Tlp.AMBER, fields={"place": Grain.DISTRICT})
    >>> rule_json(rule)["fields"]
    {'place': 'district'}
    """
    hours = rule.after_hours
    return {
        "id": rule.id,
        "to": list(rule.to),
        "tlp": rule.tlp.value,
        "areas": list(rule.areas),
        "types": list(rule.types),
        "statuses": list(rule.statuses),
        "after_hours": int(hours) if float(hours).is_integer() else hours,
        "approval": rule.approval,
        "fields": {
            name: rule.fields[name].value
            for name in FIELDS
            if rule.fields.get(name, Grain.EXACT) is not Grain.EXACT
        },
        **({"release": _NOTHING} if rule.nothing else {}),
    }


def rule_from_json(row: object, where: str = "rule", field: str = "rule") -> ReleaseRule:
    """Return the rule of one JSON object; FieldError that names the rule and the field that is wrong.

    `where` is how the message calls the rule, `field` the path under which the error's field stands.
    """
    if not isinstance(row, dict):
        raise FieldError(f"{where}: expected keys and values, got {_kind(row)}", field=field)
    name = row.get("id")
    if not isinstance(name, str) or not _ID.fullmatch(name):
        raise FieldError(
            f"{where}: id: give each rule an id of small letters, digits and hyphens, at most 40 (got "
            f"{_shown(name)})",
            field=f"{field}.id",
        )
    reader = _Reader(row, f"{where} ({name})" if name not in where else where, field)
    reader.only(_KEYS)
    nothing = reader.nothing()
    rule = ReleaseRule(
        id=name,
        to=reader.parties(),
        tlp=Tlp.AMBER if nothing and row.get("tlp") is None else reader.label(),
        areas=reader.names("areas"),
        types=reader.types(),
        statuses=reader.statuses(),
        after_hours=reader.hours(),
        approval=reader.flag("approval"),
        fields=reader.grains(),
        nothing=nothing,
    )
    if rule.tlp is Tlp.RED and EVERYONE in rule.to:
        raise reader.wrong("to", f"{Tlp.RED.value} goes only to parties that the rule names, not to everyone")
    return rule


def rules_json(rules: Iterable[ReleaseRule]) -> list[dict[str, Any]]:
    """Return rules as JSON, in their order: the first that fits decides."""
    return [rule_json(rule) for rule in rules]


def rules_from_json(rows: object, where: str = "rules") -> tuple[ReleaseRule, ...]:
    """Return the rules of a JSON list; FieldError that names the rule and the field that is wrong."""
    if rows is None:
        return ()
    if not isinstance(rows, list):
        raise FieldError(f"{where}: expected a list of rules, got {_kind(rows)}", field=where)
    if len(rows) > MOST_RULES:
        raise FieldError(f"{where}: at most {MOST_RULES} rules, these are {len(rows)}", field=where)
    rules = tuple(rule_from_json(row, f"rule {n}", f"{where}[{n - 1}]") for n, row in enumerate(rows, 1))
    first: dict[str, int] = {}
    for number, rule in enumerate(rules, 1):
        if first.setdefault(rule.id, number) != number:
            raise FieldError(
                f"rule {number} ({rule.id}): id: rule {first[rule.id]} has this id too: give each its own",
                field=f"{where}[{number - 1}].id",
            )
    return rules


def rules_from_yaml(text: str, where: str = "the rules") -> tuple[ReleaseRule, ...]:
    """Return the rules of a YAML text, `rules:` and a list; an empty text has none.

    FieldError that names the rule and the field that is wrong, and the line where it is no YAML. `where` is
    how messages call the text. Anchors are refused, so that a small file can't unfold into a large one.
    """
    whole = read_yaml(text, where, MOST_BYTES, "rules")
    if whole is None:
        return ()
    if not isinstance(whole, dict) or set(whole) != {"rules"}:
        raise FieldError(f"{where}: begin with `rules:` and put all rules into its list", field="rules")
    return rules_from_json(whole["rules"])


def rules_yaml(rules: Sequence[ReleaseRule]) -> str:
    """Return rules as the YAML text that `rules_from_yaml` reads; what says nothing is left out."""
    import yaml

    rows = [
        {key: value for key, value in rule_json(rule).items() if value not in ([], {}, 0, False)}
        for rule in rules
    ]
    return str(yaml.safe_dump({"rules": rows}, sort_keys=False, allow_unicode=True, width=100))


class _Reader:
    """Reads the fields of one rule."""

    def __init__(self, row: dict[Any, Any], where: str, field: str) -> None:
        self._row, self._where, self._field = row, where, field

    def wrong(self, key: str, said: str) -> FieldError:
        return FieldError(f"{self._where}: {key}: {said}", field=f"{self._field}.{key}")

    def only(self, known: Sequence[str]) -> None:
        for key in self._row:
            if key not in known:
                raise self.wrong(str(key)[:60], f"there is no such key; these are: {', '.join(known)}")

    def names(self, key: str) -> tuple[str, ...]:
        value = self._row.get(key)
        rows = [] if value is None else [value] if isinstance(value, str) else value
        if not isinstance(rows, list) or not all(isinstance(v, str) and v.strip() for v in rows):
            raise self.wrong(key, f"expected a list of words, got {_shown(value)}")
        if len(rows) > _MOST_NAMES:
            raise self.wrong(key, f"at most {_MOST_NAMES} entries")
        return tuple(dict.fromkeys(v.strip() for v in rows))

    def parties(self) -> tuple[str, ...]:
        names = self.names("to")
        if not names:
            raise self.wrong("to", 'to whom? give the ids of parties, or "*" for every party')
        for name in names:
            if name != EVERYONE and not _ID.fullmatch(name):
                raise self.wrong("to", f'{_shown(name)} is no party\'s id, nor "*" for every party')
        if EVERYONE in names and len(names) > 1:
            raise self.wrong("to", '"*" is every party: name parties, or "*" alone')
        return names

    def label(self) -> Tlp:
        value = self._row.get("tlp")
        written = value.strip().upper() if isinstance(value, str) else ""
        return self._word("tlp", Tlp, written if written.startswith("TLP:") else f"TLP:{written}", value)

    def types(self) -> tuple[str, ...]:
        for name in (names := self.names("types")):
            if name.casefold() not in _TYPES:
                raise self.wrong("types", f"{_shown(name)} is no event type or sub-event type of ACLED")
        return tuple(_TYPES[name.casefold()] for name in names)

    def statuses(self) -> tuple[str, ...]:
        return tuple(
            self._word("statuses", Status, name.casefold(), name).value for name in self.names("statuses")
        )

    def hours(self) -> float:
        value = self._row.get("after_hours", 0)
        if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
            raise self.wrong("after_hours", f"expected a number of hours, got {_shown(value)}")
        if not 0 <= value <= MOST_HOURS:
            raise self.wrong("after_hours", f"expected 0 to {MOST_HOURS} hours, got {value:g}")
        return float(value)

    def flag(self, key: str) -> bool:
        value = self._row.get(key, False)
        if not isinstance(value, bool):
            raise self.wrong(key, f"expected true or false, got {_shown(value)}")
        return value

    def nothing(self) -> bool:
        """Return whether the rule releases nothing; it has then nothing that says how it is released."""
        value = self._row.get("release")
        if value not in (None, _NOTHING):
            raise self.wrong("release", f"expected {_NOTHING}, or no such key, got {_shown(value)}")
        for key in ("after_hours", "approval", "fields"):
            if value is not None and self._row.get(key):
                raise self.wrong(key, f"leave this out: the rule releases {_NOTHING}")
        return value is not None

    def grains(self) -> dict[str, Grain]:
        rows = self._row.get("fields")
        if rows is None:
            return {}
        if not isinstance(rows, dict):
            raise self.wrong("fields", f"expected fields and what is given of each, got {_kind(rows)}")
        found: dict[str, Grain] = {}
        for name, value in rows.items():
            if name not in FIELDS:
                raise self.wrong(
                    f"fields.{str(name)[:60]}", f"there is no such field; these are: {', '.join(FIELDS)}"
                )
            allowed = GRAINS[name]
            if value not in [grain.value for grain in allowed]:
                words = ", ".join(allowed)
                raise self.wrong(f"fields.{name}", f"{_shown(value)} is none of: {words}")
            found[name] = Grain(value)
        # What is exact is not written down: two ways to say one thing would be signed as two.
        return {name: found[name] for name in FIELDS if found.get(name, Grain.EXACT) is not Grain.EXACT}

    def _word(self, key: str, kind: type[E], value: str, written: object) -> E:
        try:
            return kind(value)
        except ValueError:
            raise self.wrong(key, f"{_shown(written)} is none of: {', '.join(kind)}") from None


def _shown(value: object) -> str:
    # YAML reads a bare no, yes, on or off as a truth value.
    more = " (put no, yes, on and off in quotes)" if isinstance(value, bool) else ""
    return "nothing" if value is None else repr(value)[:80] + more


def _kind(value: object) -> str:
    return "nothing" if value is None else type(value).__name__
