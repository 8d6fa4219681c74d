"""An agent's own wish for a session with their manager: no reason is asked for."""

from enum import StrEnum


class PetitionState(StrEnum):
    """The life of a petition; one that nobody answered within its time has lapsed."""

    OPEN = "open"
    BOOKED = "booked"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
