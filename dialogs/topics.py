"""A part of the conversation with its own orders and verbs, answered by its own desk."""

from typing import Protocol

from dialogs.orders import Order, OrderKind
from dialogs.taps import Tap
from dialogs.verbs import Verb
from dialogs.views import View
from scheduling.domain.people import Actor


class Topic(Protocol):
    """Answers what belongs to it with a view; may raise ``Refused``, which becomes one."""

    @property
    def orders(self) -> frozenset[OrderKind]:
        """Return the orders it answers; no other topic has them."""
        ...

    @property
    def verbs(self) -> frozenset[Verb]:
        """Return the verbs it answers; no other topic has them."""
        ...

    async def ordered(self, actor: Actor, conversation_id: str, order: Order) -> View:
        """Answer a sentence in a personal chat; ``conversation_id`` is that chat."""
        ...

    async def tapped(self, actor: Actor, conversation_id: str, tap: Tap) -> View:
        """Answer a tap, wherever the card is; everything in ``tap`` is untrusted."""
        ...
