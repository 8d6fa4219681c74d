"""How mail invitations are sent; the composition root fills it in."""

from dataclasses import dataclass, field
from enum import StrEnum

from scheduling.ports.calendar import Mailbox


class Encryption(StrEnum):
    """How the connection to the mail server is protected; NONE is for this machine only."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """One mail server and the mailbox that invitations come from.

    ``sender`` is both From and ORGANIZER: mail clients offer Accept only where they agree, and
    a server of ours may not send as a facilitator. The facilitator is invited as the chair.
    ``people_are_free``: with no calendar to read, a person's time is unknown, which the core
    treats as not free; True takes the WFM's word alone and calls it free.
    ``online_url`` is a standing link for online sessions. ``timeout`` is in seconds.
    """

    host: str
    sender: Mailbox
    port: int = 587
    encryption: Encryption = Encryption.STARTTLS
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    people_are_free: bool = False
    online_url: str | None = None
    timeout: float = 30.0

    def __post_init__(self) -> None:
        if self.encryption is Encryption.NONE and self.host not in (
            "127.0.0.1",
            "localhost",
            "::1",
        ):
            raise ValueError(f"mail to {self.host} needs STARTTLS or TLS")
