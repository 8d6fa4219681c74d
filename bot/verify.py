"""A separate process that re-reads what a booking wrote, and says whether it is right.

It shares nothing with the running bot but the addresses: it parses the change file itself, and
asks the tenant over HTTP or reads the mails that were delivered. Run as ``python -m bot.verify``, with what to expect as JSON on
standard input; prints findings as JSON and ends with 0 only where all are right.
"""

import asyncio
import csv
import json
import mailbox
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
from icalendar import Calendar
from pydantic import BaseModel


class Expected(BaseModel):
    """What a booking should have left behind. Instants are aware; addresses are lower case."""

    change_file: Path
    agent_id: str
    start: datetime
    end: datetime
    code: str
    graph_url: str
    authority: str
    tenant_id: str
    client_id: str
    secret: str
    organiser: str
    attendee: str
    room: str | None
    mail_folder: Path | None = None


def changes(expected: Expected) -> bool:
    """Whether the change file holds exactly one standing insert of those minutes."""
    with expected.change_file.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    undone = {row["undoes"] for row in rows if row["op"] == "remove"}
    hits = [
        row
        for row in rows
        if row["op"] == "insert"
        and row["outcome"] == "applied"
        and row["key"] not in undone
        and row["agent"] == expected.agent_id
        and row["code"] == expected.code
        and datetime.fromisoformat(row["start"]) == expected.start
        and datetime.fromisoformat(row["end"]) == expected.end
    ]
    return len(hits) == 1


async def _events(
    session: aiohttp.ClientSession, expected: Expected, mailbox: str
) -> list[Mapping[str, Any]]:
    """Return the mailbox's events that start and end as expected."""
    url = f"{expected.graph_url}/users/{mailbox}/calendarView"
    span = {
        "startDateTime": _stamp(expected.start),
        "endDateTime": _stamp(expected.end),
    }
    async with session.get(url, params=span) as response:
        response.raise_for_status()
        found = (await response.json())["value"]
    return [
        event
        for event in found
        if _instant(event["start"]) == expected.start
        and _instant(event["end"]) == expected.end
        and not event.get("isCancelled")
    ]


def _stamp(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _instant(value: Mapping[str, str]) -> datetime:
    return datetime.fromisoformat(value["dateTime"][:19]).replace(tzinfo=UTC)


async def _token(session: aiohttp.ClientSession, expected: Expected) -> str:
    form = {
        "grant_type": "client_credentials",
        "client_id": expected.client_id,
        "client_secret": expected.secret,
        "scope": "https://graph.microsoft.com/.default",
    }
    url = f"{expected.authority}/{expected.tenant_id}/oauth2/v2.0/token"
    async with session.post(url, data=form) as response:
        response.raise_for_status()
        return str((await response.json())["access_token"])


async def calendars(expected: Expected) -> dict[str, bool]:
    """Return whether organiser's event, room's answer and attendee's invite are right."""
    async with aiohttp.ClientSession() as plain:
        token = await _token(plain, expected)
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        own = await _events(session, expected, expected.organiser)
        theirs = await _events(session, expected, expected.attendee)
    held = next((event for event in own if _invites(event, expected.attendee)), None)
    uids = {event["iCalUId"] for event in theirs}
    return {
        "event": held is not None,
        "room": expected.room is None or bool(held and _answer(held, expected.room) == "accepted"),
        "invite": bool(held and held["iCalUId"] in uids),
    }


def _people(event: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {one["emailAddress"]["address"].lower(): one for one in event["attendees"]}


def _invites(event: Mapping[str, Any], address: str) -> bool:
    return address in _people(event)


def _answer(event: Mapping[str, Any], address: str) -> str:
    one = _people(event).get(address, {})
    return str(one.get("status", {}).get("response", "none"))


def mails(expected: Expected, folder: Path) -> dict[str, bool]:
    """Return whether a delivered iTIP request invites the attendee to exactly those minutes."""
    invited = False
    for message in mailbox.Maildir(folder, create=False):
        for part in message.walk():
            if part.get_content_type() == "text/calendar":
                invited |= _requests(expected, part.get_payload(decode=True))
    return {"invite": invited}


def _requests(expected: Expected, payload: object) -> bool:
    calendar = Calendar.from_ical(bytes(payload) if isinstance(payload, bytes) else b"")
    attendee = f"mailto:{expected.attendee}"
    return calendar.get("METHOD") == "REQUEST" and any(
        event.start == expected.start
        and event.end == expected.end
        and any(str(one).lower() == attendee for one in event.attendees)
        for event in calendar.events
    )


async def findings(expected: Expected) -> dict[str, bool]:
    """Return every finding by name."""
    written = {"wfm": changes(expected)}
    if expected.mail_folder is not None:
        return written | mails(expected, expected.mail_folder)
    return written | await calendars(expected)


def main() -> None:
    """Read what to expect, look, and say."""
    expected = Expected.model_validate_json(sys.stdin.read())
    found = asyncio.run(findings(expected))
    sys.stdout.write(json.dumps(found) + "\n")
    raise SystemExit(0 if all(found.values()) else 1)


if __name__ == "__main__":
    main()
