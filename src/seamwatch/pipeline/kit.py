"""The kit: what is built once a process and passed to the stages."""

from __future__ import annotations

import gc
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seamwatch.extract.rules import Extractor
    from seamwatch.resolve.actor import ActorRegister
    from seamwatch.resolve.gazetteer import Gazetteer
    from seamwatch.resolve.gazetteer_own import OwnPlaces


@dataclass(frozen=True, slots=True)
class Kit:
    """Extractor, gazetteer and actor register, loaded.

    Parser and gazetteer are for one thread at a time: where several share a kit `lock` is one, and is held
    while an article is extracted.
    """

    extractor: Extractor
    gazetteer: Gazetteer
    register: ActorRegister
    lock: AbstractContextManager[Any] = field(default_factory=nullcontext)


def load_kit(own: OwnPlaces | None = None) -> Kit:
    """Return the kit of a process; takes about two seconds, most of them for the parser.

    `own` are places that join those of the shipped gazetteer: a store that has some.
    """
    from seamwatch.extract.rules import load_rule_extractor
    from seamwatch.resolve.actor import load_register
    from seamwatch.resolve.gazetteer import load_gazetteer

    kit = Kit(extractor=load_rule_extractor(), gazetteer=load_gazetteer(own=own), register=load_register())
    keep_loaded()
    return kit


def keep_loaded() -> None:
    """Tell the garbage collector that what is loaded now stays, and to look less often.

    An article makes some ten thousand small objects, nearly all of which go by themselves; looking for cycles
    among them every 700 costs a tenth of the time.
    """
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def kit_of(places: str | None) -> Kit:
    """Return the kit with the own places of the store at a path, opened here and only read; None: without."""
    if places is None:
        return load_kit()
    from seamwatch.store import open_places

    return load_kit(open_places(places))
