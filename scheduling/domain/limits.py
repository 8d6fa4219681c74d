"""What a field of the house's set-up may hold, beside its type, and how a misfit is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    """One thing that does not fit: where (names from the outside in), what kind, and its facts."""

    path: tuple[str, ...]
    kind: str
    facts: Mapping[str, str] = field(default_factory=dict)


class Unfit(ValueError):
    """A value breaks rules of its own; ``misfits`` are placed within it."""

    def __init__(self, message: str, *misfits: Misfit) -> None:
        """Keep where it does not fit."""
        super().__init__(message)
        self.misfits = misfits


def limited(
    default: float | timedelta | None, least: float | timedelta, most: float | timedelta
) -> Any:  # noqa: ANN401 - stands for a field of the default's type
    """Return a field with a default that is set up between ``least`` and ``most``, inclusive."""
    return field(default=default, metadata={"least": least, "most": most})


def required(longest: int) -> Any:  # noqa: ANN401 - stands for a field of any text
    """Return a field for a text of 1 to ``longest`` characters."""
    return field(metadata={"longest": longest})
