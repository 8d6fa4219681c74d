"""Setting the house up in the chat: look, change, see what it would do, confirm, undo."""

from collections.abc import Awaitable, Callable, Mapping

from dialogs import verbs
from dialogs.orders import Order, OrderKind
from dialogs.setup_views import (
    SetupAppliedView,
    SetupFormView,
    SetupHistoryView,
    SetupOverviewView,
    SetupPreviewView,
)
from dialogs.taps import Tap, needed, whole_number
from dialogs.verbs import SETTING_PREFIX, Verb
from dialogs.views import View
from scheduling.domain.people import Actor
from scheduling.domain.refusals import Refusal, Refused
from scheduling.workflows.setup_form import Area
from scheduling.workflows.setup_port import Applied, Form, Preview, SetupDesk

Answer = Form | Preview | Applied


class SetupTopic:
    """Answers the order "setup" and the taps on its cards."""

    orders = frozenset({OrderKind.SETUP})
    verbs = frozenset(
        {
            Verb.SETUP,
            Verb.SETUP_OPEN,
            Verb.SETUP_SAVE,
            Verb.SETUP_REMOVE,
            Verb.SETUP_CHANGE,
            Verb.SETUP_CONFIRM,
            Verb.SETUP_DROP,
            Verb.SETUP_UNDO,
            Verb.SETUP_HISTORY,
            Verb.SETUP_RESTORE,
        }
    )

    def __init__(self, desk: SetupDesk) -> None:
        """Talk to ``desk``, which authorises every call."""
        self._desk = desk

    async def ordered(self, actor: Actor, conversation_id: str, order: Order) -> View:
        """Show the overview."""
        del conversation_id, order
        return SetupOverviewView(overview=await self._desk.overview(actor))

    async def tapped(self, actor: Actor, conversation_id: str, tap: Tap) -> View:
        """Answer a tap; what was overtaken is shown as it is now, with why."""
        del conversation_id
        try:
            return await self._tapped(actor, tap)
        except Refused as refused:
            if refused.refusal not in (Refusal.STALE, Refusal.SECOND_PERSON):
                raise
            return await self._refused(actor, tap, refused)

    async def _refused(self, actor: Actor, tap: Tap, refused: Refused) -> View:
        if tap.verb is Verb.SETUP_CONFIRM and refused.refusal is Refusal.SECOND_PERSON:
            preview = await self._desk.change(actor, needed(tap.subject_id))
            return SetupPreviewView(preview=preview, refusal=refused.refusal, facts=refused.facts)
        overview = await self._desk.overview(actor)
        return SetupOverviewView(overview=overview, refusal=refused.refusal, facts=refused.facts)

    async def _tapped(self, actor: Actor, tap: Tap) -> View:
        desk = self._desk
        if tap.verb is Verb.SETUP_DROP:
            await desk.drop(actor, needed(tap.subject_id))
        if tap.verb is Verb.SETUP_HISTORY:
            return SetupHistoryView(history=await desk.history(actor))
        calls: Mapping[Verb, Callable[[], Awaitable[Answer]]] = {
            Verb.SETUP_OPEN: lambda: desk.form(actor, *_area(tap.inputs.get(verbs.CHANGED))),
            Verb.SETUP_SAVE: lambda: desk.preview(actor, *_area(tap.subject_id), _typed(tap)),
            Verb.SETUP_REMOVE: lambda: desk.remove(actor, *_area(tap.subject_id)),
            Verb.SETUP_CHANGE: lambda: desk.change(actor, needed(tap.subject_id)),
            Verb.SETUP_CONFIRM: lambda: desk.confirm(actor, needed(tap.subject_id)),
            Verb.SETUP_UNDO: lambda: desk.undo(actor, tap.version),
            Verb.SETUP_RESTORE: lambda: desk.restore(actor, _version(tap)),
        }
        if tap.verb in calls:
            return _shown(await calls[tap.verb]())
        return SetupOverviewView(overview=await desk.overview(actor))


def _version(tap: Tap) -> int:
    return whole_number(tap.inputs.get(verbs.WHICH_VERSION)) or 0


def _shown(answer: Answer) -> View:
    match answer:
        case Form():
            return SetupFormView(form=answer)
        case Preview():
            return SetupPreviewView(preview=answer)
        case Applied():
            return SetupAppliedView(applied=answer)


def _area(chosen: str | None) -> tuple[Area, str]:
    """Return the area and the subject within it that a card names."""
    area, _, subject = (chosen or "").partition("/")
    if area not in set(Area):
        raise Refused(Refusal.UNKNOWN_DRAFT)
    return Area(area), subject


def _typed(tap: Tap) -> dict[str, str]:
    return {
        name.removeprefix(SETTING_PREFIX): value
        for name, value in tap.inputs.items()
        if name.startswith(SETTING_PREFIX)
    }
