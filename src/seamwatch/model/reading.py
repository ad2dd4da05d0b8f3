"""An article with its times, places and known actors marked: what an extractor starts from."""

from __future__ import annotations

from dataclasses import dataclass

from seamwatch.model.place import PlaceMention
from seamwatch.model.text import Article, Span
from seamwatch.model.time import TimeMention
from seamwatch.vocabulary.codes import ActorKind, VictimGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorMention:
    """A passage that names an actor of the register.

    `name` is the register's name, `side` the group its members count to when they are victims.
    `outlet` marks a name that is a mouthpiece (Amaq); `name` is then the actor it speaks for.
    """

    span: Span
    quote: str
    name: str
    kind: ActorKind
    side: VictimGroup
    outlet: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One article and what was recognised in its text and title, each list in order of position."""

    article: Article
    times: tuple[TimeMention, ...] = ()
    places: tuple[PlaceMention, ...] = ()
    actors: tuple[ActorMention, ...] = ()
