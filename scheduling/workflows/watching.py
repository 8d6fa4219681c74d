"""The look at current staffing, each few minutes: rushes are offered, and quiet minutes as well."""

from datetime import timedelta

import structlog
from dbos import DBOS

from scheduling.domain.refusals import Refused
from scheduling.storage import earlier, people, rushes, timers
from scheduling.workflows import pausing
from scheduling.workflows import rushes as rush_watch
from scheduling.workflows.intraday import today_of
from scheduling.workflows.quiet_times import make_offers
from scheduling.workflows.runtime import LASTING, current
from scheduling.workflows.showing import beside_the_work
from scheduling.workflows.telling import until_shown

log = structlog.get_logger()

TIMER = "intraday"
SOON = timedelta(minutes=5)
"""The first look; each sets the next."""


async def look(_subject: str) -> None:
    """Look at every unit, and let what was found be shown."""
    await again()
    await pausing.forgotten()
    for unit_id in await units():
        for rush_id in await look_at(unit_id):
            await until_shown(show_rush, rush_id)
        await offer_quiet(unit_id)


@DBOS.step(**LASTING)
async def again() -> None:
    """Set the next look, as often as the house says now."""
    services = current().services
    at = services.clock.now() + services.policy.intraday.every
    async with services.store.write() as tx:
        await timers.set_timer(tx, TIMER, timers.EVERYTHING, at)


@DBOS.step(**LASTING)
async def units() -> list[str]:
    """Return the units that have people."""
    async with current().services.store.read() as tx:
        return sorted({one.unit_id for one in await people.everybody(tx) if one.unit_id})


@DBOS.step(**LASTING)
async def look_at(unit_id: str) -> list[str]:
    """Look at one unit; none where the WFM does not answer: the next look is soon."""
    try:
        return await rush_watch.watch(current(), unit_id)
    except Refused as refused:
        log.info("staffing_not_read", unit=unit_id, why=refused.refusal.value)
        return []


@DBOS.step(**LASTING)
async def offer_quiet(unit_id: str) -> list[str]:
    """Offer a unit's quiet minutes to who wants them; the offers."""
    runtime = current()
    async with runtime.services.store.read() as tx:
        wanted = bool(await earlier.wanting(tx, unit_id))
    try:
        return await make_offers(runtime, await today_of(runtime, unit_id)) if wanted else []
    except Refused as refused:
        log.info("staffing_not_read", unit=unit_id, why=refused.refusal.value)
        return []


@DBOS.step(**LASTING)
async def show_rush(rush_id: str) -> bool:
    """Show a rush as it is now; False where it is to be tried again."""
    services = current().services
    async with services.store.read() as tx:
        if await rushes.get(tx, rush_id) is None:
            return True
    return await beside_the_work("rush", services.notifier.rush_changed(rush_id), otherwise=True)
