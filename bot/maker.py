"""Views to cards for one reader: their locale, zone and role."""

from typing import Any

from dialogs.cards import render
from dialogs.scheduler_views import QueueView
from dialogs.views import View, Viewer
from dialogs.wording import Words
from scheduling.domain.people import Actor, Person, Role
from scheduling.ports.clock import Clock


class CardMaker:
    """Views to cards for one reader: their locale, zone and role."""

    def __init__(self, clock: Clock) -> None:
        """Say times as they are now."""
        self._clock = clock

    def viewer(self, person: Person | None, locale: str) -> Viewer:
        """Return how somebody reads; an unknown person reads UTC."""
        return Viewer(
            locale=locale,
            zone=person.zone if person else "UTC",
            now=self._clock.now(),
            scheduler=bool(person and person.has(Role.SCHEDULER)),
        )

    def words(self, actor: Actor) -> Words:
        """Return the words for who is speaking."""
        return Words.for_viewer(self.viewer(actor.person, actor.locale))

    def card(self, view: View, actor: Actor, account_id: str = "") -> dict[str, Any]:
        """Return the card for who is speaking.

        Teams asks for a queue again whenever the account comes upon it; other cards are edited.
        """
        refresh_for = (account_id,) if account_id and isinstance(view, QueueView) else ()
        return render(view, self.viewer(actor.person, actor.locale), refresh_for)

    def card_for(self, view: View, person: Person, locale: str) -> dict[str, Any]:
        """Return the card for a person who is not speaking now."""
        return render(view, self.viewer(person, locale))

    def shared_card(
        self, view: View, locale: str, zone: str = "UTC", refresh_for: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        """Return the card that readers in several zones see; its times say whose they are."""
        reader = Viewer(locale=locale, zone=zone, now=self._clock.now(), shared=True)
        return render(view, reader, refresh_for)
