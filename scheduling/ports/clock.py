"""What time it is, and how ids are made: injected, so that tests decide both."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The one source of "now" outside the pure core."""

    def now(self) -> datetime:
        """Return the current aware UTC instant."""
        ...


class Ids(Protocol):
    """The one source of fresh ids."""

    def new(self) -> str:
        """Return an unguessable id of at least 128 random bits."""
        ...
