"""What our cards may be made of, as a JSON Schema (2020-12); ``aside schema card`` prints it.

A whitelist of Adaptive Cards 1.5 as Teams draws it on desktop, web and phone, far narrower than
the format: no images or media, no link buttons, labels on every input, a fallback on every tap
and on every Teams extension. It is data: whoever checks a card brings the checker.
"""

from typing import Any

Schema = dict[str, Any]

NAME: Schema = {"type": "string", "minLength": 1, "maxLength": 200}
TEXT: Schema = {"type": "string", "minLength": 1, "maxLength": 2000}
SPACING: Schema = {"enum": ["None", "Small", "Default", "Medium", "Large"]}
BOOL: Schema = {"type": "boolean"}
DATA: Schema = {"type": "object", "required": ["n"]}


def _list(of: str, least: int = 1, most: int = 400) -> Schema:
    return {
        "type": "array",
        "items": {"$ref": f"#/$defs/{of}"},
        "minItems": least,
        "maxItems": most,
    }


def _object(kind: str, required: dict[str, Schema], optional: dict[str, Schema]) -> Schema:
    """Return the schema of one element type with exactly these properties."""
    return {
        "type": "object",
        "properties": {"type": {"const": kind}, **required, **optional},
        "required": ["type", *required],
        "additionalProperties": False,
    }


def _input(kind: str, required: dict[str, Schema], optional: dict[str, Schema]) -> Schema:
    common: dict[str, Schema] = {"id": NAME, "label": NAME, **required}
    return _object(kind, common, {"spacing": SPACING, **optional})


def _one_of(kinds: dict[str, Schema]) -> Schema:
    """Return the schema that is chosen by ``type``: quicker than trying all, clearer when wrong."""
    return {
        "required": ["type"],
        "properties": {"type": {"enum": list(kinds)}},
        "allOf": [
            {
                "if": {"properties": {"type": {"const": kind}}},
                "then": {"$ref": f"#/$defs/{kind}"},
            }
            for kind in kinds
        ],
    }


ELEMENTS: dict[str, Schema] = {
    "TextBlock": _object(
        "TextBlock",
        {"text": TEXT, "wrap": {"const": True}},
        {
            "size": {"enum": ["Small", "Medium", "Large"]},
            "weight": {"const": "Bolder"},
            "style": {"const": "heading"},
            "isSubtle": BOOL,
            "spacing": SPACING,
        },
    ),
    "Container": _object(
        "Container",
        {"items": _list("element")},
        {
            "id": NAME,
            "style": {"enum": ["emphasis", "good", "warning", "attention"]},
            "isVisible": BOOL,
            "spacing": SPACING,
        },
    ),
    "ActionSet": _object("ActionSet", {"actions": _list("action", most=6)}, {"spacing": SPACING}),
    "FactSet": _object("FactSet", {"facts": _list("fact")}, {"spacing": SPACING}),
    "Table": _object(
        "Table",
        {
            "columns": {
                "type": "array",
                "minItems": 2,
                "maxItems": 4,
                "items": {
                    "type": "object",
                    "properties": {"width": {"type": "integer", "minimum": 1}},
                    "required": ["width"],
                    "additionalProperties": False,
                },
            },
            "rows": _list("row", least=2),
            "firstRowAsHeader": {"const": True},
        },
        {"showGridLines": BOOL, "spacing": SPACING},
    ),
    "Input.ChoiceSet": _input(
        "Input.ChoiceSet",
        {"choices": _list("choice", least=0)},
        {
            "value": {"type": "string"},
            "style": {"enum": ["compact", "expanded", "filtered"]},
            "isMultiSelect": BOOL,
            "wrap": BOOL,
            "choices.data": {
                "type": "object",
                "properties": {
                    "type": {"const": "Data.Query"},
                    "dataset": {"enum": ["people", "facilitators"]},
                    "associatedInputs": {"const": "auto"},
                },
                "required": ["type", "dataset"],
                "additionalProperties": False,
            },
        },
    ),
    "Input.Date": _input(
        "Input.Date", {}, {"value": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"}}
    ),
    "Input.Number": _input(
        "Input.Number",
        {"min": {"type": "integer"}, "max": {"type": "integer"}},
        {"value": {"type": "integer"}},
    ),
    "Input.Text": _input(
        "Input.Text",
        {"maxLength": {"type": "integer"}},
        {"isMultiline": BOOL, "isRequired": BOOL, "errorMessage": NAME, "value": TEXT},
    ),
    "Chart.Line": _object(
        "Chart.Line",
        {"title": NAME, "data": _list("series"), "fallback": {"$ref": "#/$defs/TextBlock"}},
        {
            "xAxisTitle": NAME,
            "yAxisTitle": NAME,
            "yMin": {"type": "number"},
            "yMax": {"type": "number"},
        },
    ),
}

STYLE: Schema = {"const": "positive"}

ACTIONS: dict[str, Schema] = {
    "Action.Execute": _object(
        "Action.Execute",
        {"title": NAME, "verb": NAME, "data": {"type": "object"}},
        {"style": STYLE, "fallback": {"$ref": "#/$defs/Action.Submit"}},
    )
    | {"required": ["type", "title", "verb", "data", "fallback"]},
    "Action.Submit": _object(
        "Action.Submit", {"title": NAME, "data": {"type": "object"}}, {"style": STYLE}
    ),
    "Action.ShowCard": _object(
        "Action.ShowCard", {"title": NAME, "card": {"$ref": "#/$defs/inner"}}, {}
    ),
    "Action.ToggleVisibility": _object(
        "Action.ToggleVisibility",
        {"title": NAME, "targetElements": {"type": "array", "items": NAME, "minItems": 1}},
        {},
    ),
}

POINT: Schema = {
    "type": "object",
    "properties": {"x": NAME, "y": {"type": "number"}},
    "required": ["x", "y"],
    "additionalProperties": False,
}

PARTS: dict[str, Schema] = {
    "fact": {
        "type": "object",
        "properties": {"title": TEXT, "value": TEXT},
        "required": ["title", "value"],
        "additionalProperties": False,
    },
    "choice": {
        "type": "object",
        "properties": {"title": TEXT, "value": NAME},
        "required": ["title", "value"],
        "additionalProperties": False,
    },
    "row": _object("TableRow", {"cells": _list("cell", most=4)}, {}),
    "cell": _object("TableCell", {"items": _list("element")}, {}),
    "series": {
        "type": "object",
        "properties": {
            "legend": NAME,
            "color": NAME,
            "values": {"type": "array", "items": POINT, "minItems": 2, "maxItems": 40},
        },
        "required": ["legend", "values"],
        "additionalProperties": False,
    },
    "inner": _object("AdaptiveCard", {"body": _list("element"), "actions": _list("action")}, {}),
    "element": _one_of(ELEMENTS),
    "action": _one_of(ACTIONS),
}

REFRESH: Schema = {
    "type": "object",
    "properties": {
        "action": {
            "type": "object",
            "properties": {
                "type": {"const": "Action.Execute"},
                "verb": {"enum": ["refresh", "item", "group", "queue", "rush"]},
                "data": DATA,
            },
            "required": ["type", "verb", "data"],
            "additionalProperties": False,
        },
        "userIds": {"type": "array", "items": NAME, "minItems": 1, "maxItems": 60},
    },
    "required": ["action", "userIds"],
    "additionalProperties": False,
}

MENTION: Schema = {
    "type": "object",
    "properties": {
        "type": {"const": "mention"},
        "text": {"type": "string", "pattern": "^<at>[^<>]+</at>$"},
        "mentioned": {
            "type": "object",
            "properties": {"id": NAME, "name": NAME},
            "required": ["id", "name"],
            "additionalProperties": False,
        },
    },
    "required": ["type", "text", "mentioned"],
    "additionalProperties": False,
}
MSTEAMS: Schema = {
    "type": "object",
    "properties": {"entities": {"type": "array", "items": MENTION, "minItems": 1, "maxItems": 60}},
    "required": ["entities"],
    "additionalProperties": False,
}

SCHEMA: Schema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "A card of Aside",
    **_object(
        "AdaptiveCard",
        {"version": {"const": "1.5"}, "body": _list("element")},
        {
            "$schema": {"type": "string"},
            "actions": _list("action", most=6),
            "refresh": REFRESH,
            "msteams": MSTEAMS,
        },
    ),
    "$defs": {**ELEMENTS, **ACTIONS, **PARTS},
}
"""The whole card."""
