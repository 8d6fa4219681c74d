"""Domain values to JSON columns and back; what does not fit raises ValueError."""

from collections.abc import Hashable
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter

T = TypeVar("T")


@cache
def _adapter(kind: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(cast("Any", kind))


def dump(kind: type[T] | Any, value: T) -> Any:  # noqa: ANN401 - JSON
    """Return ``value`` of type ``kind`` as plain JSON."""
    return _adapter(cast("Hashable", kind)).dump_python(value, mode="json")


def load(kind: type[T], value: object) -> T:
    """Return plain JSON as a value of type ``kind``."""
    loaded: T = _adapter(cast("Hashable", kind)).validate_python(value, strict=False)
    return loaded
