"""What goes into the audit: no call site hands it a person's words."""

import ast
from collections.abc import Iterator, Mapping

WORDS = {
    "address",
    "display_name",
    "label",
    "mail",
    "name",
    "note",
    "payload",
    "reason",
    "record",
    "room_name",
    "said",
    "text",
    "title",
}
"""Attributes and variables that hold names, addresses or free text."""

SINKS = {"record", "_audit", "_record", "_advance"}
"""The audit's own function, and those that pass ``detail`` on to it."""


def test_no_name_address_or_free_text_is_handed_to_the_audit(
    product: Mapping[str, ast.Module],
) -> None:
    handed = [
        f"{name}:{call.lineno}: {word}"
        for name, tree in product.items()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and _is_audit(call)
        for word in _words(call)
        if word in WORDS
    ]
    assert handed == []


def test_lines_are_written_in_one_place_only(
    product: Mapping[str, ast.Module], texts: Mapping[str, str]
) -> None:
    writing = [
        name
        for name, tree in product.items()
        # writing a module out anew takes long, and a call broken over lines has both words as well
        if "audit" in texts[name]
        and "insert" in texts[name]
        and "audit.insert" in ast.unparse(tree)
    ]
    assert writing == ["scheduling/storage/audit.py"]


def _is_audit(call: ast.Call) -> bool:
    function = call.func
    if not isinstance(function, ast.Attribute):
        return isinstance(function, ast.Name) and function.id in SINKS
    owner = function.value
    of_audit = isinstance(owner, ast.Name) and owner.id == "audit" and function.attr == "record"
    return of_audit or function.attr in SINKS - {"record"}


def _words(call: ast.Call) -> Iterator[str]:
    """Yield the attributes and variables that what is recorded is made of."""
    recorded = {"actor", "action", "subject", "on_behalf_of", "before", "after", "detail"}
    parts: list[ast.expr] = [k.value for k in call.keywords if k.arg in recorded]
    if not isinstance(call.func, ast.Attribute):
        parts += call.args
    for part in parts:
        for node in ast.walk(part):
            if isinstance(node, ast.Attribute):
                yield node.attr
            elif isinstance(node, ast.Name):
                yield node.id
