"""The staffing curve: a Teams chart where it can be drawn, and always a table of the same."""

from datetime import timedelta

from dialogs.cards.components import Element, aside, subheading, table
from dialogs.wording import Words, clean, tenths
from scheduling.domain.proposals import CurvePoint, DayService, StaffingCurve

MOST_POINTS = 20
"""More points than this are no longer one session's surroundings, and are not drawn."""


def drawable(curve: StaffingCurve) -> bool:
    """Whether the curve is short enough to be read as a chart."""
    return 2 <= len(curve.points) <= MOST_POINTS


def chart(words: Words, curve: StaffingCurve) -> Element:
    """Return a line chart of needed, planned, and with the session; text where not drawn."""
    return {
        "type": "Chart.Line",
        "title": words.say("Staffing of {demand}", demand=clean(curve.demand_name)),
        "xAxisTitle": words.say("Time"),
        "yAxisTitle": words.say("People"),
        "data": [
            _line(words, curve, words.say("Needed"), "neutral", "required"),
            _line(words, curve, words.say("Planned"), "categoricalBlue", "before"),
            _line(words, curve, words.say("With this session"), "categoricalMarigold", "after"),
        ],
        "fallback": aside(words.say("The chart cannot be shown here; the table says the same.")),
    }


def _line(words: Words, curve: StaffingCurve, legend: str, color: str, name: str) -> Element:
    values = [
        {"x": words.clock(point.start), "y": tenths(getattr(point, name))} for point in curve.points
    ]
    return {"legend": legend, "color": color, "values": values}


def staffing(words: Words, curve: StaffingCurve, *, drawn: bool, rows: int = 8) -> list[Element]:
    """Return the chart if ``drawn``, and always the figures around the session as a table."""
    headers = (
        words.say("Time"),
        words.say("Needed"),
        words.say("Planned"),
        words.say("With this session"),
    )
    figures = [
        [
            words.clock(point.start),
            words.number(point.required, 1),
            words.staff(point.before),
            words.say(
                "{staff} ({net})",
                staff=words.staff(point.after),
                net=words.net(point.after - point.required),
            ),
        ]
        for point in near(curve)[:rows]
    ]
    return [
        subheading(words.say("Staffing of {demand}", demand=clean(curve.demand_name))),
        *([chart(words, curve)] if drawn and drawable(curve) else []),
        table(headers, figures, [2, 2, 2, 4]),
    ]


def near(curve: StaffingCurve) -> tuple[CurvePoint, ...]:
    """Return the points while the session runs, with one before and one after."""
    step = timedelta(minutes=curve.slot_minutes)
    touched = [point.start for point in curve.points if abs(point.before - point.after) > 1e-9]
    if not touched:
        return curve.points
    first, last = min(touched) - step, max(touched) + step
    return tuple(point for point in curve.points if first <= point.start <= last)


def service_table(words: Words, days: tuple[DayService, ...], rows: int = 8) -> list[Element]:
    """Return service level per demand and day, the nearest to its goal first."""
    if not days:
        return []
    ordered = sorted(days, key=lambda day: (day.after - day.goal, day.day))
    goals = {_goal(words, day) for day in days}
    several = len(goals) > 1
    title = words.say("Service level, goal {goal}", goal=min(goals))
    shown: list[Element] = [
        subheading(words.say("Service level") if several else title),
        table(
            [
                words.say("Activity and day"),
                words.say("Now"),
                words.say("With this"),
                words.say("At +10% volume"),
            ],
            [_day(words, day, with_goal=several) for day in ordered[:rows]],
            [4, 2, 3, 3],
        ),
    ]
    if len(ordered) > rows:
        rest = words.count(
            "{n} more day, not nearer to its goal",
            "{n} more days, none nearer to its goal",
            len(ordered) - rows,
        )
        shown.append(aside(rest))
    return shown


def _day(words: Words, day: DayService, *, with_goal: bool) -> list[str]:
    where = words.say("{demand}, {day}", demand=clean(day.demand_name), day=words.day(day.day))
    if with_goal:
        where = words.say("{where} (goal {goal})", where=where, goal=_goal(words, day))
    return [
        where,
        words.percent(day.before),
        against(words, day.after, day.goal),
        against(words, day.stressed, day.goal),
    ]


def _goal(words: Words, day: DayService) -> str:
    return words.say(
        "{percent} in {seconds}",
        percent=words.percent(day.goal),
        seconds=words.seconds(day.goal_seconds),
    )


def against(words: Words, part: float, goal: float) -> str:
    """Return a service level with, in a sign and a word, whether it keeps its goal."""
    if part < goal:
        return words.say("{percent} ▼ below", percent=words.percent(part))
    return words.say("{percent} ✓", percent=words.percent(part))
