"""Days between the meetings of a series: between free columns as rows, beside held ones as a mask."""

from collections.abc import Collection, Iterator, Sequence

import numpy as np

from scheduling.optimizer.packing import NO_LIMIT, Int64, Packing

Columns = tuple[Int64, Int64, int]
"""The days of a request's columns, their variables, and the variable that says it fails."""
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
            apart = int(packing.day[chosen[other]]) - packing.day[kept].astype(np.int64)
            apart *= int(packing.pair_later[at])
            fits = (apart >= packing.pair_least[at]) & (apart <= packing.pair_most[at])
            kept = kept[fits]
    return kept


def day_rows(packing: Packing, requests: Int64, columns: Sequence[Columns]) -> Iterator[Row]:
    """Yield the rows between every two of ``requests`` that belong to one series.

    For each day e, with k after j: what of k starts by e is no more than what of j starts by
    e - least, or j fails; and what of j starts by e is no more than what of k starts by
    e + most, or k fails.
    """
    place = {int(request): at for at, request in enumerate(requests)}
    for request, at in place.items():
        for pair in range(int(packing.pair_first[request]), int(packing.pair_first[request + 1])):
            other = place.get(int(packing.pair[pair]))
            if other is None or packing.pair_later[pair] != 1:
                continue
            earlier, later = columns[at], columns[other]
            least, most = int(packing.pair_least[pair]), int(packing.pair_most[pair])
            yield from _by_day(later, earlier, -least)
            if most < NO_LIMIT:
                yield from _by_day(earlier, later, most)


def _by_day(one: Columns, other: Columns, shift: int) -> Iterator[Row]:
    """Yield for each day e: what of ``one`` starts by e needs ``other`` by e + shift, or failed."""
    days, picks, _ = one
    other_days, other_picks, failed = other
    for day in np.unique(days):
        needs, gives = picks[days <= day].tolist(), other_picks[other_days <= day + shift].tolist()
        yield [*needs, *gives, failed], [1] * len(needs) + [-1] * (len(gives) + 1)
