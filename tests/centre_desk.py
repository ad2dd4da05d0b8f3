"""A desk that is a party: three parties under one charter, with what a liaison meets in a day.

`centre(folder, samples, kit)` yields the parties while their exchanges are served on loopback:

- `kirkuk`, the desk: the sample articles, own release rules, records released to the others;
- `garmian`, another desk: a few articles of its own, released to kirkuk; it asked kirkuk twice;
- `relief`, an organisation that has no server: it fetched once and then fell silent.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from exchange_serving import QUICK, TestParty, parties
from seamwatch.coordinate.charter_codec import party_json
from seamwatch.ingest.area_files import read_areas
from seamwatch.model.charter import AnswerTime, Charter, CharterArea
from seamwatch.model.release import ReleaseOrder, ReleaseRule
from seamwatch.pipeline.areas import add_areas
from seamwatch.pipeline.centre.lines import http_lines
from seamwatch.pipeline.centre.node import Node
from seamwatch.pipeline.centre.record_picture import RecordPicture
from seamwatch.pipeline.centre.requesting import answer_request, new_request
from seamwatch.pipeline.centre.syncing import SyncResult, sync
from seamwatch.pipeline.kit import Kit
from seamwatch.pipeline.record import Recorder
from seamwatch.samples import EXAMPLE_AREAS, example_areas, sample_articles
from seamwatch.store import Store
from seamwatch.vocabulary.coordination import (
    Grain,
    OrderKind,
    Priority,
    RequestKind,
    RequestState,
    Tlp,
)

NAMES = {"kirkuk": "Kirkuk desk", "garmian": "Garmian desk", "relief": "Relief committee"}
RULES = """\
rules:
  - id: front-to-garmian
    to: [garmian]
    tlp: TLP:AMBER
    areas: [qara-tapa-hamrin-front]
    fields:
      quotes: withheld
  - id: kirkuk-to-garmian
    to: [garmian]
    tlp: TLP:AMBER+STRICT
    areas: [kirkuk-governorate, garmiyan-administration, khanaqin-district]
    fields:
      place: district
      sources: withheld
      quotes: withheld
  - id: drones-to-garmian
    to: [garmian]
    tlp: TLP:RED
    types: [Air/drone strike]
    approval: true
  - id: relief-after-a-day
    to: [relief]
    tlp: TLP:GREEN
    after_hours: 24
    fields:
      perpetrators: withheld
      sources: withheld
      quotes: withheld
"""
GARMIANS = ("qara-tapa-post", "qara-tapa-visit", "riyadh-bomb-hospital", "buhriz-family")
"""The sample articles that the other desk has read for itself."""


@contextmanager
def centre(folder: Path, samples: Path, kit: Kit) -> Iterator[dict[str, TestParty]]:
    """Yield the parties; `samples` is a database with the sample articles, which is copied."""
    shutil.copyfile(samples, folder / "kirkuk.db")
    with parties(folder, list(NAMES), silent=["relief"], change=_agreed) as made:
        for party in made.values():
            store = party.node.store
            card = party.node.state().charter.party(party.id)
            assert card is not None
            store.put_own_party(party_json(card))
            party.node = Node(store, party.keys, picture=RecordPicture(store))
        _read(made["garmian"].node.store, kit)
        _day(made)
        yield made


def exchange(party: TestParty) -> tuple[SyncResult, ...]:
    """Return what became of an exchange of one party with all others, its own releases among it."""
    return sync(party.node, http_lines(party.node, private_addresses=True, limits=QUICK))


def _agreed(charter: Charter) -> Charter:
    return replace(
        charter,
        name="Kirkuk and Garmian coordination centre",
        text="We share what happens between the lines, so that nobody falls into the gap between them.",
        parties=tuple(replace(party, name=NAMES[party.id]) for party in charter.parties),
        areas=(
            CharterArea(id="qara-tapa-hamrin-front", name="Qara Tapa–Hamrin front", contested=True),
            CharterArea(id="khanaqin-district", name="Khanaqin district", contested=True),
            CharterArea(id="kirkuk-governorate", name="Kirkuk Governorate"),
        ),
        rules=(
            ReleaseRule(
                id="agreed",
                to=("*",),
                tlp=Tlp.GREEN,
                areas=("qara-tapa-hamrin-front",),
                fields={"sources": Grain.WITHHELD, "quotes": Grain.WITHHELD, "place": Grain.DISTRICT},
            ),
        ),
        answer_times=(
            AnswerTime(kind="incident", answer_hours=12),
            AnswerTime(
                kind="response",
                priority="immediate",
                acknowledge_hours=1,
                answer_hours=6,
                escalate_to=("relief",),
            ),
            AnswerTime(kind="information", answer_hours=48),
        ),
        change="majority",
    )


def _read(store: Store, kit: Kit) -> None:
    for name in EXAMPLE_AREAS:
        add_areas(store, read_areas(example_areas(name), name).areas)
    own = [article for article in sample_articles() if article.id in GARMIANS]
    for _ in Recorder(store, kit=kit).read(own):
        pass


def _day(made: dict[str, TestParty]) -> None:
    """Have happen what a liaison of kirkuk finds in the morning."""
    kirkuk, garmian = made["kirkuk"], made["garmian"]
    kirkuk.node.store.put_release_rules(RULES, "ana", datetime.now(UTC))
    _exchange(kirkuk, garmian)
    _withdrawn(kirkuk.node)
    _asked(kirkuk.node, garmian.node)
    _exchange(kirkuk, garmian, made["relief"])


def _exchange(*several: TestParty) -> None:
    # Twice: what one fetches in the first round is receipted in the second.
    for _ in range(2):
        for party in several:
            failed = [result for result in exchange(party) if not result.ok]
            assert not failed, failed


def _withdrawn(node: Node) -> None:
    """Take back what was released first, and hold what would go out last."""
    first, *_ = _released(node)
    node.store.add_release_order(
        ReleaseOrder(
            incident=first,
            kind=OrderKind.HOLD,
            by="ana",
            at=datetime.now(UTC),
            why="The source asked for it.",
        )
    )


def _released(node: Node) -> Sequence[str]:
    return sorted(
        {sent.incident for sent in node.store.sent_records(receiver="garmian") if sent.state == "released"}
    )


def _asked(kirkuk: Node, garmian: Node) -> None:
    now = datetime.now(UTC)
    shared = _released(kirkuk)[-1]
    waiting = new_request(
        garmian,
        to=["kirkuk"],
        kind=RequestKind.RESPONSE,
        text="Who covers the road from Qara Tapa to Kifri tonight?",
        deadline=now + timedelta(hours=5),
        priority=Priority.IMMEDIATE,
        area="qara-tapa-hamrin-front",
    )
    new_request(
        garmian,
        to=["kirkuk"],
        kind=RequestKind.INFORMATION,
        text="Which villages near Qara Tapa have no clinic now?",
        deadline=now + timedelta(days=2),
    )
    new_request(
        kirkuk,
        to=["garmian", "relief"],
        kind=RequestKind.VERIFICATION,
        text="Can you confirm how many were hurt?",
        deadline=now + timedelta(hours=20),
        incident=shared,
    )
    done = new_request(
        kirkuk,
        to=["garmian"],
        kind=RequestKind.INFORMATION,
        text="Is the bridge at Jalawla open?",
        deadline=now + timedelta(hours=30),
    )
    assert waiting.state is RequestState.OPEN
    _take(kirkuk, garmian)
    answer_request(garmian, done.request.id, RequestState.ACCEPTED)
    answer_request(garmian, done.request.id, RequestState.DONE, "Open for cars, closed for lorries.")


def _take(sender: Node, receiver: Node) -> None:
    """Carry one feed over by hand."""
    held = receiver.store.feed_head(sender.me, receiver.me)
    page = sender.page(receiver.me, sender.me, receiver.me, epoch=held.epoch, after=held.number)
    receiver.take(page.items, via=sender.me)
    receiver.carry_out()
