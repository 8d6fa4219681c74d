"""Where there is no tenant: invitations by mail."""

import email
import email.policy
from email.message import EmailMessage

import pytest
from icalendar import Calendar, Component

from tests.support.house import House

pytestmark = pytest.mark.e2e


@pytest.fixture
def overrides() -> dict[str, object]:
    """Send mail."""
    return {"calendar": "smtp"}


def mails(house: House) -> list[EmailMessage]:
    """Return what the sink was sent, oldest first."""
    paths = sorted((house.sink.folder / "new").iterdir(), key=lambda path: path.stat().st_mtime_ns)
    return [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in paths
    ]


def invitation(mail: EmailMessage) -> tuple[str, Component]:
    """Return the iTIP method and the event of a mail."""
    (part,) = [one for one in mail.walk() if one.get_content_type() == "text/calendar"]
    calendar = Calendar.from_ical(part.get_content())
    assert part.get_param("method") == calendar["METHOD"]
    (event,) = calendar.walk("VEVENT")
    return str(calendar["METHOD"]), event


async def test_the_same_booking_sends_an_invitation_and_undo_cancels_it(house: House) -> None:
    await house.meets("Alex Wilber")
    chat = house.chat("Alex Wilber")
    booked = await house.book(chat, "1:1 with Asha next week")
    assert not house.world.graph.sandbox.meetings
    (row,) = house.changes()
    to_asha = [mail for mail in mails(house) if "asha.patel@" in str(mail["To"])]
    method, event = invitation(to_asha[-1])
    assert method == "REQUEST"
    assert str(event["SUMMARY"]) == "One-to-one"
    assert "aside@contoso.example" in str(event["ORGANIZER"]).lower()
    invited = {str(one).lower() for one in event["ATTENDEE"]}
    assert invited == {f"mailto:{name}@contoso.example" for name in ("alex.wilber", "asha.patel")}
    assert event["CLASS"] == "PRIVATE"
    wall = event["DTSTART"].dt
    assert wall.strftime("%Y-%m-%d %H:%M") == row["start"][:16]
    assert wall.strftime("%H:%M") in booked

    await house.tap(chat, "Undo")
    await house.until(chat, "↶ Undone: nothing is booked any more")
    to_asha = [mail for mail in mails(house) if "asha.patel@" in str(mail["To"])]
    method, cancelled = invitation(to_asha[-1])
    assert method == "CANCEL"
    assert cancelled["UID"] == event["UID"]
    assert cancelled["SEQUENCE"] > event["SEQUENCE"]
    assert str(cancelled["STATUS"]) == "CANCELLED"
    assert [one["op"] for one in house.changes()] == ["insert", "remove"]
