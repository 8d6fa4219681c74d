"""How a reading says that it would have to guess."""

from dialogs.problems import Problem


class Doubt(Exception):
    """Raised by a reading instead of guessing; what to ask is in ``problem``."""

    def __init__(self, problem: Problem) -> None:
        """Keep the problem to show."""
        super().__init__(problem.kind)
        self.problem = problem
