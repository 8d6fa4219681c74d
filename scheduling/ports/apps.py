"""Putting Aside's own app where people are: without it nobody can be written to first."""

from enum import StrEnum
from typing import Protocol


class Installed(StrEnum):
    """What became of an installation: made, or there before, refused by a policy, or nowhere to put it."""

    MADE = "made"
    THERE = "there"
    REFUSED = "refused"
    NOBODY = "nobody"


class AppsError(Exception):
    """No usable answer; asking again later may help. ``after`` is how many seconds, if said."""

    def __init__(self, message: str, after: float | None = None) -> None:
        """Keep how long to wait."""
        super().__init__(message)
        self.after = after


class Apps(Protocol):
    """Installs the app for people. Repeating it changes nothing."""

    async def install(self, object_id: str) -> Installed:
        """Install the app for a directory account; AppsError where there was no usable answer."""
        ...
