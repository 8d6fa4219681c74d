"""The doctor tries every remote by a call, and says what to do about each that fails."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from bot.channel.references import BlockReason, Conversation, ConversationKind
from bot.cli import app
from bot.clocks import SystemClock
from bot.doctor import examine
from bot.findings import Finding
from bot.memory import StoredReferences
from bot.settings import CalendarKind, Settings, SmtpGroup, default_types, demo_settings
from bot.world import World, mail_sink, open_world
from graph.sandbox.model import JoinLink, RoomMode
from graph.sandbox.plumbing import Fault
from graph.sandbox.profile import TenantProfile
from scheduling.storage import audit
from scheduling.storage import tables as t
from scheduling.storage.store import Store
from wfm.centre.generate import generate
from wfm.files.template import write_folder

CHANNEL = "Schedulers"


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a centre whose schedule holds the coming week, whenever that is."""
    folder = tmp_path_factory.mktemp("centre")
    today = SystemClock().now().date()
    monday = today - timedelta(days=today.weekday())
    write_folder(generate(1, monday, weeks=2, history_days=0, agents=12, teams=2), folder)
    return folder


@pytest.fixture
async def world(centre: Path) -> AsyncIterator[World]:
    """Serve a tenant for the centre's people."""
    async with open_world(centre, SystemClock()) as opened:
        yield opened


@pytest.fixture
async def settings(world: World, tmp_path: Path) -> Settings:
    """Return settings with which everything works: the bot was seen in its channel."""
    database = tmp_path / "aside.db"
    made = demo_settings(
        graph=world.graph_group(),
        rooms=(),
        smtp_port=1,
        wfm_folder=world.folder,
        database=database,
        port=0,
        channel=CHANNEL,
    )
    async with opened(made) as store:
        await StoredReferences(store).save(
            Conversation(
                conversation_id="19:channel",
                kind=ConversationKind.CHANNEL,
                service_url="http://127.0.0.1",
                tenant_id="tenant",
                bot_id="28:bot",
                channel_id="19:channel",
                channel_name=CHANNEL,
                updated_at=datetime(2026, 11, 23, tzinfo=UTC),
            )
        )
    return made


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Store]:
    store = Store(settings.database_url)
    try:
        await store.prepare()
        yield store
    finally:
        await store.close()


async def findings(settings: Settings) -> dict[str, Finding]:
    return {finding.what: finding async for finding in examine(settings)}


async def failing(settings: Settings) -> dict[str, Finding]:
    found = await findings(settings)
    return {what: finding for what, finding in found.items() if not finding.ok}


async def test_where_everything_works_nothing_is_to_do(settings: Settings) -> None:
    found = await findings(settings)
    assert all(finding.ok for finding in found.values()), found
    assert list(found) == [
        "database",
        "audit chain",
        "teams sign-in",
        "schedulers' channel",
        "wfm hierarchy",
        "wfm activity codes",
        "wfm forecast and schedule",
        "graph rooms",
        "graph free/busy",
        "graph directory",
    ]


async def test_a_database_in_no_folder(settings: Settings, tmp_path: Path) -> None:
    lost = settings.model_copy(update={"database_url": f"sqlite:///{tmp_path}/gone/aside.db"})
    found = (await failing(lost))["database"]
    assert "the database cannot be opened" in found.said
    assert "ASIDE_DATABASE_URL" in found.fix


async def test_an_audit_that_somebody_wrote_to(settings: Settings) -> None:
    async with opened(settings) as store, store.write() as tx:
        for number in range(3):
            await audit.record(
                tx,
                at=SystemClock().now(),
                actor="mia",
                action="x",
                subject=str(number),
                detail={},
            )
        await tx.execute(t.audit.delete().where(t.audit.c.seq == 2))
    found = await failing(settings)
    assert list(found) == ["audit chain"]
    assert "line 3" in found["audit chain"].said
    assert "backup" in found["audit chain"].fix


async def test_a_channel_that_is_not_known_or_closed(settings: Settings) -> None:
    elsewhere = settings.model_copy(update={"schedulers_channel": "Planning"})
    found = await failing(elsewhere)
    assert list(found) == ["schedulers' channel"]
    assert "Planning" in found["schedulers' channel"].said
    assert "mention it once" in found["schedulers' channel"].fix
    async with opened(settings) as store:
        await StoredReferences(store).block("19:channel", BlockReason.NOT_IN_ROSTER)
    said = (await failing(settings))["schedulers' channel"].said
    assert "BotNotInConversationRoster" in said


async def test_wfm_files_that_cannot_be_read(settings: Settings, tmp_path: Path) -> None:
    found = await failing(settings.model_copy(update={"wfm_folder": tmp_path / "gone"}))
    assert list(found) == ["remotes"]
    assert "aside wfm validate" in found["remotes"].fix


async def test_a_code_that_the_wfm_lacks(settings: Settings) -> None:
    first, *others = default_types()
    odd = first.model_copy(update={"type": replace(first.type, code_id="canteen")})
    found = await failing(settings.model_copy(update={"types": (odd, *others)}))
    assert list(found) == ["wfm activity codes"]
    assert "lacks canteen" in found["wfm activity codes"].said
    assert "name another in the meeting type" in found["wfm activity codes"].fix


async def test_a_wrong_secret_is_told_and_not_printed(settings: Settings) -> None:
    wrong = settings.graph.model_copy(update={"secret": SecretStr("canary-secret")})
    found = await failing(settings.model_copy(update={"graph": wrong}))
    assert set(found) == {"graph rooms", "graph free/busy", "graph directory"}
    assert "canary" not in str(found)


async def test_a_right_that_is_not_granted(settings: Settings, world: World) -> None:
    fault = Fault(path="/places/", status=403, code="Authorization_RequestDenied", times=99)
    world.graph.fail(fault)
    found = await failing(settings)
    assert list(found) == ["graph rooms"]
    assert "Place.Read.All" in found["graph rooms"].fix


async def test_mail_that_nobody_takes_and_mail_that_somebody_does(
    settings: Settings, tmp_path: Path
) -> None:
    smtp = SmtpGroup(port=9, encryption="none", sender_address="aside@contoso.example")
    mail = settings.model_copy(update={"calendar": CalendarKind.SMTP, "smtp": smtp})
    found = await failing(mail)
    assert list(found) == ["mail"]
    assert "smtp.*" in found["mail"].fix
    with mail_sink(tmp_path / "mail") as sink:
        smtp = smtp.model_copy(update={"port": sink.port})
        assert await failing(mail.model_copy(update={"smtp": smtp})) == {}


async def test_the_demos_tenant_behaves_as_a_profile_says(centre: Path) -> None:
    seen = TenantProfile(room_mode=RoomMode.SILENT, join_link=JoinLink.NEVER)
    async with open_world(centre, SystemClock(), seen.text()) as world:
        tenant = world.graph.sandbox
        assert {room.mode for room in tenant.rooms.values()} == {RoomMode.SILENT}
        assert tenant.settings.join_link is JoinLink.NEVER


def test_the_demo_refuses_a_file_that_is_no_profile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    wrong = tmp_path / "profile.json"
    wrong.write_text('{"format": 2}', encoding="utf-8")
    result = CliRunner().invoke(app, ["demo", "--scripted", "--profile", str(wrong)])
    assert "cannot be used: this is no profile" in str(result.exception)
