"""Recurring meetings in the chat: templates, and runs that are looked at before they are booked."""

from dataclasses import replace
from datetime import date, timedelta

from dialogs import verbs
from dialogs.orders import Order, OrderKind
from dialogs.run_views import RunCardView, TemplateFormView, TemplatesView
from dialogs.taps import Tap, day_of, needed
from dialogs.templating import Wrong, dates_of, inputs_said, shown_inputs, template_from
from dialogs.verbs import Verb
from dialogs.views import View
from scheduling.domain.people import Actor
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.times import DAY, DateRange
from scheduling.workflows.runs_port import Planner

_ON_OVERVIEW = frozenset({Refusal.BAD_DATES, Refusal.NO_TEMPLATE, Refusal.OUTSIDE_HIERARCHY})
"""Why no run begins that is said above the templates."""


class RecurringTopic:
    """Answers orders and taps about templates and runs."""

    orders = frozenset({OrderKind.TEMPLATES, OrderKind.NEW_TEMPLATE, OrderKind.RUN})
    verbs = frozenset(
        {
            Verb.TEMPLATES,
            Verb.TEMPLATE_OPEN,
            Verb.TEMPLATE_SAVE,
            Verb.TEMPLATE_END,
            Verb.RUN_START,
            Verb.RUN_SHOW,
            Verb.RUN_HOLD,
            Verb.RUN_CONFIRM,
            Verb.RUN_DISCARD,
        }
    )

    def __init__(self, planner: Planner) -> None:
        """Talk to ``planner``, which authorises every call."""
        self._planner = planner

    async def ordered(self, actor: Actor, conversation_id: str, order: Order) -> View:
        """Show the templates, plan them over the dates that were said, or make a new one."""
        del conversation_id
        if order.kind is OrderKind.NEW_TEMPLATE:
            return await self._new(actor, order)
        if order.kind is OrderKind.TEMPLATES or order.wish.dates is None or order.problems:
            return await self._overview(actor)
        return await self._start(actor, order.wish.dates)

    async def tapped(self, actor: Actor, conversation_id: str, tap: Tap) -> View:
        """Answer a tap; what was overtaken is shown as it is now, with why."""
        del conversation_id
        match tap.verb:
            case Verb.TEMPLATE_OPEN:
                return await self._form(actor, tap.subject_id or "")
            case Verb.TEMPLATE_SAVE:
                return await self._save(actor, tap)
            case Verb.RUN_START:
                return await self._start_on(actor, tap)
            case Verb.RUN_SHOW | Verb.RUN_HOLD | Verb.RUN_CONFIRM | Verb.RUN_DISCARD:
                return await self._on_run(actor, tap)
            case Verb.TEMPLATE_END:
                await self._planner.end(actor, needed(tap.subject_id))
        return await self._overview(actor)

    async def _start_on(self, actor: Actor, tap: Tap) -> View:
        dates = dates_of(tap.inputs)
        if dates is None:
            return await self._overview(actor, Refused(Refusal.BAD_DATES))
        return await self._start(actor, dates)

    async def _overview(self, actor: Actor, refused: Refused | None = None) -> TemplatesView:
        offers = await self._planner.offers(actor)
        first, last = next_month(offers.today)
        return TemplatesView(
            templates=await self._planner.templates(actor),
            runs=await self._planner.runs(actor),
            first=first,
            last=last,
            refusal=refused.refusal if refused else None,
            facts=refused.facts if refused else {},
        )

    async def _start(self, actor: Actor, dates: DateRange) -> View:
        """Begin a run; where one is under way, show that one and say so."""
        try:
            return RunCardView(run=await self._planner.start(actor, dates))
        except Refused as refused:
            if refused.refusal in _ON_OVERVIEW:
                return await self._overview(actor, refused)
            return await under_way(self._planner, actor, refused)

    async def _new(self, actor: Actor, order: Order) -> TemplateFormView:
        """Show the form as the sentence fills it, with what was not understood in it."""
        offers = await self._planner.offers(actor)
        typed = inputs_said(order, offers)
        return TemplateFormView(
            template_id="",
            version=0,
            offers=offers,
            typed=typed,
            wrong=frozenset() if typed[verbs.TYPE] else frozenset({verbs.TYPE}),
            problems=order.problems,
        )

    async def _form(self, actor: Actor, template_id: str) -> TemplateFormView:
        offers = await self._planner.offers(actor)
        if not template_id:
            return TemplateFormView(
                template_id="", version=0, offers=offers, typed=shown_inputs(None, offers)
            )
        found = (await self._planner.template(actor, template_id)).template
        return TemplateFormView(
            template_id=found.id,
            version=found.version,
            offers=offers,
            typed=shown_inputs(found, offers),
        )

    async def _save(self, actor: Actor, tap: Tap) -> View:
        """Keep a template; what cannot be used goes back to the form with what was typed.

        Teams leaves out inputs that are empty.
        """
        template_id = tap.subject_id or ""
        offers = await self._planner.offers(actor)
        before = (
            (await self._planner.template(actor, template_id)).template if template_id else None
        )
        typed = {**dict.fromkeys(shown_inputs(before, offers), ""), **tap.inputs}
        form = TemplateFormView(
            template_id=template_id,
            version=before.version if before else 0,
            offers=offers,
            typed=typed,
        )
        made = template_from(typed, before, tap.version if template_id else 0)
        if isinstance(made, Wrong):
            return _again(form, made)
        try:
            await self._planner.save(actor, made)
        except Refused as refused:
            if refused.refusal not in {
                Refusal.BAD_TEMPLATE,
                Refusal.OUTSIDE_HIERARCHY,
                Refusal.OUTSIDE_HOURS,
                Refusal.STALE,
            }:
                raise
            return _again(form, Wrong(frozenset(), refused.refusal, refused.facts))
        return await self._overview(actor)

    async def _on_run(self, actor: Actor, tap: Tap) -> RunCardView:
        run_id, planner = needed(tap.subject_id), self._planner
        try:
            match tap.verb:
                case Verb.RUN_HOLD:
                    run = await planner.hold(actor, run_id, tap.version, _days(tap))
                case Verb.RUN_CONFIRM:
                    run = await planner.confirm(actor, run_id, tap.version)
                case Verb.RUN_DISCARD:
                    run = await planner.discard(actor, run_id)
                case _:
                    run = await planner.run(actor, run_id)
        except Refused as refused:
            if refused.refusal not in (Refusal.STALE, Refusal.RUN_UNDER_WAY):
                raise
            fresh = await planner.run(actor, run_id)
            return RunCardView(run=fresh, refusal=refused.refusal, facts=refused.facts)
        return RunCardView(run=run)


def _again(form: TemplateFormView, wrong: Wrong) -> TemplateFormView:
    return replace(form, wrong=wrong.inputs, refusal=wrong.refusal, facts=wrong.facts)


async def under_way(planner: Planner, actor: Actor, refused: Refused) -> RunCardView:
    """Return the run that keeps another from beginning, and say so; refuse what is anything else."""
    run_id = refused.facts.get("run_id")
    if refused.refusal is not Refusal.RUN_UNDER_WAY or not isinstance(run_id, str):
        raise refused
    try:
        run = await planner.run(actor, run_id)
    except Refused:
        raise refused from None
    return RunCardView(run=run, refusal=refused.refusal, facts=refused.facts)


def next_month(today: date) -> tuple[date, date]:
    """Return the first and the last date of the month after ``today``'s."""
    first = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1) - DAY


def _days(tap: Tap) -> list[date]:
    found = (day_of(each) for each in tap.inputs.get(verbs.DAYS, "").split(","))
    return [day for day in found if day is not None]
