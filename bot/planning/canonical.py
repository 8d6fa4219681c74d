"""The one way a problem or plan is written: the same value gives the same bytes anywhere.

Fields are in the order of their types, what equals its default is left out, sets are sorted,
mappings are in order of their keys, instants are UTC with a Z.
"""

import json
from collections.abc import Hashable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime, time
from functools import cache, lru_cache
from typing import Any, cast

from scheduling.domain.times import Interval

Json = dict[str, Any]


def canonical(value: object, *, indent: int | None = None) -> bytes:
    """Return ``value`` (frozen dataclasses, sets, mappings, instants) as JSON in UTF-8.

    ValueError for a number that JSON has not, TypeError for a type that no problem or plan has.
    """
    separators = (",", ":") if indent is None else (",", ": ")
    text = json.dumps(
        value,
        default=_plain,
        allow_nan=False,
        ensure_ascii=False,
        check_circular=False,
        separators=separators,
        indent=indent,
    )
    return text.encode() + b"\n"


def as_json(value: object) -> Json:
    """Return the dataclass ``value`` as one level of JSON: its parts are made plain on writing."""
    return {
        name: _mapping(part) if isinstance(part, dict) else part
        for name, default in _columns(cast("Hashable", type(value)))
        if type(part := getattr(value, name)) is not type(default) or part != default
    }


def _plain(value: object) -> object:
    """Return what the JSON encoder, which asks for what it does not know, can go on with."""
    if isinstance(value, Interval):  # nine of ten; said at once, it takes half the time
        return {"start": _instant(value.start), "end": _instant(value.end)}
    if is_dataclass(value):
        return as_json(value)
    if isinstance(value, datetime):
        return _instant(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return _mapping(value)
    raise TypeError(f"{type(value).__name__} has no place in a problem or plan")


@lru_cache(maxsize=10_000)  # a problem has few instants, each of them very often
def _instant(value: datetime) -> str:
    return value.isoformat()[: -len("+00:00")] + "Z"


def _mapping(value: Mapping[Any, object]) -> Json:
    return {str(key): value[key] for key in sorted(value)}


@cache
def _columns(kind: Hashable) -> tuple[tuple[str, object], ...]:
    return tuple((each.name, _default(each)) for each in fields(cast("type", kind)))


def _default(of: Field[Any]) -> object:
    if of.default_factory is not MISSING:
        return of.default_factory()
    return of.default
