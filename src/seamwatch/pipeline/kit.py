"""The kit: what is built once a process and passed to the stages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seamwatch.extract.rules import Extractor
    from seamwatch.resolve.actor import ActorRegister
    from seamwatch.resolve.gazetteer import Gazetteer


@dataclass(frozen=True, slots=True)
class Kit:
    """Extractor, gazetteer and actor register, loaded."""

    extractor: Extractor
    gazetteer: Gazetteer
    register: ActorRegister


def load_kit() -> Kit:
    """Return the kit of a process; takes about two seconds, most of them for the parser."""
    from seamwatch.extract.rules import load_rule_extractor
    from seamwatch.resolve.actor import load_register
    from seamwatch.resolve.gazetteer import load_gazetteer

    return Kit(extractor=load_rule_extractor(), gazetteer=load_gazetteer(), register=load_register())
