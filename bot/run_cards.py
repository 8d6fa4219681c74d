"""A run's card in its owner's chat, brought up to date as the run goes on."""

from bot.posting import Poster
from dialogs.recurring import next_month
from dialogs.run_views import RunCardView, TemplatesView
from dialogs.views import View
from scheduling.domain.people import Person
from scheduling.domain.times import zone_of
from scheduling.ports.clock import Clock
from scheduling.storage import cards, people, runs
from scheduling.storage.store import Store
from scheduling.workflows.facts import FactsReader
from scheduling.workflows.runs_desk import RunsDesk, shown


class RunCards:
    """Edits the card of a run where it was last shown; one that nobody has needs nothing."""

    def __init__(self, *, store: Store, poster: Poster) -> None:
        """Keep the parts; ``read_with`` says where names of units and teams come from."""
        self._store = store
        self._poster = poster
        self._reader: FactsReader | None = None

    def read_with(self, reader: FactsReader) -> None:
        """Read the hierarchy through ``reader``."""
        self._reader = reader

    async def draw(self, person: Person, subject: str) -> View | None:
        """Return the run for the notice that it was planned; see ``messenger.Drawer``."""
        if self._reader is None:
            return None
        async with self._store.read() as tx:
            row = await runs.get(tx, subject)
            if row is None or row.requester_id != person.id:
                return None
            return RunCardView(run=await shown(tx, self._reader, row))

    async def changed(self, run_id: str) -> bool:
        """Bring the card up to date; False: try again later."""
        if self._reader is None:
            return True
        async with self._store.read() as tx:
            row = await runs.get(tx, run_id)
            place = await cards.place_of(tx, cards.of_run(run_id))
            owner = await people.get(tx, row.requester_id) if row else None
            if row is None or place is None or owner is None:
                return True
            run = await shown(tx, self._reader, row)
        return await self._poster.edit_for(owner, place, RunCardView(run=run))


class TroubleDrawer:
    """Draws a template that needs somebody: its people or its owner are gone; a ``messenger.Drawer``."""

    def __init__(self, desk: RunsDesk, clock: Clock) -> None:
        """Read templates from ``desk``."""
        self._desk = desk
        self._clock = clock

    async def draw(self, person: Person, subject: str) -> View | None:
        """Return the template as it is now; None for who may not keep it, or where all is well."""
        found = await self._desk.shown_to(person, subject)
        if found is None or not (found.lost or found.unowned):
            return None
        today = self._clock.now().astimezone(zone_of(person.zone)).date()
        first, last = next_month(today)
        return TemplatesView(templates=(found,), runs=(), first=first, last=last)
