"""What somebody asks for: the content of a draft, before anything is searched."""

from dataclasses import dataclass

from scheduling.domain.meetings import LEAST_MINUTES, MOST_MINUTES, PlaceKind
from scheduling.domain.times import DateRange, WallWindow


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One complete wish: a session of ``type_id`` for each of ``attendee_ids``.

    ``dates`` and ``window`` are in each attendee's own zone; ``minutes`` is the length of each
    session. Raises ValueError where there is nobody to attend or the length is absurd.

    ``together`` asks for one session of all of them instead. ``optional_ids`` are those who may
    be missing then, and ``quorum`` the fewest who must be there in all (None: all the others).
    ``equipment`` is what a room must have, ``room_id`` the only room that will do.
    """

    type_id: str
    attendee_ids: tuple[str, ...]
    facilitator_id: str
    dates: DateRange
    minutes: int
    place: PlaceKind
    window: WallWindow | None = None
    together: bool = False
    optional_ids: tuple[str, ...] = ()
    quorum: int | None = None
    equipment: frozenset[str] = frozenset()
    room_id: str | None = None

    def __post_init__(self) -> None:
        if not self.attendee_ids or len(set(self.attendee_ids)) != len(self.attendee_ids):
            raise ValueError("an ask names each of its attendees once, and at least one")
        if not LEAST_MINUTES <= self.minutes <= MOST_MINUTES:
            raise ValueError(f"{self.minutes} minutes is not a length for a session")
        if self.room_id is not None and self.place is not PlaceKind.ROOM:
            raise ValueError("a room is only chosen for a session in a room")
        self._require_one_meeting()

    def _require_one_meeting(self) -> None:
        if not self.together:
            if self.optional_ids or self.quorum is not None:
                raise ValueError("only people who meet together can be optional or have a quorum")
            return
        if not set(self.optional_ids) <= set(self.attendee_ids):
            raise ValueError("who is optional is asked too")
        if self.quorum is not None and not 1 <= self.quorum <= len(self.attendee_ids):
            raise ValueError(f"a quorum of {self.quorum} is not one of {len(self.attendee_ids)}")

    @property
    def required_ids(self) -> tuple[str, ...]:
        """Who must be there; nobody by name where the quorum allows some of them to be missing."""
        required = tuple(i for i in self.attendee_ids if i not in self.optional_ids)
        return () if self.quorum is not None and self.quorum < len(required) else required

    @property
    def least(self) -> int:
        """The fewest attendees of one session."""
        if not self.together:
            return 1
        return self.quorum or len(self.required_ids) or 1

    @property
    def sought_ids(self) -> tuple[str, ...]:
        """The attendees under whose ids sessions are looked for: of people together, one of them."""
        return (self.required_ids or self.attendee_ids)[:1] if self.together else self.attendee_ids
