"""What the planning commands say: lines of plain text, for a planner who sees everything."""

from collections import Counter
from collections.abc import Iterable, Iterator

from dialogs.views import Viewer
from dialogs.wording import Words
from dialogs.wording_rules import ORDER, ROLES, excluded, granted
from scheduling.domain.rules import GRANTED_BY, Rule
from scheduling.optimizer.outcome import Fault, FaultKind, Impact, PeriodImpact
from scheduling.optimizer.plan import Contest, Failure, Loosening, Plan
from scheduling.optimizer.problem import Problem

MOST_LINES = 10
"""Reasons, demands or rivals that are listed one by one."""

BROKEN = {
    FaultKind.RULE: "breaks a rule",
    FaultKind.UNKNOWN_MEETING: "is in no request of the problem",
    FaultKind.UNKNOWN_ATTENDEE: "is not asked for in this request",
    FaultKind.ANSWERED_TWICE: "is answered twice",
    FaultKind.NOT_ANSWERED: "is neither placed nor failed",
    FaultKind.WRONG_LENGTH: "is not as long as asked for",
    FaultKind.OFF_GRID: "does not start on the grid",
    FaultKind.DOUBLE_BOOKED: "books somebody twice at once",
    FaultKind.WRONG_ROOM: "is in the wrong room or place",
    FaultKind.WRONG_GROUP: "has a group that the training does not allow",
    FaultKind.WRONG_BREAK: "moves a break that may not move so",
    FaultKind.WRONG_MOVED: "says wrongly what was moved",
    FaultKind.FROZEN: "moves a booking that starts too soon to be moved",
    FaultKind.WRONG_ALLOWANCE: "has wrong offline minutes",
    FaultKind.WRONG_STATUS: "has a wrong status",
    FaultKind.WRONG_PRICE: "has a wrong price",
    FaultKind.WRONG_COST: "has a wrong cost",
    FaultKind.WRONG_BOUND: "has a wrong bound",
}


def zone_of_most(problem: Problem) -> str:
    """Return the zone in which most attendees live; UTC where there is nobody."""
    zones = Counter(person.zone for person in problem.attendees)
    return min(zones, key=lambda zone: (-zones[zone], zone), default="UTC")


def words_for(problem: Problem) -> Words:
    """Return the words of the commands: English, in the zone of most attendees."""
    viewer = Viewer(locale="en", zone=zone_of_most(problem), now=problem.now, scheduler=True)
    return Words.for_viewer(viewer)


def plan_lines(words: Words, plan: Plan, forecast: Impact, seconds: float) -> Iterator[str]:
    """Yield the summary of a plan."""
    wanted = words.number(plan.placed + plan.failed)
    yield (
        f"{plan.status.replace('_', ' ')}: {words.number(plan.placed)} of {wanted} placed,"
        f" {words.number(plan.failed)} failed"
    )
    yield from _reason_lines(words, plan.failures)
    yield cost_line(words, plan)
    yield from _service_lines(words, forecast.periods)
    if not plan.reconciled:
        yield "not reconciled: the agents' shares do not add up to the WFM's coverage"
    for use in plan.allowances:
        yield (
            f"offline minutes of the week of {use.week}: {words.number(use.planned)} planned,"
            f" {words.number(use.used)} used before, {words.number(use.added)} by this plan,"
            f" {words.number(use.left)} left"
        )
    ended = ", ended early by the guard" if plan.guarded else ""
    stage = (
        f" (last bettered by {plan.stage}, budget {plan.effort}{ended})" if plan.stage else ended
    )
    yield f"{words.number(seconds, 1)} s{stage}"


def cost_line(words: Words, plan: Plan) -> str:
    """Return cost, bound and gap."""
    return (
        f"cost {words.number(plan.cost, 2)} contacts past their goal,"
        f" bound {words.number(plan.bound, 2)}, gap {words.number(100 * plan.gap, 2)} %"
    )


def _reason_lines(words: Words, failures: Iterable[Failure]) -> Iterator[str]:
    reasons = Counter(_reason(words, failure) for failure in failures)
    for reason, count in reasons.most_common(MOST_LINES):
        yield f"  {words.number(count)} failed: {reason}"
    if rest := sum(count for _, count in reasons.most_common()[MOST_LINES:]):
        yield f"  {words.number(rest)} failed for other reasons"


def _reason(words: Words, failure: Failure) -> str:
    if failure.contest is not None:
        return f"others have the times that were left ({excluded(words, failure.contest.rule)})"
    if not failure.conflict:
        return "others have the times that were left"
    return _together(words, failure.conflict)


def _together(words: Words, rules: Iterable[Rule]) -> str:
    return words.listed(excluded(words, rule) for rule in sorted(rules, key=ORDER.__getitem__))


def _service_lines(words: Words, periods: tuple[PeriodImpact, ...]) -> Iterator[str]:
    worst = sorted(periods, key=lambda each: (each.after - each.before, each.demand_id))
    for each in worst[:MOST_LINES]:
        yield (
            f"  {each.demand_id}: service {words.number(100 * each.before, 2)} % before,"
            f" {words.number(100 * each.after, 2)} % after (goal {words.number(100 * each.goal)} %),"
            f" {words.number(each.understaffed_hours, 1)} FTE-hours more below the requirement"
        )
    if len(worst) > MOST_LINES:
        yield f"  and {len(worst) - MOST_LINES} activities that lose less"


def fault_line(words: Words, fault: Fault) -> str:
    """Return one thing wrong with a plan."""
    what = BROKEN[fault.kind]
    if fault.rule is not None:
        what += f" ({fault.rule.value}): {excluded(words, fault.rule)}"
    name = "/".join(part for part in (fault.meeting_id, fault.attendee_id) if part) or "the plan"
    return f"{name}{', an alternative' if fault.alternative else ''}: {fault.kind.value}: {what}"


def failure_lines(words: Words, failure: Failure, *, later: bool) -> Iterator[str]:
    """Yield why there is no place: the funnel, the conflict, the contest, and the ways out.

    ``later`` says that the problem goes on after the dates asked for.
    """
    name = failure.meeting_id
    yield name if failure.attendee_id is None else f"{failure.attendee_id} in {name}"
    if failure.funnel:
        yield f"{words.number(failure.funnel[0].before)} starts in the whole grid, of which"
    for step in failure.funnel:
        if step.before > step.after:
            yield (
                f"  {words.number(step.before - step.after)} {excluded(words, step.rule)},"
                f" {words.number(step.after)} left"
            )
    if failure.conflict:
        yield f"no start because of: {_together(words, failure.conflict)}"
    elif failure.funnel and failure.funnel[-1].after:
        yield f"{words.number(failure.funnel[-1].after)} starts are possible by themselves"
    if failure.contest is not None:
        yield _contest_line(words, failure.contest)
    yield from _ways_out(words, failure, later=later)


def _ways_out(words: Words, failure: Failure, *, later: bool) -> Iterator[str]:
    """Yield what could be loosened; deferring is always among it."""
    for way in failure.loosenings:
        yield _way_line(words, way)
    if failure.conflict and not any(Rule.DATES in way.rules for way in failure.loosenings):
        yield (
            "  no way out: another period: the problem goes on after the dates, and has no start"
            " there that anybody may grant"
            if later
            else "  way out: another period: the problem ends before it, so its price is not known"
        )


def _contest_line(words: Words, contest: Contest) -> str:
    return (
        f"they compete for {contest.holder} ({excluded(words, contest.rule)}):"
        f" {words.number(contest.places)} fit, {words.listed(contest.winners)} placed,"
        f" {words.listed(contest.losers)} not"
    )


def _way_line(words: Words, way: Loosening) -> str:
    roles = {GRANTED_BY[rule] for rule in way.rules if rule in GRANTED_BY}
    who = words.listed(words.say(ROLES[role]) for role in sorted(roles))
    when = way.placement.interval.start.astimezone(words.zone)
    return (
        f"  way out: {granted(words, way.rules)}: {words.number(way.count)} starts, the nearest"
        f" {when:%Y-%m-%d %H:%M}, price {words.number(way.placement.price, 2)}; granted by {who}"
    )
