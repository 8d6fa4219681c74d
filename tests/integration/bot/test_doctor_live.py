"""``aside doctor --live`` on a stand-in tenant: each trial with its fault, and nothing left behind."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from typer.testing import CliRunner

from bot.channel.references import ConversationKind
from bot.cli import app
from bot.findings import Finding
from bot.live import answering, try_live
from bot.settings import CalendarKind, SettingsError
from graph.sandbox import (
    Fault,
    IfMatch,
    JoinLink,
    OnAttendees,
    RoomMode,
)
from graph.sandbox.profile import TenantProfile
from scheduling.domain.times import Interval
from tests.support.tenant import ROOM, Tenant, keep, place

USUAL = TenantProfile(
    room_mode=RoomMode.AUTO_ACCEPT,
    room_delay=0.0,
    allow_conflicts=False,
    on_attendees=OnAttendees.CHANGED_ONLY,
    join_link=JoinLink.AT_ONCE,
    if_match=IfMatch.HEEDED,
    keep_cancelled=False,
    leave_out_links=False,
)


@pytest.fixture
async def tenant(tmp_path: Path) -> AsyncIterator[Tenant]:
    """Serve a tenant whose person has a chat with the bot."""
    async with Tenant.open(tmp_path) as opened:
        yield opened


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


async def test_where_everything_works_each_trial_says_so_and_nothing_is_left(
    tenant: Tenant,
) -> None:
    port = free_port()
    found = await tenant.examined(notify=f"http://127.0.0.1:{port}/here", listen=port)
    assert all(finding.ok for finding in found.values()), found
    assert list(found) == [
        *("rooms", "free/busy", "book", "accept", "decline", "add", "versions"),
        *(
            "online",
            "subscribe",
            "cancel",
            "install",
            "post",
            "edit",
            "clean up: chat",
            "clean up: tenant",
            "profile",
        ),
    ]
    assert "not tried" not in str(found)
    assert tenant.is_clean()
    assert [call.method for call in tenant.teams.calls] == ["POST", "POST", "PUT", "DELETE"]
    assert tenant.profile() == USUAL


async def test_the_profile_names_nobody(tenant: Tenant) -> None:
    await tenant.examined()
    text = tenant.trial.profile.read_text(encoding="utf-8").lower()
    tenants = tenant.graph.sandbox.settings
    hidden = ("oak", "pat", "canary", "contoso", "@", tenants.tenant_id, tenants.client_id)
    assert not [one for one in hidden if one in text]
    assert set(json.loads(text)) == {"format", *USUAL.seen()}


@pytest.mark.parametrize(
    ("switches", "room", "failing", "seen"),
    [
        ({"on_attendees": OnAttendees.REACCEPT, "room_delay": 3.0}, {}, (), {"room_delay": 7.0}),
        ({"on_attendees": OnAttendees.RESET}, {}, ("add",), {}),
        ({"on_attendees": OnAttendees.DECLINE}, {}, ("add",), {}),
        ({"join_link": JoinLink.LATER}, {}, (), {}),
        ({"join_link": JoinLink.NEVER}, {}, ("online",), {}),
        ({"keep_cancelled": True}, {}, (), {}),
        ({"if_match": IfMatch.IGNORED}, {}, ("versions",), {}),
        ({"if_match": IfMatch.REFUSED}, {}, ("versions",), {}),
        ({"leave_out_links": True}, {}, (), {}),
        ({}, {"allow_conflicts": True}, ("decline",), {}),
        (
            {},
            {"mode": RoomMode.DELEGATE},
            ("accept", "add", "decline"),
            {"allow_conflicts": None, "on_attendees": None},
        ),
        (
            {},
            {"mode": RoomMode.SILENT},
            ("accept", "add", "decline"),
            {"allow_conflicts": None, "on_attendees": None, "room_delay": None},
        ),
    ],
    ids=str,
)
async def test_each_switch_is_seen_and_the_stand_in_replays_it(
    tenant: Tenant,
    switches: dict[str, Any],
    room: dict[str, Any],
    failing: tuple[str, ...],
    seen: dict[str, Any],
) -> None:
    tenant.switch(**switches)
    for name, value in room.items():
        setattr(tenant.room, name, value)
    assert set(await tenant.failing()) == set(failing)
    assert tenant.is_clean()
    mode = {"room_mode": room["mode"]} if "mode" in room else {}
    conflicts = {name: value for name, value in room.items() if name == "allow_conflicts"}
    profile = tenant.profile()
    assert profile == replace(USUAL, **(switches | mode | conflicts | seen))

    base = tenant.graph.sandbox
    base.settings = profile.settings(type(base.settings)())
    profile.furnish(tenant.room)
    assert set(await tenant.failing()) == set(failing)
    assert replace(tenant.profile(), room_delay=None) == replace(profile, room_delay=None)


FAULTS = {
    "rooms": Fault(path="/places/", status=403, code="Forbidden", times=99),
    "free/busy": Fault(path="/getSchedule", status=403, code="ErrorAccessDenied", times=99),
    "book": Fault(path="/events$", method="POST", status=403, code="ErrorAccessDenied", times=1),
    "subscribe": Fault(path="/subscriptions", status=403, code="Forbidden", times=1),
    "install": Fault(path="/installedApps", status=403, code="Forbidden", times=1),
}
NEEDED = {
    "free/busy": {"book", "accept", "decline", "add", "versions", "online", "cancel"},
    "book": {"accept", "decline", "add", "versions", "cancel"},
}


@pytest.mark.parametrize("what", FAULTS)
async def test_a_right_that_is_not_granted_is_told_with_what_to_do(
    tenant: Tenant, what: str
) -> None:
    port = free_port()
    tenant.graph.fail(replace(FAULTS[what]))
    failed = await tenant.failing(notify=f"http://127.0.0.1:{port}", listen=port)
    assert set(failed) == {what} | NEEDED.get(what, set())
    assert failed[what].fix
    assert all("not tried" in failed[other].said for other in NEEDED.get(what, ()))
    assert tenant.is_clean()


async def test_a_room_that_is_not_listed_is_told(tenant: Tenant) -> None:
    failed = await tenant.failing(room="nowhere@rooms.example")
    assert "not among the 2" in failed["rooms"].said
    assert "room" in failed["free/busy"].said
    assert tenant.is_clean()


async def test_a_person_without_an_account_is_told(tenant: Tenant) -> None:
    failed = await tenant.failing(person="nobody@contoso.example")
    assert failed["install"].said == failed["post"].said == "the person has no account"
    assert tenant.is_clean()


async def test_a_full_calendar_leaves_nothing_to_try_on(tenant: Tenant) -> None:
    now = tenant.clock.now()
    tenant.person.busy.append(Interval(now, now + timedelta(days=20)))
    failed = await tenant.failing()
    assert "no half hour" in failed["free/busy"].said
    assert tenant.is_clean()


async def test_an_address_that_leads_elsewhere_is_told(tenant: Tenant) -> None:
    failed = await tenant.failing(notify="http://127.0.0.1:9/nobody", listen=free_port())
    assert set(failed) == {"subscribe"}
    assert "this machine" in failed["subscribe"].fix


async def test_the_handshake_gives_back_a_short_text_and_nothing_else() -> None:
    port = free_port()
    async with answering(port), aiohttp.ClientSession() as session:
        url = f"http://127.0.0.1:{port}/any"
        for token, status in (("<b>x</b>", 200), ("", 400), ("x" * 2049, 400)):
            async with session.post(url, params={"validationToken": token}) as answer:
                assert answer.status == status
                if status == 200:
                    assert (answer.content_type, await answer.text()) == ("text/plain", token)
        async with session.get(url, params={"validationToken": "x"}) as answer:
            assert answer.status == 405


async def test_a_lost_answer_leaves_no_event(tenant: Tenant) -> None:
    lost = Fault(path="/events$", method="POST", status=None, after_commit=True, times=1)
    tenant.graph.fail(lost)
    assert await tenant.failing() == {}
    assert tenant.is_clean()


async def test_what_cannot_be_taken_back_is_named(tenant: Tenant) -> None:
    tenant.graph.fail(
        Fault(path="/cancel$", method="POST", status=403, code="ErrorAccessDenied", times=99)
    )
    failed = await tenant.failing()
    left = failed["clean up: tenant"]
    assert "an event called" in left.said
    assert "by hand" in left.fix


async def test_a_chat_that_teams_refuses_is_told(tenant: Tenant) -> None:
    tenant.teams.fail("POST", 403, code="BotDisabledByAdmin", times=1)
    failed = await tenant.failing()
    assert set(failed) == {"post", "edit"}
    assert "BotDisabledByAdmin" in failed["post"].said
    assert tenant.is_clean()


async def test_a_person_is_written_to_in_their_language(tenant: Tenant) -> None:
    german = replace(
        place(tenant.teams, tenant.chat.room.id),
        kind=ConversationKind.PERSONAL,
        object_id=tenant.person.id,
        locale="de-DE",
    )
    await keep(tenant.settings, german)
    assert await tenant.failing() == {}
    said = [str(call.body.get("text")) for call in tenant.teams.calls if call.body]
    assert [text.partition(" ")[0] for text in said] == ["Ich", "Ich"]


async def test_an_edit_that_fails_still_takes_the_message_away(tenant: Tenant) -> None:
    tenant.teams.fail("PUT", 400, times=1)
    assert set(await tenant.failing()) == {"edit"}
    assert tenant.is_clean()


async def test_an_app_that_was_there_before_stays(tenant: Tenant) -> None:
    tenant.person.app_installed = True
    found = await tenant.examined()
    assert found["install"].said == "the person has it already"
    assert tenant.person.app_installed


async def test_without_a_catalogue_id_nothing_is_installed(tenant: Tenant) -> None:
    group = tenant.settings.graph.model_copy(update={"catalogue_id": None})
    tenant.settings = tenant.settings.model_copy(update={"graph": group})
    found = await tenant.examined()
    assert "ASIDE_GRAPH__CATALOGUE_ID" in found["install"].said
    assert "--notify" in found["subscribe"].said


async def test_interrupted_it_still_takes_everything_back(tenant: Tenant) -> None:
    tenant.room.mode = RoomMode.SILENT
    waiting = asyncio.Event()

    async def wait(_: float) -> None:
        waiting.set()
        await asyncio.Event().wait()

    found: list[Finding] = []
    work = asyncio.create_task(
        try_live(tenant.settings, tenant.trial, found.append, tenant.clock, wait)
    )
    await waiting.wait()
    assert not tenant.is_clean()
    work.cancel()
    with suppress(asyncio.CancelledError):
        await work
    assert tenant.is_clean()
    assert found[-2].said == "nothing is left behind"


async def test_mail_has_no_tenant_to_try(tenant: Tenant) -> None:
    tenant.settings = tenant.settings.model_copy(update={"calendar": CalendarKind.SMTP})
    with pytest.raises(SettingsError, match="ASIDE_CALENDAR"):
        await tenant.examined()


def test_the_command_asks_for_whom_it_may_book() -> None:
    result = CliRunner().invoke(app, ["doctor", "--live", "--room", ROOM])
    assert result.exit_code == 2
    assert "--person" in result.output
