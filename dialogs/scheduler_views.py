"""What schedulers are to see of their unit's work, before it becomes a card."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as by_default
from datetime import datetime

from scheduling.domain.offers import OfferView
from scheduling.domain.refusals import Refusal
from scheduling.domain.requests import WorkItemView
from scheduling.domain.service_clocks import Nudge
from scheduling.workflows.groups_port import Group
from scheduling.workflows.pausing_port import Standing
from scheduling.workflows.queue_port import Queue
from scheduling.workflows.rushes_port import Relief


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentioned:
    """Somebody who is mentioned, by the account that Teams is to notify."""

    name: str
    account_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NudgeView:
    """A reminder of an undecided work item, in its thread."""

    item: WorkItemView
    nudge: Nudge
    mentioned: tuple[Mentioned, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseView:
    """How auto-scheduling stands; ``chosen`` is the end that was said, to be confirmed."""

    standing: Standing
    chosen: datetime | None = None
    refusal: Refusal | None = None
    facts: Mapping[str, object] = by_default(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueView:
    """A page of the schedulers' queue."""

    queue: Queue
    refusal: Refusal | None = None
    facts: Mapping[str, object] = by_default(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """Work items of one cause; ``brief`` is what others who read the channel may see as well."""

    group: Group
    brief: bool = False
    refusal: Refusal | None = None
    facts: Mapping[str, object] = by_default(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliefView:
    """What could give way to a rush; ``brief`` is what others who read the channel may see as well."""

    relief: Relief
    brief: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierView:
    """Whether an agent wants to be offered earlier times."""

    wanted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyOfferView:
    """An earlier time that an agent is offered, or what became of it."""

    offer: OfferView


SchedulingView = (
    EarlierView | EarlyOfferView | GroupView | NudgeView | PauseView | QueueView | ReliefView
)
