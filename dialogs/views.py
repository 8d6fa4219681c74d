"""What a person is to see, before it becomes a card. One view, one card, one snapshot family."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as by_default
from datetime import date, datetime

from dialogs.agenda_views import ReadingView
from dialogs.change_views import ChangingView
from dialogs.course_views import TeachingView
from dialogs.problems import Problem
from dialogs.register_views import AttendanceView
from dialogs.run_views import RecurringView
from dialogs.scheduler_views import SchedulingView
from dialogs.setup_views import SetupView
from scheduling.domain.notices import Concern, NoticeKind
from scheduling.domain.people import Role
from scheduling.domain.proposals import Proposal
from scheduling.domain.reach import Reach
from scheduling.domain.refusals import Refusal
from scheduling.domain.requests import Draft, RequestView, WorkItemView
from scheduling.domain.selfcare import Cause
from scheduling.workflows.desk_port import Roster
from scheduling.workflows.petitions_port import PetitionFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who reads: BCP 47 locale and IANA zone; ``scheduler`` may see why somebody is away.

    ``shared`` is a card that readers in several zones see: its times say whose they are.
    """

    locale: str
    zone: str
    now: datetime
    scheduler: bool = False
    shared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpView:
    """What Aside can do for this person, with sentences to try: ``examples`` of asking for others.

    ``discarded``: it is shown instead of a proposal or form that is not wanted any more.
    """

    name: str
    roles: frozenset[Role]
    examples: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    puzzled_by_message: bool = False
    discarded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FormView:
    """The one card that asks what is missing; everything understood is filled in.

    ``refusal`` tells why there is no proposal although nothing was missing.
    """

    draft: Draft
    roster: Roster
    problems: tuple[Problem, ...]
    refusal: Refusal | None = None
    facts: Mapping[str, object] = by_default(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFormView:
    """The one card that asks what an order left open; everything understood is filled in.

    ``kind`` is an ``OrderKind``'s value, ``inputs`` the ids of the inputs that matter to it;
    ``payload`` holds its wish as a draft's does, ``numbers`` what are numbers.
    """

    kind: str
    inputs: tuple[str, ...]
    payload: Mapping[str, object]
    numbers: Mapping[str, int | None]
    was: date | None
    prose: str
    roster: Roster
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalView:
    """The proposal, with every inferred field as a changeable input. ``refusal`` explains a redo.

    ``wish`` is the agent's own that it answers.
    """

    draft: Draft
    roster: Roster
    proposal: Proposal
    refusal: Refusal | None = None
    wish: PetitionFacts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCardView:
    """A request on its requester's card: queued, progress of each write, booked, undone, failed.

    Without ``draft_id`` it is shown in a second place, where its buttons name the request itself.
    """

    request: RequestView
    draft_id: str | None = None
    draft_version: int = 0
    refusal: Refusal | None = None
    facts: Mapping[str, object] = by_default(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItemCardView:
    """A work item in the schedulers' channel; ``refusal`` tells the tapper what did not happen.

    ``brief`` is what others who read there may see as well.
    """

    item: WorkItemView
    brief: bool = False
    refusal: Refusal | None = None
    facts: Mapping[str, object] = by_default(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalView:
    """A refusal with nothing else to show: what, why, who can, what to do.

    ``shared``: it is shown in the place of a card that others read too.
    """

    refusal: Refusal
    facts: Mapping[str, object]
    shared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView:
    """A short message to a person whom a request concerns, and in what way it does.

    The request holds only the sessions that this person is to hear of; with a ``draft_id`` its
    requester can have its card here. ``why`` is, by session, why Aside moved it by itself.
    """

    kind: NoticeKind
    request: RequestView
    concern: Concern = Concern.ATTENDEE
    draft_id: str | None = None
    draft_version: int = 0
    why: Mapping[str, Cause] = by_default(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachView:
    """Whom the reader may ask for, and by what each of them can be reached."""

    people: tuple[Reach, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObstacleView:
    """Why Aside may not write somewhere, in Teams' word; ``affected`` conversations have it."""

    cause: str
    affected: int
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestView:
    """What happened for a person since ``since``, in the order in which it did."""

    since: datetime
    notices: tuple[NoticeView, ...]


View = (
    ReadingView
    | AttendanceView
    | RecurringView
    | TeachingView
    | SchedulingView
    | ChangingView
    | SetupView
    | HelpView
    | FormView
    | OrderFormView
    | ProposalView
    | RequestCardView
    | WorkItemCardView
    | RefusalView
    | NoticeView
    | DigestView
    | ObstacleView
    | ReachView
)
