"""Completions outlive the sessions they come from: once a day those of groups that are over are kept."""

from datetime import timedelta

import structlog
from dbos import DBOS

from scheduling.storage import courses
from scheduling.workflows.learners import booked_groups, completed_in
from scheduling.workflows.runtime import LASTING, current

log = structlog.get_logger()

EVERY = timedelta(days=1)


@DBOS.step(**LASTING)
async def keep_completions(_subject: str) -> int:
    """Keep who has been through all parts of a course; how many are new. Repeatable."""
    services = current().services
    now = services.clock.now()
    new = 0
    async with services.store.read() as tx:
        known = await courses.everything(tx)
    for course in known:
        async with services.store.write() as tx:
            groups = await booked_groups(tx, course.unit_id, course.id)
            done = [one for group in groups for one in completed_in(course.id, group, now)]
            new += await courses.complete(tx, done)
    log.info("completions_kept", new=new)
    return new
