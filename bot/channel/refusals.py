"""Why a call to the edge was turned away: an HTTP status and a word for the log, never a body."""


class Refused(Exception):
    """The request goes no further. ``status`` is 400, 401, 403, 413 or 429; ``reason`` is logged.

    Callers are told the status only: what exactly was wrong would help nobody but an attacker.
    """

    def __init__(self, status: int, reason: str) -> None:
        """Keep the status and the reason, which never holds anything the caller sent."""
        super().__init__(reason)
        self.status = status
        self.reason = reason
