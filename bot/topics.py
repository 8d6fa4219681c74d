"""The parts of the conversation beside asking and deciding, each with the desk it talks to."""

from dialogs.appointments import AppointmentsTopic
from dialogs.setup import SetupTopic
from dialogs.topics import Topic
from scheduling.workflows.appointments import Appointments
from scheduling.workflows.desk import FrontDesk
from scheduling.workflows.runtime import Runtime
from scheduling.workflows.setup import HouseDesk


def topics_of(desk: FrontDesk, runtime: Runtime) -> tuple[Topic, ...]:
    """Return every topic; no two answer the same order or verb."""
    del desk
    return (
        SetupTopic(HouseDesk(runtime)),
        AppointmentsTopic(Appointments(runtime.services)),
    )
