"""The directory of people (Entra through Graph)."""

from dataclasses import dataclass
from typing import Protocol


class DirectoryError(Exception):
    """The directory gave no usable answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryPerson:
    """A directory account. ``address`` is a hint for binding, never proof.

    A ``guest`` belongs to another organisation, whatever their address is.
    """

    object_id: str
    name: str
    address: str | None
    enabled: bool = True
    guest: bool = False

    @property
    def may_be_bound(self) -> bool:
        """Whether this can be the account of somebody of the house: enabled, and no guest's."""
        return self.enabled and not self.guest


class Directory(Protocol):
    """Looks people up. Both calls may raise DirectoryError."""

    async def by_object_id(self, object_id: str) -> DirectoryPerson | None:
        """Return the account, or None where there is none."""
        ...

    async def by_address(self, address: str) -> DirectoryPerson | None:
        """Return the account whose mail or sign-in name is ``address``, or None."""
        ...
