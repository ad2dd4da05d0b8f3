"""JSON and YAML read strictly: no key twice, no key unknown, nothing longer than its limit."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from seamwatch.errors import FieldError, InputError

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")

PARTY_ID = re.compile(r"[a-z0-9-]{1,40}")
DIGEST = re.compile(r"[0-9a-f]{64}")
SIGNATURE = re.compile(r"[0-9a-f]{128}")
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def read_json(text: bytes | str, where: str, most: int) -> Any:
    """Return the value of a JSON text of at most `most` bytes or characters; InputError where it is none.

    A key that stands twice in one object is refused: two programs could each read another of its values.

    >>> read_json('{"a": 1}', "this file", 100)
    {'a': 1}
    """
    if len(text) > most:
        raise InputError(f"{where} is larger than {most // 1024} KiB: it was not read", code="too_large")
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as wrong:
        said = "nested too deep" if isinstance(wrong, RecursionError) else str(wrong)
        raise InputError(f"{where} is no JSON that can be read ({said}): ask for it again") from None


def read_yaml(text: str, where: str, most: int, field: str) -> Any:
    """Return the value of a YAML text of at most `most` characters; FieldError with this field where none.

    Anchors are refused, so that a small text can't unfold into a large one, and keys that stand twice: of
    two values only the last would hold.
    """
    import yaml

    if len(text) > most:
        raise FieldError(
            f"{where} is larger than {most // 1024} KiB: it was not read", field=field, code="too_large"
        )
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
            raise FieldError(f"{where}: anchors and aliases (& and *) are not allowed here", field=field)
        waiting = [yaml.compose(text, Loader=yaml.SafeLoader)]
        while waiting:
            node = waiting.pop()
            if isinstance(node, yaml.MappingNode):
                seen: set[str] = set()
                for key, value in node.value:
                    name = str(key.value)
                    if name in seen:
                        line = key.start_mark.line + 1
                        raise FieldError(f"{where}: line {line}: {name!r} stands here twice", field=field)
                    seen.add(name)
                    waiting.append(value)
            elif isinstance(node, yaml.SequenceNode):
                waiting.extend(node.value)
        return yaml.safe_load(text)
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        at = f"line {mark.line + 1}: " if mark is not None else ""
        problem = getattr(wrong, "problem", None) or "it can't be read"
        raise FieldError(f"{where}: {at}this is no YAML ({problem})", field=field) from None
    except (RecursionError, ValueError) as wrong:
        raise FieldError(f"{where}: this can't be read ({wrong})", field=field) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return made


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def moment_of(value: object) -> datetime | None:
    """Return a moment written with its zone, in UTC; None where the value is none."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        found = datetime.fromisoformat(value)
        return None if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


class Row:
    """The fields of one JSON object. What is wrong raises FieldError that names the field's whole path."""

    def __init__(self, value: object, where: str, known: Iterable[str]) -> None:
        """Take an object that has no other keys than those known."""
        if not isinstance(value, Mapping):
            raise FieldError(f"{where}: expected an object, got {type(value).__name__}", field=where)
        self.where = where
        self._row = value
        names = tuple(known)
        for key in value:
            if key not in names:
                raise self.wrong(str(key)[:60], f"there is no such key; these are: {', '.join(names)}")

    def wrong(self, key: str, said: str) -> FieldError:
        """Return the error that a field is wrong."""
        return FieldError(f"{self.where}.{key}: {said}", field=f"{self.where}.{key}")

    def get(self, key: str) -> Any:
        """Return the value as it stands, None where there is none."""
        return self._row.get(key)

    def text(self, key: str, most: int, *, least: int = 1, lines: bool = False) -> str:
        """Return a text of so many characters. Only where it has `lines` may it hold more than one."""
        value = self._row.get(key, "" if least == 0 else None)
        if not isinstance(value, str):
            raise self.wrong(key, f"expected a text, got {type(value).__name__}")
        if not least <= len(value) <= most:
            raise self.wrong(key, f"expected {least} to {most} characters, got {len(value)}")
        if value != value.strip() or _CONTROL.search(value) or (not lines and "\n" in value):
            raise self.wrong(key, "take out control characters, and blanks at its ends")
        return value

    def matching(self, key: str, form: re.Pattern[str], what: str) -> str:
        """Return a text of this form; `what` says in words which."""
        value = self._row.get(key)
        if not isinstance(value, str) or not form.fullmatch(value):
            raise self.wrong(key, f"expected {what}, got {_shown(value)}")
        return value

    def whole(self, key: str, least: int, most: int) -> int:
        """Return a whole number between both, both included."""
        value = self._row.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.wrong(key, f"expected a whole number from {least} to {most}, got {_shown(value)}")
        return value

    def number(self, key: str, most: float) -> float | None:
        """Return a number above 0, or None."""
        value = self._row.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong(key, f"expected a number or nothing, got {_shown(value)}")
        # Compared before it is made a float: JSON has whole numbers that are too large for one.
        if not 0 < value <= most:
            raise self.wrong(key, f"expected a number above 0 and at most {most:g}, got {_shown(value)}")
        return float(value)

    def flag(self, key: str) -> bool:
        """Return true or false; false where nothing is said."""
        value = self._row.get(key, False)
        if not isinstance(value, bool):
            raise self.wrong(key, f"expected true or false, got {_shown(value)}")
        return value

    def word(self, key: str, kind: type[E]) -> E:
        """Return one of the words of a kind."""
        value = self._row.get(key)
        if not isinstance(value, str) or value not in list(kind):
            raise self.wrong(key, f"{_shown(value)} is none of: {', '.join(kind)}")
        return kind(value)

    def moment(self, key: str) -> datetime:
        """Return a moment with its zone, in UTC."""
        found = moment_of(self._row.get(key))
        if found is None:
            raise self.wrong(
                key, f"expected a moment, as 2026-11-23T09:30:00+00:00, got {_shown(self.get(key))}"
            )
        return found

    def rows(self, key: str, most: int, make: Callable[[object, str], T]) -> tuple[T, ...]:
        """Return what `make` reads of each entry of a list; nothing said is an empty list."""
        value = self._row.get(key)
        if value is None:
            return ()
        if not isinstance(value, list) or len(value) > most:
            raise self.wrong(key, f"expected a list of at most {most} entries")
        return tuple(make(one, f"{self.where}.{key}[{n}]") for n, one in enumerate(value))

    def signatures(self, key: str, most: int) -> dict[str, str]:
        """Return signatures in hex by the ids of parties."""
        value = self._row.get(key)
        if not isinstance(value, Mapping) or len(value) > most:
            raise self.wrong(key, f"expected signatures of at most {most} parties")
        for party, signature in value.items():
            if not PARTY_ID.fullmatch(str(party)):
                raise self.wrong(key, f"{_shown(party)} is no party's id")
            if not isinstance(signature, str) or not SIGNATURE.fullmatch(signature):
                raise self.wrong(f"{key}.{party}", "expected a signature of 128 hex digits")
        return {str(party): str(value[party]) for party in sorted(value)}


def _shown(value: object) -> str:
    return "nothing" if value is None else repr(value)[:80]
