"""How a change of the set-up comes into force: checked again, one at a time, audited."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.limits import Misfit
from scheduling.domain.people import Person, Role
from scheduling.domain.refusals import Refusal, Refused, takes
from scheduling.domain.setup import Floor, Setup
from scheduling.ports.wfm import Wfm, WfmError
from scheduling.storage import audit, people, plain, setups
from scheduling.storage.audit import Fact
from scheduling.storage.edits import GONE, Edit, clash, differences, patched
from scheduling.storage.plain import Misread, Plain
from scheduling.workflows.setup_form import owners
from scheduling.workflows.setups import Setups

SEARCHED = frozenset({"types", "places", "parameters", "mapping", "locations", "rooms", "floors"})
"""Parts of the set-up that decide what a search finds, and so what a dry run can tell about."""


def edited(setup: Setup, edits: Sequence[Edit]) -> Setup:
    """Return the set-up with edits in it; Misread where it cannot be so."""
    after = plain.read(Setup, patched(plain.write(setup), edits))
    if lost := tuple(name for name in setup.types if name not in after.types):
        raise Misread(tuple(Misfit(path=("types", name), kind="type_kept") for name in lost))
    return after


def between(before: Setup, after: Setup) -> tuple[Edit, ...]:
    """Return what differs between two set-ups."""
    return tuple(differences(plain.write(before), plain.write(after)))


def require_owner(person: Person, edits: Sequence[Edit]) -> None:
    """Refuse who may not change all that is edited; NOT_YOUR_ROLE says who can."""
    if not all(person.has(*owners(edit.path)) for edit in edits):
        raise takes(Role.ADMINISTRATOR)


async def wfm_floors(wfm: Wfm) -> Mapping[str, Floor]:
    """Return the floors that the WFM's hierarchy states, by activity; WFM_AWAY."""
    try:
        return {
            demand.id: Floor(deficit=demand.floor, heads=demand.minimum_heads)
            for unit in await wfm.units()
            for demand in await wfm.demands(unit.id)
        }
    except WfmError as error:
        raise Refused(Refusal.WFM_AWAY) from error


async def lowered(wfm: Wfm, before: Setup, after: Setup) -> tuple[str, ...]:
    """Return the activities whose floor protects customers less afterwards."""
    if before.floors == after.floors:
        return ()
    stated = await wfm_floors(wfm)
    was, will = ({**stated, **each.floors} for each in (before, after))
    return tuple(n for n in sorted({**was, **will}) if _lowers(was.get(n), will.get(n)))


def _lowers(was: Floor | None, will: Floor | None) -> bool:
    if was is None or will is None:
        return will is None
    return will.below(was)


async def require_second(tx: AsyncConnection, person: Person, owner_id: str) -> None:
    """Refuse whoever made the change, and a deputy of theirs or whose deputy they are."""
    pairs = (await people.deputy_of(tx, person.id), await people.deputy_of(tx, owner_id))
    theirs = [pair is not None and pair.deputy_id in (owner_id, person.id) for pair in pairs]
    if person.id == owner_id or any(theirs):
        raise Refused(Refusal.SECOND_PERSON)


async def bring_into_force(
    tx: AsyncConnection,
    held: Setups,
    edits: Sequence[Edit],
    *,
    base: int,
    by: str,
    at: datetime,
    seconded_by: str | None = None,
    restores: int | None = None,
) -> tuple[int, tuple[Edit, ...]]:
    """Add the next version, as the transaction's last write; its number, and what differs.

    STALE where the same was changed since version ``base``, or nothing would change; Misread where
    what was changed elsewhere meanwhile does not go with it.
    """
    newest = await setups.lock(tx)
    current = await held.at(tx, newest)
    if base != newest and clash(edits, between(await held.at(tx, base), current)):
        raise Refused(Refusal.STALE)
    after = edited(current, edits)
    changed = between(current, after)
    if not changed:
        raise Refused(Refusal.STALE)
    number = newest + 1
    await setups.add(
        tx, after, number=number, at=at, by=by, seconded_by=seconded_by, restores=restores
    )
    await audit.record(
        tx,
        at=at,
        actor=by,
        action="setup.changed",
        subject="setup",
        before={"number": newest, **_facts(changed, "before")},
        after={"number": number, **_facts(changed, "after")},
        detail={"seconded_by": seconded_by, "restores": restores},
    )
    return number, changed


def _facts(edits: Sequence[Edit], side: str) -> dict[str, Fact]:
    """Return one side of each edit; words that are no ids are kept as their digest."""
    return {"/".join(edit.path): _fact(getattr(edit, side)) for edit in edits}


def _fact(value: Plain) -> Fact:
    if value is GONE or value is None:
        return None
    if isinstance(value, bool | int | str):
        return value
    return str(value) if isinstance(value, float) else audit.digest(value)


def parts_of(edits: Collection[Edit]) -> frozenset[str]:
    """Return the parts of the set-up that are edited."""
    return frozenset(edit.path[0] for edit in edits)
