"""Notices in time: held in quiet hours, four a day, the rest together, each once and still true."""

from datetime import datetime, timedelta

import pytest

from scheduling.domain.notices import ALONE, Concern, Means, NoticeKind
from scheduling.domain.requests import RequestState, SessionState, Target, TargetState
from scheduling.storage import bookings, outbox, timers
from scheduling.storage import tables as t
from scheduling.storage.outbox import OutboxRow, OutboxState
from scheduling.workflows import delivery, notices
from scheduling.workflows.timers import take_due
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import EIGHT, MONDAY, TUESDAY, actor

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
pytestmark = on_sqlite


async def booked(house: House, *attendees: str, who: str = "mia", **more: object) -> str:
    """Book, and let everything about it be told or held; the request's id."""
    request_id = await house.submit(*attendees, who=who, **more)  # type: ignore[arg-type]
    await house.settled(request_id, RequestState.BOOKED)
    await house.quiet()
    return request_id


async def later(house: House, until: datetime) -> None:
    """Let it be ``until``, and what is due by then be told."""
    house.clock.instant = until
    await take_due(house.runtime)
    await house.quiet()


async def moved(house: House, request_id: str, times: int, by: str | None = None) -> None:
    """Say that the sessions of a request were moved, for the ``times``-th time."""
    row, rows = await house.row(request_id), await house.sessions(request_id)
    async with house.store.write() as tx:
        await notices.notify(
            tx, NoticeKind.MOVED, row, key=f"{request_id}:{times}", sessions=rows, by=by
        )
    await house.quiet()


async def rows_of(house: House, person_id: str) -> list[OutboxRow]:
    async with house.store.read() as tx:
        return list(await outbox.waiting(tx, person_id))


def told(house: House, person_id: str) -> list[NoticeKind]:
    return [one.kind for one in house.notifier.notices if one.person_id == person_id]


async def test_a_message_waits_for_the_shift_to_begin_and_settle(house: House) -> None:
    await house.readdress("north-1", None)
    request_id = await booked(house, "north-1")
    assert not house.notifier.notices
    (session,) = await house.sessions(request_id)
    assert session.targets[Target.NOTICE] is TargetState.HELD
    await later(house, EIGHT + timedelta(minutes=64))
    assert not house.notifier.notices
    shown = house.notifier.requests.count(request_id)
    await later(house, EIGHT + timedelta(minutes=65))
    assert told(house, "north-1") == [NoticeKind.BOOKED]
    (session,) = await house.sessions(request_id)
    assert session.targets[Target.NOTICE] is TargetState.DONE
    assert house.notifier.requests.count(request_id) > shown


async def test_what_is_undone_before_anybody_was_told_says_that_nobody_will_be(
    house: House,
) -> None:
    await house.readdress("north-1", None)
    request_id = await booked(house, "north-1")
    await house.desk.undo(actor("mia"), request_id)
    await house.settled(request_id, RequestState.UNDONE)
    await house.quiet()
    (session,) = await house.sessions(request_id)
    assert session.targets[Target.NOTICE] is TargetState.SKIPPED
    await later(house, EIGHT + timedelta(minutes=65))
    assert not told(house, "north-1")


async def test_what_begins_before_the_shift_has_settled_is_told_at_once(house: House) -> None:
    request_id = await booked(house, "north-1", first=MONDAY)
    (session,) = await house.sessions(request_id)
    if session.interval.start > EIGHT + timedelta(minutes=65):  # it need not be the first minute
        async with house.store.write() as tx:
            await bookings.update_session(
                tx, session.id, start=EIGHT + timedelta(hours=1), end=EIGHT + timedelta(minutes=90)
            )
        await moved(house, request_id, 1)
    assert told(house, "north-1") == [NoticeKind.BOOKED]


async def test_while_the_wfm_is_away_only_the_night_is_quiet(house: House) -> None:
    await house.readdress("north-1", None)
    request_id = await booked(house, "north-1")
    house.weather.away = True
    await later(house, EIGHT + timedelta(hours=1, minutes=5))
    assert told(house, "north-1") == [NoticeKind.BOOKED]
    assert request_id in house.notifier.requests


async def test_the_fifth_message_of_a_day_waits_for_the_digest(house: House) -> None:
    house.clock.forward(hours=8)
    request_id = await booked(house, "north-1")
    for times in range(5):
        await moved(house, request_id, times)
    assert told(house, "north-1") == [NoticeKind.BOOKED, *[NoticeKind.MOVED] * 3]
    (left, newest) = (await rows_of(house, "north-1"))[:1], (await rows_of(house, "north-1"))[-1]
    assert [one.means for one in left] == [Means.DIGEST]
    assert newest.key.startswith(f"{request_id}:4")


async def test_over_the_limit_every_kind_is_told_in_the_end_alone_or_together(
    house: House,
) -> None:
    house.clock.forward(hours=8)
    far = TUESDAY + timedelta(days=14)
    request_id = await booked(house, "north-1", "north-2", first=far)
    _, other = await house.sessions(request_id)
    now, kinds = house.clock.instant, set(NoticeKind) - {NoticeKind.DIGEST}
    until = now + timedelta(days=1)
    async with house.store.write() as tx:
        for n in range(4):
            await notices.offer(tx, f"spent-{n}", "north-1", key=f"spent-{n}", until=until)
    await house.quiet()
    async with house.store.write() as tx:
        partly = RequestState.PARTLY_BOOKED.value  # so that both FAILED and CANCELLED are true
        await tx.execute(t.request.update().values(state=partly))
        await bookings.update_session(tx, other.id, state=SessionState.CANCELLED)
        for kind in kinds:
            row = OutboxRow(
                key=f"every:{kind.value}",
                person_id="north-1",
                concern=Concern.ATTENDEE,
                kind=kind,
                subject="other" if kind in ALONE else request_id,
                means=Means.CHAT,
                created_at=now,
                due_at=now,
            )
            await notices.put(tx, row)
    await house.quiet()
    at_once = [one.kind for one in house.notifier.notices if one.key.startswith("every:")]
    assert at_once == [NoticeKind.RUNNING_LATE]
    for days in range(1, 5):
        await later(house, EIGHT + timedelta(days=days, hours=8))
    alone = [one.kind for one in house.notifier.notices if one.key.startswith("every:")]
    together = [one.kind for each in house.notifier.digests for one in each.notices]
    assert (len(alone), set(alone)) == (len(ALONE) - 1, ALONE - {NoticeKind.DIGEST})
    assert sorted(together) == sorted(kinds - ALONE)


async def test_over_the_limit_only_what_no_invite_tells_before_the_digest_is_told(
    house: House,
) -> None:
    house.clock.forward(hours=2)
    await house.readdress("north-1", None)
    request_id = await booked(house, "north-1", first=MONDAY)
    for times in range(5):
        await moved(house, request_id, times)
    assert len(told(house, "north-1")) == 6


async def test_the_digest_tells_once_what_is_still_true(house: House) -> None:
    house.clock.forward(hours=2)
    far = TUESDAY + timedelta(days=7)
    first = await booked(house, "north-1", who="mia", first=far)
    second = await booked(house, "north-2", who="mia", first=far)
    house.clock.forward(minutes=3)
    for request_id in (first, second):
        await moved(house, request_id, 1)
    assert [one.means for one in await rows_of(house, "mia")] == [Means.DIGEST] * 2
    house.clock.forward(minutes=15)
    await house.desk.cancel(actor("mia"), second)
    await house.settled(second, RequestState.CANCELLED)
    morning = EIGHT + timedelta(days=1, minutes=45)
    await later(house, morning - timedelta(minutes=1))
    assert not house.notifier.digests
    await later(house, morning)
    (digest,) = house.notifier.digests
    assert [(one.kind, one.subject) for one in digest.notices] == [(NoticeKind.MOVED, first)]
    assert digest.since == EIGHT + timedelta(hours=2, minutes=3)
    await later(house, morning + timedelta(days=1))
    assert len(house.notifier.digests) == 1


async def test_a_digest_of_which_nothing_is_true_is_not_sent(house: House) -> None:
    house.clock.forward(hours=2)
    request_id = await booked(house, "north-1", first=TUESDAY + timedelta(days=7))
    house.clock.forward(minutes=3)
    await moved(house, request_id, 1)
    house.clock.forward(minutes=15)
    await house.desk.cancel(actor("mia"), request_id)
    await house.settled(request_id, RequestState.CANCELLED)
    await later(house, EIGHT + timedelta(days=1, minutes=45))
    assert not house.notifier.digests


async def test_who_did_it_and_who_asked_a_moment_ago_are_not_told(house: House) -> None:
    house.clock.forward(hours=2)
    request_id = await booked(house, "north-1")
    await moved(house, request_id, 1)
    assert told(house, "mia") == []
    house.clock.forward(minutes=3)
    await moved(house, request_id, 2, by="mia")
    assert told(house, "mia") == []
    await moved(house, request_id, 3, by="tom")
    assert told(house, "mia") == [NoticeKind.MOVED]


async def test_a_cancellation_overtakes_the_booking_that_nobody_was_told_of(house: House) -> None:
    await house.readdress("north-1", None)
    request_id = await booked(house, "north-1")
    house.clock.forward(minutes=20)
    await house.desk.cancel(actor("mia"), request_id)
    await house.settled(request_id, RequestState.CANCELLED)
    await later(house, EIGHT + timedelta(minutes=65))
    assert told(house, "north-1") == []


async def test_a_move_overtakes_the_booking_and_is_told_as_new(house: House) -> None:
    await house.readdress("north-1", None)
    request_id = await booked(house, "north-1")
    await moved(house, request_id, 1)
    await later(house, EIGHT + timedelta(minutes=65))
    assert told(house, "north-1") == [NoticeKind.BOOKED]
    (only,) = [one for one in house.notifier.notices if one.person_id == "north-1"]
    assert only.key.startswith(f"{request_id}:1")


async def led_by_tom(house: House) -> tuple[str, list[str]]:
    """Book three sessions that tom leads and is to hear of in a digest; their request's id and theirs."""
    house.clock.forward(hours=2)
    far = TUESDAY + timedelta(days=7)
    request_id = await booked(house, "north-1", "north-2", "north-3", first=far)
    async with house.store.write() as tx:
        await tx.execute(t.session.update().values(facilitator_id="tom"))
    ids = [one.id for one in await house.sessions(request_id)]
    for session_id in ids:
        async with house.store.write() as tx:
            await bookings.mark(tx, session_id, Target.NOTICE, TargetState.HELD)
    await happened(house, NoticeKind.BOOKED, request_id, ids)
    return request_id, ids


async def happened(house: House, kind: NoticeKind, request_id: str, ids: list[str]) -> None:
    """Tell who leads the sessions with these ids what happened to them."""
    row = await house.row(request_id)
    rows = [one for one in await house.sessions(request_id) if one.id in ids]
    async with house.store.write() as tx:
        if kind is NoticeKind.CANCELLED:
            for one in ids:
                await bookings.update_session(tx, one, state=SessionState.CANCELLED)
        key = f"{request_id}:{kind.value}:{len(ids)}"
        await notices.notify(tx, kind, row, key=key, sessions=rows, only=[Concern.TRAINER])
    await house.quiet()


async def digested(house: House) -> list[tuple[NoticeKind, tuple[str, ...]]]:
    """Let the morning's digest be told; what it says, of which sessions."""
    await later(house, EIGHT + timedelta(days=1, minutes=45))
    (digest,) = house.notifier.digests
    return [(one.kind, one.session_ids) for one in digest.notices]


async def notice_states(house: House, request_id: str) -> list[TargetState]:
    return [one.targets[Target.NOTICE] for one in await house.sessions(request_id)]


async def test_a_move_of_one_session_leaves_what_waits_about_the_others(house: House) -> None:
    request_id, (first, *others) = await led_by_tom(house)
    await happened(house, NoticeKind.MOVED, request_id, [first])
    assert sorted(await digested(house)) == sorted(
        [(NoticeKind.BOOKED, tuple(others)), (NoticeKind.BOOKED, (first,))]
    )
    assert await notice_states(house, request_id) == [TargetState.DONE] * 3


async def test_the_end_of_one_session_leaves_what_waits_about_the_others(house: House) -> None:
    request_id, (first, *others) = await led_by_tom(house)
    await happened(house, NoticeKind.CANCELLED, request_id, [first])
    assert await digested(house) == [(NoticeKind.BOOKED, tuple(others))]
    assert await notice_states(house, request_id) == [
        TargetState.SKIPPED,
        *[TargetState.DONE] * 2,
    ]


async def test_who_heard_of_one_session_hears_of_its_end_and_not_of_the_others(
    house: House,
) -> None:
    request_id, (first, *others) = await led_by_tom(house)
    await happened(house, NoticeKind.MOVED, request_id, [first])
    (alone,) = [one for one in await rows_of(house, "tom") if one.about == (first,)]
    async with house.store.write() as tx:
        await outbox.settle(tx, [alone.key], OutboxState.TOLD, house.clock.now())
    await happened(house, NoticeKind.CANCELLED, request_id, [first, *others])
    assert await digested(house) == [(NoticeKind.CANCELLED, (first,))]


async def test_a_notice_is_tried_again_until_teams_is_back(house: House) -> None:
    house.clock.forward(hours=8)
    request_id = await booked(house, "north-1")
    house.notifier.notices.clear()
    house.notifier.away = True
    await moved(house, request_id, 1)
    await later(house, house.clock.instant + timedelta(minutes=1))
    house.notifier.away = False
    await later(house, house.clock.instant + timedelta(minutes=1))
    assert told(house, "north-1") == [NoticeKind.MOVED]


async def test_a_notice_that_lost_its_timer_is_told_after_all(house: House) -> None:
    await house.readdress("north-1", None)
    await booked(house, "north-1")
    (row,) = await rows_of(house, "north-1")
    async with house.store.write() as tx:
        await timers.cancel(tx, delivery.TIMER, row.key)
    await later(house, EIGHT + timedelta(hours=3))
    assert told(house, "north-1") == []
    await delivery.tell_forgotten("all")
    await later(house, EIGHT + timedelta(hours=3))
    assert told(house, "north-1") == [NoticeKind.BOOKED]


async def test_an_offer_is_made_in_time_or_not_at_all(house: House) -> None:
    until = EIGHT + timedelta(minutes=5)
    async with house.store.write() as tx:
        await notices.offer(tx, "offer-1", "north-1", key="offer-1:north-1", until=until)
    await house.quiet()
    await later(house, EIGHT + timedelta(minutes=65))
    assert told(house, "north-1") == []
    async with house.store.read() as tx:
        row = await outbox.get(tx, "offer-1:north-1")
    assert row is not None
    assert row.state is OutboxState.DROPPED


async def test_a_request_that_fails_later_is_told_to_who_asked(house: House) -> None:
    house.clock.forward(hours=2)
    draft = await house.propose("north-1")
    house.calendar.fail("free_busy", RuntimeError("a bug of ours"))

    async def think(call: str) -> None:
        if call == "free_busy":
            house.clock.forward(minutes=3)

    house.calendar.before = think
    request_id = await house.take(draft)
    await house.settled(request_id, RequestState.ESCALATED)
    await house.quiet()
    assert told(house, "mia") == [NoticeKind.FAILED]
    item = await house.item(request_id)
    assert item is not None
    await house.desk.send_back(actor("sam"), item.id, item.version, "no time")
    await house.quiet()
    assert told(house, "mia") == [NoticeKind.FAILED, NoticeKind.DECIDED]


async def test_nobody_is_told_twice_by_two_who_tell_at_once(house: House) -> None:
    house.clock.forward(hours=8)
    request_id = await booked(house, "north-1")
    await moved(house, request_id, 1)
    key = f"{request_id}:1:moved:north-1"
    assert await delivery.deliver(key) is delivery.Delivery.TOLD
    assert told(house, "north-1") == [NoticeKind.BOOKED, NoticeKind.MOVED]


async def test_the_schedulers_thread_is_answered_and_nobody_is_named_for_it(house: House) -> None:
    house.clock.forward(hours=2)
    request_id = await booked(house, "north-1")
    await moved(house, request_id, 1)
    (thread,) = [one for one in house.notifier.notices if one.person_id is None]
    assert (thread.kind, thread.concern) == (NoticeKind.MOVED, Concern.SCHEDULERS)


async def test_who_died_between_the_intent_and_the_answer_tells_under_the_same_key(
    house: House,
) -> None:
    house.clock.forward(hours=8)
    request_id = await booked(house, "north-1")
    house.notifier.away = True
    await moved(house, request_id, 1)
    house.notifier.away = False
    key = f"{request_id}:1:moved:north-1"
    async with house.store.read() as tx:
        row = await outbox.get(tx, key)
    assert row is not None
    assert row.state is OutboxState.SENDING
    for _ in range(2):
        assert await delivery.deliver(key) is delivery.Delivery.TOLD
    assert [one.key for one in house.notifier.notices].count(key) == 1
