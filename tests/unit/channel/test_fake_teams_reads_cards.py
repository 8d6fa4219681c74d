"""Our Teams reads cards as people do: what a test hears is what a person sees."""

from typing import Any

import pytest

from bot.rehearsal.reading import fields_of, find_action, speak

CARD: dict[str, Any] = {
    "type": "AdaptiveCard",
    "version": "1.5",
    "refresh": {"action": {"type": "Action.Execute", "title": "hidden"}},
    "body": [
        {"type": "TextBlock", "text": "One-to-one"},
        {"type": "TextBlock", "text": "secret", "isVisible": False},
        {"type": "Badge", "text": "good", "fallback": {"type": "TextBlock", "text": "(good)"}},
        {"type": "ProgressBar", "value": 3, "fallback": "drop"},
        {"type": "FactSet", "facts": [{"title": "When", "value": "Thu 10:00"}]},
        {
            "type": "ColumnSet",
            "columns": [
                {"type": "Column", "items": [{"type": "TextBlock", "text": "left"}]},
                {"items": [{"type": "RichTextBlock", "inlines": ["ri", {"text": "ght"}]}]},
            ],
        },
        {
            "type": "Table",
            "columns": [{"width": 1}],
            "rows": [{"cells": [{"items": [{"type": "TextBlock", "text": "cell"}]}]}],
        },
        {
            "type": "Input.ChoiceSet",
            "id": "who",
            "label": "Who",
            "value": "a,b",
            "choices": [{"title": "Asha", "value": "a"}, {"title": "Bo", "value": "b"}],
        },
        {"type": "Input.Text", "id": "note", "placeholder": "Anything to add"},
        {"type": "ActionSet", "actions": [{"type": "Action.Submit", "title": "Inner"}]},
    ],
    "actions": [
        {"type": "Action.Execute", "title": "Book", "data": {"title": "no button"}},
        {
            "type": "Action.ShowCard",
            "title": "More",
            "card": {"actions": [{"type": "Action.Execute", "title": "Deep"}]},
        },
    ],
}


def test_a_card_is_read_aloud_in_order() -> None:
    assert speak(CARD) == [
        "One-to-one",
        "(good)",
        "When: Thu 10:00",
        "left",
        "right",
        "cell",
        "Who: Asha, Bo",
        "note: Anything to add",
        "[Inner]",
        "[Book]",
        "[More]",
    ]


@pytest.mark.parametrize("title", ["Book", "Inner", "Deep", "More"])
def test_a_button_is_found_wherever_it_is(title: str) -> None:
    assert find_action(CARD, title)["title"] == title


def test_a_missing_button_is_answered_with_those_there_are() -> None:
    with pytest.raises(AssertionError, match="Inner"):
        find_action(CARD, "hidden")


def test_fields_are_found_by_id() -> None:
    assert set(fields_of(CARD)) == {"who", "note"}
