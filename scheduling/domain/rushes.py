"""What gives way to a rush: how much each session helps, and which are enough. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Levels = Sequence[float]
"""FTE per slot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Giving:
    """A session that could give way: what it gives back to each demand, in FTE per slot."""

    session_id: str
    gives: Mapping[str, Levels]


def helps(giving: Giving, lacks: Mapping[str, Levels]) -> float:
    """Return how much of what is lacking a session gives back: FTE-slots."""
    return sum(
        min(given, lacking)
        for demand_id, given_back in giving.gives.items()
        for given, lacking in zip(given_back, lacks.get(demand_id, ()), strict=False)
        if given > 0 and lacking > 0
    )


def without(giving: Giving, lacks: Mapping[str, Levels]) -> Mapping[str, Levels]:
    """Return what is still lacking once a session has given way."""
    left = dict(lacks)
    for demand_id, given_back in giving.gives.items():
        if demand_id in left:
            pairs = zip(given_back, left[demand_id], strict=True)
            left[demand_id] = [lacking - given for given, lacking in pairs]
    return left


def enough(
    candidates: Sequence[Giving], lacks: Mapping[str, Levels], *, short: float, most: int | None
) -> tuple[str, ...]:
    """Return the sessions that are enough, the most helpful first.

    The next is always the one that helps most, until nothing is short by ``short`` FTE any more
    where one of them could help; with ``most`` exactly that many that help, where there are.
    """
    chosen: list[str] = []
    left, waiting = lacks, list(candidates)
    while waiting and (most is None or len(chosen) < most):
        best = max(waiting, key=lambda one: helps(one, left))
        if helps(best, left) <= 0 or (most is None and not _eases(waiting, left, short)):
            break
        chosen.append(best.session_id)
        waiting.remove(best)
        left = without(best, left)
    return tuple(chosen)


def _eases(candidates: Sequence[Giving], lacks: Mapping[str, Levels], short: float) -> bool:
    """Whether any of them gives back something where so much is lacking."""
    return any(
        given > 0 and lacking >= short
        for one in candidates
        for demand_id, given_back in one.gives.items()
        for given, lacking in zip(given_back, lacks.get(demand_id, ()), strict=False)
    )
