"""What a sentence may order besides a new request; each order belongs to one topic."""

from dataclasses import dataclass, field
from enum import StrEnum, auto

from dialogs.problems import Problem
from dialogs.wishes import Wish
from scheduling.domain.templates import Recurrence
from scheduling.domain.times import DateRange


class OrderKind(StrEnum):
    """Every order that a sentence may give. Languages have phrases for each (``Phrases.orders``)."""

    AGENDA = auto()
    """"my meetings", "my sessions this week": what lies ahead of the speaker."""
    STATUS = auto()
    """"status", "what is under way": the speaker's requests that are not over."""
    CADENCE = auto()
    """"who has not had a 1:1 in 30 days": ``Order.days`` is the 30."""
    MOVE = auto()
    """"move Asha's 1:1 to Thursday afternoon": whom, and to when."""
    CANCEL = auto()
    """"cancel my 1:1 with Tom"."""
    UNDO = auto()
    """"undo": the last booking that can be undone."""
    NOTE = auto()
    """"add a note to Asha's 1:1: bring the report": ``Order.prose`` is what follows the colon."""
    CANNOT = auto()
    """"I can't make Thursday": an agent's word, no reason asked."""
    SWAP = auto()
    """"swap my session with Ben"."""
    ASK_MANAGER = auto()
    """"I would like a 1:1 with my manager": an agent's own request."""
    EARLIER_ON = auto()
    """"earlier if quiet"."""
    EARLIER_OFF = auto()
    QUEUE = auto()
    """"queue", "what is waiting", "who is next": the schedulers' queue."""
    PAUSE = auto()
    """"pause auto-scheduling"."""
    RESUME = auto()
    RELEASE = auto()
    """"release 3 sessions": what could give way to a rush now; ``Order.count`` is the 3."""
    REACH = auto()
    """"who can be reached": mailbox and Teams of whom the speaker may ask for."""
    TEMPLATES = auto()
    """"recurring meetings": the templates of the speaker, and their runs."""
    NEW_TEMPLATE = auto()
    """"1:1 with Asha every month", "new recurring meeting": ``Order.recurrence`` is how often, None
    where that was not said."""
    RUN = auto()
    """"run January", "plan the recurring meetings for next month": over which dates."""
    NEW_COURSE = auto()
    """"new course"."""
    COURSES = auto()
    """"courses", "roll out Empathy 2 by 31 January": ``Order.prose`` is what names the course and for
    whom, the wish's dates by when."""
    REGISTERS = auto()
    """"my registers", "register": who attended what the speaker led."""
    LATE = auto()
    """"running late 10 min": the speaker's session that begins about now; the wish's minutes."""
    PARTICIPATION = auto()
    """"completion of coaching in the last 90 days": who attended what; ``Order.days``."""
    SETUP = auto()
    """"setup", "dry run": an administrator's or scheduler's own settings, and what a change of them
    would have done; ``Order.prose`` says which."""


class Only(StrEnum):
    """What of a list is meant: "my items", "what is overdue", "unassigned"."""

    MINE = auto()
    OVERDUE = auto()
    UNCLAIMED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order as far as it was understood; what was not said is empty.

    ``wish`` holds the people, dates, times, type and place that were said, as ``wish.said`` names
    them (nothing in it is inferred); ``problems`` is what must be asked instead of guessed;
    ``only`` is what of a list is meant. ``days`` is a length in days, ``count`` a number of sessions; ``open_ended`` where
    the dates of what recurs only say when it begins; ``was`` are the dates that a
    session is to leave ("from Thursday to Friday"); ``prose`` is free text in the speaker's own
    words.
    """

    kind: OrderKind
    wish: Wish = field(default_factory=Wish)
    problems: tuple[Problem, ...] = ()
    days: int | None = None
    count: int | None = None
    was: DateRange | None = None
    prose: str = ""
    only: frozenset[Only] = frozenset()
    recurrence: Recurrence | None = None
    open_ended: bool = False
