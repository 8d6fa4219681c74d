"""A card's words in reading order, as a terminal prints them and a screen reader says them."""

import re
from collections.abc import Callable, Iterator

from dialogs.cards.components import Element

Blocks = dict[str, Element]
"""The hidden blocks of a card by id; the toggle that opens one reads it out."""

MENTION = re.compile("</?at>")
ESCAPED = re.compile(r"\\([\\`*\[\]~_&.)\-+#>=|])")


def speak(card: Element) -> list[str]:
    """Return the lines of ``card``: texts, tables, inputs with what they hold, and its buttons.

    Blocks behind a toggle and the insides of small cards are read too, indented under the button
    that opens them. Charts are silent: the same figures stand in a table.
    """
    blocks = {
        element["id"]: element for element in card["body"] if element.get("isVisible") is False
    }
    lines = [
        line
        for element in card["body"]
        if element.get("isVisible") is not False
        for line in _element(element, blocks)
    ]
    return lines + [line for action in card.get("actions", ()) for line in _action(action, blocks)]


def _element(element: Element, blocks: Blocks) -> Iterator[str]:
    reader = READERS.get(element["type"])
    return reader(element, blocks) if reader else iter(())


def _text(element: Element, _: Blocks) -> Iterator[str]:
    yield _plain(element["text"])


def _container(element: Element, blocks: Blocks) -> Iterator[str]:
    for item in element["items"]:
        yield from _element(item, blocks)


def _facts(element: Element, _: Blocks) -> Iterator[str]:
    for fact in element["facts"]:
        yield f"{_plain(fact['title'])}: {_plain(fact['value'])}"


def _table(element: Element, _: Blocks) -> Iterator[str]:
    for row in element["rows"]:
        yield " | ".join(_cell(cell) for cell in row["cells"])


def _action_set(element: Element, blocks: Blocks) -> Iterator[str]:
    for action in element["actions"]:
        yield from _action(action, blocks)


def _field(element: Element, _: Blocks) -> Iterator[str]:
    yield f"{element['label']}: {element.get('value', '')}".rstrip()


def _cell(cell: Element) -> str:
    return " ".join(_plain(item["text"]) for item in cell["items"])


def _choices(element: Element, _: Blocks) -> Iterator[str]:
    """Yield the chosen titles; all of them where they lie open."""
    value = element.get("value", "")
    chosen = value.split(",") if element.get("isMultiSelect") else [value]
    if element.get("style") == "expanded":
        yield f"{element['label']}"
        for choice in element["choices"]:
            yield f"  {'(•)' if choice['value'] in chosen else '( )'} {choice['title']}"
        return
    titles = [choice["title"] for choice in element["choices"] if choice["value"] in chosen]
    yield f"{element['label']}: {', '.join(titles)}".rstrip()


def _action(action: Element, blocks: Blocks) -> Iterator[str]:
    yield f"[{action['title']}]"
    inner: list[Element] = []
    if action["type"] == "Action.ToggleVisibility":
        inner = [blocks[name] for name in action["targetElements"] if name in blocks]
    if action["type"] == "Action.ShowCard":
        inner = action["card"]["body"]
    for element in inner:
        for line in _element(element, blocks):
            yield f"  {line}"
    for nested in action.get("card", {}).get("actions", ()):
        yield f"  [{nested['title']}]"


def _plain(escaped: str) -> str:
    return ESCAPED.sub(r"\1", MENTION.sub("", escaped))


READERS: dict[str, Callable[[Element, Blocks], Iterator[str]]] = {
    "TextBlock": _text,
    "Container": _container,
    "FactSet": _facts,
    "Table": _table,
    "ActionSet": _action_set,
    "Input.ChoiceSet": _choices,
    "Input.Date": _field,
    "Input.Number": _field,
    "Input.Text": _field,
}
