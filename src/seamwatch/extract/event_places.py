"""Which places of a sentence say where its event happened, and which only who speaks or where people went."""

from __future__ import annotations

import re

from seamwatch.extract.dating import SpeechBook, dates_death
from seamwatch.extract.places import specificity
from seamwatch.extract.syntax import ParsedSentence
from seamwatch.model.place import PlaceMention
from seamwatch.model.text import Span

# "the bombing of Dujail police station": a site, though the name goes with a body's.
_SITE = re.compile(
    r"\s+(?:\w+\s+)?(?:station|checkpoint|base|prison|jail|hospital|market|barracks|airport|camp|bridge|dam)\b"
)
_RESIDENTS = frozenset(
    "residents resident villagers farmers farmer locals inhabitants families shepherds shopkeepers people "
    "townspeople neighbours neighbors".split()
)
# Verbs of being or going elsewhere: "a fifth had stayed behind in Rutba".
_ELSEWHERE = frozenset("stay remain live flee return grow bear hail travel".split())
_STATIONED = frozenset("based stationed positioned deployed headquartered posted".split())
# A place that only says who speaks or where the wounded went is not where it happened.
_AWAY = re.compile(
    r"(?:"
    r"(?:mayor|governor|director|head|chief|hospitals?|clinic|court|spokes\w+|morgue|commander|native|"
    r"capital)\s+(?:in|of|for)|"
    r"(?:office|council|police|residents?|officials?)\s+of|roads?\s+to|"
    r"(?:disputed?|disputes|talks|coordination|relations|agreement|tensions?|deal|rift|governments?)\s+(?:in|of|"
    r"between)(?:\s+[\w'’-]+\s+and)?|"
    r"(?:taken|took|transferred|moved|rushed|evacuated|transported|brought|fled|escaped|sent|returned|"
    r"travell?ing|heading|bound)\s+(?:[\w'’,-]+\s+){0,9}?(?:to|towards?|for|from)"
    r")\s+(?:the\s+)?(?:\w+\s+)?$",
    re.IGNORECASE,
)


def event_places(
    parsed: ParsedSentence, places: tuple[PlaceMention, ...], heads: frozenset[int], speech: SpeechBook
) -> tuple[PlaceMention, ...]:
    """Return the places of a sentence where something can have happened.

    Datelines, names of outlets, nationality words, the seats of officials ("the mayor of Daquq"), where
    the speaker was, and where the wounded were taken or died are left out.
    """
    kept = []
    residents = []
    for place in places:
        if place.dateline or place.kind == "nationality":
            continue
        after = parsed.sentence.text[place.span.end - parsed.start :]
        if place.source_name and not _SITE.match(after):
            continue
        before = parsed.sentence.text[: place.span.start - parsed.start]
        if _AWAY.search(before):
            continue
        tokens = parsed.tokens_in(place.span)
        if tokens is not None and len(tokens):
            root = tokens.root.i
            if place.quote.endswith(" away"):  # "who died in a second explosion a few kilometres away"
                kept.append((0, place))
                continue
            if speech.speaks(parsed, root, heads) or dates_death(parsed, root, heads):
                if any(t.lower_ in _RESIDENTS for t in tokens.root.ancestors if t.dep_ == "nsubj"):
                    residents.append((0, place))
                continue
        kept.append((_aside(parsed, place.span), place))
    # Who lives there tells what happened there, where nothing else says where.
    kept = _of_the_event(parsed, kept or residents, heads)
    # "Kulajo, in a district that borders areas disputed between Erbil and Baghdad": the aside is elsewhere.
    nearest = min((depth for depth, _ in kept), default=0)
    known = min((specificity(p) for depth, p in kept if depth == nearest), default=0.0)
    outer = {s for _, p in kept for s in p.within}
    return tuple(
        p
        for depth, p in kept
        if (depth == nearest or specificity(p) < known - 0.5) and (p.span not in outer or p.kind[:3] == "div")
    )


def _of_the_event(
    parsed: ParsedSentence, kept: list[tuple[int, PlaceMention]], heads: frozenset[int]
) -> list[tuple[int, PlaceMention]]:
    """Return the places without bare names that hang on another verb, where some hang on the event's word.

    "Kirkuk's share of power has fallen since saboteurs bombed pylons near Baiji": the bomb was at Baiji.
    """
    governors = [_governor(parsed, place.span, heads) for _, place in kept]
    away = [g is not None and parsed.doc[g].lemma_.lower() in _ELSEWHERE for g in governors]
    if not all(away):
        kept = [pair for pair, elsewhere in zip(kept, away, strict=True) if not elsewhere]
        governors = [g for g, elsewhere in zip(governors, away, strict=True) if not elsewhere]
    if not any(governor in heads for governor in governors):
        return kept
    own = [p for (_, p), governor in zip(kept, governors, strict=True) if governor in heads]
    outer = {span for place in own for span in place.within}
    return [
        (depth, place)
        for (depth, place), governor in zip(kept, governors, strict=True)
        if governor in heads or governor is None or place.span in outer or place.relation
    ]


def _governor(parsed: ParsedSentence, span: Span, heads: frozenset[int]) -> int | None:
    """Return the event's word or the verb that a passage hangs on; None where it is neither."""
    tokens = parsed.tokens_in(span)
    if tokens is None or len(tokens) == 0:
        return None
    token = tokens.root
    while token.head.i != token.i:
        token = token.head
        # the parser takes "bombed pylons near Baiji" for pylons that are bombed
        event = next((c.i for c in token.lefts if c.i in heads and c.dep_ == "amod"), token.i)
        if event in heads or token.tag_.startswith("VB"):
            return int(event)
    return None


def _aside(parsed: ParsedSentence, span: Span) -> int:
    """Return how many relative clauses a passage lies in."""
    tokens = parsed.tokens_in(span)
    if tokens is None or len(tokens) == 0:
        return 0
    token, depth = tokens.root, 0
    while token.head.i != token.i:
        depth += token.dep_ == "relcl" or (token.dep_ == "acl" and token.lower_ in _STATIONED)
        token = token.head
    return depth
