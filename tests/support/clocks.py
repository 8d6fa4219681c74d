"""The clock of every test."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass
class StoppedClock:
    """A clock that moves when told; ``instant`` is aware UTC."""

    instant: datetime = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """See Clock."""
        return self.instant

    def forward(self, **parts: float) -> None:
        """Move on by a timedelta's parts."""
        self.instant += timedelta(**parts)
