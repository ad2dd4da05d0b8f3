"""Who claims an attack, denies it, or lays it at another's door."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from seamwatch.errors import VocabularyError
from seamwatch.extract.accused import accused_in, anchor_of, names_nobody
from seamwatch.extract.claim_speakers import PRONOUNS, Scene, Speaker, SpeakerWords, read_speaker
from seamwatch.extract.patterns import PhraseBook, PhraseMatch, holds_phrase
from seamwatch.extract.scope import word_classes
from seamwatch.extract.speakers import is_denied, is_nobody, own_subject, phrase_range, subject_of
from seamwatch.extract.syntax import ParsedSentence
from seamwatch.model.incident import Claim
from seamwatch.model.reading import Reading
from seamwatch.model.text import Evidence
from seamwatch.vocabulary.codes import ActorKind, ClaimKind
from seamwatch.vocabulary.lexicon import Entry, read_entries

if TYPE_CHECKING:
    from spacy.tokens import Token

_HARMED = frozenset("were was lost died fell suffered been survived".split())
_MEANT = frozenset(("them", "him", "her"))
_AFTER = 18
# Words for states whose forces act abroad.
_STATES = {
    word: nation
    for nation, words in {
        "TR": "turkish turkey ankara turkiye türkiye",
        "IL": "israeli israel",
        "IR": "iranian iran tehran",
        "US": "american pentagon centcom u.s.",
        "RU": "russian russia moscow",
        "JO": "jordanian jordan amman",
    }.items()
    for word in words.split()
}
# Of a speaker also words that mean other things elsewhere in a sentence, or a state on its own soil.
_SPEAKING_STATES = _STATES | {"us": "US", "syria": "SY", "syrian": "SY", "damascus": "SY", "regime": "SY"}
_KEEP = ("claims", "denies", "accused")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundClaim:
    """A claim with who makes it, as written, and what it is about: who is accused, or what is denied."""

    claim: Claim
    speaker: Evidence | None = None
    accused: Evidence | None = None
    accused_name: str | None = None
    denied_what: Evidence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRule:
    """One entry of the lexicon `claims`."""

    id: str
    kind: str
    needs: frozenset[str]
    accused: str
    speaker: str
    nation: str | None


def _rule(entry: Entry) -> ClaimRule:
    fields = entry.fields
    kind = str(fields.get("kind", ""))
    if kind != "mask" and kind not in _KEEP:
        raise VocabularyError(f"lexicons/en/claims.yaml, entry {entry.id}: {kind!r} is no kind of claim")
    return ClaimRule(
        id=entry.id,
        kind=kind,
        needs=frozenset(fields.get("needs", ())),
        accused=str(fields.get("accused", "")),
        speaker=str(fields.get("speaker", "subject")),
        nation=fields.get("nation"),
    )


class ClaimReader:
    """Finds claims, denials and accusations with the patterns of the lexicon."""

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        """Compile the lexicon's entries."""
        rules = [e for e in entries if "class" not in e.fields]
        classes = word_classes(entries)
        self.rules = {e.id: _rule(e) for e in rules}
        self._order = {e.id: n for n, e in enumerate(rules)}
        self._book = PhraseBook(((e.id, e.patterns) for e in rules), classes)
        self._violence = PhraseBook([("violence", ["@violence"])], classes)
        self._say = frozenset(classes["say"]) | frozenset(classes["believe"])
        groups, mouthpieces, media, authorities = (
            frozenset(classes[name]) for name in ("groups", "mouthpieces", "media", "authorities")
        )
        self._words = SpeakerWords(groups, mouthpieces, media, authorities)

    def find_claims(
        self, parsed: ParsedSentence, reading: Reading, before: Sequence[ParsedSentence] = ()
    ) -> tuple[FoundClaim, ...]:
        """Return the claims of one sentence, each speaker once for each kind.

        `before` are the sentences before it, whose speaker "he", "it" or "they" most likely is.

        >>> from seamwatch.extract.sentences import split_sentences
        >>> from seamwatch.extract.syntax import load_parser, parse_sentences
        >>> from seamwatch.model.text import Article
        >>> article = Article(id="a", text="The governor accused a local faction of planting the bomb.")
        >>> parsed = next(parse_sentences(load_parser(), split_sentences(article)))
        >>> found = load_claims().find_claims(parsed, Reading(article=article))
        >>> [(f.claim.kind.value, f.claim.by, f.accused.quote) for f in found]
        [('accused', 'governor', 'local faction')]
        """
        doc = parsed.doc
        words = parsed.words
        matches = self._book.find(words, parsed.tags)
        if not matches:
            return ()
        masked: set[int] = set()
        for match in matches:
            if self.rules[match.key].kind == "mask":
                masked.update(range(match.first, match.last + 1))
        kept = [m for m in matches if self.rules[m.key].kind != "mask" and m.first not in masked]
        violent = frozenset(m.first for m in self._violence.find(words))
        scene = Scene(parsed, reading, before, words, violent)
        starts = sorted(m.first for m in kept if self.rules[m.key].kind != "claims")
        found: dict[tuple[str, str], FoundClaim] = {}
        for match in sorted(kept, key=lambda m: (self._order[m.key], m.first)):
            until = next((first for first in starts if first > match.last), len(doc))
            one = self._read(self.rules[match.key], match, scene, until)
            if one is not None:
                found.setdefault((one.claim.kind.value, one.claim.by.lower()), one)
        return tuple(found.values())

    def _read(self, rule: ClaimRule, match: PhraseMatch, scene: Scene, until: int) -> FoundClaim | None:
        """Return the claim of one match; its clause ends at token `until`, where the next one starts."""
        doc = scene.parsed.doc
        if rule.nation is not None:
            return self._foreign(rule, match, scene)
        anchor = anchor_of(doc, match)
        after = range(match.first + 1, min(until, match.last + _AFTER))
        if "violence" in rule.needs and scene.violent.isdisjoint(after):
            return None
        if "violence-in" in rule.needs and scene.violent.isdisjoint(range(match.first, match.last + 1)):
            return None
        verb, accused = anchor, None
        if rule.accused == "subject":
            subject = subject_of(anchor)
            if subject is None or is_denied(anchor) or is_nobody(doc, subject):
                return None
            if subject.lower_ in PRONOUNS:
                return None
            accused = phrase_range(subject)
        elif rule.accused:
            accused = accused_in(doc, rule.accused, anchor, match)
        meant = rule.accused == "object" and accused is not None and doc[accused[0]].lower_ in _MEANT
        if accused is not None and not meant and names_nobody(doc, *accused):
            return None
        if rule.accused and accused is None:
            return None
        if meant:
            accused = None  # "and accuses them of the murder": somebody named before
        head = self._agent(anchor) if rule.speaker == "agent" else subject_of(verb)
        if rule.speaker in ("reporter", "teller") or (head is not None and head.lower_ in PRONOUNS):
            reporter = self._reporter(anchor)
            told = own_subject(reporter) if reporter is not None else None
            if told is None and (
                rule.speaker == "teller" or (rule.speaker == "reporter" and anchor.dep_ == "ccomp")
            ):
                return None
            if told is not None and reporter is not None:
                head, verb = told, reporter
            elif rule.speaker == "reporter" and rule.accused == "subject":
                return None
        if rule.speaker == "opener":
            verb = doc[match.first]
            while verb.pos_ not in ("VERB", "AUX") and verb.head != verb:
                verb = verb.head
            head = subject_of(verb)
        elif rule.kind == "claims" and rule.speaker == "subject":
            head = _named_at(scene, match.first - 1) or head
        if head is None or is_nobody(doc, head) or is_denied(verb):
            return None
        outer = anchor.head.head
        if anchor.dep_ == "conj" and anchor.head.dep_ == "ccomp" and outer.pos_ == "VERB":
            # "It denied that a commander had been in the car and accused ...": the speaker goes on
            head = own_subject(outer) or head
        if verb.dep_ == "acl" and verb.tag_ == "VBN":
            return None
        speaker = read_speaker(scene, head, self._words)
        if speaker is None or not self._allowed(rule, speaker, match, scene):
            return None
        return _found(rule, speaker, match, scene, accused=accused, verb=anchor)

    def _allowed(self, rule: ClaimRule, speaker: Speaker, match: PhraseMatch, scene: Scene) -> bool:
        """Return whether the speaker, and what he says of himself, make it the claim it looks like."""
        actor, words = speaker.actor, scene.words
        said = words[speaker.first : speaker.last + 1]
        state = actor is not None and actor.kind in (ActorKind.STATE, ActorKind.INDIVIDUAL)
        authority = not speaker.nonstate and (state or not self._words.authorities.isdisjoint(said))
        if "armed" in rule.needs and authority:
            return False
        if "nonstate" in rule.needs and not (
            speaker.nonstate and actor is not None and actor.kind is ActorKind.ORGANIZATION
        ):
            return False
        groups = self._words.groups
        if "known" in rule.needs and not speaker.nonstate and groups.isdisjoint(said):
            return False
        if "actor" in rule.needs:
            last = min(len(words) - 1, match.last + 8)
            if groups.isdisjoint(words[match.last : last]) and not scene.actors_in(match.last, last):
                return False
        if "actor-next" in rule.needs:
            last = min(len(words) - 1, match.last + 4)
            if match.last >= last or not scene.actors_in(match.last + 1, last):
                return False
        if "foreign" in rule.needs and not self._abroad(scene):
            return False
        if "unharmed" in rule.needs:
            rest = words[match.last + 1 : match.last + 6]
            if not _HARMED.isdisjoint(rest) and "behind" not in rest and "responsible" not in rest:
                return False
        return "self" not in rule.needs or self._tells_own_deed(scene, match, speaker)

    def _abroad(self, scene: Scene) -> bool:
        """Return whether the sentence names a state on whose soil the article mostly does not play."""
        countries = Counter(
            p.place.country
            for p in scene.reading.places
            if p.place is not None and not p.dateline and p.quote.lower() not in _STATES
        )
        here = countries.most_common(1)[0][0] if countries else None
        return any(_STATES.get(word, here) != here for word in scene.words)

    def _reporter(self, verb: Token) -> Token | None:
        """Return the outermost verb of saying that a clause depends on, or None."""
        token, found = verb, None
        for _ in range(8):
            if token.lower_ in self._say and token != verb:
                found = token
            if found is None:
                for child in token.children:
                    if (
                        child.dep_ in ("parataxis", "ccomp")
                        and child.lower_ in self._say
                        and child.i > verb.i
                    ):
                        found = child
            if token.head == token:
                break
            token = token.head
        return found

    def _foreign(self, rule: ClaimRule, match: PhraseMatch, scene: Scene) -> FoundClaim | None:
        """Return the accusation in "a local official said Turkish guns shelled the village"."""
        doc = scene.parsed.doc
        places = (p.place for p in scene.reading.places if p.place is not None and not p.dateline)
        countries = Counter(p.country for p in places)
        if countries and countries.most_common(1)[0][0] == rule.nation:
            return None
        head = doc[match.first : match.last + 1].root
        while head.dep_ in ("compound", "amod", "poss", "nmod") and head.head != head:
            head = head.head
        verb = head.head
        if head.dep_ == "pobj" and verb.dep_ == "agent":
            verb = verb.head
        elif head.dep_ != "nsubj":
            return None
        reporter = self._reporter(verb)
        subject = own_subject(reporter) if reporter is not None else None
        if verb.i not in scene.violent or subject is None or is_denied(verb):
            return None
        speaker = read_speaker(scene, subject, self._words)
        if speaker is None or any(
            _SPEAKING_STATES.get(w) == rule.nation for w in scene.words[speaker.first : speaker.last + 1]
        ):
            return None
        return _found(rule, speaker, match, scene, accused=phrase_range(head), verb=verb)

    def _agent(self, verb: Token) -> Token | None:
        for child in verb.children:
            if child.dep_ == "agent":
                return next((t for t in child.children if t.dep_ == "pobj"), None)
        return None

    def _tells_own_deed(self, scene: Scene, match: PhraseMatch, speaker: Speaker) -> bool:
        """Return whether the clause after the words tells a deed of the speaker's side, not another's."""
        verb = anchor_of(scene.parsed.doc, match)
        for child in verb.children:
            if child.dep_ != "ccomp":
                continue
            subject = own_subject(child)
            if (child.lower_ in _HARMED and child.lower_ != "was") or is_denied(child):
                return False
            if "deed" in self.rules[match.key].needs and not (
                child.i in scene.violent and child.tag_ in ("VBD", "VBN")
            ):
                return False
            if subject is None:
                return True
            if subject.dep_ == "nsubjpass" and "deed" in self.rules[match.key].needs:
                return False
            if subject.dep_ == "nsubjpass":
                return not any(t.lower_ in ("its", "their") for t in subject.subtree)
            first, last = phrase_range(subject)
            mine = speaker.actor.name if speaker.actor is not None else speaker.by
            if any(a.name != mine for a in scene.actors_in(first, last)):
                return False
            foreign = subject.lower_ in ("he", "she", "there")
            return not foreign and self._words.authorities.isdisjoint(scene.words[first : last + 1])
        return match.last > match.first


def _named_at(scene: Scene, token: int) -> Token | None:
    """Return the token where it ends the name of an organisation: "IS" in "IS claimed", however parsed."""
    if token < 0:
        return None
    span = scene.parsed.span(token, token)
    organisation = any(
        a.kind is ActorKind.ORGANIZATION and not a.outlet and a.span.end == span.end
        for a in scene.actors_in(token, token)
    )
    return scene.parsed.doc[token] if organisation else None


def _found(
    rule: ClaimRule,
    speaker: Speaker,
    match: PhraseMatch,
    scene: Scene,
    *,
    accused: tuple[int, int] | None,
    verb: Token,
) -> FoundClaim:
    parsed, reading = scene.parsed, scene.reading
    doc = parsed.doc
    by = f"claims:{rule.id}"
    first = min(speaker.first, match.first)
    end = max([match.last, speaker.last, *(t.i for t in verb.subtree)])
    while end > match.last and doc[end].is_punct:
        end -= 1
    evidence = parsed.evidence(first, max(end, match.last), by)
    who = parsed.evidence(*accused, by) if accused is not None else None
    names: Iterable[str] = (a.name for a in reading.actors if who is not None and who.span.overlaps(a.span))
    kind = ClaimKind(rule.kind)
    denied: Evidence | None = None
    if kind is ClaimKind.DENIES and end > match.first:
        denied = parsed.evidence(min(verb.i + 1, end), end, by)
    via = speaker.via if kind is ClaimKind.CLAIMS else None
    return FoundClaim(
        claim=Claim(by=speaker.by, kind=kind, via=via, evidence=(evidence,)),
        speaker=parsed.evidence(speaker.first, speaker.last, by) if speaker.first <= speaker.last else None,
        accused=who,
        accused_name=next(iter(names), None),
        denied_what=denied,
    )


def merge_claims(found: Iterable[FoundClaim]) -> tuple[FoundClaim, ...]:
    """Return an article's claims, each speaker once for each kind, with all passages as evidence.

    A title's claim is the body's in short: it is kept only where the body has none of its kind.
    """
    ordered = sorted(found, key=lambda f: f.claim.evidence[0].span.part == "title")
    kept: list[FoundClaim] = []
    for one in ordered:
        same = next((n for n, k in enumerate(kept) if _one_speaker(k, one)), None)
        if same is None:
            kept.append(one)
            continue
        first = kept[same]
        claim = replace(
            first.claim,
            via=first.claim.via or one.claim.via,
            evidence=first.claim.evidence + one.claim.evidence,
        )
        named = first if first.accused is not None else one
        kept[same] = replace(first, claim=claim, accused=named.accused, accused_name=named.accused_name)
    return tuple(kept)


def _one_speaker(first: FoundClaim, second: FoundClaim) -> bool:
    if first.claim.kind is not second.claim.kind:
        return False
    if second.claim.evidence[0].span.part == "title":
        return True
    one, other = first.claim.by.lower(), second.claim.by.lower()
    return holds_phrase(one, other) or holds_phrase(other, one)


def load_claims() -> ClaimReader:
    """Return the claim reader with the lexicon `claims`."""
    return ClaimReader(read_entries("claims"))
