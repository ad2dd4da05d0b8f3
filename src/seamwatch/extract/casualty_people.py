"""The harmed: noun phrases of people around a casualty word, with their number, group and plain name."""

from __future__ import annotations

from dataclasses import replace

from seamwatch.extract.casualty_view import (
    COLLECTIVE,
    DEFINITE,
    HARMED_WORDS,
    NOUN_TAGS,
    ORDINALS,
    PARTITIVE,
    POSSESSIVE,
    PRONOUNS,
    QUOTES,
    SKIPPED,
    STOP,
    TRIMMED,
    Harmed,
    View,
    is_person,
    noun_in,
    run_end,
)
from seamwatch.extract.numbers import Count
from seamwatch.vocabulary.codes import VictimGroup

_MORE = frozenset("more other others".split())


def harmed_right(view: View, i: int, *, strict: bool = False) -> Harmed | None:
    """Return the people whose noun phrase begins at i ("seven people", "20", "a herdsman and ...")."""
    while view.word(i) in ("another", "all", "both", "up") or (
        view.word(i) in SKIPPED and i not in view.numbers
    ):
        if view.word(i) == "another":
            break
        i += 1
    if i >= len(view.words):
        return None
    start = i
    if i in view.numbers:
        start = view.numbers[i][1] + 1
        if view.word(start) == "of":
            return build_harmed(view, i, strict=strict)
        if view.word(start) == "x":
            start += 1
    elif view.words[i] in PRONOUNS and view.tags[i] != "PRP$":
        return build_harmed(view, i)
    elif view.words[i] in DEFINITE | POSSESSIVE or view.words[i] in ("a", "an", "another"):
        start = i + 1
        if start in view.numbers:
            start = view.numbers[start][1] + 1
    last = run_end(view, start)
    noun = noun_in(view, start, last, strict=strict)
    if noun is not None:
        return build_harmed(view, noun, strict=strict)
    if i in view.numbers and (last < start or all(w in _MORE for w in view.words[start : last + 1])):
        return build_harmed(view, i)
    if (
        i in view.numbers
        and not strict
        and view.tags[last] == "NNS"
        and view.words[last] not in view.lexicon.things
    ):
        return build_harmed(view, last)
    return None


def harmed_left(view: View, i: int, *, strict: bool = False) -> Harmed | None:
    """Return the people whose noun phrase ends at i, left of a casualty word and its auxiliaries."""
    while i >= 0 and i not in view.numbers and (view.words[i] in SKIPPED or view.tags[i] == "RB"):
        i -= 1
    if i > 0 and view.words[i] == "." and view.words[i - 1] in view.lexicon.heads:
        i -= 1
    if i >= 0 and view.words[i] == ")":
        while i >= 0 and view.words[i] != "(":
            i -= 1
        i -= 1
    if i >= 0 and view.words[i] in (",", "–", "-"):
        opened = i - 1
        while opened >= 0 and view.words[opened] not in (",", "–", "-"):
            opened -= 1
        i = opened - 1
    if i > 0 and view.words[i] in _MORE and i - 1 in view.numbers:
        i -= 1
    if i < 0:
        return None
    if i in view.numbers:
        return build_harmed(view, i)
    if view.words[i] in ("another", "third", "fourth", "second", "fifth"):
        return bare_person(view, i)
    if not is_person(view, i, strict=strict):
        return _before_of(view, i)
    for back in range(i - 1, max(-1, i - 6), -1):  # "two members of the National Guard"
        if view.words[back] == "of" and back > 0:
            if view.words[back - 1] in PARTITIVE or back - 1 in view.numbers:
                return build_harmed(view, back - 1, strict=strict)
            if is_person(view, back - 1, strict=True):
                return build_harmed(view, back - 1, strict=strict)
            break
        if view.words[back] in STOP - DEFINITE - {"a", "an", "his", "her", "their", "its"}:
            break
    return build_harmed(view, i, strict=strict)


def _before_of(view: View, i: int) -> Harmed | None:
    """Return the people of "three gatherers of truffles", "two fighters of jihadist factions"."""
    of = i - 1
    while of > i - 4 and view.tag(of) in ("JJ", "NN", "NNP", "NNS", "DT"):
        of -= 1
    if view.tags[i][:2] != "NN" or view.word(of) != "of" or not is_person(view, of - 1, strict=True):
        return None
    return build_harmed(view, of - 1)


def bare_person(view: View, i: int) -> Harmed:
    """Return the people behind "another" or "a third"."""
    ordinal = ORDINALS.get(view.words[i], 0)
    first = i - 1 if view.word(i - 1) in ("a", "the") else i
    return Harmed(
        head=i, first=first, last=i, count=(1, 1, 1), group=VictimGroup.UNKNOWN, name="", bare=True,
        adds=True, ordinal=ordinal,
    )  # fmt: skip


def _group(view: View, head: int, first: int, last: int) -> VictimGroup:
    """Return the side of a phrase: its head word's where that decides, else what stands around it."""
    known = view.lexicon.heads.get(view.words[head])
    if known is not None and known[0] in (VictimGroup.STATE, VictimGroup.CIVILIAN):
        return known[0]
    text = " ".join(view.words[first : last + 1])
    for pattern, group in view.lexicon.markers:
        if (
            known is None or group != VictimGroup.CIVILIAN or known[0] != VictimGroup.NONSTATE
        ) and pattern.search(text):
            return group
    return known[0] if known is not None else VictimGroup.UNKNOWN


def _name(view: View, head: int, first: int, last: int) -> str:
    """Return the head words in plain form: no determiner, number or praise, head in the singular."""
    known = view.lexicon.heads.get(view.words[head])
    kept = []
    for i in range(first, head):
        word = view.words[i]
        if i in view.numbers or word in TRIMMED or word in STOP or word in QUOTES:
            continue
        if view.tags[i] in ("DT", "PRP$", "CD", "RB", "POS", "``", "''") or view.doc[i].is_punct:
            continue
        kept.append(view.doc[i].text)
    if view.words[head] in ("others", "other", "people", "dead", "wounded", "injured") and not kept:
        return ""
    kept.append(known[2] if known and (known[1] or view.words[head] == known[2]) else view.doc[head].text)
    if last > head:
        kept.append(
            view.parsed.sentence.text[view.doc[head + 1].idx : view.doc[last].idx + len(view.doc[last])]
        )
    return " ".join(kept)


def build_harmed(view: View, i: int, *, strict: bool = False) -> Harmed | None:
    """Return the people whose noun phrase has its head at i, None where it names no people.

    `strict` takes only nouns that the lexicon lists. A number alone ("20", "one") is people.
    """
    words, numbers = view.words, view.numbers
    head, last, count, partitive = i, i, None, False
    if i in numbers:
        first, last, count = numbers[i]
        follow = last + 1
        if view.word(follow) == "of":
            partitive = True
            end = run_end(view, follow + 2 if view.word(follow + 1) in DEFINITE | POSSESSIVE else follow + 1)
            noun = noun_in(view, follow + 1, end, strict=False)
            if noun is None:
                if view.word(follow + 1) not in ("them", "whom", "these", "those"):
                    return None
                noun = follow + 1
            phrase = build_harmed(view, noun)
            if phrase is None:
                return None
            hurt = words[noun] in HARMED_WORDS or phrase.hurt_before
            return replace(
                phrase, head=i, first=first, count=count, definite=False, hurt_before=hurt, last=phrase.last
            )
        token = view.doc[i]
        if (
            token.dep_ in ("nummod", "amod", "det")
            and i < token.head.i <= last + 5
            and is_person(view, token.head.i, strict=strict)
        ):
            return build_harmed(view, token.head.i, strict=strict)
        if view.word(last + 1) in ("more", "other", "others"):
            last += 1
        before = view.word(first - 1)
        return Harmed(
            head=i, first=first, last=last, count=count, group=VictimGroup.UNKNOWN, name="", bare=True,
            definite=before in DEFINITE,
            adds=words[last] in ("more", "other", "others") or before == "another",
        )  # fmt: skip
    if words[i] in PRONOUNS:
        n = PRONOUNS[words[i]]
        return Harmed(
            head=i,
            first=i,
            last=i,
            count=(n, n, n),
            group=VictimGroup.UNKNOWN,
            name="",
            definite=True,
            bare=True,
        )
    if words[i] in ("another", *ORDINALS):
        return bare_person(view, i)
    if not is_person(view, i, strict=strict) and (
        strict or view.tags[i] != "NNS" or i - 1 not in numbers or words[i] in view.lexicon.words
    ):
        return None
    return _noun_phrase(view, head, partitive=partitive)


def _noun_phrase(view: View, head: int, *, partitive: bool) -> Harmed:
    """Return the phrase of a noun: walk left to its number or determiner, right over "members of X"."""
    words, numbers = view.words, view.numbers
    first = last = group_last = head
    count: Count | None = None
    definite = adds = hurt = possessive = indefinite = False
    ordinal = 0
    k = head - 1
    while k >= 0:
        word = words[k]
        if k in numbers:
            first, _, count = numbers[k]
            before = view.word(first - 1) if view.tag(first - 1) != "IN" else ""
            if before in DEFINITE | POSSESSIVE or before == "another":
                first -= 1
                definite = before in DEFINITE
                adds = adds or before == "another"
            break
        if word == "that" and view.tags[k] == "IN":
            break
        if word in ("a", "an", "another", "one") or word in DEFINITE or word in POSSESSIVE:
            first, indefinite = k, word in ("a", "an", "another")
            definite, possessive = word in DEFINITE, word in POSSESSIVE
            adds = adds or word == "another"
            break
        if word == "x" and k - 1 in numbers:
            k -= 1
            continue
        if word in STOP or (view.tags[k] not in NOUN_TAGS and word not in QUOTES and word != "'s"):
            break
        if word in view.lexicon.words and word not in HARMED_WORDS and word not in view.lexicon.heads:
            break
        if (
            word in HARMED_WORDS
            and view.doc[k].dep_ not in ("amod", "compound", "nmod")
            and view.tags[k] != "JJ"
        ):
            break
        if word in QUOTES and k - 1 >= 0 and words[k - 1] in STOP:
            pass
        adds = adds or word in ("other", "more")
        ordinal = ORDINALS.get(word, ordinal)
        hurt = hurt or word in HARMED_WORDS
        first = k
        k -= 1
    while (
        first < head
        and first not in numbers
        and (words[first] in QUOTES or words[first] == "'s" or view.tags[first] == "RB")
    ):
        first += 1
    if view.word(head + 1) == "of" and head + 2 < len(words):
        begin = head + 3 if words[head + 2] in DEFINITE | POSSESSIVE else head + 2
        end = run_end(view, begin)
        if end >= begin:
            group_last = end
            if words[head] in PARTITIVE:
                last = end
    if count is None:
        known = view.lexicon.heads.get(words[head])
        plural = known[1] if known else view.tags[head] in ("NNS", "NNPS")
        if words[head] in COLLECTIVE:
            count = (None, None, None)
        elif indefinite or (
            not plural and not (known and known[0] == VictimGroup.UNKNOWN and words[head] in HARMED_WORDS)
        ):
            count = (1, 1, 1)
        else:
            count = (None, None, None)
    if words[head] in ("couple", "couples") and count == (1, 1, 1):
        count = (2, 2, 2)
    return Harmed(
        head=head, first=first, last=last, count=count,
        group=_group(view, head, first, max(last, group_last)),
        name=_name(view, head, first, last), definite=definite and not possessive, adds=adds, ordinal=ordinal,
        hurt_before=hurt,
    )  # fmt: skip
