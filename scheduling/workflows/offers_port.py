"""Earlier times for agents who asked for them, while it is quiet; see ``offers`` for who answers.

Every call authorises the actor afresh and may raise ``Refused``: NOT_YOUR_ROLE for who is no agent,
UNKNOWN_DRAFT for what is not theirs.
"""

from typing import Protocol

from scheduling.domain.offers import OfferView
from scheduling.domain.people import Actor


class Offers(Protocol):
    """Opt in and out, and answer an offer."""

    async def opted(self, actor: Actor) -> bool:
        """Whether the actor wants to be offered earlier times."""
        ...

    async def opt(self, actor: Actor, *, into: bool) -> bool:
        """Want to be offered earlier times, or not any more; no reason is asked."""
        ...

    async def offer(self, actor: Actor, offer_id: str) -> OfferView:
        """Return an offer to whom it was made."""
        ...

    async def accept(self, actor: Actor, offer_id: str) -> OfferView:
        """Take the earlier time: the first who does has it, and the session is moved there.

        The offer as it is where it is over, or where it is quiet no more.
        """
        ...

    async def pass_up(self, actor: Actor, offer_id: str) -> OfferView:
        """Let an offer be; that it was declined is kept nowhere."""
        ...
