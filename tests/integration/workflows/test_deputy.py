"""A deputy acts on behalf of somebody while that holds; nobody is their own second person by proxy."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from scheduling.domain.people import Deputy, Role
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.requests import WorkItemState
from scheduling.storage import people
from scheduling.storage import tables as t
from scheduling.workflows.agenda import Agendas
from scheduling.workflows.reach_desk import Reachability
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import STAFF, actor, person
from tests.integration.workflows.test_rounds import half_booked

NOW = date(2026, 11, 23)
VERA = replace(person("vera", Role.MANAGER), leads=frozenset())
"""A manager of the unit who leads nobody."""


async def know(house: House, *newcomers: object) -> None:
    """Add people of the unit, with their accounts."""
    async with house.store.write() as tx:
        everyone = await people.everybody(tx)
        await people.sync(tx, [*everyone, *newcomers])  # type: ignore[list-item]
        for one in newcomers:
            await people.bind(tx, one.id, f"oid-{one.id}", at=house.clock.now(), by="test")  # type: ignore[attr-defined]


async def deputise(
    house: House, principal: str, deputy: str, first: date = NOW, last: date = NOW
) -> None:
    """Let one act for another from ``first`` to ``last``."""
    async with house.store.write() as tx:
        await people.deputise(
            tx,
            principal,
            Deputy(deputy_id=deputy, first=first, last=last),
            at=house.clock.now(),
            by="test",
        )


async def audited(house: House, request_id: str) -> list[tuple[str, str, str | None]]:
    """Return who did what about a request, and for whom."""
    async with house.store.read() as tx:
        rows = await tx.execute(
            sa.select(t.audit.c.actor, t.audit.c.action, t.audit.c.on_behalf_of)
            .where(t.audit.c.subject == request_id)
            .order_by(t.audit.c.seq)
        )
    return [tuple(row) for row in rows]


async def test_a_deputy_asks_for_the_team_and_everything_says_on_behalf_of_whom(
    house: House,
) -> None:
    await know(house, VERA)
    await deputise(house, "mia", "vera")
    roster = await house.desk.roster(actor("vera"))
    assert {one.team_id for one in roster.people} == {"north-team"}
    assert roster.own_teams == ("north-team",)
    request_id = await house.submit("north-1", who="vera")
    await house.settled(request_id)
    for who in ("vera", "mia"):
        assert (await house.view(request_id, who)).on_behalf_of == "Mia"
    assert ("vera", "request.submitted", "mia") in await audited(house, request_id)
    await house.desk.undo(actor("vera"), request_id)
    assert ("vera", "request.undo", "mia") in await audited(house, request_id)


async def test_a_deputy_sees_who_of_the_team_is_due_and_who_can_be_reached(house: House) -> None:
    await know(house, replace(person("lee", Role.AGENT), leads=frozenset()))
    services = house.runtime.services
    reads = (
        Reachability(services).reach,
        partial(Agendas(services).cadence, days=30, type_id=None, person_ids=()),
    )
    for read in reads:
        with pytest.raises(Refused) as caught:
            await read(actor("lee"))
        assert caught.value.refusal is Refusal.NOT_YOUR_ROLE
    await deputise(house, "mia", "lee")
    known, due = [await read(actor("lee")) for read in reads]
    assert {one.person_id for one in known} == {f"north-{n}" for n in range(1, 7)}
    assert due.asked == len(known)
    with pytest.raises(Refused) as caught:
        await partial(reads[1], person_ids=("south-1",))(actor("lee"))
    assert caught.value.refusal is Refusal.OUTSIDE_HIERARCHY


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (NOW - timedelta(days=9), NOW - timedelta(days=1)),
        (NOW + timedelta(days=1), NOW + timedelta(days=9)),
    ],
    ids=["over", "not begun"],
)
async def test_out_of_its_dates_a_deputy_has_no_right(
    house: House, first: date, last: date
) -> None:
    await know(house, VERA)
    await deputise(house, "mia", "vera", first, last)
    assert (await house.desk.roster(actor("vera"))).people == ()
    with pytest.raises(Refused) as caught:
        await house.propose("north-1", who="vera")
    assert caught.value.refusal is Refusal.OUTSIDE_HIERARCHY


async def test_rights_are_read_afresh_between_the_card_and_book(house: House) -> None:
    await know(house, VERA)
    await deputise(house, "mia", "vera")
    draft = await house.propose("north-1", who="vera")
    async with house.store.write() as tx:
        await people.deputise(tx, "mia", None, at=house.clock.now(), by="test")
    with pytest.raises(Refused) as caught:
        await house.take(draft, who="vera")
    assert caught.value.refusal is Refusal.OUTSIDE_HIERARCHY


async def test_who_asks_for_their_own_team_asks_for_themselves(house: House) -> None:
    await deputise(house, "mia", "tom")
    request_id = await house.submit("north-1", who="tom")
    assert (await house.settled(request_id)).on_behalf_of is None


async def test_a_deputy_sees_and_cancels_what_they_act_for_and_a_stranger_does_not(
    house: House,
) -> None:
    await know(house, VERA)
    request_id = await house.submit("north-1", who="mia")
    await house.settled(request_id)
    with pytest.raises(Refused):
        await house.view(request_id, "vera")
    await deputise(house, "mia", "vera")
    assert (await house.view(request_id, "vera")).id == request_id
    await house.desk.undo(actor("vera"), request_id)
    assert ("vera", "request.undo", "mia") in await audited(house, request_id)


SECONDS = {
    "the requester": ("mia", None, "mia", False),
    "a deputy of the requester": ("mia", "sue", "sue", False),
    "the principal": ("vera-for-mia", None, "mia", False),
    "a deputy of the principal": ("vera-for-mia", "vera", "vera", False),
    "the first scheduler": ("mia", None, "sam", False),
    "another scheduler": ("mia", None, "sue", True),
    "a scheduler whose deputyship is over": ("mia", "sue-over", "sue", True),
}
"""Who asked, who is whose deputy, who confirms, and whether that is a second person."""


@pytest.mark.parametrize("case", SECONDS)
async def test_a_second_person_is_neither_the_requester_nor_who_stands_for_them(
    house: House, case: str
) -> None:
    requester, deputy, second, may = SECONDS[case]
    schedulers = [
        replace(one, roles=one.roles | {Role.SCHEDULER})
        for one in (*STAFF, VERA)
        if one.id != "nia"
    ]
    async with house.store.write() as tx:
        everyone = {one.id: one for one in await people.everybody(tx)}
        await people.sync(tx, (everyone | {one.id: one for one in schedulers}).values())
        await people.bind(tx, "vera", "oid-vera", at=house.clock.now(), by="test")
    request_id, item = await half_booked(house)
    async with house.store.write() as tx:
        asked = {"requester_id": "vera", "on_behalf_of": "mia"} if "vera" in requester else {}
        if asked:
            await tx.execute(t.request.update().where(t.request.c.id == request_id).values(**asked))
        await tx.execute(
            t.work_item.update()
            .where(t.work_item.c.id == item.id)
            .values(state=WorkItemState.AWAITING_SECOND.value, decided_by="sam")
        )
    if deputy:
        over = deputy.endswith("-over")
        last = NOW - timedelta(days=1) if over else NOW
        await deputise(house, "mia", deputy.removesuffix("-over"), NOW - timedelta(days=3), last)
    if may:
        done = await house.desk.confirm_force(actor(second), item.id, item.version)
        assert done.state is WorkItemState.FORCED
        return
    with pytest.raises(Refused) as caught:
        await house.desk.confirm_force(actor(second), item.id, item.version)
    assert caught.value.refusal is Refusal.SECOND_PERSON
