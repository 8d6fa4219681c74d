"""The tables a folder or workbook holds: their columns, what goes in, and an example.

This list is the format's one definition: the reader, the validator, the template and its README
are made from it. A table is `<name>.csv`, or the sheet `<name>` of an .xlsx workbook.
"""

from dataclasses import dataclass
from datetime import date

EXAMPLE_DAY = date(2026, 11, 23)
"""The day of the example rows, a Monday."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. An optional one may be left out or empty."""

    name: str
    says: str
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSpec:
    """One table; ``example`` rows are in the order of the columns."""

    name: str
    says: str
    columns: tuple[Column, ...]
    example: tuple[tuple[str, ...], ...]


def _column(name: str, says: str) -> Column:
    return Column(name=name, says=says)


def _optional(name: str, says: str) -> Column:
    return Column(name=name, says=says, required=False)


SETTINGS = TableSpec(
    name="settings",
    says="one setting per row",
    columns=(_column("setting", "its name"), _column("value", "its value")),
    example=(
        ("zone", "Europe/London"),
        ("interval_minutes", "15"),
        ("shrinkage", "0.06"),
        ("requirement", "net"),
        ("as_of", ""),
    ),
)
SETTING_SAYS = {
    "zone": "IANA zone of the times in staffing",
    "interval_minutes": "length of a staffing interval: 5, 10, 15, 30 or 60",
    "shrinkage": "unplanned part that still comes off the scheduled staff, e.g. 0.06",
    "requirement": "net, or gross where required already includes the shrinkage; empty is net",
    "as_of": "when the staffing was exported, with offset; empty is the file's own time",
}
UNITS = TableSpec(
    name="units",
    says="business units: each shares one forecast and one queue of requests",
    columns=(_column("unit", "id"), _column("name", "name")),
    example=(("service", "Customer service"),),
)
SITES = TableSpec(
    name="sites",
    says="places where agents work",
    columns=(
        _column("site", "id"),
        _column("unit", "id of its unit"),
        _column("name", "name"),
        _column("zone", "IANA zone, e.g. Europe/London"),
    ),
    example=(("leeds", "service", "Leeds", "Europe/London"),),
)
TEAMS = TableSpec(
    name="teams",
    says="teams, each on one site",
    columns=(_column("team", "id"), _column("site", "id of its site"), _column("name", "name")),
    example=(("aire", "leeds", "Aire"),),
)
DEMANDS = TableSpec(
    name="demands",
    says="activities: streams of contacts with a service goal",
    columns=(
        _column("demand", "id"),
        _column("unit", "id of its unit"),
        _column("name", "name"),
        _column("goal_percent", "percent of contacts to answer in time, e.g. 80"),
        _column("goal_seconds", "within how many seconds, e.g. 20"),
        _optional("kind", "immediate, chat, deferred or outbound; empty is immediate"),
        _optional("weight", "how much a contact counts; empty is 1"),
        _optional("floor", "largest deficit in FTE bookings may cause, or none; empty is 1"),
        _optional("minimum_heads", "fewest agents to leave on each site; empty is 2"),
        _optional("patience", "seconds a customer waits before giving up; empty is 120"),
    ),
    example=(("billing", "service", "Billing", "80", "20", "immediate", "1", "1", "1", "120"),),
)
CODES = TableSpec(
    name="codes",
    says="activity codes: kinds of time in a schedule",
    columns=(
        _column("code", "id"),
        _column("name", "name"),
        _column("kind", "work, break, meal, meeting, training, offline or time_off"),
        _optional("paid", "yes or no; empty is yes"),
    ),
    example=(
        ("work", "Open for contacts", "work", "yes"),
        ("break", "Break", "break", "yes"),
        ("meal", "Meal", "meal", "no"),
        ("one_to_one", "One-to-one", "meeting", "yes"),
        ("team_meeting", "Team meeting", "meeting", "yes"),
    ),
)
AGENTS = TableSpec(
    name="agents",
    says="people who handle contacts",
    columns=(
        _column("agent", "id"),
        _column("name", "name"),
        _column("team", "id of the team"),
        _column(
            "shares", "parts of working time, e.g. billing=0.6; sales=0.4; without parts: equal"
        ),
        _optional("address", "mail address"),
        _optional("zone", "IANA zone; empty is the site's"),
        _optional("weekly_minutes", "contracted minutes a week; empty is 2400"),
        _optional("skills", "levels from 0 to 100, e.g. Cards=3; Danish; without a level: 1"),
    ),
    example=(
        (
            "A1",
            "Asha Patel",
            "aire",
            "billing=1",
            "asha.patel@contoso.example",
            "",
            "",
            "Cards=3; Danish",
        ),
        ("A2", "Łukasz Müller", "aire", "billing", "", "", "1800", ""),
    ),
)
SCHEDULE = TableSpec(
    name="schedule",
    says="what each agent does when; the rows of a day may not overlap",
    columns=(
        _column("agent", "id"),
        _column("schedule_date", "local date on which the shift starts, e.g. 2026-11-23"),
        _column(
            "start",
            "local time in the agent's zone: 2026-11-23 09:00; in the hour that the clocks repeat, "
            "with its offset: 2026-10-25 01:30+01:00; Z for UTC",
        ),
        _column("end", "as start; the minute after the last"),
        _column("code", "id of the activity code"),
        _optional("published", "yes or no, the same on all rows of a day; empty is yes"),
    ),
    example=(
        ("A1", "2026-11-23", "2026-11-23 09:00", "2026-11-23 11:00", "work", "yes"),
        ("A1", "2026-11-23", "2026-11-23 11:00", "2026-11-23 11:15", "break", "yes"),
        ("A1", "2026-11-23", "2026-11-23 11:15", "2026-11-23 13:00", "work", "yes"),
        ("A2", "2026-11-23", "2026-11-23 09:30", "2026-11-23 13:00", "work", "yes"),
    ),
)
STAFFING = TableSpec(
    name="staffing",
    says="forecast and staff per activity and interval; whole closed hours have no row",
    columns=(
        _column("demand", "id"),
        _column("interval_start", "as start in schedule, in the settings' zone"),
        _column("required", "FTE"),
        _column("scheduled", "FTE"),
        _column("volume", "contacts offered in the interval"),
        _column("handling", "seconds per contact"),
    ),
    example=tuple(
        (
            "billing",
            f"2026-11-23 {9 + quarter // 4:02}:{quarter % 4 * 15:02}",
            "1.2",
            "2",
            "3",
            "240",
        )
        for quarter in range(16)
    ),
)
PEOPLE = TableSpec(
    name="people",
    says="managers, trainers and schedulers who are not in the WFM",
    columns=(
        _column("person", "id"),
        _column("name", "name"),
        _column("zone", "IANA zone"),
        _column("roles", "manager; trainer; scheduler; learning; administrator"),
        _optional("address", "mail address"),
        _optional("unit", "id of the unit"),
        _optional("site", "id of the site"),
        _optional("leads", "ids of the teams led; separated by semicolons"),
        _optional(
            "weekdays", "days worked: Mon Tue Wed Thu Fri Sat Sun; empty is Monday to Friday"
        ),
        _optional("from", "start of work, e.g. 09:00; with to, or both empty for 09:00 to 17:00"),
        _optional("to", "end of work, e.g. 17:00; 00:00 is midnight"),
        _optional("locale", "language of messages, e.g. en or de; empty is en"),
    ),
    example=(
        (
            "M1",
            "Alex Wilber",
            "Europe/London",
            "manager; scheduler",
            "alex.wilber@contoso.example",
            "service",
            "leeds",
            "aire",
            "Mon Tue Wed Thu Fri",
            "08:30",
            "17:00",
            "en",
        ),
    ),
)
TABLES = (SETTINGS, UNITS, SITES, TEAMS, DEMANDS, CODES, AGENTS, SCHEDULE, STAFFING, PEOPLE)
