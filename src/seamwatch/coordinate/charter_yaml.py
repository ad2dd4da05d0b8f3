"""A draft of a charter as YAML, for people to write in; read back strictly."""

from __future__ import annotations

import yaml

from seamwatch.coordinate.charter_codec import MOST_BYTES, charter_from_json, charter_json
from seamwatch.coordinate.strict import read_yaml
from seamwatch.model.charter import Charter

_HEAD = """\
# A charter, to be agreed on. Change it, then: seamwatch charter propose FILE
# version and previous say what it follows: leave them as they are.
# change: how many parties must sign the next version: all, or majority (more than half).
# suspend: how many of the others must sign a suspension: all, or majority.
# areas: the stored areas that you share, by id; contested: true where incidents must be answered for.
# answer_times: kind information, verification, response, or incident (in contested areas); in hours.
# rules: what each party releases where it has no rule of its own.
"""


class _Dumper(yaml.SafeDumper):
    pass


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def charter_yaml(charter: Charter) -> str:
    """Return a charter as YAML with a few words of explanation. The moment of making is left out."""
    row = {key: value for key, value in charter_json(charter).items() if key != "made"}
    return _HEAD + str(yaml.dump(row, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100))


def charter_from_yaml(text: str, where: str = "charter") -> Charter:
    """Return the charter of a YAML text; InputError for what is no YAML, FieldError that names a wrong field.

    Anchors are refused, so that a small file can't unfold into a large one, and keys that stand twice.
    """
    row = read_yaml(text, where, MOST_BYTES, "charter")
    if isinstance(row, dict) and isinstance(row.get("text"), str):
        # A block of text ends with a line break that nobody means.
        row["text"] = row["text"].strip()
    return charter_from_json(row)
