"""CP-SAT models written straight into their proto: rows as lists, not term by term."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

import numpy as np
from ortools.sat.python import cp_model

from scheduling.optimizer.packing import Int64

_FREE: Final = np.iinfo(np.int64).max // 2
_SOLVED: Final = (cp_model.OPTIMAL, cp_model.FEASIBLE)
_ROUNDING: Final = 1e-3
"""The solver's bound is a float: whole costs are allowed this much of rounding."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Solution:
    """A value per variable, and a lower bound of the objective."""

    values: Int64
    objective: int
    bound: int

    @property
    def proved(self) -> bool:
        """Whether nothing is better."""
        return self.bound == self.objective


class SatModel:
    """Variables are numbered from 0; a literal ``-v - 1`` is "not v", as in the proto."""

    def __init__(self) -> None:
        """Start without variables."""
        self._model = cp_model.CpModel()
        self._proto = self._model.proto
        self.size = 0

    def variables(self, highest: Sequence[int]) -> range:
        """Add a whole variable from 0 to each of ``highest``; return their numbers."""
        add = self._proto.variables.add
        for most in highest:
            add().domain.extend((0, most))
        self.size += len(highest)
        return range(self.size - len(highest), self.size)

    def exactly_one(self, literals: Sequence[int]) -> None:
        """Require one of ``literals``."""
        self._proto.constraints.add().exactly_one.literals.extend(literals)

    def at_most_one(self, literals: Sequence[int]) -> None:
        """Allow one of ``literals``."""
        self._proto.constraints.add().at_most_one.literals.extend(literals)

    def at_most(self, variables: Sequence[int], weights: Sequence[int], most: int) -> None:
        """Require that the weighted sum is no more than ``most``."""
        row = self._proto.constraints.add().linear
        row.vars.extend(variables)
        row.coeffs.extend(weights)
        row.domain.extend((-_FREE, most))

    def minimise(self, variables: Sequence[int], weights: Sequence[int]) -> None:
        """Set the objective, in place of an earlier one."""
        self._proto.clear_objective()
        self._proto.objective.vars.extend(variables)
        self._proto.objective.coeffs.extend(weights)

    def hint(self, values: Sequence[int]) -> None:
        """Give a complete answer to begin with: a value for every variable."""
        self._proto.clear_solution_hint()
        self._proto.solution_hint.vars.extend(range(len(values)))
        self._proto.solution_hint.values.extend(values)

    def solve(self, *, seed: int, effort: float, tight: bool = False) -> Solution | None:
        """Return the best answer that ``effort`` (deterministic time) finds, None where none.

        ``tight`` spends more on the linear relaxation, for rows that are nearly all cliques.
        """
        solver = _solver(seed, effort)
        if tight:
            solver.parameters.linearization_level = 2
        if solver.solve(self._model) not in _SOLVED:
            return None
        response = solver.response_proto
        return Solution(
            values=np.array(list(response.solution), np.int64),
            objective=round(response.objective_value),
            bound=ceil(response.best_objective_bound - _ROUNDING),
        )

    def impossible(self, *, seed: int, effort: float) -> bool:
        """Return whether ``effort`` suffices to show that there is no answer at all."""
        return bool(_solver(seed, effort).solve(self._model) == cp_model.INFEASIBLE)


def _solver(seed: int, effort: float) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed % 2**31
    solver.parameters.max_deterministic_time = effort
    solver.parameters.cp_model_probing_level = 0
    solver.parameters.symmetry_level = 0
    return solver
