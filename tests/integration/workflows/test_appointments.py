"""Roles, accounts and deputies are given by administrators, who cannot lose the last of them."""

import asyncio
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from scheduling.domain.people import Role
from scheduling.domain.refusals import Refusal, Refused
from scheduling.storage import people
from scheduling.storage import tables as t
from scheduling.workflows import rights
from scheduling.workflows.appointments import Appointments
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import EIGHT, STAFF, actor
from tests.support.postgres import BOTH

pytestmark = BOTH


ADA, MIA, SAM = actor("tom"), actor("mia"), actor("sam")
ACCOUNT = "aaaaaaaa-0000-4000-8000-000000000001"
MONDAY = EIGHT.date()


@pytest.fixture
async def desk(house: House) -> Appointments:
    """Return the desk of a house in which Tom is the only administrator."""
    async with house.store.write() as tx:
        await people.appoint(tx, "tom", [Role.ADMINISTRATOR], [], at=EIGHT, by="aside")
    return Appointments(house.runtime.services)


async def test_roles_that_are_given_outlive_the_next_refresh(
    house: House, desk: Appointments
) -> None:
    await desk.appoint(ADA, "mia", [Role.SCHEDULER, Role.AGENT], ["north-team", "no-team"])
    async with house.store.write() as tx:
        everyone = await people.everybody(tx)
        await people.sync(tx, [*STAFF, *(p for p in everyone if p.in_wfm)])
        mia = await people.get(tx, "mia")
        actions = list(await tx.scalars(sa.select(t.audit.c.action).order_by(t.audit.c.seq)))
    assert mia is not None
    assert (mia.roles, mia.leads) == ({Role.SCHEDULER}, {"north-team"})
    assert actions[-1] == "person.appointed"
    again = await desk.recall(ADA, "mia")
    assert (again.person.roles, again.appointed) == ({Role.MANAGER}, False)


async def test_only_administrators_may(desk: Appointments) -> None:
    calls = (
        desk.find(SAM, ""),
        desk.standing(SAM, "mia"),
        desk.appoint(SAM, "sam", [Role.ADMINISTRATOR], []),
        desk.bind(MIA, "mia", ACCOUNT),
        desk.unbind(MIA, "tom"),
        desk.deputise(MIA, "tom", "mia", MONDAY, MONDAY),
    )
    for call in calls:
        with pytest.raises(Refused) as refused:
            await call
        assert refused.value.refusal is Refusal.NOT_YOUR_ROLE
        assert refused.value.facts == {"who": ["administrator"]}


async def test_the_last_administrator_stays_one(house: House, desk: Appointments) -> None:
    calls = (desk.appoint(ADA, "tom", [], []), desk.recall(ADA, "tom"), desk.unbind(ADA, "tom"))
    for call in calls:
        with pytest.raises(Refused) as refused:
            await call
        assert refused.value.refusal is Refusal.LAST_ADMINISTRATOR
    await desk.appoint(ADA, "mia", [Role.ADMINISTRATOR], [])
    await desk.appoint(ADA, "tom", [], [])
    async with house.store.read() as tx:
        assert not (await rights.person_of(tx, ADA)).has(Role.ADMINISTRATOR)


async def test_the_last_change_is_taken_back_while_nothing_came_after(
    house: House, desk: Appointments
) -> None:
    given = await desk.appoint(ADA, "mia", [Role.SCHEDULER], ["north-team"])
    named = await desk.deputise(ADA, "mia", "sam", MONDAY, MONDAY)
    assert given.newest is not None
    assert named.newest is not None
    with pytest.raises(Refused) as refused:
        await desk.take_back(ADA, "mia", given.newest)
    assert refused.value.refusal is Refusal.STALE
    back = await desk.take_back(ADA, "mia", named.newest)
    assert (back.person.roles, back.deputy) == ({Role.SCHEDULER}, None)
    with pytest.raises(Refused) as refused:
        await desk.take_back(SAM, "mia", named.newest)
    assert refused.value.refusal is Refusal.NOT_YOUR_ROLE
    async with house.store.write() as tx:
        await people.unbind(tx, "mia")
        actions = list(await tx.scalars(sa.select(t.audit.c.action).order_by(t.audit.c.seq)))
    assert actions[-1] == "person.deputised"
    assert (await desk.standing(ADA, "mia")).newest is None


async def test_two_administrators_cannot_take_each_others_role_at_once(
    house: House, desk: Appointments
) -> None:
    await desk.appoint(ADA, "mia", [Role.ADMINISTRATOR], [])
    answers = await asyncio.gather(
        desk.appoint(ADA, "mia", [], []),
        desk.appoint(MIA, "tom", [], []),
        return_exceptions=True,
    )
    assert any(isinstance(each, Refused) for each in answers)
    async with house.store.read() as tx:
        left = [p.id for p in await people.everybody(tx) if p.has(Role.ADMINISTRATOR)]
    assert len(left) == 1


async def test_an_account_is_bound_once(house: House, desk: Appointments) -> None:
    for agent in ("north-1", "north-2"):
        await desk.unbind(ADA, agent)
    assert (await desk.bind(ADA, "north-1", "somebody")).wrong == ("account", "no_account")
    bound = await desk.bind(ADA, "north-1", ACCOUNT.upper())
    assert (bound.wrong, bound.person.object_id) == (None, ACCOUNT)
    assert (await desk.bind(ADA, "north-2", ACCOUNT)).wrong == ("account", "bound")
    assert (await desk.unbind(ADA, "north-1")).person.object_id is None
    with pytest.raises(Refused) as refused:
        await desk.bind(ADA, "nobody", ACCOUNT[:-1] + "2")
    assert refused.value.refusal is Refusal.UNKNOWN_DRAFT
    async with house.store.read() as tx:
        assert await people.by_object_id(tx, ACCOUNT) is None


@pytest.mark.parametrize(
    ("first", "last", "acts"),
    [
        (MONDAY, MONDAY, True),
        (MONDAY - timedelta(days=2), MONDAY + timedelta(days=2), True),
        (MONDAY + timedelta(days=1), MONDAY + timedelta(days=2), False),
        (MONDAY - timedelta(days=2), MONDAY - timedelta(days=1), False),
    ],
)
async def test_a_deputy_acts_between_two_dates(
    house: House, desk: Appointments, first: date, last: date, *, acts: bool
) -> None:
    standing = await desk.deputise(ADA, "mia", "sam", first, last)
    assert standing.deputy is not None
    async with house.store.read() as tx:
        sam = await rights.person_of(tx, SAM)
        found = [p.id for p in await rights.acts_for(tx, sam, house.clock.now())]
    assert found == (["mia"] if acts else [])
    assert (await desk.deputise(ADA, "mia", "", None, None)).deputy is None


async def test_a_deputy_is_somebody_else_of_the_unit_who_may_ask(desk: Appointments) -> None:
    for nobody in ("mia", "nia", "north-1", "who"):
        with pytest.raises(Refused) as refused:
            await desk.deputise(ADA, "mia", nobody, MONDAY, MONDAY)
        assert refused.value.refusal is Refusal.UNKNOWN_DRAFT
    turned = await desk.deputise(ADA, "mia", "sam", MONDAY, MONDAY - timedelta(days=1))
    assert turned.wrong == ("last", "dates")


async def test_people_are_found_by_parts_of_their_name(desk: Appointments) -> None:
    found = await desk.find(ADA, "NORTH 1")
    assert "north-1" in {match.id for match in found.matches}
    everyone = await desk.find(ADA, "")
    assert (len(everyone.matches), everyone.more) == (15, True)
    assert not (await desk.find(ADA, "zz")).matches
