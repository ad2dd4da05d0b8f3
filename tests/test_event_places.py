"""Which place of a sentence is the event's: what hangs on its word, not who speaks or stayed elsewhere."""

from __future__ import annotations

from datetime import date

import pytest

from seamwatch.model.text import Article
from seamwatch.pipeline.extraction import extract_article
from seamwatch.pipeline.kit import Kit, load_kit


@pytest.fixture(scope="module")
def kit() -> Kit:
    return load_kit()


@pytest.mark.parametrize(
    ("text", "name", "admin1"),
    [
        ("Mosul's water supply has stopped since militants bombed a pipeline near Tal Afar on Monday.",
         "Tal Afar", "Nineveh"),
        ("Gunmen seized four farmers in Daquq on Monday, while a fifth had stayed behind in Kirkuk.",
         "Daquq", "Kirkuk"),
        ("Villagers in Sinjar district said that gunmen came on Monday night and burned their harvest.",
         "Sinjar", "Nineveh"),
        ("A bomb killed two policemen in Hawija on Monday. A third died in a second explosion "
         "two kilometres away on Tuesday.", "Hawija", "Kirkuk"),
        ("A drone hit a car on the road between Khanasor and Sinuni on Monday and killed two men.",
         "road between Khanasor and Sinuni", "Nineveh"),
    ],
    ids=lambda x: str(x)[:24],
)  # fmt: skip
def test_the_event_takes_the_place_that_belongs_to_it(kit: Kit, text: str, name: str, admin1: str) -> None:
    """Each mention of the text lies where the words of its own event say."""
    article = Article(id="a", text=text, published=date(2024, 3, 6))
    places = [m.place for m in extract_article(kit, article).extraction.mentions]
    assert places
    assert {(p.name, p.admin1) if p else None for p in places} == {(name, admin1)}
