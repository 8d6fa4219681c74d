"""Who a Teams account is: an address proposes a person once, and no guest's ever does."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.channel.turns import Speaker
from bot.identity import Identity
from scheduling.domain.people import Person, Role
from scheduling.ports.directory import DirectoryPerson
from scheduling.storage import people
from scheduling.storage.store import Store
from tests.support.clocks import StoppedClock
from tests.support.databases import with_tables

ASHA = DirectoryPerson(object_id="oid", name="Asha", address="asha@contoso.example")
SPEAKER = Speaker(object_id="oid", tenant_id="t", account_id="29:a", name="Asha", locale="en")


class One:
    """A directory with one account."""

    def __init__(self, account: DirectoryPerson) -> None:
        """Keep it."""
        self.account = account

    async def by_object_id(self, object_id: str) -> DirectoryPerson | None:
        """Return it, or None."""
        return self.account if object_id == self.account.object_id else None

    async def by_address(self, address: str) -> DirectoryPerson | None:
        """Return it, or None."""
        return self.account if address == self.account.address else None


@pytest.mark.parametrize(
    ("account", "known"),
    [
        (ASHA, True),
        (replace(ASHA, guest=True), False),
        (replace(ASHA, enabled=False), False),
        (replace(ASHA, address=None), False),
    ],
)
async def test_an_account_of_the_house_is_bound_by_its_address_and_a_guests_is_not(
    tmp_path: Path, account: DirectoryPerson, *, known: bool
) -> None:
    store = Store(with_tables(tmp_path / "aside.db"))
    async with store.write() as tx:
        agent = Person(
            id="a1",
            name="Asha",
            zone="UTC",
            roles=frozenset({Role.AGENT}),
            address="asha@contoso.example",
            in_wfm=True,
        )
        await people.sync(tx, [agent])
    actor = await Identity(store, One(account), StoppedClock()).actor(SPEAKER)
    await store.close()
    assert (actor.person is not None) is known
