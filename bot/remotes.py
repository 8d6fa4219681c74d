"""The world outside as adapters: part of the composition root, which alone names them."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial

from bot.findings import Trial
from bot.memory import StoredEvents
from bot.settings import CalendarKind, Settings, SettingsError, setup_of
from graph.adapter import GraphCalendar, GraphDirectory
from graph.apps import GraphApps
from graph.client import INTERACTIVE, GraphClient
from graph.itip.adapter import MailCalendar
from graph.itip.settings import Encryption, MailSettings
from graph.probe import GraphProbe, Pause, Subjects
from graph.settings import CredentialKind, GraphSettings
from scheduling.domain.meetings import Room
from scheduling.domain.people import Person
from scheduling.domain.setup import Setup
from scheduling.ports.apps import Apps
from scheduling.ports.calendar import Calendar, Mailbox
from scheduling.ports.clock import Clock
from scheduling.ports.directory import Directory
from scheduling.ports.wfm import Wfm
from scheduling.storage.store import Store
from wfm.files.adapter import FilesWfm
from wfm.files.validate import load_people


def graph_settings(settings: Settings) -> GraphSettings:
    """Return the Graph connection; SettingsError where a token could reach a wrong host."""
    graph = settings.graph
    try:
        return GraphSettings(
            tenant_id=graph.tenant_id,
            client_id=graph.client_id,
            reader_mailbox=graph.reader_mailbox,
            kind=CredentialKind(graph.credential),
            secret=graph.secret.get_secret_value() if graph.secret else None,
            certificate=graph.certificate,
            certificate_password=(
                graph.certificate_password.get_secret_value()
                if graph.certificate_password
                else None
            ),
            token_file=graph.token_file,
            base_url=graph.base_url,
            host=graph.host,
            authority=graph.authority,
            scope=graph.scope,
        )
    except ValueError as error:
        raise SettingsError(f"graph: {error}") from error


def _apps(settings: Settings, client: GraphClient) -> Apps | None:
    """Return what installs the app for people; None where no catalogue id is set."""
    graph = settings.graph
    if graph.catalogue_id is None:
        return None
    return GraphApps(client, graph.catalogue_id, graph.base_url)


def _mail(settings: Settings) -> MailSettings:
    smtp = settings.smtp
    try:
        return MailSettings(
            host=smtp.host,
            port=smtp.port,
            encryption=Encryption(smtp.encryption),
            username=smtp.username,
            password=smtp.password.get_secret_value() if smtp.password else None,
            sender=Mailbox(name=smtp.sender_name, address=smtp.sender_address),
            people_are_free=smtp.people_are_free,
            online_url=smtp.online_url,
        )
    except ValueError as error:
        raise SettingsError(f"smtp: {error}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Remotes:
    """The world outside, as adapters."""

    wfm: Wfm
    calendar: Calendar
    patient_calendar: Calendar
    directory: Directory | None
    people: Callable[[], Awaitable[Sequence[Person]]]
    apps: Apps | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """What the doctor tries a tenant with."""

    probe: GraphProbe
    directory: Directory


async def open_live(
    settings: Settings, clock: Clock, stack: AsyncExitStack, pause: Pause, trial: Trial
) -> Live:
    """Open what ``trial`` is tried with; closed with ``stack``."""
    client = await stack.enter_async_context(GraphClient(graph_settings(settings)))
    lead = trial.lead or settings.graph.reader_mailbox
    subjects = Subjects(lead=lead, room=trial.room, person=trial.person)
    probe = GraphProbe(client, clock, subjects, run=secrets.token_hex(8), pause=pause)
    return Live(probe=probe, directory=GraphDirectory(client))


async def open_wfm(settings: Settings, clock: Clock) -> Wfm:
    """Open the WFM that the settings name; WfmError where it cannot be read."""
    return await FilesWfm.open(settings.wfm_folder, clock)


async def open_remotes(
    settings: Settings,
    store: Store,
    clock: Clock,
    stack: AsyncExitStack,
    wfm: Wfm | None = None,
    setup: Callable[[], Setup] | None = None,
) -> Remotes:
    """Open the adapters that the settings name; they are closed with ``stack``.

    A ``wfm`` that is open already is taken as it is; ``setup`` gives the set-up in force.
    """
    wfm = wfm or await open_wfm(settings, clock)

    async def people() -> Sequence[Person]:
        return await asyncio.to_thread(load_people, settings.people_file or settings.wfm_folder)

    if settings.calendar is CalendarKind.SMTP:
        current = setup or partial(setup_of, settings)

        def rooms() -> Sequence[Room]:
            return tuple(current().rooms.values())

        mail = MailCalendar(_mail(settings), rooms, StoredEvents(store), clock)
        return Remotes(wfm=wfm, calendar=mail, patient_calendar=mail, directory=None, people=people)
    patient = await stack.enter_async_context(GraphClient(graph_settings(settings)))
    quick = patient.sharing(INTERACTIVE)

    def calendar(client: GraphClient) -> GraphCalendar:
        reader = settings.graph.reader_mailbox
        return GraphCalendar(client, clock, reader=reader)

    return Remotes(
        wfm=wfm,
        calendar=calendar(quick),
        patient_calendar=calendar(patient),
        directory=GraphDirectory(quick),
        people=people,
        apps=_apps(settings, patient),
    )
