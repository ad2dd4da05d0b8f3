"""Labels and parties as exports say them: the strictest label of what tells an incident, and who told it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from seamwatch.model.incident import Incident
from seamwatch.model.incident_codec import incident_json
from seamwatch.model.label import LabelOrder
from seamwatch.vocabulary.coded import LABEL_MARK
from seamwatch.vocabulary.coordination import Tlp

UNLABELLED = Tlp.AMBER
"""What an own article without a label counts as."""

_SAID = re.compile(rf"(?:;\s*)?{re.escape(LABEL_MARK)}TLP:[A-Z+]+")


def label_of(incident: Incident) -> Tlp:
    """Return the strictest label of the articles that tell an incident, UNLABELLED for one without any."""
    labels = (m.article.tlp or UNLABELLED for m in incident.mentions)
    return max(labels, key=lambda label: label.strictness, default=UNLABELLED)


def said_label(incident: Incident) -> Tlp | None:
    """Return the label that an export says: that of `label_of`, None where no article was given one."""
    return label_of(incident) if any(m.article.tlp for m in incident.mentions) else None


def strictest_said(incidents: Iterable[Incident]) -> Tlp | None:
    """Return the strictest label that an export of these incidents says, None where it says none."""
    labels = (said_label(incident) for incident in incidents)
    return max((one for one in labels if one), key=lambda label: label.strictness, default=None)


def party_names(incident: Incident) -> list[str]:
    """Return the names of the parties whose records tell an incident, each once."""
    refs = (m.article for m in incident.mentions)
    return list(dict.fromkeys(ref.source or ref.party for ref in refs if ref.party))


def labelled_json(incident: Incident) -> dict[str, Any]:
    """Return the contract's incident with `tlp`, its label, and that of each of its `mentions`."""
    row = incident_json(incident)
    given = {m.mention.id: m.article.tlp for m in incident.mentions}
    label = said_label(incident)
    for mention in row["mentions"]:
        own = given[mention["id"]]
        mention["tlp"] = own.value if own else None
    return {**row, "tlp": label.value if label else None}


def label_words(incident: Incident) -> list[str]:
    """Return the label and the parties of an incident as a remark says them; nothing where it has neither."""
    label, names = said_label(incident), map(_one_part, party_names(incident))
    words = [] if label is None else [f"label: {label.value}"]
    told = ", ".join(names)
    return [*words, f"told by: {told}"] if told else words


def with_label(cell: object, incident: Incident, by: str = "") -> object:
    """Return a cell of remarks with the label of an incident and its parties at its end.

    Each part is set off by "; ". `by` stands before each party's name. What the cell says already is not said
    again, and a label that no longer holds is left out. The cell comes back as it is where there is nothing
    to say.
    """
    text = "" if cell is None else str(cell)
    label, names = said_label(incident), [f"{by}{_one_part(name)}" for name in party_names(incident)]
    if label is None and not names and not _labels_in(text):
        return cell
    if _labels_in(text) != ([label.value] if label else []):
        text = _SAID.sub("", text).strip("; ")
    parts = {part.strip() for part in text.split(";")}
    more: Sequence[str] = [name for name in names if name not in parts]
    if label is not None and not _labels_in(text):
        more = [*more, f"{LABEL_MARK}{label.value}"]
    return "; ".join(filter(None, (text, *more)))


def label_order_json(order: LabelOrder) -> dict[str, Any]:
    """Return an order about labels as JSON: who, when, why, and each article whose label it changed."""
    return {
        "number": order.name,
        "about": order.about,
        "tlp": order.tlp.value if order.tlp else None,
        "by": order.by,
        "at": order.at.isoformat(),
        "why": order.why,
        "undoes": None if order.undoes is None else f"l{order.undoes}",
        "articles": [
            {
                "article": change.article,
                "before": change.before.value if change.before else None,
                "after": change.after.value if change.after else None,
            }
            for change in order.changes
        ],
    }


def _labels_in(text: str) -> list[str]:
    return [found[0].partition(LABEL_MARK)[2] for found in _SAID.finditer(text)]


def _one_part(name: str) -> str:
    """Return a name that is taken for one part of a cell, and for no label."""
    return " ".join(name.replace(";", ",").replace(LABEL_MARK, "label ").split())
