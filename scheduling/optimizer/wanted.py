"""What is wanted: meetings, trainings, series, and the limits they are searched within."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from scheduling.domain.meetings import PlaceKind, Tier
from scheduling.domain.times import FieldError, WallWindow

PREFERENCE_MOST: Final = 200
"""Millionths of a contact that all preferences and fairness of one session may weigh: they
decide between equal plans only."""

_NEVER_NEGATIVE: Final = (
    "lead",
    "freeze",
    "edge",
    "sessions_a_day",
    "offline_a_day",
    "offline_a_week",
    "break_spacing",
    "work_stretch",
)
"""Fields of ``Limits`` that are never negative."""
_WEEK: Final = frozenset(range(7))


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """Times that are liked less: ``weight`` (0 to 100) where the session starts in ``window``."""

    window: WallWindow
    weight: int
    weekdays: frozenset[int] = _WEEK

    def __post_init__(self) -> None:
        if not 0 <= self.weight <= 100:
            raise FieldError(f"a preference of {self.weight} is not from 0 to 100", "weight")
        _require_weekdays(self.weekdays)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """One set of search parameters; minutes unless said otherwise.

    ``lead`` is from now to the earliest start; a booking that starts within ``freeze`` of now is
    never moved in time. ``edge`` keeps the first and last minutes of a shift free. Offline minutes are
    per agent, transitions included, scaled by contract. A moved break keeps ``break_spacing``
    to the next one and leaves no more than ``work_stretch`` of work without a pause (a session is
    work); breaks keep their order.
    """

    windows: tuple[WallWindow, ...] = ()
    weekdays: frozenset[int] = _WEEK
    blackout: frozenset[date] = frozenset()
    lead: int = 120
    freeze: int = 0
    edge: int = 30
    sessions_a_day: int = 1
    offline_a_day: int = 120
    offline_a_week: int = 240
    break_spacing: int = 60
    work_stretch: int = 300
    preferences: tuple[Preference, ...] = ()

    def __post_init__(self) -> None:
        for name in _NEVER_NEGATIVE:
            if getattr(self, name) < 0:
                raise FieldError(f"{name} is {getattr(self, name)}; it is never below 0", name)
        _require_weekdays(self.weekdays)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """One session to place: who, led by whom, ``minutes`` long, inside ``dates``.

    ``attendee_ids`` must be there, ``optional_ids`` may; ``quorum`` is the fewest who are present
    in all (None: everybody required). A one-to-one has one attendee. ``facilitator_id`` None is
    self-study. ``first`` and ``last`` are local dates of the first person, both inclusive.
    ``walk_away`` is the price in contacts past their goal above which the meeting fails with the
    rule PRICE. ``type_id`` is what facilitators may lead; ``limit_set`` names one of the
    problem's sets of limits, None the usual ones.
    """

    id: str
    attendee_ids: tuple[str, ...]
    facilitator_id: str | None
    minutes: int
    first: date
    last: date
    place: PlaceKind = PlaceKind.ONLINE
    tier: Tier = Tier.NORMAL
    walk_away: float | None = None
    optional_ids: tuple[str, ...] = ()
    quorum: int | None = None
    equipment: frozenset[str] = frozenset()
    type_id: str = ""
    limit_set: str | None = None

    def __post_init__(self) -> None:
        people = self.people
        if self.walk_away is not None and self.walk_away < 0:
            raise FieldError(
                f"meeting {self.id} walks away at {self.walk_away}: 0 or more, or none", "walk_away"
            )
        _require_length(f"meeting {self.id}", self.minutes)
        _require_in_order(f"meeting {self.id}", self.first, self.last)
        if not people or len(set(people)) < len(people):
            raise FieldError(f"meeting {self.id} needs attendees, each named once", "attendee_ids")
        if self.facilitator_id in people:
            raise FieldError(
                f"{self.facilitator_id} leads meeting {self.id} and attends it too",
                "facilitator_id",
            )
        if self.quorum is not None and not max(1, len(self.attendee_ids)) <= self.quorum <= len(
            people
        ):
            raise FieldError(
                f"meeting {self.id} has {len(self.attendee_ids)} required of {len(people)} people:"
                f" a quorum of {self.quorum} is not between the two",
                "quorum",
            )

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody asked: the required first."""
        return self.attendee_ids + self.optional_ids

    @property
    def attendee_id(self) -> str:
        """The first person, whose zone and site are the meeting's."""
        return self.people[0]

    @property
    def least_present(self) -> int:
        """The fewest people present, of those asked."""
        return len(self.attendee_ids) or 1 if self.quorum is None else self.quorum


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a course, ``least_days`` to ``most_days`` (date differences) after the one before.

    Only those of the training's trainers may lead it who are in ``trainer_ids``; all, if empty.
    """

    minutes: int
    least_days: int = 0
    most_days: int = 28
    place: PlaceKind = PlaceKind.ROOM
    equipment: frozenset[str] = frozenset()
    trainer_ids: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _require_length("a part", self.minutes)
        if self.least_days < 0:
            raise FieldError(f"{self.least_days} days are not 0 or more", "least_days")
        if self.most_days < self.least_days:
            raise FieldError(
                f"at most {self.most_days} days are fewer than at least {self.least_days}",
                "most_days",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """Attendees to be split into groups of ``least`` to ``most``, each taking all parts in order.

    A group keeps together through all parts, led by one of ``trainer_ids`` (the same one
    throughout where ``same_trainer``). ``per_team`` caps how many of one team sit in a group.
    """

    id: str
    attendee_ids: tuple[str, ...]
    trainer_ids: tuple[str, ...]
    parts: tuple[Part, ...]
    least: int
    most: int
    first: date
    last: date
    per_team: int | None = None
    same_trainer: bool = True
    tier: Tier = Tier.NORMAL
    type_id: str = ""
    limit_set: str | None = None

    def __post_init__(self) -> None:
        if not self.parts:
            raise FieldError(f"training {self.id} needs parts", "parts")
        for name in ("trainer_ids", "attendee_ids"):
            if not (people := getattr(self, name)) or len(set(people)) < len(people):
                raise FieldError(f"training {self.id} needs {name}, each named once", name)
        if both := sorted(set(self.trainer_ids) & set(self.attendee_ids)):
            raise FieldError(
                f"{both[0]} teaches training {self.id} and attends it too",
                "trainer_ids",
                self.trainer_ids.index(both[0]),
            )
        self._require_own_leaders()
        if not 1 <= self.least <= self.most:
            raise FieldError(
                f"training {self.id} has groups of {self.least} to {self.most}", "least"
            )
        if self.per_team is not None and self.per_team < 1:
            raise FieldError(f"{self.per_team} of a team are none: leave it out", "per_team")
        _require_in_order(f"training {self.id}", self.first, self.last)

    def _require_own_leaders(self) -> None:
        for part in self.parts:
            if strangers := sorted(set(part.trainer_ids) - set(self.trainer_ids)):
                raise FieldError(
                    f"{strangers[0]} leads a part of training {self.id}, and is no trainer of it",
                    "parts",
                )

    def leaders_of(self, part: Part) -> tuple[str, ...]:
        """Return who may lead a part."""
        return part.trainer_ids or self.trainer_ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Meetings of one person in their order, and the days that must lie between them.

    A later one starts later. ``least`` days lie between any two of them and to every date in
    ``history`` (before or after). At most ``most`` days lie between two meetings that follow each
    other in the series when both are held, and from the last history date before it (or on its
    day) to the first meeting of the series. Days are differences of local dates.
    """

    id: str
    meeting_ids: tuple[str, ...]
    least: int = 0
    most: int | None = None
    history: tuple[date, ...] = ()

    def __post_init__(self) -> None:
        if not self.meeting_ids or len(set(self.meeting_ids)) < len(self.meeting_ids):
            raise FieldError(f"series {self.id} needs meetings, each named once", "meeting_ids")
        if self.least < 0:
            raise FieldError(f"{self.least} days are not 0 or more", "least")
        if self.most is not None and self.most < self.least:
            raise FieldError(
                f"series {self.id} wants at least {self.least}, at most {self.most}", "most"
            )


def _require_length(name: str, minutes: int) -> None:
    if not 5 <= minutes <= 480:
        raise FieldError(f"{minutes} minutes is not a length for {name}: it is 5 to 480", "minutes")


def _require_in_order(name: str, first: date, last: date) -> None:
    if first > last:
        raise FieldError(f"{name} is to be held from {first} to {last}, which is before", "last")


def _require_weekdays(weekdays: frozenset[int]) -> None:
    if unknown := sorted(weekdays - _WEEK):
        raise FieldError(f"{unknown[0]} is no weekday: 0 is Monday, 6 Sunday", "weekdays")
