"""What a session costs service, in one plain sentence."""

from datetime import datetime

from dialogs.wording import Words, clean, needed
from scheduling.domain.proposals import CurvePoint, DayService, StaffingCurve


def figures_words(words: Words, as_of: datetime, reconciled: bool) -> str:
    """Return how old figures are, marked where they do not add up with the schedules."""
    ago = words.distance(as_of)
    if reconciled:
        return words.say("Figures from {ago}; they agree with the schedules.", ago=ago)
    return words.say(
        "⚠ Figures from {ago} do not add up with the schedules: take them as estimates.", ago=ago
    )


def price_words(words: Words, price: float) -> str:
    """Return a price (weighted contacts past their goal) as what a customer feels."""
    if price < 0.05:
        return words.say("no effect on waiting")
    if price < 1:
        return words.say("less than 1 contact answered late")
    return words.count(
        "about {n} contact answered late", "about {n} contacts answered late", round(price)
    )


def touched(curves: tuple[StaffingCurve, ...]) -> list[tuple[StaffingCurve, CurvePoint]]:
    """Return the points at which a session takes somebody away, each with its curve."""
    return [
        (curve, point)
        for curve in curves
        for point in curve.points
        if abs(point.before - point.after) > 1e-9
    ]


def tightest(curves: tuple[StaffingCurve, ...]) -> tuple[StaffingCurve, CurvePoint] | None:
    """Return the curve and the point with the least to spare while a session runs."""
    return min(touched(curves), key=lambda pair: pair[1].after - pair[1].required, default=None)


def hardest(days: tuple[DayService, ...]) -> DayService | None:
    """Return the day that ends nearest to, or furthest below, its goal."""
    return min(days, key=lambda day: day.after - day.goal, default=None)


def cost_sentence(
    words: Words, curves: tuple[StaffingCurve, ...], days: tuple[DayService, ...]
) -> str:
    """Return lowest staffing and service level before and after, or that nothing is touched."""
    low, day = tightest(curves), hardest(days)
    parts: list[str] = []
    if low:
        parts.append(_lowest(words, curves, *low))
    elif days:
        parts.append(_lowest_of_days(words, days))
    if day:
        parts.append(service_sentence(words, day, several=len(days) > 1))
    return "; ".join(parts) if parts else words.say("No staffed activity is affected.")


def _lowest(
    words: Words, curves: tuple[StaffingCurve, ...], curve: StaffingCurve, point: CurvePoint
) -> str:
    """Return the lowest staffing of the sessions and how much that is short or to spare.

    Activity and day are named where there are several.
    """
    moment = words.dated if _days_touched(words, curves) > 1 else words.clock
    facts = {
        "time": moment(point.start),
        "staff": words.staff(point.after),
        "needed": words.number(needed(point.after, point.required), 1),
        "net": words.net(point.after - point.required),
    }
    if len(curves) == 1:
        return words.say("Lowest staffing {time}: {staff} of {needed} needed ({net})", **facts)
    return words.say(
        "Lowest staffing, {demand} {time}: {staff} of {needed} needed ({net})",
        demand=clean(curve.demand_name),
        **facts,
    )


def _days_touched(words: Words, curves: tuple[StaffingCurve, ...]) -> int:
    """Return on how many of the reader's days the sessions are."""
    starts = (point.start for _, point in touched(curves))
    return len({start.astimezone(words.zone).date() for start in starts})


def _lowest_of_days(words: Words, days: tuple[DayService, ...]) -> str:
    """Return the lowest staffing of all days; activity and day where there are several."""
    low = min(days, key=lambda day: day.lowest_net)
    net = words.net(low.lowest_net)
    if len(days) == 1:
        return words.say("Lowest staffing during the sessions: {net}", net=net)
    return words.say(
        "Lowest staffing during the sessions, {demand} on {day}: {net}",
        demand=clean(low.demand_name),
        day=words.day(low.day),
        net=net,
    )


def service_sentence(words: Words, day: DayService, *, several: bool) -> str:
    """Return a day's service level before and after, against its goal."""
    facts = {
        "before": words.percent(day.before),
        "after": words.percent(day.after),
        "goal": words.percent(day.goal),
    }
    if several:
        return words.say(
            "service level of {demand} on {day} {before} to {after}, goal {goal}",
            demand=clean(day.demand_name),
            day=words.day(day.day),
            **facts,
        )
    return words.say("service level for the day {before} to {after}, goal {goal}", **facts)
