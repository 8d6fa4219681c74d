"""An agent's own wish for a session with their manager: no reason is asked for."""

from enum import StrEnum


class PetitionState(StrEnum):
    """The life of a petition; one that nobody answered within its time has lapsed.

    What is ``BOOKED`` as stored is answered by a request, and follows it: ``ARRANGING`` until there
    is a session, then ``BOOKED``, and ``REOPENED`` once the request has no session for the agent.
    """

    OPEN = "open"
    ARRANGING = "arranging"
    BOOKED = "booked"
    REOPENED = "reopened"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"

    @property
    def open(self) -> bool:
        """Whether the manager is still to answer."""
        return self in {self.OPEN, self.REOPENED}
