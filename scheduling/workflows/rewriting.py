"""The promise of a change's writing: the new time stands before the old one is taken back.

Order: the new exception (of an overlapping time, after the old one's end), then (the pivot) the same
event at its new time, which tells its people, then the trade of places in our own tables, then the
room's answer, and last the old exception. Before the pivot a failure leaves the old booking whole;
after it we go forward, and then to a human. See docs/adr/0016-changes.md.
"""

from collections.abc import Awaitable, Callable

import structlog
from dbos import DBOS
from dbos._error import DBOSException

from scheduling.domain.requests import SessionState, Target
from scheduling.workflows import book
from scheduling.workflows.changing import request_of_change
from scheduling.workflows.closing import Failed, silent
from scheduling.workflows.engine import MAX_RECOVERIES
from scheduling.workflows.patience import Patience, Stopped, Tried, pauses
from scheduling.workflows.place import trouble_of
from scheduling.workflows.rewriting_steps import (
    OVER,
    TAKEN,
    Part,
    ask_for_room,
    begin_rewrite,
    finish_anew,
    finish_drop,
    finish_rewrite,
    give_back,
    move_back,
    move_event,
    readmit,
    request_of_session,
    sessions_of_change,
    stand,
    take,
    take_next_room,
    vacate,
    write_next,
)
from scheduling.workflows.runtime import current, follow
from scheduling.workflows.showing import show_request

log = structlog.get_logger()


@DBOS.workflow(name="rewrite", max_recovery_attempts=MAX_RECOVERIES)
async def rewrite(change_id: str) -> str:
    """Write a change everywhere, or leave everything as it was."""
    request_id = await request_of_change(change_id)
    await follow(request_id)
    work = await begin_rewrite(change_id)
    if work["over"]:
        return OVER
    await show_request(request_id)
    failed: list[Failed] = []
    if work["anew"]:
        away = await book.write_all(request_id, work["anew"], failed, heed=False)
        return await finish_anew(change_id, failed, away)
    patience = Patience(request_id, heed=False)
    if not work["stands"]:
        trouble = await _until_it_stands(change_id, patience, work["parts"], failed)
        if trouble is not None:
            return await give_back(change_id, failed, trouble)
    await _afterwards(request_id, patience, work["parts"], failed)
    return await finish_rewrite(change_id, failed)


async def _until_it_stands(
    change_id: str, patience: Patience, parts: list[Part], failed: list[Failed]
) -> str | None:
    """Write the new times; return why not, where everything is as it was ("": it was stopped)."""
    vacated: list[Part] = []
    moved: list[Part] = []
    trouble = ""
    try:
        for part in parts:
            if part["overlaps"]:
                vacated.append(part)
                await patience.ask(vacate, change_id, part["session"])
            await patience.ask(write_next, change_id, part["standin"])
        for part in _own_events(parts):
            moved.append(part)
            await patience.ask(move_event, change_id, part["standin"], part["clash"])
        if await stand(change_id):
            return None
    except Stopped as stop:
        trouble = silent(stop.away) if stop.away else ""
    except DBOSException:
        raise  # not as it was recorded: what was written is not known to have failed
    except Exception as error:  # noqa: BLE001 - before the pivot anything goes back
        log.warning("not_rewritten", change=change_id, error=type(error).__name__)
        trouble = trouble_of(error)
        trouble = "write_failed" if trouble == "unexpected" else trouble
    await _go_back(change_id, parts, vacated, moved, failed)
    return trouble


def _own_events(parts: list[Part]) -> list[Part]:
    return [part for part in parts if not part["shares"]]


async def _go_back(
    change_id: str,
    parts: list[Part],
    vacated: list[Part],
    moved: list[Part],
    failed: list[Failed],
) -> None:
    """Put back what may have been written, last first.

    An exception that was to give way is laid again only once it is known to be gone itself, and
    that of the new time as well; else a human hears of it.
    """
    for part in reversed(moved):
        await attempt(move_back, part["session"], Target.INVITE, failed)
    for part in reversed(parts):
        await attempt(book.undo_wfm, part["standin"], Target.WFM, failed, undoing=True)
    for part in reversed(vacated):
        one = part["session"]
        if not await attempt(book.undo_wfm, one, Target.WFM, failed, undoing=True):
            continue
        if await readmit(change_id, one):
            await attempt(book.write_wfm, one, Target.WFM, failed)
        else:
            failed.append((one, Target.WFM.value, False))


async def attempt(
    step: Callable[[str], Awaitable[Tried]],
    session_id: str,
    target: Target,
    failed: list[Failed],
    *,
    undoing: bool = False,
) -> bool:
    """Do one step of a session, and whether it was done; what is given up goes to ``failed``."""
    request_id = await request_of_session(session_id)
    try:
        await Patience(request_id, heed=False).ask(step, session_id)
    except Stopped as stop:
        if stop.away is not None:
            failed.append((session_id, target.value, undoing))
        return False
    except Exception as error:  # noqa: BLE001 - a human hears of it
        log.warning("not_put_back", session=session_id, error=type(error).__name__)
        failed.append((session_id, target.value, undoing))
        return False
    return True


async def _afterwards(
    request_id: str, patience: Patience, parts: list[Part], failed: list[Failed]
) -> None:
    """After the pivot: the rooms, events that were gone, and the end of the old exceptions."""
    ids = [part["session"] for part in parts]
    for part in _own_events(parts):
        try:
            if part["clash"]:
                await patience.ask(ask_for_room, part["session"])
            await _settle_room(patience, part["session"])
        except Stopped as stop:
            if stop.away is not None:
                failed.append((part["session"], Target.ROOM.value, False))
        except Exception as error:  # noqa: BLE001 - the time stands; a human hears of the room
            log.warning("no_room", session=part["session"], error=type(error).__name__)
            failed.append((part["session"], Target.ROOM.value, False))
    await book.make_anew(request_id, patience, ids, failed)
    await book.forward_all(patience, ids, failed)
    for part in parts:
        await attempt(book.undo_wfm, part["standin"], Target.WFM, failed, undoing=True)


async def _settle_room(patience: Patience, session_id: str) -> None:
    async def another(attempt: int) -> None:
        await patience.ask(take_next_room, session_id, attempt)
        await patience.ask(ask_for_room, session_id)

    await book.settle_room(patience, session_id, another)


@DBOS.workflow(name="drop", max_recovery_attempts=MAX_RECOVERIES)
async def drop(change_id: str) -> str:
    """Take one session back, or a gathering, once whoever changes it just now has left off."""
    request_id = await request_of_change(change_id)
    await follow(request_id)
    for pause in pauses(current().services.policy):
        how = await take(change_id)
        if how == OVER:
            return OVER
        if how == TAKEN:
            break
        await DBOS.sleep_async(pause)
    failed: list[Failed] = []
    session_id, *members = await sessions_of_change(change_id)
    await book.take_back(request_id, session_id, failed)
    if members:  # its event is gone for all, so that nobody has to be withdrawn from it
        await book.release(session_id, SessionState.CANCELLED.value)
    for member_id in members:
        await book.take_back(request_id, member_id, failed)
    return await finish_drop(change_id, failed)
