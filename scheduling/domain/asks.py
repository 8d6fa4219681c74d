"""What somebody asks for: the content of a draft, before anything is searched."""

from dataclasses import dataclass

from scheduling.domain.meetings import LEAST_MINUTES, MOST_MINUTES, PlaceKind
from scheduling.domain.times import DateRange, WallWindow


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One complete wish: a session of ``type_id`` for each of ``attendee_ids``.

    ``dates`` and ``window`` are in each attendee's own zone; ``minutes`` is the length of each
    session. Raises ValueError where there is nobody to attend or the length is absurd.
    """

    type_id: str
    attendee_ids: tuple[str, ...]
    facilitator_id: str
    dates: DateRange
    minutes: int
    place: PlaceKind
    window: WallWindow | None = None

    def __post_init__(self) -> None:
        if not self.attendee_ids or len(set(self.attendee_ids)) != len(self.attendee_ids):
            raise ValueError("an ask names each of its attendees once, and at least one")
        if not LEAST_MINUTES <= self.minutes <= MOST_MINUTES:
            raise ValueError(f"{self.minutes} minutes is not a length for a session")
