"""The staffing curve: a Teams chart where it can be drawn, and always a table of the same."""

import math
from datetime import timedelta

from dialogs.cards.components import Element, aside, subheading, table
from dialogs.wording import Words, clean, needed, tenths
from scheduling.domain.proposals import CurvePoint, DayService, StaffingCurve

MOST_POINTS = 7
"""As many as have room for their times beneath them on a phone."""
TICKS = 5
"""Steps of a chart's upright axis in Teams: a multiple of them gives each a whole number of people."""
NEEDED, NOW, THEN = "divergingRed", "sequential4", "categoricalLightBlue"
"""Colours of the lines: Teams' own, at least 3 to 1 on a light and on a dark card."""


def chart(words: Words, curve: StaffingCurve) -> Element | None:
    """Return a line chart of needed, now and with the session; None where a line would mislead."""
    points = around(curve, MOST_POINTS)
    step = timedelta(minutes=curve.slot_minutes)
    if len(points) < 2 or points[-1].start - points[0].start != step * (len(points) - 1):
        return None
    figures = [figure for point in points for figure in (point.required, point.before, point.after)]
    times = [words.tick(point.start) for point in points]
    least = math.floor(min(figures))
    return {
        "type": "Chart.Line",
        "title": words.say("Staffing of {demand}", demand=clean(curve.demand_name)),
        "xAxisTitle": words.say("Time"),
        "yAxisTitle": words.say("People"),
        "yMin": least,
        "yMax": least + TICKS * max(1, math.ceil((max(figures) - least) / TICKS)),
        "data": [
            _line(
                words.say("Needed"), NEEDED, times, [needed(p.after, p.required) for p in points]
            ),
            _line(words.say("Now"), NOW, times, [tenths(p.before) for p in points]),
            _line(
                words.say("With this"),
                THEN,
                times,
                [tenths(p.after) for p in points],
            ),
        ],
        "fallback": aside(words.say("The chart cannot be shown here; the table says the same.")),
    }


def _line(legend: str, color: str, times: list[str], figures: list[float]) -> Element:
    values = [{"x": x, "y": y} for x, y in zip(times, figures, strict=True)]
    return {"legend": legend, "color": color, "values": values}


def staffing(words: Words, curve: StaffingCurve, *, drawn: bool, rows: int = 5) -> list[Element]:
    """Return the chart if ``drawn``, and always the figures around the session as a table."""
    headers = (
        words.say("Time"),
        words.say("Needed"),
        words.say("Now"),
        words.say("With this"),
    )
    points = around(curve, rows)
    one_day = len({point.start.astimezone(words.zone).date() for point in points}) == 1
    figures = [
        [
            words.clock(point.start) if one_day else words.dated(point.start),
            words.number(needed(point.after, point.required), 1),
            words.staff(point.before),
            words.say(
                "{staff} ({net})",
                staff=words.staff(point.after),
                net=words.net(point.after - point.required),
            ),
        ]
        for point in points
    ]
    picture = chart(words, curve) if drawn else None
    return [
        subheading(words.say("Staffing of {demand}", demand=clean(curve.demand_name))),
        *([picture] if picture else []),
        table(headers, figures, [4, 4, 3, 7]),
    ]


def around(curve: StaffingCurve, most: int) -> tuple[CurvePoint, ...]:
    """Return the points while a session runs with as many around them as make up ``most``.

    Where the sessions alone are more, those ``most`` of them with the least to spare.
    """
    touched = [i for i, point in enumerate(curve.points) if abs(point.before - point.after) > 1e-9]
    if not touched:
        return curve.points[:most]
    first, last = touched[0], touched[-1] + 1
    if last - first > most:
        worst = sorted(touched, key=lambda i: curve.points[i].after - curve.points[i].required)
        return tuple(curve.points[i] for i in sorted(worst[:most]))
    first = max(0, first - (most - (last - first)) // 2)
    return curve.points[first : first + most]


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
            [5, 3, 4, 4],
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
