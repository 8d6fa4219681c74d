"""Training roll-outs: attendees into groups with trainers and rooms, parts in order."""

from scheduling.optimizer.training.plans import Missed, Trained
from scheduling.optimizer.training.train import train

__all__ = ["Missed", "Trained", "train"]
