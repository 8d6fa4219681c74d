"""What a roll-out answers, as plain data."""

from dataclasses import dataclass

from scheduling.domain.rules import Rule
from scheduling.optimizer.plan import Group


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """An attendee of a training who sits in no group.

    ``starts`` is how many options of the training (a start for every part, and a site) break no
    rule of their own; ``groups`` how many groups of the plan are held at one of these. ``blocked``
    says which rule keeps them out of how many of these groups.
    """

    training_id: str
    attendee_id: str
    starts: int
    groups: int
    blocked: tuple[tuple[Rule, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """A roll-out; ``cost`` and ``bound`` are in millionths of a contact past its goal.

    No roll-out that places as many of every tier costs less than ``bound``; ``guarded`` says that
    a deadline ended the search.
    """

    groups: tuple[Group, ...]
    missed: tuple[Missed, ...]
    cost: int
    bound: int
    guarded: bool = False

    @property
    def gap(self) -> float:
        """What is left between cost and bound, as a part of the cost."""
        return 0.0 if self.cost <= 0 else max(0.0, (self.cost - self.bound) / self.cost)
