"""The real clock and the real ids; everything else is handed them."""

import secrets
from datetime import UTC, datetime


class SystemClock:
    """``ports.clock.Clock`` by the machine's clock."""

    def now(self) -> datetime:
        """Return the current aware UTC instant."""
        return datetime.now(UTC)  # noqa: TID251 - this is the clock that is injected


class RandomIds:
    """``ports.clock.Ids`` by the operating system's randomness."""

    def new(self) -> str:
        """Return 128 random bits, safe in URLs, JSON and on a command line."""
        while (found := secrets.token_urlsafe(16)).startswith("-"):
            pass  # a command would take it for an option
        return found
