"""Draws the offers of an earlier time, for those to whom they are made."""

from dialogs.scheduler_views import EarlyOfferView
from dialogs.views import View
from scheduling.domain.people import Person
from scheduling.storage import earlier
from scheduling.workflows.offers import offer_view
from scheduling.workflows.services import Services


class OfferDrawer:
    """Draws an offer as it is now; see ``Drawer``."""

    def __init__(self, services: Services) -> None:
        """Read with these services."""
        self._services = services

    async def draw(self, person: Person, subject: str) -> View | None:
        """Return the offer, None where it was not made to this person."""
        async with self._services.store.read() as tx:
            row = await earlier.get(tx, subject)
            if row is None or row.person_id != person.id:
                return None
            return EarlyOfferView(offer=await offer_view(tx, self._services.catalogue, row))
