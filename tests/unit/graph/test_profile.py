"""A tenant's profile is read back as it was written, and a file that is none is refused."""

import pytest

from graph.sandbox.model import (
    IfMatch,
    JoinLink,
    OnAttendees,
    RoomMailbox,
    RoomMode,
    SandboxSettings,
)
from graph.sandbox.profile import TenantProfile, read_profile

SEEN = TenantProfile(
    room_mode=RoomMode.DELEGATE,
    room_delay=7.5,
    allow_conflicts=True,
    on_attendees=OnAttendees.RESET,
    join_link=JoinLink.LATER,
    if_match=IfMatch.IGNORED,
    keep_cancelled=True,
    leave_out_links=True,
)


@pytest.mark.parametrize("profile", [SEEN, TenantProfile()])
def test_a_profile_reads_back_as_it_was_written(profile: TenantProfile) -> None:
    assert read_profile(profile.text()) == profile


def test_the_stand_in_takes_what_was_seen_and_keeps_the_rest() -> None:
    settings = SEEN.settings(SandboxSettings(page_size=7))
    assert (settings.join_link, settings.room_delay, settings.page_size) == ("later", 7.5, 7)
    room = SEEN.furnish(RoomMailbox(address="oak@x.example", name="Oak"))
    assert (room.mode, room.allow_conflicts) == (RoomMode.DELEGATE, True)
    assert TenantProfile().settings(settings) == settings


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{}",
        '{"format": 2}',
        '{"format": 1, "mood": "good"}',
        '{"format": 1, "room_mode": "x"}',
        '{"format": 1, "room_delay": true}',
        '{"format": 1, "keep_cancelled": "yes"}',
    ],
)
def test_a_file_that_is_no_profile_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"profile|RoomMode"):
        read_profile(text)
