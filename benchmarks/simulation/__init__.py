"""An independent simulation of a contact centre, to score plans with: nothing of the solver is in it.

Agents one by one with their skills, shifts, breaks and sessions; contacts arrive at random, are
routed by skill, and give up when their patience is over.
"""

from benchmarks.simulation.score import Mean, Score, Served, score

__all__ = ["Mean", "Score", "Served", "score"]
