"""Administrators set the house up in Teams; managers see it at the next sentence."""

import pytest

from bot.rehearsal.chat import Chat
from scheduling.domain.people import Role
from scheduling.storage import audit, people
from tests.support.house import House, read

pytestmark = pytest.mark.e2e

ADMINISTRATOR, MANAGER, AGENT = "Owen Davies", "Alex Wilber", "Asha Patel"
NOT_YOURS = "Nothing was changed: this takes a"


def only(house: House, role: Role) -> str:
    """Return the name of somebody who has one role and no other."""
    return next(name for name, person in sorted(house.known.items()) if person.roles == {role})


@pytest.fixture
async def scheduler(house: House) -> str:
    """Return the name of a scheduler who is nothing else."""
    return only(house, Role.SCHEDULER)


@pytest.fixture
async def manager(house: House) -> str:
    """Return the name of a manager who is nothing else."""
    return only(house, Role.MANAGER)


async def opened(house: House, name: str, changed: str) -> Chat:
    """Return a chat with a form open."""
    chat = house.chat(name)
    await chat.say("setup")
    await house.tap(chat, "Change it", changed=changed)
    return chat


async def test_a_manager_gets_the_changed_type_at_the_next_sentence_and_the_old_after_undo(
    house: House,
) -> None:
    chat = await opened(house, ADMINISTRATOR, "types/one_to_one")
    typed = {"set:types/one_to_one/minutes": "45", "set:types/one_to_one/notice": "1d"}
    await house.tap(chat, "See what it would do", **typed)
    shown = read(chat.card)
    assert "Length in minutes\n30\n45" in shown
    assert "There were no requests to try it on." in shown
    manager = house.chat(MANAGER)
    await manager.say("1:1 with Asha next week")
    assert " · 30 mins · " in read(manager.card), "it is not in force before it is confirmed"
    await house.tap(chat, "Confirm")
    assert read(chat.card).startswith("Version 2 is in force")
    await manager.say("1:1 with Asha next week")
    assert " · 45 mins · " in read(manager.card)
    await house.tap(chat, "Undo")
    assert read(chat.card).startswith("Version 3 is in force")
    await manager.say("1:1 with Asha next week")
    assert " · 30 mins · " in read(manager.card)
    async with house.running.services.store.read() as tx:
        assert (await audit.verify(tx)).broken is None


async def test_errors_stand_beside_their_input_and_what_was_typed_is_kept(house: House) -> None:
    chat = await opened(house, ADMINISTRATOR, "types/one_to_one")
    await house.tap(chat, "See what it would do", **{"set:types/one_to_one/notice": "soon"})
    lines = read(chat.card).splitlines()
    place = lines.index("Please correct: A length of time, such as 30m, 4h or 2d.")
    assert lines[place + 1] == "Notice before Aside moves it, such as 4d: soon"


async def test_a_scheduler_is_refused_where_it_is_not_theirs(house: House, scheduler: str) -> None:
    chat = house.chat(scheduler)
    await chat.say("setup")
    assert "Staffing floor" in str(chat.card)
    assert "Meeting type" not in str(chat.card)
    await house.tap(chat, "Change it", changed="types/one_to_one")
    assert read(chat.card).startswith(NOT_YOURS)


async def test_who_sets_nothing_up_is_told_who_does(house: House, manager: str) -> None:
    for name in (manager, AGENT):
        chat = house.chat(name)
        await chat.say("setup")
        assert NOT_YOURS in read(chat.card)


@pytest.mark.parametrize(
    ("verb", "data"),
    [
        ("setup_open", {"changed": "types/one_to_one"}),
        ("setup_save", {"s": "types/one_to_one", "set:types/one_to_one/minutes": "45"}),
        ("setup_save", {"s": "keep", "set:keep/audit": "1"}),
        ("setup_confirm", {"s": "id-1"}),
        ("setup_undo", {"n": 2}),
        ("setup_restore", {"which_version": "1"}),
        ("appoint", {"s": "who", "roles": "administrator"}),
        ("bind", {"s": "who", "account": "x@contoso.example"}),
        ("people", {"name": "a"}),
        ("setup_open", {"changed": "__class__/x"}),
        ("setup_save", {"s": "everything/"}),
        ("setup_change", {}),
    ],
)
async def test_a_payload_edited_by_hand_changes_nothing(
    house: House, manager: str, verb: str, data: dict[str, object]
) -> None:
    person = house.person(manager)
    data = {key: person.id if value == "who" else value for key, value in data.items()}
    chat = house.chat(manager)
    await chat.say("help")
    await chat.execute(verb, data)
    said = read(chat.card)
    assert "Nothing was changed" in said
    assert "Nobody has" not in said
    assert house.running.services.setups.number == 1
    async with house.running.services.store.read() as tx:
        fresh = await people.get(tx, person.id)
    assert fresh is not None
    assert (fresh.roles, fresh.object_id) == (person.roles, house.user(manager).object_id)


@pytest.mark.parametrize("odd", ["x", "-1", "9" * 12, "' OR 1=1 --", "true,false"])
async def test_odd_values_of_an_administrator_are_told_or_ignored(house: House, odd: str) -> None:
    chat = await opened(house, ADMINISTRATOR, "types/one_to_one")
    names = ("minutes", "tier", "notice", "private", "walk_away", "code_id")
    data = {"s": "types/one_to_one"} | {f"set:types/one_to_one/{name}": odd for name in names}
    await chat.execute("setup_save", data)
    assert "Please correct:" in read(chat.card)
    assert house.running.services.setups.number == 1


async def test_an_administrator_gives_a_role_and_cannot_lose_the_last(house: House) -> None:
    chat = house.chat(ADMINISTRATOR)
    await chat.say("setup")
    await house.tap(chat, "People")
    await house.tap(chat, "Find", name="alex wil")
    await house.tap(chat, "Open")
    assert "Teams account\nnot linked" in read(chat.card) or "linked" in read(chat.card)
    await house.tap(chat, "Give these roles", roles="manager,scheduler,administrator")
    assert "This is in force now." in read(chat.card)
    manager = house.chat(MANAGER)
    await manager.say("setup")
    assert read(manager.card).startswith("Set-up")
    await house.tap(chat, "As it was")
    await manager.say("setup")
    await house.tap(chat, "Other people")
    await house.tap(chat, "Find", name=ADMINISTRATOR)
    await house.tap(chat, "Open")
    await house.tap(chat, "Unlink the account")
    assert "this is the only administrator with a Teams account" in read(chat.card)
