"""Who told something, what one mention tells, and who decided or labelled it, in plain words."""

from __future__ import annotations

from seamwatch.model.decision import Decision
from seamwatch.model.incident import ArticleRef, Mention
from seamwatch.model.label import LabelOrder
from seamwatch.publish.plain import date_words, place_words, toll_words
from seamwatch.vocabulary.codes import DecisionKind

_TOLLS = ("killed", "injured", "missing", "abducted")
_DECIDED = {
    DecisionKind.CONFIRM: "confirmed",
    DecisionKind.RETRACT: "retracted",
    DecisionKind.CORRECT: "corrected",
}


def source_words(article: ArticleRef) -> str:
    """Return the outlet, the day and the id of an article."""
    if article.party is not None:
        label = f", {article.tlp.value}" if article.tlp else ""
        return f"{article.source or article.party}, a party's record{label} ({article.id})"
    day = article.published.isoformat() if article.published else "no date"
    label = f", {article.tlp.value}" if article.tlp else ""
    return f"{article.source or 'unknown source'}, {day}{label} ({article.id})"


def telling_words(mention: Mention) -> str:
    """Return what one mention tells, in short: "Armed clash; 2024-03-02; Kulajo, Kifri, IQ; killed 2"."""
    tolls = ((name, toll_words(getattr(mention, name))) for name in _TOLLS)
    parts = (
        mention.sub_event_type.value,
        date_words(mention.date),
        place_words(mention.place),
        *(f"{name} {words}" for name, words in tolls if words),
        ", ".join(actor.name for actor in mention.perpetrators),
    )
    return "; ".join(part for part in parts if part)


def decided_words(decision: Decision) -> str:
    """Return who set a value, when and why: "corrected by ana on 2024-05-02 (d12): counted twice"."""
    words = _DECIDED.get(decision.kind, decision.kind.value)
    why = " ".join(decision.why.split())
    text = f"{words} by {decision.by} on {decision.at:%Y-%m-%d} ({decision.name})"
    return f"{text}: {why}" if why else text


def labelled_words(order: LabelOrder) -> str:
    """Return who gave a label, when and why: "labelled TLP:RED by ana on 2024-05-02 (l3): at risk"."""
    words = f"labelled {order.tlp.value}" if order.tlp else "label taken away"
    why = " ".join(order.why.split())
    return f"{words} by {order.by} on {order.at:%Y-%m-%d} ({order.name}){f': {why}' if why else ''}"
