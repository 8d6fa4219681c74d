"""Reading an Adaptive Card as a person does: its words, its fields, its buttons."""

from collections.abc import Iterator, Mapping
from typing import Any

Element = Mapping[str, Any]
KNOWN = frozenset(
    {
        "TextBlock",
        "RichTextBlock",
        "FactSet",
        "Container",
        "ColumnSet",
        "Column",
        "Table",
        "TableRow",
        "TableCell",
        "ActionSet",
        "Image",
        "ImageSet",
        "Input.Text",
        "Input.Number",
        "Input.Date",
        "Input.Time",
        "Input.Toggle",
        "Input.ChoiceSet",
    }
)
"""The elements of version 1.5; of any other only the fallback is read."""


class NotShown(AssertionError):
    """A card does not show, or does not take, what a person was to see or do."""


def require(holds: object, otherwise: str) -> None:
    """Raise NotShown with ``otherwise`` unless ``holds``."""
    if not holds:
        raise NotShown(otherwise)


def speak(card: Element) -> list[str]:
    """Return the words of ``card`` in reading order: texts, facts, fields, then [buttons]."""
    return [*_body(card.get("body", ())), *_buttons(card.get("actions", ()))]


def find_action(card: Element, title: str) -> Element:
    """Return the action with that title, also inside other actions; NotShown if none."""
    actions = list(actions_of(card))
    for action in actions:
        if action.get("title") == title:
            return action
    raise NotShown(f"no button {title!r}; there are {[a.get('title') for a in actions]}")


def actions_of(card: Element) -> Iterator[Element]:
    """Yield every action of ``card``, depth first, those of cards inside ShowCard too."""
    for node in _walk(card):
        if str(node.get("type", "")).startswith("Action."):
            yield node


def fields_for(card: Element, action: Element) -> dict[str, Element]:
    """Return the fields that ``action`` sends: its own card's and those around it, as in Teams.

    A card that another button opens has fields of its own, which only its own buttons send.
    """
    return _fields_around(card, action) or {}


def _fields_around(card: Element, action: Element) -> dict[str, Element] | None:
    own = {key: value for key, value in card.items() if key != "type"}
    nodes = list(_walk(own, into_cards=False))
    fields = {n["id"]: n for n in nodes if str(n.get("type", "")).startswith("Input.")}
    if any(node is action for node in nodes):
        return fields
    for node in nodes:
        if node.get("type") == "Action.ShowCard":
            inner = _fields_around(node["card"], action)
            if inner is not None:
                return fields | inner
    return None


def fields_of(card: Element) -> dict[str, Element]:
    """Return the input fields of ``card`` by id."""
    return {
        node["id"]: node for node in _walk(card) if str(node.get("type", "")).startswith("Input.")
    }


def _walk(node: object, *, into_cards: bool = True) -> Iterator[Element]:
    if isinstance(node, dict):
        if node.get("isVisible") is False and str(node.get("type", "")).startswith("Action."):
            return
        yield node
        for key, value in node.items():
            if key not in {"data", "fallback", "refresh"} and (into_cards or key != "card"):
                yield from _walk(value, into_cards=into_cards)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from _walk(value, into_cards=into_cards)


def _body(elements: object) -> Iterator[str]:
    if isinstance(elements, dict):
        elements = [elements]
    for element in elements if isinstance(elements, list | tuple) else ():
        if element.get("isVisible") is not False:
            yield from _element(element)


def _element(element: Element) -> Iterator[str]:
    kind = str(element.get("type", ""))
    if kind not in KNOWN:
        yield from _body(element.get("fallback", ()))
    elif kind == "TextBlock":
        yield str(element.get("text", ""))
    elif kind == "RichTextBlock":
        yield "".join(r if isinstance(r, str) else r["text"] for r in element["inlines"])
    elif kind == "FactSet":
        yield from (f"{fact['title']}: {fact['value']}" for fact in element.get("facts", ()))
    elif kind == "ActionSet":
        yield from _buttons(element.get("actions", ()))
    elif kind.startswith("Input."):
        yield _field(element)
    else:
        for part in ("columns", "rows", "cells", "items"):
            yield from _contained(element.get(part, ()))


def _contained(children: object) -> Iterator[str]:
    # Columns of a ColumnSet, rows and cells of a Table may leave their type out.
    for child in children if isinstance(children, list | tuple) else ():
        yield from _body([{"type": "Container"} | child])


def _field(element: Element) -> str:
    titles = {c["value"]: c["title"] for c in element.get("choices", ())}
    value = str(element.get("value", ""))
    shown = ", ".join(titles.get(part, part) for part in value.split(",")) if titles else value
    name = element.get("label") or element.get("title") or element["id"]
    return f"{name}: {shown or element.get('placeholder', '')}".rstrip()


def _buttons(actions: object) -> Iterator[str]:
    for action in actions if isinstance(actions, list | tuple) else ():
        if action.get("title"):
            yield f"[{action['title']}]"
