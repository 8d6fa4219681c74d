"""Each night everybody's account is looked at, and the app put where it is missing."""

from dataclasses import replace

import pytest

from scheduling.domain.notices import NoticeKind
from scheduling.domain.reach import Account, App
from scheduling.domain.requests import RequestState
from scheduling.ports.apps import AppsError, Installed
from scheduling.ports.directory import DirectoryPerson
from scheduling.storage import people, reach
from scheduling.storage.reach import ReachRow
from scheduling.workflows import reach as nightly
from scheduling.workflows.reach_desk import Reachability
from scheduling.workflows.runtime import use
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import actor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


class Directory:
    """A directory in which everybody with an address has an account, but for the ``gone``."""

    def __init__(self) -> None:
        """Know everybody."""
        self.gone: set[str] = set()
        self.disabled: set[str] = set()

    async def by_object_id(self, object_id: str) -> DirectoryPerson | None:
        """See Directory."""
        if object_id in self.gone:
            return None
        enabled = object_id not in self.disabled
        return DirectoryPerson(object_id=object_id, name="x", address=None, enabled=enabled)

    async def by_address(self, address: str) -> DirectoryPerson | None:
        """See Directory."""
        return await self.by_object_id(f"oid-{address.partition('@')[0]}")


class Apps:
    """Installs for everybody, or as it was told."""

    def __init__(self) -> None:
        """Have installed nothing."""
        self.asked: list[str] = []
        self.answers: dict[str, Installed] = {}
        self.away = False

    async def install(self, object_id: str) -> Installed:
        """See Apps."""
        if self.away:
            raise AppsError("down")
        self.asked.append(object_id)
        return self.answers.get(object_id, Installed.MADE)


@pytest.fixture
def directory() -> Directory:
    """Return the directory."""
    return Directory()


@pytest.fixture
def apps() -> Apps:
    """Return what installs."""
    return Apps()


@pytest.fixture
def equipped(house: House, directory: Directory, apps: Apps) -> House:
    """Return the house with a directory and a catalogue id."""
    services = replace(house.runtime.services, directory=directory, apps=apps)
    use(replace(house.runtime, services=services))
    return house


async def night() -> None:
    """Look at everybody, without the pauses between."""
    after: str | None = ""
    while after is not None:
        after = await nightly.look_after(after)


async def known(house: House, person_id: str) -> ReachRow:
    async with house.store.read() as tx:
        return (await reach.of_people(tx, [person_id]))[person_id]


async def test_the_app_is_asked_for_once_for_everybody_who_lacks_it(
    equipped: House, apps: Apps
) -> None:
    await night()
    assert len(apps.asked) == len(set(apps.asked)) > nightly.AT_ONCE - 8
    assert (await known(equipped, "north-1")).app is App.ASKED


async def test_where_it_is_there_without_our_knowledge_a_chat_is_opened(
    equipped: House, apps: Apps
) -> None:
    apps.answers["oid-north-1"] = Installed.THERE
    await night()
    assert (await known(equipped, "north-1")).app is App.THERE


async def test_a_policy_that_keeps_it_out_is_known(equipped: House, apps: Apps) -> None:
    apps.answers["oid-north-1"] = Installed.REFUSED
    await night()
    row = await known(equipped, "north-1")
    assert (row.app, row.fault) == (App.REFUSED, "refused")


async def test_what_was_known_stays_while_graph_is_away(equipped: House, apps: Apps) -> None:
    await night()
    before = await known(equipped, "north-1")
    apps.away = True
    equipped.clock.forward(days=1)
    await night()
    after = await known(equipped, "north-1")
    assert (after.account, after.app) == (before.account, before.app)


async def test_nothing_is_installed_for_a_closed_account(
    equipped: House, directory: Directory, apps: Apps
) -> None:
    directory.disabled.add("oid-north-1")
    await night()
    assert "oid-north-1" not in apps.asked
    assert (await known(equipped, "north-1")).account is Account.DISABLED


async def test_who_asked_is_told_once_that_an_attendee_has_left(
    equipped: House, directory: Directory
) -> None:
    equipped.clock.forward(hours=2)
    request_id = await equipped.submit("north-1")
    await equipped.settled(request_id, RequestState.BOOKED)
    async with equipped.store.write() as tx:
        await people.bind(tx, "north-1", "oid-north-1", at=equipped.clock.now(), by="test")
    equipped.clock.forward(minutes=5)
    await equipped.quiet()
    before = len(equipped.notifier.notices)
    directory.disabled.add("oid-north-1")
    for _ in range(2):
        await night()
    await equipped.quiet()
    told = [(one.person_id, one.kind) for one in equipped.notifier.notices[before:]]
    assert told == [("mia", NoticeKind.LEFT)]


async def test_without_a_directory_and_a_catalogue_id_nothing_is_done(house: House) -> None:
    await night()
    async with house.store.read() as tx:
        assert not await reach.of_people(tx, ["north-1"])


async def test_a_manager_sees_by_what_the_own_team_can_be_reached(equipped: House) -> None:
    await equipped.readdress("north-1", None)
    await night()
    found = await Reachability(equipped.runtime.services).reach(actor("mia"))
    assert {one.person_id for one in found} == {f"north-{n}" for n in range(1, 7)}
    first = next(one for one in found if one.person_id == "north-1")
    assert not first.mailbox
    assert not first.chat
