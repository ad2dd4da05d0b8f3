"""What coded formats say alike: countries, sides, what happened in plain words, who told it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from seamwatch.model.incident import Actor, ArticleRef, Incident
from seamwatch.publish.plain import actor_words, date_words, place_words, toll_words
from seamwatch.vocabulary.codes import ActorKind, Outcome, TargetKind, VictimGroup
from seamwatch.vocabulary.countries import Country, load_countries

# Adjectives that do not begin with the country's name.
_ADJECTIVES = {
    "American": "US", "US": "US", "U.S.": "US", "British": "GB", "UK": "GB", "French": "FR", "Turkish": "TR",
    "Dutch": "NL", "Danish": "DK", "Spanish": "ES", "Polish": "PL", "Swedish": "SE", "Finnish": "FI",
    "Norwegian": "NO", "German": "DE", "Greek": "GR", "Chinese": "CN", "Lebanese": "LB", "Burmese": "MM",
    "Afghan": "AF", "Emirati": "AE", "Malian": "ML", "Filipino": "PH", "Philippine": "PH", "Thai": "TH",
    "Congolese": "CD", "Sudanese": "SD", "Senegalese": "SN", "Togolese": "TG", "Mozambican": "MZ",
    "Nigerien": "NE", "Nigerian": "NG", "South Sudanese": "SS", "Mexican": "MX", "Argentine": "AR",
}  # fmt: skip


def country_of(incident: Incident) -> Country | None:
    """Return the country of an incident's place, or None where it is not known."""
    code = incident.place.country if incident.place else None
    return load_countries().get(code) if code else None


@lru_cache(maxsize=1)
def _nations() -> tuple[re.Pattern[str], dict[str, str]]:
    names = {n: c.code for c in load_countries().values() for n in (c.acled, c.ucdp.partition(" (")[0]) if n}
    names |= _ADJECTIVES
    # The longest first: Nigerian is of Nigeria, not of Niger. "Iraqi" begins with Iraq.
    words = sorted(map(re.escape, names), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(words)})"), names


def nation_of(actor: str) -> Country | None:
    """Return the country that an actor's name names, or None.

    >>> [c.code if c else None for c in map(nation_of, ("Iraqi army", "Turkish army", "Islamic State"))]
    ['IQ', 'TR', None]
    """
    pattern, names = _nations()
    match = pattern.search(actor)
    return load_countries()[names[match[0]]] if match else None


def named(actors: Iterable[Actor]) -> list[Actor]:
    """Return the actors that are organisations or states: those that go by a name."""
    return [a for a in actors if a.kind in (ActorKind.ORGANIZATION, ActorKind.STATE)]


def groups_hit(incident: Incident) -> set[VictimGroup]:
    """Return to which groups the victims belong, as far as it is known."""
    return {v.group for v in incident.victims if v.group is not VictimGroup.UNKNOWN}


def dead_of(incident: Incident, group: VictimGroup) -> int:
    """Return how many dead of a group are counted."""
    hit = (v for v in incident.victims if v.outcome is Outcome.KILLED and v.group is group)
    return sum(v.count or 0 for v in hit)


def people_hit(incident: Incident, *groups: VictimGroup) -> list[str]:
    """Return the victims of these groups in the record's words, else the people who were the target."""
    found = [v.name for v in incident.victims if v.group in groups]
    return list(dict.fromkeys(found or [t.name for t in incident.targets if t.kind is TargetKind.HUMAN]))


def articles_of(incident: Incident) -> list[ArticleRef]:
    """Return the articles that tell an incident, each once."""
    return list({m.article.id: m.article for m in incident.mentions}.values())


def outlets_of(incident: Incident) -> list[str]:
    """Return the outlets that carried the articles, each once."""
    refs = articles_of(incident)
    return list(dict.fromkeys(name for ref in refs for name in (ref.sources or (ref.source,)) if name))


def told_in_words(incident: Incident) -> str:
    """Return what is known of an incident in one line of our own words; nothing of the articles' text.

    What is not known is left out. The incident's id stands last.
    """
    parts = [
        date_words(incident.date),
        place_words(incident.place),
        incident.sub_event_type.value,
        f"by {who}" if (who := actor_words(incident.perpetrators)) else "",
        f"on {', '.join(dict.fromkeys(t.name for t in incident.targets))}" if incident.targets else "",
        f"{n} killed" if (n := toll_words(incident.killed)) else "",
        f"{n} injured" if (n := toll_words(incident.injured)) else "",
        f"{n} abducted" if (n := toll_words(incident.abducted)) else "",
        incident.status.value,
    ]
    return f"{'; '.join(part for part in parts if part)}. Seamwatch {incident.id}."
