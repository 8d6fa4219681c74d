"""Nudges: schedulers are reminded of an undecided work item at parts of its time, each part once."""

from dbos import DBOS

from scheduling.domain.notices import NoticeKind
from scheduling.domain.requests import WorkItemState
from scheduling.domain.service_clocks import Nudge
from scheduling.storage import nudges, requests, work_items
from scheduling.workflows import notices
from scheduling.workflows.runtime import LASTING, current
from scheduling.workflows.service_hours import mentioned, nudges_of, set_next
from scheduling.workflows.showing import beside_the_work
from scheduling.workflows.telling import until_shown

TOLD = {Nudge.OVERDUE: NoticeKind.OVERDUE}
"""Of what the requester hears; of any other nudge, as of a reminder."""


async def nudge(work_item_id: str) -> None:
    """Send the loudest nudge that is due, and see to the next."""
    kind = await take_nudge(work_item_id)
    if kind is not None:
        await until_shown(post_nudge, f"{kind}:{work_item_id}")


@DBOS.step(**LASTING)
async def take_nudge(work_item_id: str) -> str | None:
    """Note what is due of an item, tell its requester, and set the next timer.

    Returns the loudest that is due, also where an earlier try noted it: it is posted under its
    own key. After a decision nothing is due any more.
    """
    runtime = current()
    services = runtime.services
    now = services.clock.now()
    async with services.store.write() as tx:
        found = await work_items.get(tx, work_item_id)
        if found is None:
            return None
        row = await requests.locked(tx, found.request_id)
        item = await work_items.locked(tx, work_item_id)
        if item.state.decided:
            return None
        over = [kind for at, kind in await nudges_of(tx, services, item) if at <= now]
        if item.state is not WorkItemState.OPEN:
            over = [kind for kind in over if kind is not Nudge.TAKE_ON]
        await nudges.note(tx, item.id, over, now)
        await set_next(tx, services, item)
        if not over:
            return None
        loudest = max(over, key=list(Nudge).index)
        kind = TOLD.get(loudest, NoticeKind.REMINDED)
        key = f"{item.id}:{loudest.value}"
        await notices.notify(tx, kind, row, key=key)
        await runtime.engine.enqueue_followup(tx, "show", f"{key}:show", row.id)
    return loudest.value


@DBOS.step(**LASTING)
async def post_nudge(which: str) -> bool:
    """Post one nudge (its kind, a colon, and the item's id); False where Teams is away.

    Nothing is posted any more once the item is decided.
    """
    services = current().services
    kind, _, work_item_id = which.partition(":")
    async with services.store.read() as tx:
        item = await work_items.get(tx, work_item_id)
        if item is None or item.state.decided:
            return True
        people = await mentioned(tx, services, item, Nudge(kind))
    posted = services.notifier.nudge(item.id, Nudge(kind), [one.id for one in people])
    return await beside_the_work("nudge", posted, otherwise=True)
