"""Why a booked session does not hold any more, and what was done about it, in neutral words.

Others read them: they never say why somebody is not there.
"""

from dialogs.wording import mark
from scheduling.domain.selfcare import Care, Cause

CAUSES = {
    Cause.SCHEDULE: mark("The published schedule has changed, and this time is not open any more."),
    Cause.LEADER: mark("Whoever leads the session is not available at that time any more."),
    Cause.ROOM: mark("The room is not available any more."),
    Cause.DEMAND: mark("More customers are expected at that time."),
}

REASONS = {
    Cause.SCHEDULE: mark("schedule changed"),
    Cause.LEADER: mark("leader not available"),
    Cause.ROOM: mark("room not available"),
    Cause.DEMAND: mark("more customers expected"),
}

CARE = {
    Care.MOVING: mark("… being moved"),
    Care.MOVED: mark("✓ moved"),
    Care.ASKED: mark("… asked"),
    Care.LEFT: mark("○ left as it is"),
    Care.HANDED: mark("▲ with the schedulers"),
}
