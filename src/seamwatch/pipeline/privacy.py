"""Private persons: stored as roles, never by name. Names stay in the article's own text."""

from __future__ import annotations

import re
from dataclasses import replace

from seamwatch.model.incident import Extraction, Mention, Victim
from seamwatch.model.text import Evidence
from seamwatch.vocabulary.codes import TargetKind

# A personal name: two or more capitalised words, or one after a role noun ("farmer Hasan").
_NAME = re.compile(
    r"(?:\b[A-ZÀ-Þ][\w'’-]+)(?:\s+(?:(?:al|el|bin|ibn|abu|umm|de|la|del|van|von)[\s-]+)?[A-ZÀ-Þ][\w'’-]+)+"
)
_ROLE_BEFORE = re.compile(r"^(?P<role>(?:[a-z][\w'’-]*\s+)+)(?P<name>[A-ZÀ-Þ].*)$")
# Words that show that capitals name a body, a rank or an office and no private person.
_PUBLIC = re.compile(
    r"\b(?:Army|Police|Forces?|Units?|Brigades?|Battalions?|Front|Council|Ministry|Minister|President|"
    r"Governor|Mayor|Party|Movement|State|Guard|Guards|Command|Operations|Service|Directorate|Department|"
    r"Committee|Organi[sz]ation|Agency|Association|Union|General|Colonel|Major|Captain|Lieutenant|Brigadier|"
    r"Commander|Judge|Senator|Ambassador|Spokes\w+|Coalition|Resistance|Mobili[sz]ation|Defen[cs]e|Border|"
    r"Federal|Iraqi|Turkish|Syrian|Kurdish|Peshmerga|Hashd|Islamic|Democratic|National|Free|Government)\b"
)


def is_private_name(text: str) -> bool:
    """Return whether a phrase names a person who holds no office that the phrase tells.

    >>> is_private_name("Hasan Karim"), is_private_name("Colonel Hadi Karim"), is_private_name("two farmers")
    (True, False, False)
    """
    return bool(_NAME.search(text)) and not _PUBLIC.search(text)


def role_of(name: str) -> str:
    """Return the role in a phrase without the name that follows it, or "person".

    >>> role_of("farmer Hasan Karim"), role_of("Hasan Karim")
    ('farmer', 'person')
    """
    match = _ROLE_BEFORE.match(name)
    return match.group("role").strip() if match else "person"


def _withhold(evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """Return the evidence with each quote cut before a private name, or left out where nothing is left."""
    kept = []
    for item in evidence:
        match = None if not is_private_name(item.quote) else _NAME.search(item.quote)
        if match is None:
            kept.append(item)
            continue
        quote = item.quote[: match.start()].rstrip(" ,")
        if quote:
            span = replace(item.span, end=item.span.start + len(quote))
            kept.append(replace(item, quote=quote, span=span))
    return tuple(kept)


def _victim(victim: Victim) -> Victim:
    name = role_of(victim.name) if is_private_name(victim.name) else victim.name
    return replace(victim, name=name, evidence=_withhold(victim.evidence) or victim.evidence[1:])


def _mention(mention: Mention) -> Mention:
    return replace(
        mention,
        victims=tuple(_victim(v) for v in mention.victims),
        targets=tuple(
            replace(t, name=role_of(t.name), evidence=_withhold(t.evidence))
            if t.kind is TargetKind.HUMAN and is_private_name(t.name)
            else t
            for t in mention.targets
        ),
        claims=tuple(replace(c, by="named person") if is_private_name(c.by) else c for c in mention.claims),
    )


def withhold_private_names(extraction: Extraction) -> Extraction:
    """Return the extraction as it may be stored: private persons only as roles.

    Office holders stay as speakers of statements, and actors of the register as actors.
    """
    return replace(extraction, mentions=tuple(_mention(m) for m in extraction.mentions))
