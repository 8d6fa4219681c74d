"""The few Adaptive Card pieces we use, each safe by construction.

Text is escaped for markdown here and nowhere else; inputs have labels; every tap carries an
``Action.Submit`` with the same data for clients without ``Action.Execute``.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dialogs.verbs import DRAFT, SUBJECT, VERSION, WORK_ITEM, Verb
from dialogs.wording import Words

Element = dict[str, Any]
"""One JSON object of a card."""

SOFT_LIMIT = 28 * 1024
"""Bytes of UTF-16 JSON that a card should stay under."""
HARD_LIMIT = 80 * 1024
"""Bytes of UTF-16 JSON beyond which Teams may refuse a message."""
PHONE, LETTER, BUTTON = 278, 8, 34
"""Pixels of a shaded block on a narrow phone, of a letter on a button, and around its letters."""
LONGEST_ON_BUTTON = 20
"""Characters of a name on a button, which no client wraps."""
MOST_REFRESHERS = 60
"""People for whom Teams refreshes one card by itself."""

INLINE = re.compile(r"[\\`*\[\]~]|(?<!\w)_|_(?!\w)|&(?=#?\w+;)")
LEADING = re.compile(r"^(\d+)(?=[.)]\s)|^(?=[-+#>=|]+(\s|$))")


def escape(plain: str) -> str:
    """Return ``plain`` so that markdown shows it as it is."""
    inline = INLINE.sub(lambda found: f"\\{found[0]}", plain)
    return LEADING.sub(lambda found: f"{found[1] or ''}\\", inline, count=1)


def size_of(card: Element) -> int:
    """Return the card's size as Teams counts it: bytes of its JSON in UTF-16."""
    return len(json.dumps(card, ensure_ascii=False, separators=(",", ":")).encode("utf-16-le"))


def text(plain: str, **style: str | bool | int) -> Element:
    """Return a wrapping line of text; ``style`` is the element's own properties."""
    return {"type": "TextBlock", "text": escape(plain), "wrap": True, **style}


def heading(plain: str) -> Element:
    """Return the card's title, announced as a heading."""
    return text(plain, size="Large", weight="Bolder", style="heading")


def subheading(plain: str) -> Element:
    """Return a section's title."""
    return text(plain, weight="Bolder", spacing="Medium")


def aside(plain: str) -> Element:
    """Return a quiet line."""
    return text(plain, isSubtle=True, size="Small", spacing="Small")


def and_more(words: Words, rest: int) -> list[Element]:
    """Return a quiet line that says how many more there are, or nothing."""
    return [aside(words.count("and {n} more", "and {n} more", rest))] if rest > 0 else []


def box(items: Sequence[Element], style: str = "emphasis") -> Element:
    """Return a shaded block."""
    return {"type": "Container", "style": style, "items": list(items), "spacing": "Medium"}


def hidden(name: str, items: Sequence[Element]) -> Element:
    """Return a block that a toggle opens."""
    return {"type": "Container", "id": name, "isVisible": False, "items": list(items)}


def rows_of(actions: Sequence[Element]) -> list[Element]:
    """Return buttons within the body, in as many rows as a narrow phone needs to show all of each."""
    rows: list[list[Element]] = []
    left = 0
    for action in actions:
        width = len(action["title"]) * LETTER + BUTTON
        if width > left:
            rows.append([])
            left = PHONE
        rows[-1].append(action)
        left -= width
    return [buttons(*row) for row in rows]


def buttons(*actions: Element) -> Element:
    """Return buttons within the body, beside what they are about."""
    return {"type": "ActionSet", "actions": list(actions), "spacing": "Small"}


def toggle(title: str, name: str) -> Element:
    """Return a line with one small button that opens or closes the block ``name``."""
    action = {"type": "Action.ToggleVisibility", "title": title, "targetElements": [name]}
    return buttons(action)


def facts(pairs: Iterable[tuple[str, str]]) -> Element:
    """Return names and values beneath each other."""
    return {
        "type": "FactSet",
        "facts": [{"title": escape(name), "value": escape(value)} for name, value in pairs],
        "spacing": "Medium",
    }


def table(
    headers: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int] | None = None
) -> Element:
    """Return a table with a header row; ``widths`` are parts, alike unless given."""
    return {
        "type": "Table",
        "firstRowAsHeader": True,
        "showGridLines": False,
        "spacing": "Medium",
        "columns": [{"width": width} for width in widths or [1] * len(headers)],
        "rows": [_row(headers, weight="Bolder"), *(_row(row) for row in rows)],
    }


def _row(cells: Sequence[str], **style: str) -> Element:
    return {
        "type": "TableRow",
        "cells": [{"type": "TableCell", "items": [text(cell, **style)]} for cell in cells],
    }


def choices(
    name: str, label: str, options: Iterable[tuple[str, str]], value: str, **style: object
) -> Element:
    """Return a choice of one (or several) of (value, title) pairs; a drop-down unless styled.

    Titles that all are to be seen wrap.
    """
    listed = style.get("style", "expanded" if "isMultiSelect" in style else "compact") == "expanded"
    return {
        "type": "Input.ChoiceSet",
        "id": name,
        "label": label,
        "value": value,
        "choices": [{"title": title, "value": key} for key, title in options],
        **({"wrap": True} if listed else {}),
        **style,
    }


def searched(dataset: str) -> Element:
    """Return what makes a choice ask us for more as the reader types."""
    query = {"type": "Data.Query", "dataset": dataset, "associatedInputs": "auto"}
    return {"choices.data": query, "style": "filtered"}


def date_input(name: str, label: str, value: str) -> Element:
    """Return a date field; ``value`` is ISO or empty."""
    return _without_empty({"type": "Input.Date", "id": name, "label": label, "value": value})


def number_input(name: str, label: str, value: int | None, least: int, most: int) -> Element:
    """Return a field for a whole number."""
    field = {"type": "Input.Number", "id": name, "label": label, "min": least, "max": most}
    return field if value is None else {**field, "value": value}


def text_input(name: str, label: str, value: str, longest: int) -> Element:
    """Return a field for one line of at most ``longest`` letters."""
    field = {"type": "Input.Text", "id": name, "label": label, "maxLength": longest}
    return _without_empty({**field, "value": value})


def prose_input(name: str, label: str, value: str, longest: int) -> Element:
    """Return a field for a few sentences, which may be left empty."""
    return {**text_input(name, label, value, longest), "isMultiline": True}


def required_text(name: str, label: str, error: str) -> Element:
    """Return a field for a few sentences that must not be left empty."""
    return {
        "type": "Input.Text",
        "id": name,
        "label": label,
        "isMultiline": True,
        "maxLength": 500,
        "isRequired": True,
        "errorMessage": error,
    }


def tap(title: str, verb: Verb, data: Mapping[str, object], **style: str) -> Element:
    """Return a button: ``Action.Execute``, and beneath it the same as ``Action.Submit``."""
    submit = {"type": "Action.Submit", "title": title, "data": {"verb": verb.value, **data}}
    return {
        "type": "Action.Execute",
        "title": title,
        "verb": verb.value,
        "data": dict(data),
        "fallback": {**submit, **style},
        **style,
    }


def say_for_me(sentence: str) -> Element:
    """Return a button that writes ``sentence`` into the chat as if the reader had."""
    data = {"msteams": {"type": "imBack", "value": sentence}}
    return {"type": "Action.Submit", "title": sentence, "data": data}


def show(title: str, body: Sequence[Element], actions: Sequence[Element]) -> Element:
    """Return a button that opens a small card; its inputs count for its own buttons only."""
    inner = {"type": "AdaptiveCard", "body": list(body), "actions": list(actions)}
    return {"type": "Action.ShowCard", "title": title, "card": inner}


def draft_data(draft_id: str, version: int) -> Element:
    """Return what a draft's buttons carry."""
    return {DRAFT: draft_id, VERSION: version}


def subject_data(subject: str, version: int = 0) -> Element:
    """Return what a button carries that is about something by its own id."""
    return {SUBJECT: subject, VERSION: version}


NOTHING: Element = {VERSION: 0}
"""What a button carries that is about nothing in particular."""


def item_data(work_item_id: str, version: int) -> Element:
    """Return what a work item's buttons carry."""
    return {WORK_ITEM: work_item_id, VERSION: version}


def card(body: Sequence[Element], actions: Sequence[Element] = ()) -> Element:
    """Return an Adaptive Card 1.5; actions that a phone would clip beside each other get rows."""
    rows = rows_of(actions)
    fits = len(rows) < 2
    return _without_empty(
        {
            "type": "AdaptiveCard",
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "version": "1.5",
            "body": [*body, *([] if fits else rows)],
            "actions": list(actions) if fits else [],
        }
    )


def mentioning(shown: Element, mentions: Mapping[str, tuple[str, str]]) -> Element:
    """Return the card so that people are notified; ``mentions`` are by the text that names them.

    Each is an account's id and name; the text is ``<at>Name</at>``, as it stands in the card.
    """
    if not mentions:
        return shown
    entities = [
        {"type": "mention", "text": text, "mentioned": {"id": account_id, "name": name}}
        for text, (account_id, name) in mentions.items()
    ]
    return {**shown, "msteams": {"entities": entities}}


def refreshed(
    shown: Element, verb: Verb, data: Mapping[str, object], user_ids: Sequence[str]
) -> Element:
    """Return the card so that Teams refreshes it by itself for the first 60 of ``user_ids``."""
    action = {"type": "Action.Execute", "verb": verb.value, "data": dict(data)}
    return {**shown, "refresh": {"action": action, "userIds": list(user_ids[:MOST_REFRESHERS])}}


def _without_empty(element: Element) -> Element:
    return {name: value for name, value in element.items() if value not in ("", [])}
