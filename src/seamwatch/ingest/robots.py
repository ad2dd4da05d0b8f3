"""robots.txt after RFC 9309: groups by user agent, the longest matching rule wins, * and $ hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

_MOST_DELAY = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One allow or disallow line; `length` is its pattern's, for the longest match."""

    allow: bool
    length: int
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """What a host allows to one user agent. `delay` is the pause that it asks for, in seconds."""

    rules: tuple[Rule, ...] = ()
    delay: float = 0.0

    def allows(self, url: str) -> bool:
        """Return whether the address may be fetched; where two rules are as long, allow wins."""
        parts = urlsplit(url)
        path = _normal(parts.path or "/") + (f"?{_normal(parts.query)}" if parts.query else "")
        found = [rule for rule in self.rules if rule.pattern.match(path)]
        return not found or max(found, key=lambda rule: (rule.length, rule.allow)).allow


EVERYTHING = Robots()


def parse_robots(text: str, agent: str) -> Robots:
    """Return the rules for `agent` (its bare name), or those for * where it isn't named.

    >>> parse_robots("User-agent: *\\nDisallow: /private/*.html$", "seamwatch").allows("http://a/private/x.html")
    False
    """
    groups: dict[str, list[tuple[str, str]]] = {}
    agents: list[str] = []
    in_rules = False
    for line in text.removeprefix("\ufeff").splitlines():
        field, colon, value = line.partition("#")[0].partition(":")
        field, value = field.strip().lower(), value.strip()
        if not colon:
            continue
        if field == "user-agent":
            if in_rules:
                agents, in_rules = [], False
            agents.append(value.lower().split("/")[0])
            groups.setdefault(agents[-1], [])
        elif field in ("allow", "disallow", "crawl-delay"):
            in_rules = True
            for name in agents:
                groups[name].append((field, value))
    lines = groups.get(agent.lower(), groups.get("*", []))
    rules = tuple(
        _rule(field == "allow", value) for field, value in lines if field != "crawl-delay" and value
    )
    return Robots(rules=rules, delay=_delay(lines))


def _rule(allow: bool, value: str) -> Rule:
    ended = value.endswith("$")
    pieces = [re.escape(_normal(piece)) for piece in value.rstrip("$").split("*")]
    pattern = re.sub(r"(?:\.\*)+", ".*", ".*".join(pieces))
    return Rule(allow=allow, length=len(value), pattern=re.compile(pattern + ("$" if ended else "")))


def _delay(lines: list[tuple[str, str]]) -> float:
    for field, value in lines:
        if field == "crawl-delay" and re.fullmatch(r"\d{1,6}(?:\.\d+)?", value):
            return min(float(value), _MOST_DELAY)
    return 0.0


def _normal(path: str) -> str:
    return quote(unquote(path), safe="/?=&:;,@!$'()*+~-._")
