"""Whoever reads a card, and however: colours, order, charts in words, other languages, small screens."""

import gettext
from dataclasses import replace

import jsonschema
import pytest

from dialogs.cards import render, render_with
from dialogs.cards.components import BUTTON, HARD_LIMIT, LETTER, PHONE, Element, size_of
from dialogs.cards.schema import SCHEMA
from dialogs.cards.speak import speak
from dialogs.wording import Words
from tests.support.card_samples import Sample
from tests.support.palettes import GROUNDS, PALETTES, Theme, contrast
from tests.unit.cards.test_card_rules import CARDS, pieces

VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


class Longer(gettext.NullTranslations):
    """A language in which every text is two fifths longer."""

    def gettext(self, message: str) -> str:
        """Return the template with its last letters said again."""
        return f"{message}{'·' * (len(message) * 2 // 5)}"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the plural as ``gettext`` does."""
        return self.gettext(msgid1 if n == 1 else msgid2)


@pytest.mark.parametrize("theme", PALETTES)
def test_every_text_stands_out_from_what_is_behind_it(theme: Theme) -> None:
    """WCAG 2 AA: 4.5 to 1, in each shade that a box can have."""
    colours = PALETTES[theme]
    for ground in GROUNDS:
        for shade in ("text", "subtle"):
            assert contrast(colours[shade], colours[ground]) >= 4.5, (ground, shade)
    assert contrast(colours["on_accent"], colours["accent"]) >= 4.5


def test_a_rush_that_others_read_says_no_more_than_that_there_is_one() -> None:
    brief = CARDS["relief-brief"]
    assert [each["text"] for each in brief["body"]] == ["Short-staffed now"]
    assert [each["title"] for each in brief["actions"]] == ["Show me the details"]


def test_black_on_white_is_the_greatest_contrast() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#777777") == pytest.approx(1)


def test_a_chart_is_followed_by_a_table_that_says_the_same(sample: Sample) -> None:
    """Nobody has to see a line to know where it runs."""
    body = CARDS[sample.name]["body"]
    for chart, after in zip(body, [*body[1:], {}], strict=True):
        if chart["type"] == "Chart.Line":
            assert after["type"] == "Table"
            assert after.get("isVisible", True)
            drawn = {value["y"] for series in chart["data"] for value in series["values"]}
            cells = [cell for row in after["rows"][1:] for cell in row["cells"][1:]]
            told = [cell["items"][0]["text"].split(" ")[0].replace(",", ".") for cell in cells]
            assert drawn >= {float(figure) for figure in told}


def test_shades_repeat_what_words_say(sample: Sample) -> None:
    """A box is never told apart by its colour alone: the same is a sign or a sentence in it."""
    for piece in pieces(CARDS[sample.name]):
        if piece.get("style") in {"good", "warning", "attention"} and "items" in piece:
            assert any(item.get("text") for item in piece["items"])


def test_it_begins_with_its_title_and_ends_with_what_can_be_done(sample: Sample) -> None:
    """A screen reader says the title first, and every button once."""
    card = CARDS[sample.name]
    first = card["body"][0]
    assert first.get("style") in {"heading", "warning"}
    lines = [line.strip() for line in speak(card)]
    taps = [each for each in pieces(card) if str(each.get("type")).startswith("Action.")]
    titles = [each["title"] for each in taps if "title" in each]
    assert {f"[{title}]" for title in titles} <= set(lines)


@pytest.mark.parametrize("language", ["as it is", "longer"])
def test_no_button_is_clipped_on_a_narrow_phone(sample: Sample, language: str) -> None:
    """What does not fit beside another button stands beneath it."""
    card = in_longer_words(sample) if language == "longer" else CARDS[sample.name]
    for row in (each["actions"] for each in pieces(card) if "actions" in each):
        width = sum(len(action["title"]) * LETTER + BUTTON for action in row)
        assert len(row) == 1 or width <= PHONE, [action["title"] for action in row]


def test_a_longer_language_needs_nothing_but_its_words(sample: Sample) -> None:
    """Two fifths longer, every card is still one that Teams draws and takes."""
    card = in_longer_words(sample)
    assert not list(VALIDATOR.iter_errors(card))
    assert size_of(card) <= HARD_LIMIT
    assert "·" in "".join(speak(card))


def in_longer_words(sample: Sample) -> Element:
    """Return the sample's card in the longer language."""
    words = replace(Words.for_viewer(replace(sample.viewer, locale="en-GB")), catalogue=Longer())
    return render_with(words, sample.view, sample.viewer, sample.refresh_for)


def test_each_card_is_the_same_whenever_it_is_made(sample: Sample) -> None:
    """A card is a function of its view and its reader."""
    assert render(sample.view, sample.viewer, sample.refresh_for) == CARDS[sample.name]
