"""Reach: each night everybody's account is looked at, and Aside's app put where it is missing.

Reinstallations and policies may send no event, so what is known of a person is what the last look
found. Without a catalogue id nothing is installed; accounts are looked at wherever there is a
directory.
"""

from datetime import datetime, timedelta

import structlog
from dbos import DBOS
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.notices import NoticeKind
from scheduling.domain.people import Person
from scheduling.domain.reach import Account, App
from scheduling.domain.times import Interval
from scheduling.ports.apps import AppsError, Installed
from scheduling.ports.directory import DirectoryError, DirectoryPerson
from scheduling.storage import agenda, people, reach, requests
from scheduling.storage.reach import ReachRow
from scheduling.workflows import notices
from scheduling.workflows.runtime import LASTING, Runtime, current
from scheduling.workflows.showing import beside_the_work

log = structlog.get_logger()

EVERY = timedelta(days=1)
SOON = timedelta(minutes=5)
"""How soon after the first start, so that a new catalogue id does not wait for a day."""

HORIZON = timedelta(days=400)
"""Whose account is closed is looked for in sessions as far ahead."""

AT_ONCE = 20
"""So many people are looked at in one step ..."""

PAUSE = 10.0
"""... and so many seconds lie between two: at most 2 a second, far from Graph's limits."""

APPS = {
    Installed.MADE: App.ASKED,
    Installed.THERE: App.ASKED,
    Installed.REFUSED: App.REFUSED,
    Installed.NOBODY: App.REFUSED,
}
"""What is known after an installation; that it is there, only Teams' own event or a chat says."""


async def reconcile(_subject: str) -> None:
    """Look at everybody, some at a time."""
    after: str | None = ""
    while after is not None:
        after = await look_after(after)
        if after is not None:
            await DBOS.sleep_async(PAUSE)


@DBOS.step(**LASTING)
async def look_at_readers(_subject: str) -> bool:
    """Let cards that schedulers share show what all may see who read them now.

    Teams tells of who comes and goes, but not always, and of rights it knows nothing.
    """
    changed = current().services.notifier.readers_changed()
    return await beside_the_work("readers", changed, otherwise=False)


@DBOS.step(**LASTING)
async def look_after(after: str) -> str | None:
    """Look at the next people behind the id ``after``; the last of them, None at the end."""
    runtime = current()
    if runtime.services.directory is None and runtime.services.apps is None:
        return None
    async with runtime.services.store.read() as tx:
        everybody = sorted(await people.everybody(tx), key=lambda one: one.id)
        found = [one for one in everybody if one.id > after][:AT_ONCE]
        chats = await reach.chats(tx, [one.object_id for one in found if one.object_id])
    for one in found:
        await _look_at(runtime, one, chats)
    return found[-1].id if len(found) == AT_ONCE else None


async def _look_at(runtime: Runtime, one: Person, chats: reach.Chats) -> None:
    now = runtime.services.clock.now()
    try:
        account, object_id = await _account(runtime, one)
        row = ReachRow(person_id=one.id, account=account, app=App.UNKNOWN, checked_at=now)
        if object_id is not None and account not in GONE:
            row = await _app(runtime, row, object_id, chats)
    except (AppsError, DirectoryError) as error:
        log.warning("reach_not_known", error=type(error).__name__)
        return  # what was known stays, and the next night looks again
    async with runtime.services.store.write() as tx:
        before = (await reach.of_people(tx, [one.id])).get(one.id)
        arrived = before is not None and before.app is App.THERE and row.app is App.ASKED
        await reach.note(tx, _found(row, App.THERE) if arrived else row)
        if account in GONE and (before is None or before.account not in GONE):
            await _tell_who_asked(tx, one, now)
    runtime.services.count_notice("reach", row.app.value)


GONE = frozenset({Account.DISABLED, Account.MISSING})


async def _account(runtime: Runtime, one: Person) -> tuple[Account, str | None]:
    """Return how an account stands and its id; an address only proposes, where nobody is bound yet."""
    directory = runtime.services.directory
    if directory is None:
        return Account.UNKNOWN, one.object_id
    if one.object_id is not None:
        found = await directory.by_object_id(one.object_id)
        return _standing(found), one.object_id
    found = await directory.by_address(one.address) if one.address else None
    return (_standing(found), found.object_id) if found else (Account.UNKNOWN, None)


def _standing(found: DirectoryPerson | None) -> Account:
    if found is None:
        return Account.MISSING
    return Account.ENABLED if found.enabled else Account.DISABLED


async def _app(runtime: Runtime, row: ReachRow, object_id: str, chats: reach.Chats) -> ReachRow:
    """Return the row with how it stands with the app, having installed it where it is missing."""
    if object_id in chats:
        fault = chats[object_id]
        return _found(row, App.BLOCKED if fault else App.THERE, fault)
    if runtime.services.apps is None:
        return row
    asked = _found(row, App.ASKED)
    async with runtime.services.store.write() as tx:
        await reach.note(tx, asked)  # before: Teams may tell of it sooner than Graph answers
    came = await runtime.services.apps.install(object_id)
    if came is Installed.THERE and await runtime.services.notifier.open_chat(object_id):
        return _found(row, App.THERE)  # its event was lost, or never sent
    return _found(
        row, APPS[came], None if came in (Installed.MADE, Installed.THERE) else came.value
    )


def _found(row: ReachRow, app: App, fault: str | None = None) -> ReachRow:
    return ReachRow(
        person_id=row.person_id,
        account=row.account,
        app=app,
        fault=fault,
        checked_at=row.checked_at,
    )


async def _tell_who_asked(tx: AsyncConnection, one: Person, now: datetime) -> None:
    """Tell once who asked for a session with somebody who has left; what is to be done is theirs."""
    for planned in await agenda.of_person(tx, one.id, Interval(now, now + HORIZON)):
        session = planned.session
        if session.attendee_id == one.id:
            row = await requests.require(tx, session.request_id)
            key = f"{session.id}:left"
            await notices.notify(tx, NoticeKind.LEFT, row, key=key, sessions=[session])
