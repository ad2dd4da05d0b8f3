"""Chats: Telegram's and WhatsApp's exports are read as one article a message, without who wrote it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from seamwatch.ingest.options import IngestOptions
from seamwatch.ingest.sources import gather
from seamwatch.model.text import RawArticle, Rejected
from seamwatch.pipeline.kit import Kit
from seamwatch.pipeline.record import Recorder
from seamwatch.store import open_store

BLAST = "Two policemen were killed when a roadside bomb exploded near their patrol in Daquq on Sunday."


def gathered(path: Path, **options: Any) -> list[RawArticle | Rejected]:
    return list(gather([str(path)], IngestOptions(**options)))


def articles(path: Path, **options: Any) -> list[RawArticle]:
    found = gathered(path, **options)
    assert all(isinstance(f, RawArticle) for f in found), found
    return [f for f in found if isinstance(f, RawArticle)]


# --- Telegram


def message(number: int, text: Any, **more: Any) -> dict[str, Any]:
    row = {"id": number, "type": "message", "date": f"2020-04-{number:02}T23:50:00", "from": "Ali Hasan"}
    return {**row, "from_id": "user77", "text": text, **more}


def channel(*messages: Any, **more: Any) -> dict[str, Any]:
    return {"name": "Daquq news", "type": "public_channel", "id": 1234, "messages": list(messages), **more}


def exported(folder: Path, export: Any, name: str = "result.json") -> Path:
    path = folder / name
    path.write_text(json.dumps(export, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def test_each_telegram_message_is_an_article(tmp_path: Path) -> None:
    """Id, day and chat are kept; pieces of a text are joined; who wrote it stands nowhere."""
    pieces = [
        "Two killed in ",
        {"type": "bold", "text": "Daquq"},
        ".\n\nMore ",
        {"type": "link", "text": "soon"},
    ]
    path = exported(tmp_path, channel(message(11, BLAST), message(12, pieces)))
    assert articles(path) == [
        RawArticle(
            origin=f"{path}#{number}",
            media_type="text/plain",
            content=text,
            id=f"telegram-1234-{number}",
            published=date(2020, 4, number),
            source="Daquq news",
        )
        for number, text in ((11, BLAST), (12, "Two killed in Daquq.\n\nMore soon"))
    ]


def test_service_entries_and_wordless_messages_are_no_articles(tmp_path: Path) -> None:
    """Joins, pinned messages, a photo alone and a lone sign give nothing."""
    joined = {
        "id": 1,
        "type": "service",
        "date": "2020-04-01T10:00:00",
        "action": "invite_members",
        "text": "",
    }
    photo = message(2, "", photo="photos/1.jpg")
    path = exported(tmp_path, channel(joined, photo, message(3, "👍 100"), message(4, BLAST, photo="p.jpg")))
    assert [a.id for a in articles(path)] == ["telegram-1234-4"]


def test_a_broken_telegram_message_does_not_stop_the_rest(tmp_path: Path) -> None:
    """A message without a day, without an id or that is no object is told by its number."""
    broken = [message(5, BLAST, date="soon"), message(6, BLAST, id="x"), "words", message(7, BLAST)]
    found = gathered(exported(tmp_path, channel(*broken)))
    assert [f.code if isinstance(f, Rejected) else f.id for f in found] == [
        *["bad_message"] * 3,
        "telegram-1234-7",
    ]
    assert isinstance(found[0], Rejected) and "message 1 has no date" in found[0].reason


def test_a_private_telegram_chat_names_nobody(tmp_path: Path) -> None:
    """The name of a chat with one person is that person's: it is no source; one given as option is."""
    path = exported(tmp_path, channel(message(1, BLAST), name="Ali Hasan", type="personal_chat"))
    assert [a.source for a in articles(path)] == [None]
    assert [a.source for a in articles(path, source="Field notes")] == ["Field notes"]


def test_an_account_export_gives_all_its_chats(tmp_path: Path) -> None:
    """The chats of an account, those that were left too, are read one after the other."""
    about = "Here is the data you requested. It was exported from Telegram."
    other = channel(message(2, BLAST), name="Kifri watch", id=99)
    export = {"about": about, "chats": {"about": "x", "list": [channel(message(1, BLAST))]}}
    path = exported(tmp_path, {**export, "left_chats": {"about": "x", "list": [other]}})
    assert [(a.id, a.source) for a in articles(path)] == [
        ("telegram-1234-1", "Daquq news"),
        ("telegram-99-2", "Kifri watch"),
    ]


@pytest.mark.parametrize(("content", "code"), [(b'{"text": "x"}', "unsupported"), (b"x", "unsupported")])
def test_other_json_says_what_to_do(tmp_path: Path, content: bytes, code: str) -> None:
    """A JSON file that is no export is refused with what to do."""
    path = tmp_path / "other.json"
    path.write_bytes(content)
    [bad] = gathered(path)
    assert isinstance(bad, Rejected) and bad.code == code and ".jsonl" in bad.reason


def test_a_cut_telegram_export_is_told(tmp_path: Path) -> None:
    """An export that ends in the middle is no JSON: one rejection says so."""
    path = exported(tmp_path, channel(message(1, BLAST)))
    path.write_bytes(path.read_bytes()[:-30])
    [bad] = gathered(path)
    assert isinstance(bad, Rejected) and bad.code == "bad_json" and "export the chat" in bad.reason


def test_a_folder_with_exports_is_read_and_other_json_skipped(tmp_path: Path) -> None:
    """In a folder an export is known by its content, whatever its name."""
    exported(tmp_path, channel(message(1, BLAST)), "old.json")
    exported(tmp_path, {"words": []}, "settings.json")
    notes: list[str] = []
    assert [a.id for a in articles(tmp_path, note=notes.append)] == ["telegram-1234-1"]
    assert notes == [f"{tmp_path}: 1 files of other kinds skipped (.json 1)"]


# --- WhatsApp

ANDROID = f"""12/04/2020, 09:00 - Messages and calls are end-to-end encrypted. Only people here can read them.
12/04/2020, 09:01 - Ali Hasan created group "Daquq watch"
12/04/2020, 14:05 - Ali Hasan: {BLAST}
Their vehicle burnt out.

Police: the road is closed.
12/04/2020, 14:06 - +964 770 000 0000: <Media omitted>
12/04/2020, 14:07 - Sara K.: IMG-20200412-WA0001.jpg (file attached)
The burnt vehicle near Daquq.
12/04/2020, 14:08 - Sara K.: This message was deleted
13/04/2020, 08:00 - Sara K.: 👍
13/04/2020, 08:10 - Sara K.: One more policeman died of his wounds. <This message was edited>
"""
IPHONE = (
    "\ufeff[4/12/20, 2:05:10\u202fPM] Daquq watch: \u200eMessages and calls are end-to-end encrypted.\r\n"
    f"[4/12/20, 2:05:33\u202fPM] Ali Hasan: {BLAST}\r\nTheir vehicle burnt out.\r\n"
    "\u200e[4/12/20, 2:06:00\u202fPM] Sara K.: \u200eimage omitted\r\n"
    "[4/13/20, 8:10:00\u202fAM] Sara K.: One more policeman died of his wounds.\r\n"
)


def chat(folder: Path, text: str, name: str = "WhatsApp Chat with Daquq watch.txt") -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text(text, encoding="utf-8", newline="")
    return path


def told(path: Path, **options: Any) -> list[tuple[date | None, str | None, str]]:
    return [(a.published, a.source, str(a.content)) for a in articles(path, **options)]


def test_an_android_chat_is_one_article_a_message(tmp_path: Path) -> None:
    """Lines of one message stay together; system lines, media and deleted messages give nothing."""
    assert told(chat(tmp_path, ANDROID)) == [
        (
            date(2020, 4, 12),
            "Daquq watch",
            f"{BLAST}\nTheir vehicle burnt out.\n\nPolice: the road is closed.",
        ),
        (date(2020, 4, 12), "Daquq watch", "The burnt vehicle near Daquq."),
        (date(2020, 4, 13), "Daquq watch", "One more policeman died of his wounds."),
    ]


def test_an_iphone_chat_is_one_article_a_message(tmp_path: Path) -> None:
    """Square brackets, seconds, marks of direction, and the month before the day, told by a 13th."""
    path = chat(tmp_path, IPHONE, "WhatsApp Chat - Daquq watch/_chat.txt")
    assert told(path) == [
        (date(2020, 4, 12), "Daquq watch", f"{BLAST}\nTheir vehicle burnt out."),
        (date(2020, 4, 13), "Daquq watch", "One more policeman died of his wounds."),
    ]


def test_no_sender_is_kept(tmp_path: Path) -> None:
    """Neither the name nor the number of a person who wrote stands in any field."""
    for path in (chat(tmp_path, ANDROID), chat(tmp_path, IPHONE, "WhatsApp Chat - Daquq watch/_chat.txt")):
        shown = repr(articles(path))
        assert not any(who in shown for who in ("Ali Hasan", "Sara K", "964 770"))


def test_a_chat_between_two_has_no_source(tmp_path: Path) -> None:
    """Such a chat bears a person's name, so its name is left out; an option may give another."""
    text = "12/04/2020, 14:05 - Ali Hasan: One shell fell.\n13/04/2020, 14:06 - Me: Where did it fall?\n"
    path = chat(tmp_path, text, "WhatsApp Chat with Ali Hasan.txt")
    assert [a.source for a in articles(path)] == [None, None]
    assert {a.source for a in articles(path, source="Field notes")} == {"Field notes"}


@pytest.mark.parametrize(
    ("stamps", "days"),
    [
        (("04.05.20, 10:00", "05.05.20, 10:00"), ("2020-05-04", "2020-05-05")),
        (("2020-05-04, 10:00", "2020-05-05, 10:00"), ("2020-05-04", "2020-05-05")),
        (("04/05/2020, 10:00", "05/05/2020, 10:00"), ("2020-05-04", "2020-05-05")),
        (("5/4/20, 10:00 AM", "5/5/20, 1:00 PM"), ("2020-05-04", "2020-05-05")),
        (("٤/٥/٢٠٢٠، ١٠:٠٠ ص", "١٣/٥/٢٠٢٠، ١٠:٠٠ م"), ("2020-05-04", "2020-05-13")),
        (("04/05/2020, 10:00", "04/05/2020, 11:00"), (None, None)),
    ],
)
def test_day_or_month_first_is_told_from_the_chat(
    tmp_path: Path, stamps: tuple[str, str], days: tuple[str | None, str | None]
) -> None:
    """A number over 12, the order of messages or dots tell it; where nothing does there is no day."""
    text = f"{stamps[0]} - A: One shell fell.\n{stamps[1]} - B: Two more fell.\n"
    notes: list[str] = []
    found = told(chat(tmp_path, text), note=notes.append)
    assert [None if day is None else day.isoformat() for day, _, _ in found] == list(days)
    assert (days[0] is None) == any("can't be told" in n for n in notes)


def test_a_log_that_looks_like_a_chat_is_one_article(tmp_path: Path) -> None:
    """Stamped lines alone make no export: neither the file's name nor a line of the phone says so."""
    text = "12/04/2020, 14:05 - Daquq: one shell fell.\n12/04/2020, 15:05 - Kifri: quiet.\n"
    assert [a.content for a in articles(chat(tmp_path, text, "log.txt"))] == [text.encode()]
    assert len(articles(chat(tmp_path, ANDROID, "renamed.txt"))) == 3


def test_a_stamp_that_is_no_day_goes_on_with_the_message(tmp_path: Path) -> None:
    """A quoted line with an impossible day belongs to the message before it."""
    path = chat(
        tmp_path, "13/04/2020, 14:05 - A: He wrote:\n99/99/2020, 10:00 - B: hm\n13/04/2020, 14:06 - B: x\n"
    )
    assert [text for _, _, text in told(path)] == ["He wrote:\n99/99/2020, 10:00 - B: hm", "x"]


# --- into the record


def test_a_later_export_of_a_chat_adds_only_what_is_new(tmp_path: Path, kit: Kit) -> None:
    """The same messages have the same ids, so they are known; their incident is opened once."""
    store = open_store(str(tmp_path / "record.db"))
    first = exported(tmp_path, channel(message(12, BLAST)), "first.json")
    later = exported(
        tmp_path, channel(message(12, BLAST), message(13, "The road is open again.")), "later.json"
    )
    kinds = []
    for path in (first, later, chat(tmp_path, ANDROID), chat(tmp_path / "later", ANDROID)):
        found = list(Recorder(store, kit).read(gathered(path)))
        kinds.append([f.kind if not isinstance(f, Rejected) else f.code for f in found])
    assert kinds[:2] == [["new"], ["known", "new"]]
    assert set(kinds[3]) == {"known"}
    assert store.article("telegram-1234-12").author is None  # type: ignore[union-attr]
    store.close()
