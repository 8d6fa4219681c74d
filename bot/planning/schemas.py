"""The published JSON Schemas: of problem and plan files, from the types that read them; of cards."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from pydantic import TypeAdapter

from bot.planning.canonical import Json
from bot.planning.files import FIGURES, PLANS, PROBLEMS
from dialogs.cards.schema import SCHEMA as CARD
from scheduling.optimizer.outcome import Impact

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def problem_schema() -> Json:
    """Return the schema of a problem file."""
    return _of(PROBLEMS, "Problem", "A planning problem of Aside")


def plan_schema() -> Json:
    """Return the schema of a plan file: the plan, its figures, and its forecast."""
    schema = _of(PLANS, "Plan", "A plan of Aside")
    forecast = TypeAdapter(Impact | None).json_schema()
    schema["$defs"] |= forecast["$defs"]
    top = schema["$defs"]["Plan"]
    top["properties"] |= {
        "gap": {"type": "number", "minimum": 0, "description": "(cost - bound) / cost, a fraction"},
        "placed": {"type": "integer", "minimum": 0},
        "failed": {"type": "integer", "minimum": 0},
        "seconds": {"type": "number", "minimum": 0, "description": "of the search, by the clock"},
        "forecast": {"$ref": "#/$defs/Impact"},
    }
    top["required"] = sorted({*top["required"], *FIGURES})
    return schema


def schema_text(schema: Json) -> str:
    """Return a schema as it is published."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _of(adapter: TypeAdapter[Any], name: str, title: str) -> Json:
    made = adapter.json_schema()
    return {
        "$schema": _DIALECT,
        "title": title,
        "$ref": f"#/$defs/{name}",
        "$defs": made["$defs"],
    }


SCHEMAS: Final[Mapping[str, Callable[[], Json]]] = {
    "problem": problem_schema,
    "plan": plan_schema,
    "card": lambda: CARD,
}
"""By the name under which it is asked for."""
