"""Whom courses are for, from a file: each course that it names is for just the people listed there."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bot.clocks import SystemClock
from bot.course_files import Row, rows_of
from bot.course_work import note_saved, require_filler, require_no_fault
from bot.keeping import opened
from bot.settings import Settings
from scheduling.domain.people import Person
from scheduling.domain.templates import Audience
from scheduling.storage import courses, people

COLUMNS = ("course", "person")


async def set_audiences(settings: Settings, path: Path, owner_id: str) -> tuple[int, int]:
    """Make each course that a file names one for the people listed; how many changed, how many rows.

    People are named by their id in the WFM or by their address. Sites, teams and skills that the
    course was for give way to the list. All of it or nothing: CannotPlan with every fault by row.
    """
    rows, now = rows_of(path, COLUMNS, COLUMNS), SystemClock().now()
    async with opened(settings) as store, store.write() as tx:
        unit_id = str((await require_filler(tx, owner_id)).unit_id)
        known = {each.name.casefold(): each for each in await courses.of_unit(tx, unit_id)}
        wanted = _listed(rows, known, _by_name(await people.of_unit(tx, unit_id)))
        require_no_fault(rows)
        changed = 0
        for name, listed in wanted.items():
            course = known[name]
            audience = Audience(agent_ids=frozenset(listed))
            if audience == course.audience:
                continue
            one = replace(course, audience=audience)
            await courses.change(tx, one, now)
            await note_saved(tx, one, now, {"people": len(listed)})
            changed += 1
    return changed, len(rows)


def _by_name(members: Sequence[Person]) -> dict[str, str]:
    """Return the agents' ids by what a file may call them."""
    agents = [one for one in members if one.in_wfm]
    addressed = {str(one.address).casefold(): one.id for one in agents if one.address}
    return {**addressed, **{one.id: one.id for one in agents}}


def _listed(
    rows: Sequence[Row], known: Collection[str], there: Mapping[str, str]
) -> dict[str, set[str]]:
    """Return the people of each course, by its name in small letters; what is wrong is noted at its row."""
    wanted: dict[str, set[str]] = {}
    for row in rows:
        name = row.text("course").casefold()
        said = row.text("person")
        person_id = there.get(said) or there.get(said.casefold())
        if name not in known:
            row.blame("course", f"there is no course {row.text('course')[:40]!r}")
        if person_id is None:
            row.blame("person", f"the unit has no agent with the id or address {said[:40]!r}")
        if name not in known or person_id is None:
            continue
        listed = wanted.setdefault(name, set())
        if person_id in listed:
            row.blame("person", f"{said[:40]!r} is there twice for this course")
        listed.add(person_id)
    return wanted
