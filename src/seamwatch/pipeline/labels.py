"""Labels that people give to own articles: who, when and why stays, and what they see and release follows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from seamwatch.errors import FieldError, InputError, UnknownIdError
from seamwatch.model.label import LabelChange, LabelOrder
from seamwatch.pipeline.visibility import FULL, UNLABELLED, label_of, visible_to_clearance
from seamwatch.vocabulary.coordination import Tlp

if TYPE_CHECKING:
    from seamwatch.model.incident import ArticleRef
    from seamwatch.store.base import Store

MOST_WHY = 2000
MOST_NAME = 200


def set_label(
    store: Store,
    about: str,
    tlp: Tlp | None,
    *,
    by: str,
    why: str = "",
    at: datetime | None = None,
    clearance: Tlp = FULL,
) -> LabelOrder:
    """Give an own article, or all own ones that tell an incident, a label (None: none); return the order.

    Articles above `clearance` are left as they are. Records of other parties keep the label under which they
    were released. UnknownIdError where the id leads to nothing that may be seen; InputError (no_own_article)
    where no own article tells it, (same_label) where nothing would change; FieldError where it would become
    freer without a reason.
    """
    with store.transaction():
        refs = _own(store, about, clearance)
        changes = tuple(
            LabelChange(article=ref.id, before=ref.tlp, after=tlp) for ref in refs if ref.tlp is not tlp
        )
        if not changes:
            said = tlp.value if tlp else "no label of its own"
            raise InputError(f"{about} bears {said} already: nothing was changed", code="same_label")
        return _ordered(store, about, tlp, changes, by=by, why=why, at=at)


def undo_label(
    store: Store,
    number: int,
    *,
    by: str,
    why: str = "",
    at: datetime | None = None,
    clearance: Tlp = FULL,
) -> LabelOrder:
    """Take an order back: its articles bear what they bore before it; return the order that does so.

    UnknownIdError where there is none that may be seen; InputError (not_undoable) where a later order holds;
    FieldError where an article would become freer without a reason.
    """
    with store.transaction():
        order = next((o for o in store.label_orders() if o.number == number), None)
        names = [change.article for change in order.changes] if order else []
        refs = [ref for ref in map(store.article_ref, names) if ref is not None]
        if order is None or any(label_of(ref).strictness > clearance.strictness for ref in refs):
            raise UnknownIdError(f"no label l{number}: `seamwatch label list` shows them")
        later = [o for o in store.label_orders(names) if o.number > number]
        if later:
            raise InputError(
                f"l{number} can't be undone: {later[-1].name} by {later[-1].by} came after it; undo that "
                "first, or set the label that should hold",
                code="not_undoable",
            )
        if not refs:
            raise InputError(
                f"l{number} can't be undone: its articles are no longer stored", code="not_undoable"
            )
        held = {ref.id: ref.tlp for ref in refs}
        changes = tuple(
            LabelChange(article=c.article, before=held[c.article], after=c.before)
            for c in order.changes
            if c.article in held
        )
        return _ordered(store, order.about, changes[0].after, changes, by=by, why=why, at=at, undoes=number)


def labels_told(store: Store, about: str | None = None, *, clearance: Tlp = FULL) -> tuple[LabelOrder, ...]:
    """Return the orders about all articles, or about those of an id, the latest first.

    An order about anything above `clearance` is left out. UnknownIdError where the id leads to nothing.
    """
    names = None if about is None else [ref.id for ref in _seen(store, about, clearance)]
    orders = store.label_orders(names)
    refs = (store.article_ref(c.article) for o in orders for c in o.changes)
    hidden = {ref.id for ref in refs if ref is not None and label_of(ref).strictness > clearance.strictness}
    return tuple(o for o in reversed(orders) if hidden.isdisjoint(c.article for c in o.changes))


def _ordered(
    store: Store,
    about: str,
    tlp: Tlp | None,
    changes: Sequence[LabelChange],
    *,
    by: str,
    why: str,
    at: datetime | None,
    undoes: int | None = None,
) -> LabelOrder:
    from seamwatch.pipeline.centre.auditing import record

    name, reason = " ".join(by.split()), why.strip()
    if not name or len(name) > MOST_NAME:
        raise FieldError(f"by: who sets it? a name of at most {MOST_NAME} characters", field="by")
    if len(reason) > MOST_WHY:
        raise FieldError(f"why: at most {MOST_WHY} characters", field="why")
    freer = [c for c in changes if _strictness(c.after) < _strictness(c.before)]
    if freer and not reason:
        one = freer[0]
        raise FieldError(
            f"why: {one.article} would become freer ({_words(one.before)} to {_words(one.after)}), so more "
            "people and parties may see it: say the reason",
            field="why",
            code="reason_needed",
        )
    moment = at or datetime.now(UTC)
    made = store.add_label_order(
        LabelOrder(
            about=about, tlp=tlp, by=name, at=moment, why=reason, undoes=undoes, changes=tuple(changes)
        )
    )
    # Ids of articles may name their sources, and the log goes to other parties: the number leads to them.
    record(
        store,
        None,
        name,
        "label.set" if undoes is None else "label.undone",
        made.name,
        at=moment,
        number=made.number,
        undoes=undoes,
        tlp=tlp.value if tlp else None,
        articles=len(made.changes),
    )
    return made


def _own(store: Store, about: str, clearance: Tlp) -> tuple[ArticleRef, ...]:
    refs = _seen(store, about, clearance)
    own = tuple(ref for ref in refs if ref.party is None)
    if not own:
        names = ", ".join(dict.fromkeys(ref.source or ref.party or "" for ref in refs))
        raise InputError(
            f"{about} is told by records of other parties alone ({names}): they bear the label under which "
            "they were released, and only who released them can change it",
            code="no_own_article",
        )
    return own


def _seen(store: Store, about: str, clearance: Tlp) -> tuple[ArticleRef, ...]:
    """Return the article of an id, or those that tell the incident of it, as far as a clearance reaches."""
    ref = store.article_ref(about)
    if ref is not None and label_of(ref).strictness <= clearance.strictness:
        return (ref,)
    found = None
    try:
        whole = store.incident(about)
        found = visible_to_clearance(store, whole, clearance)
    except UnknownIdError:
        pass
    if found is None:
        raise UnknownIdError(
            f"no article and no incident {about}: `seamwatch incidents` lists the incidents, "
            "`seamwatch explain ID` the articles of one"
        )
    return tuple(dict.fromkeys(m.article for m in found.mentions))


def _strictness(label: Tlp | None) -> int:
    return (label or UNLABELLED).strictness


def _words(label: Tlp | None) -> str:
    return label.value if label else f"no label, which counts as {UNLABELLED.value}"
