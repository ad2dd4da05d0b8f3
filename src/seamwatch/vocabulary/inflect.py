"""Inflected forms of lexicon patterns: English verbs and plurals."""

from __future__ import annotations

# Verbs whose last letter doubles before -ed and -ing.
_DOUBLE = frozenset(
    "admit cut drag gun gut hit kidnap machine-gun nab net overrun plan put ram repel rip rob run set shut"
    " snip split stab step stop strap trap".split()
)
# Base form: past and participle; -s and -ing are regular but for a doubled or dropped letter.
_IRREGULAR = {
    "blow": ("blew", "blown"),
    "break": ("broke", "broken"),
    "broadcast": ("broadcast",),
    "burn": ("burned", "burnt"),
    "burst": ("burst",),
    "catch": ("caught",),
    "come": ("came",),
    "creep": ("crept",),
    "cut": ("cut",),
    "drive": ("drove", "driven"),
    "fall": ("fell", "fallen"),
    "fight": ("fought",),
    "find": ("found",),
    "give": ("gave", "given"),
    "go": ("went", "gone"),
    "hit": ("hit",),
    "hold": ("held",),
    "lay": ("laid",),
    "lead": ("led",),
    "lose": ("lost",),
    "put": ("put",),
    "run": ("ran",),
    "say": ("said",),
    "set": ("set",),
    "shake": ("shook", "shaken"),
    "shoot": ("shot",),
    "slay": ("slew", "slain"),
    "shut": ("shut",),
    "split": ("split",),
    "steal": ("stole", "stolen"),
    "strike": ("struck", "stricken"),
    "swear": ("swore", "sworn"),
    "take": ("took", "taken"),
    "tear": ("tore", "torn"),
    "throw": ("threw", "thrown"),
    "tread": ("trod", "trodden"),
    "waylay": ("waylaid",),
    "withdraw": ("withdrew", "withdrawn"),
    "overrun": ("overran",),
    "retake": ("retook", "retaken"),
    "write": ("wrote", "written"),
    "beat": ("beat", "beaten"),
}


def verb_forms(verb: str) -> tuple[str, ...]:
    """Return base, -s, past and -ing forms of a verb; a pattern's first word is inflected.

    >>> verb_forms("explode")
    ('explode', 'explodes', 'exploded', 'exploding')
    >>> verb_forms("gun down")
    ('gun down', 'guns down', 'gunned down', 'gunning down')
    >>> verb_forms("clash")[1], verb_forms("bury")[1:3]
    ('clashes', ('buries', 'buried'))
    >>> verb_forms("rip apart")[2:], verb_forms("split")
    (('ripped apart', 'ripping apart'), ('split', 'splits', 'splitting'))
    >>> verb_forms("blow apart")
    ('blow apart', 'blows apart', 'blew apart', 'blown apart', 'blowing apart')
    """
    word, _, rest = verb.partition(" ")
    tail = f" {rest}" if rest else ""
    third = f"{word}es" if word.endswith(("s", "sh", "ch", "x", "z", "go")) else f"{word}s"
    if word in _DOUBLE:
        stem = word + word[-1]
    else:
        stem = word if word.endswith(("ee", "ye", "oe")) else word.removesuffix("e")
    if word in _IRREGULAR:
        forms = tuple(dict.fromkeys((word, third, *_IRREGULAR[word], f"{stem}ing")))
    elif word.endswith("e"):
        forms = (word, third, f"{word}d", f"{stem}ing")
    elif word.endswith("y") and word[-2] not in "aeiou":
        forms = (word, f"{word[:-1]}ies", f"{word[:-1]}ied", f"{word}ing")
    else:
        forms = (word, third, f"{stem}ed", f"{stem}ing")
    return tuple(form + tail for form in forms)


def noun_forms(noun: str) -> tuple[str, ...]:
    """Return singular and plural; a pattern's last word is inflected.

    >>> noun_forms("car bomb"), noun_forms("ambush")
    (('car bomb', 'car bombs'), ('ambush', 'ambushes'))
    >>> noun_forms("militiaman")[1], noun_forms("knife")[1], noun_forms("German")[1]
    ('militiamen', 'knives', 'Germans')
    """
    if noun.endswith("man") and not noun.lower().endswith(("human", "german")):
        return noun, f"{noun[:-3]}men"
    if noun.endswith("ife"):
        return noun, f"{noun[:-2]}ves"
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
