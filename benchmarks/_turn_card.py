"""What the bots of bench_turns have in common: who they are, the clock, and the card."""

from typing import Any

from bot.clocks import SystemClock

__all__ = ["APP_ID", "TENANT", "SystemClock", "form_card"]

APP_ID = "9f6d2a10-0000-4000-8000-0000000000b0"
TENANT = "5b3c8a52-0000-4000-8000-00000000a51d"


def form_card() -> dict[str, Any]:
    """Return a form of the usual size, about 3 KB: eight fields, a fact set, two buttons."""
    people = [{"title": f"Agent number {n}", "value": f"agent-{n}"} for n in range(10)]
    fields = [
        {
            "type": "Input.ChoiceSet",
            "id": f"field-{n}",
            "label": f"Field number {n}",
            "style": "filtered",
            "choices": people if n < 3 else people[:2],
        }
        for n in range(8)
    ]
    facts = [{"title": f"Fact {n}", "value": "Thursday 10:00 to 10:30"} for n in range(5)]
    execute = {"type": "Action.Execute", "verb": "book", "data": {"draft": "d", "version": 2}}
    return {
        "type": "AdaptiveCard",
        "version": "1.5",
        "refresh": {"action": execute, "userIds": ["29:someone"]},
        "body": [
            {"type": "TextBlock", "text": "One-to-one with Asha Rao", "weight": "Bolder"},
            {"type": "FactSet", "facts": facts},
            *fields,
        ],
        "actions": [execute | {"title": "Book"}, execute | {"title": "Cancel", "verb": "cancel"}],
    }
