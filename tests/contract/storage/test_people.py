"""People: who is known now, and which account is whose."""

import asyncio
from datetime import datetime, time

import pytest
from sqlalchemy.exc import IntegrityError

from scheduling.domain.people import Person, Role, WorkingTime
from scheduling.domain.times import WallWindow
from scheduling.storage import people
from scheduling.storage.people import AlreadyBound, NotKnown
from scheduling.storage.store import Store

MIA = Person(
    id="mia",
    name="Mia Weber",
    zone="Europe/Berlin",
    roles=frozenset({Role.MANAGER, Role.SCHEDULER}),
    unit_id="north",
    leads=frozenset({"red"}),
    address="Mia@Contoso.example",
    working=WorkingTime(weekdays=frozenset({0, 1}), window=WallWindow(time(9), time(0))),
    locale="de",
)
ASHA = Person(
    id="asha",
    name="Asha Rao",
    zone="Europe/London",
    roles=frozenset({Role.AGENT}),
    unit_id="north",
    in_wfm=True,
)


@pytest.fixture(autouse=True)
async def known(store: Store) -> None:
    """Know Mia and Asha."""
    async with store.write() as tx:
        await people.sync(tx, [MIA, ASHA])


async def bound(store: Store, person_id: str, object_id: str, now: datetime) -> None:
    async with store.write() as tx:
        await people.bind(tx, person_id, object_id, at=now, by="test")


async def test_people_come_back_as_they_were_given(store: Store) -> None:
    async with store.read() as tx:
        assert await people.get(tx, "mia") == MIA
        assert list(await people.of_unit(tx, "north")) == [ASHA, MIA]
        assert not await people.of_unit(tx, "south")


async def test_an_address_proposes_whatever_its_case(store: Store) -> None:
    async with store.read() as tx:
        assert await people.by_address(tx, "MIA@contoso.EXAMPLE") == [MIA]
        assert not await people.by_address(tx, "asha@contoso.example")


async def test_who_is_no_longer_named_is_not_known_and_keeps_the_account(
    store: Store, now: datetime
) -> None:
    await bound(store, "mia", "oid-1", now)
    async with store.write() as tx:
        await people.sync(tx, [ASHA])
        assert await people.get(tx, "mia") is None
        assert await people.by_object_id(tx, "oid-1") is None
        await people.sync(tx, [MIA, ASHA])
        again = await people.by_object_id(tx, "oid-1")
    assert again is not None
    assert (again.id, again.object_id) == ("mia", "oid-1")


async def test_the_account_of_a_file_binds_nobody(store: Store) -> None:
    named = Person(
        id="eve", name="Eve", zone="UTC", roles=frozenset({Role.MANAGER}), object_id="oid-9"
    )
    async with store.write() as tx:
        await people.sync(tx, [named])
        assert await people.by_object_id(tx, "oid-9") is None


async def test_binding_twice_the_same_is_once(store: Store, now: datetime) -> None:
    await bound(store, "mia", "oid-1", now)
    await bound(store, "mia", "oid-1", now)
    async with store.read() as tx:
        me = await people.by_object_id(tx, "oid-1")
    assert me is not None
    assert me.id == "mia"


@pytest.mark.parametrize(("person", "account"), [("mia", "oid-2"), ("asha", "oid-1")])
async def test_neither_side_is_bound_to_a_second(
    store: Store, now: datetime, person: str, account: str
) -> None:
    await bound(store, "mia", "oid-1", now)
    with pytest.raises(AlreadyBound):
        await bound(store, person, account, now)


async def test_what_was_unbound_can_be_bound_again(store: Store, now: datetime) -> None:
    await bound(store, "mia", "oid-1", now)
    async with store.write() as tx:
        assert await people.unbind(tx, "mia")
        assert not await people.unbind(tx, "mia")
    await bound(store, "mia", "oid-2", now)


async def test_of_two_accounts_at_once_one_is_bound(store: Store, now: datetime) -> None:
    async def attempt(object_id: str) -> bool:
        try:
            await bound(store, "mia", object_id, now)
        except (AlreadyBound, IntegrityError):
            return False
        return True

    assert sum(await asyncio.gather(attempt("oid-1"), attempt("oid-2"))) == 1


async def test_nobody_unknown_is_bound(store: Store, now: datetime) -> None:
    with pytest.raises(NotKnown, match="nobody has the id nobody"):
        await bound(store, "nobody", "oid-1", now)
