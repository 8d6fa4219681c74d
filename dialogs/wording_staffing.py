"""What a session costs service, in one plain sentence."""

from dialogs.wording import Words, clean
from scheduling.domain.proposals import CurvePoint, DayService, StaffingCurve


def price_words(words: Words, price: float) -> str:
    """Return a price (weighted contacts past their goal) as what a customer feels."""
    if price < 0.05:
        return words.say("no effect on waiting")
    if price < 1:
        return words.say("less than 1 contact answered late")
    return words.count(
        "about {n} contact answered late", "about {n} contacts answered late", round(price)
    )


def tightest(curves: tuple[StaffingCurve, ...]) -> tuple[StaffingCurve, CurvePoint] | None:
    """Return the curve and the point with the least to spare while a session runs."""
    touched = [
        (curve, point)
        for curve in curves
        for point in curve.points
        if abs(point.before - point.after) > 1e-9
    ]
    return min(touched, key=lambda pair: pair[1].after - pair[1].required, default=None)


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
        parts.append(lowest_sentence(words, low[1]))
    elif day:
        parts.append(
            words.say("Lowest staffing during the sessions: {net}", net=words.net(day.lowest_net))
        )
    if day:
        parts.append(service_sentence(words, day, several=len(days) > 1))
    return "; ".join(parts) if parts else words.say("No staffed activity is affected.")


def lowest_sentence(words: Words, point: CurvePoint) -> str:
    """Return the lowest staffing of the session and how much that is short or to spare."""
    return words.say(
        "Lowest staffing {time}: {staff} of {needed} needed ({net})",
        time=words.clock(point.start),
        staff=words.staff(point.after),
        needed=words.number(point.required, 1),
        net=words.net(point.after - point.required),
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
