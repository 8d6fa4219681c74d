"""Every language's catalogue against the source: same holes, nothing doubtful, nothing left over."""

import gettext
import re
from dataclasses import replace
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from dialogs.cards import render, render_with
from dialogs.cards.speak import speak
from dialogs.wording import CATALOGUES, DOMAIN, Words, catalogue_for
from tests.support.card_samples import SAMPLES

ROOT = Path(__file__).resolve().parents[3]
KEYWORDS = {"say": None, "count": (1, 2), "mark": None}
LANGUAGES = sorted(path.name for path in CATALOGUES.iterdir() if path.is_dir())
HOLE = re.compile(r"\{\w*\}")


def source_ids() -> set[str | tuple[str, ...]]:
    """Return what people may read, as the source has it."""
    return {
        message if isinstance(message, str) else tuple(message)
        for part in ("bot", "dialogs")
        for _, _, message, _, _ in extract_from_dir(ROOT / part, keywords=KEYWORDS)
    }


def catalogue(language: str) -> Catalog:
    """Return a catalogue as translators wrote it."""
    path = CATALOGUES / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    with path.open("rb") as source:
        return read_po(source, locale=language, domain=DOMAIN)


def messages(language: str) -> list[Message]:
    """Return the messages of a language without its header."""
    return [message for message in catalogue(language) if message.id]


def forms(text: str | tuple[str, ...] | list[str]) -> list[str]:
    """Return every plural form, or the only one."""
    return [text] if isinstance(text, str) else list(text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_holes_of_a_sentence_are_those_of_its_translation(language: str) -> None:
    for message in messages(language):
        if not message.string or not all(forms(message.string)):
            continue
        known = {hole for form in forms(message.id) for hole in HOLE.findall(form)}
        for form in forms(message.string):
            assert set(HOLE.findall(form)) <= known, form
        said = {hole for form in forms(message.string) for hole in HOLE.findall(form)}
        assert said == known, message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_a_guess_or_left_over(language: str) -> None:
    found = catalogue(language)
    assert [message.id for message in messages(language) if message.fuzzy] == []
    assert not found.obsolete


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_people_read_is_translated(language: str) -> None:
    """``make catalogues`` collects what is new."""
    told = {
        message.id if isinstance(message.id, str) else tuple(message.id)
        for message in messages(language)
        if message.string and all(forms(message.string))
    }
    assert source_ids() - told == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_translated_that_nobody_reads(language: str) -> None:
    known = {
        message.id if isinstance(message.id, str) else tuple(message.id)
        for message in messages(language)
    }
    assert known - source_ids() == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_says_whose_it_is_and_not_what_a_tool_left(language: str) -> None:
    head = (CATALOGUES / language / "LC_MESSAGES" / f"{DOMAIN}.po").read_text().split("msgid", 2)[1]
    assert not [left for left in ("EMAIL@ADDRESS", "FULL NAME", "li.org") if left in head]


class Remembered(gettext.NullTranslations):
    """English that keeps every text that was asked for."""

    def __init__(self) -> None:
        """Begin with none."""
        super().__init__()
        self.asked: set[str | tuple[str, ...]] = set()

    def gettext(self, message: str) -> str:
        """Keep it, and return it."""
        self.asked.add(message)
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Keep both, and return what ``n`` takes."""
        self.asked.add((msgid1, msgid2))
        return msgid1 if n == 1 else msgid2


def test_every_text_of_every_card_is_collected_from_the_source() -> None:
    """A text put together at run time would stay English, and nobody would see it in a catalogue."""
    remembered = Remembered()
    for sample in SAMPLES.values():
        words = replace(Words.for_viewer(sample.viewer), catalogue=remembered)
        render_with(words, sample.view, sample.viewer)
    assert remembered.asked - source_ids() == set()


def test_a_third_language_is_a_file_and_no_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Finnish, as this test writes it."""
    made = Catalog(locale="fi", domain=DOMAIN)
    for text in source_ids():
        made.add(text, string=text if isinstance(text, str) else tuple(text))
    made["Book"].string = ("Varaa", "Varaa kaikki {n}")
    folder = tmp_path / "fi" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / f"{DOMAIN}.po").open("wb") as out:
        write_po(out, made)
    monkeypatch.setattr("dialogs.wording.CATALOGUES", tmp_path)
    catalogue_for.cache_clear()
    try:
        one = SAMPLES["proposal-one"]
        lines = speak(render(one.view, replace(one.viewer, locale="fi-FI")))
    finally:
        catalogue_for.cache_clear()
    assert "[Varaa]" in lines
    assert any("17.11." in line for line in lines)


def test_a_language_nobody_wrote_leaves_english_as_it_is() -> None:
    assert catalogue_for("xx").gettext("Set-up") == "Set-up"
