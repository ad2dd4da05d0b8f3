"""Fingerprints: copies share a key, moved facts make a version, other reports share nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamwatch.errors import ShapeError
from seamwatch.model.text import Article
from seamwatch.read.boilerplate import load_boilerplate
from seamwatch.read.fingerprint import Fingerprint, fingerprint, is_version
from seamwatch.vocabulary.lexicon import read_entries

SENTENCES = (
    "Two guards of an oil field were killed and three others wounded on Sunday when gunmen opened fire "
    "on their post near the village of Tal Banat.",
    "The mayor of the district, Karim Salih, said the attackers came on motorcycles shortly after 9 p.m. "
    "and fled towards the hills.",
    "A search of 12 villages in the area began on Monday, and 1,200 residents were told to stay at home.",
    "No group has said it was behind the attack, the 4th on the field since 14 March.",
)
TEXT = "\n\n".join(SENTENCES)


def prints(text: str, title: str | None = None, source: str | None = None) -> Fingerprint:
    return fingerprint(Article(id="a", text=text, title=title, source=source))


BASE = prints(TEXT)

BOILERPLATE = st.sampled_from(
    [
        "Read more: Bomb kills 7 in Mosul",
        "Subscribe to our newsletter for 2 stories a day",
        "© 2021 Example News. All rights reserved.",
        "Share on Facebook | Tweet",
        "By Sara Ahmed",
        "Follow us on Telegram",
        "Advertisement",
        "(Reporting by Sara Ahmed; Editing by Tom Smith)",
        "Example 24",
    ]
)
LEAD = st.sampled_from(
    ["", "ERBIL (Example 24) – ", "BAGHDAD, Sept 5 (Agency) -- ", "Example 24/ ", "KIRKUK, Iraq - "]
)
SPACE = st.sampled_from([" ", "  ", "\n", "\t", "\u00a0", " \u200b"])


@given(LEAD, st.lists(BOILERPLATE, max_size=4), SPACE, st.booleans(), st.booleans())
def test_boilerplate_space_quotes_and_case_keep_the_key(
    lead: str, lines: list[str], space: str, straight: bool, upper: bool
) -> None:
    """A copy with another outlet's wrapping, white space, quotes and case is the same report."""
    body = space.join(TEXT.split(" ")) if space != "\n" else TEXT.replace("\n\n", "\n")
    body = body.replace("'", "'" if straight else "’")
    if upper:
        body = body.upper()
    text = lead + body + "".join(f"\n\n{line}" for line in lines)
    copy = prints(text, source="Example 24")
    assert copy.content_key == BASE.content_key
    assert not is_version(copy, BASE)


NUMBERS = ("Two", "three", "9", "12", "1,200", "4", "14")


@given(st.sampled_from(NUMBERS), st.integers(0, 10_000_000))
def test_any_number_that_moves_changes_the_key(old: str, new: int) -> None:
    """Each number of the text, in digits or words, counts; the changed text is a version."""
    values = {"Two": 2, "three": 3, "9": 9, "12": 12, "1,200": 1200, "4": 4, "14": 14}
    moved = prints(TEXT.replace(old, str(new), 1))
    assert (moved.content_key == BASE.content_key) == (new == values[old])
    assert is_version(moved, BASE) == (new != values[old]) == is_version(BASE, moved)


@given(st.integers(0, 99), st.integers(0, 99))
def test_number_words_and_digits_are_one(a: int, b: int) -> None:
    """ "twenty-three" is 23 and nothing else."""
    small = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    ones = (small + "sixteen seventeen eighteen nineteen").split()
    tens = "twenty thirty forty fifty sixty seventy eighty ninety".split()
    word = ones[a] if a < 20 else tens[a // 10 - 2] + (f"-{ones[a % 10]}" if a % 10 else "")
    same = (
        prints(f"In all {word} men died there").content_key
        == prints(f"In all {b} men died there").content_key
    )
    assert same == (a == b)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Tal Banat", "Tal Wardan"),
        ("Karim Salih", "Karim Saleh"),
        ("Sunday", "Monday"),
        ("March", "May"),
        ("guards", "men"),
    ],
)
def test_names_dates_and_words_count(old: str, new: str) -> None:
    """A name, a date or a word that moves makes a version of the report."""
    moved = prints(TEXT.replace(old, new))
    assert moved.content_key != BASE.content_key
    assert is_version(moved, BASE)
    assert set(moved.bands) & set(BASE.bands)


def test_a_report_with_a_paragraph_more_is_a_version() -> None:
    """An update that adds a paragraph is a version; a summary that quotes one sentence is not."""
    longer = prints(TEXT + "\n\nOne of the wounded, from Kifri, died in hospital on Tuesday, medics said.")
    assert is_version(longer, BASE) and set(longer.bands) & set(BASE.bands)
    other = " ".join(
        f"In week {n} the council of town {n} spoke about its water and roads." for n in range(40)
    )
    assert not is_version(prints(other + " " + SENTENCES[0]), prints(SENTENCES[0]))


def test_reports_of_one_kind_on_two_incidents_are_no_versions() -> None:
    """Two short agency reports on different attacks share phrases, not an identity."""
    first = "Example News/ A security source said two soldiers were killed by a bomb near Sinjar."
    second = "Example News/ A security source said one officer was hurt by a sniper in Tikrit on Friday."
    assert not is_version(prints(first), prints(second))
    assert not set(prints(first).bands) & set(prints(second).bands)


def test_the_headline_counts_only_with_numbers_that_the_text_lacks() -> None:
    """Another outlet's headline leaves the key; a headline with a new toll moves it."""
    assert prints(TEXT, title="Gunmen kill 2 guards at oil field").content_key == BASE.content_key
    assert prints(TEXT, title="Toll of attack rises to 6").content_key != BASE.content_key
    assert prints(TEXT, title="Attack | Example 24", source="Example 24").content_key == BASE.content_key


def test_a_text_of_boilerplate_only_keeps_its_identity() -> None:
    """Two texts that are nothing but boilerplate are not one report."""
    assert prints("Read more: one").content_key != prints("Read more: two").content_key


def test_text_form_round_trips_and_refuses_rubbish() -> None:
    """A fingerprint is one ASCII word and back; anything else is a ShapeError."""
    assert Fingerprint.from_text(BASE.to_text()) == BASE
    assert BASE.to_text().isascii() and len(BASE.to_text()) < 700
    for bad in ("", "x", BASE.to_text()[:-8], "2" + BASE.to_text()[1:], BASE.to_text().replace(".", "-")):
        with pytest.raises(ShapeError):
            Fingerprint.from_text(bad)


def test_it_is_the_same_in_every_process() -> None:
    """Another process with another hash seed gives the same fingerprint and bands."""
    code = (
        "import sys; from seamwatch.model.text import Article;"
        "from seamwatch.read.fingerprint import fingerprint;"
        "f = fingerprint(Article(id='a', text=sys.argv[1])); print(f.to_text(), *f.bands)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, TEXT],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": "7"},
    )
    assert done.stdout.split() == [BASE.to_text(), *(str(b) for b in BASE.bands)]
    assert all(0 <= band < 2**63 for band in BASE.bands) and len(BASE.bands) == 24


@pytest.mark.parametrize(
    "run", ["By A" + "," * 390 + "1", "Updated " + "1 " * 190 + "x", "A-' " * 90_000, "/ " * 9000]
)
def test_hostile_lines_end_soon(run: str) -> None:
    """Runs that could make a pattern try everything are read in one pass."""
    assert prints(run + " two men died").content_key


@given(st.text(max_size=200))
def test_any_text_has_a_fingerprint(text: str) -> None:
    """No text raises, and the text form holds for each."""
    found = prints(text, title=text, source=text[:20])
    assert Fingerprint.from_text(found.to_text()) == found


@pytest.mark.parametrize(
    ("text", "left"), [(e.text, e.gives) for entry in read_entries("boilerplate") for e in entry.examples]
)
def test_boilerplate_examples(text: str, left: str) -> None:
    """Every example of the boilerplate lexicon leaves what it says."""
    assert load_boilerplate().strip(text) == left
