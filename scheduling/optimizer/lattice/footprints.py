"""Who leaves how much of which demand: shares in 1/60 FTE, for everybody at once.

The rounding is that of ``cost.footprint``: by largest remainder, ties to the demand's id.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from scheduling.optimizer.problem import Problem
from scheduling.optimizer.supply import UNITS

Int16 = NDArray[np.int16]
_DIGITS = 9
"""Shares are fractions that binary numbers miss by a hair, which must not decide a tie."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shares:
    """Everybody's shares, (people, names): attendees first, then facilitators.

    ``names`` are all demands anybody has a share of, sorted; ``demands`` those that have a curve,
    sorted, at ``columns`` of the names. ``known`` keeps what was worked out.
    """

    names: tuple[str, ...]
    demands: tuple[str, ...]
    columns: NDArray[np.int64]
    attendees: NDArray[np.float64]
    facilitators: NDArray[np.float64]
    known: dict[Fraction, tuple[Int16, Int16]] = field(default_factory=dict)

    @classmethod
    def of(cls, problem: Problem) -> "Shares":
        """Return the shares of everybody in ``problem``."""
        demands = tuple(sorted(curve.demand_id for curve in problem.curves))
        shares = [person.shares for person in problem.attendees]
        shares += [leader.shares for leader in problem.facilitators]
        names = tuple(sorted(set(demands).union(*shares)))
        place = {name: column for column, name in enumerate(names)}
        return cls(
            names=names,
            demands=demands,
            columns=np.asarray([place[name] for name in demands], np.int64),
            attendees=_matrix([person.shares for person in problem.attendees], place),
            facilitators=_matrix([person.shares for person in problem.facilitators], place),
        )

    def units(self, part: Fraction) -> tuple[Int16, Int16]:
        """Return what each attendee and each facilitator leaves during ``part`` of a slot.

        Both are (people, demands) in 1/60 FTE.
        """
        if part not in self.known:
            self.known[part] = (
                _rounded(self.attendees, part)[:, self.columns],
                _rounded(self.facilitators, part)[:, self.columns],
            )
        return self.known[part]


def _matrix(shares: Sequence[Mapping[str, float]], place: Mapping[str, int]) -> NDArray[np.float64]:
    matrix = np.zeros((len(shares), len(place)))
    for row, mine in enumerate(shares):
        for name, share in mine.items():
            matrix[row, place[name]] = share
    return matrix


def _rounded(shares: NDArray[np.float64], part: Fraction) -> Int16:
    """Return the units of ``part`` of a slot, (people, names), by largest remainder."""
    exact = np.round(UNITS * float(part) * shares, _DIGITS)
    units = np.floor(exact)
    missing = np.rint(np.round(exact.sum(axis=1), _DIGITS)) - units.sum(axis=1)
    order = np.argsort(np.round(units - exact, _DIGITS), axis=1, kind="stable")
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.arange(shares.shape[1])[None, :], axis=1)
    return np.asarray(units + ((rank < missing[:, None]) & (shares > 0)), np.int16)
