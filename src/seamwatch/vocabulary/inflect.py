"""Inflected forms of lexicon patterns: regular English verbs and plurals."""

from __future__ import annotations

_DOUBLE = frozenset("trap stab snip gun rob stop plan kidnap".split())


def verb_forms(verb: str) -> tuple[str, ...]:
    """Return base, -s, -ed and -ing forms of a regular verb; a pattern's first word is inflected.

    >>> verb_forms("explode")
    ('explode', 'explodes', 'exploded', 'exploding')
    >>> verb_forms("gun down")
    ('gun down', 'guns down', 'gunned down', 'gunning down')
    >>> verb_forms("clash")[1], verb_forms("bury")[1:3]
    ('clashes', ('buries', 'buried'))
    """
    word, _, rest = verb.partition(" ")
    tail = f" {rest}" if rest else ""
    if word.endswith("e"):
        forms = (word, f"{word}s", f"{word}d", f"{word[:-1]}ing")
    elif word.endswith("y") and word[-2] not in "aeiou":
        forms = (word, f"{word[:-1]}ies", f"{word[:-1]}ied", f"{word}ing")
    else:
        stem = word + word[-1] if word in _DOUBLE else word
        third = f"{word}es" if word.endswith(("s", "sh", "ch", "x", "z")) else f"{word}s"
        forms = (word, third, f"{stem}ed", f"{stem}ing")
    return tuple(form + tail for form in forms)


def noun_forms(noun: str) -> tuple[str, ...]:
    """Return singular and plural; a pattern's last word is inflected.

    >>> noun_forms("car bomb"), noun_forms("ambush")
    (('car bomb', 'car bombs'), ('ambush', 'ambushes'))
    """
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun, f"{noun[:-1]}ies"
    return noun, f"{noun}es" if noun.endswith(("s", "sh", "ch", "x")) else f"{noun}s"


def expand(pattern: str) -> tuple[str, ...]:
    """Return the forms of a lexicon pattern: "v:" inflects a verb, "n:" a noun, else as it is.

    >>> expand("n:raid"), expand("went off")
    (('raid', 'raids'), ('went off',))
    """
    if pattern.startswith("v:"):
        return verb_forms(pattern[2:])
    if pattern.startswith("n:"):
        return noun_forms(pattern[2:])
    return (pattern,)
