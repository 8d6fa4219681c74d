"""The demo's conversation, played in the terminal over real HTTP, and checked by another process."""

import asyncio
import csv
import json
import mailbox
import sys
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from rich.console import Console

from bot.bootstrap import Aside
from bot.clocks import SystemClock
from bot.failures import DemoFailed
from bot.rehearsal.chat import Chat
from bot.rehearsal.reading import NotShown
from bot.rehearsal.rooms import User
from bot.rehearsal.teams import FakeTeams
from bot.verify import Expected
from bot.world import READER, World
from dialogs.cards.speak import speak
from scheduling.domain.centre import AgentDay
from scheduling.domain.people import Person, Role
from scheduling.domain.times import DAY, DateRange, Interval
from scheduling.storage import bookings, people, requests

PATIENCE = 60.0
EDGE = timedelta(minutes=30)
MONTHLY = "Monthly one-to-one"
DETAILS = "Show me the details"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentences:
    """What to say: one that is placed, one for the team, one that only a scheduler can solve."""

    easy: str
    team: str
    hard: str
    meeting: str = "team meeting next week"
    agenda: str = "my meetings next week"
    recurring: str = "recurring meetings"

    @property
    def to_try(self) -> tuple[str, ...]:
        """All of them, in the order to try them; the meeting is not played, for it may not fit."""
        return (self.easy, self.team, self.meeting, self.agenda, self.recurring, self.hard)


@dataclass(slots=True, kw_only=True)
class Step:
    """One thing somebody did, the card they then saw read aloud, and what it wrote outside."""

    who: str
    does: str
    card: list[str] = field(default_factory=list)
    effects: list[str] = field(default_factory=list)
    state: str = ""


async def sentences_for(aside: Aside, speaker: Person) -> Sentences:
    """Return sentences about the speaker's own team that fit its schedule."""
    wfm = aside.services.wfm
    agents = [
        agent
        for unit in await wfm.units()
        for agent in await wfm.agents(unit.id)
        if agent.team_id in speaker.leads
    ]
    if not agents:
        raise DemoFailed(f"{speaker.name} leads a team that has nobody in it")
    today = aside.services.clock.now().astimezone(ZoneInfo(speaker.zone)).date()
    dates = DateRange(today + DAY, today + 14 * DAY)
    days = await wfm.schedules([agent.id for agent in agents], dates)
    named = {agent.id: agent for agent in agents}
    first = next((agent for agent in agents if agent.name.startswith("Asha")), agents[0])
    shifts = [day for day in days if day.published and len(day.segments) > 2]
    if not shifts:
        raise DemoFailed("nobody in that team has a published shift in the coming two weeks")
    early = next((day for day in shifts if day.agent_id != first.id), shifts[0])
    return Sentences(
        easy=f"1:1 with {first.name} next week",
        team="1:1s with my team next week mornings, 30 min",
        hard=_at_the_edge(early, named[early.agent_id].name, named[early.agent_id].zone),
    )


def _at_the_edge(day: AgentDay, name: str, zone: str) -> str:
    """Return a wish for the first half hour of a shift, which takes a scheduler to allow."""
    start = day.segments[0].interval.start.astimezone(ZoneInfo(zone))
    end = start + EDGE
    return f"1:1 with {name} on {start:%Y-%m-%d} {start:%H:%M}-{end:%H:%M}, 30 min"


class Player:
    """Plays people against the bot, and keeps what they saw and what it did."""

    def __init__(self, world: World, teams: FakeTeams, console: Console) -> None:
        """Print each step to ``console`` as it happens."""
        self._world = world
        self._teams = teams
        self._console = console
        self._rows = 0
        self._meetings: dict[str, str] = {}
        self._mails: set[str] = set()
        self.steps: list[Step] = []

    def chat(self, person: Person) -> Chat:
        """Return a person's own chat with the bot."""
        return self._teams.personal(self.user(person))

    def user(self, person: Person) -> User:
        """Return a person's Teams account: the one that the stand-in tenant knows."""
        return self._teams.user(person.name, object_id=self._world.account(person).id)

    def channel(self, name: str, reader: Person, *others: Person) -> Chat:
        """Return the channel of that name as ``reader`` sees it."""
        members = [self.user(person) for person in (reader, *others)]
        return self._teams.channel("contact-centre", name, *members)

    async def says(self, chat: Chat, text: str) -> None:
        """Say something and show the answer."""
        await chat.say(text)
        self._show(chat, f'says: "{text}"')

    async def taps(self, chat: Chat, title: str, until: str) -> None:
        """Tap the button whose title begins so, and wait until the card says ``until``."""
        full = _button(chat, title)
        await chat.tap(full)
        await self._until(chat, until)
        self._show(chat, f"taps: [{full}]")

    async def sees(self, chat: Chat, until: str) -> None:
        """Wait until somebody's card says ``until`` by itself, and show it."""
        await self._until(chat, until)
        self._show(chat, "sees the card change")

    async def _until(self, chat: Chat, text: str) -> None:
        try:
            await chat.until(lambda card: text in "\n".join(speak(card)), PATIENCE)
        except NotShown as error:
            raise DemoFailed(f"the card never said “{text}”; it says {chat.words}") from error

    def _show(self, chat: Chat, does: str) -> None:
        step = Step(
            who=chat.user.name, does=does, card=speak(chat.card), effects=self._new_effects()
        )
        self.steps.append(step)
        self._console.rule(f"{step.who} {does}", align="left")
        for line in step.card:
            self._console.print(f"  {line}", markup=False, highlight=False)
        for line in step.effects:
            self._console.print(f"  => {line}", style="green", markup=False, highlight=False)

    def _new_effects(self) -> list[str]:
        return [*self._new_changes(), *self._new_events(), *self._new_mails()]

    def _new_mails(self) -> list[str]:
        folder = self._world.mail_folder
        if folder is None or not folder.exists():
            return []
        delivered = mailbox.Maildir(folder, create=False)
        new = sorted(set(delivered.keys()) - self._mails)
        self._mails.update(new)
        return [f"Mail: “{delivered[key]['Subject']}” to {delivered[key]['To']}" for key in new]

    def _new_changes(self) -> list[str]:
        path = self._world.folder / "changes.csv"
        if not path.exists():
            return []
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
        new, self._rows = rows[self._rows :], len(rows)
        return [
            f"WFM change file: {row['op']} {row['code']} for {row['agent']},"
            f" {row['start']} to {row['end']} ({row['outcome']})"
            for row in new
        ]

    def _new_events(self) -> list[str]:
        lines = []
        for meeting in self._world.graph.sandbox.meetings:
            who = ", ".join(f"{one.address} {one.response}" for one in meeting.attendees)
            state = "cancelled" if meeting.cancelled else who
            if self._meetings.get(meeting.uid) != state:
                self._meetings[meeting.uid] = state
                subject = meeting.payload.get("subject")
                when = f"{meeting.start:%Y-%m-%d %H:%M}-{meeting.end:%H:%M} UTC"
                lines.append(f"Exchange: “{subject}” of {meeting.organiser}, {when}: {state}")
        return lines


def _button(chat: Chat, title: str) -> str:
    titles = chat.titles
    found = next((one for one in titles if one.startswith(title)), None)
    if found is None:
        raise DemoFailed(f"the card has no button “{title}”; it has {titles}")
    return found


async def play(
    world: World,
    aside: Aside,
    speaker: Person,
    sentences: Sentences,
    console: Console,
    *,
    as_json: bool,
) -> int:
    """Play the main job, then a failure that a scheduler solves; 0 only where all was verified."""
    quiet = Console(quiet=True) if as_json else console
    async with FakeTeams.open(
        clock=SystemClock(), bot_url=f"{world.bot_url}/api/messages"
    ) as teams:
        player = Player(world, teams, quiet)
        await _main_job(player, speaker, sentences)
        await _failure(player, world, speaker, sentences, aside.settings.schedulers_channel)
        await _recurring(player, world, sentences)
    found = await _verified(world, aside)
    last = Step(
        who="Aside",
        does="is checked by a separate process",
        effects=[f"{name}: {'right' if ok else 'WRONG'}" for name, ok in found.items()],
        state="booked" if found and all(found.values()) else "not verified",
    )
    player.steps.append(last)
    quiet.rule(f"{last.who} {last.does}: {last.state}", align="left")
    for line in last.effects:
        quiet.print(f"  => {line}", markup=False, highlight=False)
    if as_json:
        sys.stdout.write(json.dumps([asdict(s) for s in player.steps], ensure_ascii=False) + "\n")
    return 0 if last.state == "booked" else 1


async def _main_job(player: Player, speaker: Person, sentences: Sentences) -> None:
    chat = player.chat(speaker)
    await chat.install()
    await player.says(chat, sentences.easy)
    await player.taps(chat, "Book", "Undo (until")
    await player.says(chat, sentences.agenda)
    await player.taps(chat, "Open", "Back to the week")


async def _failure(
    player: Player, world: World, speaker: Person, sentences: Sentences, channel_name: str
) -> None:
    """Ask for what needs a scheduler, and solve it as another scheduler where there is one."""
    schedulers = [p for p in world.people if p.has(Role.SCHEDULER) and p.address]
    if not schedulers:
        return
    solver = next((p for p in schedulers if p.id != speaker.id), schedulers[0])
    channel = player.channel(channel_name, solver, speaker)
    await channel.install()
    chat = player.chat(speaker)
    await player.says(chat, sentences.hard)
    await player.taps(chat, "Ask a scheduler", "With the schedulers")
    await channel.until(lambda card: bool(speak(card)), PATIENCE)
    if DETAILS in channel.titles:  # not all who read there decide, or are known yet
        await player.taps(channel, DETAILS, "No time found")
    await player.taps(channel, "Approve", "Booked")
    await player.sees(chat, "Undo (until")


async def _recurring(player: Player, world: World, sentences: Sentences) -> None:
    """Let a scheduler, where there is one, keep a recurring meeting; planning it is for later."""
    scheduler = next((p for p in world.people if p.has(Role.SCHEDULER) and p.address), None)
    if scheduler is None:
        return
    chat = player.chat(scheduler)
    await player.says(chat, sentences.recurring)
    await player.taps(chat, "New recurring meeting", "Keep it")
    await chat.tap("Keep it", name=MONTHLY)
    await player.sees(chat, MONTHLY)


async def _expectations(world: World, aside: Aside) -> list[Expected]:
    """Return what every booked session should have left behind."""
    own = world.graph.settings(READER)
    now = aside.services.clock.now()
    found = []
    for unit in await aside.services.wfm.units():
        async with aside.services.store.read() as tx:
            rows = await bookings.active_in(tx, unit.id, Interval(now, now + 60 * DAY))
            for row in rows:
                request = await requests.get(tx, row.request_id)
                organiser = await people.get(tx, row.facilitator_id)
                attendee = await people.get(tx, row.attendee_id)
                if not (request and organiser and attendee and attendee.address):
                    continue
                kind = aside.services.catalogue.types[request.ask.type_id]
                found.append(
                    Expected(
                        change_file=world.folder / "changes.csv",
                        agent_id=row.attendee_id,
                        start=row.interval.start,
                        end=row.interval.end,
                        code=kind.code_id,
                        graph_url=own.base_url,
                        authority=own.authority,
                        tenant_id=own.tenant_id,
                        client_id=own.client_id,
                        secret=own.secret or "",
                        organiser=str(organiser.address).lower(),
                        attendee=attendee.address.lower(),
                        room=row.room_id.lower() if row.room_id else None,
                        mail_folder=(
                            world.mail_folder if aside.settings.calendar == "smtp" else None
                        ),
                    )
                )
    return found


async def _verified(world: World, aside: Aside) -> dict[str, bool]:
    """Let a separate process re-read change file, event and invite of every booked session."""
    found: dict[str, bool] = {}
    for n, expected in enumerate(await _expectations(world, aside), start=1):
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "bot.verify"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        out, _ = await process.communicate(expected.model_dump_json().encode())
        if process.returncode not in (0, 1) or not out:
            raise DemoFailed("the process that checks what was written could not run")
        found |= {f"session {n} {name}": ok for name, ok in json.loads(out).items()}
    return found
