"""Days between the meetings of a series: between free columns as rows, beside held ones as a mask."""

from collections.abc import Collection, Iterator, Sequence

import numpy as np

from scheduling.optimizer.packing import NO_LIMIT, Int32, Int64, Packing

Columns = tuple[Int64, Int64, int]
"""The places of a request's candidates, their variables, and the variable that says it fails."""
Row = tuple[list[int], list[int]]
"""Variables and weights whose sum is at most 0."""


def agreeing(
    packing: Packing, request: int, candidates: Int64, chosen: Int64, free: Collection[int]
) -> Int64:
    """Return the ``candidates`` of ``request`` whose days suit the placed requests not ``free``."""
    kept = candidates
    for at in range(int(packing.pair_first[request]), int(packing.pair_first[request + 1])):
        other = int(packing.pair[at])
        if other not in free and chosen[other] >= 0:
            sense = int(packing.pair_later[at])
            days, slots = (
                sense * (int(each[chosen[other]]) - each[kept].astype(np.int64))
                for each in (packing.day, packing.start)
            )
            least, most = packing.pair_least[at], packing.pair_most[at]
            kept = kept[(days >= least) & (days <= most) & (slots > 0)]
    return kept


def day_rows(packing: Packing, requests: Int64, columns: Sequence[Columns]) -> Iterator[Row]:
    """Yield the rows between every two of ``requests`` that belong to one series.

    ``columns`` are per request the candidates, their variables, and the variable of its failure.
    For each day e, with k after j: what of k starts by e is no more than what of j starts by
    e - least, or j fails; and what of j starts by e is no more than what of k starts by
    e + most, or k fails. With no days between, k starts in a later slot.
    """
    place = {int(request): at for at, request in enumerate(requests)}
    for request, at in place.items():
        for pair in range(int(packing.pair_first[request]), int(packing.pair_first[request + 1])):
            other = place.get(int(packing.pair[pair]))
            if other is None or packing.pair_later[pair] != 1:
                continue
            earlier, later = columns[at], columns[other]
            least, most = int(packing.pair_least[pair]), int(packing.pair_most[pair])
            if least > 0:
                yield from _in_order(packing.day, later, earlier, -least)
            else:
                yield from _in_order(packing.start, later, earlier, -1)
            if most < NO_LIMIT:
                yield from _in_order(packing.day, earlier, later, most)


def _in_order(at: Int32, one: Columns, other: Columns, shift: int) -> Iterator[Row]:
    """Yield for each time t: what of ``one`` is by t needs ``other`` by t + shift, or failed."""
    times, picks = at[one[0]].astype(np.int64), one[1]
    other_times, other_picks, failed = at[other[0]].astype(np.int64), other[1], other[2]
    for time in np.unique(times):
        needs = picks[times <= time].tolist()
        gives = other_picks[other_times <= time + shift].tolist()
        yield [*needs, *gives, failed], [1] * len(needs) + [-1] * (len(gives) + 1)
