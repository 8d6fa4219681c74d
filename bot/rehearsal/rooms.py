"""What a Teams tenant holds, for tests: people, conversations, and what the bot posted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TENANT = "5b3c8a52-0000-4000-8000-00000000a51d"
APP_ID = "9f6d2a10-0000-4000-8000-0000000000b0"


@dataclass(frozen=True, kw_only=True)
class User:
    """Somebody with an account in Teams."""

    name: str
    object_id: str
    locale: str = "en-GB"
    tenant_id: str = TENANT
    guest: bool = False

    @property
    def account_id(self) -> str:
        """The id of the account in Teams, as ``refresh.userIds`` has it."""
        return f"29:{self.object_id}"


@dataclass(kw_only=True)
class Post:
    """Something the bot posted; ``views`` are cards put in its place for one person each."""

    id: str
    activity: Mapping[str, Any]
    thread: str | None = None
    updates: int = 0
    views: dict[str, dict[str, Any]] = field(default_factory=dict)
    looked: set[str] = field(default_factory=set)

    @property
    def text(self) -> str:
        """The text, if any."""
        return str(self.activity.get("text") or "")

    @property
    def card(self) -> dict[str, Any] | None:
        """The card that everybody sees, if any."""
        found = self._attached("card.adaptive")
        return dict(found["content"]) if found else None

    @property
    def offer(self) -> dict[str, Any] | None:
        """The file that is offered here, if any."""
        return self._attached("file.consent")

    @property
    def file(self) -> dict[str, Any] | None:
        """The file that was given here, if any."""
        return self._attached("file.info")

    def _attached(self, kind: str) -> dict[str, Any] | None:
        attachments = self.activity.get("attachments") or []
        return next((dict(a) for a in attachments if a["contentType"].endswith(kind)), None)

    def replace(self, activity: Mapping[str, Any]) -> None:
        """Show ``activity`` to everybody: views of single people are gone until they look again."""
        self.activity = activity
        self.updates += 1
        self.views.clear()
        self.looked.clear()


@dataclass(kw_only=True)
class Room:
    """A conversation: who is in it, and what the bot posted there.

    ``refuses`` is the code with which Teams answers every call from now on; ``gone`` are threads
    whose first message was deleted.
    """

    id: str
    kind: str
    members: list[User]
    name: str = ""
    team: str = ""
    posts: list[Post] = field(default_factory=list)
    installed: bool = True
    refuses: str | None = None
    gone: set[str] = field(default_factory=set)


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request that the bot made of the connector."""

    method: str
    path: str
    body: Mapping[str, Any]
    authorization: str | None


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """What the bot answered over HTTP."""

    status: int
    body: dict[str, Any] | None


@dataclass(kw_only=True)
class Failure:
    """What goes wrong with the next ``times`` requests of ``method``."""

    method: str
    status: int
    times: int
    retry_after: int | None
    code: str
    lost: bool
