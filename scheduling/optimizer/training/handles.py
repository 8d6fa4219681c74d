"""Fields, states and kept plans as the compiler likes them: one pointer each, not sixty arrays.

A named tuple is passed to a compiled function array by array, which makes both compiling and
calling slow; a handle holds the same arrays behind one pointer. Uncompiled, tuples are handles.
"""

from collections.abc import Iterable
from typing import Any, TypeVar

from numba import config, types
from numba.experimental import structref

from scheduling.optimizer.compiled import compiled
from scheduling.optimizer.training.field import Field, Kept, State

Arrays = TypeVar("Arrays", Field, State, Kept)


class _Type(types.StructRef):
    def preprocess_fields(self, fields: Iterable[tuple[str, object]]) -> tuple[object, ...]:
        return tuple((name, types.unliteral(each)) for name, each in fields)  # type: ignore[no-untyped-call]


@structref.register
class _FieldType(_Type):
    pass


@structref.register
class _StateType(_Type):
    pass


@structref.register
class _KeptType(_Type):
    pass


class _FieldHandle(structref.StructRefProxy):
    pass


class _StateHandle(structref.StructRefProxy):
    pass


class _KeptHandle(structref.StructRefProxy):
    pass


structref.define_proxy(_FieldHandle, _FieldType, list(Field._fields))  # type: ignore[no-untyped-call]
structref.define_proxy(_StateHandle, _StateType, list(State._fields))  # type: ignore[no-untyped-call]
structref.define_proxy(_KeptHandle, _KeptType, list(Kept._fields))  # type: ignore[no-untyped-call]


@compiled
def _field(arrays: Field) -> object:
    return _FieldHandle(*arrays)  # type: ignore[no-untyped-call]


@compiled
def _state(arrays: State) -> object:
    return _StateHandle(*arrays)  # type: ignore[no-untyped-call]


@compiled
def _kept(arrays: Kept) -> object:
    return _KeptHandle(*arrays)  # type: ignore[no-untyped-call]


def handle(arrays: Arrays) -> Arrays:
    """Return a handle on ``arrays``: what is written through one is seen through the other."""
    if config.DISABLE_JIT:  # type: ignore[attr-defined]
        return arrays
    makers: dict[type, Any] = {Field: _field, State: _state, Kept: _kept}
    made: Arrays = makers[type(arrays)](arrays)
    return made
