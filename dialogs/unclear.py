"""An order that was understood in part: one card asks for the rest, with what was understood.

What the card sends back is an order again; its topic authorises it like any other.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from dialogs import verbs
from dialogs.drafting import from_inputs, to_payload
from dialogs.orders import Order, OrderKind
from dialogs.problems import Problem, ProblemKind, problem
from dialogs.taps import Tap, whole_number
from dialogs.views import OrderFormView
from dialogs.wishes import Wish
from scheduling.domain.times import DateRange
from scheduling.workflows.desk_port import Roster

_DATES = (verbs.FIRST, verbs.LAST)
ASKED: Mapping[OrderKind, tuple[str, ...]] = {
    OrderKind.AGENDA: _DATES,
    OrderKind.STATUS: (verbs.ATTENDEES, verbs.TYPE),
    OrderKind.CADENCE: (verbs.ATTENDEES, verbs.TYPE, verbs.PERIOD),
    OrderKind.MOVE: (verbs.ATTENDEES, verbs.TYPE, verbs.WAS, *_DATES, verbs.WINDOW),
    OrderKind.UNDO: (verbs.ATTENDEES, verbs.TYPE),
    OrderKind.CANCEL: (verbs.ATTENDEES, verbs.TYPE, *_DATES),
    OrderKind.NOTE: (verbs.ATTENDEES, verbs.TYPE, verbs.NOTE),
    OrderKind.CANNOT: _DATES,
    OrderKind.ASK_MANAGER: (verbs.TYPE, *_DATES, verbs.WINDOW, verbs.MINUTES),
    OrderKind.QUEUE: (verbs.TYPE, verbs.PERIOD),
    OrderKind.RELEASE: (verbs.TYPE, verbs.COUNT),
    OrderKind.PARTICIPATION: (verbs.TYPE, verbs.PERIOD),
}
"""The inputs that matter to an order; one that is not here is answered as far as it goes."""
_MOST = 999


def unclear(order: Order, roster: Roster) -> OrderFormView | None:
    """Return the card that asks what an order leaves open; None where nothing that matters is.

    Whoever may ask for nobody means somebody else by a name: that is their topic's to look up.
    """
    inputs = ASKED.get(order.kind, ())
    if not roster.people:
        inputs = tuple(each for each in inputs if each != verbs.ATTENDEES)
    asked = tuple(each for each in order.problems if each.field in {*inputs, ""})
    return _form(order, inputs, asked, roster) if inputs and asked else None


def order_of(tap: Tap, roster: Roster) -> Order | OrderFormView | None:
    """Return the order that the card sends, or the card again; None for what is no order."""
    if tap.subject_id not in {each.value for each in ASKED}:
        return None
    wish, trouble = from_inputs(Wish(), tap.inputs, roster)
    order = Order(
        kind=OrderKind(str(tap.subject_id)),
        wish=wish,
        problems=(*trouble, *_bad_numbers(tap)),
        days=_number(tap, verbs.PERIOD),
        count=_number(tap, verbs.COUNT),
        was=_day(tap.inputs.get(verbs.WAS, "")),
        prose=tap.inputs.get(verbs.NOTE, "").strip(),
    )
    return unclear(order, roster) or order


def _form(
    order: Order, inputs: tuple[str, ...], asked: tuple[Problem, ...], roster: Roster
) -> OrderFormView:
    return OrderFormView(
        kind=order.kind.value,
        inputs=inputs,
        payload=to_payload(order.wish),
        numbers={verbs.PERIOD: order.days, verbs.COUNT: order.count},
        was=order.was.start if order.was else None,
        prose=order.prose,
        roster=roster,
        problems=asked,
    )


def _number(tap: Tap, name: str) -> int | None:
    number = whole_number(tap.inputs.get(name))
    return number if number and number <= _MOST else None


def _bad_numbers(tap: Tap) -> list[Problem]:
    return [
        problem(name, ProblemKind.MISSING)
        for name in (verbs.PERIOD, verbs.COUNT)
        if tap.inputs.get(name, "").strip() and _number(tap, name) is None
    ]


def _day(text: str) -> DateRange | None:
    try:
        day = date.fromisoformat(text)
        return DateRange(day, day + timedelta(days=1))
    except (ValueError, OverflowError):
        return None
