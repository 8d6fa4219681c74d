"""What is wrong with a template that each of its parts allows; named, with words made elsewhere."""

from datetime import timedelta
from enum import StrEnum
from itertools import pairwise

from scheduling.domain.templates import Template
from scheduling.domain.times import DateRange
from scheduling.recurrence.periods import periods

LOOKED_AT = timedelta(days=400)
"""A rule that names no date in so many days is taken to name none."""


class TemplateFault(StrEnum):
    """Why a template can never, or never regularly, be met."""

    NO_DATE = "no_date"
    """Rule, start, end and blackout dates leave no date."""
    LEAST_TOO_LONG = "least_too_long"
    """More days must lie between two meetings than two periods have together."""
    MOST_TOO_SHORT = "most_too_short"
    """Fewer days may lie between two meetings than lie between the days of the rule."""


def faults_of(template: Template) -> tuple[TemplateFault, ...]:
    """Return what is wrong with ``template``, nothing where it can be met."""
    looked_at = DateRange(template.start, template.start + LOOKED_AT)
    found = periods(template, looked_at)
    days = [each.days for each in found if each.days]
    if not days:
        return (TemplateFault.NO_DATE,)
    # from the first day of one period to the last of the next is all that neighbours can be apart
    furthest = [(later[-1] - earlier[0]).days for earlier, later in pairwise(days)]
    nearest = [(later[0] - earlier[-1]).days for earlier, later in pairwise(days)]
    faults = []
    if furthest and template.least_days > max(furthest):
        faults.append(TemplateFault.LEAST_TOO_LONG)
    if nearest and template.most_days is not None and template.most_days < max(nearest):
        faults.append(TemplateFault.MOST_TOO_SHORT)
    return tuple(faults)
