"""Sample views of the card that asks what an order left open."""

from datetime import date

from dialogs.drafting import to_payload
from dialogs.problems import ProblemKind, problem
from dialogs.unclear import ASKED
from dialogs.views import OrderFormView, View
from dialogs.wishes import Wish
from scheduling.domain.times import DateRange
from tests.support.card_facts import HOSTILE, LONG, NAMES, roster

FRIDAY = DateRange(date(2026, 11, 20), date(2026, 11, 21))


def order_form(kind: str, **more: object) -> OrderFormView:
    """Return the form of an order of which nothing was understood but its kind."""
    form: dict[str, object] = {
        "kind": kind,
        "inputs": next(fields for each, fields in ASKED.items() if each.value == kind),
        "payload": to_payload(Wish()),
        "numbers": {"period": None, "count": None},
        "was": None,
        "prose": "",
        "roster": roster(),
        "problems": (problem("", ProblemKind.NOT_UNDERSTOOD, said=["thing"]),),
    }
    return OrderFormView(**{**form, **more})  # type: ignore[arg-type]


def order_form_views() -> dict[str, View]:
    """Return forms: nothing understood, one question, several, and hostile names."""
    asha = {"id": "a00", "name": "Asha Patel", "team": "Billing A"}
    which = problem("attendees", ProblemKind.AMBIGUOUS_NAME, said="Asha", candidates=[asha])
    unknown = problem("attendees", ProblemKind.UNKNOWN_NAME, said=HOSTILE, nearest=[])
    moved = Wish(type_id="1:1", attendee_ids=("a01",), dates=FRIDAY)
    return {
        "order-empty": order_form("cancel"),
        "order-move": order_form(
            "move", payload=to_payload(moved), was=date(2026, 11, 19), problems=(which,)
        ),
        "order-cadence": order_form("cadence", numbers={"period": 30, "count": None}),
        "order-release": order_form("release", numbers={"period": None, "count": 3}),
        "order-hostile": order_form(
            "note",
            prose=HOSTILE,
            roster=roster((HOSTILE, LONG, *NAMES)),
            problems=(unknown, problem("first", ProblemKind.PAST, last="2026-11-06")),
        ),
    }
