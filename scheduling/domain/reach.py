"""By what ways a person can be reached: mailbox, account, Aside's app in Teams, the WFM."""

from dataclasses import dataclass
from enum import StrEnum


class Account(StrEnum):
    """How somebody's account in the directory stood when it was last looked at."""

    ENABLED = "enabled"
    DISABLED = "disabled"
    MISSING = "missing"
    UNKNOWN = "unknown"


class App(StrEnum):
    """How it stands with our app for somebody: there, asked for, refused by a policy, or not looked at."""

    THERE = "there"
    ASKED = "asked"
    REFUSED = "refused"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What is known of one person. ``chat`` is whether Aside can write to them in Teams now."""

    person_id: str
    name: str
    mailbox: bool
    in_wfm: bool
    account: Account
    app: App

    @property
    def chat(self) -> bool:
        """Whether a message of ours arrives."""
        return self.app is App.THERE and self.account not in (Account.DISABLED, Account.MISSING)

    @property
    def whole(self) -> bool:
        """Whether nothing is missing."""
        return self.mailbox and self.chat
