"""Who can be reached, as ``reach_port`` promises: read at the moment of asking."""

from collections.abc import Sequence

from scheduling.domain.people import Actor, Person
from scheduling.domain.reach import Account, App, Reach
from scheduling.storage import reach
from scheduling.storage.reach import ReachRow
from scheduling.workflows import rights
from scheduling.workflows.services import Services


class Reachability:
    """``reach_port.ReachDesk`` over the tables."""

    def __init__(self, services: Services) -> None:
        """Read through ``services``."""
        self._services = services

    async def reach(self, actor: Actor) -> Sequence[Reach]:
        """Return how everybody whom the actor may ask for can be reached, by name."""
        async with self._services.store.read() as tx:
            me = await rights.person_of(tx, actor)
            mine = (await rights.askable(tx, me, self._services.clock.now())).mine
            known = await reach.of_people(tx, [one.id for one in mine])
            chats = await reach.chats(tx, [one.object_id for one in mine if one.object_id])
        return [_reach(one, known.get(one.id), chats) for one in mine]


def _reach(one: Person, row: ReachRow | None, chats: reach.Chats) -> Reach:
    """Return one person's reach: what a chat says now goes before what the last night found."""
    app: App = row.app if row is not None and row.app is not App.THERE else App.UNKNOWN
    if one.object_id in chats:
        app = App.BLOCKED if chats[str(one.object_id)] else App.THERE
    return Reach(
        person_id=one.id,
        name=one.name,
        mailbox=bool(one.address),
        in_wfm=one.in_wfm,
        account=row.account if row else Account.UNKNOWN,
        app=app,
    )
