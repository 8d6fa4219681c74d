"""The staffing curve: a Teams chart where it can be drawn, and always a table of the same."""

from datetime import timedelta

from dialogs.cards.components import Element, subheading, table, text
from dialogs.wording import Words, clean, tenths
from scheduling.domain.proposals import CurvePoint, DayService, StaffingCurve

MOST_POINTS = 20
"""More points than this are no longer one session's surroundings, and are not drawn."""
AROUND = timedelta(minutes=15)


def drawable(curve: StaffingCurve) -> bool:
    """Whether the curve is short enough to be read as a chart."""
    return 2 <= len(curve.points) <= MOST_POINTS


def chart(words: Words, curve: StaffingCurve) -> Element:
    """Return a line chart of needed, planned, and with the session; text where not drawn."""
    title = words.say("Staffing of {demand}", demand=clean(curve.demand_name))
    return {
        "type": "Chart.Line",
        "title": title,
        "xAxisTitle": words.say("Time"),
        "yAxisTitle": words.say("People"),
        "data": [
            _line(words, curve, words.say("Needed"), "neutral", "required"),
            _line(words, curve, words.say("Planned"), "categoricalBlue", "before"),
            _line(words, curve, words.say("With this session"), "categoricalMarigold", "after"),
        ],
        "fallback": text(
            words.say("{title}: see the table below.", title=title), isSubtle=True, size="Small"
        ),
    }


def _line(words: Words, curve: StaffingCurve, legend: str, color: str, name: str) -> Element:
    values = [
        {"x": words.clock(point.start), "y": tenths(getattr(point, name))} for point in curve.points
    ]
    return {"legend": legend, "color": color, "values": values}


def staffing_table(words: Words, curve: StaffingCurve, rows: int = 8) -> list[Element]:
    """Return the same figures around the session as a table with its title."""
    return [
        subheading(words.say("Staffing of {demand}", demand=clean(curve.demand_name))),
        table(
            [
                words.say("Time"),
                words.say("Needed"),
                words.say("Planned"),
                words.say("With this session"),
            ],
            [
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
            ],
            [2, 2, 2, 4],
        ),
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
    shown: list[Element] = [
        subheading(words.say("Service level")),
        table(
            [
                words.say("Activity and day"),
                words.say("Now"),
                words.say("With this"),
                words.say("At +10% volume"),
            ],
            [_day(words, day) for day in ordered[:rows]],
            [4, 2, 3, 3],
        ),
    ]
    if len(ordered) > rows:
        shown.append(
            text(
                words.count(
                    "{n} more line, not nearer to its goal",
                    "{n} more lines, none nearer to its goal",
                    len(ordered) - rows,
                ),
                isSubtle=True,
                size="Small",
            )
        )
    return shown


def _day(words: Words, day: DayService) -> list[str]:
    return [
        words.say(
            "{demand}, {day} (goal {goal} in {seconds})",
            demand=clean(day.demand_name),
            day=words.day(day.day),
            goal=words.percent(day.goal),
            seconds=words.seconds(day.goal_seconds),
        ),
        words.percent(day.before),
        against(words, day.after, day.goal),
        against(words, day.stressed, day.goal),
    ]


def against(words: Words, part: float, goal: float) -> str:
    """Return a service level with, in words, whether it keeps its goal."""
    if part < goal:
        return words.say("{percent} ▼ below goal", percent=words.percent(part))
    return words.say("{percent} ✓", percent=words.percent(part))
