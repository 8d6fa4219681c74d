"""The forms of the set-up: which there are for whom, and what their inputs make of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from scheduling.domain.centre import Unit
from scheduling.domain.limits import Misfit
from scheduling.domain.people import Person, Role
from scheduling.domain.refusals import Refusal, Refused, takes
from scheduling.domain.setup import Setup
from scheduling.ports.wfm import WfmError
from scheduling.storage import plain
from scheduling.storage.edits import GONE, Edit
from scheduling.storage.plain import Misread, Path
from scheduling.workflows import setup_form
from scheduling.workflows.services import Services
from scheduling.workflows.setup_changes import edited, wfm_floors
from scheduling.workflows.setup_form import (
    AREA_OWNERS,
    NEW,
    NEW_ID,
    REMOVABLE,
    SEVERAL,
    Area,
    Offers,
    entered,
)
from scheduling.workflows.setup_port import Form, Subject

FRESH = frozenset({Area.TYPES, Area.PARAMETERS, Area.LOCATIONS, Area.ROOMS})
"""Areas to which something new may be added."""


class Forms:
    """Makes forms out of the set-up in force and what the WFM knows."""

    def __init__(self, services: Services) -> None:
        """Read through these services."""
        self._services = services

    @property
    def _setup(self) -> Setup:
        return self._services.setups.setup

    async def _units(self, me: Person) -> Sequence[Unit]:
        """Return the units whose floors ``me`` may change: all for an administrator; WfmError."""
        units = await self._services.wfm.units()
        if me.has(Role.ADMINISTRATOR) or me.unit_id is None:
            return units
        return [unit for unit in units if unit.id == me.unit_id]

    async def _demands(self, me: Person) -> Mapping[str, str]:
        """Return the activities whose floors ``me`` may change, by id, with their names."""
        try:
            return {
                demand.id: demand.name
                for unit in await self._units(me)
                for demand in await self._services.wfm.demands(unit.id)
            }
        except WfmError:
            return {}

    async def subjects(self, me: Person) -> tuple[Subject, ...]:
        """Return everything that has a form which ``me`` may change, in the order of the areas."""
        found: list[Subject] = []
        for area in (each for each in Area if each is not Area.EVERYTHING):
            if not me.has(*AREA_OWNERS[area]):
                continue
            if area is Area.FLOORS:
                names = await self._demands(me)
                found += [Subject(area=area, id=i, name=name) for i, name in names.items()]
            elif area in SEVERAL:
                known = getattr(self._setup, area.value)
                found += [
                    Subject(area=area, id=i, name=_name(each, i)) for i, each in known.items()
                ]
                found += [Subject(area=area, id=NEW)] if area in FRESH else []
            else:
                found.append(Subject(area=area))
        return tuple(found)

    async def form(self, me: Person, area: Area, subject: str) -> Form:
        """Return a form with what is in force; UNKNOWN_DRAFT where there is no such subject."""
        setup = self._setup
        if area is Area.FLOORS:
            if subject not in await self._demands(me):
                raise Refused(Refusal.UNKNOWN_DRAFT)
            stated = await wfm_floors(self._services.wfm)
            setup = replace(setup, floors={**stated, **setup.floors})
        if subject == NEW and area not in FRESH:
            raise Refused(Refusal.UNKNOWN_DRAFT)
        try:
            asked = setup_form.asked(setup, area, subject, await self._offers())
        except LookupError:
            raise Refused(Refusal.UNKNOWN_DRAFT) from None
        known = getattr(self._setup, area.value, {}) if area in SEVERAL else {}
        return Form(
            subject=Subject(area=area, id=subject, name=_name(known.get(subject), subject)),
            asked=asked,
            removable=area in REMOVABLE and subject in known,
        )

    async def _offers(self) -> Offers:
        """Return what the WFM knows by name; where it is away, ids are typed."""
        wfm = self._services.wfm
        try:
            units = await wfm.units()
            codes = {code.id: code.name for unit in units for code in await wfm.codes(unit.id)}
        except WfmError:
            return {}
        sites = {site.id: site.name for unit in units for site in unit.sites}
        return {"code_id": tuple(codes.items()), "site_id": tuple(sites.items())}

    async def require_units(self, me: Person, edits: Sequence[Edit]) -> None:
        """Refuse floors of another unit than a scheduler's own."""
        floors = {edit.path[1] for edit in edits if edit.path[0] == "floors" and edit.path[1:]}
        if not floors or me.has(Role.ADMINISTRATOR):
            return
        if not floors <= (await self._demands(me)).keys():
            raise takes(Role.ADMINISTRATOR)

    def filled(self, form: Form, inputs: Mapping[str, str]) -> tuple[Form, Setup | None]:
        """Return the form with what was typed, and the set-up that it makes, None where it cannot."""
        shown = tuple(replace(one, value=inputs.get(one.name, one.value)) for one in form.asked)
        typed = replace(form, asked=shown)
        new_id, misfits = self._new_id(form, inputs)
        if misfits:
            return replace(typed, misfits=misfits), None
        content = entered(form.asked, inputs, plain.write(self._setup), new_id)
        try:
            after = plain.read(Setup, content)
        except Misread as error:
            return replace(typed, misfits=_placed(error.misfits, new_id)), None
        return typed, after

    def _new_id(self, form: Form, inputs: Mapping[str, str]) -> tuple[str, tuple[Misfit, ...]]:
        """Return the id of something new, as its form names it, and what is wrong with that."""
        naming = next((one for one in form.asked if one.path[-1] == NEW_ID), None)
        if naming is None:
            return NEW, ()
        area = form.subject.area
        typed = inputs.get(naming.name, "").strip().lower()
        new_id = typed if area is Area.ROOMS else re.sub(r"\W+", "_", typed).strip("_")
        if not new_id or not plain.KEY.fullmatch(new_id) or len(new_id) > plain.LONGEST:
            return NEW, (Misfit(path=naming.path, kind="no_key"),)
        if new_id in getattr(self._setup, area.value):
            return NEW, (Misfit(path=naming.path, kind="known", facts={"name": new_id}),)
        return new_id, ()

    def without(self, form: Form, current: Setup) -> tuple[Form, Setup | None]:
        """Return the set-up without a form's subject, or the form with why it is needed."""
        path: Path = (form.subject.area.value, form.subject.id)
        edit = Edit(path=path, before=None, after=GONE)
        try:
            return form, edited(current, [edit])
        except Misread as error:
            return replace(form, misfits=error.misfits), None


def _placed(misfits: Sequence[Misfit], new_id: str) -> tuple[Misfit, ...]:
    """Return misfits with the paths that the form of something new has."""
    return tuple(
        replace(m, path=tuple(NEW if name == new_id else name for name in m.path)) for m in misfits
    )


def _name(known: object, subject: str) -> str:
    return str(getattr(known, "name", subject))
