"""Why a meeting has no place, and which rules to loosen: all from the masks, no solver."""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import and_
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scheduling.domain.rules import NEVER_RELAXED, FunnelStep, Rule
from scheduling.optimizer.lattice.sessions import placement_of
from scheduling.optimizer.lattice.whole import Lattice
from scheduling.optimizer.masks.codes import APART, BIT, RULES, attendance, codes, costs
from scheduling.optimizer.plan import Contest, Failure, Loosening
from scheduling.optimizer.seats.whole import session_at
from scheduling.optimizer.supply import MILLION
from scheduling.optimizer.wanted import Meeting, Training

MOST: Final = 6
"""Loosenings offered for one meeting."""
Codes = NDArray[np.uint32]
_RULE_BITS: Final = np.uint32((1 << len(RULES)) - 1)
_NEVER: Final = np.uint32(APART | reduce(np.bitwise_or, (BIT[rule] for rule in NEVER_RELAXED)))


def explain(
    alone: Lattice, taken: Lattice, meeting: Meeting, contest: Contest | None = None
) -> Failure:
    """Return why ``meeting`` has no start on ``taken``, where the rest of the plan is laid.

    Where ``contest`` names those who have the starts that the meeting has on ``alone``, without
    the plan, the funnel is counted there: what it leaves went to others. The conflict is minimal
    by inclusion, not by size, and names the earliest rules of the funnel that will do.
    """
    now = starts(taken, meeting)
    seen = now if contest is None else starts(alone, meeting)
    return Failure(
        meeting_id=meeting.id,
        funnel=funnel(seen, taken.problem.relaxed),
        conflict=conflict(now),
        loosenings=loosenings(taken, meeting, now),
        contest=contest,
    )


def explain_trainee(
    alone: Lattice,
    training_id: str,
    attendee_id: str,
    blocked: Iterable[Rule] = (),
    ways: tuple[Loosening, ...] = (),
) -> Failure:
    """Return why an attendee of a training sits in no group.

    The funnel counts the starts of the first part that the attendee has by themself; those left
    fall to the rule GROUP, as no group with a free seat is held at them. ``blocked`` are the rules
    that keep them out of the groups there are; ``ways`` are the ways out.
    """
    training = next(t for t in alone.problem.trainings if t.id == training_id)
    meeting = _as_meeting(training, attendee_id)
    code = starts(alone, meeting)
    steps = funnel(code, alone.problem.relaxed)
    left = steps[-1].after if steps else len(code)
    rules = conflict(code)
    return Failure(
        meeting_id=training.id,
        attendee_id=attendee_id,
        funnel=(*steps, FunnelStep(rule=Rule.GROUP, before=left, after=0)),
        conflict=rules or frozenset({Rule.GROUP, *blocked}),
        loosenings=ways,
    )


def _as_meeting(training: Training, attendee_id: str) -> Meeting:
    """Return the first part of ``training`` as a session of one attendee, whoever leads it."""
    return Meeting(
        id=f"{training.id}/{attendee_id}",
        attendee_ids=(attendee_id,),
        facilitator_id=None,
        minutes=training.parts[0].minutes,
        first=training.first,
        last=training.last,
        type_id=training.type_id,
        limit_set=training.limit_set,
    )


def starts(lattice: Lattice, meeting: Meeting) -> Codes:
    """Return the code of every slot from which ``meeting`` fits the grid."""
    slots = lattice.problem.grid.slots
    return np.asarray(codes(lattice, [meeting])[0][: slots - lattice.slots_of(meeting.minutes) + 1])


def funnel(code: Codes, relaxed: frozenset[Rule]) -> tuple[FunnelStep, ...]:
    """Return how many starts each rule left, applied in order."""
    steps: list[FunnelStep] = []
    left = np.ones(len(code), bool)
    before = len(code)
    for rule in RULES:
        if rule not in relaxed:
            left &= (code & BIT[rule]) == 0
            after = int(np.count_nonzero(left))
            steps.append(FunnelStep(rule=rule, before=before, after=after))
            before = after
    return tuple(steps)


def conflict(code: Codes) -> frozenset[Rule]:
    """Return rules that together leave no start, each of them needed for that."""
    broken = np.unique(code & _RULE_BITS)
    if not len(broken):  # it does not fit the grid at all
        return frozenset({Rule.DATES})
    if broken[0] == 0:
        return frozenset()
    kept = _RULE_BITS
    for rule in reversed(RULES):
        fewer = kept & ~BIT[rule]
        if np.all(broken & fewer):
            kept = fewer
    return frozenset(rule for rule in RULES if kept & BIT[rule])


def loosenings(lattice: Lattice, meeting: Meeting, code: Codes) -> tuple[Loosening, ...]:
    """Return the smallest sets of rules that open a start: cheapest first, then nearest.

    Starts are grouped by the set of rules they break; sets with a rule that nobody may loosen,
    or that hold a smaller one, are dropped, but to defer is always offered where it can be. Where
    fewer people than asked for are to be enough, the start with most of them is the one offered.
    Nobody is ever offered a start at which the plan itself already has them in another session.
    """
    open_to_grant = np.flatnonzero(((code & _NEVER) == 0) & (code != 0))
    if not len(open_to_grant):
        return ()
    cost, far = np.zeros(len(code), np.int64), _distance(code)
    cost[open_to_grant] = costs(lattice, meeting, open_to_grant)
    missing = -attendance(lattice, meeting)[: len(code)]
    found: list[tuple[int, int, int, Loosening]] = []
    for some in _offerable(np.unique(code[open_to_grant]).tolist()):
        group = open_to_grant[code[open_to_grant] == some]
        fewer = missing[group] * bool(some & int(BIT[Rule.QUORUM]))
        best = int(group[np.lexsort((group, far[group], cost[group], fewer))[0]])
        session = session_at(lattice, meeting, best)
        offer = Loosening(
            rules=rules_in(some),
            count=len(group),
            placement=placement_of(
                session, meeting, lattice.problem.grid, float(cost[best]) / MILLION
            ),
        )
        found.append((int(cost[best]), int(far[best]), best, offer))
    found.sort(key=lambda each: each[:3])
    return offered([offer for *_, offer in found])


def offered(ways: Sequence[Loosening]) -> tuple[Loosening, ...]:
    """Return the first ``MOST`` of ``ways``; the first that defers is always among them."""
    late = next((place for place, way in enumerate(ways) if Rule.DATES in way.rules), 0)
    return (*ways[: MOST - 1], ways[late]) if late >= MOST else tuple(ways[:MOST])


def may_be_granted(code: int) -> bool:
    """Whether every rule that ``code`` breaks may be loosened by somebody."""
    return not code & int(_NEVER)


def rules_in(code: int) -> frozenset[Rule]:
    """Return the rules that ``code`` breaks."""
    return frozenset(rule for rule in RULES if code & int(BIT[rule]))


def _offerable(some: list[int]) -> list[int]:
    """Return the smallest of ``some``; where none defers, the smallest that do as well."""
    late = int(BIT[Rule.DATES])
    least = _smallest(some)
    if any(code & late for code in least):
        return least
    return least + _smallest([code for code in some if code & late])


def _smallest(some: list[int]) -> list[int]:
    return [
        code
        for code in some
        if not any(other != code and and_(other, code) == other for other in some)
    ]


def _distance(code: Codes) -> NDArray[np.int64]:
    """Return how many slots each start is from the nearest one inside the dates asked for."""
    slots = np.arange(len(code))
    asked = np.flatnonzero((code & BIT[Rule.DATES]) == 0)
    if not len(asked):
        return slots
    return np.asarray(np.maximum(0, np.maximum(asked[0] - slots, slots - asked[-1])))
