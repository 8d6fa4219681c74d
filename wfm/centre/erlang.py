"""Staff required by Erlang C, for the generator's forecasts.

With load A = volume x handling / interval in erlangs and c agents, Erlang B by the recurrence
B(c) = A B(c-1) / (c + A B(c-1)), the chance to wait C(c) = B / (1 - (A/c)(1 - B)), and the
service level 1 - C exp(-(c - A) T / handling). Source: Cooper, Introduction to Queueing Theory.
"""

from math import exp

from scheduling.domain.centre import ServiceGoal


def required_staff(volume: float, handling: float, minutes: int, goal: ServiceGoal) -> float:
    """Return the FTE that meet ``goal``, between whole agents by the line through both levels.

    ``volume`` is contacts in an interval of ``minutes``, ``handling`` seconds per contact. Zero
    for no contacts.
    """
    load = volume * handling / (minutes * 60)
    if load <= 0:
        return 0.0
    wanted = goal.percent / 100
    agents, blocking, below = 0, 1.0, 0.0
    while True:
        agents += 1
        blocking = load * blocking / (agents + load * blocking)
        if agents <= load:
            continue
        waiting = blocking / (1 - load / agents * (1 - blocking))
        level = 1 - waiting * exp(-(agents - load) * goal.seconds / handling)
        if level >= wanted:
            return max(load, agents - (level - wanted) / (level - below))
        below = level
