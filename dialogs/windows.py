"""Times of day: what "morning" means, and how a window is written in inputs and payloads."""

import re
from datetime import time

from dialogs.verbs import AFTERNOON, ANY_TIME, MORNING
from scheduling.domain.times import WallWindow

MORNING_WINDOW = WallWindow(time(6), time(12))
"""From six, so that asking for a morning never means three o'clock on a night shift."""
AFTERNOON_WINDOW = WallWindow(time(12), time(18))
EVENING_WINDOW = WallWindow(time(17), time(22))
NOON_WINDOW = WallWindow(time(12), time(14))

_NAMED = {MORNING: MORNING_WINDOW, AFTERNOON: AFTERNOON_WINDOW}
_CLOCKS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)", re.ASCII)


def write_window(window: WallWindow | None) -> str:
    """Return ``any``, ``morning``, ``afternoon`` or ``HH:MM-HH:MM``; midnight ends as 24:00."""
    if window is None:
        return ANY_TIME
    for name, named in _NAMED.items():
        if window == named:
            return name
    end = "24:00" if window.end == time(0) else f"{window.end:%H:%M}"
    return f"{window.start:%H:%M}-{end}"


def read_window(text: str) -> WallWindow | None:
    """Return the window written as ``text``, None for any time; ValueError if it is neither."""
    if text == ANY_TIME:
        return None
    if text in _NAMED:
        return _NAMED[text]
    if (clocks := _CLOCKS.fullmatch(text)) is None:
        raise ValueError("a window is any, morning, afternoon or HH:MM-HH:MM")
    first_hour, first_minute, last_hour, last_minute = map(int, clocks.groups())
    if last_hour == 24 and last_minute:
        raise ValueError("a day ends at 24:00")
    return WallWindow(time(first_hour, first_minute), time(last_hour % 24, last_minute))
