"""From a lattice and its trainings to the arrays of a roll-out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scheduling.domain.meetings import PlaceKind, Tier
from scheduling.optimizer.lattice.whole import Lattice
from scheduling.optimizer.pack.whole import packing_of
from scheduling.optimizer.packing import Packing
from scheduling.optimizer.rows import ored
from scheduling.optimizer.supply import Facilitator, RoomChoice
from scheduling.optimizer.training.field import Field, Int16, State
from scheduling.optimizer.training.handles import handle
from scheduling.optimizer.training.options import options_of
from scheduling.optimizer.wanted import Meeting, Part, Training

TIERS = (Tier.MANDATORY, Tier.DUE, Tier.NORMAL)
PLENTY = 1_000_000
"""Stands for "no cap"."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layout:
    """A roll-out's arrays, and whose they are: seats are in the order of trainings and attendees."""

    lattice: Lattice
    trainings: tuple[Training, ...]
    seats: tuple[tuple[Training, str], ...]
    trainers: tuple[Facilitator, ...]
    rooms: tuple[RoomChoice, ...]
    packing: Packing
    field: Field

    @classmethod
    def of(cls, lattice: Lattice, trainings: Sequence[Training]) -> "Layout":
        """Return the arrays of ``trainings`` on ``lattice``, most important tier first."""
        ordered = tuple(sorted(trainings, key=lambda each: (TIERS.index(each.tier), each.id)))
        seats = tuple((each, name) for each in ordered for name in each.attendee_ids)
        used = {name for each in ordered for name in each.trainer_ids}
        problem = lattice.problem
        trainers = sorted(
            (leader for leader in problem.facilitators if leader.id in used),
            key=lambda leader: (sum(leader.shares.values()), leader.id),
        )
        rooms = sorted(problem.rooms, key=lambda room: (room.capacity, room.id))
        packing = packing_of(lattice, [one for seat in seats for one in meetings_of(*seat)])
        maker = _Maker(lattice, ordered, seats, tuple(trainers), tuple(rooms), packing)
        return cls(
            lattice=lattice,
            trainings=ordered,
            seats=seats,
            trainers=tuple(trainers),
            rooms=tuple(rooms),
            packing=packing,
            field=maker.field(),
        )

    @property
    def handle(self) -> Field:
        """The field as kernels want it."""
        return handle(self.field)

    def state(self) -> State:
        """Return the plan with no group."""
        field = self.field
        count = np.diff(field.seat_first)
        groups = int((count // field.least).sum()) + 2
        parts = field.start.shape[1]
        load = self.lattice.ground.removed.astype(np.int32).ravel()
        led = [self.lattice.layers.led[self.lattice.leaders[one.id]] for one in self.trainers]
        caps = [PLENTY if one.contact_a_day is None else one.contact_a_day for one in self.trainers]
        holders = int(
            max(field.trainer.max(initial=0), field.room.max(initial=0), field.person.max())
        )
        return State(
            load=load,
            above=load.copy(),
            used=np.zeros(len(field.capacity), np.int32),
            busy=np.zeros((holders + 1, field.pair.shape[1]), np.uint8),
            ours=np.zeros((holders + 1, int(field.day.max(initial=0)) + 1), np.int32),
            led=(np.asarray(caps)[:, None] - np.stack(led)).astype(np.int32),
            where=np.full(len(field.person), -1, np.int32),
            status=np.zeros(groups, np.uint8),
            option=np.zeros(groups, np.int32),
            size=np.zeros(groups, np.int32),
            limit=np.zeros(groups, np.int32),
            member=np.zeros((groups, int(field.most.max())), np.int32),
            trainer=np.full((groups, parts), -1, np.int32),
            room=np.full((groups, parts), -1, np.int32),
            log=np.zeros((8 * len(field.person) + 64, 3), np.int32),
            total=np.concatenate([[0, 0], np.bincount(field.tier, minlength=3)]).astype(np.int64),
            random=np.asarray([self.lattice.problem.seed + 1], np.uint64),
        )


def pseudo_id(training: Training, attendee_id: str, part: int) -> str:
    """Return the id of the meeting that stands for one part of one seat."""
    return f"{training.id}\x1f{attendee_id}\x1f{part}"


def meetings_of(training: Training, attendee_id: str) -> list[Meeting]:
    """Return a meeting per part that only this attendee must come to: its starts are the seat's."""
    return [
        Meeting(
            id=pseudo_id(training, attendee_id, place),
            attendee_ids=(attendee_id,),
            facilitator_id=None,
            minutes=part.minutes,
            first=training.first,
            last=training.last,
            place=PlaceKind.ONLINE,
            tier=training.tier,
            type_id=training.type_id,
            limit_set=training.limit_set,
        )
        for place, part in enumerate(training.parts)
    ]


def _index(names: Sequence[str | None]) -> dict[str | None, int]:
    return {name: place for place, name in enumerate(dict.fromkeys(names))}


def _firsts(counts: Sequence[int]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes the arrays, one kind at a time."""

    lattice: Lattice
    trainings: tuple[Training, ...]
    seats: tuple[tuple[Training, str], ...]
    trainers: tuple[Facilitator, ...]
    rooms: tuple[RoomChoice, ...]
    packing: Packing

    def field(self) -> Field:
        """Return everything."""
        bare = Field(**self._seats(), **self._courses(), **self._house())
        return options_of(bare, self._gaps(), self._dates())

    @property
    def _holders(self) -> Mapping[str | None, int]:
        return _index([name for _, name in self.seats] + [leader.id for leader in self.trainers])

    @property
    def _sites(self) -> Mapping[str | None, int]:
        return _index(sorted({room.site_id for room in self.rooms if room.site_id is not None}))

    @property
    def _parts(self) -> list[tuple[Training, Part]]:
        return [(training, part) for training in self.trainings for part in training.parts]

    def _slots(self, minutes: int) -> int:
        return self.lattice.slots_of(minutes)

    def _seats(self) -> dict[str, NDArray[Any]]:
        problem, packing = self.lattice.problem, self.packing
        people = [problem.attendees[self.lattice.people[name]] for _, name in self.seats]
        holders = self._holders
        place = {name: at for at, name in enumerate(packing.meeting_ids)}
        slots = problem.grid.slots
        order = [
            (person, part, place[pseudo_id(training, name, at)])
            for person, (training, name) in zip(people, self.seats, strict=True)
            for at, part in enumerate(training.parts)
        ]
        pair = np.full((len(order), slots), -1, np.int32)
        for row, (_, _, request) in enumerate(order):
            own = np.arange(packing.first[request], packing.first[request + 1])
            pair[row, packing.start[own]] = own
        teams = _index([person.team_id for person in people])
        index = {training.id: at for at, training in enumerate(self.trainings)}
        moves = np.zeros(packing.candidates, np.uint8)
        moves[list(packing.extras)] = 1
        demands, cells = self.lattice.shares.demands, packing.cell
        demand = np.asarray([demands.index(name) for name in packing.demand_ids], np.int32)
        wide = demand[packing.cell_demand] * slots + packing.cell_slot
        return _arrays(
            training=np.asarray([index[each.id] for each, _ in self.seats], np.int32),
            person=np.asarray([holders[name] for _, name in self.seats], np.int32),
            team=np.asarray([teams[person.team_id] for person in people], np.int32),
            tier=np.asarray([TIERS.index(each.tier) for each, _ in self.seats], np.int32),
            row=_firsts([len(each.parts) for each, _ in self.seats])[:-1].astype(np.int32),
            allowed=self._allowed([person.site_id for person in people]),
            before=np.asarray([self._slots(p.transition) for p, _, _ in order], np.int32),
            after=np.asarray(
                [self._slots(q.minutes + p.transition) for p, q, _ in order], np.int32
            ),
            pair=pair,
            cell_first=packing.cell_first,
            cell=wide[cells].astype(np.int32),
            units=packing.units,
            rule_first=packing.row_first,
            rule=packing.row,
            takes=packing.takes,
            day=packing.day - packing.day.min(initial=PLENTY),
            moves=moves,
        )

    def _allowed(self, homes: Sequence[str]) -> NDArray[np.uint8]:
        """Return (seats, sites): people sit in rooms of their own site."""
        places = self._sites
        sites = np.asarray(list(places.values()))
        own = np.asarray([places.get(home, -1) for home in homes])
        allowed: NDArray[np.uint8] = (own[:, None] == sites[None, :]).astype(np.uint8)
        return allowed

    def _courses(self) -> dict[str, NDArray[Any]]:
        parts, shape = self._parts, (len(self._parts), len(self.trainers))
        per_team = [each.per_team or PLENTY for each in self.trainings]
        after = [[self._slots(p.minutes + t.write_up) for t in self.trainers] for _, p in parts]
        kept = [[self._slots(p.minutes + r.turnover) for r in self.rooms] for _, p in parts]
        none = np.zeros((0, max(len(each.parts) for each in self.trainings)), np.int32)
        return _arrays(
            least=np.asarray([each.least for each in self.trainings], np.int32),
            most=np.asarray([each.most for each in self.trainings], np.int32),
            per_team=np.asarray(per_team, np.int32),
            same=np.asarray([each.same_trainer for each in self.trainings], np.uint8),
            seat_first=_firsts([len(each.attendee_ids) for each in self.trainings]),
            part_first=_firsts([len(each.parts) for each in self.trainings]),
            option_first=np.zeros(len(self.trainings) + 1, np.int64),
            roomed=np.asarray([part.place is PlaceKind.ROOM for _, part in parts], np.uint8),
            minutes=np.asarray([part.minutes for _, part in parts], np.int32),
            leads=self._leads(),
            fits=self._fits(),
            lead_after=np.asarray(after, np.int32).reshape(shape),
            room_after=np.asarray(kept, np.int32).reshape(len(parts), len(self.rooms)),
            lead_units=self._lead_units(),
            start=none,
            site=none[:, 0],
        )

    def _leads(self) -> NDArray[np.uint8]:
        out = np.zeros(
            (len(self._parts), len(self.trainers), self.lattice.problem.grid.slots), np.uint8
        )
        for place, (training, part) in enumerate(self._parts):
            for row, leader in enumerate(self.trainers):
                may = leader.leads is None or training.type_id in leader.leads
                if may and leader.id in training.leaders_of(part):
                    taken = self.lattice.layers.leading[self.lattice.leaders[leader.id]]
                    reach = self._slots(leader.prepare), self._slots(part.minutes + leader.write_up)
                    out[place, row] = ored(taken, *reach, 1) == 0
        return out

    def _fits(self) -> NDArray[np.uint8]:
        out = np.zeros(
            (len(self._parts), len(self.rooms), self.lattice.problem.grid.slots), np.uint8
        )
        for place, (training, part) in enumerate(self._parts):
            for row, room in enumerate(self.rooms):
                if part.equipment <= room.equipment and room.capacity > training.least:
                    taken = self.lattice.layers.taken[self.lattice.rooms[room.id]]
                    out[place, row] = (
                        ored(taken, 0, self._slots(part.minutes + room.turnover), 1) == 0
                    )
        return out

    def _lead_units(self) -> Int16:
        """Return what each trainer leaves of each demand in each slot kept, preparation first."""
        slot, shares = self.lattice.problem.grid.slot_minutes, self.lattice.shares
        reach = [
            [(self._slots(t.prepare), self._slots(p.minutes + t.write_up)) for t in self.trainers]
            for _, p in self._parts
        ]
        widest = max((before + after for row in reach for before, after in row), default=0)
        shape = len(self._parts), len(self.trainers), len(shares.demands), widest
        out = np.zeros(shape, np.int16)
        for place, (_, part) in enumerate(self._parts):
            for row, leader in enumerate(self.trainers):
                before, after = reach[place][row]
                for at in range(before + after) if leader.shares else ():
                    begin, end = slot * (at - before), slot * (at - before + 1)
                    inside = min(end, part.minutes + leader.write_up) - max(begin, -leader.prepare)
                    units = shares.units(Fraction(inside, slot))[1]
                    out[place, row, :, at] = units[self.lattice.leaders[leader.id]]
        return out

    def _house(self) -> dict[str, NDArray[Any]]:
        lattice, slots = self.lattice, self.lattice.problem.grid.slots
        demands = lattice.shares.demands
        deepest = max((lattice.table.slopes[name].shape[1] for name in demands), default=1)
        slopes = [_deep(lattice.table.slopes[name], deepest) for name in demands]
        steep = np.concatenate(slopes) if slopes else np.zeros((0, 1), np.int64)
        days = [lattice.days.of[leader.zone] for leader in self.trainers]
        holders, places = self._holders, self._sites
        first = len(holders)
        sites = [-2 if room.site_id is None else places[room.site_id] for room in self.rooms]
        return _arrays(
            trainer=np.asarray([holders[one.id] for one in self.trainers], np.int32),
            lead_before=np.asarray([self._slots(one.prepare) for one in self.trainers], np.int32),
            lead_day=np.asarray(days, np.int32).reshape(len(days), slots),
            room=np.arange(first, first + len(self.rooms), dtype=np.int32),
            room_site=np.asarray(sites, np.int32),
            room_seats=np.asarray([room.capacity for room in self.rooms], np.int32),
            capacity=self.packing.capacity,
            slopes=steep,
            filled=60 * (steep.cumsum(axis=1) - steep),
            floor=lattice.ground.allowed.ravel().astype(np.int32),
        )

    def _gaps(self) -> NDArray[np.int64]:
        """Return (parts, 2): the fewest and the most days after the part before."""
        return np.asarray([(part.least_days, part.most_days) for _, part in self._parts], np.int64)

    def _dates(self) -> list[NDArray[np.int64]]:
        """Return per training the local date of each slot in each of its people's zones."""
        problem, lattice = self.lattice.problem, self.lattice
        out = []
        for training in self.trainings:
            people = [problem.attendees[lattice.people[name]] for name in training.attendee_ids]
            out.append(np.stack([lattice.days.of[z] for z in sorted({p.zone for p in people})]))
        return out


def _arrays(**named: NDArray[Any]) -> dict[str, NDArray[Any]]:
    return named


def _deep(slopes: NDArray[np.int64], segments: int) -> NDArray[np.int64]:
    """Return ``slopes`` with the open last segment repeated up to ``segments``."""
    missing = segments - slopes.shape[1]
    return np.concatenate([slopes, np.repeat(slopes[:, -1:], missing, axis=1)], axis=1)
