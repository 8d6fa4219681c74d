"""Names in a problem file that nothing in it has: they would bind nothing and cost nothing, unseen.

A problem made by Aside itself may hold them: a cap of a whole team beside a request for one of it.
"""

from collections.abc import Collection, Iterable, Iterator

from bot.planning.faults import FileFault, pointer_of
from scheduling.optimizer.problem import Problem

_TO_DO = "check its spelling, or leave it out"


def unknown_names(problem: Problem) -> Iterator[FileFault]:
    """Yield every name that is used and stands for nothing in ``problem``."""
    demands = {curve.demand_id for curve in problem.curves}
    people = {person.id for person in problem.attendees}
    sites = {person.site_id for person in problem.attendees}
    for kind in ("attendees", "facilitators"):
        for place, person in enumerate(getattr(problem, kind)):
            for name in person.shares:
                yield from _missing((kind, place, "shares", name), [name], demands, "demand")
    for place, heads in enumerate(problem.heads):
        pointer = "heads", place
        yield from _missing((*pointer, "demand_id"), [heads.demand_id], demands, "demand")
        yield from _missing((*pointer, "site_id"), [heads.site_id], sites, "attendee at the site")
    for place, cap in enumerate(problem.caps):
        yield from _missing(("caps", place, "members"), sorted(cap.members), people, "attendee")


def _missing(
    pointer: tuple[str | int, ...], names: Iterable[str], known: Collection[str], kind: str
) -> Iterator[FileFault]:
    for name in names:
        if name not in known:
            said = f"there is no {kind} {name}"
            yield FileFault(pointer=pointer_of(pointer), said=said, to_do=_TO_DO)
