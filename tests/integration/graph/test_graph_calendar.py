"""Graph's own ways of going wrong, through the real SDK and sign-in against the stand-in."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from graph.adapter import GraphCalendar
from graph.client import INTERACTIVE, ForeignLink, GraphClient
from graph.sandbox import Fault, JoinLink, RoomMailbox, RoomMode, Running, User
from graph.sandbox.plumbing import Entry
from graph.settings import CredentialKind
from scheduling.domain.times import DAY, Interval
from scheduling.ports.calendar import (
    CalendarAuthFailed,
    CalendarError,
    CalendarForbidden,
    CalendarNotFound,
    CalendarRejected,
    CalendarThrottled,
    CalendarUnavailable,
    EventDraft,
    Mailbox,
    RoomAnswer,
)

NINE = datetime(2026, 10, 5, 9, tzinfo=UTC)
FAY = Mailbox(name="Fay Finch", address="fay@contoso.example")
ASHA = Mailbox(name="Asha Rao", address="asha@contoso.example")
OAK = Mailbox(name="Oak", address="oak@contoso.example")
HALF_HOUR = Interval(NINE, NINE + timedelta(minutes=30))
DRAFT = EventDraft(
    key="request-1:calendar",
    organiser=FAY,
    interval=HALF_HOUR,
    zone="Europe/London",
    subject="One-to-one",
    room=OAK,
)


async def test_a_throttled_call_waits_as_long_as_graph_says(
    running: Running, calendar: GraphCalendar, pauses: list[float]
) -> None:
    running.fail(Fault(method="POST", status=429, retry_after=7))
    await calendar.hold(DRAFT)
    assert pauses == [7]
    assert len(running.sandbox.meetings) == 1


async def test_a_person_who_waits_is_told_of_throttling_rather_than_kept(
    running: Running, client: GraphClient, calendar: GraphCalendar, pauses: list[float]
) -> None:
    quick = GraphCalendar(client.sharing(INTERACTIVE), running.sandbox.clock, reader=FAY.address)
    running.fail(Fault(status=429, retry_after=30))
    with pytest.raises(CalendarThrottled) as caught:
        await quick.hold(DRAFT)
    assert caught.value.after == 30
    assert pauses == []
    await calendar.hold(DRAFT)


@pytest.mark.parametrize("status", [None, 504])
@pytest.mark.parametrize("times", [1, 3])
async def test_a_create_whose_answer_was_lost_is_made_once(
    running: Running, calendar: GraphCalendar, status: int | None, times: int
) -> None:
    running.fail(Fault(method="POST", status=status, after_commit=True, times=times))
    ref = await calendar.hold(DRAFT)
    assert len(running.sandbox.meetings) == 1
    assert await calendar.find(FAY.address, DRAFT.key) == ref


async def test_a_create_that_never_arrived_says_so(
    running: Running, calendar: GraphCalendar
) -> None:
    running.fail(Fault(method="POST", status=503, times=3))
    with pytest.raises(CalendarUnavailable):
        await calendar.hold(DRAFT)
    assert await calendar.find(FAY.address, DRAFT.key) is None


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, CalendarRejected),
        (401, CalendarAuthFailed),
        (403, CalendarForbidden),
        (404, CalendarNotFound),
        (500, CalendarUnavailable),
        (None, CalendarUnavailable),
    ],
)
async def test_each_refusal_has_its_name(
    running: Running, calendar: GraphCalendar, status: int | None, error: type[CalendarError]
) -> None:
    running.fail(Fault(status=status, code="ErrorOfSomeKind", times=9))
    with pytest.raises(error) as caught:
        await calendar.hold(DRAFT)
    assert type(caught.value) is error
    assert FAY.address not in str(caught.value)


async def test_a_wrong_secret_is_refused_sign_in(running: Running) -> None:
    settings = replace(running.settings(FAY.address), secret="wrong")
    async with GraphClient(settings) as client:
        calendar = GraphCalendar(client, running.sandbox.clock, reader=FAY.address)
        with pytest.raises(CalendarAuthFailed):
            await calendar.rooms()


async def test_federation_signs_in_with_the_token_of_the_host(
    running: Running, tmp_path: Path
) -> None:
    token_file = tmp_path / "token"
    token_file.write_text("federated")
    settings = replace(
        running.settings(FAY.address),
        kind=CredentialKind.WORKLOAD,
        secret=None,
        token_file=token_file,
    )
    async with GraphClient(settings) as client:
        calendar = GraphCalendar(client, running.sandbox.clock, reader=FAY.address)
        assert len(await calendar.rooms()) == 2


def key_pair() -> tuple[bytes, bytes]:
    """Return a self-signed certificate and its private key, both PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "aside")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NINE)
        .not_valid_after(NINE + 365 * DAY)
        .sign(key, SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return certificate.public_bytes(Encoding.PEM), private


@pytest.mark.parametrize("trusted", [True, False])
async def test_only_the_certificate_that_the_tenant_knows_signs_in(
    running: Running, tmp_path: Path, reconfigure: Callable[..., None], trusted: bool
) -> None:
    certificate, private = key_pair()
    reconfigure(certificate=certificate if trusted else key_pair()[0])
    file = tmp_path / "aside.pem"
    file.write_bytes(certificate + private)
    settings = replace(
        running.settings(FAY.address),
        kind=CredentialKind.CERTIFICATE,
        secret=None,
        certificate=file,
    )
    async with GraphClient(settings) as client:
        calendar = GraphCalendar(client, running.sandbox.clock, reader=FAY.address)
        expected = nullcontext() if trusted else pytest.raises(CalendarAuthFailed)
        with expected:
            assert len(await calendar.rooms()) == 2


async def test_a_call_without_a_token_is_refused_by_the_stand_in(running: Running) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{running.url}/v1.0/users") as answer,
    ):
        assert answer.status == 401


async def test_a_link_to_another_host_is_not_followed(client: GraphClient) -> None:
    seen: list[web.Request] = []

    async def note(request: web.Request) -> web.Response:
        seen.append(request)
        return web.json_response({"value": []})

    app = web.Application()
    app.router.add_get("/{path:.*}", note)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    for link in (f"http://127.0.0.1:{port}/v1.0/users", "https://evil.example/v1.0/users"):
        with pytest.raises(ForeignLink):
            await client.follow(link)
    await runner.cleanup()
    assert seen == []


async def test_rooms_are_paged_by_link_and_by_skip(
    running: Running,
    calendar: GraphCalendar,
    reconfigure: Callable[..., None],
    advance: Callable[[timedelta], None],
) -> None:
    for n in range(5):
        room = RoomMailbox(address=f"r{n}@contoso.example", name=f"R{n}", capacity="12")
        running.sandbox.rooms[room.address] = room
    reconfigure(page_size=3)
    rooms = await calendar.rooms()
    assert len(rooms) == 7
    assert rooms[0].equipment == {"video"}
    assert rooms[-1].capacity == 12
    reconfigure(leave_out_links=True)
    del running.sandbox.rooms["r0@contoso.example"]
    assert len(await calendar.rooms()) == 7, "rooms are kept for a day"
    advance(DAY)
    assert len(await calendar.rooms()) == 6


async def test_at_most_four_calls_reach_a_mailbox_at_once(
    running: Running, client: GraphClient, calendar: GraphCalendar
) -> None:
    running.fail(Fault(status=0, latency=0.02, times=99))
    drafts = [replace(DRAFT, key=f"request-{n}:calendar", room=None) for n in range(9)]
    await asyncio.gather(*(calendar.hold(draft) for draft in drafts))
    assert {entry.status for entry in running.journal} == {200, 201}
    assert client.profile.retries == 2


async def test_a_room_that_waits_for_its_delegate_is_tentative_until_then(
    running: Running, calendar: GraphCalendar
) -> None:
    running.sandbox.rooms[OAK.address].mode = RoomMode.DELEGATE
    ref = await calendar.hold(DRAFT)
    assert (await calendar.read(ref)).room is RoomAnswer.TENTATIVE
    async with aiohttp.ClientSession() as session:
        answer = {"uid": ref.ical_uid, "address": OAK.address, "response": "accepted"}
        await session.post(f"{running.url}/_sandbox/respond", json=answer)
    assert (await calendar.read(ref)).room is RoomAnswer.ACCEPTED


async def test_a_slow_room_has_not_answered_until_its_time(
    calendar: GraphCalendar, reconfigure: Callable[..., None], advance: Callable[[timedelta], None]
) -> None:
    reconfigure(room_delay=30)
    ref = await calendar.hold(DRAFT)
    assert (await calendar.read(ref)).room is RoomAnswer.NONE
    advance(timedelta(seconds=30))
    assert (await calendar.read(ref)).room is RoomAnswer.ACCEPTED


@pytest.mark.parametrize(
    "change", [{"mode": RoomMode.SILENT}, {"longest": 15}, {"booking_days": 1}]
)
async def test_a_room_keeps_its_own_policy(
    running: Running, calendar: GraphCalendar, change: dict[str, Any]
) -> None:
    for name, value in change.items():
        setattr(running.sandbox.rooms[OAK.address], name, value)
    answer = (await calendar.read(await calendar.hold(DRAFT))).room
    assert answer is (RoomAnswer.NONE if "mode" in change else RoomAnswer.DECLINED)


@pytest.mark.parametrize("when", JoinLink)
async def test_a_link_may_come_late_or_never(
    calendar: GraphCalendar, reconfigure: Callable[..., None], when: JoinLink
) -> None:
    reconfigure(join_link=when)
    state = await calendar.read(await calendar.hold(replace(DRAFT, room=None)))
    assert (state.join_url is None) is (when is JoinLink.NEVER)


async def test_cancelling_twice_succeeds_where_cancelled_events_are_kept(
    calendar: GraphCalendar, reconfigure: Callable[..., None]
) -> None:
    reconfigure(keep_cancelled=True)
    ref = await calendar.hold(DRAFT)
    await calendar.cancel(ref, "Called off.")
    await calendar.cancel(ref, "Called off.")
    assert (await calendar.read(ref)).cancelled
    assert await calendar.find(FAY.address, DRAFT.key) is None


async def test_the_invitation_reaches_the_agents_own_calendar(
    running: Running, calendar: GraphCalendar, client: GraphClient
) -> None:
    ref = await calendar.hold(DRAFT)
    await calendar.invite(ref, [ASHA])
    link = (
        f"{running.url}/v1.0/users/{ASHA.address}/calendarView"
        "?startDateTime=2026-10-05T00:00:00Z&endDateTime=2026-10-06T00:00:00Z"
    )
    (copy,) = (await client.follow(link))["value"]
    assert copy["iCalUId"] == ref.ical_uid
    assert copy["id"] != ref.event_id
    assert copy["sensitivity"] == "private"
    running.sandbox.respond(running.sandbox.meetings[0], ASHA.address, "declined")
    assert (await calendar.read(ref)).attendees == {ASHA.address: "declined"}


async def test_free_busy_crosses_graphs_limits_and_never_reads_a_subject(
    running: Running, calendar: GraphCalendar
) -> None:
    late = Interval(NINE + 70 * DAY, NINE + 70 * DAY + timedelta(hours=1))
    running.sandbox.users[ASHA.address].busy += [HALF_HOUR, late]
    crowd = [f"u{n}@contoso.example" for n in range(25)]
    running.sandbox.users |= {each: User(address=each, name=each) for each in crowd}
    answers = await calendar.free_busy([*crowd, ASHA.address], Interval(NINE, NINE + 100 * DAY))
    assert all(each.known for each in answers)
    assert answers[-1].busy == (HALF_HOUR, late)
    assert "personal" not in repr(answers)
    calls = [entry for entry in running.journal if entry.path.endswith("getSchedule")]
    assert [len(entry.body["Schedules"]) for entry in calls] == [20, 20, 6, 6]


async def test_nothing_is_ever_written_into_a_rooms_own_calendar(
    running: Running, calendar: GraphCalendar
) -> None:
    ref = await calendar.hold(DRAFT)
    await calendar.invite(ref, [ASHA])
    await calendar.cancel(ref, "Called off.")
    writes = [entry.path for entry in running.journal if entry.method != "GET"]
    assert not any(f"/users/{OAK.address}" in path for path in writes)


async def test_what_goes_over_the_wire_keeps_to_microsofts_schema(
    running: Running, calendar: GraphCalendar, complaints: Callable[[Entry], Iterator[str]]
) -> None:
    await calendar.rooms()
    for draft in (DRAFT, replace(DRAFT, key="request-2:calendar", room=None)):
        ref = await calendar.hold(draft)
        await calendar.read(ref)
        await calendar.invite(ref, [ASHA])
        await calendar.free_busy([OAK.address, "nobody@contoso.example"], HALF_HOUR)
        await calendar.cancel(ref, "Called off.")
        await calendar.cancel(ref, "Called off.")
    assert len(running.journal) > 12
    assert [c for entry in running.journal for c in complaints(entry)] == []


async def test_every_call_asks_for_immutable_ids(running: Running, calendar: GraphCalendar) -> None:
    await calendar.invite(await calendar.hold(DRAFT), [ASHA])
    assert all('IdType="ImmutableId"' in entry.prefer for entry in running.journal)


async def test_what_is_sent_says_nothing_about_the_meeting(
    running: Running, calendar: GraphCalendar
) -> None:
    await calendar.hold(DRAFT)
    (sent,) = [entry.body for entry in running.journal if entry.method == "POST"]
    assert sent["body"]["content"] == "Arranged through Aside."
    assert sent["sensitivity"] == "private"
    assert sent["start"] == {"dateTime": "2026-10-05T10:00:00", "timeZone": "GMT Standard Time"}


async def test_a_cut_connection_is_told_from_a_refusal_for_the_interactive_caller(
    running: Running, client: GraphClient
) -> None:
    quick = client.sharing(replace(INTERACTIVE, total=0.1))
    running.fail(Fault(status=0, latency=0.3))
    with pytest.raises(CalendarUnavailable, match="timeOut"):
        await GraphCalendar(quick, running.sandbox.clock, reader=FAY.address).rooms()
