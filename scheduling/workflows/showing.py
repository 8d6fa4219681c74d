"""Showing requests and work items in Teams: single steps that can be repeated at any time."""

from collections.abc import Awaitable

import structlog
from dbos import DBOS

from scheduling.domain.requests import RequestState
from scheduling.storage import cards, groups, requests, work_items
from scheduling.storage.trouble import StoreUnavailable
from scheduling.workflows import grouping
from scheduling.workflows.runtime import LASTING, current

log = structlog.get_logger()

MOST_BEHIND = 10
"""So many cards of waiting requests are shown again when something changes for all of them."""


async def beside_the_work(what: str, showing: Awaitable[bool], *, otherwise: bool) -> bool:
    """Log what fails while showing: a card that could not be drawn stops no booking."""
    try:
        return await showing
    except StoreUnavailable:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the state is in the tables
        log.warning("not_shown", what=what, error=type(error).__name__)
        return otherwise


async def _show(request_id: str) -> bool:
    changed = current().services.notifier.request_changed(request_id)
    return await beside_the_work("request", changed, otherwise=True)


@DBOS.step(**LASTING)
async def show_request(request_id: str) -> bool:
    """Bring the requester's card up to date; False where Teams is away."""
    return await _show(request_id)


@DBOS.step(**LASTING)
async def show_thread(request_id: str) -> bool:
    """Bring the thread of the request's latest work item up to date; only ``announce`` begins it."""
    services = current().services
    async with services.store.read() as tx:
        item = await work_items.latest_of(tx, request_id)
        if item is None or await cards.place_of(tx, cards.of_item(item.id)) is None:
            return True
    changed = services.notifier.work_item_changed(item.id)
    return await beside_the_work("thread", changed, otherwise=True)


@DBOS.step(**LASTING)
async def show_item(work_item_id: str) -> bool:
    """Show a work item to the schedulers; whether they see it, or need not any more.

    One that came into a group, and needs no decision of its own, is seen there.
    """
    services = current().services
    async with services.store.read() as tx:
        item = await work_items.get(tx, work_item_id)
        if item is None:
            return True
        own = await cards.place_of(tx, cards.of_item(item.id)) is not None
        alone = own or await grouping.stands_alone(tx, services, item)
    together = item.group_id is None or await _show_group(item.group_id)
    if not alone:
        return together or item.state.decided
    changed = services.notifier.work_item_changed(work_item_id)
    shown = await beside_the_work("work item", changed, otherwise=False)
    return (shown and together) or item.state.decided


async def _show_group(group_id: str) -> bool:
    """Show a group as it is now, and close it once nothing of it is to be decided."""
    services = current().services
    async with services.store.write() as tx:
        group = await groups.get(tx, group_id)
        if group is not None:
            await groups.close(tx, group, services.clock.now())
    changed = services.notifier.group_changed(group_id)
    return await beside_the_work("group", changed, otherwise=False)


@DBOS.step(**LASTING)
async def show_waiting(request_id: str) -> None:
    """Show the next waiting requests again once a request has left the queue.

    All in one step: an edit can be repeated, and a checkpoint for each cost more than all else.
    """
    for waiting in await _behind(request_id, queued=False):
        await _show(waiting)


@DBOS.step(**LASTING)
async def show_together(request_id: str) -> None:
    """Show a request, and while it is in the queue those behind it, which wait for the same."""
    for one in (request_id, *await _behind(request_id, queued=True)):
        await _show(one)


async def _behind(request_id: str, *, queued: bool) -> list[str]:
    async with current().services.store.read() as tx:
        row = await requests.require(tx, request_id)
        if (row.state is RequestState.QUEUED) != queued:
            return []
        return await requests.queued_behind(tx, row, MOST_BEHIND)
