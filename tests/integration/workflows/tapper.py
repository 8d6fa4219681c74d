"""A second replica with a desk: ``python -m tests.integration.workflows.tapper URL``.

It says that it is ready, taps Approve on the work item whose id it is told, as Sue, and says what
came of it; then it goes on working.
"""

import asyncio
import sys

from scheduling.domain.refusals import Refused
from scheduling.storage import work_items
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import actor


async def tap(house: House, who: str, item_id: str) -> str:
    """Approve the first way out as ``who`` sees it just now; what the desk answered."""
    async with house.store.read() as tx:
        item = await work_items.get(tx, item_id)
    assert item is not None
    try:
        return (await house.desk.approve(actor(who), item.id, item.version, 0)).state.value
    except Refused as refused:
        return refused.refusal.value


async def main(url: str) -> None:
    """Tap once."""
    async with House.open(url, prefix="b") as house:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        item_id = await asyncio.to_thread(sys.stdin.readline)
        sys.stdout.write(await tap(house, "sue", item_id.strip()) + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
