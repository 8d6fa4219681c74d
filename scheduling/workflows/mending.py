"""The promise of "Try again": what a work item says was given up is done once more."""

from dbos import DBOS

from scheduling.domain.requests import Target
from scheduling.storage import bookings, requests
from scheduling.workflows import book
from scheduling.workflows.closing import Failed, finish_mending, given_up, request_of
from scheduling.workflows.engine import MAX_RECOVERIES
from scheduling.workflows.patience import Patience
from scheduling.workflows.rewriting import attempt
from scheduling.workflows.rewriting_steps import move_back, readmitted
from scheduling.workflows.runtime import LASTING, current, follow
from scheduling.workflows.telling import show_end
from scheduling.workflows.upgrades import ANEW, begun_anew

WHOLE = "whole"
"""The change since which exceptions and times of events that were given up are put back as well."""


@DBOS.workflow(name="mend", max_recovery_attempts=MAX_RECOVERIES)
async def mend(work_item_id: str) -> str:
    """Try again what a work item says was given up; what then has no session is placed anew."""
    if await begun_anew("mend", work_item_id, since=WHOLE):
        return ANEW
    request_id = await request_of(work_item_id)
    await follow(request_id)
    failed: list[Failed] = []
    undoing, vacated, standing = await given_up(work_item_id)
    for session_id in undoing:
        await book.take_back(request_id, session_id, failed)
    for session_id in vacated:
        await _lay_again(work_item_id, session_id, failed)
    for session_id in standing:
        await attempt(move_back, session_id, Target.INVITE, failed)
    patience = Patience(request_id, heed=False)
    await book.make_anew(request_id, patience, standing, failed)
    away = await book.forward_all(patience, standing, failed)
    state = await finish_mending(work_item_id, failed, away)
    await show_end(request_id)
    return state


async def _lay_again(work_item_id: str, session_id: str, failed: list[Failed]) -> None:
    """Lay the exception of a session that stands under a new key: the old one may be refused."""
    if not await attempt(book.undo_wfm, session_id, Target.WFM, failed):
        return
    if await readmit_mended(work_item_id, session_id):
        await attempt(book.write_wfm, session_id, Target.WFM, failed)
    else:
        failed.append((session_id, Target.WFM.value, False))


@DBOS.step(**LASTING)
async def readmit_mended(work_item_id: str, session_id: str) -> bool:
    """Let an exception that was given up be written again; whether it may be."""
    async with current().services.store.write() as tx:
        await requests.locked(tx, (await bookings.require(tx, session_id)).request_id)
        return await readmitted(tx, session_id, work_item_id)
