"""What is to be seen of the change of a session: the choice of it, of a peer, and how it stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as by_default

from dialogs.verbs import Verb
from scheduling.domain.changes import ChangedSession, ChangeView
from scheduling.domain.refusals import Refusal
from scheduling.domain.times import DateRange, WallWindow
from scheduling.workflows.changes_port import SwapChoices


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeCardView:
    """A change as its reader sees it; ``refusal`` tells what did not happen."""

    change: ChangeView
    refusal: Refusal | None = None
    facts: Mapping[str, object] = by_default(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class WhichSessionView:
    """It asks with which of the sessions that may be meant ``verb`` shall be done; or with the one.

    ``dates`` and ``window`` are where a moved one is to go.
    """

    verb: Verb
    sessions: tuple[ChangedSession, ...]
    dates: DateRange | None = None
    window: WallWindow | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapChoicesView:
    """With whom a session could be swapped."""

    choices: SwapChoices
    refusal: Refusal | None = None
    facts: Mapping[str, object] = by_default(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class GivingUpView:
    """Later parts of a course go with the one that is given up or cancelled: it says so first.

    ``sessions`` are that part and those that go with it, in their order; ``verb`` does it.
    """

    verb: Verb
    sessions: tuple[ChangedSession, ...]


ChangingView = ChangeCardView | WhichSessionView | SwapChoicesView | GivingUpView
