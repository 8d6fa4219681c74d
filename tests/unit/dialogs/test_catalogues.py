"""Every language's catalogue against the source: same holes, nothing doubtful, nothing left over."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from dialogs.wording import CATALOGUES, DOMAIN, catalogue_for

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


def test_a_language_nobody_wrote_leaves_english_as_it_is() -> None:
    assert catalogue_for("xx").gettext("Set-up") == "Set-up"
