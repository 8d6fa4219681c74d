"""What is wrong with a file, place by place, in words for whoever wrote it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from scheduling.domain.times import FieldError
from scheduling.optimizer.problem import ProblemError

MOST_SHOWN: Final = 10

_SAID: Final = {
    "missing": ("this field is missing", "add it"),
    "unexpected_keyword_argument": (
        "there is no field of this name",
        "check its spelling, or leave it out",
    ),
    "finite_number": ("this is not a finite number", "give a number"),
    "enum": ("this is none of the words allowed here", "take one of: {expected}"),
    "datetime_from_date_parsing": ("this is no instant", "write it as 2027-03-08T09:00:00Z"),
    "datetime_parsing": ("this is no instant", "write it as 2027-03-08T09:00:00Z"),
    "datetime_type": ("this is no instant", "write it as 2027-03-08T09:00:00Z"),
    "date_from_datetime_parsing": ("this is no date", "write it as 2027-03-08"),
    "date_parsing": ("this is no date", "write it as 2027-03-08"),
    "date_type": ("this is no date", "write it as 2027-03-08"),
    "time_parsing": ("this is no time of day", "write it as 09:00:00"),
    "time_type": ("this is no time of day", "write it as 09:00:00"),
    "tuple_type": ("this is not a list", "write it in [ ]"),
    "frozen_set_type": ("this is not a list", "write it in [ ]"),
    "mapping_type": ("this is not an object", "write it in { }"),
    "dict_type": ("this is not an object", "write it in { }"),
    "dataclass_type": ("this is not an object", "write it in { }"),
    "string_type": ("this is not a text", 'write it in " "'),
    "int_type": ("this is not a whole number", "write a whole number without quotes"),
    "int_from_float": ("this is not a whole number", "write a whole number"),
    "float_type": ("this is not a number", "write a number without quotes"),
    "bool_type": ("this is not true or false", "write true or false without quotes"),
}
_TO_DO: Final = "change what contradicts, or leave it out"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFault:
    """One fault: the JSON pointer of where ("" is the whole file), what is wrong, what to do."""

    pointer: str
    said: str
    to_do: str

    def __str__(self) -> str:
        """Return the fault as one line."""
        return f"{self.pointer or 'the whole file'}: {self.said}; {self.to_do}"


class BadFile(Exception):
    """A file cannot be used. ``faults`` is everything known to be wrong with it."""

    def __init__(self, name: str, faults: Sequence[FileFault]) -> None:
        """Keep the ``faults`` of the file called ``name``; the message shows the first of them."""
        lines = [f"  {fault}" for fault in faults[:MOST_SHOWN]]
        if len(faults) > MOST_SHOWN:
            lines.append(f"  and {len(faults) - MOST_SHOWN} more")
        super().__init__("\n".join([f"{name} cannot be used:", *lines]))
        self.faults = tuple(faults)


def faults_of(error: ValidationError) -> tuple[FileFault, ...]:
    """Return every fault that the validation found, in the order of the file."""
    every = error.errors(include_url=False, include_input=False)
    return tuple(fault for each in every for fault in _faults(each))


def _faults(details: ErrorDetails) -> Iterator[FileFault]:
    """Yield one fault, or all contradictions between parts that can each be read."""
    cause = details.get("ctx", {}).get("error")
    if isinstance(cause, ProblemError):
        for each in cause.contradictions:
            yield FileFault(pointer=each.pointer, said=each.said, to_do=_TO_DO)
    else:
        yield _fault(details)


def _fault(details: ErrorDetails) -> FileFault:
    cause, pointer = details.get("ctx", {}).get("error"), pointer_of(details["loc"])
    if isinstance(cause, ValueError):
        inside = cause.field if isinstance(cause, FieldError) else ()
        return FileFault(pointer=pointer + pointer_of(inside), said=str(cause), to_do=_TO_DO)
    if details["type"] == "json_invalid":
        what = details["msg"].removeprefix("Invalid JSON: ")
        return FileFault(pointer="", said=f"this is not JSON: {what}", to_do="mend it there")
    said, to_do = _SAID.get(details["type"], (details["msg"], "see the schema under docs/"))
    expected = str(details.get("ctx", {}).get("expected", ""))
    return FileFault(pointer=pointer, said=said, to_do=to_do.replace("{expected}", expected))


def pointer_of(place: Sequence[str | int]) -> str:
    """Return a JSON pointer (RFC 6901)."""
    return "".join(_steps(place))


def _steps(place: Sequence[str | int]) -> Iterator[str]:
    for step in place:
        if step != "[key]":
            yield "/" + str(step).replace("~", "~0").replace("/", "~1")
