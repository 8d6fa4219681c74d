"""An engine that shows what the ticket's number in the queue is for: without it there are inversions."""

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.workflows.engine import Engine


class WithoutNumbers(Engine):
    """An engine that leaves the ticket out of the queue: who is enqueued first goes first."""

    async def enqueue_unit(
        self,
        tx: AsyncConnection,
        workflow: str,
        workflow_id: str,
        *arguments: str,
        unit_id: str,
        ticket: int,
    ) -> None:
        """See Engine; every ticket is number one."""
        del ticket
        await super().enqueue_unit(tx, workflow, workflow_id, *arguments, unit_id=unit_id, ticket=1)
