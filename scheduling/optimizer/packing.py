"""A problem's meetings as one packing: pick at most one candidate per request, all in arrays.

This is all that the batch stages and the cell model know: candidates take units from cells
(demand and slot, where taking costs more the more is taken) and from rows (things that run out:
a facilitator's slot, rooms of a class, a cap, a person's day). Rules that concern one meeting
alone were applied before: no infeasible start is here. Compressed sparse rows throughout: what
belongs to ``i`` lies at ``first[i]:first[i + 1]``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scheduling.optimizer.plan import BreakMove

Int8 = NDArray[np.int8]
Int16 = NDArray[np.int16]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]

NO_LIMIT: Final = np.iinfo(np.int32).max // 2
"""Stands for "no floor" in ``most``, and for "no most days" in ``pair_most``."""
NO_PRICE_LIMIT: Final = np.iinfo(np.int64).max // 4
"""Stands for "no walk-away price"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """What only some candidates have: who is present, and breaks that make way."""

    attendee_ids: tuple[str, ...] = ()
    breaks: tuple[BreakMove, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Packing:
    """Requests 0..Q-1 in the canonical order (first attendee's id, meeting id), candidates 0..C-1.

    The candidates of a request are in order of start. Costs are in millionths of a contact,
    footprints in 1/60 FTE. Cell ``k`` costs F(removed + taken) - F(removed), F piecewise linear
    and convex: ``slopes[k, s]`` is the price of one unit of the s-th FTE removed, ``filled`` the
    cost of all segments before, the last segment open-ended (see cost.CostTable).

    ``meeting_ids`` (Q), ``tier`` (Q; 0 mandatory, 1 due, 2 normal), ``walk_away`` (Q, millionths),
    ``first`` (Q+1), ``start`` (C, slot), ``day`` (C, ordinal of the local date), ``preference``
    (C, millionths, at most PREFERENCE_MOST, no part of the cost),
    ``cell_first`` (C+1) / ``cell`` / ``units`` (negative where a moved break gives time back),
    ``row_first`` (C+1) / ``row`` / ``takes``, ``capacity`` (rows; what is left of each),
    ``row_holder`` (rows; index into ``holders``: pairs of a rule and whose it is, to name contests),
    ``slopes``, ``filled`` (cells, segments), ``removed`` (cells), ``most`` (cells; units that the
    floor leaves, NO_LIMIT without floor: a positive take must keep removed + taken <= most),
    ``cell_demand`` (cells; index into ``demand_ids``), ``cell_slot`` (cells).
    Spacing, per request and symmetric: ``pair_first`` (Q+1) / ``pair`` (other request) /
    ``pair_least`` (days between the two at least) / ``pair_most`` (at most, only where both are
    held) / ``pair_later`` (1 where the other one comes later in the series, -1 where earlier).
    ``held`` (Q) is the candidate where a booked meeting is now, -1 where it is not booked or its
    place broke; ``fixed`` (Q, 1/0) says it must not move. ``move_price`` in millionths.
    """

    meeting_ids: tuple[str, ...]
    tier: Int8
    walk_away: Int64
    first: Int64
    start: Int32
    day: Int32
    preference: Int32
    cell_first: Int64
    cell: Int32
    units: Int16
    row_first: Int64
    row: Int32
    takes: Int16
    capacity: Int32
    row_holder: Int32
    holders: tuple[tuple[str, str], ...]
    slopes: Int64
    filled: Int64
    removed: Int32
    most: Int32
    cell_demand: Int32
    cell_slot: Int32
    demand_ids: tuple[str, ...]
    pair_first: Int64
    pair: Int32
    pair_least: Int32
    pair_most: Int32
    pair_later: Int8
    held: Int64
    fixed: Int8
    move_price: int = 0
    extras: Mapping[int, Extra] = field(default_factory=dict)
    seed: int = 0

    @property
    def requests(self) -> int:
        """How many requests there are, those without candidates among them."""
        return len(self.meeting_ids)

    @property
    def candidates(self) -> int:
        """How many candidates there are in all."""
        return len(self.start)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Packed:
    """A choice: the candidate per request, -1 where it fails; its cost and a bound, in millionths.

    ``bound`` is no more than what any choice costs that places as much by tier; ``most`` says that
    it is proved that none places more.
    """

    chosen: Int64
    cost: int
    bound: int
    stage: str
    guarded: bool = False
    most: bool = False
