"""Which share of the work a process takes. Cheap to import: the command line offers the choice."""

from enum import StrEnum


class Share(StrEnum):
    """What ``aside serve`` does: all of it, or one half of a deployment on PostgreSQL."""

    EVERYTHING = "everything"
    EDGE = "edge"
    SOLVER = "solver"
