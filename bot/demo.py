"""``aside demo``: the whole product on this machine, to be talked to or played by itself."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from bot import logs, playground
from bot.app import serve
from bot.bootstrap import Aside, running
from bot.channel.references import Conversation, ConversationKind
from bot.clocks import SystemClock
from bot.failures import DemoFailed
from bot.identity import bind
from bot.playground import PlaygroundError, PlaygroundTenant, PlaygroundUser
from bot.script import play, sentences_for
from bot.settings import Settings, demo_settings
from bot.world import World, generate_folder, mail_sink, open_world, problems_of
from dialogs.helping import orders_of
from scheduling.domain.people import Person, Role
from scheduling.storage import people

HOME = Path(".aside")
DEMO = HOME / "demo"
PLAYGROUND = HOME / "playground"
TENANT = "5b3c8a52-0000-4000-8000-00000000a51d"
BOT = "28:aside-demo"
SCHEDULERS = "Schedulers"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOptions:
    """What the command line asked for."""

    scripted: bool
    as_json: bool
    wfm: Path | None
    speaker: str | None
    port: int
    profile: Path | None = None


async def run_demo(options: DemoOptions, console: Console) -> int:
    """Run the demo until it is stopped (or the script ends); return the exit code."""
    logs.configure("error" if options.scripted else "warning")
    folder = _prepare(options, console)
    if folder is None:
        return 1
    quiet = Console(quiet=True) if options.as_json else console
    async with _open(folder, options, quiet) as (world, aside):
        async with aside.services.store.read() as tx:
            speaker = speaker_among(await people.everybody(tx), options.speaker)
        sentences = await sentences_for(aside, speaker) if _asks_for_a_team(speaker) else None
        if not options.scripted:
            to_try = sentences.to_try if sentences else orders_of(speaker.roles, speaker.locale)
            trouble = await _talk(world, aside, speaker, to_try, console)
            if trouble is None:
                return 0
            console.print(f"{trouble}\n")
        if sentences is None:
            raise DemoFailed(
                f"the conversation that is played in the terminal is a team manager's, which"
                f" {speaker.name} is not"
            )
        return await play(world, aside, speaker, sentences, console, as_json=options.as_json)


def _prepare(options: DemoOptions, console: Console) -> Path | None:
    """Return a fresh folder of WFM files: a copy of the user's, or a generated centre."""
    if options.wfm is not None:
        problems = problems_of(options.wfm)
        for problem in problems:
            console.print(str(problem), markup=False, highlight=False)
        if problems:
            return None
    shutil.rmtree(DEMO, ignore_errors=True)
    folder = DEMO / "wfm"
    folder.parent.mkdir(parents=True)
    if options.wfm is None:
        generate_folder(folder, SystemClock().now())
    elif options.wfm.is_dir():
        shutil.copytree(options.wfm, folder)
    else:
        folder.mkdir()
        shutil.copy(options.wfm, folder)
        return folder / options.wfm.name
    return folder


@asynccontextmanager
async def _open(
    folder: Path, options: DemoOptions, console: Console
) -> AsyncIterator[tuple[World, Aside]]:
    clock = SystemClock()
    console.print(
        "Starting: a contact centre as files, a stand-in tenant, a mail sink, the bot ..."
    )
    async with AsyncExitStack() as stack:
        profile = options.profile.read_text(encoding="utf-8") if options.profile else None
        try:
            world = await stack.enter_async_context(open_world(folder, clock, profile))
        except ValueError as error:
            raise DemoFailed(f"{options.profile} cannot be used: {error}") from error
        sink = stack.enter_context(mail_sink(DEMO / "mail"))
        settings = demo_settings(
            graph=world.graph_group(),
            rooms=world.rooms,
            smtp_port=sink.port,
            wfm_folder=folder,
            database=DEMO / "aside.db",
            port=0 if options.scripted else options.port,
            channel=SCHEDULERS,
        )
        aside = await stack.enter_async_context(running(settings, wfm=world.wfm))
        await _introduce(world, aside)
        door = await serve(aside, settings.host, settings.port)
        stack.push_async_callback(door.close)
        yield world.listening(door.url, sink.folder), aside


async def _introduce(world: World, aside: Aside) -> None:
    """Bind schedulers, as if they had written to the bot; where no directory can be asked, everybody."""
    asked = aside.remotes.directory is not None
    for person in world.people:
        if person.address and (person.has(Role.SCHEDULER) or not asked):
            account = world.account(person).id
            services = aside.services
            await bind(services.store, services.clock, person.id, account, by="demo")


def speaker_among(everybody: Sequence[Person], name: str | None) -> Person:
    """Return who the demo speaks as: whoever is named, else a manager, best a scheduler too.

    DemoFailed where there is nobody such who has an address to have an account by.
    """
    able = [person for person in everybody if person.address]
    if name is not None:
        able = [person for person in able if person.name.casefold() == name.casefold()]
    else:
        able = [person for person in able if _asks_for_a_team(person)]
    if not able:
        raise DemoFailed(
            f"nobody called {name} has an address in the centre's data"
            if name
            else "people.csv names no manager with a team and an address; the demo speaks as one"
        )
    return max(able, key=lambda person: person.has(Role.SCHEDULER))


def _asks_for_a_team(person: Person) -> bool:
    return person.has(Role.MANAGER) and bool(person.leads)


async def _talk(
    world: World, aside: Aside, speaker: Person, to_try: Sequence[str], console: Console
) -> str | None:
    """Run the Playground until Ctrl+C, saying what to try; return why it cannot run, if so."""
    if playground.find_node() is None:
        return "No Node.js 18 or later here, so the conversation is played instead."
    try:
        await playground.install(PLAYGROUND, console.print)
        config = playground.write_config(DEMO / "playground", _tenant(world, speaker))
        messages = f"{world.bot_url}/api/messages"
        async with playground.running(PLAYGROUND, config, bot_url=messages) as url:
            await aside.references.save(_schedulers_channel(url, aside))
            _invite(url, speaker, to_try, aside.settings, console)
            await asyncio.Event().wait()
    except PlaygroundError as error:
        return f"{error}\nThe conversation is played in the terminal instead."
    except asyncio.CancelledError:
        console.print("\nStopped. Everything it wrote is in " + str(DEMO))
    return None


def _schedulers_channel(url: str, aside: Aside) -> Conversation:
    """Return the channel as the Playground would tell of it, which it does only once it is opened."""
    return Conversation(
        tenant_id=TENANT,
        conversation_id=SCHEDULERS,
        kind=ConversationKind.CHANNEL,
        service_url=f"{url}/_connector",
        bot_id=BOT,
        updated_at=aside.services.clock.now(),
        channel_id=SCHEDULERS,
        channel_name=SCHEDULERS,
    )


def _invite(
    url: str, speaker: Person, to_try: Sequence[str], settings: Settings, console: Console
) -> None:
    console.print(f"\nOpen [bold]{url}[/bold] and talk to Aside as {speaker.name}. Try:")
    for sentence in to_try:
        console.print(f"  {sentence}", style="bold", markup=False, highlight=False)
    console.print(
        f"\nWhat cannot be placed goes to the channel {settings.schedulers_channel} of the same"
        f" page.\nThe WFM's change file: {settings.wfm_folder / 'changes.csv'}   Stop: Ctrl+C"
    )


def _tenant(world: World, speaker: Person) -> PlaygroundTenant:
    """Return what the Playground pretends to be: all of it reads the channel, so they are schedulers.

    It wants more people than most centres have schedulers: the last one has several accounts.
    """
    able = [p for p in world.people if p.has(Role.SCHEDULER) and p.address and p.id != speaker.id]
    accounts = [_user(world, person) for person in able[: playground.OTHERS]]
    known = world.account(able[-1] if able else speaker).id
    accounts += [
        PlaygroundUser(
            id=f"29:again-{n}",
            object_id=known,
            name=f"Somebody {n}",
            address=f"somebody.{n}@contoso.example",
        )
        for n in range(len(accounts), playground.OTHERS)
    ]
    return PlaygroundTenant(
        tenant_id=TENANT,
        bot_id=BOT,
        current_user=_user(world, speaker),
        others=tuple(accounts),
        channel_name=SCHEDULERS,
    )


def _user(world: World, person: Person) -> PlaygroundUser:
    account = world.account(person)
    return PlaygroundUser(
        id=f"29:{account.id}", object_id=account.id, name=person.name, address=account.address
    )
