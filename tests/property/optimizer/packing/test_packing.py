"""Candidates of a packing are the starts that a naive reading of the rules allows, one by one."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import product

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.domain.meetings import PlaceKind
from scheduling.domain.rules import Rule
from scheduling.domain.times import MINUTE, Interval, zone_of
from scheduling.optimizer.lattice.sessions import Session, placement_of
from scheduling.optimizer.lattice.whole import Lattice
from scheduling.optimizer.masks.codes import codes, present
from scheduling.optimizer.masks.shared import room_at
from scheduling.optimizer.pack.whole import packing_of
from scheduling.optimizer.packing import Packing
from scheduling.optimizer.plan import Placement
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.supply import (
    Attendee,
)
from scheduling.optimizer.wanted import Limits, Meeting


@dataclass(frozen=True)
class Naive:
    """The rules read out minute by minute, for one meeting and start."""

    problem: Problem
    meeting: Meeting
    slot: int

    @property
    def limits(self) -> Limits:
        return self.problem.limits_of(self.meeting)

    @property
    def session(self) -> Interval:
        start = self.problem.grid.at(self.slot)
        return Interval(start, start + self.meeting.minutes * MINUTE)

    def whole(self, before: int, after: int) -> Interval:
        """Return the slots touched from ``before`` minutes before to ``after`` after the session."""
        grid = self.problem.grid
        step = timedelta(minutes=grid.slot_minutes)
        start, end = self.session.start - before * MINUTE, self.session.end + after * MINUTE
        first = (start - grid.start) // step
        last = -((grid.start - end) // step)
        return Interval(grid.start + first * step, grid.start + last * step)

    def free(self, taken: tuple[Interval, ...], span: Interval) -> bool:
        """Tell whether ``taken``, in whole slots, leaves ``span`` alone."""
        return not any(self.slotted(one).overlaps(span) for one in taken)

    def slotted(self, one: Interval) -> Interval:
        grid = self.problem.grid
        step = timedelta(minutes=grid.slot_minutes)
        first = (one.start - grid.start) // step
        last = -((grid.start - one.end) // step)
        return Interval(grid.start + first * step, grid.start + last * step)

    def day(self, zone: str) -> date:
        return self.session.start.astimezone(zone_of(zone)).date()

    def moves(self, person: Attendee) -> dict[int, Interval] | None:
        """Return where the person's breaks go, by place among the pauses, trying every choice."""
        span = self.whole(person.transition, person.transition)
        pauses = sorted(o.interval for o in person.off if o.rule is Rule.BREAK)
        windows = {o.interval: o.window for o in person.off}
        touched = [p for p, one in enumerate(pauses) if one.overlaps(span)]
        if any(windows[pauses[p]] is None for p in touched):
            return None
        best: tuple[timedelta, tuple[datetime, ...], dict[int, Interval]] | None = None
        for chosen in product(*(list(self.places(person, pauses[p], span)) for p in touched)):
            moved = dict(zip(touched, chosen, strict=True))
            now = [moved.get(p, one) for p, one in enumerate(pauses)]
            if self.in_rhythm(person.shifts[0], now, moved):
                shift = sum((abs(moved[p].start - pauses[p].start) for p in moved), timedelta())
                key = shift, tuple(one.start for one in chosen), moved
                if best is None or key[:2] < best[:2]:
                    best = key
        return None if best is None else best[2]

    def places(self, person: Attendee, pause: Interval, span: Interval) -> Iterator[Interval]:
        window = next(o.window for o in person.off if o.interval == pause)
        others = [o.interval for o in person.off if o.rule is Rule.EXCEPTION or not o.window]
        for slot in range(self.problem.grid.slots):
            start = self.problem.grid.at(slot)
            one = Interval(start, start + (pause.end - pause.start))
            taken = (*person.busy, *others)
            inside = all(
                whole.covers(one) for whole in (window, person.shifts[0], self.problem.grid.span)
            )
            whole_slots = self.slotted(one)
            if not self.problem.grid.span.covers(whole_slots):
                continue
            on_shift = person.shifts[0].covers(whole_slots)
            if inside and on_shift and not one.overlaps(span) and self.free(taken, whole_slots):
                yield one

    def in_rhythm(self, shift: Interval, now: list[Interval], moved: dict[int, Interval]) -> bool:
        rest, most = self.limits.break_spacing * MINUTE, self.limits.work_stretch * MINUTE
        for place in moved:
            one = now[place]
            before = [p for p in now[:place] if p.end > shift.start][-1:]
            after = [p for p in now[place + 1 :] if p.start < shift.end][:1]
            if any(one.start - p.end < rest for p in before):
                return False
            if any(p.start - one.end < rest for p in after):
                return False
            begun = before[0].end if before else shift.start
            ended = after[0].start if after else shift.end
            if one.start - begun > most or ended - one.end > most:
                return False
        return True

    def can(self, person: Attendee) -> bool:
        span = self.whole(person.transition, person.transition)
        limits, grid = self.limits, self.problem.grid.span
        if not grid.covers(span) or not person.shifts[0].covers(span):
            return False
        shift, edge = person.shifts[0], limits.edge * MINUTE
        edges = (
            (Interval(shift.start, shift.start + edge), Interval(shift.end - edge, shift.end))
            if edge
            else ()
        )
        exceptions = tuple(o.interval for o in person.off if o.rule is Rule.EXCEPTION)
        count, minutes = person.offline.get(self.day(person.zone), (0, 0))
        length = self.meeting.minutes + 2 * person.transition
        week = self.day(person.zone).isocalendar()[:2]
        used = sum(m for d, (_, m) in person.offline.items() if d.isocalendar()[:2] == week)
        # a break that stays shuts the whole slots it touches; one that moves does so by the minute
        stays = tuple(o.interval for o in person.off if o.rule is Rule.BREAK and not o.window)
        movable = [o.interval for o in person.off if o.rule is Rule.BREAK and o.window]
        near = any(self.slotted(one).overlaps(span) for one in movable)
        return (
            self.free((*edges, *exceptions, *person.busy, *stays), span)
            and (not near or self.moves(person) is not None)
            and count < limits.sessions_a_day
            and minutes + length <= limits.offline_a_day * person.contract
            and used + length <= limits.offline_a_week * person.contract
        )

    def present(self) -> list[Attendee] | None:
        """Return who would be there, None where somebody required cannot or too few can."""
        people = {person.id: person for person in self.problem.attendees}
        able = [people[name] for name in self.meeting.people if self.can(people[name])]
        names = {person.id for person in able}
        if not set(self.meeting.attendee_ids) <= names or len(able) < self.meeting.least_present:
            return None
        return able

    def timely(self) -> bool:
        problem, limits = self.problem, self.limits
        first = next(p for p in problem.attendees if p.id == self.meeting.attendee_id)
        day = self.day(first.zone)
        spaced = all(
            abs((day - past).days) >= series.least
            for series in problem.series
            if self.meeting.id in series.meeting_ids
            for past in series.history
        )
        clock = [window.on(day, first.zone) for window in limits.windows]
        return (
            spaced
            and problem.grid.span.covers(self.whole(0, 0))
            and self.meeting.first <= day <= self.meeting.last
            and day not in limits.blackout
            and self.session.start >= problem.now + limits.lead * MINUTE
            and (not clock or any(window.covers(self.session) for window in clock))
        )

    def led(self) -> bool:
        if self.meeting.facilitator_id is None:
            return True
        leader = self.problem.facilitators[0]
        span = self.whole(leader.prepare, leader.write_up)
        used = leader.led.get(self.day("UTC"), 0) + self.meeting.minutes
        return (
            self.problem.grid.span.covers(span)
            and leader.working[0].covers(span)
            and self.free(leader.busy, span)
            and (leader.leads is None or self.meeting.type_id in leader.leads)
            and (leader.contact_a_day is None or used <= leader.contact_a_day)
        )

    def roomy(self, present: list[Attendee]) -> bool:
        if self.meeting.place is PlaceKind.ONLINE or Rule.ROOM in self.problem.relaxed:
            return True
        seats = len(present) + (self.meeting.facilitator_id is not None)
        return any(
            room.capacity >= seats
            and room.equipment >= self.meeting.equipment
            and self.free(room.busy, self.whole(0, room.turnover))
            for room in self.problem.rooms
        )

    def slots(self, span: Interval) -> range:
        grid = self.problem.grid
        step = timedelta(minutes=grid.slot_minutes)
        return range((span.start - grid.start) // step, -((grid.start - span.end) // step))

    def lost(self, person: Attendee) -> dict[int, int]:
        """Return the net minutes that each slot loses, a moved break given back and taken anew."""
        around = person.transition * MINUTE
        spans = [(Interval(self.session.start - around, self.session.end + around), 1)]
        pauses = sorted(o.interval for o in person.off if o.rule is Rule.BREAK)
        for place, after in (self.moves(person) or {}).items():
            spans += [(pauses[place], -1), (after, 1)]
        found: dict[int, int] = {}
        for span, sign in spans:
            for slot in self.slots(span):
                grid = self.problem.grid
                inside = span.clip(Interval(grid.at(slot), grid.at(slot + 1)))
                found[slot] = found.get(slot, 0) + sign * (inside.minutes if inside else 0)
        return {slot: minutes for slot, minutes in found.items() if minutes}

    def within_counts(self, present: list[Attendee]) -> bool:
        cap, row = self.problem.caps[0], self.problem.heads[0]
        away: dict[int, int] = {}
        closed: dict[int, int] = {}
        for person in present:
            if person.id in cap.members:
                for slot in self.slots(self.whole(person.transition, person.transition)):
                    away[slot] = away.get(slot, 0) + 1
            if person.shares.get(row.demand_id):
                for slot, minutes in self.lost(person).items():
                    if minutes > 0:
                        closed[slot] = closed.get(slot, 0) + 1
        headed = Rule.HEADS in self.problem.relaxed or all(
            row.present[slot] - count >= row.minimum for slot, count in closed.items()
        )
        return headed and all(cap.away[s] + count <= cap.most[s] for s, count in away.items())

    def allowed(self) -> bool:
        """Tell whether the start is open, prices and floors apart."""
        present = self.present() if self.timely() and self.led() else None
        return present is not None and self.roomy(present) and self.within_counts(present)


@given(data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_open_starts_are_those_of_a_naive_reading(
    packable: st.SearchStrategy[Problem], data: st.DataObject
) -> None:
    problem = data.draw(packable)
    apart = frozenset({Rule.FLOOR, Rule.PRICE})
    free = replace(problem, relaxed=problem.relaxed | apart)
    found = codes(Lattice.of(free), free.meetings) == 0
    for place, meeting in enumerate(free.meetings):
        naive = [Naive(free, meeting, slot).allowed() for slot in range(free.grid.slots)]
        assert found[place].tolist() == naive, meeting


@given(data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_candidates_are_the_starts_with_code_nought(
    packable: st.SearchStrategy[Problem], data: st.DataObject
) -> None:
    problem = data.draw(packable)
    lattice = Lattice.of(problem)
    packing = packing_of(lattice)
    by_id = {meeting.id: meeting for meeting in problem.meetings}
    found = codes(lattice, [by_id[name] for name in packing.meeting_ids])
    for request in range(packing.requests):
        mine = packing.start[packing.first[request] : packing.first[request + 1]]
        assert mine.tolist() == np.flatnonzero(found[request] == 0).tolist()


def placed(lattice: Lattice, packing: Packing, request: int, candidate: int) -> Placement:
    """Return a candidate as a placement, online or in whichever room is free."""
    meeting = lattice.meetings[packing.meeting_ids[request]]
    extra = packing.extras.get(candidate)
    people = extra.attendee_ids if extra else meeting.attendee_ids
    slot = int(packing.start[candidate])
    session = Session(
        people=people,
        leader=meeting.facilitator_id,
        slot=slot,
        minutes=meeting.minutes,
        room_id=room_at(lattice, meeting, slot, len(people)),
        breaks=extra.breaks if extra else (),
        meeting_id=meeting.id,
    )
    return placement_of(session, meeting, lattice.problem.grid)


@given(data=st.data(), choice=st.integers(0, 10_000))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_candidate_takes_from_the_cells_what_its_session_takes_when_laid(
    packable: st.SearchStrategy[Problem], data: st.DataObject, choice: int
) -> None:
    problem = data.draw(packable)
    lattice = Lattice.of(problem)
    packing = packing_of(lattice)
    if not packing.candidates:
        return
    candidate = choice % packing.candidates
    request = int(np.searchsorted(packing.first, candidate, side="right")) - 1
    one = placed(lattice, packing, request, candidate)
    laid = lattice.having([one])
    taken = np.zeros_like(lattice.ground.removed)
    mine = slice(packing.cell_first[candidate], packing.cell_first[candidate + 1])
    cells = packing.cell[mine]
    taken[packing.cell_demand[cells], packing.cell_slot[cells]] = packing.units[mine]
    assert (laid.ground.removed - lattice.ground.removed == taken).all()
    lifted = laid.without([one])
    assert (lifted.ground.removed == lattice.ground.removed).all()
    assert (lifted.ground.left == lattice.ground.left).all()
    assert (lifted.ground.pauses.table == lattice.ground.pauses.table).all()
    assert (codes(lifted, problem.meetings) == codes(lattice, problem.meetings)).all()


def fits(packing: Packing, both: tuple[int, int]) -> bool:
    """Tell whether two candidates keep all rows and floors together."""
    left = packing.capacity.astype(np.int64)
    taken = packing.removed.astype(np.int64)
    positive = np.zeros(len(taken), bool)
    for one in both:
        mine = slice(packing.row_first[one], packing.row_first[one + 1])
        np.subtract.at(left, packing.row[mine], packing.takes[mine])
        mine = slice(packing.cell_first[one], packing.cell_first[one + 1])
        np.add.at(taken, packing.cell[mine], packing.units[mine])
        positive[packing.cell[mine][packing.units[mine] > 0]] = True
    return bool((left >= 0).all() and (taken[positive] <= packing.most[positive]).all())


@given(data=st.data(), choice=st.integers(0, 10_000))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_the_rows_let_happen_together_the_rules_do_too(
    packable: st.SearchStrategy[Problem], data: st.DataObject, choice: int
) -> None:
    problem = data.draw(packable)
    free = replace(problem, relaxed=problem.relaxed | {Rule.PRICE, Rule.ROOM})
    lattice = Lattice.of(free)
    packing = packing_of(lattice)
    if (np.diff(packing.first) == 0).any():
        return
    one = choice % int(packing.first[1])
    laid = lattice.having([placed(lattice, packing, 0, one)])
    other = lattice.meetings[packing.meeting_ids[1]]
    after = codes(laid, [other])[0]
    for candidate in range(packing.first[1], packing.first[2]):
        if fits(packing, (one, candidate)):
            same = present(laid, other, int(packing.start[candidate]))
            extra = packing.extras.get(candidate)
            if same == (extra.attendee_ids if extra else other.attendee_ids):
                assert after[packing.start[candidate]] == 0
