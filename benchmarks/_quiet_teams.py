"""Teams that takes everything and shows nothing."""

from collections.abc import Collection

from scheduling.domain.service_clocks import Nudge
from scheduling.ports.notifier import Digest, Notice, Told


class QuietTeams:
    """ports.Notifier that counts what it is told."""

    def __init__(self) -> None:
        """Count from nothing."""
        self.edits = 0

    async def request_changed(self, request_id: str) -> bool:
        """See Notifier."""
        del request_id
        self.edits += 1
        return True

    async def change_changed(self, change_id: str) -> bool:
        """See Notifier."""
        del change_id
        return True

    async def run_changed(self, run_id: str) -> bool:
        """See Notifier."""
        del run_id
        return True

    async def work_item_changed(self, work_item_id: str) -> bool:
        """See Notifier."""
        del work_item_id
        return True

    async def group_changed(self, group_id: str) -> bool:
        """See Notifier."""
        del group_id
        return True

    async def offer_changed(self, offer_id: str) -> bool:
        """See Notifier."""
        del offer_id
        return True

    async def rush_changed(self, rush_id: str) -> bool:
        """See Notifier."""
        del rush_id
        return True

    async def nudge(self, work_item_id: str, nudge: Nudge, person_ids: Collection[str]) -> bool:
        """See Notifier."""
        del work_item_id, nudge, person_ids
        return True

    async def tell(self, notice: Notice) -> Told:
        """See Notifier."""
        del notice
        return Told.REACHED

    async def obstacle_changed(self, cause: str) -> bool:
        """See Notifier."""
        return bool(cause)

    async def readers_changed(self) -> bool:
        """See Notifier."""
        return True

    async def open_chat(self, object_id: str) -> bool:
        """See Notifier."""
        return bool(object_id)

    async def tell_together(self, digest: Digest) -> Told:
        """See Notifier."""
        del digest
        return Told.REACHED
