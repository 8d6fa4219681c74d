"""A run's card in its owner's chat, brought up to date as the run goes on."""

from bot.posting import Poster
from dialogs.run_views import RunCardView
from dialogs.views import View
from scheduling.domain.people import Person
from scheduling.storage import cards, people, runs
from scheduling.storage.store import Store
from scheduling.workflows.facts import FactsReader
from scheduling.workflows.runs_desk import shown


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
