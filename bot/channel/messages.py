"""Activities that we send: their shape, their size, and texts cut where they are too long."""

import json
from collections.abc import Mapping
from typing import Any

SOFT = 28 * 1024
HARD = 80 * 1024
ADAPTIVE_CARD = "application/vnd.microsoft.card.adaptive"


def message(
    *, card: Mapping[str, Any] | None = None, text: str | None = None, summary: str | None = None
) -> dict[str, Any]:
    """Return a message activity with a card, a text, or both.

    ``text`` is shown as it is: names and notes in it cannot become markup. ``summary`` is what
    a notification shows of a card.
    """
    activity: dict[str, Any] = {"type": "message"}
    if text is not None:
        activity |= {"text": text, "textFormat": "plain"}
    if summary is not None:
        activity["summary"] = summary
    if card is not None:
        activity["attachments"] = [{"contentType": ADAPTIVE_CARD, "content": card}]
    return activity


def as_json(body: Mapping[str, Any]) -> bytes:
    """Return ``body`` as compact JSON in UTF-8."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def size_of(activity: Mapping[str, Any]) -> int:
    """Return the bytes of ``activity`` as Teams counts them: its JSON in UTF-16."""
    return len(json.dumps(activity, ensure_ascii=False).encode("utf-16-le", "surrogatepass"))


def parts_of(activity: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return ``activity`` as one message or, for a text over ``SOFT``, as several.

    Attachments go with the last part, under which a reader looks for the buttons.
    """
    text = activity.get("text")
    if not isinstance(text, str) or size_of({"text": text}) <= SOFT:
        return [activity]
    *first, last = split_text(text, SOFT // 4)
    without = {key: value for key, value in activity.items() if key != "attachments"}
    return [*({**without, "text": part} for part in first), {**activity, "text": last}]


def split_text(text: str, most: int) -> list[str]:
    """Return ``text`` in parts of at most ``most`` characters, cut at lines, else at words."""
    parts = []
    while len(text) > most:
        cut = max(text.rfind("\n", 1, most + 1), 0) or max(text.rfind(" ", 1, most + 1), 0) or most
        parts.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*parts, text]
