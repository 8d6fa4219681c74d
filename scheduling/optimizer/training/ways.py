"""Ways out for who sits in no group: which rules to loosen, at what price.

Three kinds: to join a group there is against a rule, to hold a group of another size, and to hold
one after the dates. The latter two are planned as any other group, beside the whole plan.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Final

import numpy as np

from scheduling.domain.rules import Rule
from scheduling.domain.times import DAY
from scheduling.optimizer.explain import may_be_granted, offered, rules_in, starts
from scheduling.optimizer.lattice.sessions import of_group
from scheduling.optimizer.lattice.whole import Lattice
from scheduling.optimizer.masks.codes import costs
from scheduling.optimizer.plan import BreakMove, Group, Loosening, Placement
from scheduling.optimizer.seats.whole import session_at
from scheduling.optimizer.supply import MILLION
from scheduling.optimizer.training.layout import meetings_of
from scheduling.optimizer.training.train import first_plan
from scheduling.optimizer.wanted import Training

_LOOSER: Final = tuple(
    frozenset(rules) for rules in ((Rule.GROUP,), (Rule.DATES,), (Rule.DATES, Rule.GROUP))
)
"""What is loosened for a group of its own, the next only for whom the one before is not enough."""
Ways = Mapping[tuple[str, str], tuple[Loosening, ...]]


def ways_out(full: Lattice, groups: Iterable[Group], missed: Collection[tuple[str, str]]) -> Ways:
    """Return the ways out of each of ``missed`` (training, attendee), cheapest first.

    ``full`` has the whole plan laid on it, ``groups`` are those of the plan.
    """
    trainings = {training.id: training for training in full.problem.trainings}
    found = {
        (training_id, name): list(_joining(full, trainings[training_id], groups, name))
        for training_id, name in missed
    }
    for loosened in _LOOSER:
        asked = [
            key for key, ways in found.items() if not any(_enough(way, loosened) for way in ways)
        ]
        for key, way in _held(full, asked, loosened):
            found[key].append(way)
    return {key: offered(sorted(ways, key=_price)) for key, ways in found.items()}


def _enough(way: Loosening, loosened: frozenset[Rule]) -> bool:
    """Whether ``way`` loosens no more, and defers if that is what is asked."""
    return way.rules <= loosened and way.rules & {Rule.DATES} == loosened & {Rule.DATES}


def _price(way: Loosening) -> tuple[float, datetime]:
    return way.placement.price, way.placement.interval.start


def _joining(
    full: Lattice, training: Training, groups: Iterable[Group], name: str
) -> Iterator[Loosening]:
    """Yield the smallest sets of rules with which ``name`` could join one of ``groups``."""
    mine = [one for one in groups if one.training_id == training.id]
    open_ = [group for group in mine if _has_a_seat(full, group, name)]
    codes = [starts(full, part) for part in (meetings_of(training, name) if open_ else ())]
    by_rules: dict[frozenset[Rule], list[Group]] = defaultdict(list)
    for group in open_:
        slots = [session.slot for session in of_group(group, full.problem.grid)]
        broken = reduce(or_, (int(code[at]) for code, at in zip(codes, slots, strict=True)))
        if may_be_granted(broken):
            by_rules[rules_in(broken) | _of_group(full, training, group, name)].append(group)
    for rules, some in by_rules.items():
        if rules and not any(fewer < rules for fewer in by_rules):
            known = [
                placed
                for group in some
                if (placed := _joined(full, training, group, name)) is not None
            ]
            if known:
                best = min(known, key=lambda each: (each.price, each.interval))
                yield Loosening(rules=rules, count=len(known), placement=best)


def _has_a_seat(full: Lattice, group: Group, name: str) -> bool:
    """Whether the rooms of ``group`` are where ``name`` sits, with a seat left beside the trainer."""
    own = full.problem.attendees[full.people[name]].site_id
    rooms = [full.problem.rooms[full.rooms[part.room_id]] for part in group.parts if part.room_id]
    seats = len(group.attendee_ids) + 2
    return all(room.site_id == own and room.capacity >= seats for room in rooms)


def _of_group(full: Lattice, training: Training, group: Group, name: str) -> frozenset[Rule]:
    """Return the rule that one more breaks in ``group`` itself: its size, or how many of a team."""
    people, size = full.problem.attendees, len(group.attendee_ids)
    own = people[full.people[name]].team_id
    mates = sum(people[full.people[one]].team_id == own for one in group.attendee_ids)
    full_up = size >= training.most or mates >= (training.per_team or size + 1)
    return frozenset({Rule.GROUP} if full_up else ())


def _joined(full: Lattice, training: Training, group: Group, name: str) -> Placement | None:
    """Return how and at what price ``name`` joins ``group``, None where a part forbids the next."""
    lattice, price, breaks = full, 0, list[BreakMove]()
    for meeting, own in zip(
        meetings_of(training, name), of_group(group, full.problem.grid), strict=True
    ):
        known = starts(full, meeting)[own.slot]
        if lattice is not full and starts(lattice, meeting)[own.slot] != known:
            return None
        price += int(costs(lattice, meeting, np.asarray([own.slot]))[0])
        session = session_at(lattice, meeting, own.slot)
        breaks += session.breaks
        lattice = lattice.laying([session]) if len(group.parts) > 1 else lattice
    return _placement(group, name, price / MILLION, tuple(breaks))


def _placement(group: Group, name: str, price: float, breaks: tuple[BreakMove, ...]) -> Placement:
    """Return the first part of ``group`` as the place of one attendee."""
    first = group.parts[0]
    return Placement(
        meeting_id=group.training_id,
        interval=first.interval,
        place=first.place,
        room_id=first.room_id,
        price=price,
        attendee_ids=(name,),
        breaks=breaks,
    )


def _held(
    full: Lattice, missed: Collection[tuple[str, str]], loosened: frozenset[Rule]
) -> Iterator[tuple[tuple[str, str], Loosening]]:
    """Yield for whom a further group could be held with the rules ``loosened``, and its price.

    The price is the attendee's part of what the group costs; the count is of starts that the
    attendee could come to.
    """
    asked = list(_loosened(full, missed, loosened))
    if not asked:
        return
    plan = first_plan(full, asked)
    for group in plan.groups:
        for name in group.attendee_ids:
            moves = tuple(move for move in group.breaks if move.attendee_id == name)
            placed = _placement(group, name, group.price / len(group.attendee_ids), moves)
            count = plan.starts(group.training_id, name)
            yield (
                (group.training_id, name),
                Loosening(rules=loosened, count=count, placement=placed),
            )


def _loosened(
    full: Lattice, missed: Collection[tuple[str, str]], loosened: frozenset[Rule]
) -> Iterator[Training]:
    """Yield the trainings of ``missed``, for them alone, with the rules ``loosened``."""
    end = full.days.dates[-1]
    for training in full.problem.trainings:
        people = tuple(name for name in training.attendee_ids if (training.id, name) in missed)
        changed = replace(training, attendee_ids=people) if people else None
        if changed and Rule.GROUP in loosened:
            changed = replace(changed, least=1) if training.least > 1 else None
        if changed and Rule.DATES in loosened:
            later = training.last + DAY
            changed = replace(changed, first=later, last=end) if later <= end else None
        if changed:
            yield changed
