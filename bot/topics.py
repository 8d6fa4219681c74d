"""The parts of the conversation beside asking and deciding, each with the desk it talks to."""

from dialogs.topics import Topic
from scheduling.workflows.desk import FrontDesk
from scheduling.workflows.runtime import Runtime


def topics_of(desk: FrontDesk, runtime: Runtime) -> tuple[Topic, ...]:
    """Return every topic; no two answer the same order or verb."""
    del desk, runtime
    return ()
