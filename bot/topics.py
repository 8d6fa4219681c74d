"""The parts of the conversation beside asking and deciding, each with the desk it talks to."""

from dialogs.agenda import AgendaTopic
from dialogs.appointments import AppointmentsTopic
from dialogs.changes import ChangesTopic
from dialogs.courses import CoursesTopic
from dialogs.grouped import GroupTopic
from dialogs.notes import NotesTopic
from dialogs.offers import OfferTopic
from dialogs.participation import ParticipationTopic
from dialogs.pausing import PauseTopic
from dialogs.petitions import PetitionsTopic
from dialogs.queue import QueueTopic
from dialogs.reach import ReachTopic
from dialogs.recurring import RecurringTopic
from dialogs.registers import RegistersTopic
from dialogs.rushes import RushTopic
from dialogs.setup import SetupTopic
from dialogs.topics import Topic
from dialogs.trainers import TrainersTopic
from scheduling.workflows.agenda import Agendas
from scheduling.workflows.appointments import Appointments
from scheduling.workflows.changes import ChangeDesk
from scheduling.workflows.courses_desk import CoursesDesk
from scheduling.workflows.desk import FrontDesk
from scheduling.workflows.facts import FactsReader
from scheduling.workflows.grouped import GroupDesk
from scheduling.workflows.lateness import Lateness
from scheduling.workflows.notes import Notes
from scheduling.workflows.offers import OfferDesk
from scheduling.workflows.participation import Participations
from scheduling.workflows.pausing import PauseDesk
from scheduling.workflows.petitions import PetitionDesk
from scheduling.workflows.queueing import QueueRoom
from scheduling.workflows.reach_desk import Reachability
from scheduling.workflows.registers import RegisterKeeper
from scheduling.workflows.runs_desk import RunsDesk
from scheduling.workflows.runtime import Runtime
from scheduling.workflows.rushes import RushDesk
from scheduling.workflows.setup import HouseDesk
from scheduling.workflows.small_groups import SmallGroupDesk
from scheduling.workflows.substitutes import Substitutes


def topics_of(desk: FrontDesk, runtime: Runtime, reader: FactsReader) -> tuple[Topic, ...]:
    """Return every topic; no two answer the same order or verb."""
    return (
        AgendaTopic(
            Agendas(runtime.services), desk, PetitionDesk(runtime.services), ChangeDesk(runtime)
        ),
        NotesTopic(Notes(runtime.services)),
        PetitionsTopic(PetitionDesk(runtime.services)),
        ReachTopic(Reachability(runtime.services)),
        SetupTopic(HouseDesk(runtime)),
        ChangesTopic(ChangeDesk(runtime), Substitutes(runtime.services)),
        AppointmentsTopic(Appointments(runtime.services)),
        RecurringTopic(RunsDesk(runtime, reader)),
        PauseTopic(PauseDesk(runtime), runtime.services.clock),
        GroupTopic(GroupDesk(runtime.services, desk)),
        CoursesTopic(
            CoursesDesk(runtime, reader),
            RunsDesk(runtime, reader),
            SmallGroupDesk(runtime.services, desk),
        ),
        RushTopic(RushDesk(runtime, ChangeDesk(runtime))),
        OfferTopic(OfferDesk(runtime)),
        QueueTopic(QueueRoom(runtime, reader, desk), Agendas(runtime.services)),
        RegistersTopic(RegisterKeeper(runtime.services)),
        TrainersTopic(Lateness(runtime.services), Substitutes(runtime.services)),
        ParticipationTopic(Participations(runtime.services, reader)),
    )
